package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"syscall"
)

// Outside of the namespaces: opens the door, a port that tests reach as any other, and starts the rest behind it.
//
// The rollouts controller listens on every interface and has no flag against it, so everything runs in a network
// namespace of its own, where only its loopback is. A socket stays in the namespace that it was opened in, whoever
// holds it: the listener opened here is handed in, and what is accepted from it is dialled on inside. So the tests
// stay where they are, and no second process has to carry bytes. The namespace of processes means that nothing
// outlives its first one, however that ends.
func outside(folder string) error {
	door, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	file, err := door.(*net.TCPListener).File()
	if err != nil {
		return err
	}
	port := door.Addr().(*net.TCPAddr).Port
	command := exec.Command("/proc/self/exe", "inside", folder, fmt.Sprint(port))
	command.Stdin, command.Stdout, command.Stderr = os.Stdin, os.Stdout, os.Stderr
	command.ExtraFiles = []*os.File{file}
	command.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWNET | syscall.CLONE_NEWPID,
		Pdeathsig:  syscall.SIGKILL,
	}
	if os.Getuid() != 0 {
		// Who is not root may make namespaces inside one of users, in which they are.
		command.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		command.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
		command.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	}
	if err := command.Start(); err != nil {
		return fmt.Errorf("no network namespace could be made (root may, and who may make a namespace of users): %w", err)
	}
	door.Close()
	file.Close()
	return command.Wait()
}
