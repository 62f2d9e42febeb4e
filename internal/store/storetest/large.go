package storetest

import (
	"fmt"
	"testing"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/zipf"
)

// testLarge stores prompts of ten million bytes beside small ones. They are returned whole, and found by their last words, also after the store has been
// opened again.
func testLarge(t *testing.T, f Factory) {
	open := f(t)
	s := open(t)
	b := &store.Batch{}
	words := zipf.NewWriter(1)
	for i := range 3 {
		e := call(i, fmt.Sprint("t", i), day+int64(i)*1000)
		text := words.Text(10_000_000)
		if i == 1 {
			text = "small"
		}
		c := model.Content{Project: project, UUID: e.UUID, TimeMS: e.TimeMS, Input: fmt.Appendf(nil, `[{"role":"user","content":"%s end%d of it"}]`, text, i), InputPreview: "large"}
		b.Events, b.Contents = append(b.Events, e), append(b.Contents, c)
	}
	commit(t, s, b)
	check := func() {
		t.Helper()
		for i, c := range b.Contents {
			got := must[[]model.Content](t)(s.Contents(t.Context(), []model.Key{{Project: project, UUID: c.UUID, TimeMS: c.TimeMS}}))
			if len(got) != 1 || string(got[0].Input) != string(c.Input) {
				t.Fatalf("content %d: %d contents, or another input", i, len(got))
			}
			for _, search := range []filter.Search{{Words: []string{fmt.Sprint("end", i), "of", "it"}}, {Words: []string{fmt.Sprint("end", i)}, Prefix: true}, {Inside: fmt.Sprint("nd", i)}} {
				if found := Generations(t, s, project, search, 10); len(found) != 1 || found[0].UUID != c.UUID {
					t.Errorf("%v: found %d, want event %d", search, len(found), i)
				}
			}
		}
		if found := Generations(t, s, project, filter.Search{Words: []string{"of", "end0"}}, 10); len(found) != 0 {
			t.Errorf("words in another order: found %d", len(found))
		}
	}
	check()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t)
	t.Cleanup(func() { _ = s.Close() })
	check()
}
