package query

import (
	"fmt"
	"testing"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/model"
)

// TestALongTrace: the answer about a trace has the first nodes and the trace's own output. All other nodes arrive in one answer, for which the trace
// is read once.
func TestALongTrace(t *testing.T) {
	w := newWorld(t)
	const spans = 2700
	w.event(model.KindTrace, "long", 0, func(e *model.Event) { e.SpanID, e.LatencyMS = "root", 1e6 })
	for i := range int64(spans) {
		w.event(model.KindSpan, "long", 1000+i, func(e *model.Event) { e.ParentID, e.Title = "root", fmt.Sprint("step ", i) })
	}
	last := w.event(model.KindGeneration, "long", 900_000, func(e *model.Event) { e.ParentID = "root" })
	w.content(last, `[{"role":"user","content":"how many?"}]`, `[{"role":"assistant","content":"2700"}]`)
	w.commit()
	d, err := w.Trace(t.Context(), scope, "long")
	if err != nil || len(d.Nodes) != traceNodes || d.NodesNext == nil {
		t.Fatalf("%d nodes, error %v", len(d.Nodes), err)
	}
	if d.MainID == nil || *d.MainID != last.String() || d.Main == nil || d.Main.Content.Output[0].Parts[0].Text != "2700" {
		t.Errorf("the trace's own node is %+v", d.Main)
	}
	before := w.store.traces.Load()
	all := rest(t, w, "long", *d.NodesNext)
	if n := w.store.traces.Load() - before; n != 1 {
		t.Errorf("the trace was read %d times", n)
	}
	for i, n := range append(d.Nodes, all...)[1:] {
		if want := fmt.Sprint("step ", i); i < spans && *n.Name != want {
			t.Fatalf("node %d is %s, want %s", i, *n.Name, want)
		}
	}
	if len(all) != spans+2-traceNodes {
		t.Errorf("%d nodes after the first", len(all))
	}
}

// TestMainNode: a trace opens with its root if that has content, otherwise with its last generation.
func TestMainNode(t *testing.T) {
	w := newWorld(t)
	root := func(trace string) uuid.UUID {
		return w.event(model.KindTrace, trace, 0, func(e *model.Event) { e.SpanID = "r" })
	}
	below := func(kind model.Kind, trace string, at int64) uuid.UUID {
		return w.event(kind, trace, at, func(e *model.Event) { e.ParentID = "r" })
	}
	want := map[string]uuid.UUID{"with content": root("with content"), "without": {}, "private": {}, "roots": {}, "steps": root("steps")}
	w.content(want["with content"], `"q"`, `"a"`)
	below(model.KindGeneration, "with content", 10)
	root("without")
	below(model.KindGeneration, "without", 10)
	want["without"] = below(model.KindGeneration, "without", 20)
	below(model.KindSpan, "without", 30)
	w.content(root("private"), `null`, `null`)
	want["private"] = below(model.KindGeneration, "private", 10)
	w.content(w.event(model.KindGeneration, "roots", 0), `"q"`, `"a"`)
	want["roots"] = w.event(model.KindGeneration, "roots", 10)
	below(model.KindSpan, "steps", 10)
	w.event(model.KindFeedback, "said", 0)
	w.commit()
	for trace, id := range want {
		d, err := w.Trace(t.Context(), scope, trace)
		if err != nil || d.MainID == nil || *d.MainID != id.String() || d.Main != nil {
			t.Errorf("%s: %v, %v, error %v; want %s", trace, d.MainID, d.Main, err, id)
		}
	}
	if d, err := w.Trace(t.Context(), scope, "said"); err != nil || d.MainID != nil {
		t.Errorf("of feedback alone: %v, error %v", d.MainID, err)
	}
}

// TestTriedAgain: a step that was repeated after an error is marked; inputs are compared by the stored previews.
func TestTriedAgain(t *testing.T) {
	w := newWorld(t)
	try := func(at int64, input string, failed bool) {
		id := w.event(model.KindGeneration, "t", at, func(e *model.Event) { e.Title, e.IsError = "answer", failed })
		w.content(id, `""`, `""`)
		w.batch.Contents[len(w.batch.Contents)-1].InputPreview = input
	}
	try(0, "when?", true)
	try(2000, "when?", true)
	try(4000, "where?", false)
	try(6000, "when?", false)
	w.commit()
	d, err := w.Trace(t.Context(), scope, "t")
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, n := range d.Nodes {
		if n.Attempt == nil {
			got += "- "
		} else {
			got += fmt.Sprintf("%d/%d ", *n.Attempt, *n.Attempts)
		}
	}
	if got != "1/3 2/3 - 3/3 " {
		t.Errorf("attempts: %s", got)
	}
}
