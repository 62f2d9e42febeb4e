package posthog

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/playheadhq/playhead/internal/fair"
	"github.com/playheadhq/playhead/internal/intake"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/rawjson"
)

// trickle sends a body in pieces, one a second. It returns the first line of the answer and the time until it came.
func trickle(t *testing.T, mux http.Handler, pieces int, piece string) (answer string, after time.Duration) {
	t.Helper()
	client := pipe(t, mux)
	start := time.Now()
	fmt.Fprintf(client, "POST /e/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: %d\r\n\r\n", pieces*len(piece))
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range pieces {
			if _, err := io.WriteString(client, piece); err != nil {
				return
			}
			time.Sleep(time.Second)
		}
	}()
	text, err := io.ReadAll(client)
	if err != nil {
		t.Fatal(err)
	}
	after = time.Since(start)
	client.Close()
	<-done
	line, _, _ := strings.Cut(string(text), "\r\n")
	return line, after
}

// A body that arrives slower than the minimum rate is refused when its grace period is used up. A body that arrives fast enough is accepted.
func TestABodyMustKeepUp(t *testing.T) {
	for _, test := range []struct {
		rate   int
		answer string
		after  time.Duration
	}{
		{1500, "HTTP/1.1 400 Bad Request", 40 * time.Second}, // the whole body arrives: it is not JSON
		{1000, "HTTP/1.1 400 Bad Request", 40 * time.Second},
		{500, "HTTP/1.1 408 Request Timeout", 20 * time.Second}, // 500 bytes/s × 20 s is what 1,000 bytes/s × (20 s - 10 s of grace) requires
		{1, "HTTP/1.1 408 Request Timeout", 10 * time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			h := New(Options{Sink: &sink{}, Project: func(string) (string, bool) { return "p", true }, Gate: intake.New(intake.Options{Limits: intake.Limits{MinRate: 1000}})})
			mux := http.NewServeMux()
			h.Register(mux)
			answer, after := trickle(t, mux, 40, strings.Repeat("x", test.rate))
			if answer != test.answer || after < test.after-time.Second || after > test.after+time.Second {
				t.Errorf("%d bytes a second: %s after %v, want %s after %v", test.rate, answer, after, test.answer, test.after)
			}
			synctest.Wait()
			if held, n := h.gate.InFlight(); held != 0 || n != 0 {
				t.Errorf("%d bytes a second: %d bytes in %d requests are still held", test.rate, held, n)
			}
		})
	}
}

// working is a sink that works until its context ends, as if a delivery had no end.
type working struct{ begun, stopped chan error }

func (s working) Ingest(ctx context.Context, d *model.Delivery) ([]model.Outcome, error) {
	s.begun <- nil
	for {
		if err := d.Turn.Pause(ctx); err != nil {
			s.stopped <- err
			return nil, err
		}
		time.Sleep(time.Millisecond)
	}
}

