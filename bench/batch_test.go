package main

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"
)

// sentBatch has the parts of a body that a test checks.
type sentBatch struct {
	Batch []struct {
		UUID       string         `json:"uuid"`
		DistinctID string         `json:"distinct_id"`
		Timestamp  time.Time      `json:"timestamp"`
		Properties map[string]any `json:"properties"`
	} `json:"batch"`
	SentAt time.Time `json:"sent_at"`
}

func readBatch(t *testing.T, body []byte) (b sentBatch) {
	t.Helper()
	if err := json.Unmarshal(body, &b); err != nil {
		t.Fatal(err)
	}
	return b
}

// A body's ids, times, numbers and texts are replaced in place: it stays valid, and no uuid and no text occurs twice.
func TestBatch(t *testing.T) {
	b, seen, persons := newBatch(3, batchSize), map[string]bool{}, map[string]bool{}
	for n := range uint64(2) {
		now := time.UnixMilli(1_795_418_800_123).UTC()
		body := readBatch(t, b.next(now))
		if len(body.Batch) != batchSize || time.Since(body.SentAt).Abs() > time.Hour {
			t.Fatalf("%d events, sent at %v", len(body.Batch), body.SentAt)
		}
		for i, e := range body.Batch {
			at := n*batchSize + uint64(i)
			if seen[e.UUID] {
				t.Errorf("uuid %s comes twice", e.UUID)
			}
			seen[e.UUID] = true
			persons[e.DistinctID] = true
			text, _ := json.Marshal(e.Properties["$ai_input"])
			if len(text) < 500 || bytes.ContainsRune(text, '~') || seen[string(text)] {
				t.Errorf("event %d has the text %s", at, text)
			}
			seen[string(text)] = true
			if e.Properties["$ai_trace_id"] != traceID(3, at/perTrace) || e.Properties["$session_id"] != sessionID(3, at/perTrace/perSession) {
				t.Errorf("event %d has trace %v and session %v", at, e.Properties["$ai_trace_id"], e.Properties["$session_id"])
			}
			latency, _ := e.Properties["$ai_latency"].(float64)
			output, _ := e.Properties["$ai_output_tokens"].(float64)
			if latency < 0.4 || latency > 3.4 || output < 100 || output > 399 || !e.Timestamp.Equal(now.Add(time.Duration(i-batchSize)*time.Millisecond)) {
				t.Errorf("event %d: latency %v, %v tokens, at %v", at, latency, output, e.Timestamp)
			}
		}
	}
	if len(persons) < batchSize {
		t.Errorf("%d events are of %d persons", 2*batchSize, len(persons))
	}
}

// The lines for VictoriaLogs have the same data as the batch, each time.
func TestLines(t *testing.T) {
	b := newBatch(2, batchSize)
	l, err := newLines(b)
	if err != nil {
		t.Fatal(err)
	}
	plant([]*batch{b}, 2*batchSize, []string{"one phrase of some", "another one of them"})
	planted := 0
	for range 2 {
		body := readBatch(t, b.next(time.Now()))
		all := bytes.Split(bytes.TrimSuffix(l.of(b), []byte("\n")), []byte("\n"))
		if len(all) != batchSize {
			t.Fatalf("%d lines of %d events", len(all), batchSize)
		}
		for i, raw := range all {
			var line struct {
				Time     time.Time `json:"_time"`
				Msg      string    `json:"_msg"`
				UUID     string    `json:"uuid"`
				Person   string    `json:"distinct_id"`
				Trace    string    `json:"trace_id"`
				Session  string    `json:"session_id"`
				Model    string    `json:"model"`
				Provider string    `json:"provider"`
				Latency  float64   `json:"latency"`
				Input    float64   `json:"input_tokens"`
				Output   float64   `json:"output_tokens"`
			}
			if err := json.Unmarshal(raw, &line); err != nil {
				t.Fatalf("%s: %v", raw, err)
			}
			e := body.Batch[i]
			p := e.Properties
			want := []any{e.Timestamp, e.UUID, e.DistinctID, p["$ai_trace_id"], p["$session_id"], p["$ai_model"], p["$ai_provider"], p["$ai_latency"], p["$ai_input_tokens"], p["$ai_output_tokens"]}
			got := []any{line.Time, line.UUID, line.Person, line.Trace, line.Session, line.Model, line.Provider, line.Latency, line.Input, line.Output}
			if !slices.Equal(got, want) {
				t.Errorf("line %d has %v, want %v", i, got, want)
			}
			texts, _ := json.Marshal(p)
			parts := strings.Split(line.Msg, "\n")
			if len(parts) != textsOf {
				t.Fatalf("line %d has %d texts", i, len(parts))
			}
			for _, part := range parts {
				if !bytes.Contains(texts, []byte(part)) {
					t.Errorf("line %d has another text: %s", i, part)
				}
			}
			if strings.HasPrefix(parts[1], "one phrase of some ") || strings.HasPrefix(parts[1], "another one of them ") {
				planted++
			}
		}
	}
	if planted != 2 {
		t.Errorf("%d of 2 phrases were planted", planted)
	}
}
