package main

import (
	"strings"

	"github.com/playheadhq/playhead/internal/demo/history"
)

// trace is what was sent about one trace: the truth that results are compared with.
type trace struct {
	id, conversation         string
	session, window          string
	feature, release, person string
	asked, answered, failure string
	startMS, endMS           int64
	generations, tools       []event
	feedback                 string
	// judged is what a judge explained about the answer.
	judged string
	// thumb is "up" or "down", "" for none.
	thumb                       string
	recorded, rages, hidden     bool
	email, url, model, provider string
	// pageTexts are texts of the page as it was opened.
	pageTexts []string
}

type event struct {
	UUID string         `json:"uuid"`
	Name string         `json:"event"`
	P    map[string]any `json:"properties"`
	MS   int64          `json:"-"`
}

func (e *event) text(name string) string {
	s, _ := e.P[name].(string)
	return s
}

func (e *event) number(name string) float64 {
	f, _ := e.P[name].(float64)
	return f
}

// firstWordsMS is when the first words of the answer were written to the page, by the sender's clock; 0 when the backend measured no first token.
func (t *trace) firstWordsMS() int64 {
	last := t.last()
	first := last.number("$ai_time_to_first_token")
	if first == 0 {
		return 0
	}
	return last.MS - int64(1000*last.number("$ai_latency")) + int64(1000*first)
}

func (t *trace) last() *event { return &t.generations[len(t.generations)-1] }

// truth reads all that the history sends.
func truth(h *history.History) (all []*trace) {
	for i := range h.Len() {
		parcel := h.Story(i)
		byID := map[string]*trace{}
		var ours []*trace
		for _, sent := range parcel.AI {
			e := read(sent)
			id := e.text("$ai_trace_id")
			t := byID[id]
			if t == nil {
				t = &trace{id: id, conversation: e.text("$ai_session_id"), session: e.text("$session_id"), window: e.text("$window_id"), feature: e.text("feature"), release: e.text("$ai_release"), person: sent.DistinctID}
				byID[id] = t
				ours = append(ours, t)
			}
			switch e.Name {
			case "$ai_generation":
				t.generations = append(t.generations, e)
				t.model, t.provider = e.text("$ai_model"), e.text("$ai_provider")
			case "$ai_evaluation":
				t.judged = e.text("$ai_evaluation_reasoning")
			case "$ai_span":
				t.tools = append(t.tools, e)
			case "$ai_trace":
				t.asked, t.answered, t.failure = e.text("$ai_input_state"), e.text("$ai_output_state"), e.text("$ai_error")
				t.endMS = e.MS
				t.startMS = e.MS - int64(1000*e.number("$ai_latency"))
			}
		}
		story := trace{recorded: len(parcel.Recording) > 0}
		for _, sent := range parcel.Browser {
			e := read(sent)
			switch e.Name {
			case "$ai_feedback":
				if t := byID[e.text("$ai_trace_id")]; t != nil {
					t.feedback = e.text("$ai_feedback_text")
				}
			case "$ai_metric":
				if t := byID[e.text("$ai_trace_id")]; t != nil && e.text("$ai_metric_name") == "helpful" {
					t.thumb = map[bool]string{true: "up", false: "down"}[e.number("$ai_metric_value") == 1]
				}
			case "$identify":
				if set, ok := e.P["$set"].(map[string]any); ok {
					story.email, _ = set["email"].(string)
				}
			case "$pageview":
				if story.url == "" {
					story.url = e.text("$current_url")
				}
			case "$rageclick":
				story.rages = true
			}
		}
		for _, sent := range parcel.Recording {
			e := read(sent)
			events, _ := e.P["$snapshot_data"].([]any)
			for _, x := range events {
				x, _ := x.(map[string]any)
				data, _ := x["data"].(map[string]any)
				if data["tag"] == "window hidden" {
					story.hidden = true
				}
				if x["type"] == 2.0 && story.pageTexts == nil && len(ours) > 0 && e.text("$window_id") == ours[0].window {
					story.pageTexts = textsOf(data["node"])
				}
			}
		}
		for _, t := range ours {
			if len(t.generations) == 0 || t.asked == "" {
				continue
			}
			t.recorded, t.rages, t.hidden, t.email, t.url, t.pageTexts = story.recorded, story.rages, story.hidden, story.email, story.url, story.pageTexts
			all = append(all, t)
		}
	}
	return all
}

func read(sent history.Event) (e event) {
	if err := plainJSON(sent, &e); err != nil {
		panic(err) // it consists of texts, numbers, lists and maps
	}
	e.MS = sent.Timestamp.UnixMilli()
	return e
}

// textsOf are the texts of a recorded page, outside of style sheets and scripts.
func textsOf(node any) (texts []string) {
	n, _ := node.(map[string]any)
	if tag := n["tagName"]; tag == "style" || tag == "script" || tag == "head" {
		return nil
	}
	if text, ok := n["textContent"].(string); ok && len(strings.TrimSpace(text)) > 10 {
		texts = append(texts, strings.TrimSpace(text))
	}
	children, _ := n["childNodes"].([]any)
	for _, child := range children {
		texts = append(texts, textsOf(child)...)
	}
	return texts
}
