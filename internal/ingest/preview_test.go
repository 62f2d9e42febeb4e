package ingest

import (
	"testing"

	"github.com/playheadhq/playhead/internal/heavy"
)

// TestGlanceIsLinear: a preview is made for every event that arrives, whatever is in it.
func TestGlanceIsLinear(t *testing.T) {
	for _, role := range []string{"user", "assistant"} {
		t.Run(role, func(t *testing.T) {
			heavy.Linear(t, 2, func(v []byte) { glance(nil, v, role) })
		})
	}
}

// TestPreviewsAreOfWhatIsKept: of an event that was cut they show what was kept of it, and cost no more.
func TestPreviewsAreOfWhatIsKept(t *testing.T) {
	for _, s := range heavy.Shapes {
		value := string(s.Value(256 << 10))
		call := generation(value)
		call.Output = call.Input
		m, _ := ingest(t, Limits{EventBytes: 64 << 10}, call)
		e, c := m.One(t)
		if in, out := glance(nil, c.Input, "user"), glance(nil, c.Output, "assistant"); !e.Truncated || e.InputPreview != in || e.OutputPreview != out {
			t.Errorf("%s: truncated %t, previews %q and %q; kept was %q and %q", s.Name, e.Truncated, e.InputPreview, e.OutputPreview, in, out)
		}
	}
}
