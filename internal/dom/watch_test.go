package dom_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/playheadhq/playhead/internal/dom"
	"github.com/playheadhq/playhead/internal/rawjson"
)

// told is what a watcher was told of an event.
type told struct {
	texts, gone map[int]bool
	hidden      map[int]bool
}

func (w *told) Text(id int)                 { w.texts[id] = true }
func (w *told) Gone(id int)                 { w.gone[id] = true }
func (w *told) Display(id int, hidden bool) { w.hidden[id] = hidden }

func textsOf(tree *dom.Tree) map[int]string {
	texts := map[int]string{}
	for id := range tree.Texts() {
		b, _ := tree.AppendText(nil, id)
		texts[id] = string(b)
	}
	return texts
}

// In the recordings of real pages, a watcher hears of each text that came, changed or went, and of hardly any other.
func TestWatchedTexts(t *testing.T) {
	for _, name := range []string{"chat", "list", "frames", "shadow", "fields"} {
		tree, w := dom.New(dom.Limits{}), &told{}
		tree.Watch(w)
		before := map[int]string{}
		changed := 0
		for _, e := range eventsOf(t, name) {
			*w = told{map[int]bool{}, map[int]bool{}, map[int]bool{}}
			if err := tree.Apply(e.line); err != nil {
				t.Fatal(err)
			}
			after := textsOf(tree)
			whole := string(rawjson.Member(e.line, "type")) == "2"
			for id, text := range after {
				if old, was := before[id]; (!was || old != text || whole) && !w.texts[id] {
					t.Fatalf("%s: nobody heard of text %d, %q", name, id, text)
				}
			}
			for id := range before {
				if _, is := after[id]; !is && !w.gone[id] && !whole {
					t.Fatalf("%s: nobody heard that text %d is gone", name, id)
				}
			}
			changed += len(w.texts)
			before = after
		}
		if changed == 0 {
			t.Errorf("%s: no text changed", name)
		}
	}
}

// The order of ids and the neighbours of a text are those of the page as a whole.
func TestOrderOfTexts(t *testing.T) {
	for _, name := range []string{"chat", "list", "frames", "shadow", "rich"} {
		tree := dom.New(dom.Limits{})
		for _, e := range eventsOf(t, name) {
			if err := tree.Apply(e.line); err != nil {
				t.Fatal(err)
			}
		}
		all := slices.Collect(tree.Texts())
		random := rand.New(rand.NewPCG(1, 2))
		for range 50 {
			var some []int
			for _, id := range all {
				if random.IntN(4) == 0 {
					some = append(some, id)
				}
			}
			mixed := append(slices.Clone(some), 1<<30)
			random.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
			if sorted, looked := tree.Sort(mixed, 1<<20); !slices.Equal(sorted, some) || looked > 100*len(all)+100 {
				t.Fatalf("%s: %d, want %d after %d", name, sorted, some, looked)
			}
			if kept, _ := tree.Sort(mixed, 1); len(some) > 3 && !slices.Equal(kept, mixed) {
				t.Fatalf("%s: put in order with no work", name)
			}
		}
		for i, id := range all {
			for _, after := range tree.TextsAfter(nil, id, 3) {
				if at := slices.Index(all, after); at <= i || at > i+3 {
					t.Fatalf("%s: text %d comes after text %d", name, after, id)
				}
			}
			if name == "shadow" {
				continue // before a shadow tree comes what is before its element
			}
			for _, before := range tree.TextsBefore(nil, id, 3) {
				if at := slices.Index(all, before); at >= i || at < i-3 {
					t.Fatalf("%s: text %d comes before text %d", name, before, id)
				}
			}
		}
	}
}

// Whether a text is hidden or editable follows from the elements around it.
func TestStanding(t *testing.T) {
	const page = `{"type":2,"data":{"node":{"type":0,"childNodes":[{"type":2,"tagName":"html","attributes":{},"childNodes":[{"type":2,"tagName":"body","attributes":{},"childNodes":[
		{"type":2,"tagName":"div","attributes":{"hidden":""},"childNodes":[{"type":3,"textContent":"a","id":11}],"id":10},
		{"type":2,"tagName":"div","attributes":{"contenteditable":"true"},"childNodes":[{"type":2,"tagName":"p","attributes":{},"childNodes":[{"type":3,"textContent":"b","id":22}],"id":21}],"id":20},
		{"type":2,"tagName":"iframe","attributes":{},"childNodes":[],"id":30},{"type":2,"tagName":"div","attributes":{},"childNodes":[],"needBlock":true,"id":31},
		{"type":2,"tagName":"div","attributes":{"class":"ph-no-capture","rr_width":"716px","rr_height":"0px"},"childNodes":[],"id":32},
		{"type":3,"textContent":"c","id":40}],"id":3}],"id":2}],"id":1}},"timestamp":1000}`
	tree, w := dom.New(dom.Limits{}), &told{map[int]bool{}, map[int]bool{}, map[int]bool{}}
	tree.Watch(w)
	if err := tree.Apply([]byte(page)); err != nil {
		t.Fatal(err)
	}
	for id, want := range map[int]dom.Standing{11: {Hidden: true}, 22: {Editable: true}, 40: {}} {
		if got := tree.Standing(id); got != want {
			t.Errorf("text %d stands %+v", id, got)
		}
	}
	if tree.Unrecorded(30) != "frame" || tree.Unrecorded(31) != "blocked" || tree.Unrecorded(32) != "blocked" || tree.Unrecorded(20) != "" || tree.Unrecorded(99) != "" {
		t.Error("what was not recorded")
	}
	change := `{"type":3,"data":{"source":0,"texts":[],"removes":[],"adds":[],"attributes":[{"id":10,"attributes":{"hidden":null}},{"id":20,"attributes":{"style":{"display":"none"}}}]},"timestamp":2000}`
	if err := tree.Apply([]byte(change)); err != nil {
		t.Fatal(err)
	}
	if tree.Standing(11).Hidden || !tree.Standing(22).Hidden || w.hidden[10] || !w.hidden[20] {
		t.Errorf("%+v", w.hidden)
	}
}
