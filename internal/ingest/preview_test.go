package ingest

import (
	"testing"

	"github.com/playheadhq/playhead/internal/heavy"
	"github.com/playheadhq/playhead/internal/llm"
)

// TestPreviewsAreOfWhatIsKept: the previews of an event that was cut are made from what was kept, and cost no more than that.
func TestPreviewsAreOfWhatIsKept(t *testing.T) {
	for _, s := range heavy.Shapes {
		value := string(s.Value(256 << 10))
		call := generation(value)
		call.Output = call.Input
		m, _ := ingest(t, Limits{EventBytes: 64 << 10}, call)
		e, c := m.One(t)
		if in, out := llm.Preview(nil, c.Input, false), llm.Preview(nil, c.Output, true); !e.Truncated || c.InputPreview != in || c.OutputPreview != out {
			t.Errorf("%s: truncated %t, previews %q and %q; kept was %q and %q", s.Name, e.Truncated, c.InputPreview, c.OutputPreview, in, out)
		}
	}
}
