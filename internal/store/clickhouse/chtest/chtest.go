// Package chtest runs real ClickHouse servers for tests, from the shared library in the npm package that package.json pins. It needs no container
// engine and no installation, but a C compiler (like DuckDB).
//
// A server is a separate process of about 230 MB. Several servers that are started together form one cluster, each as a shard. The library lacks the
// port over which replicas fetch data from each other, and without it no replica becomes active, even with a Keeper; so sharding can be tested,
// replication cannot. There is one more difference: if a connection is reset before its handshake is over, or names an unknown database, a production
// server ends the connection, but this one aborts. Against the first case each server is behind a proxy (cushion), for clients and for the other
// servers.
package chtest

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/playheadhq/playhead/internal/testport"
)

// ClusterName is the name of the cluster that servers started together form.
const ClusterName = "shards"

// ReplicasName is the name of a wrongly configured cluster: all servers are listed as replicas of one shard.
const ReplicasName = "replicas"

// install is the command that installs the library, to be run in the repository.
const install = "npm ci --prefix internal/store/clickhouse/chtest"

//go:embed launcher/launcher.c
var launcherSource []byte

// Servers are the shards of one cluster, or a single server.
type Servers struct {
	dir     string
	library string
	direct  bool
	all     []*Server
}

// Server is one ClickHouse process, reachable on 127.0.0.1 as user "default" without a password.
type Server struct {
	// Addr is the address for the native protocol, HTTPAddr for HTTP. They stay the same after a restart.
	Addr, HTTPAddr string

	dir     string // directory of data, settings and log
	with    *Servers
	cushion *cushion
	cmd     *exec.Cmd
	// alive is the process's standard input; the process ends when it is closed.
	alive io.Closer
	ended chan struct{}
}

// Start starts n servers with their data under dir, which need not exist. If something is missing, the error says how to get it.
func Start(ctx context.Context, dir string, n int) (*Servers, error) {
	return start(ctx, dir, n, false)
}

// StartDirect is Start without proxies: for measurements, in which no client ends during a statement.
func StartDirect(ctx context.Context, dir string, n int) (*Servers, error) {
	return start(ctx, dir, n, true)
}

func start(ctx context.Context, dir string, n int, direct bool) (*Servers, error) {
	library, err := findLibrary()
	if err != nil {
		return nil, err
	}
	s := &Servers{dir: dir, library: library, direct: direct}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("make directory for clickhouse: %w", err)
	}
	if err := s.compile(ctx); err != nil {
		return nil, err
	}
	free, err := testport.Free(2 * n)
	if err != nil {
		return nil, err
	}
	for i := range n {
		s.all = append(s.all, &Server{Addr: free[2*i], HTTPAddr: s.own(free[2*i+1]), dir: filepath.Join(dir, strconv.Itoa(i)), with: s})
	}
	for _, server := range s.all {
		if err := server.Start(ctx); err != nil {
			return nil, errors.Join(err, s.Close())
		}
	}
	return s, nil
}

// At returns the i-th server.
func (s *Servers) At(i int) *Server { return s.all[i] }

// Addrs are the addresses of all servers.
func (s *Servers) Addrs() []string {
	var all []string
	for _, server := range s.all {
		all = append(all, server.Addr)
	}
	return all
}

// URL is the address of a database, on all servers if there are several, in the form of clickhouse.Options.
func (s *Servers) URL(database string) string {
	u := url.URL{Scheme: "clickhouse", Host: strings.Join(s.Addrs(), ","), Path: "/" + database, User: url.User("default")}
	if len(s.all) > 1 {
		u.RawQuery = url.Values{"cluster": {ClusterName}}.Encode()
	}
	return u.String()
}

// own is the address on which a server itself listens, given the address at which it is reached. The port is the same, because a server recognizes
// itself among the cluster's addresses by its port. The host is another address of this machine if a proxy uses the first one.
func (s *Servers) own(address string) string {
	if s.direct {
		return address
	}
	_, port, _ := net.SplitHostPort(address)
	return net.JoinHostPort("127.0.0.2", port)
}

// Close kills the servers. The data are kept.
func (s *Servers) Close() error {
	var errs []error
	for _, server := range s.all {
		errs = append(errs, server.Kill())
	}
	return errors.Join(errs...)
}

