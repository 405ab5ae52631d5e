package main

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
)

// A process that tests may kill and start again, as often as they like.
type child struct {
	args []string
	// Waits until it serves, where that can be asked.
	ready   func() error
	process *exec.Cmd
	ended   chan struct{}
}

func (c *child) start() error {
	if c.process != nil {
		return fmt.Errorf("it runs already")
	}
	command := exec.Command(c.args[0], c.args[1:]...)
	// Standard output is for answers.
	command.Stdout, command.Stderr = os.Stderr, os.Stderr
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := command.Start(); err != nil {
		return err
	}
	ended := make(chan struct{})
	go func() {
		err := command.Wait()
		fmt.Fprintf(os.Stderr, "plane: %s ended: %v\n", strings.Join(c.args[:2], " "), err)
		close(ended)
	}()
	c.process, c.ended = command, ended
	if c.ready == nil {
		return nil
	}
	return c.ready()
}

// As `kill -9`: nothing is finished, and it is gone when this returns.
func (c *child) kill() error {
	if c.process == nil {
		return fmt.Errorf("it does not run")
	}
	// An error here says that it ended by itself, which the log tells.
	c.process.Process.Kill()
	<-c.ended
	c.process = nil
	return nil
}
