package query

import (
	"testing"

	"github.com/playheadhq/playhead/internal/model"
)

// Messages of a call that arrive as separate events, in any order and among other events, are shown as messages of the call.
func TestMessagesSentApart(t *testing.T) {
	w := newWorld(t)
	call := w.event(model.KindGeneration, "t", 0, func(e *model.Event) { e.SpanID = "s" })
	other := w.event(model.KindGeneration, "t", 0, func(e *model.Event) { e.SpanID = "s2" })
	of := func(span string) func(*model.Event) {
		return func(e *model.Event) { e.ParentID = span }
	}
	answer := w.event(model.KindOther, "t", 30, of("s"))
	question := w.event(model.KindOther, "t", 20, of("s"))
	system := w.event(model.KindOther, "t", 10, of("s"))
	elsewhere := w.event(model.KindOther, "t", 10, of("s3"))
	w.content(answer, "", `[{"role":"assistant","content":"hello"}]`)
	w.content(question, `[{"role":"user","content":"hi"}]`, "")
	w.content(system, `[{"role":"system","content":"be kind"}]`, "")
	w.content(elsewhere, `[{"role":"user","content":"not this"}]`, "")
	w.commit()
	g, err := w.Generation(t.Context(), scope, call.String())
	if err != nil {
		t.Fatal(err)
	}
	said := ""
	for _, m := range append(g.Content.Input, g.Content.Output...) {
		said += m.Role + ": " + m.Parts[0].Text + "; "
	}
	if said != "system: be kind; user: hi; assistant: hello; " {
		t.Errorf("it says %q", said)
	}
	if g, err = w.Generation(t.Context(), scope, other.String()); err != nil || len(g.Content.Input)+len(g.Content.Output) > 0 {
		t.Errorf("a call without messages has %+v, %v", g.Content.Input, err)
	}
}

// Lists show for a call whose messages came apart from it the latest question and answer among them.
func TestPreviewsOfMessagesSentApart(t *testing.T) {
	const trace = "0af7651916cd43dd8448eb211c80319c"
	w := newWorld(t)
	call := w.event(model.KindGeneration, trace, 0, func(e *model.Event) { e.SpanID = "s" })
	for at, said := range map[int64]model.Content{
		10: {Input: []byte(`[{"role":"user","content":"hi"}]`), InputPreview: "hi"},
		20: {Input: []byte(`[{"role":"user","content":"and now?"}]`), InputPreview: "and now?"},
		30: {Input: []byte(`[{"role":"tool","content":"17"}]`)},
		40: {Output: []byte(`[{"role":"assistant","content":"bye"}]`), OutputPreview: "bye"},
	} {
		id := w.event(model.KindOther, trace, at, func(e *model.Event) { e.ParentID = "s" })
		w.content(id, string(said.Input), string(said.Output))
		c := &w.batch.Contents[len(w.batch.Contents)-1]
		c.InputPreview, c.OutputPreview = said.InputPreview, said.OutputPreview
	}
	w.commit()
	generations, err := w.Generations(t.Context(), scope, ListRequest{})
	if err != nil || len(generations.Items) != 1 {
		t.Fatalf("%+v, %v", generations, err)
	}
	if g := generations.Items[0]; g.ID != call.String() || g.InputPreview != "and now?" || g.OutputPreview != "bye" {
		t.Errorf("the list of generations shows %q and %q", g.InputPreview, g.OutputPreview)
	}
	traces, err := w.Traces(t.Context(), scope, ListRequest{})
	if err != nil || len(traces.Items) != 1 || traces.Items[0].InputPreview != "and now?" || traces.Items[0].OutputPreview != "bye" {
		t.Errorf("the list of traces shows %+v, %v", traces.Items, err)
	}
}

// What metrics measured of a call completes what its span lacks, and changes nothing that the span says.
func TestMeasuresSentApart(t *testing.T) {
	const trace = "0af7651916cd43dd8448eb211c80319c"
	w := newWorld(t)
	lacking := w.event(model.KindGeneration, trace, 0, func(e *model.Event) { e.SpanID, e.Tokens = "s", model.UnknownTokens() })
	saying := w.event(model.KindGeneration, trace, 1, func(e *model.Event) { e.SpanID, e.FirstTokenMS, e.Tokens.Output = "s2", 100, -1 })
	for _, span := range []string{"s", "s2"} {
		w.event(model.KindOther, trace, 500, func(e *model.Event) { e.ParentID, e.FirstTokenMS, e.Tokens = span, 400, model.UnknownTokens() })
		w.event(model.KindOther, trace, 600, func(e *model.Event) { e.ParentID, e.Tokens = span, model.UnknownTokens(); e.Tokens.Input = 120 })
		w.event(model.KindOther, trace, 700, func(e *model.Event) { e.ParentID, e.Tokens = span, model.UnknownTokens(); e.Tokens.Output = 34 })
	}
	w.commit()
	d, err := w.Trace(t.Context(), scope, trace)
	if err != nil || len(d.Nodes) != 2 {
		t.Fatalf("%+v, %v", d.Nodes, err)
	}
	check := func(where string, g *Generation) {
		t.Helper()
		first, in := 0.4, int64(120)
		if g.ID == saying.String() {
			first, in = 0.1, 10
		}
		if g.FirstTokenS == nil || *g.FirstTokenS != first || g.Tokens.Input == nil || *g.Tokens.Input != in || g.Tokens.Output == nil || *g.Tokens.Output != 34 {
			t.Errorf("%s of %s: %+v, %+v", where, g.ID, g.FirstTokenS, g.Tokens)
		}
	}
	for i := range d.Nodes {
		check("the trace", &d.Nodes[i].Generation)
	}
	for _, id := range []string{lacking.String(), saying.String()} {
		g, err := w.Generation(t.Context(), scope, id)
		if err != nil {
			t.Fatal(err)
		}
		check("the generation", &g.Generation)
	}
}
