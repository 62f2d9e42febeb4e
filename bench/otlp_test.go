package main

import (
	"bytes"
	"testing"
	"time"

	tracepb "go.opentelemetry.io/proto/slim/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// Each span of a request has ids and times of its own, in each request others. One ~ may be a byte of a number; blanks that were not filled are several.
func TestSpans(t *testing.T) {
	b, err := newSpans(1)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for range 2 {
		body := b.next(time.Now())
		var sent tracepb.TracesData
		if err := proto.Unmarshal(body, &sent); err != nil || bytes.Contains(body, []byte(traceMarker)) || bytes.Contains(body, []byte("~~")) {
			t.Fatal("something was not filled in", err)
		}
		for _, s := range sent.ResourceSpans[0].ScopeSpans[0].Spans {
			if took := s.EndTimeUnixNano - s.StartTimeUnixNano; took != uint64(time.Second) {
				t.Errorf("a span took %d ns", took)
			}
			seen[string(s.SpanId)] = true
		}
	}
	if len(seen) != 2*batchSize {
		t.Errorf("%d different spans, want %d", len(seen), 2*batchSize)
	}
}
