//go:build unix

package server

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/playheadhq/playhead/internal/servertest"
)

// binary builds the program once for all tests that run it as a separate process.
var binary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "playhead-test-*")
	if err != nil {
		return "", err
	}
	binaryDir = dir
	path := filepath.Join(dir, "playhead")
	out, err := exec.Command("go", "build", "-o", path, "../../cmd/playhead").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build: %w\n%s", err, out)
	}
	return path, nil
})

// process is the program, running.
type process struct {
	*servertest.Client
	cmd *exec.Cmd
}

// run starts the program and returns when it is ready.
func run(t *testing.T, listen, dir string, args ...string) *process {
	t.Helper()
	return runAs(t, listen, dir, func(path string, args []string) *exec.Cmd { return exec.Command(path, args...) }, args...)
}

// runAs is run for a command that starts the program in a special way.
func runAs(t *testing.T, listen, dir string, command func(path string, args []string) *exec.Cmd, args ...string) *process {
	t.Helper()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	p := &process{Client: newClient(t, "http://"+listen)}
	p.cmd = command(path, append([]string{"serve", "--listen", listen, "--data", dir, "--token", testToken}, args...))
	p.cmd.Env = append(os.Environ(), "PLAYHEAD_CONFIG=", "PLAYHEAD_PASSWORD=", "PLAYHEAD_PUBLIC_URL=")
	p.cmd.Stderr = t.Output()
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.end(syscall.SIGKILL) })
	// The program prints this line when it is ready, and nothing if it does not start.
	if !bufio.NewScanner(out).Scan() {
		t.Fatal("the server did not start")
	}
	if res := p.Get(t, "/readyz"); res.Status != http.StatusOK {
		t.Fatalf("readyz: %d %s", res.Status, res.Body)
	}
	return p
}

// end sends a signal and waits until the process is gone.
func (p *process) end(signal os.Signal) error {
	if p.cmd.ProcessState != nil {
		return nil
	}
	return errors.Join(p.cmd.Process.Signal(signal), p.cmd.Wait())
}

// freePort is an address on which nobody listens.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func TestTheProgramStopsInOrder(t *testing.T) {
	dir := t.TempDir()
	p := run(t, freePort(t), dir)
	p.Capture(t, "/batch/", generation(time.Now(), "t", nil))
	if err := p.end(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if entries, _ := filepath.Glob(filepath.Join(dir, "*.wal")); len(entries) != 0 {
		t.Errorf("left %v: the store was not closed with a checkpoint", entries)
	}
	again := run(t, freePort(t), dir)
	if n := len(again.All(t, "/api/generations")); n != 1 {
		t.Errorf("%d generations", n)
	}
}

// With few open files, clients with idle connections do not keep others out, and the storage has the files that it needs.
func TestFewOpenFilesAreEnough(t *testing.T) {
	p := runAs(t, freePort(t), t.TempDir(), func(path string, args []string) *exec.Cmd {
		return exec.Command("/bin/sh", append([]string{"-c", `ulimit -n 64 && exec "$@"`, "sh", path}, args...)...)
	})
	for range 200 {
		c, err := net.Dial("tcp", p.Base[len("http://"):])
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if _, err := fmt.Fprint(c, "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		if _, err := http.ReadResponse(bufio.NewReader(c), nil); err != nil {
			t.Fatal(err)
		}
	}
	for range 20 {
		p.Capture(t, "/batch/", generation(time.Now(), "t", nil))
		p.Capture(t, "/s/", snapshot(time.Now(), "s", "w", true, "typed"))
	}
	if res := p.Get(t, "/api/sessions/s/snapshots"); res.Status != http.StatusOK {
		t.Errorf("reading: %d %s", res.Status, res.Body)
	}
}
