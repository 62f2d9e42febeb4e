package posthog

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/playheadhq/playhead/internal/intake"
	"github.com/playheadhq/playhead/internal/model"
)

func TestLimits(t *testing.T) {
	small := func(o *options) { o.Gate.Limits = intake.Limits{Body: 1000, Decoded: 5000, Events: 10} }
	long := func(n int) string {
		return `{"event":"e","api_key":"phc_x","a":"` + strings.Repeat("x", n-len(`{"event":"e","api_key":"phc_x","a":""}`)) + `"}`
	}
	encoded := func(name string) map[string]string { return map[string]string{"Content-Encoding": name} }
	for _, sc := range []scenario{
		{name: "as long as allowed", options: small, body: long(1000), delivered: "e"},
		{name: "one byte too long", options: small, body: long(1001), status: 413, contains: "limits.max_body", delivered: "-"},
		{name: "decoded, as long as allowed", options: small, body: string(gzipped([]byte(long(5000)))), delivered: "e"},
		{name: "decoded, one byte too long", options: small, body: string(gzipped([]byte(long(5001)))), status: 413, contains: "limits.max_decoded", delivered: "-"},
		{name: "deflate, one byte too long", options: small, header: encoded("deflate"), body: string(zlibbed([]byte(long(5001)))), status: 413, contains: "limits.max_decoded", delivered: "-"},
		{name: "zstd, one byte too long", options: small, header: encoded("zstd"), body: string(zstded([]byte(long(5001)))), status: 413, contains: "limits.max_decoded", delivered: "-"},
		{name: "as many events as allowed", options: small, body: `[` + event + strings.Repeat(`,{}`, 9) + `]`, delivered: "e,,,,,,,,,"},
		{name: "one event too many", options: small, body: `[` + event + strings.Repeat(`,{}`, 10) + `]`, status: 413, contains: "more than 10 events", delivered: "-"},
		{name: "elements that are no events have no limit", options: small, body: `[` + event + strings.Repeat(`,1`, 200) + `]`, delivered: "e", refused: "not_an_object*200"},
		{name: "a bomb of brackets", body: `[` + strings.Repeat("[", 5_000_000), status: 400, delivered: "-"},
		{name: "a bomb of brackets that closes", body: `[` + strings.Repeat("[", 2_000_000) + strings.Repeat("]", 2_000_000) + `,` + event + `]`, delivered: "e", refused: "not_an_object*1"},
		{name: "a bomb of objects", body: strings.Repeat(`{"a":`, 2_000_000), status: 400, delivered: "-"},
	} {
		t.Run(sc.name, sc.run)
	}
}

// TestGzipBomb: a body that inflates to a thousand times its size takes no more memory than its limit, and a false claim of a large size takes none.
func TestGzipBomb(t *testing.T) {
	zeros := gzipped(make([]byte, 64<<20))
	lies := gzipped([]byte(event))
	copy(lies[len(lies)-4:], "\xff\xff\xff\x7f") // claims a decoded size of two gigabytes
	for name, bomb := range map[string][]byte{"zeros": zeros, "twice": gzipped(zeros), "lies": lies} {
		t.Run(name, func(t *testing.T) {
			mux, _ := newServer(func(o *options) { o.Gate.Limits.Decoded = 4 << 20 })
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			w := serve(mux, httptest.NewRequest("POST", "/e/", bytes.NewReader(bomb)))
			runtime.ReadMemStats(&after)
			if w.Code != http.StatusRequestEntityTooLarge && w.Code != http.StatusBadRequest {
				t.Errorf("%d %s", w.Code, w.Body)
			}
			// This is the total of all allocations while the buffer grows in steps. The largest piece is at most 4 MiB and a byte.
			if got := after.TotalAlloc - before.TotalAlloc; got > 16<<20 {
				t.Errorf("%d bytes allocated", got)
			}
		})
	}
}

// blockingSink holds every delivery until the test releases it.
type blockingSink struct{ entered, let chan struct{} }

