package fair

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/playheadhq/playhead/internal/remote"
)

const refusal = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

// log is a log that tests read while others write.
type log struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// serve runs an HTTP server behind a Listener. Requests for /slow wait until let is closed.
func serve(t *testing.T, inner net.Listener, change func(*ListenerOptions)) (l *Listener, said *log, let chan struct{}) {
	t.Helper()
	said, let = new(log), make(chan struct{})
	o := ListenerOptions{Max: 4, Share: 1, Refusal: []byte(refusal), Logger: slog.New(slog.NewTextHandler(said, nil)), Registerer: prometheus.NewRegistry()}
	if change != nil {
		change(&o)
	}
	l = Listen(inner, o)
	server := &http.Server{ConnState: l.ConnState, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			<-let
		}
		fmt.Fprint(w, "served")
	})}
	done := make(chan struct{})
	go func() { defer close(done); _ = server.Serve(l) }()
	t.Cleanup(func() { server.Close(); <-done })
	return l, said, let
}

func tcp(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// httpClient is one connection.
type httpClient struct {
	net.Conn
	r *bufio.Reader
}

func dial(t *testing.T, l net.Listener) *httpClient {
	t.Helper()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return &httpClient{c, bufio.NewReader(c)}
}

// ask sends a request and returns the status, or the error as text.
func (c *httpClient) ask(path string) string {
	fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", path)
	return c.answer()
}

func (c *httpClient) answer() string {
	res, err := http.ReadResponse(c.r, nil)
	if err != nil {
		return err.Error()
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, res.Body)
	return res.Status
}

// Connections that nobody uses do not keep new clients out: those that were idle longest are closed first.
func TestIdleConnectionsGiveWay(t *testing.T) {
	l, _, _ := serve(t, tcp(t), nil)
	var clients []*httpClient
	for i := range 20 {
		c := dial(t, l)
		if got := c.ask("/"); got != "200 OK" {
			t.Fatalf("client %d: %s", i, got)
		}
		clients = append(clients, c)
		// The server says that a connection is idle after it has answered.
		eventually(t, func() bool {
			l.mu.Lock()
			defer l.mu.Unlock()
			return l.waiting.Len() == min(i+1, 4)
		})
	}
	for i, c := range clients {
		_ = c.SetReadDeadline(time.Now().Add(10 * time.Second))
		got := c.ask("/")
		if open := i >= 16; (got == "200 OK") != open {
			t.Errorf("client %d: %s", i, got)
		}
	}
	if n := value(t, l, "evicted_total", ""); n != 16 {
		t.Errorf("%v were evicted", n)
	}
}

// A connection that sends nothing at all is closed for a new one, too.
func TestSilentConnectionsGiveWay(t *testing.T) {
	l, _, _ := serve(t, tcp(t), nil)
	for range 10 {
		dial(t, l)
	}
	if got := dial(t, l).ask("/"); got != "200 OK" {
		t.Error(got)
	}
}

// When all connections are in use, a new one is refused and told to retry. Every refusal is counted, but not every one is logged.
func TestFullMeansFull(t *testing.T) {
	l, said, let := serve(t, tcp(t), nil)
	var busy []*httpClient
	for range 4 {
		c := dial(t, l)
		fmt.Fprint(c, "GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
		busy = append(busy, c)
	}
	eventually(t, func() bool {
		l.mu.Lock()
		defer l.mu.Unlock()
		return l.conns == 4 && l.waiting.Len() == 0
	})
	for range 5 {
		if got := dial(t, l).answer(); got != "503 Service Unavailable" {
			t.Errorf("one more: %s", got)
		}
	}
	if n := value(t, l, "turned_away_total", tooManyConnections); n != 5 {
		t.Errorf("%v are counted", n)
	}
	if n := strings.Count(said.String(), tooManyConnections); n != 1 {
		t.Errorf("logged %d times: %s", n, said)
	}
	close(let)
	for _, c := range busy {
		if got := c.answer(); got != "200 OK" {
			t.Errorf("one that was there: %s", got)
		}
	}
	if got := dial(t, l).ask("/"); got != "200 OK" {
		t.Errorf("afterwards: %s", got)
	}
}

// value returns the value of a metric of the listener.
func value(t *testing.T, l *Listener, name, reason string) float64 {
	t.Helper()
	families, err := l.o.Registerer.(*prometheus.Registry).Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			if f.GetName() == "playhead_connections_"+name && (reason == "" || m.GetLabel()[0].GetValue() == reason) {
				return m.GetCounter().GetValue()
			}
		}
	}
	t.Fatalf("there is no %s of %s", name, reason)
	return 0
}

// eventually waits for what another goroutine is about to do.
func eventually(t *testing.T, done func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !done(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it does not happen")
		}
	}
}

