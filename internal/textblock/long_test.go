package textblock

import (
	"bytes"
	"runtime"
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/zipf"
)

// varied is an event with an input of n bytes, whose last words are "the very end".
func varied(n int) Entry {
	e := Entry{UUID: uuid.New(), TimeMS: 1_760_000_000_000}
	e.Texts[Input] = quote(zipf.NewWriter(1).Text(n) + " the very end")
	e.Texts[Output], e.Texts[Properties], e.Texts[InputPreview] = quote("short"), quote("secret"), e.Texts[Input][1:240]
	return e
}

// TestLong: a long text is read as it was stored, its last words are found, and its filters exclude what it does not contain.
func TestLong(t *testing.T) {
	e := varied(10 << 20)
	b := long(t, e)
	holds(t, b, []Entry{e})
	for _, s := range []filter.Search{{Words: []string{"very", "end"}}, {Words: []string{"very", "en"}, Prefix: true}, {Inside: "ery en"}, {Words: []string{"short"}}} {
		if got := find(t, b, s); !slices.Equal(got, []uuid.UUID{e.UUID}) {
			t.Errorf("%v: found %v", s, got)
		}
	}
	for _, s := range []filter.Search{{Words: []string{"nowhere"}}, {Words: []string{"end", "very"}}} {
		if may, err := NewSearch(s).May(&b.Extent, b.line); err != nil || may != nil {
			t.Errorf("%v passes the filters: error %v", s, err)
		}
	}
	if got := find(t, b, filter.Search{Words: []string{"secret"}}); got != nil {
		t.Error("a property was found")
	}
	if most := len(e.Texts[Input]) / 2; len(b.Body) > most {
		t.Errorf("the block has %d bytes, want at most %d", len(b.Body), most)
	}
}

// TestLongMemory: making a long block takes at most as much memory as the text has bytes, also if all of its words are different, and finding a phrase in
// it takes hardly more than the text.
func TestLongMemory(t *testing.T) {
	e := varied(10 << 20)
	text := e.Texts[Input]
	for i, n := 1, 0; i < len(text)-20; i, n = i+8, n+1 { // words of seven letters, all different
		for at, c := range []byte{'a', 'b', 'c', 'd', 'e'} {
			text[i+at] = c + byte(n>>(4*at)&15)
		}
		copy(text[i+5:], "zz ")
	}
	e.Texts[InputPreview] = nil
	fresh := build(true, e)
	h := headOf(t, fresh)
	raw, _ := frameOf(fresh, h)(0)
	var b *Block
	if made := allocated(func() { b, _ = h.Long(raw) }); made > uint64(3*len(text)/2) {
		t.Errorf("making the block took %d bytes", made)
	}
	packed := headOf(t, b)
	f, err := NewSearch(filter.Search{Words: []string{"very", "end"}}).In(packed)
	if err != nil {
		t.Fatal(err)
	}
	zipped := bytes.Clone(b.Body[packed.Frames[0].Offset:])
	has := false
	made := allocated(func() {
		rows, err := packed.Read(0, zipped)
		if err != nil {
			t.Fatal(err)
		}
		has, _ = f.Has(rows, 0)
	})
	if !has || made > uint64(11*len(text)/10) {
		t.Errorf("found: %v; it took %d bytes", has, made)
	}
}

// allocated is how many bytes a function allocates.
func allocated(do func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	do()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}
