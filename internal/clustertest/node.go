package clustertest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
	"time"
)

// Node is a process of the program, running or killed.
type Node struct {
	// URL is its own address, without a slash at its end. A restart keeps it.
	URL string
	// LogPath is the file with its log of all starts.
	LogPath string

	bin           string
	args, environ []string

	mu    sync.Mutex
	cmd   *exec.Cmd     // nil before the first start
	ended chan struct{} // closed when the process is gone
	err   error         // how it ended, once ended is closed
}

func newNode(address, bin, log string, args, environ []string) *Node {
	return &Node{
		URL: "http://" + address, LogPath: log, bin: bin, environ: environ,
		args: append([]string{"serve", "--listen", address}, args...),
	}
}

// startTime is the longest time of a start. It is long, because a node first brings two databases up to date, on a machine that may be busy.
const startTime = time.Minute

// Start starts the process and returns when it serves, which does not need its storages.
func (n *Node) Start(ctx context.Context) error {
	log, err := os.OpenFile(n.LogPath, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("write the log of a node: %w", err)
	}
	defer log.Close() // the process has its own
	cmd := exec.Command(n.bin, n.args...)
	cmd.Env = n.environ
	cmd.Stdout, cmd.Stderr = log, log
	if err := n.run(cmd); err != nil {
		return fmt.Errorf("start a node: %w", err)
	}
	return n.answers(ctx, "/healthz")
}

// run starts the process and waits for its end, both in a thread of its own, because Linux ends such a process with the
// thread that started it.
func (n *Node) run(cmd *exec.Cmd) error {
	endWithParent(cmd)
	started, ended := make(chan error), make(chan struct{})
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err != nil {
			return
		}
		err = cmd.Wait()
		n.mu.Lock()
		n.err = err
		n.mu.Unlock()
		close(ended)
	}()
	if err := <-started; err != nil {
		return err
	}
	n.mu.Lock()
	n.cmd, n.ended = cmd, ended
	n.mu.Unlock()
	return nil
}

// Ready waits until the node reports that it can accept and show data.
func (n *Node) Ready(ctx context.Context) error { return n.answers(ctx, "/readyz") }

// answers waits until a path is answered with 200.
func (n *Node) answers(ctx context.Context, path string) error {
	ctx, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()
	_, ended := n.process()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		status, said, err := get(ctx, n.URL+path)
		if err == nil && status == http.StatusOK {
			return nil
		}
		select {
		case <-tick.C:
		case <-ended:
			return fmt.Errorf("node %s ended: %w; it said: %s", n.URL, n.exit(), n.said())
		case <-ctx.Done():
			return fmt.Errorf("node %s%s: %d %s: %w; it said: %s", n.URL, path, status, said, errors.Join(err, context.Cause(ctx)), n.said())
		}
	}
}

// said returns the end of its log.
func (n *Node) said() []byte {
	log, _ := os.ReadFile(n.LogPath) // after an error it is empty
	return log[max(0, len(log)-2000):]
}

// get is one short request on a connection of its own.
func get(ctx context.Context, url string) (status int, body []byte, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, nil, err
	}
	request.Close = true
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	body, err = io.ReadAll(response.Body)
	return response.StatusCode, body, err
}

func (n *Node) process() (*exec.Cmd, chan struct{}) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.cmd, n.ended
}

func (n *Node) exit() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.err == nil {
		return errors.New("without an error")
	}
	return n.err
}

// PID is the id of the process, or that of the last one.
func (n *Node) PID() int {
	cmd, _ := n.process()
	return cmd.Process.Pid
}

// Stop asks the process to end (SIGTERM) and waits until it has. The error says how it ended.
func (n *Node) Stop(ctx context.Context) error {
	cmd, ended := n.process()
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return fmt.Errorf("stop node %s: %w", n.URL, err)
	}
	select {
	case <-ended:
	case <-ctx.Done():
		return fmt.Errorf("stop node %s: %w", n.URL, context.Cause(ctx))
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.err != nil {
		return fmt.Errorf("node %s: %w", n.URL, n.err)
	}
	return nil
}

// Kill ends the process at once (SIGKILL). A process that has ended already, or was never started, is not an error.
func (n *Node) Kill() error {
	cmd, ended := n.process()
	if cmd == nil {
		return nil
	}
	if err := cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("kill node %s: %w", n.URL, err)
	}
	<-ended
	return nil
}
