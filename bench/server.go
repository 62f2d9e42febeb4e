package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// server is a running process that answers over HTTP and keeps its data in a directory, usually playhead with the embedded storage.
type server struct {
	*client
	process
	addr string // host:port
	dir  string // directory of its data and its log
	cmd  *exec.Cmd
	log  *os.File
	// ended is closed when the process has ended, for whatever reason.
	ended chan struct{}
	// ready is the time from exec to the first answer that the server is ready.
	ready time.Duration
}

// mostMemory is the limit of a server's address space in KiB, so that a server that needs more dies instead of the whole machine.
const mostMemory = 10 << 20

// startEmpty runs a server on a new directory, which close removes.
func startEmpty(ctx context.Context, o options, part string, args ...string) (*server, error) {
	dir, err := os.MkdirTemp(o.dir, "playhead-bench-"+part+"-")
	if err != nil {
		return nil, err
	}
	s, err := start(ctx, o, dir, args...)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return s, nil
}

// start runs the server on the data in dir, and waits until it is ready. A shell limits its memory and then becomes the server.
func start(ctx context.Context, o options, dir string, args ...string) (*server, error) {
	return launch(ctx, dir, "/readyz", func(addr, data string) *exec.Cmd {
		limited := []string{"-c", `ulimit -v "$0" && exec "$@"`, strconv.Itoa(mostMemory), o.bin, "serve", "--listen", addr, "--data", data, "--token", token}
		return exec.CommandContext(ctx, "sh", append(limited, args...)...)
	})
}

// launch runs a program on the data in dir, on a port that only this machine can reach, and waits until it answers 200 to ready.
func launch(ctx context.Context, dir, ready string, command func(addr, data string) *exec.Cmd) (*server, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	addr := l.Addr().String()
	_ = l.Close() // the server listens there next
	s := &server{client: newClient("http://" + addr), addr: addr, dir: dir, ended: make(chan struct{})}
	if s.log, err = os.OpenFile(filepath.Join(dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644); err != nil {
		return nil, err
	}
	s.cmd = command(addr, s.data())
	s.cmd.Stdout, s.cmd.Stderr = s.log, s.log
	begun := time.Now()
	if err := s.cmd.Start(); err != nil {
		return nil, errors.Join(err, s.log.Close())
	}
	s.process = process(s.cmd.Process.Pid)
	go func() {
		_ = s.cmd.Wait()  // s.cmd.ProcessState has the result
		_ = s.log.Close() // the process has its own copy
		close(s.ended)
	}()
	for time.Since(begun) < 30*time.Second && !s.dead() {
		if status, _, err := s.get(ctx, ready); err == nil && status == http.StatusOK {
			s.ready = time.Since(begun)
			return s, nil
		}
		time.Sleep(2 * time.Millisecond)
	}
	said, _ := os.ReadFile(s.log.Name())
	s.kill()
	return nil, fmt.Errorf("server ended or not ready in 30 s; it said: %.2000s", said)
}

// data is the server's own directory.
func (s *server) data() string { return filepath.Join(s.dir, "data") }

// dead reports whether the process has ended.
func (s *server) dead() bool {
	select {
	case <-s.ended:
		return true
	default:
		return false
	}
}

// stop ends the server properly and waits for it.
func (s *server) stop() error {
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	<-s.ended
	if !s.cmd.ProcessState.Success() {
		return errors.New(s.cmd.ProcessState.String())
	}
	return nil
}

// kill ends the server at once, unless it has ended.
func (s *server) kill() {
	_ = s.cmd.Process.Kill() // it fails if the process has ended
	<-s.ended
}

// close ends the server at once, unless it was stopped, and removes its directory.
func (s *server) close() error {
	s.kill()
	return os.RemoveAll(s.dir)
}
