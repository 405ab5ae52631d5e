package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"go.etcd.io/etcd/server/v3/embed"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/component-base/cli"
	"k8s.io/kubernetes/cmd/kube-apiserver/app"
)

// etcd with its default ports, which nobody else has in this namespace.
func startEtcd(folder string) error {
	config := embed.NewConfig()
	config.Dir = filepath.Join(folder, "etcd")
	config.LogLevel = "warn"
	// The data need not outlive the machine, only the API server.
	config.UnsafeNoFsync = true
	etcd, err := embed.StartEtcd(config)
	if err != nil {
		return err
	}
	<-etcd.Server.ReadyNotify()
	return nil
}

func apiServerArgs(folder, port string) []string {
	in := func(name string) string { return filepath.Join(folder, name) }
	return []string{
		"/proc/self/exe", "apiserver",
		"--etcd-servers=" + embed.DefaultAdvertiseClientURLs,
		"--bind-address=127.0.0.1", "--advertise-address=127.0.0.1", "--secure-port=" + port,
		"--tls-cert-file=" + in(certificateFile), "--tls-private-key-file=" + in(privateKeyFile),
		"--token-auth-file=" + in(tokensFile), "--authorization-mode=RBAC",
		"--service-account-issuer=https://plane.test",
		"--service-account-key-file=" + in(accountKeyFile), "--service-account-signing-key-file=" + in(accountKeyFile),
		"--service-cluster-ip-range=10.0.0.0/24",
		// There are no other API servers to agree with, no accounts made for namespaces, and no crowd to be fair to.
		"--endpoint-reconciler-type=none",
		"--disable-admission-plugins=ServiceAccount",
		"--enable-priority-and-fairness=false",
	}
}

// The whole kube-apiserver, as a process of its own that can be killed.
func apiServer(args []string) error {
	command := app.NewAPIServerCommand()
	command.SetArgs(args)
	if code := cli.Run(command); code != 0 {
		return fmt.Errorf("the API server ended with %d", code)
	}
	return nil
}

// The controller is built beside this program.
func rolloutsArgs(folder string) []string {
	self, _ := os.Executable()
	return []string{
		filepath.Join(filepath.Dir(self), "rollouts-controller"),
		"--kubeconfig=" + filepath.Join(folder, kubeconfigFile),
		// Alone, it need not be elected, and does not give up when the API server is away.
		"--leader-elect=false",
	}
}

// Requests are not slowed down: this is one machine, and the tests wait for each answer.
func clientOf(folder string) (*kubernetes.Clientset, error) {
	config, err := clientcmd.BuildConfigFromFlags("", filepath.Join(folder, kubeconfigFile))
	if err != nil {
		return nil, err
	}
	config.QPS = -1
	return kubernetes.NewForConfig(rest.AddUserAgent(config, "plane"))
}

func waitForServer(folder string) error {
	client, err := clientOf(folder)
	if err != nil {
		return err
	}
	asked := func(ctx context.Context) (bool, error) {
		return client.RESTClient().Get().AbsPath("/readyz").Do(ctx).Error() == nil, nil
	}
	return wait.PollUntilContextTimeout(context.Background(), 100*time.Millisecond, 2*time.Minute, true, asked)
}
