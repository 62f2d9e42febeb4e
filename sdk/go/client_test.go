package playhead

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestMiddleware(t *testing.T) {
	var got Session
	h := Middleware(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = SessionFrom(r.Context()) }))
	r := httptest.NewRequest(http.MethodPost, "/chat", nil)
	r.Header.Set("X-POSTHOG-SESSION-ID", "visit-1")
	r.Header.Set("X-PostHog-Window-Id", "tab-1")
	r.Header.Set("X-POSTHOG-DISTINCT-ID", "user_1")
	h.ServeHTTP(httptest.NewRecorder(), r)
	if got != (Session{"visit-1", "tab-1", "user_1"}) {
		t.Errorf("%+v", got)
	}
	r = httptest.NewRequest(http.MethodPost, "/chat", nil)
	r.Header.Set("X-POSTHOG-SESSION-ID", strings.Repeat("x", 1000))
	h.ServeHTTP(httptest.NewRecorder(), r)
	if got != (Session{}) {
		t.Errorf("%+v", got)
	}
}

// Events that are captured by hand belong to the trace and the session of their context.
func TestCaptureByHand(t *testing.T) {
	s := newServer(t)
	c := newClient(t, s)
	ctx := WithSession(WithProperties(t.Context(), map[string]any{"plan": "pro"}), Session{ID: "visit-1"})
	ctx, trace := NewTrace(ctx, "answer")
	start := time.Now().Add(-time.Second)
	agent := c.CaptureSpan(ctx, Span{Name: "agent", Type: "agent", Start: start, Latency: time.Second})
	below := trace
	below.ParentID = agent
	c.CaptureGeneration(WithTrace(ctx, below), Generation{Model: "m", Input: "q", Output: "a", Usage: &Usage{Input: 1, Output: 2}, Start: start, Latency: time.Second, Properties: map[string]any{"plan": "team"}})
	c.CaptureSpan(WithTrace(ctx, below), Span{Name: "search", Type: "tool", Err: errors.New("no index")})
	c.CaptureTrace(ctx, Span{Input: "q", Output: "a"})
	c.CaptureFeedback(ctx, "thanks")
	c.CaptureMetric(ctx, "stars", 5)
	c.Capture(ctx, "checkout", map[string]any{"n": 1})
	var got []string
	for _, e := range flushed(t, c, s) {
		p := e.Properties
		if p["$ai_trace_id"] != trace.ID || p["$session_id"] != "visit-1" || p["$lib"] != "playhead-go" {
			t.Errorf("%+v", e)
		}
		got = append(got, fmt.Sprint(e.Event, p["$ai_span_name"], p["$ai_parent_id"] == agent, p["$ai_parent_id"] == trace.ID, p["plan"], p["$ai_error"], p["$ai_feedback_text"], p["$ai_metric_value"]))
	}
	want := []string{
		"$ai_span agent false true pro <nil> <nil> <nil>", "$ai_generation <nil> true false team <nil> <nil> <nil>", "$ai_span search true false pro no index <nil> <nil>",
		"$ai_trace answer false false pro <nil> <nil> <nil>", "$ai_feedback <nil> false false pro <nil> thanks <nil>", "$ai_metric <nil> false false pro <nil> <nil> 5", "checkout <nil> false false pro <nil> <nil> <nil>",
	}
	for i := range want {
		if i >= len(got) || strings.ReplaceAll(got[i], " ", "") != strings.ReplaceAll(want[i], " ", "") {
			t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			break
		}
	}
}

