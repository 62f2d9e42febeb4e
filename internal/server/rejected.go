package server

import (
	"net/http"
	"strings"

	"github.com/playheadhq/playhead/internal/problem"
	"github.com/playheadhq/playhead/internal/query"
	"github.com/playheadhq/playhead/internal/spelling"
)

// rejected returns the requests refused for good since the start, the latest first.
func (s *Server) rejected() (all []query.RejectedRequest) {
	for _, one := range s.intake.Rejected() {
		all = append(all, query.RejectedRequest{
			Route: one.Route, Status: one.Status, Reason: one.Reason, Detail: one.Detail, Library: one.Library, Requests: one.Requests, FirstMS: one.FirstMS, LastMS: one.LastMS,
		})
	}
	return all
}

// noRoute answers a POST to an address that takes none. Nearly all are data whose sender has a wrong address, so the answer says where they belong. Pages of
// any origin may read it, like the answers of all addresses that take data.
func (s *Server) noRoute(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Access-Control-Allow-Origin", "*")
	f := s.intake.NoRoute(w, r, "unknown", whereTo(r.URL.Path))
	problem.Text(w, f.Status, f.Public)
}

// takers are the addresses that clients use.
var takers = []string{
	"/v1/traces", "/v1/logs", "/v1/metrics", "/i/v0/ai/otel", "/i/v1/traces", "/api/public/otel/v1/traces", "/e/", "/i/v0/e/", "/capture/", "/batch/", "/s/", "/flags/",
	"/i/v0/ai/batch/", "/i/v1/analytics/events",
}

// whereTo says where a request to a path should have been sent.
func whereTo(path string) string {
	if strings.HasPrefix(path, "/opentelemetry.proto.collector.") {
		return "this is OTLP over gRPC, which needs an address of its own (playhead serve --otlp-grpc); or set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf"
	}
	for _, taker := range takers { // a prefix that nobody removed, or that a proxy added
		if strings.HasSuffix(strings.TrimSuffix(path, "/"), strings.TrimSuffix(taker, "/")) {
			return "did you mean " + taker + "? The host that clients are given is the address of this server, without a path"
		}
	}
	if near := spelling.Nearest(path, 2, takers); near != "" {
		return "did you mean " + near + "?"
	}
	return "docs/opentelemetry.md and the Setup page have the addresses for each client"
}
