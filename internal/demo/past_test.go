package demo

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/playheadhq/playhead/internal/demo/history"
)

// pastFixture sends a small history to a server that counts requests and answers as told.
func pastFixture(t *testing.T, file string, answer func(n int64, w http.ResponseWriter)) (p *past, requests *atomic.Int64, states *[]State) {
	t.Helper()
	requests, states = &atomic.Int64{}, &[]State{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { answer(requests.Add(1), w) }))
	t.Cleanup(server.Close)
	p = newPast(Options{
		History: file, HistorySize: history.Size{Sessions: 40, Generations: 600}, PlayheadURL: server.URL, Token: "t",
		Changed: func(s State) { *states = append(*states, s) },
	})
	return p, requests, states
}

func accepts(_ int64, w http.ResponseWriter) { w.WriteHeader(http.StatusOK) }

// The history is sent once for each data directory, with its progress. The finds are also there at later starts.
func TestTheHistoryIsSentOnce(t *testing.T) {
	file := filepath.Join(t.TempDir(), "note.json")
	p, requests, states := pastFixture(t, file, accepts)
	if err := p.run(t.Context()); err != nil || requests.Load() == 0 {
		t.Fatalf("%d requests, %v", requests.Load(), err)
	}
	last := 0.0
	for i, s := range *states {
		if s.Sent < last || s.Sent == 1 && i < len(*states)-1 || len(s.Finds) != 3 {
			t.Errorf("state %d: %+v", i, s)
		}
		last = s.Sent
	}
	if len(*states) < 3 || last != 1 {
		t.Errorf("%d states, the last one at %v", len(*states), last)
	}

	p, requests, _ = pastFixture(t, file, accepts)
	if err := p.run(t.Context()); err != nil || requests.Load() != 0 {
		t.Errorf("the second start made %d requests, %v", requests.Load(), err)
	}
	if s := p.now(); s.Sent != 1 || len(s.Finds) != 3 || s.Finds[0] != (*states)[0].Finds[0] {
		t.Errorf("the second start shows %+v", s)
	}
}

// A program that is stopped while it sends continues at the next start with the same history: its end is that of the first start.
func TestAnInterruptedHistoryGoesOn(t *testing.T) {
	file := filepath.Join(t.TempDir(), "note.json")
	ctx, cancel := context.WithCancel(t.Context())
	p, _, _ := pastFixture(t, file, func(n int64, w http.ResponseWriter) {
		if n == 3 {
			cancel()
		}
		w.WriteHeader(http.StatusOK)
	})
	if err := p.run(ctx); err != nil {
		t.Fatal(err)
	}
	before := readNote(t, file)
	if before.Sent || before.End.IsZero() {
		t.Fatalf("the note of an interrupted history is %+v", before)
	}
	p, _, _ = pastFixture(t, file, accepts)
	if err := p.run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if after := readNote(t, file); !after.Sent || !after.End.Equal(before.End) {
		t.Errorf("%+v became %+v", before, after)
	}
}

func readNote(t *testing.T, file string) (n note) {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(raw, &n)
	}
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestAHistoryThatCannotBeSent(t *testing.T) {
	file := filepath.Join(t.TempDir(), "note.json")
	p, _, _ := pastFixture(t, file, func(_ int64, w http.ResponseWriter) { http.Error(w, "unknown project token", http.StatusUnauthorized) })
	if err := p.run(t.Context()); err == nil || !strings.Contains(p.now().Problem, "unknown project token") {
		t.Errorf("%v, %+v", err, p.now())
	}
	if err := os.WriteFile(file, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	p, requests, _ := pastFixture(t, file, accepts)
	if err := p.run(t.Context()); err == nil || !strings.Contains(err.Error(), "delete it") || requests.Load() != 0 {
		t.Errorf("an unreadable note: %d requests, %v", requests.Load(), err)
	}
}

func TestNoHistory(t *testing.T) {
	p, requests, _ := pastFixture(t, "", accepts)
	if err := p.run(t.Context()); err != nil || requests.Load() != 0 || p.now().Sent != 1 {
		t.Errorf("%d requests, %v, %+v", requests.Load(), err, p.now())
	}
}
