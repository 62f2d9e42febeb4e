package server

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/playheadhq/playhead/internal/query"
)

// A chat whose backend sends no ids is linked by the words on the screen, from capture to the API, and the doctor reports it.
func TestWithoutAnyIDs(t *testing.T) {
	_, c := start(t, testConfig(t.TempDir()))
	const question, answer = "How do I return the red shoes that I bought?", "You can return the shoes within thirty days of delivery, and we refund the whole amount."
	began := time.Now().Add(-time.Minute).Truncate(time.Millisecond)
	recording := snapshot(began, "s", "w", true)
	events := recording.Properties["$snapshot_data"].([]any)
	for i, text := range []string{question, answer} {
		events = append(events, map[string]any{"type": 3, "timestamp": began.Add(time.Duration(20+3*i) * time.Second).UnixMilli(), "data": map[string]any{
			"source": 0, "texts": []any{}, "attributes": []any{}, "removes": []any{},
			"adds": []any{map[string]any{"parentId": 1, "nextId": nil, "node": map[string]any{"type": 3, "textContent": text, "id": 10 + i}}},
		}})
	}
	recording.Properties["$snapshot_data"] = events
	call := generation(began.Add(22*time.Second), "t", map[string]any{
		"$ai_input":          []any{map[string]any{"role": "user", "content": question}},
		"$ai_output_choices": []any{map[string]any{"role": "assistant", "content": "**" + answer + "**"}},
	})
	call.DistinctID = "t"
	c.Capture(t, "/batch/", call)
	c.Capture(t, "/s/", recording)

	var trace query.TraceDetail
	eventually(t, "the trace is linked", func() bool {
		c.Read(t, "/api/traces/t", &trace)
		return trace.Link.State == "linked"
	})
	l := trace.Link
	if *l.Method != "screen" || *l.SessionID != "s" || *l.Confidence < 0.8 || !strings.Contains(l.Detail, "words") || *l.URL == "" {
		t.Errorf("%+v", l)
	}
	if l.ClockUncertaintyMS == nil || *l.ClockUncertaintyMS <= 0 {
		t.Errorf("the uncertainty of the moment is not known: %+v", l)
	}
	var listed query.List[query.Generation]
	c.Read(t, "/api/generations?q=link_method:screen+confidence:%3E0.7", &listed)
	if len(listed.Items) != 1 || *listed.Items[0].Link.Method != "screen" {
		t.Errorf("listed: %+v", listed.Items)
	}
	var session query.SessionDetail
	c.Read(t, "/api/sessions/s", &session)
	if len(session.Generations) != 1 || session.Generations[0].TraceID != "t" {
		t.Errorf("the session has %d generations", len(session.Generations))
	}

	unlinked := generation(began.Add(30*time.Second), "u", nil)
	unlinked.DistinctID = "u"
	c.Capture(t, "/batch/", unlinked)
	var d query.Doctor
	eventually(t, "the doctor knows both, and why one is not linked", func() bool {
		c.Read(t, "/api/doctor", &d)
		return d.Whole.Generations == 2 && d.Whole.None == 1 && len(d.Problems) > 0 // the reason is stored a moment after the generation
	})
	if *d.Whole.Share != 0.5 || len(d.Methods) != 1 || d.Methods[0] != (query.LinkedBy{Method: "screen", Generations: 1}) || len(d.Live) == 0 || len(d.Libraries) == 0 {
		t.Errorf("%+v", d)
	}
	if len(d.Problems) != 1 || d.Problems[0].Reason != "no_session_id" || !strings.Contains(d.Problems[0].Fix, "session_id") {
		t.Errorf("problems: %+v", d.Problems)
	}
	if res := c.Get(t, "/api/doctor?from=yesterday"); res.Status != http.StatusUnprocessableEntity {
		t.Errorf("a time that is none: %d", res.Status)
	}
	notes, err := AskLinks(t.Context(), c.Base, "")
	if err != nil || len(notes) != 2 || !strings.Contains(notes[0], "1 of 2 generations are linked to a recording (50 %): 1 screen") {
		t.Errorf("playhead doctor says %q, error %v", notes, err)
	}
	if _, err := AskLinks(t.Context(), c.Base+"/nowhere", ""); err == nil {
		t.Error("another address gives no error")
	}
}
