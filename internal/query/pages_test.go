package query

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/heavy"
	"github.com/playheadhq/playhead/internal/llm"
	"github.com/playheadhq/playhead/internal/model"
)

// follow reads page after page to the end.
func follow[V any](t *testing.T, first []V, next *string, read func(PageRequest) (List[V], error)) []V {
	t.Helper()
	all := slices.Clone(first)
	for n := 0; next != nil; n++ {
		page, err := read(PageRequest{Cursor: *next})
		if err != nil {
			t.Fatal(err)
		}
		if len(page.Items) == 0 || n > 1000 {
			t.Fatalf("page %d has %d rows and a next page", n, len(page.Items))
		}
		all, next = append(all, page.Items...), page.Next
	}
	return all
}

// rest are the nodes of a trace after a cursor.
func rest(t *testing.T, w *world, trace, cursor string) (all []Node) {
	t.Helper()
	pages, err := w.TraceNodes(t.Context(), scope, trace, cursor)
	if err != nil {
		t.Fatal(err)
	}
	for some, err := range pages {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, some...)
	}
	return all
}

// worst is the text that takes the most bytes in an answer, of the greatest length that capture keeps.
func worst(n int) string { return strings.Repeat("\x01", n) }

// crowded is a world in which everything has the greatest length and number that capture accepts.
func crowded(t *testing.T) *world {
	w := newWorld(t)
	long := func(e *model.Event) {
		e.DistinctID, e.SessionID, e.WindowID, e.URL = worst(512), "s"+worst(511), worst(512), worst(2048)
		e.SpanID, e.ConversationID, e.Title, e.Model, e.Provider = worst(500)+uuid.NewString()[:12], worst(512), worst(200), worst(200), worst(200)
		e.Error, e.StopReason, e.Library, e.IsError = worst(1024), worst(200), worst(200), true
	}
	trace := "t" + worst(511)
	for i := range int64(120) {
		id := w.event(model.KindGeneration, trace, i, long)
		if i < 8 {
			w.content(id, `[{"role":"user","content":"`+strings.Repeat(`\u0001`, 20_000)+`"}]`, `[`+strings.Repeat(`{},`, 30_000)+`{}]`)
		}
		w.event(model.KindFeedback, trace, i, long, func(e *model.Event) { e.MetricName, e.MetricValue = worst(200), worst(4096) })
	}
	for i := range int64(200) {
		w.event(model.KindOther, "", i, long, func(e *model.Event) { e.TraceID, e.Name = "", worst(200) })
	}
	for i := range 100 {
		w.event(model.KindGeneration, fmt.Sprint("t", i, worst(505)), 5000+int64(i), long)
		w.event(model.KindOther, "", 5000+int64(i), long, func(e *model.Event) { e.TraceID, e.SessionID = "", fmt.Sprint(i, worst(505)) })
	}
	for range 60 {
		w.identity(worst(512), uuid.NewString()+worst(476), worst(200), worst(200))
	}
	for i := range 120 {
		w.batch.Refusals = append(w.batch.Refusals, model.Refusal{Project: scope.Project, AtMS: now, Reason: model.ReasonNoName, Event: fmt.Sprint(i, worst(190)), Library: worst(260), Detail: worst(500), Count: 1})
	}
	has := map[uuid.UUID]bool{}
	for _, c := range w.batch.Contents {
		has[c.UUID] = true
	}
	for _, e := range w.batch.Events {
		if !has[e.UUID] {
			w.batch.Contents = append(w.batch.Contents, model.Content{Project: e.Project, UUID: e.UUID, TimeMS: e.TimeMS})
		}
	}
	for i := range w.batch.Contents {
		c := &w.batch.Contents[i]
		c.InputPreview, c.OutputPreview = strings.Repeat("\u2028", 240), strings.Repeat("\u2028", 240)
	}
	w.commit()
	return w
}

