package storetest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

func contains(text string, in ...string) bool {
	return text == "" || slices.ContainsFunc(in, func(s string) bool { return strings.Contains(strings.ToLower(s), strings.ToLower(text)) })
}

// testText: what a person types is found, whatever JSON had to do to it and in whichever field it stands.
func testText(t *testing.T, f Factory) {
	s := opened(t, f)
	b := &store.Batch{}
	add := func(n int, change func(*model.Event), input, output string) {
		e := call(n, fmt.Sprint("t", n), day+int64(n))
		e.SessionID = fmt.Sprint("s", n)
		if change != nil {
			change(&e)
		}
		b.Events = append(b.Events, e)
		if input != "" {
			b.Contents = append(b.Contents, model.Content{Project: project, UUID: e.UUID, TimeMS: e.TimeMS, Input: []byte(input), Output: []byte(output),
				Properties: []byte(`{"secret":"only in the properties"}`)})
		}
	}
	add(1, nil, `[{"role":"user","content":"Is it naïve to say \"quoted\" things?"}]`, `[{"content":"A\nB\\C\tD\u0001E"}]`)
	add(2, nil, `"100% of_them"`, `"\ud83d lone"`)
	add(3, func(e *model.Event) { e.Title = "Naïve title" }, "", "")
	add(4, func(e *model.Event) { e.Model = "gpt-5-mini" }, "", "")
	add(5, func(e *model.Event) { e.Error = "Rate limit" }, "", "")
	add(6, func(e *model.Event) { e.DistinctID = "Grace@Example.com" }, "", "")
	add(7, func(e *model.Event) { e.ConversationID = "conv-77" }, "", "")
	add(8, func(e *model.Event) { e.SpanID = "span-88" }, "", "")
	add(9, func(e *model.Event) { e.Name = "$ai_embedding"; e.Kind = model.KindEmbedding }, "", "")
	commit(t, s, b)

	for text, want := range map[string][]int{
		`naïve`:                     {3, 1},
		`NAÏVE "QUOTED"`:            nil,
		`naïve to say "quoted"`:     {1},
		"A\nB\\C\tD\x01E":           {1},
		`100% OF_them`:              {2},
		`1%0`:                       nil,
		`of%them`:                   nil,
		`ofXthem`:                   nil,
		`gpt-5`:                     {4},
		`rate LIMIT`:                {5},
		`grace@example`:             {6},
		`CONV-77`:                   {7},
		`span-88`:                   {8},
		`$ai_embed`:                 {9},
		`t3`:                        {3},
		`s3`:                        {3},
		id(5).String()[:20]:         {5},
		`only in the properties`:    nil,
		`'; DROP TABLE events; --`:  nil,
		`"`:                         {1},
		strings.Repeat("x", 1<<16):  nil,
		"\xff":                      nil,
		"naïve to say \"quoted\x00": nil,
	} {
		var gens, traces, sessions []int
		filter := store.Filter{Text: text}
		for _, e := range all(t, 3, func(ctx context.Context, p store.Page) ([]model.Event, error) {
			return s.Generations(ctx, project, filter, p)
		}, eventKey) {
			gens = append(gens, int(e.TimeMS-day))
		}
		for _, x := range all(t, 3, func(ctx context.Context, p store.Page) ([]model.TraceSummary, error) {
			return s.Traces(ctx, project, filter, p)
		}, traceKey) {
			traces = append(traces, int(x.LastMS-day))
		}
		for _, x := range all(t, 3, func(ctx context.Context, p store.Page) ([]model.SessionSummary, error) {
			return s.Sessions(ctx, project, filter, p)
		}, sessionKey) {
			sessions = append(sessions, int(x.LastMS-day))
		}
		short := text[:min(len(text), 40)]
		same(t, fmt.Sprintf("Generations with %q", short), gens, want)
		same(t, fmt.Sprintf("Traces with %q", short), traces, want)
		same(t, fmt.Sprintf("Sessions with %q", short), sessions, want)
	}
}

// hostile are values that a careless store breaks on, cuts off or runs.
var hostile = []string{
	`'; DROP TABLE events; --`, `"; SELECT 1; --`, `\`, `\'`, `\\x00`, `%`, `_`, `%_%`, `$1`, `$text`, `?`, `:name`, `{{.}}`, `NULL`, `null`, `''`, ` `, "\n",
	"nul\x00inside", "\x00", "\x01\x02\x1b[31m", "🎬 naïve ᾱ́ İstanbul ß", "\u202eright to left", "\ufeffbom", "not utf-8 \xff\xfe", "surrogate \xed\xa0\xbd",
	"cut \xf0\x9f\x8e", "\u2028\u2029", strings.Repeat("long ", 20_000), "00000000-0000-0000-0000-000000000000", "[1,2]", "{a: 1}",
}