func (s blockingSink) Ingest(_ context.Context, d *model.Delivery) ([]model.Outcome, error) {
	s.entered <- struct{}{}
	<-s.let
	return make([]model.Outcome, len(eventsOf(d))), nil
}

// TestBudget: while deliveries wait to be stored, a request that does not fit into the budget beside them is answered 503 at once. It fits again when
// they are done.
func TestBudget(t *testing.T) {
	s := blockingSink{make(chan struct{}), make(chan struct{})}
	mux, _ := newServer(func(o *options) {
		o.Sink = s
		o.Gate.Limits.InFlight = 1 << 20
	})
	big := `{"event":"e","api_key":"phc_x","a":"` + strings.Repeat("x", 700_000) + `"}`
	answers := make(chan int)
	post := func() { answers <- serve(mux, httptest.NewRequest("POST", "/e/", strings.NewReader(big))).Code }
	go post()
	<-s.entered // the first request is being stored

	w := serve(mux, httptest.NewRequest("POST", "/e/", strings.NewReader(big)))
	if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") != "5" {
		t.Errorf("beside the first: %d %v", w.Code, w.Header())
	}
	go func() { answers <- serve(mux, httptest.NewRequest("POST", "/e/", strings.NewReader(event))).Code }()
	<-s.entered // a small request fits
	s.let <- struct{}{}
	s.let <- struct{}{}
	for range 2 {
		if code := <-answers; code != http.StatusOK {
			t.Errorf("%d", code)
		}
	}
	go post()
	<-s.entered
	s.let <- struct{}{}
	if code := <-answers; code != http.StatusOK {
		t.Errorf("afterwards: %d", code)
	}
}

// A body whose announced decoded size does not fit is refused before it is inflated.
func TestNothingIsInflatedThatDoesNotFit(t *testing.T) {
	s := blockingSink{make(chan struct{}), make(chan struct{})}
	mux, _ := newServer(func(o *options) {
		o.Sink = s
		o.Gate.Limits.InFlight = 8 << 20
	})
	answered := make(chan int)
	go func() { answered <- serve(mux, httptest.NewRequest("POST", "/e/", strings.NewReader(event))).Code }()
	<-s.entered
	body := gzipped([]byte(`{"event":"e","api_key":"phc_x","a":"` + strings.Repeat("x", 32<<20) + `"}`))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	w := serve(mux, httptest.NewRequest("POST", "/e/", bytes.NewReader(body)))
	runtime.ReadMemStats(&after)
	if w.Code != http.StatusServiceUnavailable {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if got := after.TotalAlloc - before.TotalAlloc; got > 1<<20 {
		t.Errorf("%d bytes were allocated for it", got)
	}
	s.let <- struct{}{}
	if code := <-answered; code != http.StatusOK {
		t.Errorf("the other one: %d", code)
	}
}

// TestAlone: a request larger than the whole budget is served if it is the only one.
func TestAlone(t *testing.T) {
	scenario{
		options: func(o *options) { o.Gate.Limits.InFlight = 1000 },
		body:    `{"event":"e","api_key":"phc_x","a":"` + strings.Repeat("x", 700_000) + `"}`, delivered: "e",
	}.run(t)
}

// pipe serves one HTTP connection in memory, so that synctest's clock drives the deadlines, and returns the client's end of the connection.
func pipe(t *testing.T, h http.Handler) net.Conn {
	client, conn := net.Pipe()
	l := &listener{conns: make(chan net.Conn, 1), closed: make(chan struct{})}
	l.conns <- conn
	server := &http.Server{Handler: h}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(l)
	}()
	t.Cleanup(func() {
		client.Close()
		server.Close()
		<-done
	})
	return client
}

type listener struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (l *listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *listener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

func (l *listener) Addr() net.Addr { return &net.TCPAddr{} }

// TestSlowClient: a client that stops sending gets an answer when its time is up, and the connection is closed.
func TestSlowClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mux, s := newServer(nil)
		client := pipe(t, mux)
		start := time.Now()
		if _, err := io.WriteString(client, "POST /e/ HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{"); err != nil {
			t.Fatal(err)
		}
		answer, err := io.ReadAll(client)
		if err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 408") || !strings.Contains(string(answer), "Access-Control-Allow-Origin: *") {
			t.Errorf("%s %v", answer, err)
		}
		if took := time.Since(start); took != 10*time.Second {
			t.Errorf("after %v", took)
		}
		if len(s.deliveries) > 0 {
			t.Error("half a body was delivered")
		}
	})
}

