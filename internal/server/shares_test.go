package server

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/playheadhq/playhead/internal/config"
	"github.com/playheadhq/playhead/internal/edge"
	"github.com/playheadhq/playhead/internal/query"
)

// These tests repeat attacks from outside, with smaller numbers, in proportion to the limits.

// behindProxy is a server behind a proxy, which is this test, so that it can send from many addresses.
func behindProxy(t *testing.T) (*Server, *client) {
	cfg := testConfig(t.TempDir())
	cfg.TrustedProxies = []string{"127.0.0.1"}
	cfg.Limits.MaxInFlight = 1 << 20
	return startPatient(t, cfg)
}

// startPatient starts a server that never times out a body: attackers keep their shares until the test ends, even if that takes minutes. Timeouts of
// slow bodies are tested in package intake, with an injected clock.
func startPatient(t *testing.T, cfg *config.Config) (*Server, *client) {
	cfg.Limits.MinRate = 0
	return startWith(t, Options{Config: cfg, BodyTimeout: 24 * time.Hour})
}

// open makes a connection, sends the beginning of a request, and then nothing more.
func open(t *testing.T, s *Server, text string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", s.Address())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if _, err := c.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	return c
}

const (
	attacker = "203.0.113.66"
	visitor  = "198.51.100.1"
)

// head is the header of a POST of events from an address.
func head(from, more string) string {
	return "POST /batch/ HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: " + from + "\r\n" + more + "\r\n\r\n"
}

// metric is the value that /metrics shows for a name with its labels, 0 if it is not there.
func metric(t *testing.T, s *Server, name string) (value float64) {
	t.Helper()
	w := httptest.NewRecorder() // not over a connection, which may be refused
	edge.Metrics(s.metrics).ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	found := regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(name) + ` (.+)$`).FindSubmatch(w.Body.Bytes())
	if found != nil {
		if _, err := fmt.Sscan(string(found[1]), &value); err != nil {
			t.Fatal(err)
		}
	}
	return value
}

// reaches waits until a metric has a value.
func reaches(t *testing.T, s *Server, name string, want float64) {
	t.Helper()
	for end := time.Now().Add(time.Minute); metric(t, s, name) < want; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s is %v, want %v", name, metric(t, s, name), want)
		}
	}
}

// served fails the test when an address is not served at once.
func served(t *testing.T, c *client, from string) {
	t.Helper()
	for i := range 10 {
		res := c.Do(t, "POST", "/batch/", batch(generation(time.Now(), fmt.Sprint("t", i), nil)), "X-Forwarded-For: "+from)
		if res.Status != http.StatusOK {
			t.Fatalf("request %d of %s: %d %s", i, from, res.Status, res.Body)
		}
	}
}

// Connections that announce many bytes and send one use almost no memory: all other clients are served, including those of the same address.
func TestAnnouncedBytesHoldNoMemory(t *testing.T) {
	s, c := behindProxy(t)
	const many = 300
	for range many {
		open(t, s, head(attacker, "Content-Length: 60000")+"{")
	}
	reaches(t, s, "playhead_capture_inflight_requests", many)
	if held := metric(t, s, "playhead_capture_inflight_bytes"); held > many*1024 {
		t.Errorf("%d bytes are held for %d that came", int(held), many)
	}
	served(t, c, visitor)
	served(t, c, attacker)
}

// The same with chunked bodies that never arrive.
func TestBodiesThatNeverComeHoldNoMemory(t *testing.T) {
	s, c := behindProxy(t)
	const many = 300
	for range many {
		open(t, s, head(attacker, "Transfer-Encoding: chunked"))
	}
	reaches(t, s, "playhead_capture_inflight_requests", many)
	served(t, c, visitor)
	served(t, c, attacker)
}

