package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// The file descriptor that the listener of outside() arrives as.
const doorDescriptor = 3

// Inside of the namespaces. The API server listens on the number that the door has outside, so that one kubeconfig
// is right on both sides.
func inside(folder, port string) error {
	if err := raiseLoopback(); err != nil {
		return fmt.Errorf("loopback of the namespace: %w", err)
	}
	door, err := net.FileListener(os.NewFile(doorDescriptor, "door"))
	if err != nil {
		return err
	}
	go admit(door, "127.0.0.1:"+port)

	if err := writeCredentials(folder, port); err != nil {
		return err
	}
	if err := startEtcd(folder); err != nil {
		return fmt.Errorf("etcd: %w", err)
	}
	children := map[string]*child{
		"apiserver": {args: apiServerArgs(folder, port), ready: func() error { return waitForServer(folder) }},
		"rollouts":  {args: rolloutsArgs(folder)},
	}
	if err := children["apiserver"].start(); err != nil {
		return err
	}
	if err := startControllers(context.Background(), folder); err != nil {
		return err
	}
	fmt.Println("ready")

	// Whoever started this holds the other end, and its end is ours.
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		if err := obey(lines.Text(), children); err != nil {
			fmt.Println("failed:", err)
		} else {
			fmt.Println("done")
		}
	}
	return lines.Err()
}

func obey(line string, children map[string]*child) error {
	verb, name, _ := strings.Cut(line, " ")
	chosen, known := children[name]
	switch {
	case known && verb == "kill":
		return chosen.kill()
	case known && verb == "start":
		return chosen.start()
	}
	return fmt.Errorf("%q is not kill or start with apiserver or rollouts", line)
}

// A new network namespace has a loopback that is down.
func raiseLoopback() error {
	socket, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM, 0)
	if err != nil {
		return err
	}
	defer unix.Close(socket)
	request, err := unix.NewIfreq("lo")
	if err != nil {
		return err
	}
	request.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
	return unix.IoctlIfreq(socket, unix.SIOCSIFFLAGS, request)
}

// Carries each connection from the door to the API server. Where there is none, the connection ends at once.
func admit(door net.Listener, address string) {
	for {
		caller, err := door.Accept()
		if err != nil {
			return
		}
		go func() {
			defer caller.Close()
			server, err := net.Dial("tcp", address)
			if err != nil {
				return
			}
			defer server.Close()
			ended := make(chan struct{}, 2)
			carry := func(to, from net.Conn) {
				io.Copy(to, from)
				ended <- struct{}{}
			}
			go carry(server, caller)
			go carry(caller, server)
			<-ended
		}()
	}
}