// When a client leaves, the work for its request stops, and another request gets the turn.
func TestWorkStopsWhenTheClientLeaves(t *testing.T) {
	s := working{make(chan error), make(chan error)}
	turns := fair.NewTurns(1)
	mux, _ := newServer(func(o *options) { o.Sink, o.Gate.Turns = s, turns })
	server := httptest.NewServer(mux)
	defer server.Close()
	for i := range 5 { // a turn that was not returned would be missing in the next round
		c, err := net.Dial("tcp", server.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(c, "POST /e/ HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s", len(event), event)
		<-s.begun
		c.Close()
		select {
		case <-s.stopped:
		case <-time.After(time.Minute):
			t.Fatalf("round %d: the work goes on", i)
		}
	}
}

// Decoding stops, too: if the client leaves while its request waits for a turn, nothing of the body is decoded.
func TestDecodingStopsWhenTheClientLeaves(t *testing.T) {
	ctx, leave := context.WithCancel(t.Context())
	mux, s := newServer(nil)
	body := gzipped(bytes.Repeat([]byte(" "), 64<<20))
	leave()
	w := serve(mux, httptest.NewRequest("POST", "/e/", bytes.NewReader(body)).WithContext(ctx))
	if w.Code != http.StatusServiceUnavailable || len(s.deliveries) > 0 {
		t.Errorf("%d, %d deliveries", w.Code, len(s.deliveries))
	}
}

// Parsing JSON can also stop between pieces, except inside a string, which has any length.
func TestParsingStopsInTheMiddle(t *testing.T) {
	ctx, leave := context.WithCancel(t.Context())
	leave()
	for name, text := range map[string]string{
		"events":   "[" + strings.Repeat(event+",", 20_000) + event + "]",
		"one":      `{"event":"e","properties":{"a":[` + strings.Repeat("1,", 1_000_000) + `1]}}`,
		"deep":     `{"event":"e","properties":{"a":` + strings.Repeat("[", 1_000_000) + strings.Repeat("]", 1_000_000) + `}}`,
		"elements": "[" + strings.Repeat("1,", 1_000_000) + "1]",
	} {
		w := aloneIn(ctx)
		p := &parser{Scanner: rawjson.NewScanner([]byte(text), maxDepth, rawjson.NewPace(w.Pause)), route: routes[0], maxEvents: 100_000, work: w, claim: claim{projectOf: projectOf}}
		if err := p.parse(); err == nil || p.At() > 5<<18 {
			t.Errorf("%s: read up to byte %d: %v", name, p.At(), err)
		}
	}
}

// Many requests of one address wait for each other. A request of another address does not wait for them.
func TestRequestsTakeTurnsByAddress(t *testing.T) {
	s := blockingSink{make(chan struct{}), make(chan struct{})}
	turns := fair.NewTurns(1)
	mux, _ := newServer(func(o *options) { o.Sink, o.Gate.Turns = s, turns })
	answers := make(chan int)
	post := func(from string) {
		r := httptest.NewRequest("POST", "/e/", strings.NewReader(event))
		r.RemoteAddr = from
		answers <- serve(mux, r).Code
	}
	for range 10 {
		go post("203.0.113.66:1")
	}
	<-s.entered // one works, nine wait
	go post("198.51.100.1:1")
	<-s.entered // a light request: it does not wait
	go func() {
		for range 9 {
			<-s.entered
		}
	}()
	for range 11 {
		s.let <- struct{}{}
		if code := <-answers; code != http.StatusOK {
			t.Error(code)
		}
	}
}

// unread is a body that must not be read.
type unread struct{ t *testing.T }

func (u unread) Read([]byte) (int, error) {
	u.t.Error("the body is read")
	return 0, io.EOF
}

// Each address may send only one large body at a time. The next one is refused before it is read; without an announced length, when it turns out to be
// large. Small bodies of the same address and large bodies of other addresses are accepted.
func TestAnAddressSendsOneLargeBodyAtATime(t *testing.T) {
	s := blockingSink{make(chan struct{}), make(chan struct{})}
	mux, _ := newServer(func(o *options) {
		o.Sink = s
		o.Gate.Limits.InFlight, o.Gate.Limits.AddressShare = 4<<20, 0.5
	})
	large := `{"event":"e","api_key":"phc_x","a":"` + strings.Repeat("x", 300_000) + `"}`
	answers := make(chan int)
	post := func(from, body string) {
		r := httptest.NewRequest("POST", "/e/", strings.NewReader(body))
		r.RemoteAddr = from
		go func() { answers <- serve(mux, r).Code }()
		<-s.entered
	}
	post("203.0.113.66:1", large)
	refused := func(r *http.Request) {
		t.Helper()
		r.RemoteAddr = "203.0.113.66:2"
		if w := serve(mux, r); w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "another large body") {
			t.Errorf("a second one: %d %s", w.Code, w.Body)
		}
	}
	announced := httptest.NewRequest("POST", "/e/", unread{t})
	announced.ContentLength = int64(len(large))
	refused(announced)
	chunked := httptest.NewRequest("POST", "/e/", strings.NewReader(large))
	chunked.ContentLength = -1
	refused(chunked)
	post("203.0.113.66:3", event)
	post("198.51.100.1:1", large)
	for range 3 {
		s.let <- struct{}{}
		if code := <-answers; code != http.StatusOK {
			t.Error(code)
		}
	}
	post("203.0.113.66:4", large)
	s.let <- struct{}{}
	if code := <-answers; code != http.StatusOK {
		t.Errorf("afterwards: %d", code)
	}
}

// The memory of a request's header counts for its address like that of the body.
func TestHeadsAreCounted(t *testing.T) {
	s := blockingSink{make(chan struct{}), make(chan struct{})}
	h := New(Options{Sink: s, Gate: intake.New(intake.Options{}), Project: func(string) (string, bool) { return "p", true }})
	mux := http.NewServeMux()
	h.Register(mux)
	server := httptest.NewServer(mux)
	defer server.Close()
	c, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprintf(c, "POST /e/ HTTP/1.1\r\nHost: x\r\nX-Long: %s\r\nContent-Length: %d\r\n\r\n%s", strings.Repeat("x", 50_000), len(event), event)
	<-s.entered
	if held, _ := h.gate.InFlight(); held < 50_000 {
		t.Errorf("%d bytes are counted", held)
	}
	s.let <- struct{}{}
	if _, err := http.ReadResponse(bufio.NewReader(c), nil); err != nil {
		t.Error(err)
	}
}

// A token at its share of the memory gets no further request while other requests run, but one request is always accepted. Other tokens are still
// served.
func TestATokenAtItsShare(t *testing.T) {
	s := blockingSink{make(chan struct{}), make(chan struct{})}
	mux, _ := newServer(func(o *options) {
		o.Sink = s
		o.Gate.Limits.InFlight, o.Gate.Limits.AddressShare, o.Gate.Limits.TokenShare = 1<<20, 1, 0.5
	})
	answers := make(chan int)
	body := func(token string) string {
		return `{"event":"e","api_key":"` + token + `","a":"` + strings.Repeat("x", 300_000) + `"}`
	}
	post := func(token string) {
		answers <- serve(mux, httptest.NewRequest("POST", "/e/", strings.NewReader(body(token)))).Code
	}
	go post("phc_a")
	<-s.entered
	if w := serve(mux, httptest.NewRequest("POST", "/e/", strings.NewReader(body("phc_a")))); w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "token") {
		t.Errorf("a second request with the token: %d %s", w.Code, w.Body)
	}
	go post("phc_b")
	<-s.entered
	for range 2 {
		s.let <- struct{}{}
		if code := <-answers; code != http.StatusOK {
			t.Error(code)
		}
	}
}
