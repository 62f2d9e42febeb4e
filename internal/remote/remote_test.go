package remote

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestForwardedAddressesAreBelievedOnlyFromProxies(t *testing.T) {
	proxies, err := ParseProxies([]string{"10.0.0.0/8", "192.0.2.1", "fd00::/8"})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, connection string
		said             []string
		want             string
	}{
		{"no proxy", "203.0.113.7:4000", nil, "203.0.113.7"},
		{"a stranger writes the header", "203.0.113.7:4000", []string{"198.51.100.1"}, "203.0.113.7"},
		{"by a proxy", "10.1.2.3:4000", []string{"198.51.100.1"}, "198.51.100.1"},
		{"the client wrote one itself", "10.1.2.3:4000", []string{"1.2.3.4, 198.51.100.1"}, "198.51.100.1"},
		{"in a line of its own", "10.1.2.3:4000", []string{"1.2.3.4", "198.51.100.1"}, "198.51.100.1"},
		{"the client claims to be a proxy", "10.1.2.3:4000", []string{"10.9.9.9, 198.51.100.1"}, "198.51.100.1"},
		{"two proxies", "10.1.2.3:4000", []string{"1.2.3.4, 198.51.100.1,192.0.2.1"}, "198.51.100.1"},
		{"two proxies, two lines", "10.1.2.3:4000", []string{"198.51.100.1", "192.0.2.1"}, "198.51.100.1"},
		{"all are proxies", "10.1.2.3:4000", []string{"10.4.4.4, 10.5.5.5"}, "10.4.4.4"},
		{"a proxy that says nothing", "10.1.2.3:4000", nil, "10.1.2.3"},
		{"a proxy that says nonsense", "10.1.2.3:4000", []string{"198.51.100.1, unknown"}, "10.1.2.3"},
		{"with a port", "10.1.2.3:4000", []string{"198.51.100.1:5555"}, "198.51.100.1"},
		{"IPv6", "[fd00::1]:4000", []string{"2001:db8:1:2:3:4:5:6"}, "2001:db8:1:2::/64"},
		{"IPv6 with a port", "[fd00::1]:4000", []string{"[2001:db8:1:2:3:4:5:6]:5555"}, "2001:db8:1:2::/64"},
		{"IPv6 in brackets", "[fd00::1]:4000", []string{"[2001:db8::1]"}, "2001:db8::/64"},
		{"IPv4 in IPv6", "[::ffff:10.1.2.3]:4000", []string{"::ffff:198.51.100.1"}, "198.51.100.1"},
		{"not an address", "pipe", []string{"198.51.100.1"}, "unknown"},
		{"longer than any row of proxies", "10.1.2.3:4000", []string{"198.51.100.1" + strings.Repeat(",10.0.0.1", 100)}, "10.0.0.1"},
	} {
		header := http.Header{}
		for _, line := range test.said {
			header.Add("X-Forwarded-For", line)
		}
		if got := proxies.Client(test.connection, header).String(); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
		if got := header.Values("X-Forwarded-For"); strings.Join(got, "|") != strings.Join(test.said, "|") {
			t.Errorf("%s: the header was changed to %q", test.name, got)
		}
	}
	if _, err := ParseProxies([]string{"proxy.example.com"}); err == nil {
		t.Error("a name is taken for an address")
	}
}

func TestNeighboursInIPv6CountAsOne(t *testing.T) {
	var none Proxies
	a, b := none.Client("[2001:db8::1]:1", nil), none.Client("[2001:db8::ffff:1]:2", nil)
	if a != b {
		t.Errorf("%v and %v", a, b)
	}
	if c := none.Client("[2001:db8:0:1::1]:1", nil); a == c {
		t.Errorf("another network counts as %v", c)
	}
}

// Who stands behind a proxy that nobody configured is told so once, and by neighbours alone.
func TestAForgottenProxyIsSaid(t *testing.T) {
	var log strings.Builder
	var none Proxies
	var seen Address
	h := none.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { seen = From(r) }), slog.New(slog.NewTextHandler(&log, nil)))
	send := func(from string) {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = from
		r.Header.Set("X-Forwarded-For", "198.51.100.1")
		h.ServeHTTP(httptest.NewRecorder(), r)
	}
	send("203.0.113.7:1")
	if log.Len() > 0 {
		t.Errorf("a stranger made the log say %s", &log)
	}
	send("10.0.0.1:1")
	send("10.0.0.2:1")
	if n := strings.Count(log.String(), "trusted_proxies"); n != 1 || seen.String() != "10.0.0.2" {
		t.Errorf("said %d times, counted for %v", n, seen)
	}
}
