package server

import (
	"fmt"
	"strings"
	"testing"

	"github.com/playheadhq/playhead/internal/query"
)

// A client with a wrong address, or with a body that nobody here reads, is told what to do, and the operator sees it. Addresses of the API, of sign-in and of
// pages keep their own answers.
func TestRejectedRequestsAreShown(t *testing.T) {
	_, c := start(t, testConfig(t.TempDir()))
	for _, sent := range []struct {
		path, header string
		status       int
		says         string
	}{
		{"/v1/trace", "User-Agent: OTel-OTLP-Exporter-Python/1.41.0 more", 404, "did you mean /v1/traces?"},
		{"/v1/trace", "User-Agent: OTel-OTLP-Exporter-Python/1.41.0 more", 404, "did you mean /v1/traces?"},
		{"/otlp/v1/traces/", "User-Agent: otel/1", 404, "did you mean /v1/traces? The host"},
		{"/opentelemetry.proto.collector.trace.v1.TraceService/Export", "User-Agent: grpc-node/1", 404, "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf"},
		{"/api/12345/store/", "User-Agent: sentry/1", 405, "only reads"},
		{"/wp-login.php", "User-Agent: scanner", 404, "Setup"},
		{"/v1/traces", "Content-Encoding: lz4", 415, `"lz4" is not supported`},
		{"/v1/traces", "Content-Type: text/csv", 415, `"text/csv" is not supported`},
		{"/batch/", "Content-Encoding: compress", 415, `"compress" is not supported`},
	} {
		res := c.Do(t, "POST", sent.path, []byte("{}"), sent.header)
		if res.Status != sent.status || !strings.Contains(string(res.Body), sent.says) {
			t.Errorf("%s: %d %s", sent.path, res.Status, res.Body)
		}
	}
	c.Get(t, "/nowhere") // a page
	var status query.Status
	c.Read(t, "/api/status", &status)
	got := map[string]bool{}
	for _, r := range status.RejectedRequests {
		got[fmt.Sprintf("%s %d %s %s x%d", r.Route, r.Status, r.Reason, r.Library, r.Requests)] = true
	}
	for _, want := range []string{
		"/v1/trace 404 no_route OTel-OTLP-Exporter-Python/1.41.0 x2", "/otlp/v1/traces/ 404 no_route otel/1 x1", "/v1/traces 415 unsupported Go-http-client/1.1 x2",
		"/batch/ 415 unsupported Go-http-client/1.1 x1", "/wp-login.php 404 no_route scanner x1",
	} {
		if !got[want] {
			t.Errorf("%s is not shown among %v", want, got)
		}
	}
	if len(status.RejectedRequests) != 6 {
		t.Errorf("%d kinds are shown: %v", len(status.RejectedRequests), got)
	}
}
