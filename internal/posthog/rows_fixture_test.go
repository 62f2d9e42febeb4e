package posthog_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/playheadhq/playhead/internal/ingest"
	"github.com/playheadhq/playhead/internal/model"
)

// recorded returns a request that a real client sent.
func recorded(tb testing.TB, name string) *http.Request {
	tb.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata/wire", name))
	if err != nil {
		tb.Fatal(err)
	}
	r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(raw)))
	if err != nil {
		tb.Fatal(err)
	}
	_, body, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	sent := httptest.NewRequest(r.Method, r.URL.String(), bytes.NewReader(body))
	sent.Header = r.Header
	return sent
}

// Everything that real clients send is stored completely, and sending it again stores nothing more.
func TestRecordedRequests(t *testing.T) {
	names, err := filepath.Glob("testdata/wire/*.req")
	if err != nil || len(names) == 0 {
		t.Fatalf("no recorded requests: %v", err)
	}
	stored := 0
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			mux, m, o, now := server(t, ingest.Limits{})
			for range 2 {
				r := recorded(t, filepath.Base(name))
				w := httptest.NewRecorder()
				if mux.ServeHTTP(w, r); w.Code != http.StatusOK && r.Method != http.MethodOptions {
					t.Fatalf("%d %s", w.Code, w.Body)
				}
				for i, o := range o.all {
					if o.Refused != nil || o.ID == "" {
						t.Errorf("event %d: %+v", i, o)
					}
				}
				*now = now.Add(5 * time.Second)
			}
			if n := len(o.all) / 2; len(m.Events)+len(m.Blocks) != n || len(m.Refusals) != 0 {
				t.Errorf("%d events and %d blocks of %d, refused %+v", len(m.Events), len(m.Blocks), n, m.Refusals)
			}
			stored += len(m.Events) + len(m.Blocks)
			for _, e := range m.Events {
				if e.DistinctID == "" || e.Library == "" || e.TimeMS == 0 || e.StartMS == 0 || e.UUID.Version() == 0 {
					t.Errorf("event %+v", e)
				}
				c := m.Contents[e.UUID]
				for _, part := range [][]byte{c.Input, c.Output, c.Tools, c.Properties} {
					if part != nil && !json.Valid(part) {
						t.Errorf("content is no JSON: %s", part)
					}
				}
			}
			for _, b := range m.Blocks {
				if b.SessionID == "" || b.WindowID == "" || b.DistinctID == "" || b.FirstMS == 0 || b.Location.Length == 0 {
					t.Errorf("block %+v", b)
				}
			}
		})
	}
	if stored < 40 {
		t.Errorf("all requests brought %d events and blocks", stored)
	}
}

func TestRecordedGenerations(t *testing.T) {
	mux, m, _, _ := server(t, ingest.Limits{})
	mux.ServeHTTP(httptest.NewRecorder(), recorded(t, "node_batch_ai_generation_x5_gzip.req"))
	if len(m.Events) == 0 {
		t.Fatal("nothing is stored")
	}
	var failed, cached int
	for i, e := range m.Events {
		if e.Name != "$ai_generation" {
			continue // the request has an exception and a flag too
		}
		if e.Kind != model.KindGeneration || e.TraceID != "trace-1" || e.Model != "gpt-4o-mini" || e.SessionID != "01a2074c-cc20-7790-ac68-bc0ce50f4637" {
			t.Errorf("%+v", e)
		}
		if e.StartMS != e.TimeMS-int64(e.LatencyMS+0.5) || m.Contents[i].InputPreview == "" {
			t.Errorf("start %d, time %d, latency %v, input %q", e.StartMS, e.TimeMS, e.LatencyMS, m.Contents[i].InputPreview)
		}
		if e.IsError {
			failed++
			if e.Error == "" || e.HTTPStatus != 400 {
				t.Errorf("error %+v", e)
			}
		} else if m.Contents[i].OutputPreview == "" || e.Tokens.Total < 0 {
			t.Errorf("answer %+v", e)
		}
		if e.Tokens.CacheRead > 0 {
			cached++
		}
	}
	if failed != 1 || cached == 0 {
		t.Errorf("%d failed, %d cached", failed, cached)
	}
}
