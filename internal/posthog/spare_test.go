package posthog

import (
	"bytes"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
)

// One large request after the other needs the memory of one, and none sees anything of the one before.
func TestLargeBuffersAreUsedAgain(t *testing.T) {
	mux, s := newServer(nil)
	body := gzipped([]byte(`{"event":"e","api_key":"phc_x","a":"` + strings.Repeat("x", 16<<20) + `"}`))
	post := func() {
		if w := serve(mux, httptest.NewRequest("POST", "/e/", bytes.NewReader(body))); w.Code != 200 {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	}
	post()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range 5 {
		post()
		if raw := eventsOf(s.deliveries[len(s.deliveries)-1])[0].raw; bytes.Count(raw, []byte("x")) != 16<<20+1 {
			t.Errorf("%d bytes came", len(raw))
		}
	}
	runtime.ReadMemStats(&after)
	// A collection in between may take the buffer once.
	if got := after.TotalAlloc - before.TotalAlloc; got > 40<<20 {
		t.Errorf("%d bytes were allocated for 80 MiB", got)
	}
}

func TestSpares(t *testing.T) {
	var s spares
	a := s.make(2 << 20)
	first := &a[:1][0]
	s.give(a)
	if b := s.make(8 << 20); cap(b) != 8<<20 {
		t.Errorf("a buffer of %d bytes for 8 MiB", cap(b))
	}
	if b := s.make(1 << 20); cap(b) != 1<<20 {
		t.Errorf("a buffer of %d bytes for 1 MiB", cap(b))
	}
	b := s.make(2<<20 - 100)
	if &b[:1][0] != first || len(b) != 0 {
		t.Error("the one of nearly this size was not used")
	}
	if c := s.make(2 << 20); &c[:1][0] == first {
		t.Error("it was given to two")
	}
	for range 3 * maxSpares {
		s.give(make([]byte, 2<<20))
	}
	if len(s.list) > maxSpares {
		t.Errorf("%d are remembered", len(s.list))
	}
	runtime.GC()
	runtime.GC()
	if s.list[0].first.Value() != nil {
		t.Error("they are kept from the collector")
	}
	var none *spares
	none.give(none.make(2 << 20))
}
