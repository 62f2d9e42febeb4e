package posthog_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/playheadhq/playhead/internal/ingest"
	"github.com/playheadhq/playhead/internal/intake"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/posthog"
	"github.com/playheadhq/playhead/internal/store"
)

// nowhere accepts everything and stores nothing.
type nowhere struct{}

func (nowhere) Commit(context.Context, *store.Batch) (store.Committed, error) {
	return store.Committed{}, nil
}

func (nowhere) Write(_ context.Context, _ string, bodies [][]byte) ([]model.Location, error) {
	return make([]model.Location, len(bodies)), nil
}

// BenchmarkEvents ingests batches of 100 generations of about 2.3 kB each, from the body to the rows.
func BenchmarkEvents(b *testing.B) {
	text := strings.Repeat(`What does \"caf\u00e9\" cost, and why? `, 24)
	var batch []string
	for i := range 100 {
		batch = append(batch, fmt.Sprintf(`{"event":"$ai_generation","uuid":"01a20750-2089-7518-8311-%012d","distinct_id":"u1","timestamp":"2026-11-23T07:26:48.145Z","properties":{"$ai_provider":"openai",`+
			`"$ai_model":"gpt-4o-mini","$ai_model_parameters":{"temperature":0.2},"$ai_input":[{"role":"user","content":"%s"}],"$ai_output_choices":[{"role":"assistant","content":"%s"}],"$ai_http_status":200,`+
			`"$ai_input_tokens":11,"$ai_output_tokens":3,"$ai_latency":0.031,"$ai_trace_id":"trace-%d","$session_id":"01a2074c-cc20-7790-ac68-bc0ce50f4637","tenant":"acme","tier":"gold","seats":12,`+
			`"$lib":"posthog-node","$lib_version":"5.70.0"}}`, i, text, text, i))
	}
	run(b, "/batch/", []byte(`{"api_key":"phc_x","batch":[`+strings.Join(batch, ",")+`]}`))
}

// BenchmarkRecording ingests the rich page's first flush. The reported bytes are those on the wire.
func BenchmarkRecording(b *testing.B) {
	r := recorded(b, "web_s_rich_full_snapshot_network_console_gzip.req")
	body, err := io.ReadAll(r.Body)
	if err != nil {
		b.Fatal(err)
	}
	run(b, "/s/", body)
}

func run(b *testing.B, path string, body []byte) {
	p := ingest.New(ingest.Options{Store: nowhere{}, Blocks: nowhere{}})
	defer p.Close(context.Background())
	mux := http.NewServeMux()
	posthog.New(posthog.Options{Sink: p, Project: func(string) (string, bool) { return "p", true }, Gate: intake.New(intake.Options{Logger: slog.New(slog.DiscardHandler)})}).Register(mux)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		w := httptest.NewRecorder()
		if mux.ServeHTTP(w, httptest.NewRequest("POST", path, bytes.NewReader(body))); w.Code != http.StatusOK {
			b.Fatal(w.Code, w.Body)
		}
	}
}
