// A Kubernetes control plane for tests, without containers: the real etcd, API server and workload controllers, and a
// kubelet that only says how its pods are. `plane <folder>` runs it until its standard input ends. Everything that it
// writes lies in the folder; `kubeconfig` in it is the way in. It says "ready" on standard output, and then obeys
// lines such as "kill apiserver" and "start rollouts", answering each with "done" or "failed: why".
package main

import (
	"fmt"
	"os"
	"runtime"
)

func main() {
	// A child dies with the thread that started it, which therefore has to be one that stays.
	runtime.LockOSThread()
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "plane:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	switch {
	case len(args) == 1:
		return outside(args[0])
	case len(args) == 3 && args[0] == "inside":
		return inside(args[1], args[2])
	case len(args) > 1 && args[0] == "apiserver":
		return apiServer(args[1:])
	}
	return fmt.Errorf("say the folder that it may write to")
}
