package history

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// receiver stands for Playhead: it keeps the ids of the events that it accepted, by route.
type receiver struct {
	mu      sync.Mutex
	ids     map[string]map[string]int
	atOnce  int
	most    int
	asked   int
	respond func(asked int, w http.ResponseWriter) bool // whether it answered
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	r.mu.Lock()
	r.asked++
	asked := r.asked
	r.atOnce++
	r.most = max(r.most, r.atOnce)
	r.mu.Unlock()
	defer func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.atOnce--
	}()
	if r.respond != nil && r.respond(asked, w) {
		return
	}
	z, err := gzip.NewReader(q.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	var body struct {
		APIKey string `json:"api_key"`
		Batch  []struct{ UUID string }
	}
	if err := json.NewDecoder(z).Decode(&body); err != nil || body.APIKey != "phc_x" {
		http.Error(w, "what is that", http.StatusBadRequest)
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ids[q.URL.Path] == nil {
		r.ids[q.URL.Path] = map[string]int{}
	}
	for _, e := range body.Batch {
		r.ids[q.URL.Path][e.UUID]++
	}
	io.WriteString(w, `{"status":"Ok"}`)
}

func sendTo(t *testing.T, ctx context.Context, r *receiver, h *History) (stories int, err error) {
	t.Helper()
	r.ids = map[string]map[string]int{}
	server := httptest.NewServer(r)
	defer server.Close()
	err = h.Send(ctx, Target{server.URL, "phc_x", server.Client()}, func(n int) { stories = n })
	return stories, err
}

// The whole history arrives, over few connections, even if the server is busy at first.
func TestSend(t *testing.T) {
	h := New(end, Size{Sessions: 20, Generations: 250})
	r := &receiver{respond: func(asked int, w http.ResponseWriter) bool {
		if asked == 2 {
			w.Header().Set("Retry-After", "0")
			http.Error(w, "busy", http.StatusServiceUnavailable)
		}
		return asked == 2
	}}
	stories, err := sendTo(t, t.Context(), r, h)
	if err != nil || stories != h.Len() {
		t.Fatalf("%d of %d stories, %v", stories, h.Len(), err)
	}
	want := map[string]int{}
	for i := range h.Len() {
		p := h.Story(i)
		want["/i/v0/ai/batch/"] += len(p.AI)
		want["/batch/"] += len(p.Browser)
		want["/s/"] += len(p.Recording)
	}
	for route, n := range want {
		if len(r.ids[route]) != n || n == 0 {
			t.Errorf("%s took %d events, %d were made", route, len(r.ids[route]), n)
		}
	}
	if r.most > connections {
		t.Errorf("%d requests at once", r.most)
	}
}

// A permanent refusal ends the sending, with the server's message.
func TestSendIsRefused(t *testing.T) {
	r := &receiver{respond: func(_ int, w http.ResponseWriter) bool {
		http.Error(w, "unknown project token", http.StatusUnauthorized)
		return true
	}}
	_, err := sendTo(t, t.Context(), r, New(end, small))
	if err == nil || !strings.Contains(err.Error(), "unknown project token") || r.asked > connections {
		t.Errorf("%v after %d requests", err, r.asked)
	}
}

// A program that stops does not wait for the rest.
func TestSendStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	h := New(end, small)
	stories, err := sendTo(t, ctx, &receiver{respond: func(asked int, _ http.ResponseWriter) bool {
		if asked == 4 {
			cancel()
		}
		return false
	}}, h)
	if !errors.Is(err, context.Canceled) || stories == h.Len() {
		t.Errorf("%d of %d stories, %v", stories, h.Len(), err)
	}
}
