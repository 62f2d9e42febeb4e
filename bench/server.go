package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

const token = "phc_bench_0000000000000000000000000000"

// server is a running playhead process.
type server struct {
	url    string
	client *http.Client
	cmd    *exec.Cmd
	log    *os.File
	// ready is the time from exec to the first 200 of /readyz.
	ready time.Duration

	mu      sync.Mutex
	peakKB  int64
	stopped chan struct{}
}

// startEmpty runs a server on a directory of its own, which the caller removes.
func startEmpty(ctx context.Context, o options, part string) (*server, string, error) {
	dir, err := os.MkdirTemp(o.dir, "playhead-bench-"+part+"-")
	if err != nil {
		return nil, "", err
	}
	s, err := start(ctx, o, dir)
	if err != nil {
		return nil, "", errors.Join(err, os.RemoveAll(dir))
	}
	return s, dir, nil
}

// start runs the server on dir and waits until it is ready.
func start(ctx context.Context, o options, dir string) (*server, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	addr := l.Addr().String()
	l.Close()
	s := &server{
		url:     "http://" + addr,
		client:  &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64, DisableCompression: true}},
		stopped: make(chan struct{}),
	}
	if s.log, err = os.Create(dir + ".log"); err != nil {
		return nil, err
	}
	s.cmd = exec.CommandContext(ctx, o.bin, "serve", "--listen", addr, "--data", dir, "--token", token)
	s.cmd.Stdout, s.cmd.Stderr = s.log, s.log
	begun := time.Now()
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	go s.watch()
	for time.Since(begun) < 30*time.Second {
		if status, _, err := s.get(ctx, "/readyz"); err == nil && status == http.StatusOK {
			s.ready = time.Since(begun)
			return s, nil
		}
		time.Sleep(2 * time.Millisecond)
	}
	return nil, errors.Join(fmt.Errorf("server not ready in 30 s; see %s", s.log.Name()), s.cmd.Process.Kill())
}

// stop ends the server in order and waits for it.
func (s *server) stop() error {
	close(s.stopped)
	defer s.log.Close()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	return s.cmd.Wait()
}

// watch keeps the largest resident size seen.
func (s *server) watch() {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-s.stopped:
			return
		case <-tick.C:
			now := s.residentKB()
			s.mu.Lock()
			s.peakKB = max(s.peakKB, now)
			s.mu.Unlock()
		}
	}
}

func (s *server) peakMB() float64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return float64(s.peakKB) / 1024
}

func (s *server) residentMB() float64 { return float64(s.residentKB()) / 1024 }

func (s *server) residentKB() int64 {
	raw, _ := os.ReadFile("/proc/" + strconv.Itoa(s.cmd.Process.Pid) + "/status")
	for line := range strings.Lines(string(raw)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			n, _ := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			return n
		}
	}
	return 0
}

// cpuSeconds is the processor time the server has used.
func (s *server) cpuSeconds() float64 {
	raw, _ := os.ReadFile("/proc/" + strconv.Itoa(s.cmd.Process.Pid) + "/stat")
	_, rest, _ := strings.Cut(string(raw), ") ")
	f := strings.Fields(rest)
	if len(f) < 13 {
		return 0
	}
	user, _ := strconv.ParseFloat(f[11], 64)
	system, _ := strconv.ParseFloat(f[12], 64)
	return (user + system) / 100
}

func (s *server) get(ctx context.Context, path string) (int, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+path, nil)
	if err != nil {
		return 0, nil, err
	}
	res, err := s.client.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	return res.StatusCode, raw, err
}

// getJSON reads path into v and says how long the whole request took.
func (s *server) getJSON(ctx context.Context, path string, v any) (time.Duration, error) {
	begun := time.Now()
	status, raw, err := s.get(ctx, path)
	took := time.Since(begun)
	if err != nil {
		return 0, err
	}
	if status != http.StatusOK {
		return 0, fmt.Errorf("GET %s: %d: %.200s", path, status, raw)
	}
	if v == nil {
		return took, nil
	}
	return took, json.Unmarshal(raw, v)
}

// post sends a body until it is acknowledged; a 503 is tried again. It returns how often it had to be.
func (s *server) post(ctx context.Context, path, contentType string, body []byte) (retries int, err error) {
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url+path, bytes.NewReader(body))
		if err != nil {
			return retries, err
		}
		req.Header.Set("Content-Type", contentType)
		res, err := s.client.Do(req)
		if err != nil {
			return retries, err
		}
		answer, _ := io.ReadAll(res.Body)
		res.Body.Close()
		switch res.StatusCode {
		case http.StatusOK:
			return retries, nil
		case http.StatusServiceUnavailable:
			retries++
			time.Sleep(20 * time.Millisecond)
		default:
			return retries, fmt.Errorf("POST %s: %d: %.200s", path, res.StatusCode, answer)
		}
	}
}

// totals is the part of /api/status that the bench reads.
type totals struct {
	Events      int64 `json:"events"`
	Generations int64 `json:"generations"`
	Recordings  int64 `json:"recordings"`
}

func (s *server) totals(ctx context.Context) (t totals, err error) {
	_, err = s.getJSON(ctx, "/api/status", &t)
	return t, err
}