// Whatever the server answers, each event is stored once or counted as dropped.
func TestRetriesAndDrops(t *testing.T) {
	for _, test := range []struct {
		name    string
		answer  func(n int) (int, http.Header)
		set     func(*Config)
		stored  int
		dropped map[string]int64
	}{
		{"it comes back", func(n int) (int, http.Header) { return []int{503, 500, 429, 200}[min(n-1, 3)], nil }, nil, 3, nil},
		{"it asks to wait", func(n int) (int, http.Header) {
			if n == 1 {
				return 503, http.Header{"Retry-After": {"1"}}
			}
			return 200, nil
		}, nil, 3, nil},
		{"it refuses for good", func(int) (int, http.Header) { return 401, nil }, nil, 0, map[string]int64{DroppedRefused: 3}},
		{"it takes too long", func(int) (int, http.Header) { return 503, nil }, func(c *Config) { c.GiveUp = 300 * time.Millisecond }, 0, map[string]int64{DroppedTimeout: 3}},
		{"a batch is too large", func(n int) (int, http.Header) {
			if n == 1 {
				return 413, nil
			}
			return 200, nil
		}, nil, 3, nil},
		{"more than can wait", nil, func(c *Config) { c.MaxEvents = 2 }, 2, map[string]int64{DroppedFull: 1}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t)
			s.answer = test.answer
			set := test.set
			if set == nil {
				set = func(*Config) {}
			}
			c := newClient(t, s, set)
			for range 3 {
				c.Capture(t.Context(), "x", nil)
			}
			c.Capture(t.Context(), "cannot be written", map[string]any{"f": func() {}})
			events := flushed(t, c, s)
			seen := map[string]bool{}
			for _, e := range events {
				seen[e.UUID] = true
			}
			stats := c.Stats()
			if len(events) != test.stored || len(seen) != test.stored || stats.Sent != int64(test.stored) || stats.Waiting != 0 {
				t.Errorf("%d events, %d ids, %+v", len(events), len(seen), stats)
			}
			delete(stats.Dropped, DroppedInvalid)
			if fmt.Sprint(stats.Dropped) != fmt.Sprint(test.dropped) && len(stats.Dropped)+len(test.dropped) > 0 {
				t.Errorf("%v", stats.Dropped)
			}
		})
	}
}

// Close sends the waiting events. Events for which its context leaves no time, and later events, are counted as dropped.
func TestClose(t *testing.T) {
	s := newServer(t)
	c := newClient(t, s)
	c.Capture(t.Context(), "x", nil)
	if err := c.Close(t.Context()); err != nil || len(s.all()) != 1 {
		t.Errorf("%d events, error %v", len(s.all()), err)
	}
	c.Capture(t.Context(), "late", nil)
	if n := c.Stats().Dropped[DroppedClosed]; n != 1 {
		t.Errorf("%d are counted", n)
	}
	down := newServer(t)
	down.answer = func(int) (int, http.Header) { return 503, nil }
	c = newClient(t, down)
	c.Capture(t.Context(), "x", nil)
	ctx, stop := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer stop()
	if err := c.Close(ctx); !errors.Is(err, context.DeadlineExceeded) || c.Stats().Dropped[DroppedClosed] != 1 {
		t.Errorf("%v %+v", err, c.Stats())
	}
}

func TestBadConfig(t *testing.T) {
	for _, c := range []Config{{Host: "http://127.0.0.1"}, {Token: "x"}, {Token: "x", Host: "playhead.example.com"}} {
		if _, err := New(c); err == nil || !strings.Contains(err.Error(), "set Config.") {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

// Many goroutines capture, flush and close at the same time.
func TestManyAtOnce(t *testing.T) {
	s := newServer(t)
	c := newClient(t, s, func(c *Config) { c.Every = time.Millisecond })
	model := provider(t, 200, file(t, "chat.stream"))
	models := &http.Client{Transport: c.Transport(nil)}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 20 {
				c.Capture(t.Context(), "x", nil)
				response, err := models.Post(model.URL+"/v1/chat/completions", "application/json", strings.NewReader(`{}`))
				if err != nil {
					t.Error(err)
					return
				}
				for b := make([]byte, 64); err == nil; _, err = response.Body.Read(b) {
				}
				_ = response.Body.Close()
				c.Stats()
			}
			if err := c.Flush(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := len(flushed(t, c, s)); n != 320 {
		t.Errorf("%d events: %+v", n, c.Stats())
	}
}

// Calls that ended before Close are sent, though they are read in the background.
func TestCloseSendsCallsThatEnded(t *testing.T) {
	s := newServer(t)
	c := newClient(t, s)
	p := provider(t, http.StatusOK, []byte(`{"model":"m","choices":[{"message":{"role":"assistant","content":"hi"}}]}`))
	models := &http.Client{Transport: c.Transport(nil)}
	const calls = 50
	for range calls {
		response, err := models.Post(p.URL+"/v1/chat/completions", "application/json", strings.NewReader(`{"model":"m","messages":[]}`))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, response.Body); err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
	}
	if err := c.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if stats := c.Stats(); stats.Sent != calls || len(stats.Dropped) > 0 {
		t.Errorf("%+v", stats)
	}
}