// TestAnswersAreBounded reads everything from the largest possible data: no answer is longer than MaxAnswer, and all pages together are complete.
func TestAnswersAreBounded(t *testing.T) {
	w := crowded(t)
	fits := func(name string, v any) {
		t.Helper()
		b, err := json.Marshal(v) // escapes even more characters than an answer does
		if err != nil || len(b) > MaxAnswer {
			t.Errorf("%s: %d bytes, error %v", name, len(b), err)
		}
	}
	trace, session := "t"+worst(511), "s"+worst(511)
	d, err := w.Trace(t.Context(), scope, trace)
	if err != nil {
		t.Fatal(err)
	}
	fits("trace", d)
	if d.Nodes[0].Content == nil {
		t.Error("no content stands beside the first node")
	}
	nodes := append(slices.Clone(d.Nodes), rest(t, w, trace, *d.NodesNext)...)
	said := follow(t, d.Feedback, d.FeedbackNext, func(r PageRequest) (List[Feedback], error) {
		l, err := w.TraceFeedback(t.Context(), scope, trace, r)
		fits("feedback", l)
		return l, err
	})
	s, err := w.Session(t.Context(), scope, session)
	if err != nil {
		t.Fatal(err)
	}
	fits("session", s)
	marks := follow(t, s.Generations, s.GenerationsNext, func(r PageRequest) (List[SessionGeneration], error) {
		l, err := w.SessionGenerations(t.Context(), scope, session, r)
		fits("generations", l)
		return l, err
	})
	var steps []Activity
	for r := (ActivityRequest{SessionID: session}); ; {
		page, err := w.Activity(t.Context(), scope, r)
		if err != nil {
			t.Fatal(err)
		}
		fits("activity", page)
		steps = append(steps, page.Activity...)
		if r.Cursor = page.Next; r.Cursor == "" {
			break
		}
	}
	if len(nodes) != 120 || len(said) != 120 || len(marks) != 220 || len(steps) != 320 {
		t.Errorf("%d nodes, %d said, %d marks, %d steps", len(nodes), len(said), len(marks), len(steps))
	}
	ids := make(map[string]bool)
	for _, n := range nodes {
		ids[n.ID] = true
	}
	for _, st := range steps {
		ids[st.ID] = true
	}
	if len(ids) != len(nodes)+len(steps) {
		t.Errorf("of %d nodes and steps %d are different", len(nodes)+len(steps), len(ids))
	}
	for _, n := range nodes[:3] {
		g, err := w.Generation(t.Context(), scope, n.ID)
		if err != nil {
			t.Fatal(err)
		}
		fits("generation", g)
	}
	for limit, list := range map[string]func(ListRequest) (any, *string, int, error){
		"traces": func(r ListRequest) (any, *string, int, error) {
			l, err := w.Traces(t.Context(), scope, r)
			return l, l.Next, len(l.Items), err
		},
		"generations": func(r ListRequest) (any, *string, int, error) {
			l, err := w.Generations(t.Context(), scope, r)
			return l, l.Next, len(l.Items), err
		},
		"sessions": func(r ListRequest) (any, *string, int, error) {
			l, err := w.Sessions(t.Context(), scope, r)
			return l, l.Next, len(l.Items), err
		},
	} {
		rows, r := 0, ListRequest{Limit: MaxLimit}
		for {
			l, next, n, err := list(r)
			if err != nil {
				t.Fatal(err)
			}
			fits(limit, l)
			rows += n
			if next == nil {
				break
			}
			r.Cursor = *next
		}
		if want := map[string]int{"traces": 101, "generations": 220, "sessions": 101}[limit]; rows != want {
			t.Errorf("%s: %d rows, want %d", limit, rows, want)
		}
	}
	status, err := w.Status(t.Context(), scope)
	if err != nil {
		t.Fatal(err)
	}
	fits("status", status)
}

