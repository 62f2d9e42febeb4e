package posthog

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/rawjson"
	"github.com/playheadhq/playhead/internal/testfile"
)

// generations returns the body of a batch of 100 LLM events of 2.3 kB.
func generations() []byte {
	var b strings.Builder
	b.WriteString(`{"api_key":"phc_x","batch":[`)
	for i := range 100 {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"event":"$ai_generation","properties":{"$ai_lib":"posthog-ai","$ai_lib_version":"8.13.1","$ai_provider":"openai","$ai_model":"gpt-4o-mini","$ai_model_parameters":{"temperature":0.2},"$ai_input":[{"role":"system","content":"be nice"},{"role":"user","content":"%s"}],"$ai_output_choices":[{"role":"assistant","content":[{"type":"text","text":"%s"}]}],"$ai_http_status":200,"$ai_input_tokens":11,"$ai_output_tokens":3,"$ai_latency":0.031,"$ai_trace_id":"trace-%d","$ai_base_url":"http://127.0.0.1:8301/v1","$ai_cache_reporting_exclusive":false,"$session_id":"01a2074c-cc20-7790-ac68-bc0ce50f4637","$groups":{"company":"acme"},"$lib":"posthog-node","$lib_version":"5.70.0"},"timestamp":"2026-11-23T07:26:48.145Z","uuid":"01a20750-2035-7756-bfff-%012d","distinct_id":"u1"}`,
			strings.Repeat(`How do I rotate the keys? I said \"now\".\n `, 18), strings.Repeat("You open the settings page and press the button there. ", 14), i, i)
	}
	b.WriteString(`],"sent_at":"2026-11-23T07:26:48.145Z"}`)
	return []byte(b.String())
}

// recorded returns the body of a /s/ request as a real browser sent it: 55 kB of gzip, 113 kB of JSON.
func recorded(b *testing.B) []byte {
	for _, f := range fixtures(b) {
		if f.name == "web_s_rich_full_snapshot_network_console_gzip.req" {
			return f.body
		}
	}
	b.Fatal("no fixture")
	return nil
}

// BenchmarkRequest measures a whole request without the network: receive, inflate, check, split, answer. Bytes are those on the wire. One core of an
// Intel Xeon of unknown model, Go 1.26, by CPU time while the machine was busy: batch/plain 530 MB/s, batch/gzip 390 MB/s of JSON, s/plain 400 MB/s,
// s/gzip 46 MB/s (94 MB/s of JSON), three quarters of which is inflating.
func BenchmarkRequest(b *testing.B) {
	mux, _ := newServer(func(o *options) { o.Sink = discard{} })
	plain := generations()
	for _, c := range []struct {
		name, path string
		header     http.Header
		body       []byte
	}{
		{"batch/plain", "/batch/", http.Header{"Content-Type": {"application/json"}}, plain},
		{"batch/gzip", "/batch/", http.Header{"Content-Encoding": {"gzip"}}, gzipped(plain)},
		{"s/gzip", "/s/", http.Header{"Content-Type": {"text/plain"}}, recorded(b)},
		{"s/plain", "/s/", http.Header{"Content-Type": {"application/json"}}, testfile.Gunzip(b, recorded(b))},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(c.body)))
			b.ReportAllocs()
			for b.Loop() {
				r := httptest.NewRequest("POST", c.path, bytes.NewReader(c.body))
				r.Header = c.header
				if w := serve(mux, r); w.Code != http.StatusOK {
					b.Fatal(w.Code, w.Body)
				}
			}
		})
	}
}

// BenchmarkParse measures only checking and splitting. Bytes are those of the JSON.
func BenchmarkParse(b *testing.B) {
	for name, text := range map[string][]byte{"batch": generations(), "s": testfile.Gunzip(b, recorded(b))} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				if err := bodyOf(alone(), text).Repair(); err != nil {
					b.Fatal(err)
				}
				p := &parser{Scanner: rawjson.NewScanner(text, maxDepth, nil), route: routes[0], maxEvents: 1000, work: alone(), claim: claim{projectOf: projectOf}}
				if err := p.parse(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// discard is a sink that stores nothing.
type discard struct{}

func (discard) Ingest(_ context.Context, d *model.Delivery) ([]model.Outcome, error) {
	return make([]model.Outcome, len(eventsOf(d))), nil
}
