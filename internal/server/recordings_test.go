package server

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/playheadhq/playhead/internal/access"
	"github.com/playheadhq/playhead/internal/blocks/blockstest"
	"github.com/playheadhq/playhead/internal/blocks/s3/s3test"
	"github.com/playheadhq/playhead/internal/compact"
	"github.com/playheadhq/playhead/internal/config"
)

// inS3 starts an S3 server behind a network that can fail, for the length of a test.
func inS3(t *testing.T) (*s3test.Server, *s3test.Proxy) {
	t.Helper()
	if !blockstest.Asked("s3") {
		t.Skipf("%s does not ask for s3", blockstest.Env)
	}
	server, err := s3test.Start(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	proxy, err := s3test.NewProxy(server.Addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := proxy.Close(); err != nil {
			t.Error(err)
		}
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	for _, v := range s3test.Environ() {
		name, value, _ := strings.Cut(v, "=")
		t.Setenv(name, value)
	}
	return server, proxy
}

// S3 is not available when the server starts, becomes available, fails and comes back. Events are accepted all the time. At the end, all acknowledged
// recordings are there.
func TestRecordingsInS3(t *testing.T) {
	s3, proxy := inS3(t)
	if err := proxy.Refuse(); err != nil {
		t.Fatal(err)
	}
	cfg := testConfig(t.TempDir())
	cfg.Blocks = s3.URL(proxy.Addr(), "nodes")
	cfg.S3.Window = config.Duration(200 * time.Millisecond)
	s, c := start(t, cfg)
	began, n := time.Now().Add(-time.Hour), 0
	acked := map[string]int{}
	record := func(session string) (status int) {
		n++
		marker := fmt.Sprint("marker ", n)
		res := c.Do(t, "POST", "/s/", batch(snapshot(began.Add(time.Duration(n)*time.Second), session, "w", n == 1 || len(acked) == 0, marker)), "Content-Type: application/json")
		if res.Status == http.StatusOK {
			acked[marker]++
		} else if res.Header.Get("Retry-After") == "" {
			t.Error("no header says when to retry")
		}
		return res.Status
	}
	for range 2 {
		if status := record("s"); status != http.StatusServiceUnavailable {
			t.Errorf("a recording without S3: %d", status)
		}
		c.Capture(t, "/batch/", generation(time.Now(), "t", nil)) // events do not wait for S3
		if res := c.Get(t, "/readyz"); res.Status != http.StatusServiceUnavailable || !strings.Contains(string(res.Body), `"dependency":"blocks"`) {
			t.Errorf("readyz without S3: %d %s", res.Status, res.Body)
		}
		if err := proxy.Accept(); err != nil {
			t.Fatal(err)
		}
		if res := c.Get(t, "/readyz"); res.Status != http.StatusOK {
			t.Errorf("readyz with S3: %d %s", res.Status, res.Body)
		}
		for range 3 {
			if status := record("s"); status != http.StatusOK {
				t.Errorf("a recording with S3: %d", status)
			}
		}
		if err := proxy.Refuse(); err != nil {
			t.Fatal(err)
		}
	}
	if res := c.Get(t, "/api/sessions/s/snapshots"); res.Status != http.StatusServiceUnavailable {
		t.Errorf("reading without S3: %d %s", res.Status, res.Body)
	}
	if err := proxy.Accept(); err != nil {
		t.Fatal(err)
	}
	holds := func() {
		t.Helper()
		got := countMarkers(t, c, "s")
		for marker := range acked {
			if got[marker] != 1 {
				t.Errorf("%s was acknowledged and is there %d times", marker, got[marker])
			}
		}
	}
	holds()

	// All blocks are rewritten into one object.
	compactor := compact.New(compact.Options{Index: s.store, Objects: s.objects, After: time.Millisecond})
	if n, err := compactor.Compact(t.Context()); err != nil || n != 1 {
		t.Errorf("Compact: %d, %v", n, err)
	}
	rows, err := s.store.Blocks(t.Context(), access.DefaultProject, "s", "w")
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range rows {
		if b.Location.Key != rows[0].Location.Key {
			t.Errorf("a block lies in %s, another in %s", b.Location.Key, rows[0].Location.Key)
		}
	}
	holds()
	sweeper := compact.New(compact.Options{Index: s.store, Objects: s.objects, Grace: time.Nanosecond})
	for sweep, want := range []int{0, 6} { // the six objects of the uploads
		if n, err := sweeper.Sweep(t.Context()); err != nil || n != want {
			t.Errorf("sweep %d: %d objects deleted, %v; want %d", sweep, n, err, want)
		}
	}
	holds()
	stop(t, s)
	_, c = start(t, cfg)
	holds()
	var printed strings.Builder
	s.Describe(&printed)
	if !strings.Contains(printed.String(), "s3://recordings/nodes") {
		t.Errorf("printed:\n%s", &printed)
	}
}

// Recordings that are sent at the same time are written as few objects.
func TestRecordingsShareObjects(t *testing.T) {
	s3, _ := inS3(t)
	cfg := testConfig(t.TempDir())
	cfg.Blocks = s3.URL("", "")
	s, c := start(t, cfg)
	began := time.Now()
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Go(func() {
			c.Capture(t, "/s/", snapshot(began, fmt.Sprint("s", i), "w", true, "m"))
		})
	}
	wg.Wait()
	objects := 0
	for _, err := range s.objects.Keys(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		objects++
	}
	if most := 2 + int(time.Since(began)/time.Second); objects < 1 || objects > most {
		t.Errorf("%d objects for 40 recordings within %v", objects, time.Since(began))
	}
}
