package main

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"
)

// A body's ids, times and texts are changed in place: it stays valid, and no uuid and no text comes twice.
func TestBatch(t *testing.T) {
	b, seen := newBatch(3, batchSize), map[string]bool{}
	for n := range uint64(2) {
		var body struct {
			Batch []struct {
				UUID       string         `json:"uuid"`
				Properties map[string]any `json:"properties"`
			} `json:"batch"`
			SentAt time.Time `json:"sent_at"`
		}
		now := time.UnixMilli(1_795_418_800_123).UTC()
		if err := json.Unmarshal(b.next(now), &body); err != nil {
			t.Fatal(err)
		}
		if len(body.Batch) != batchSize || !body.SentAt.Equal(now) {
			t.Fatalf("%d events, sent at %v", len(body.Batch), body.SentAt)
		}
		for i, e := range body.Batch {
			at := n*batchSize + uint64(i)
			if seen[e.UUID] {
				t.Errorf("uuid %s comes twice", e.UUID)
			}
			seen[e.UUID] = true
			text, _ := json.Marshal(e.Properties["$ai_input"])
			if len(text) < 500 || bytes.ContainsRune(text, '~') || seen[string(text)] {
				t.Errorf("event %d has the text %s", at, text)
			}
			seen[string(text)] = true
			if e.Properties["$ai_trace_id"] != traceID(3, at/perTrace) || e.Properties["$session_id"] != sessionID(3, at/perTrace/perSession) {
				t.Errorf("event %d has trace %v and session %v", at, e.Properties["$ai_trace_id"], e.Properties["$session_id"])
			}
		}
	}
}