// Start restarts a killed server with its stored data.
func (s *Server) Start(ctx context.Context) error {
	if err := os.MkdirAll(s.dir, 0o755); err != nil {
		return fmt.Errorf("make directory for clickhouse: %w", err)
	}
	settings := filepath.Join(s.dir, "settings.xml")
	if err := os.WriteFile(settings, s.with.settings(), 0o644); err != nil {
		return fmt.Errorf("write clickhouse settings: %w", err)
	}
	log, err := os.Create(filepath.Join(s.dir, "log"))
	if err != nil {
		return fmt.Errorf("write clickhouse log: %w", err)
	}
	defer log.Close() // the process has its own copy
	host, tcp, _ := net.SplitHostPort(s.with.own(s.Addr))
	_, http, _ := net.SplitHostPort(s.HTTPAddr)
	s.cmd = exec.Command(s.with.launcher(), s.with.library,
		"--path", filepath.Join(s.dir, "data"), "--config-file", settings,
		"--listen_host", host, "--tcp_port", tcp, "--http_port", http,
		"--query", "SYSTEM START LISTEN TCP; SYSTEM START LISTEN HTTP; "+
			"SELECT sleepEachRow(3) FROM numbers(1000000000) FORMAT Null SETTINGS function_sleep_max_microseconds_per_block = 0, max_block_size = 1")
	s.cmd.Dir = s.dir // for files that have no configured directory
	s.cmd.Stdout, s.cmd.Stderr = log, log
	if s.alive, err = s.cmd.StdinPipe(); err != nil {
		return fmt.Errorf("start clickhouse: %w", err)
	}
	if err := s.cmd.Start(); err != nil {
		return fmt.Errorf("start clickhouse: %w", err)
	}
	s.ended = make(chan struct{})
	go func(cmd *exec.Cmd, ended chan struct{}) {
		_ = cmd.Wait() // it is always killed, so the error is expected
		close(ended)
	}(s.cmd, s.ended)
	if err := s.ready(ctx); err != nil {
		said, _ := os.ReadFile(log.Name())
		return errors.Join(fmt.Errorf("clickhouse at %s: %w; it said: %s", s.Addr, err, bytes.TrimSpace(said)), s.Kill())
	}
	if s.with.direct {
		return nil
	}
	if s.cushion, err = openCushion(s.Addr, s.with.own(s.Addr)); err != nil {
		return errors.Join(err, s.Kill())
	}
	return nil
}

// PID is the process's id.
func (s *Server) PID() int { return s.cmd.Process.Pid }

// Kill ends the process at once, like a crash. It is not an error if it has ended already.
func (s *Server) Kill() error {
	if s.cmd == nil || s.cmd.Process == nil {
		return nil
	}
	err := s.cmd.Process.Kill()
	<-s.ended
	s.cushion.close()
	_ = s.alive.Close()
	if err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("kill clickhouse: %w", err)
	}
	return nil
}

// Pause stops the process without ending it, like a machine that hangs, until Resume or Kill. Its connections stay open.
func (s *Server) Pause() error { return s.cmd.Process.Signal(syscall.SIGSTOP) }

// Resume undoes Pause.
func (s *Server) Resume() error { return s.cmd.Process.Signal(syscall.SIGCONT) }

// Query runs a statement over HTTP and returns the answer: for tests that check the stored data without the store.
func (s *Server) Query(ctx context.Context, statement string) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+s.HTTPAddr+"/", strings.NewReader(statement))
	if err != nil {
		return "", err
	}
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", response.Status, bytes.TrimSpace(body))
	}
	return strings.TrimSpace(string(body)), err
}

// startTime is long, because the library has half a gigabyte and its disk may be busy.
const startTime = 60 * time.Second

// ready waits until both listeners answer.
func (s *Server) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		if _, err := s.Query(ctx, "SELECT 1"); err == nil {
			if c, err := net.Dial("tcp", s.with.own(s.Addr)); err == nil {
				return c.Close()
			}
		}
		select {
		case <-tick.C:
		case <-s.ended:
			return fmt.Errorf("ended: %s", s.cmd.ProcessState)
		case <-ctx.Done():
			return fmt.Errorf("not ready: %w", context.Cause(ctx))
		}
	}
}

// settings is the configuration that cannot be passed as arguments: the members of the clusters.
func (s *Servers) settings() []byte {
	var out bytes.Buffer
	var shards, replicas bytes.Buffer
	for _, server := range s.all {
		host, port, _ := net.SplitHostPort(server.Addr)
		replica := fmt.Sprintf("<replica><host>%s</host><port>%s</port></replica>", host, port)
		fmt.Fprintf(&shards, "      <shard>%s</shard>\n", replica)
		fmt.Fprintf(&replicas, "        %s\n", replica)
	}
	fmt.Fprintf(&out, "<clickhouse>\n  <remote_servers>\n    <%s>\n%s    </%[1]s>\n", ClusterName, &shards)
	fmt.Fprintf(&out, "    <%s>\n      <shard>\n%s      </shard>\n    </%[1]s>\n  </remote_servers>\n</clickhouse>\n", ReplicasName, &replicas)
	return out.Bytes()
}

func (s *Servers) launcher() string { return filepath.Join(s.dir, "launcher") }

func (s *Servers) compile(ctx context.Context) error {
	cc := exec.CommandContext(ctx, "cc", "-O1", "-pthread", "-x", "c", "-", "-o", s.launcher(), "-ldl")
	cc.Stdin = bytes.NewReader(launcherSource)
	if said, err := cc.CombinedOutput(); err != nil {
		return fmt.Errorf("compile the launcher of clickhouse (a C compiler named cc is needed): %w: %s", err, bytes.TrimSpace(said))
	}
	return nil
}

// findLibrary searches for the library where npm installs it, from the working directory up to the module's root.
func findLibrary() (string, error) {
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		return "", fmt.Errorf("clickhouse for tests runs on linux/amd64, not on %s/%s", runtime.GOOS, runtime.GOARCH)
	}
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("find clickhouse for tests: %w", err)
	}
	for ; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if dir == filepath.Dir(dir) {
			return "", errors.New("find clickhouse for tests: not inside the repository")
		}
	}
	library := filepath.Join(dir, "internal/store/clickhouse/chtest/node_modules/@chdb/lib-linux-x64-gnu/libchdb.so")
	if _, err := os.Stat(library); err != nil {
		return "", fmt.Errorf("clickhouse for tests is not installed (%w); run in %s: %s", err, dir, install)
	}
	return library, nil
}