// slowSink takes a given time, as a commit to a slow disk does, unless its context ends.
type slowSink struct{ time.Duration }

func (s slowSink) Ingest(ctx context.Context, d *model.Delivery) ([]model.Outcome, error) {
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-time.After(s.Duration):
		return make([]model.Outcome, len(eventsOf(d))), nil
	}
}

// TestDeadlineEndsWithBody: the time limit for receiving a body does not include the time to store it.
func TestDeadlineEndsWithBody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mux, _ := newServer(func(o *options) { o.Sink = slowSink{time.Hour} })
		client := pipe(t, mux)
		r := httptest.NewRequest("POST", "/e/", strings.NewReader(event))
		if err := r.Write(client); err != nil {
			t.Fatal(err)
		}
		resp, err := http.ReadResponse(bufio.NewReader(client), r)
		if err != nil {
			t.Fatal(err)
		}
		if resp.StatusCode != http.StatusOK {
			t.Errorf("%d", resp.StatusCode)
		}
	})
}

// TestTooLargeIsSeen: a client that sends more than allowed gets the answer instead of a reset connection.
func TestTooLargeIsSeen(t *testing.T) {
	mux, _ := newServer(func(o *options) { o.Gate.Limits.Body = 2 << 20 })
	server := httptest.NewServer(mux)
	defer server.Close()
	for name, body := range map[string]io.Reader{
		"length known":   bytes.NewReader(make([]byte, 4<<20-1)),
		"length unknown": struct{ io.Reader }{bytes.NewReader(make([]byte, 4<<20-1))},
	} {
		resp, err := server.Client().Post(server.URL+"/batch/", "application/json", body)
		if err != nil {
			t.Fatal(name, err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusRequestEntityTooLarge {
			t.Errorf("%s: %d", name, resp.StatusCode)
		}
	}
}

func TestMetrics(t *testing.T) {
	registry := prometheus.NewRegistry()
	mux, s := newServer(func(o *options) { o.Gate.Registerer = registry })
	s.outcome = func(i int, in incoming) model.Outcome {
		switch i {
		case 0:
			return model.Outcome{Refused: &model.Refusal{Reason: model.ReasonNoName}}
		case 1:
			return model.Outcome{Truncated: true}
		}
		return model.Outcome{}
	}
	serve(mux, httptest.NewRequest("POST", "/e", strings.NewReader(`[{},`+event+`,`+event+`,7]`)))
	serve(mux, httptest.NewRequest("POST", "/e/", strings.NewReader(`[`)))
	serve(mux, httptest.NewRequest("POST", "/i/v1/logs", nil))
	text := serve(promhttp.HandlerFor(registry, promhttp.HandlerOpts{}), httptest.NewRequest("GET", "/", nil)).Body.String()
	for _, line := range []string{
		`playhead_capture_requests_total{outcome="ok",route="/e/"} 1`,
		`playhead_capture_requests_total{outcome="bad_json",route="/e/"} 1`,
		`playhead_capture_requests_total{outcome="ignored",route="/i/v1/logs"} 1`,
		`playhead_capture_events_total{route="/e/"} 2`,
		`playhead_capture_refused_total{reason="no_event_name"} 1`,
		`playhead_capture_refused_total{reason="truncated"} 1`,
		`playhead_capture_refused_total{reason="not_an_object"} 1`,
		`playhead_capture_wire_bytes_total{route="/e/"} 133`,
		`playhead_capture_decoded_bytes_total{route="/e/"} 133`,
		`playhead_capture_inflight_bytes 0`,
	} {
		if !strings.Contains(text, line+"\n") {
			t.Errorf("no %s in\n%s", line, text)
		}
	}
}
