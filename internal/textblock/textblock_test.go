package textblock

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/filter"
)

// odd are pieces of text that are hard to split: escapes, scripts without spaces, marks, letters that get another length in lower case, and text that
// looks like JSON.
var odd = []string{"a", "b", "Ab", "AB", "abc", "über", "ÜBER", "e\u0301", "\u0301", "漢", "漢字", "字\u0301", "ก", "か", "İ", "ß", "K", "Σ", "ς", "x_y", "0", "42",
	" ", " ", " ", "  ", ".", ", ", "\n", "\t", "\"", "\\", "\\n", "/", "n", "nothing", "u0041", "–", "😀", "\u2028", "<b>", "'", "\x01", "é", "\U0001D400"}

func oddText(random *rand.Rand, pieces int) string {
	var b strings.Builder
	for range random.IntN(pieces + 1) {
		b.WriteString(odd[random.IntN(len(odd))])
	}
	return b.String()
}

func quote(text string) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(text); err != nil {
		panic(err)
	}
	// As ingest writes it: without the escapes that JSON does not require.
	return []byte(strings.NewReplacer(`\u2028`, "\u2028").Replace(strings.TrimSpace(b.String())))
}

func newID(random *rand.Rand) (id uuid.UUID) {
	binary.LittleEndian.PutUint64(id[:8], random.Uint64())
	binary.LittleEndian.PutUint64(id[8:], random.Uint64())
	return id
}

func oddEntries(random *rand.Rand, n, pieces int) []Entry {
	all := make([]Entry, n)
	for i := range all {
		all[i] = Entry{UUID: newID(random), TimeMS: 1_760_000_000_000 + random.Int64N(5000)}
		for field := range all[i].Texts {
			switch random.IntN(4) {
			case 0:
			case 1:
				all[i].Texts[field] = []byte{}
			default:
				all[i].Texts[field] = quote(oddText(random, pieces))
			}
			if of, is := previewOf(Field(field)); is && len(all[i].Texts[of]) > 0 && random.IntN(2) == 0 {
				text := all[i].Texts[of]
				from := random.IntN(len(text))
				all[i].Texts[field] = append(bytes.Clone(text[from:from+random.IntN(len(text)-from+1)]), []string{"", dots}[random.IntN(2)]...)
			}
		}
	}
	return all
}

func build(fresh bool, entries ...Entry) *Block {
	if fresh {
		return Fresh(slices.Clone(entries))
	}
	var b Builder
	for i := range entries {
		b.Add(&entries[i])
	}
	return b.Build()
}

