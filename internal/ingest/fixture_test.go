package ingest

import (
	"encoding/json"
	"path/filepath"
	"testing"

	"github.com/playheadhq/playhead/internal/model"
)

// Everything real clients send is kept, sending it again stores nothing more, and nothing of it is lost on the way.
func TestRecordedRequests(t *testing.T) {
	names, err := filepath.Glob("testdata/*.req")
	if err != nil || len(names) == 0 {
		t.Fatalf("no recorded requests: %v", err)
	}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			d := recorded(t, filepath.Base(name))
			m := newMemory()
			p := open(t, m, Limits{})
			for range 2 {
				outcomes, err := p.Ingest(t.Context(), d)
				if err != nil {
					t.Fatal(err)
				}
				for i, o := range outcomes {
					if o.Refused != nil || o.ID == "" {
						t.Errorf("event %d: %+v", i, o)
					}
				}
				d.ReceivedMS += 5000
			}
			if len(m.events)+len(m.blocks) != len(d.Events) || len(m.refusals) != 0 {
				t.Errorf("%d events and %d blocks of %d, refused %+v", len(m.events), len(m.blocks), len(d.Events), m.refusals)
			}
			for _, e := range m.events {
				if e.DistinctID == "" || e.Library == "" || e.TimeMS == 0 || e.StartMS == 0 || e.UUID.Version() == 0 {
					t.Errorf("event %+v", e)
				}
				c := m.contents[e.UUID]
				for _, part := range [][]byte{c.Input, c.Output, c.Tools, c.Properties} {
					if part != nil && !json.Valid(part) {
						t.Errorf("content is no JSON: %s", part)
					}
				}
			}
			for _, b := range m.blocks {
				if b.SessionID == "" || b.WindowID == "" || b.DistinctID == "" || b.FirstMS == 0 || b.Place.Length == 0 {
					t.Errorf("block %+v", b)
				}
			}
		})
	}
}

func TestRecordedGenerations(t *testing.T) {
	m := newMemory()
	if _, err := open(t, m, Limits{}).Ingest(t.Context(), recorded(t, "node_batch_ai_generation_x5_gzip.req")); err != nil {
		t.Fatal(err)
	}
	var failed, cached int
	for _, e := range m.events {
		if e.Name != "$ai_generation" {
			continue // the request has an exception and a flag too
		}
		if e.Kind != model.KindGeneration || e.TraceID != "trace-1" || e.Model != "gpt-4o-mini" || e.SessionID != "01a2074c-cc20-7790-ac68-bc0ce50f4637" {
			t.Errorf("%+v", e)
		}
		if e.StartMS != e.TimeMS-int64(e.LatencyMS+0.5) || e.InputPreview == "" {
			t.Errorf("start %d, time %d, latency %v, input %q", e.StartMS, e.TimeMS, e.LatencyMS, e.InputPreview)
		}
		if e.IsError {
			failed++
			if e.Error == "" || e.HTTPStatus != 400 {
				t.Errorf("error %+v", e)
			}
		} else if e.OutputPreview == "" || e.Tokens.Total < 0 {
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
