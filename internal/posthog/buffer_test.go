package posthog

import (
	"bytes"
	"context"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/playheadhq/playhead/internal/model"
)

// Large requests allocate nothing on the Go heap, and release all their memory.
func TestLargeBuffersLieOutsideOfTheHeap(t *testing.T) {
	const size = 16 << 20
	mux, _ := newServer(func(o *options) { o.Sink = counting{t, size + 1} })
	body := gzipped([]byte(`{"event":"e","api_key":"phc_x","a":"` + strings.Repeat("x", size) + `"}`))
	post := func(body []byte, status int) {
		t.Helper()
		if w := serve(mux, httptest.NewRequest("POST", "/e/", bytes.NewReader(body))); w.Code != status {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	}
	post(body, 200)
	mapped := mappedBytes(t)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range 10 {
		post(body, 200)
		post(body[:len(body)-20], 400)
	}
	runtime.ReadMemStats(&after)
	if got := after.TotalAlloc - before.TotalAlloc; got > size {
		t.Errorf("%d bytes were allocated for twenty requests of %d", got, size)
	}
	// The runtime maps 64 MiB at a time for its heap, and some for each thread. Twenty leaked buffers would be more than twice this limit.
	if got := mappedBytes(t) - mapped; got > 8*size {
		t.Errorf("%d more bytes are mapped after them", got)
	}
}

// counting is a sink that expects a number of x in each delivery, and stores nothing.
type counting struct {
	t    *testing.T
	want int
}

func (c counting) Ingest(_ context.Context, d *model.Delivery) ([]model.Outcome, error) {
	events := eventsOf(d)
	if got := bytes.Count(events[0].raw, []byte("x")); got != c.want {
		c.t.Errorf("%d bytes came, want %d", got, c.want)
	}
	return make([]model.Outcome, len(events)), nil
}

// mappedBytes returns the address space that this process uses, 0 if the system does not report it.
func mappedBytes(t *testing.T) int {
	statm, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	pages := 0
	for _, c := range statm {
		if c < '0' || c > '9' {
			break
		}
		pages = pages*10 + int(c-'0')
	}
	return pages * os.Getpagesize()
}