// long makes a long block.
func long(t testing.TB, e Entry) *Block {
	t.Helper()
	fresh := build(true, e)
	h := headOf(t, fresh)
	raw, _ := frameOf(fresh, h)(0)
	b, err := h.Long(raw)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func sorted(all []Entry) []Entry {
	all = slices.Clone(all)
	slices.SortFunc(all, func(a, b Entry) int {
		if a.TimeMS != b.TimeMS {
			return int(a.TimeMS - b.TimeMS)
		}
		return bytes.Compare(a.UUID[:], b.UUID[:])
	})
	return all
}

func headOf(t testing.TB, b *Block) *Head {
	t.Helper()
	h, err := ReadHead(b.Body[b.HeadAt():][:b.Head], b.Extent)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func (b *Block) line(at int) ([]byte, error) { return b.Body[at*LineBytes:][:LineBytes], nil }

func frameOf(b *Block, h *Head) func(i int) ([]byte, error) {
	return func(i int) ([]byte, error) { return bytes.Clone(b.Body[h.Frames[i].Offset:][:h.Frames[i].Length]), nil }
}

// holds checks that a block contains exactly the given entries.
func holds(t testing.TB, b *Block, want []Entry) {
	t.Helper()
	h := headOf(t, b)
	if len(h.Events) != len(want) || b.Events != len(want) {
		t.Fatalf("%d events, want %d", len(h.Events), len(want))
	}
	raw := int64(0)
	for i, e := range sorted(want) {
		frame := FrameOf(i)
		bytes, _ := frameOf(b, h)(frame)
		got, err := h.Entries(frame, bytes, []int{i}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if fmt.Sprint(got[0]) != fmt.Sprint(e) || (got[0].Texts[0] == nil) != (e.Texts[0] == nil) {
			t.Fatalf("event %d: %v, want %v", i, got[0], e)
		}
		if may, err := MayHold(e.UUID, &b.Extent, b.line); err != nil || !may {
			t.Fatalf("event %d is not in the filter: %v", i, err)
		}
		for _, text := range e.Texts {
			raw += int64(len(text))
		}
	}
	if raw != b.Raw {
		t.Errorf("%d bytes of text, want %d", b.Raw, raw)
	}
}

// TestKept: texts stay the same in a block, also when blocks are packed into another one.
func TestKept(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	for round := range 60 {
		parts := [][]Entry{oddEntries(random, 1+random.IntN(3), 8), oddEntries(random, 1+random.IntN(700), 4), oddEntries(random, 1, 30)}
		var b Builder
		var all []Entry
		for _, part := range parts {
			small := build(round%4 != 0, part...)
			holds(t, small, part)
			h := headOf(t, small)
			var without uuid.UUID
			if round%2 == 0 {
				without = part[0].UUID
				part = part[1:]
			}
			if err := b.AddBlock(h, frameOf(small, h), func(id uuid.UUID, _ int64) bool { return id == without }); err != nil {
				t.Fatal(err)
			}
			all = append(all, part...)
		}
		if b.Len() != len(all) {
			t.Fatalf("%d events, want %d", b.Len(), len(all))
		}
		holds(t, b.Build(), all)
		b.Reset()
		if b.Build() != nil {
			t.Fatal("a builder that was reset is not empty")
		}
	}
}

// TestManyWords has more words than there are numbers of up to three bytes.
func TestManyWords(t *testing.T) {
	var text []byte
	for i := range threes + 1000 {
		text = fmt.Appendf(text, "w%d ", i)
	}
	all := []Entry{{UUID: uuid.Max, TimeMS: -5, Texts: [Fields][]byte{text}}}
	b := build(false, all...)
	holds(t, b, all)
	if found := find(t, b, filter.Search{Words: []string{fmt.Sprint("w", threes+500), fmt.Sprint("w", threes+501)}}); len(found) != 1 {
		t.Error("the rarest words are not found")
	}
}

func find(t testing.TB, b *Block, s filter.Search) (ids []uuid.UUID) {
	t.Helper()
	p := NewSearch(s)
	may, err := p.May(&b.Extent, b.line)
	if err != nil || may == nil {
		return nil
	}
	h := headOf(t, b)
	f, err := p.In(h)
	if err != nil {
		t.Fatal(err)
	}
	if f == nil {
		return nil
	}
	for i := range h.Frames {
		if !may[i] {
			continue
		}
		raw, _ := frameOf(b, h)(i)
		frame, err := h.Read(i, raw)
		if err != nil {
			t.Fatal(err)
		}
		for at := range frame.Events() {
			if has, err := f.Has(frame, at); err != nil {
				t.Fatal(err)
			} else if has {
				ids = append(ids, h.Events[at].UUID)
			}
		}
	}
	return ids
}

// row is an entry as filter.Match sees it.
type row struct{ Entry }

func (r row) Values(string) []filter.Value { return nil }
func (r row) Texts() (all []string) {
	for _, text := range r.Entry.Texts[:searched] {
		if text != nil {
			all = append(all, Plain(text))
		}
	}
	return all
}

// TestSearchMeansMatch compares what is found in blocks with the result of filter.Match for each event.
func TestSearchMeansMatch(t *testing.T) {
	random := rand.New(rand.NewPCG(2, 1))
	matches := 0
	for range 300 {
		all := oddEntries(random, 1+random.IntN(40), 6)
		blocks := []*Block{build(true, all...), build(false, all...)}
		few := sorted(all)
		few = few[:min(len(few), 3)] // each search reads every one of these blocks anew
		var each []*Block
		for _, e := range few {
			each = append(each, long(t, e))
		}
		for range 40 {
			var s filter.Search
			switch text := oddText(random, 4); {
			case random.IntN(3) == 0 && text != "":
				s.Inside = strings.ToLower(text)
			default:
				if s.Words = filter.Words(text); len(s.Words) == 0 {
					continue
				}
				s.Prefix = random.IntN(3) == 0
			}
			var want []uuid.UUID
			for _, e := range sorted(all) {
				if filter.Match(s, row{e}) {
					want = append(want, e.UUID)
				}
			}
			matches += len(want)
			for i, b := range blocks {
				got := find(t, b, s)
				if slices.Equal(got, want) {
					continue
				}
				for _, e := range sorted(all) {
					if slices.Contains(got, e.UUID) != slices.Contains(want, e.UUID) {
						t.Logf("%q", row{e}.Texts())
					}
				}
				t.Fatalf("%#v: found %d, want %d; fresh: %v", s, len(got), len(want), i == 0)
			}
			for i, b := range each {
				if got := find(t, b, s); (len(got) == 1) != slices.Contains(want, few[i].UUID) {
					t.Fatalf("%#v: found %d in a long block, which is one of %d matches: %v", s, len(got), len(want), slices.Contains(want, few[i].UUID))
				}
			}
		}
	}
	t.Log(matches, "matches")
}

// TestLongPhrase: a phrase with more words than are compared as numbers is found, and only in the right event.
func TestLongPhrase(t *testing.T) {
	words := make([]string, 70)
	for i := range words {
		words[i] = fmt.Sprint("w", i)
	}
	entry := func(last string) Entry {
		return Entry{UUID: uuid.New(), Texts: [Fields][]byte{quote(strings.Join(words[:69], " ") + " " + last)}}
	}
	right, wrong := entry("w69"), entry("other")
	for _, fresh := range []bool{true, false} {
		b := build(fresh, right, wrong)
		if got := find(t, b, filter.Search{Words: words}); !slices.Equal(got, []uuid.UUID{right.UUID}) {
			t.Errorf("found %v, fresh: %v", got, fresh)
		}
	}
}

// TestWhatIsNotSearched: properties and tools are stored, but a text search does not find them.
func TestWhatIsNotSearched(t *testing.T) {
	var e Entry
	e.Texts[Properties], e.Texts[Tools], e.Texts[Title] = quote("secret"), quote("secret"), quote("open")
	for _, fresh := range []bool{true, false} {
		b := build(fresh, e)
		if found := find(t, b, filter.Search{Words: []string{"secret"}}); found != nil {
			t.Error("a property was found")
		}
		if found := find(t, b, filter.Search{Words: []string{"open"}}); found == nil {
			t.Error("the title was not found")
		}
	}
}

func TestPlain(t *testing.T) {
	for json, want := range map[string]string{
		`"a\nb"`: " a\nb ", `"\"\\\/\b\f\r\t"`: " \"\\/\b\f\r\t ", `"\u0001x"`: " \x01x ", `"\ud800"`: "   ", `\`: `\`, `\u12`: "\x12", `\uzzzz.`: " .",
	} {
		if got := Plain([]byte(json)); got != want {
			t.Errorf("%s: %q, want %q", json, got, want)
		}
	}
}

// read reads a whole block as a reader of a file does.
func read(body []byte, x Extent) (all []Entry, err error) {
	line := func(at int) ([]byte, error) {
		if len(body) < (at+1)*LineBytes {
			return nil, ErrCorrupt
		}
		return body[at*LineBytes:][:LineBytes], nil
	}
	for at := range x.HeadAt() / LineBytes {
		if _, err := (asker{int(at), 1, line}).has(item{0, 1}); err != nil {
			return nil, err
		}
	}
	if len(body) < int(x.HeadAt())+x.Head {
		return nil, ErrCorrupt
	}
	h, err := ReadHead(body[x.HeadAt():][:x.Head], x)
	if err != nil {
		return nil, err
	}
	for i, f := range h.Frames {
		if int64(len(body)) < f.Offset+f.Length {
			return nil, ErrCorrupt
		}
		from, to := h.frameEvents(i)
		var events []int
		for at := from; at < to; at++ {
			events = append(events, at)
		}
		entries, err := h.Entries(i, body[f.Offset:][:f.Length], events, nil)
		if err != nil {
			return nil, err
		}
		all = append(all, entries...)
	}
	return all, nil
}

// TestDamage: flipping any bit of a block is an error, and so is cutting the block anywhere. Only in a compressed frame may a bit have no meaning; then
// the texts must be unchanged.
func TestDamage(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 1))
	for kind, b := range map[string]*Block{
		"fresh": build(true, oddEntries(random, 260, 1)...), "packed": build(false, oddEntries(random, 260, 1)...), "long": long(t, oddEntries(random, 1, 2000)[0]),
	} {
		want, err := read(b.Body, b.Extent)
		if err != nil {
			t.Fatal(err)
		}
		for at := range b.Body {
			body := slices.Clone(b.Body)
			body[at] ^= 1 << random.IntN(8)
			got, err := read(body, b.Extent)
			if harmless := kind != "fresh" && at >= int(b.HeadAt())+b.Head && reflect.DeepEqual(got, want); !errors.Is(err, ErrCorrupt) && !harmless {
				t.Fatalf("%s: a bit of byte %d of %d (head from %d): %v, want ErrCorrupt", kind, at, len(b.Body), b.HeadAt(), err)
			}
			if _, err := read(b.Body[:at], b.Extent); !errors.Is(err, ErrCorrupt) {
				t.Fatalf("%s, cut to %d bytes: %v, want ErrCorrupt", kind, at, err)
			}
		}
	}
}

// TestNeedles: k and i are the only ASCII letters that are the lower case of a non-ASCII character. Therefore every text with a word contains its
// needles.
func TestNeedles(t *testing.T) {
	for r := rune(utf8.RuneSelf); r <= unicode.MaxRune; r++ {
		if small := unicode.ToLower(r); small < utf8.RuneSelf && small != 'k' && small != 'i' {
			t.Errorf("%q becomes %q", r, small)
		}
	}
	text := make([]byte, 256)
	for i := range text {
		text[i] = byte(i)
	}
	for from := range 16 {
		got, want := slices.Clone(text[from:]), slices.Clone(text[from:])
		lower(got)
		for i, c := range want {
			if 'A' <= c && c <= 'Z' {
				want[i] += 'a' - 'A'
			}
		}
		if !bytes.Equal(got, want) {
			t.Fatalf("%q, want %q", got, want)
		}
	}
}

// FuzzRead reads arbitrarily changed blocks with corrected checksums, so that the code after the checksum is reached.
func FuzzRead(f *testing.F) {
	random := rand.New(rand.NewPCG(4, 1))
	for i, n := range []int{1, 3, 300, 1, 3, 300} {
		b := build(i < 3, oddEntries(random, n, 5)...)
		f.Add(b.Body[b.HeadAt():][:b.Head], b.Body[int(b.HeadAt())+b.Head:], n, b.FirstMS, b.LastMS)
	}
	f.Fuzz(func(t *testing.T, head, frames []byte, events int, first, last int64) {
		if len(head) > 4 {
			head = slices.Clone(head)
			sign(head)
		}
		x := Extent{Events: events, FirstMS: first, LastMS: last, Head: len(head), Raw: 1 << 16}
		if _, err := read(append(slices.Clone(head), frames...), x); err != nil && !errors.Is(err, ErrCorrupt) {
			t.Fatalf("%v", err)
		}
		h, err := ReadHead(head, x)
		if err != nil {
			return
		}
		for _, s := range []filter.Search{{Words: []string{"abc", "über"}}, {Words: []string{"a"}, Prefix: true}, {Inside: "b"}} {
			finder, err := NewSearch(s).In(h)
			if err != nil && !errors.Is(err, ErrCorrupt) {
				t.Fatalf("%v", err)
			}
			f := h.Frames[0]
			at := f.Offset - x.HeadAt() - int64(x.Head)
			if finder == nil || int64(len(frames)) < at+f.Length {
				continue
			}
			rows, err := h.Read(0, slices.Clone(frames[at:][:f.Length]))
			if err != nil {
				continue
			}
			for event := range rows.Events() {
				if _, err := finder.Has(rows, event); err != nil && !errors.Is(err, ErrCorrupt) {
					t.Fatalf("%v", err)
				}
			}
		}
	})
}

// sign writes the checksum of a head's bytes.
func sign(head []byte) {
	sum := len(head) - 4
	binary.LittleEndian.PutUint32(head[sum:], crc32.Checksum(head[:sum], castagnoli))
}
