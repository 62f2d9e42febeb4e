//go:build linux

package server

import (
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/playheadhq/playhead/internal/disk"
)

// smallDisk is a directory on a file system of its own with room for size bytes. Where this user may not mount one, the server is told to
// leave so much more free on the disk there is that only size bytes remain, and the disk is filled for real up to there: another way to
// the same answers, without an error from the operating system. It returns the directory and the limits.min_free to use.
func smallDisk(t *testing.T, size, keepFree int64) (dir, minFree string) {
	t.Helper()
	dir = t.TempDir()
	err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+strconv.FormatInt(size, 10))
	if err == nil {
		t.Cleanup(func() {
			if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
				t.Errorf("unmount: %v", err)
			}
		})
		return dir, strconv.FormatInt(keepFree, 10)
	}
	t.Logf("cannot mount a small file system (%v), so limits.min_free stands in for its end", err)
	free, err := disk.Free(dir)
	if err != nil {
		t.Fatal(err)
	}
	return dir, strconv.FormatInt(int64(free)-size+keepFree, 10)
}

// The disk fills up. Clients are asked to come back, what was acknowledged stays readable, and when there is room again the server goes on by
// itself.
func TestAFullDisk(t *testing.T) {
	t.Run("to the last byte", func(t *testing.T) { fillUp(t, 0) })
	t.Run("to the free space asked for", func(t *testing.T) { fillUp(t, 8<<20) })
}

func fillUp(t *testing.T, keepFree int64) {
	const size = 48 << 20
	dir, minFree := smallDisk(t, size, keepFree)
	data := filepath.Join(dir, "data")
	p := run(t, freePort(t), data, "--limits-min-free", minFree)
	s := &sender{session: "s", at: time.Now().Add(-time.Hour), first: true}
	attempt := func(n int) *reply {
		s.next(n)
		res := p.do(t, "POST", s.path, s.pending, "Content-Type: application/json")
		if res.status == 200 {
			s.acked = append(s.acked, s.ids...)
			s.pending = nil
		}
		return res
	}
	for n := range 10 {
		if res := attempt(n); res.status != 200 {
			t.Fatalf("with room: %d %s", res.status, res.body)
		}
	}
	// Something else takes the rest of the disk.
	ballast := filepath.Join(dir, "ballast")
	fill(t, ballast, size)
	var res *reply
	n := 10
	for ; n < 2000; n++ { // what is set aside already may still be used
		if res = attempt(n); res.status != 200 {
			break
		}
	}
	if res.status != 503 || res.header.Get("Retry-After") == "" || !strings.Contains(res.header.Get("Access-Control-Expose-Headers"), "Retry-After") {
		t.Fatalf("without room: %d %v %s", res.status, res.header, res.body)
	}
	t.Logf("full after %d requests", n)
	for range 3 {
		if res := attempt(n); res.status != 503 {
			t.Fatalf("still without room: %d %s", res.status, res.body)
		}
	}
	// It can be read, and says that it is there.
	if n := len(p.all(t, "/api/generations")); n == 0 {
		t.Error("nothing can be read while the disk is full")
	}
	if res := p.get(t, "/healthz"); res.status != http.StatusOK {
		t.Errorf("healthz: %d", res.status)
	}

	if keepFree > 0 { // otherwise only trying to write tells
		if res := p.get(t, "/readyz"); res.status != http.StatusServiceUnavailable || !strings.Contains(string(res.body), "no room") {
			t.Errorf("readyz: %d %s", res.status, res.body)
		}
	}

	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	for tries := 0; ; tries++ {
		if res = attempt(n); res.status == 200 {
			break
		}
		if res.status != 503 || tries == 100 {
			t.Fatalf("with room again: %d %s", res.status, res.body)
		}
		wait, err := strconv.Atoi(res.header.Get("Retry-After"))
		if err != nil {
			t.Fatal(err)
		}
		<-time.After(min(time.Duration(wait)*time.Second, 200*time.Millisecond)) // as a client does, only less patient
	}
	for range 10 {
		n++
		if res := attempt(n); res.status != 200 {
			t.Fatalf("after that: %d %s", res.status, res.body)
		}
	}
	// Nothing is corrupt, neither now nor after a restart.
	generations := p.all(t, "/api/generations")
	check(t, p, []*sender{s})
	p = run(t, freePort(t), data, "--limits-min-free", minFree)
	if again := p.all(t, "/api/generations"); len(again) != len(generations) {
		t.Errorf("%d generations became %d", len(generations), len(again))
	}
	check(t, p, []*sender{s})
}

// fill writes a file of at most size bytes, until the disk is full.
func fill(t *testing.T, name string, size int64) {
	t.Helper()
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	chunk := make([]byte, 64<<10)
	for written := int64(0); written < size; {
		n, err := f.Write(chunk)
		written += int64(n)
		if disk.IsFull(err) && len(chunk) > 1 {
			chunk = chunk[:len(chunk)/2] // to the last byte
			continue
		}
		if err != nil {
			if disk.IsFull(err) {
				return
			}
			t.Fatal(err)
		}
	}
}