// An address that uses its whole share is asked to retry, which is counted. Others are served meanwhile. An X-Forwarded-For header from the client
// itself does not help it.
func TestAnAddressAtItsShareDoesNotHarmOthers(t *testing.T) {
	s, c := behindProxy(t)
	piece := strings.Repeat(" ", 30_000)
	for i := range 20 {
		open(t, s, head(fmt.Sprintf("192.0.2.%d, %s", i, attacker), "Content-Length: 60000")+piece)
	}
	const refused = `playhead_capture_requests_total{outcome="address_share",route="/batch/"}`
	reaches(t, s, refused, 1)
	reaches(t, s, "playhead_capture_inflight_bytes", 300_000)
	big := c.Do(t, "POST", "/batch/", bytes.Repeat([]byte(" "), 500_000), "X-Forwarded-For: "+attacker)
	if big.Status != http.StatusServiceUnavailable || big.Header.Get("Retry-After") == "" || big.Header.Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("the address itself: %d %v %s", big.Status, big.Header, big.Body)
	}
	served(t, c, visitor)
	var status query.Status
	c.Read(t, "/api/status", &status)
	if len(status.TurnedAway) == 0 || status.TurnedAway[0].Reason != "address_share" || status.TurnedAway[0].Count == 0 {
		t.Errorf("the status shows %+v", status.TurnedAway)
	}
}

// Without trusted_proxies the header is ignored: all addresses that a client invents count as its own.
func TestInventedAddressesAreNotBelieved(t *testing.T) {
	cfg := testConfig(t.TempDir())
	cfg.Limits.MaxInFlight = 1 << 20
	s, _ := startPatient(t, cfg)
	piece := strings.Repeat(" ", 30_000)
	for i := range 20 {
		open(t, s, head(fmt.Sprintf("192.0.2.%d", i), "Content-Length: 60000")+piece)
	}
	reaches(t, s, `playhead_capture_requests_total{outcome="address_share",route="/batch/"}`, 1)
}

// Idle connections do not keep new clients out, however few connections are allowed.
func TestIdleConnectionsDoNotShutOthersOut(t *testing.T) {
	cfg := testConfig(t.TempDir())
	cfg.Limits.MaxConnections = 16
	s, c := start(t, cfg)
	for range 100 {
		open(t, s, "")
		idle := open(t, s, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
		if _, err := http.ReadResponse(bufio.NewReader(idle), nil); err != nil {
			t.Fatal(err)
		}
	}
	served(t, c, visitor)
	// Some connections may have been closed before, because they were idle for too long.
	if n := metric(t, s, "playhead_connections_evicted_total"); n == 0 {
		t.Error("none was closed for another")
	}
}

// When all connections are in use, a new one is answered with a refusal and counted.
func TestConnectionsInUseStay(t *testing.T) {
	cfg := testConfig(t.TempDir())
	cfg.Limits.MaxConnections = 16
	cfg.Limits.AddressShare = 1
	s, _ := startPatient(t, cfg)
	for range 16 {
		open(t, s, head(attacker, "Content-Length: 1000")+"{")
	}
	reaches(t, s, "playhead_capture_inflight_requests", 16)
	res, err := http.ReadResponse(bufio.NewReader(open(t, s, "")), nil)
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != http.StatusServiceUnavailable || res.Header.Get("Retry-After") == "" || res.Header.Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("%d %v", res.StatusCode, res.Header)
	}
	if n := metric(t, s, `playhead_connections_turned_away_total{reason="too_many_connections"}`); n != 1 {
		t.Errorf("%v are counted", n)
	}
}

func TestConnectionsLeaveFilesForStorage(t *testing.T) {
	for _, test := range []struct{ setting, files, want int }{
		{0, 64, 32}, {0, 1024, 768}, {0, 20_000, 4096}, {100, 1024, 100}, {10_000, 1024, 768}, {10_000, 20_000, 10_000}, {0, 8, 1},
	} {
		if got := connections(test.setting, test.files); got != test.want {
			t.Errorf("%d of %d files: %d connections, want %d", test.setting, test.files, got, test.want)
		}
	}
}
