package intake

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// Requests that can never succeed are counted by address, reason and client; those that may, and those with a wrong token, are counted elsewhere.
func TestRejected(t *testing.T) {
	clock := time.UnixMilli(1000)
	g := New(Options{Now: func() time.Time { return clock }})
	send := func(path, agent string, err error) {
		clock = clock.Add(time.Second)
		r := httptest.NewRequest("POST", path, nil)
		r.Header.Set("User-Agent", agent)
		g.Failed(httptest.NewRecorder(), r, path, "", err)
	}
	for _, err := range []error{Unauthorized("no token"), http.ErrAbortHandler, &Failure{Status: 503, Outcome: "busy"}, &Failure{Status: 408, Outcome: "slow_client"}} {
		send("/batch/", "curl/8", err)
	}
	if all := g.Rejected(); len(all) != 0 {
		t.Fatalf("%+v", all)
	}
	send("/v1/traces", "OTel-OTLP-Exporter-Python/1.41.0 python/3", Unsupported(`content encoding "lz4" is not supported`))
	send("/v1/traces", "OTel-OTLP-Exporter-Python/1.41.0 python/3", Unsupported(`content encoding "snappy" is not supported`))
	send("/batch/", "", TooLarge("too large"))
	want := []Rejected{
		{Route: "/batch/", Status: 413, Reason: "too_large", Detail: "too large", Requests: 1, FirstMS: 8000, LastMS: 8000},
		{Route: "/v1/traces", Status: 415, Reason: "unsupported", Detail: `content encoding "snappy" is not supported`, Library: "OTel-OTLP-Exporter-Python/1.41.0", Requests: 2, FirstMS: 6000, LastMS: 7000},
	}
	if got := g.Rejected(); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// A stranger cannot fill the memory with made-up addresses, nor hide the client that comes again and again.
func TestRejectedAreLimited(t *testing.T) {
	g := New(Options{})
	send := func(path string) *Failure {
		r := httptest.NewRequest("POST", path, nil)
		r.Header.Set("User-Agent", strings.Repeat("x", 10_000))
		return g.NoRoute(httptest.NewRecorder(), r, "unknown", "did you mean /v1/traces?")
	}
	for i := range 500 {
		if f := send(fmt.Sprintf("/%d%s", i, strings.Repeat("%C3%A4", 2000))); f.Status != 404 || len(f.Public) > 300 {
			t.Fatalf("%d %d", f.Status, len(f.Public))
		}
		if i%20 == 0 {
			send("/v1/trace")
			send("/v1/trace")
		}
	}
	all, size, found := g.Rejected(), 0, false
	for _, one := range all {
		size += len(one.Route) + len(one.Detail) + len(one.Library)
		found = found || one.Route == "/v1/trace" && one.Requests == 50
		if !utf8.ValidString(one.Route + one.Detail + one.Library) {
			t.Errorf("%+v", one)
		}
	}
	if len(all) > maxRejected || size > 30*600 || !found {
		t.Errorf("%d kinds with %d bytes; the client that comes again is there: %t", len(all), size, found)
	}
}
