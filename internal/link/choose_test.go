package link

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/model"
)

// event makes an LLM event of trace "t" that starts `at` ms after base.
func event(kind model.Kind, at int64, set ...func(*model.Event)) model.Event {
	e := model.Event{
		UUID: uuid.New(), Kind: kind, TraceID: "t", StartMS: base + at, TimeMS: base + at, ReceivedMS: base + at + 50,
		DistinctID: "user",
	}
	for _, f := range set {
		f(&e)
	}
	return e
}

func in(session string) func(*model.Event)    { return func(e *model.Event) { e.SessionID = session } }
func tabbed(window string) func(*model.Event) { return func(e *model.Event) { e.WindowID = window } }
func by(distinctID string) func(*model.Event) {
	return func(e *model.Event) { e.DistinctID = distinctID }
}
func personless(e *model.Event) { e.Personless = true }

func TestChooseEvent(t *testing.T) {
	gen, span, feedback := model.KindGeneration, model.KindSpan, model.KindFeedback
	tests := []struct {
		name  string
		event model.Event
		trace []model.Event
		want  Choice
		note  string
	}{
		{name: "its own", event: event(gen, 10, in("s"), tabbed("w")), trace: []model.Event{event(gen, 9, in("x"))},
			want: Choice{SessionID: "s", WindowID: "w", Method: Exact}},
		{name: "none", event: event(gen, 10), trace: []model.Event{event(gen, 5)}, want: Choice{}},
		{name: "no trace", event: event(gen, 10), want: Choice{}},
		{name: "named by its root", event: event(gen, 10), trace: []model.Event{event(model.KindTrace, 0, in("s"), tabbed("w"))},
			want: Choice{SessionID: "s", WindowID: "w", Method: Inherited}},
		{name: "of the feedback that the browser sent", event: event(gen, 10), trace: []model.Event{event(feedback, 900, in("s"), tabbed("w"), by("ada"))},
			want: Choice{SessionID: "s", WindowID: "w", Method: Feedback, ReceivedMS: base + 950, BrowserID: "ada"}},
		{name: "a step counts before feedback that is nearer", event: event(gen, 10), trace: []model.Event{event(feedback, 11, in("x")), event(span, 500, in("s"))},
			want: Choice{SessionID: "s", Method: Inherited, ReceivedMS: base + 550}, note: "2 different sessions"},
		{name: "the nearest of several events", event: event(gen, 100), trace: []model.Event{event(gen, 0, in("x")), event(gen, 90, in("s")), event(gen, 300, in("y"))},
			want: Choice{SessionID: "s", Method: Inherited, ReceivedMS: base + 150}, note: "3 different sessions"},
		{name: "not of another trace", event: event(gen, 10), trace: []model.Event{event(gen, 9, in("x"), func(e *model.Event) { e.TraceID = "other" })}, want: Choice{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := ChooseEvent(&tt.event, tt.trace)
			tt.want.StartMS = tt.event.StartMS
			tt.want.ReceivedMS = max(tt.want.ReceivedMS, tt.event.ReceivedMS)
			same(t, got, tt.want, tt.note)
		})
	}
}

func TestChooseTrace(t *testing.T) {
	gen, span, feedback, root := model.KindGeneration, model.KindSpan, model.KindFeedback, model.KindTrace
	tests := []struct {
		name   string
		events []model.Event
		want   Choice
		note   string
	}{
		{name: "no events", want: Choice{}},
		{name: "none has one", events: []model.Event{event(gen, 10)}, want: Choice{StartMS: base + 10, ReceivedMS: base + 60}},
		{name: "the root's own", events: []model.Event{event(gen, 10, in("x")), event(root, 0, in("s"))},
			want: Choice{SessionID: "s", Method: Exact, StartMS: base, ReceivedMS: base + 60}, note: "named by its root"},
		{name: "of its calls, with the window that one of them names", events: []model.Event{event(root, 0), event(gen, 20, in("s")), event(gen, 30, in("s"), tabbed("w"))},
			want: Choice{SessionID: "s", WindowID: "w", Method: Exact, StartMS: base, ReceivedMS: base + 80}},
		{name: "calls disagree: the session of the earliest, and its start", events: []model.Event{event(gen, 40, in("y")), event(span, 5), event(gen, 20, in("s"))},
			want: Choice{SessionID: "s", Method: Exact, StartMS: base + 20, ReceivedMS: base + 90}, note: "earliest call"},
		{name: "of a step", events: []model.Event{event(gen, 10), event(span, 5, in("s"))},
			want: Choice{SessionID: "s", Method: Exact, StartMS: base + 5, ReceivedMS: base + 60}},
		{name: "of a feedback", events: []model.Event{event(gen, 10), event(feedback, 5000, in("s"), tabbed("w"), by("ada"))},
			want: Choice{SessionID: "s", WindowID: "w", Method: Feedback, StartMS: base + 10, ReceivedMS: base + 5050, BrowserID: "ada"}},
		{name: "nothing but a feedback", events: []model.Event{event(feedback, 5000, in("s"), by("t"))},
			want: Choice{SessionID: "s", Method: Feedback, StartMS: base + 5000, ReceivedMS: base + 5050}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { same(t, ChooseTrace(tt.events), tt.want, tt.note) })
	}
}

func same(t *testing.T, got, want Choice, note string) {
	t.Helper()
	if !strings.Contains(got.Note, note) || note == "" && got.Note != "" {
		t.Errorf("note %q, want %q", got.Note, note)
	}
	got.Note = ""
	if got != want {
		t.Errorf("\ngot  %+v\nwant %+v", got, want)
	}
}

func TestPersonOf(t *testing.T) {
	rec := recording()
	tests := []struct {
		name  string
		event model.Event
		c     Choice
		rec   *model.Recording
		want  string
	}{
		{name: "its own", event: event(model.KindGeneration, 0), rec: rec, want: "user"},
		{name: "the trace's id is not a person", event: event(model.KindGeneration, 0, by("t")), rec: rec, want: "browser"},
		{name: "personless", event: event(model.KindGeneration, 0, personless), rec: rec, want: "browser"},
		{name: "the author of the feedback", event: event(model.KindGeneration, 0, by("t")), c: Choice{BrowserID: "ada"}, want: "ada"},
		{name: "personless, and no other id", event: event(model.KindGeneration, 0, personless), want: "user"},
		{name: "nobody", event: event(model.KindGeneration, 0, by("t"), personless), want: ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := PersonOf(&tt.event, tt.c, tt.rec); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if got := PersonOfTrace([]model.Event{tt.event}, tt.c, tt.rec); got != tt.want {
				t.Errorf("of the trace: got %q, want %q", got, tt.want)
			}
		})
	}
	events := []model.Event{event(model.KindFeedback, 0, by("ada")), event(model.KindSpan, 1, by("run")), event(model.KindGeneration, 2, by("t"))}
	if got := PersonOfTrace(events, Choice{}, nil); got != "run" {
		t.Errorf("got %q", got)
	}
	if got := PersonOfTrace(events[:1], Choice{}, nil); got != "ada" {
		t.Errorf("a feedback's author: got %q", got)
	}
}
