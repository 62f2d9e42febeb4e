//go:build linux

package server

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/playheadhq/playhead/internal/disk"
	"github.com/playheadhq/playhead/internal/servertest"
)

// When the disk is full, clients are asked to retry, acknowledged data can still be read, and the server continues automatically when there is space
// again. The disk is a small file system, if this user may mount one. In any case the test is also run with a limit on the size of the server's
// files, which makes writes fail in the same places.
func TestAFullDisk(t *testing.T) {
	t.Run("file system", func(t *testing.T) {
		const size = 48 << 20
		dir := t.TempDir()
		err := unix.Mount("playhead-test", dir, "tmpfs", 0, fmt.Sprintf("size=%d", size))
		if errors.Is(err, unix.EPERM) || errors.Is(err, unix.EACCES) {
			t.Logf("this user may not mount a file system (%v); the limit below stands in for it", err)
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
				t.Errorf("unmount: %v", err)
			}
		})
		ballast := filepath.Join(dir, "ballast")
		testFullDisk(t, filepath.Join(dir, "data"),
			func(*process) { fill(t, ballast) },
			func(*process) {
				if err := os.Remove(ballast); err != nil {
					t.Fatal(err)
				}
			})
	})
	t.Run("limit", func(t *testing.T) {
		data := filepath.Join(t.TempDir(), "data")
		var before unix.Rlimit
		testFullDisk(t, data,
			func(p *process) {
				if err := unix.Prlimit(p.cmd.Process.Pid, unix.RLIMIT_FSIZE, nil, &before); err != nil {
					t.Fatal(err)
				}
				small := unix.Rlimit{Cur: smallest(t, data), Max: before.Max}
				if err := unix.Prlimit(p.cmd.Process.Pid, unix.RLIMIT_FSIZE, &small, nil); err != nil {
					t.Fatal(err)
				}
			},
			func(p *process) {
				if err := unix.Prlimit(p.cmd.Process.Pid, unix.RLIMIT_FSIZE, &before, nil); err != nil {
					t.Fatal(err)
				}
			})
	})
}

func testFullDisk(t *testing.T, data string, full, empty func(*process)) {
	p := run(t, freePort(t), data, "--limits-min-free", "0")
	s := servertest.NewSender("s", time.Now().Add(-time.Hour))
	attempt := func() *reply {
		t.Helper()
		res, err := s.Try(t.Context(), p.Client)
		if err != nil {
			t.Fatal(err)
		}
		return res
	}
	n := 0
	for ; n < 10; n++ {
		if res := attempt(); res.Status != 200 {
			t.Fatalf("with room: %d %s", res.Status, res.Body)
		}
	}
	full(p)
	var res *reply
	for ; n < 2000; n++ { // space that is already reserved may still be used
		if res = attempt(); res.Status != 200 {
			break
		}
	}
	if res.Status != 503 || res.Header.Get("Retry-After") == "" || !strings.Contains(res.Header.Get("Access-Control-Expose-Headers"), "Retry-After") {
		t.Fatalf("without room: %d %v %s", res.Status, res.Header, res.Body)
	}
	t.Logf("full after %d requests", n)
	for range 3 {
		if res := attempt(); res.Status != 503 {
			t.Fatalf("still without room: %d %s", res.Status, res.Body)
		}
	}
	// /readyz reports it, and continues to report it after it has probed for space again.
	for until := time.Now().Add(5 * time.Second); time.Now().Before(until); <-time.After(100 * time.Millisecond) {
		if res := p.Get(t, "/readyz"); res.Status != http.StatusServiceUnavailable || !strings.Contains(string(res.Body), "has no room") {
			t.Fatalf("readyz without room: %d %s", res.Status, res.Body)
		}
	}
	if n := len(p.All(t, "/api/generations")); n == 0 {
		t.Error("nothing can be read while the disk is full")
	}
	if res := p.Get(t, "/healthz"); res.Status != http.StatusOK {
		t.Errorf("healthz: %d", res.Status)
	}

	empty(p)
	// The server also recovers if a balancer sends no requests.
	for tries := 0; p.Get(t, "/readyz").Status != http.StatusOK; tries++ {
		if tries == 600 {
			t.Fatal("not ready with room again")
		}
		<-time.After(100 * time.Millisecond)
	}
	for tries := 0; ; tries++ {
		if res = attempt(); res.Status == 200 {
			break
		}
		if res.Status != 503 || tries == 100 {
			t.Fatalf("with room again: %d %s", res.Status, res.Body)
		}
		wait, err := strconv.Atoi(res.Header.Get("Retry-After"))
		if err != nil {
			t.Fatal(err)
		}
		<-time.After(min(time.Duration(wait)*time.Second, 200*time.Millisecond)) // like a client, but less patient
	}
	for range 10 {
		if res := attempt(); res.Status != 200 {
			t.Fatalf("after that: %d %s", res.Status, res.Body)
		}
	}
	// Nothing is corrupt, now and after a restart.
	generations := p.All(t, "/api/generations")
	check(t, p, []*servertest.Sender{s})
	p = run(t, freePort(t), data, "--limits-min-free", "0")
	if again := p.All(t, "/api/generations"); len(again) != len(generations) {
		t.Errorf("%d generations became %d", len(generations), len(again))
	}
	check(t, p, []*servertest.Sender{s})
}

// fill writes a file until its disk is completely full.
func fill(t *testing.T, name string) {
	t.Helper()
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for chunk := make([]byte, 64<<10); len(chunk) > 0; {
		switch _, err := f.Write(chunk); {
		case disk.IsFull(err):
			chunk = chunk[:len(chunk)/2]
		case err != nil:
			t.Fatal(err)
		}
	}
}

// smallest is the size of the smallest file with data: a limit that every growing file reaches at once.
func smallest(t *testing.T, dir string) uint64 {
	t.Helper()
	least := int64(1 << 20)
	err := filepath.WalkDir(dir, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err == nil && info.Size() > 1<<10 {
			least = min(least, info.Size())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return uint64(least)
}

// If less space is free than limits.min_free, the answer is the same, before the disk is really full.
func TestTooLittleFreeSpace(t *testing.T) {
	cfg := testConfig(t.TempDir())
	cfg.Limits.MinFree = 1 << 60
	s, c := start(t, cfg)
	body := batch(generation(time.Now(), "t", nil))
	if res := c.Do(t, "POST", "/batch/", body, "Content-Type: application/json"); res.Status != 503 || res.Header.Get("Retry-After") == "" {
		t.Errorf("capture: %d %v", res.Status, res.Header)
	}
	if res := c.Get(t, "/readyz"); res.Status != 503 || !strings.Contains(string(res.Body), "no room") {
		t.Errorf("readyz: %d %s", res.Status, res.Body)
	}
	if res := c.Get(t, "/api/traces"); res.Status != 200 {
		t.Errorf("api: %d", res.Status)
	}
	stop(t, s)
	cfg.Limits.MinFree = 0
	_, c = start(t, cfg)
	if res := c.Do(t, "POST", "/batch/", body, "Content-Type: application/json"); res.Status != 200 {
		t.Errorf("with the limit lowered: %d %s", res.Status, res.Body)
	}
}
