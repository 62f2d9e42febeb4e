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
	"syscall"
	"time"
)

// server is a running playhead process with the embedded storage.
type server struct {
	*client
	process
	dir string // holds its data and its log
	cmd *exec.Cmd
	log *os.File
	// ready is the time from exec to the first 200 of /readyz.
	ready time.Duration
}

// startEmpty runs a server on a directory of its own, which close removes.
func startEmpty(ctx context.Context, o options, part string) (*server, error) {
	dir, err := os.MkdirTemp(o.dir, "playhead-bench-"+part+"-")
	if err != nil {
		return nil, err
	}
	s, err := start(ctx, o, dir)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return s, nil
}

// start runs the server on what is in dir and waits until it is ready.
func start(ctx context.Context, o options, dir string) (*server, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	addr := l.Addr().String()
	l.Close()
	s := &server{client: newClient("http://" + addr), dir: dir}
	if s.log, err = os.OpenFile(filepath.Join(dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644); err != nil {
		return nil, err
	}
	s.cmd = exec.CommandContext(ctx, o.bin, "serve", "--listen", addr, "--data", s.data(), "--token", token)
	s.cmd.Stdout, s.cmd.Stderr = s.log, s.log
	begun := time.Now()
	if err := s.cmd.Start(); err != nil {
		return nil, errors.Join(err, s.log.Close())
	}
	s.process = process(s.cmd.Process.Pid)
	for time.Since(begun) < 30*time.Second {
		if status, _, err := s.get(ctx, "/readyz"); err == nil && status == http.StatusOK {
			s.ready = time.Since(begun)
			return s, nil
		}
		time.Sleep(2 * time.Millisecond)
	}
	said, _ := os.ReadFile(s.log.Name())
	return nil, errors.Join(fmt.Errorf("server not ready in 30 s; it said: %.2000s", said), s.cmd.Process.Kill(), s.cmd.Wait(), s.log.Close())
}

// data is the server's own directory.
func (s *server) data() string { return filepath.Join(s.dir, "data") }

// stop ends the server in order and waits for it.
func (s *server) stop() error {
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	return errors.Join(s.cmd.Wait(), s.log.Close())
}

// close ends the server at once, unless it was stopped, and removes its directory.
func (s *server) close() error {
	if s.cmd.ProcessState == nil {
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait() // a killed child is what it says
		_ = s.log.Close()
	}
	return os.RemoveAll(s.dir)
}