// TestContentIsReadOn: content that does not fit into the answer about a generation is on further pages, both as messages and as it was sent.
func TestContentIsReadOn(t *testing.T) {
	w := newWorld(t)
	ids := make([]uuid.UUID, len(heavy.Shapes))
	for i, s := range heavy.Shapes {
		ids[i] = w.event(model.KindGeneration, "t", int64(i))
		w.content(ids[i], string(s.Value(120_000)), string(s.Value(20_000)))
	}
	w.commit()
	for i, s := range heavy.Shapes {
		id := ids[i].String()
		g, err := w.Generation(t.Context(), scope, id)
		if err != nil {
			t.Fatal(err)
		}
		if n := encoded(g); n > MaxAnswer/2 {
			t.Errorf("%s: %d bytes", s.Name, n)
		}
		for of, c := range map[string]struct {
			first   []Message
			next    *string
			last    []Message
			after   *string
			raw     []byte
			speaker llm.Speaker
		}{
			"input":  {g.Content.Input, g.Content.InputNext, g.Content.InputLast, g.Content.InputLastNext, s.Value(120_000), llm.Asked},
			"output": {g.Content.Output, g.Content.OutputNext, nil, nil, s.Value(20_000), llm.Answered},
		} {
			read := func(r PageRequest) (List[Message], error) {
				r.Limit = MaxLimit
				l, err := w.Messages(t.Context(), scope, id, MessagesRequest{of, r})
				if n := encoded(l); n > MaxAnswer/4 {
					t.Errorf("%s: a page has %d bytes", s.Name, n)
				}
				return l, err
			}
			all := follow(t, c.first, c.next, read)
			all = append(all, follow(t, c.last, c.after, read)...)
			got, want := texts(all), texts(llm.Messages(c.raw, c.speaker))
			if got != want {
				t.Errorf("%s: the pages of the %s have %d bytes of text, all of it has %d", s.Name, of, len(got), len(want))
			}
		}
		var raw strings.Builder
		for next := new(int64); next != nil; {
			piece, err := w.Raw(t.Context(), scope, id, RawRequest{Of: "input", Offset: *next, Limit: 50_001})
			if err != nil || piece.Offset != int64(raw.Len()) || piece.Bytes != g.Content.InputBytes || encoded(piece) > MaxAnswer {
				t.Fatalf("%s: piece at %d of %d, error %v", s.Name, piece.Offset, piece.Bytes, err)
			}
			raw.WriteString(piece.Text)
			next = piece.Next
		}
		if raw.String() != string(s.Value(120_000)) {
			t.Errorf("%s: the pieces are not what was sent", s.Name)
		}
		if (g.Content.RawInput == nil) != (g.Content.InputBytes > maxWhole) {
			t.Errorf("%s: raw_input is there: %t, of %d bytes", s.Name, g.Content.RawInput != nil, g.Content.InputBytes)
		}
	}
}

// texts is the text of all messages.
func texts(messages []Message) string {
	var b strings.Builder
	for _, m := range messages {
		for _, p := range m.Parts {
			b.WriteString(p.Text)
			b.Write(p.Arguments)
			b.Write(p.Raw)
		}
	}
	return b.String()
}

// TestLatestTurnIsThere: for a long conversation, the answer has the beginning and the latest question.
func TestLatestTurnIsThere(t *testing.T) {
	w := newWorld(t)
	id := w.event(model.KindGeneration, "t", 0)
	w.content(id, `[{"role":"system","content":"rules"},`+strings.Repeat(`{"role":"user","content":"old"},{"role":"assistant","content":"older"},`, 1000)+`{"role":"user","content":"the question"}]`, `"a"`)
	w.commit()
	g, err := w.Generation(t.Context(), scope, id.String())
	if err != nil {
		t.Fatal(err)
	}
	if c := g.Content; c.Input[0].Parts[0].Text != "rules" || len(c.InputLast) != 1 || c.InputLast[0].Parts[0].Text != "the question" || c.InputNext == nil || c.InputLastNext != nil {
		t.Errorf("%d messages, then %+v", len(c.Input), c.InputLast)
	}
}

