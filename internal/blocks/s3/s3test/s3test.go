// Package s3test runs a real S3 server for tests, versitygw over a directory, from the sources that versitygw/go.mod pins. This is a separate module,
// so that the dependencies of the server do not become ours. The server is built once, into the user's cache. Proxy stands between a client and the
// server, and fails as networks do.
package s3test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/minio/minio-go/v7/pkg/credentials"

	"github.com/playheadhq/playhead/internal/testport"
)

const (
	accessKey = "test"
	secretKey = "test-secret-key"
	// Bucket exists from the start.
	Bucket = "recordings"
)

// Server is one versitygw process on 127.0.0.1.
type Server struct {
	// Addr is its address. A restart keeps it.
	Addr string

	dir     string
	program string
	cmd     *exec.Cmd
	pid     int
	// alive is the process's standard input. Closing it ends the process.
	alive io.Closer
}

// Start starts a server whose buckets are directories in dir. An error says what is missing.
func Start(ctx context.Context, dir string) (*Server, error) {
	program, err := build(ctx)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Join(dir, Bucket), 0o755); err != nil {
		return nil, fmt.Errorf("make bucket: %w", err)
	}
	free, err := testport.Free(1)
	if err != nil {
		return nil, err
	}
	s := &Server{Addr: free[0], dir: dir, program: program}
	return s, s.Start(ctx)
}

// URL is an address of the server for s3.Open, through addr if that is not "".
func (s *Server) URL(addr, prefix string) string {
	if addr == "" {
		addr = s.Addr
	}
	return "s3://" + Bucket + "/" + prefix + "?" + url.Values{"endpoint": {"http://" + addr}}.Encode()
}

// Credentials returns the credentials that the server accepts.
func Credentials() *credentials.Credentials { return credentials.NewStaticV4(accessKey, secretKey, "") }

// Environ has the variables with the credentials for a process.
func Environ() []string {
	return []string{"AWS_ACCESS_KEY_ID=" + accessKey, "AWS_SECRET_ACCESS_KEY=" + secretKey}
}

// until is a shell script that ends the server when the script's standard input ends. The input also ends when the test that holds the other end is
// killed.
const until = `"$@" </dev/null & server=$!; echo $server; cat >/dev/null; kill -9 $server; wait`

// Start starts a server that was killed. It has the data that it had stored before.
func (s *Server) Start(ctx context.Context) error {
	s.cmd = exec.Command("/bin/sh", "-c", until, "sh", s.program, "--port", s.Addr, "--keep-alive", "--quiet", "posix", s.dir)
	s.cmd.Env = append(os.Environ(), "ROOT_ACCESS_KEY="+accessKey, "ROOT_SECRET_KEY="+secretKey)
	stdin, err := s.cmd.StdinPipe()
	if err != nil {
		return err
	}
	s.alive = stdin
	said, err := s.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := s.cmd.Start(); err != nil {
		return fmt.Errorf("start versitygw: %w", err)
	}
	if _, err := fmt.Fscanln(said, &s.pid); err != nil {
		return errors.Join(fmt.Errorf("start versitygw: %w", err), s.Kill())
	}
	go func() { _, _ = io.Copy(io.Discard, said) }() // ends with the process
	if err := s.ready(ctx); err != nil {
		return errors.Join(err, s.Kill())
	}
	return nil
}

// ready waits until the server answers.
func (s *Server) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.Addr+"/", nil)
		if err != nil {
			return err
		}
		response, err := client.Do(request)
		if err == nil {
			return response.Body.Close()
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("versitygw at %s does not answer: %w", s.Addr, err)
		}
	}
}

// Kill ends the process at once, as a crash would.
func (s *Server) Kill() error {
	if s.cmd == nil || s.cmd.Process == nil {
		return nil
	}
	err := s.alive.Close()
	_ = s.cmd.Wait() // the error only says that the child was killed
	s.cmd = nil
	return err
}

// Close is Kill. The data stay.
func (s *Server) Close() error { return s.Kill() }

// PID is the process's id.
func (s *Server) PID() int { return s.pid }

// Pause suspends the process until Resume, like a machine that hangs. Its connections stay open.
func (s *Server) Pause() error { return syscall.Kill(s.pid, syscall.SIGSTOP) }

// Resume undoes Pause.
func (s *Server) Resume() error { return syscall.Kill(s.pid, syscall.SIGCONT) }

// build returns the path of the program. The first call on a machine builds it.
func build(ctx context.Context) (string, error) {
	dir, err := exec.CommandContext(ctx, "go", "list", "-f", "{{.Dir}}", "github.com/playheadhq/playhead/internal/blocks/s3/s3test").Output()
	if err != nil {
		return "", fmt.Errorf("find the sources of s3test: %w", err)
	}
	module := filepath.Join(strings.TrimSpace(string(dir)), "versitygw")
	pinned, err := os.ReadFile(filepath.Join(module, "go.sum"))
	if err != nil {
		return "", fmt.Errorf("read what versitygw is made of: %w", err)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	cache = filepath.Join(cache, "playhead-tests")
	program := filepath.Join(cache, fmt.Sprintf("versitygw-%x", sha256.Sum256(pinned)))[:len(cache)+len("/versitygw-")+16]
	if _, err := os.Stat(program); err == nil {
		return program, nil
	}
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return "", err
	}
	// Built under a temporary name: tests of several packages may do this at the same time.
	temporary := program + "." + strconv.Itoa(os.Getpid())
	compile := exec.CommandContext(ctx, "go", "build", "-o", temporary, "github.com/versity/versitygw/cmd/versitygw")
	compile.Dir = module
	compile.Env = append(os.Environ(), "GOFLAGS=-mod=readonly", "GOWORK=off", "CGO_ENABLED=0")
	if out, err := compile.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build versitygw in %s: %w: %s", module, err, out)
	}
	return program, os.Rename(temporary, program)
}