// testHostile puts each value everywhere a client can put one, and finds it again by it. What is not UTF-8 comes back
// with U+FFFD in the place of each run of bytes that are not.
func testHostile(t *testing.T, f Factory) {
	s, ctx := opened(t, f), t.Context()
	for n, value := range hostile {
		clean := strings.ToValidUTF8(value, "\uFFFD")
		at := day + int64(n)
		b := everything()
		e, c, i, x := &b.Events[0], &b.Contents[0], &b.Identities[0], &b.Blocks[0]
		put := func(v string) {
			e.Name, e.DistinctID, e.SessionID, e.WindowID, e.URL, e.RecordingStatus, e.Library = v, v, v, v, v, v, v
			e.TraceID, e.SpanID, e.ParentID, e.ConversationID, e.Title, e.Model, e.Provider = v, v, v, v, v, v, v
			e.Error, e.StopReason, e.InputPreview, e.OutputPreview, e.MetricName, e.MetricValue = v, v, v, v, v, v
			c.Input, c.Output, c.Tools, c.Properties = []byte(v), []byte(v), []byte(v), []byte(v)
			i.ID, i.OtherID, i.Name, i.Email = v, v, v, v
			x.SessionID, x.WindowID, x.DistinctID, x.Location.Key, x.URL = v, v, v, v, v
		}
		e.UUID, c.UUID, i.UUID, x.UUID = id(4*n), id(4*n), id(4*n+1), id(4*n+2)
		e.Kind, e.TimeMS, c.TimeMS = model.KindGeneration, at, at
		put(value)
		b.Refusals = []model.Refusal{{Project: project, AtMS: at, Reason: model.Reason(value), Event: value, Detail: value, Library: value, Count: 1}}
		commit(t, s, b)
		put(clean)
		holds(t, s, b)

		// By the value as it was sent: asking must make of it what storing made.
		filters := []store.Filter{{TraceID: value}, {SessionID: value}, {DistinctIDs: []string{value}}, {FromMS: at, Text: value}}
		for _, filter := range filters {
			got := must[[]model.Event](t)(s.Generations(ctx, project, filter, store.Page{Limit: 5}))
			if !slices.ContainsFunc(got, func(g model.Event) bool { return g.UUID == e.UUID }) {
				t.Errorf("Generations by %.60q of %q: not found among %d", fmt.Sprintf("%+v", filter), clean[:min(30, len(clean))], len(got))
			}
			if got := must[[]model.TraceSummary](t)(s.Traces(ctx, project, filter, store.Page{Limit: 5})); len(got) == 0 || got[0].ID != clean {
				t.Errorf("Traces by %.60q: %d, first not the one", fmt.Sprintf("%+v", filter), len(got))
			}
			if got := must[[]model.SessionSummary](t)(s.Sessions(ctx, project, filter, store.Page{Limit: 5})); !slices.ContainsFunc(got, func(g model.SessionSummary) bool { return g.ID == clean }) {
				t.Errorf("Sessions by %.60q: not found among %d", fmt.Sprintf("%+v", filter), len(got))
			}
		}
		same(t, "Recordings", must[[]model.Recording](t)(s.Recordings(ctx, project, []string{value}))[0].SessionID, clean)
		same(t, "RecordingStatuses", must[map[string]string](t)(s.RecordingStatuses(ctx, project, []string{value})), map[string]string{clean: clean})
		if got := must[[]string](t)(s.FindPeople(ctx, project, value, 1000)); !slices.Contains(got, clean) {
			t.Errorf("FindPeople(%.30q): not among %d", value, len(got))
		}
		if t.Failed() {
			t.Fatalf("value %.60q", value)
		}
	}
	same(t, "Totals.Events", must[model.Totals](t)(s.Totals(ctx, project)).Events, int64(len(hostile)))
	for _, before := range []string{"x", "", "'", "zzzzzzzz-zzzz-zzzz-zzzz-zzzzzzzzzzzz"} {
		if _, err := s.Generations(ctx, project, store.Filter{}, store.Page{Limit: 1, BeforeMS: day, BeforeID: before}); err == nil {
			t.Errorf("Generations before the invalid id %q: no error", before)
		}
	}
}