// TestBadPlaces: cursors and offsets that belong to another request are refused, and the message says what to do.
func TestBadPlaces(t *testing.T) {
	w := newWorld(t)
	var ids []string
	for i := range int64(600) {
		id := w.event(model.KindGeneration, "t", i, in("s", "w"))
		ids = append(ids, id.String())
		w.event(model.KindGeneration, "other", i, in("other", "w"))
		if i < 2 {
			w.content(id, string(heavy.Shapes[0].Value(50_000)), `"a"`)
		}
	}
	w.commit()
	d, err := w.Trace(t.Context(), scope, "t")
	if err != nil || d.NodesNext == nil {
		t.Fatal(err)
	}
	g, err := w.Generation(t.Context(), scope, ids[0])
	if err != nil || g.Content.InputNext == nil {
		t.Fatalf("%+v, error %v", g.Content.InputNext, err)
	}
	of := *g.Content.InputNext
	for name, ask := range map[string]func() error{
		"a word": func() error { _, err := w.TraceNodes(t.Context(), scope, "t", "x"); return err },
		"cut off": func() error {
			_, err := w.TraceNodes(t.Context(), scope, "t", (*d.NodesNext)[:20])
			return err
		},
		"of another trace": func() error {
			_, err := w.TraceNodes(t.Context(), scope, "other", *d.NodesNext)
			return err
		},
		"of nodes, for feedback": func() error {
			_, err := w.TraceFeedback(t.Context(), scope, "t", PageRequest{Cursor: *d.NodesNext})
			return err
		},
		"of nodes, for marks": func() error {
			_, err := w.SessionGenerations(t.Context(), scope, "s", PageRequest{Cursor: *d.NodesNext})
			return err
		},
		"of nodes, for steps": func() error {
			_, err := w.Activity(t.Context(), scope, ActivityRequest{SessionID: "s", PageRequest: PageRequest{Cursor: *d.NodesNext}})
			return err
		},
		"of another generation": func() error {
			_, err := w.Messages(t.Context(), scope, ids[1], MessagesRequest{"input", PageRequest{Cursor: of}})
			return err
		},
		"of the input, for the output": func() error {
			_, err := w.Messages(t.Context(), scope, ids[0], MessagesRequest{"output", PageRequest{Cursor: of}})
			return err
		},
		"made up": func() error {
			_, err := w.Messages(t.Context(), scope, ids[0], MessagesRequest{"input", PageRequest{Cursor: formatCursor(listMessages, 0, ids[0]+"ixyz")}})
			return err
		},
		"offset too far": func() error {
			_, err := w.Raw(t.Context(), scope, ids[0], RawRequest{Of: "input", Offset: 1 << 40})
			return err
		},
		"offset negative": func() error {
			_, err := w.Raw(t.Context(), scope, ids[0], RawRequest{Of: "input", Offset: -1})
			return err
		},
		"limit": func() error {
			_, err := w.Raw(t.Context(), scope, ids[0], RawRequest{Of: "input", Limit: 1})
			return err
		},
		"of nothing":     func() error { _, err := w.Messages(t.Context(), scope, ids[0], MessagesRequest{Of: "x"}); return err },
		"raw of nothing": func() error { _, err := w.Raw(t.Context(), scope, ids[0], RawRequest{Of: "error"}); return err },
		"too many":       func() error { _, err := w.TraceFeedback(t.Context(), scope, "t", PageRequest{Limit: 501}); return err },
	} {
		var e *Error
		if err := ask(); !errors.As(err, &e) || e.Code != CodeBadInput || e.Field == "" || len(e.Message) < 20 || len(e.Message) > 400 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestReadersWait: the content that is read at the same time is limited. A reader who waits too long is asked to retry, and one who disconnects stops
// waiting.
func TestReadersWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReading(100, time.Second, "texts")
		if err := r.acquire(t.Context(), 1000); err != nil { // all of the allowed memory
			t.Fatal(err)
		}
		var e *Error
		if err := r.acquire(t.Context(), 1); !errors.As(err, &e) || e.Code != CodeUnavailable || !strings.Contains(e.Message, "Try again") {
			t.Errorf("got %v", err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := r.acquire(ctx, 1); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		r.release(1000)
		if err := r.acquire(t.Context(), 100); err != nil {
			t.Error(err)
		}
	})
}
