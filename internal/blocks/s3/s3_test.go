package s3

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/playheadhq/playhead/internal/blocks"
	"github.com/playheadhq/playhead/internal/blocks/blockstest"
	"github.com/playheadhq/playhead/internal/blocks/s3/s3test"
	"github.com/playheadhq/playhead/internal/disk/disktest"
	"github.com/playheadhq/playhead/internal/model"
)

func TestMain(m *testing.M) {
	if !blockstest.Asked("s3") {
		fmt.Printf("%s does not ask for s3: only what needs no server runs\n", blockstest.Env)
	}
	goleak.VerifyTestMain(m)
}

// serve starts a server for one test.
func serve(t testing.TB, dir string) *s3test.Server {
	t.Helper()
	if !blockstest.Asked("s3") {
		t.Skipf("%s does not ask for s3", blockstest.Env)
	}
	s, err := s3test.Start(context.Background(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func open(t testing.TB, url string, o Options) *Store {
	t.Helper()
	o.Credentials, o.Node = s3test.Credentials(), "Node 1"
	s, err := Open(context.Background(), url, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestObjects(t *testing.T) {
	server := serve(t, t.TempDir())
	now := time.Date(2025, 10, 9, 23, 30, 0, 0, time.UTC)
	s := open(t, server.URL("", "a/b"), Options{Now: func() time.Time { return now }})
	other := open(t, server.URL("", "a"), Options{}) // its prefix contains the objects of the first, which are not its own
	var want []string
	for range 3 {
		locations := blockstest.Write(t, s, []byte("one"), []byte("two"))
		if locations[0].Key != locations[1].Key || locations[1].Offset != 3 {
			t.Errorf("two bodies of one write lie at %+v", locations)
		}
		if !strings.HasPrefix(locations[0].Key, "default/2025-10-09/23/node-1/") {
			t.Errorf("key %s does not say hour and node", locations[0].Key)
		}
		want = append(want, locations[0].Key)
	}
	if got := all(t, s); !slices.Equal(got, want) {
		t.Errorf("Keys: %v, want %v", got, want)
	}
	if got := all(t, other); len(got) != 0 {
		t.Errorf("Keys of another prefix: %v", got)
	}
	for range 2 { // the second time it is gone already
		if err := s.Delete(t.Context(), want[0]); err != nil {
			t.Error(err)
		}
	}
	if _, err := s.Read(t.Context(), model.Location{Key: want[0], Length: 3}); !errors.Is(err, blocks.ErrNotFound) {
		t.Errorf("Read of what was deleted: %v", err)
	}
	if got := all(t, s); !slices.Equal(got, want[1:]) {
		t.Errorf("Keys: %v, want %v", got, want[1:])
	}
	if err := s.Delete(t.Context(), "../other"); err == nil {
		t.Error("deleted what is no key")
	}
}

func all(t *testing.T, s *Store) (keys []string) {
	t.Helper()
	for key, err := range s.Keys(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, key)
	}
	return keys
}

func TestOpen(t *testing.T) {
	server := serve(t, t.TempDir())
	for name, c := range map[string]struct{ url, says string }{
		"no bucket":  {strings.Replace(server.URL("", ""), s3test.Bucket, "another", 1), "there is no such bucket"},
		"no server":  {server.URL("127.0.0.1:1", ""), "connection refused"},
		"not s3 url": {"http://x", "the form is"},
	} {
		s, err := Open(t.Context(), c.url, Options{Credentials: s3test.Credentials(), Attempts: 1})
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q", name, err, c.says)
		}
		if err == nil {
			s.Close()
		}
	}
	t.Setenv("AWS_ACCESS_KEY_ID", "test")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "wrong")
	if _, err := Open(t.Context(), server.URL("", ""), Options{}); !errors.Is(err, blocks.ErrUnavailable) {
		t.Errorf("a wrong key: %v", err)
	}
	for _, v := range s3test.Environ() {
		name, value, _ := strings.Cut(v, "=")
		t.Setenv(name, value)
	}
	s, err := Open(t.Context(), server.URL("", ""), Options{})
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
}

// quick are options under which a fault is noticed soon.
var quick = Options{AttemptTimeout: 300 * time.Millisecond, WriteTimeout: 2 * time.Second, ReadTimeout: 2 * time.Second}

func TestFaults(t *testing.T) {
	server := serve(t, t.TempDir())
	proxy, err := s3test.NewProxy(server.Addr)
	if err != nil {
		t.Fatal(err)
	}
	defer proxy.Close()
	s := open(t, server.URL(proxy.Addr(), ""), quick)
	body := bytes.Repeat([]byte("0123456789abcdef"), 16<<10) // 256 kB
	kept := blockstest.Write(t, s, body)[0]

	for name, fault := range map[string]struct {
		begin, end  func() error
		read, write bool // may succeed all the same
	}{
		"refused":            {proxy.Refuse, proxy.Accept, false, false},
		"hanging":            {server.Pause, server.Resume, false, false},
		"down":               {server.Kill, func() error { return server.Start(t.Context()) }, false, false},
		"cut in every PUT":   {set(proxy, s3test.Faults{CutUp: 100 << 10}), set(proxy, s3test.Faults{}), true, false},
		"cut in every GET":   {set(proxy, s3test.Faults{CutDown: 100 << 10}), set(proxy, s3test.Faults{}), false, true},
		"answers are lost":   {set(proxy, s3test.Faults{Swallow: true}), set(proxy, s3test.Faults{}), false, false},
		"slow, not too slow": {set(proxy, s3test.Faults{Delay: 5 * time.Millisecond}), set(proxy, s3test.Faults{}), true, true},
	} {
		t.Run(name, func(t *testing.T) {
			if err := fault.begin(); err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			locations, err := s.Write(t.Context(), "default", [][]byte{body})
			switch {
			case err == nil && fault.write: // what was acknowledged must be there, see below
			case err == nil || fault.write || !errors.Is(err, blocks.ErrUnavailable):
				t.Errorf("Write: %v", err)
			}
			got, err := s.Read(t.Context(), kept)
			switch {
			case err == nil && fault.read && bytes.Equal(got, body):
			case err == nil || fault.read || !errors.Is(err, blocks.ErrUnavailable):
				t.Errorf("Read: %d bytes, %v", len(got), err)
			}
			if took := time.Since(start); took > 10*time.Second {
				t.Errorf("took %v", took)
			}
			if err := fault.end(); err != nil {
				t.Fatal(err)
			}
			for _, at := range append(locations, kept) {
				blockstest.Holds(t, s, at, body)
			}
			blockstest.Holds(t, s, blockstest.Write(t, s, body)[0], body)
		})
	}
}

func set(p *s3test.Proxy, f s3test.Faults) func() error {
	return func() error { p.Set(f); return nil }
}

// TestCutOnce: callers do not notice one broken connection.
func TestCutOnce(t *testing.T) {
	server := serve(t, t.TempDir())
	proxy, err := s3test.NewProxy(server.Addr)
	if err != nil {
		t.Fatal(err)
	}
	defer proxy.Close()
	s := open(t, server.URL(proxy.Addr(), ""), Options{})
	body := bytes.Repeat([]byte("0123456789abcdef"), 16<<10)
	for range 5 {
		proxy.Cut()
		blockstest.Holds(t, s, blockstest.Write(t, s, body)[0], body)
	}
}

// TestDiskFull: a write that does not fit returns ErrFull and no locations, and writes succeed again once there is space.
func TestDiskFull(t *testing.T) {
	if !blockstest.Asked("s3") {
		t.Skipf("%s does not ask for s3", blockstest.Env)
	}
	disktest.FileSystem(t, 4<<20, func(t *testing.T, dir string, free func()) {
		s := open(t, serve(t, dir).URL("", ""), Options{})
		body := bytes.Repeat([]byte("0123456789abcdef"), 512<<10/16)
		var locations []model.Location
		var err error
		for err == nil && len(locations) < 1000 {
			var at []model.Location
			if at, err = s.Write(t.Context(), "default", [][]byte{body}); err == nil {
				locations = append(locations, at...)
			}
		}
		if !errors.Is(err, blocks.ErrFull) {
			t.Fatalf("Write: %v, want ErrFull", err)
		}
		for range 3 {
			if err := s.Ping(t.Context()); !errors.Is(err, blocks.ErrFull) {
				t.Errorf("Ping: %v, want ErrFull", err)
			}
		}
		if len(locations) < 3 {
			t.Errorf("only %d blocks of 512 kB fit into 4 MB", len(locations))
		}
		free()
		recovers(t, s)
		if got := all(t, s); len(got) != len(locations) {
			t.Errorf("%d objects after %d writes: what was written by way of probe stays", len(got), len(locations))
		}
		locations = append(locations, blockstest.Write(t, s, body)...)
		for _, at := range locations {
			blockstest.Holds(t, s, at, body)
		}
	})
}

// recovers waits until a store finds out by itself that there is space again.
func recovers(t *testing.T, s *Store) {
	t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(30 * time.Second); ; <-tick.C {
		err := s.Ping(t.Context())
		if err == nil {
			return
		}
		if !errors.Is(err, blocks.ErrFull) || time.Now().After(deadline) {
			t.Fatalf("Ping with room again: %v", err)
		}
	}
}