// from makes connections seem to come from an address.
type from struct {
	net.Conn
	ip string
}

func (f from) RemoteAddr() net.Addr { return &net.TCPAddr{IP: net.ParseIP(f.ip), Port: 1} }

type nowhere struct{ net.Conn }

func (nowhere) Close() error                     { return nil }
func (nowhere) SetWriteDeadline(time.Time) error { return nil }
func (nowhere) Write(p []byte) (int, error)      { return len(p), nil }

// One address cannot have all connections, whatever it does with them; a proxy can.
func TestAnAddressHasItsShareOfConnections(t *testing.T) {
	proxies, err := remote.ParseProxies([]string{"10.0.0.0/8"})
	if err != nil {
		t.Fatal(err)
	}
	l := Listen(nil, ListenerOptions{Max: 10, Share: 0.5, Proxies: proxies, Logger: slog.New(slog.DiscardHandler), Registerer: prometheus.NewRegistry()})
	admit := func(ip string) net.Conn { return l.admit(from{nowhere{}, ip}) }
	var first net.Conn
	for i := range 5 {
		c := admit("203.0.113.7")
		if c == nil {
			t.Fatalf("connection %d is turned away", i)
		}
		if i == 0 {
			first = c
		}
		l.ConnState(c, http.StateActive)
	}
	if admit("203.0.113.7") != nil || value(t, l, "turned_away_total", addressConnections) != 1 {
		t.Error("an address has more than its share")
	}
	if admit("203.0.113.8") == nil {
		t.Error("another address is turned away")
	}
	// An idle connection of the same address is closed first, not one of another address.
	l.ConnState(first, http.StateIdle)
	if admit("203.0.113.7") == nil || value(t, l, "evicted_total", "") != 1 {
		t.Error("its idle connection stays")
	}
	for range 4 {
		if admit("10.0.0.1") == nil {
			t.Error("a proxy is turned away")
		}
	}
	if l.conns != 10 {
		t.Errorf("%d connections", l.conns)
	}
}

// Addresses that hold all connections with requests that never end lose some of them to others, until all addresses have the same number. They cannot
// close connections of others, not even idle ones.
func TestAFewAddressesCannotHoldAllConnections(t *testing.T) {
	l := Listen(nil, ListenerOptions{Max: 40, Share: 0.5, Logger: slog.New(slog.DiscardHandler), Registerer: prometheus.NewRegistry()})
	admit := func(ip string) net.Conn {
		c := l.admit(from{nowhere{}, ip})
		if c != nil {
			l.ConnState(c, http.StateActive)
		}
		return c
	}
	count := func(ip string) int {
		if h := l.of[remote.Of(netip.MustParseAddr(ip))]; h != nil {
			return h.open.Len()
		}
		return 0
	}
	attack := func() {
		for range 100 {
			for i := range 5 {
				admit(fmt.Sprintf("203.0.113.%d", i))
			}
		}
	}
	attack()
	var others []net.Conn
	for range 8 {
		for i := range 5 {
			if c := admit(fmt.Sprintf("198.51.100.%d", i)); c != nil {
				others = append(others, c)
			}
		}
		attack()
	}
	for _, c := range others {
		l.ConnState(c, http.StateIdle)
	}
	attack()
	for i := range 5 {
		if n := count(fmt.Sprintf("198.51.100.%d", i)); n != 4 {
			t.Errorf("one of the others has %d of 40 connections instead of 4", n)
		}
		if n := count(fmt.Sprintf("203.0.113.%d", i)); n != 4 {
			t.Errorf("an attacker has %d of 40 connections instead of 4", n)
		}
	}
	if l.conns != 40 {
		t.Errorf("%d connections", l.conns)
	}
	// A new address is let in, too.
	if admit("192.0.2.1") == nil {
		t.Error("an eleventh address is turned away")
	}
}

// short is a listener that has no files at first.
type short struct {
	net.Listener
	mu   sync.Mutex
	left int
}

func (s *short) Accept() (net.Conn, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.left > 0 {
		s.left--
		return nil, &net.OpError{Op: "accept", Err: syscall.EMFILE}
	}
	return s.Listener.Accept()
}

// When the limit of open files is reached, clients wait until files are free again. This is logged and counted.
func TestMissingFilesAreSaid(t *testing.T) {
	l, said, _ := serve(t, &short{Listener: tcp(t), left: 3}, nil)
	if got := dial(t, l).ask("/"); got != "200 OK" {
		t.Errorf("with files again: %s", got)
	}
	if n := value(t, l, "turned_away_total", noFiles); n != 3 || !strings.Contains(said.String(), "ulimit") {
		t.Errorf("%v counted, logged: %s", n, said)
	}
}
