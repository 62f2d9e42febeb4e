package validate

import (
	"bytes"
	"fmt"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"time"
)

// process is a program that runs beside the tests.
type process struct {
	cmd   *exec.Cmd
	said  printed
	ended chan struct{}
}

// printed is the output of a process.
type printed struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (p *printed) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.Write(b)
}

func (p *printed) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.String()
}

// last is the end of the output.
func (p *printed) last(n int) string {
	text := p.String()
	return text[max(0, len(text)-n):]
}

func startProcess(cmd *exec.Cmd) (*process, error) {
	p := &process{cmd: cmd, ended: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = &p.said, &p.said
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL // also when the tests are killed
	started := make(chan error)
	go func() {
		// Linux sends that signal when the thread that started the process ends.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait() // the error is in its state
			close(p.ended)
		}
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", cmd.Path, err)
	}
	return p, nil
}

// stop tells a process to end and waits for it, as long as any of our processes may take.
func (p *process) stop(signal syscall.Signal, within time.Duration) error {
	select {
	case <-p.ended:
		return fmt.Errorf("it had ended already: %s: %s", p.cmd.ProcessState, &p.said)
	default:
	}
	if err := p.cmd.Process.Signal(signal); err != nil {
		return err
	}
	select {
	case <-p.ended:
		return nil
	case <-time.After(within):
		_ = p.cmd.Process.Kill()
		<-p.ended
		return fmt.Errorf("it did not end within %v: %s", within, &p.said)
	}
}

// during starts a process for the length of a test.
func during(t *testing.T, cmd *exec.Cmd) *process {
	t.Helper()
	p, err := startProcess(cmd)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		<-p.ended
		if t.Failed() {
			t.Logf("%s said at last:\n%s", cmd.Args, p.said.last(4000))
		}
	})
	return p
}
