package storetest

import (
	"slices"
	"strings"
	"testing"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/model"
)

// hostile are values on which a careless store fails, or which it cuts off or executes.
var hostile = []string{
	`'; DROP TABLE events; --`, `"; SELECT 1; --`, `\`, `\'`, `\\x00`, `%`, `_`, `%_%`, `$1`, `$text`, `?`, `:name`, `{{.}}`, `NULL`, `null`, `''`, ` `, "\n",
	"nul\x00inside", "\x00", "\x01\x02\x1b[31m", "🎬 naïve ᾱ́ İstanbul ß", "\u202eright to left", "\ufeffbom", "not utf-8 \xff\xfe", "surrogate \xed\xa0\xbd",
	"cut \xf0\x9f\x8e", "\u2028\u2029", strings.Repeat("long ", 20_000), "00000000-0000-0000-0000-000000000000", "[1,2]", "{a: 1}",
}

// testHostile stores each value everywhere a client can store one, and finds it again by it. In values that are not UTF-8, each run of invalid bytes
// comes back as U+FFFD.
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
			e.Error, e.StopReason, e.MetricName, e.MetricValue = v, v, v, v
			e.ErrorGroup, e.Release, e.PromptName, e.PromptVersion, e.Agent, e.Tools, e.MCPServer = v, v, v, v, v, v, v
			c.Input, c.Output, c.Tools, c.Properties = []byte(v), []byte(v), []byte(v), []byte(v)
			c.InputPreview, c.OutputPreview = v, v
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

		// Search by the value as it was sent: questions must be cleaned in the same way as stored values.
		for _, field := range []string{"trace", "session", "url"} {
			if got := Generations(t, s, project, With(filter.Generations, field, value), 5); !slices.ContainsFunc(got, func(g model.Event) bool { return g.UUID == e.UUID }) {
				t.Errorf("Generations by %s %.60q: not found among %d", field, clean[:min(30, len(clean))], len(got))
			}
			if got := Traces(t, s, project, With(filter.Traces, field, value), 5); len(got) == 0 || got[0].ID != clean {
				t.Errorf("Traces by %s %.60q: %d, first not the one", field, clean[:min(30, len(clean))], len(got))
			}
			if got := Sessions(t, s, project, With(filter.Sessions, field, value), 5); !slices.ContainsFunc(got, func(g model.SessionSummary) bool { return g.ID == clean }) {
				t.Errorf("Sessions by %s %.60q: not found among %d", field, clean[:min(30, len(clean))], len(got))
			}
		}
		if got, _, err := s.TracesNamed(ctx, project, []string{value}, 1); err != nil || len(got) != 1 {
			t.Errorf("TracesNamed %.60q: %d, %v", clean[:min(30, len(clean))], len(got), err)
		}
		if got, err := s.SessionsNamed(ctx, project, []string{value}); err != nil || len(got) != 1 {
			t.Errorf("SessionsNamed %.60q: %d, %v", clean[:min(30, len(clean))], len(got), err)
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
}
