package textblock

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/klauspost/compress/zstd"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/zipf"
)

// wordsOf returns so many words that numbers have up to three bytes. Some words occur in several mixtures of upper and lower case, and some get another
// length in lower case.
func wordsOf(random *rand.Rand, n int) []string {
	words := []string{"İstanbul", "istanbul", "i̇stanbul", "\u212Aelvin", "Kelvin", "kelvin", "ÜBER", "über", "Über", "ẞ", "ß", "Σίσυφος", "ΣΊΣΥΦΟΣ", "iPhone", "IPHONE", "x", "X", "漢", "字", "A1", "a1"}
	for len(words) < n {
		w := []byte(strconv.FormatInt(random.Int64N(1<<30), 36))
		words = append(words, string(w))
		for random.IntN(3) == 0 { // the same word with other upper-case letters
			for i := range w {
				if random.IntN(4) == 0 {
					w[i] = bytes.ToUpper(w[i : i+1])[0]
				}
			}
			words = append(words, string(w), strings.ToUpper(string(w)))
		}
	}
	return words
}

// TestFindsTokens: a search finds a token in any chunk, also at its ends, and all tokens that differ only in upper-case letters. It reads at most one
// chunk for each class of numbers.
func TestFindsTokens(t *testing.T) {
	random := rand.New(rand.NewPCG(6, 1))
	words := wordsOf(random, 2*twos)
	var text strings.Builder
	for i, w := range words {
		for range 1 + 300/(1+i/100) { // more often for the tokens that must get short numbers
			text.WriteString(w)
			text.WriteString([]string{" ", ", ", "-", "…", " (", "\n"}[random.IntN(6)])
		}
	}
	h := headOf(t, build(false, Entry{UUID: uuid.Max, Texts: [Fields][]byte{quote(text.String())}}))
	lowered, kinds := make([]string, h.words.tokens), make([]kind, h.words.tokens)
	for n := range lowered {
		token, k, err := h.words.token(uint32(n))
		if err != nil {
			t.Fatal(err)
		}
		lowered[n], kinds[n] = strings.ToLower(string(token)), k
	}
	check := func(s filter.Search, read int, is func(lower string) bool) {
		t.Helper()
		p := NewSearch(s)
		f, err := p.In(h)
		if err != nil {
			t.Fatal(err)
		}
		any := slices.ContainsFunc(lowered, is)
		if f == nil {
			if any {
				t.Fatalf("%+v: nothing found", s)
			}
			return
		}
		for n, lower := range lowered {
			want := uint64(0)
			if kinds[n] == between {
				want = isBetween
			} else if is(lower) {
				want = 1
			}
			if got := f.masks[f.classes[n]]; got != want {
				t.Fatalf("%+v: token %d, %q: %b, want %b", s, n, lower, got, want)
			}
		}
		for i := range h.words.chunks {
			if c := &h.words.chunks[i]; !c.between && len(p.asked(c, nil)) > 0 {
				read--
			}
		}
		if read < 0 {
			t.Errorf("%+v: %d chunks more than needed are read", s, -read)
		}
	}
	ends := 0
	for i := range h.words.chunks {
		c := &h.words.chunks[i]
		for _, n := range []int{c.first, c.first + random.IntN(c.tokens), c.first + c.tokens - 1} {
			if c.between {
				continue
			}
			ends++
			w := lowered[n]
			check(filter.Search{Words: []string{w}}, 4, func(lower string) bool { return lower == w })
			runes := []rune(w)
			begin := string(runes[:1+random.IntN(len(runes))])
			check(filter.Search{Words: []string{begin}, Prefix: true}, len(h.words.chunks), func(lower string) bool { return strings.HasPrefix(lower, begin) })
			check(filter.Search{Words: []string{w + "0"}}, 4, func(lower string) bool { return lower == w+"0" })
		}
	}
	if ends < 3*len(words)/chunkTokens/2 {
		t.Fatalf("%d words were looked for: too few chunks", ends)
	}
	for _, w := range words[:21] {
		w = strings.ToLower(w)
		check(filter.Search{Words: []string{w}}, 4, func(lower string) bool { return lower == w })
	}
	check(filter.Search{Inside: "ph"}, len(h.words.chunks), func(lower string) bool { return strings.Contains(lower, "ph") })
}

// TestCapitals: small and enlarge together restore a token.
func TestCapitals(t *testing.T) {
	for token, want := range map[string]struct {
		kept  string
		large capitals
	}{
		"": {"", asKept}, "the": {"the", asKept}, "The": {"the", firstLarge}, "THE": {"the", allLarge}, "A1": {"a1", firstLarge}, "1A": {"1a", allLarge},
		"iPhone": {"iPhone", asKept}, "McX": {"McX", asKept}, "ÜBER": {"Über", allLarge}, "İS": {"İs", allLarge}, "@[`{": {"@[`{", asKept},
	} {
		kept, large := small([]byte("before"), []byte(token))
		if string(kept[6:]) != want.kept || large != want.large {
			t.Errorf("%q: %q, %d, want %q, %d", token, kept[6:], large, want.kept, want.large)
		}
		if large.enlarge(kept[6:]); string(kept[6:]) != token {
			t.Errorf("%q becomes %q", token, kept[6:])
		}
	}
}

// TestPreviewReadsWhatItNeeds: a preview reads only the chunks of the vocabulary that contain its words.
func TestPreviewReadsWhatItNeeds(t *testing.T) {
	made := build(false, llmEntries(MaxEvents/2)...)
	h := headOf(t, made)
	read := func() (n int) {
		for i := range h.words.read {
			if h.words.read[i].Load() != nil {
				n++
			}
		}
		return n
	}
	raw, _ := frameOf(made, h)(3)
	entries, err := h.Entries(3, raw, []int{3 * frameEvents}, []Field{InputPreview})
	if err != nil || len(entries[0].Texts[InputPreview]) == 0 {
		t.Fatal(err, len(entries))
	}
	if n := read(); n == 0 || n > len(h.words.read)/2 {
		t.Errorf("a preview of 120 letters reads %d of %d chunks", n, len(h.words.read))
	}
}

// FuzzChunk reads chunks that were changed arbitrarily before they were compressed, and arbitrary tables of chunks.
func FuzzChunk(f *testing.F) {
	zip := careful.Get().(*zstd.Encoder)
	var b Builder
	for _, e := range oddEntries(rand.New(rand.NewPCG(7, 1)), 40, 5) {
		b.Add(&e)
	}
	positions, lowered := order(&b.tokens)
	table, chunks := chunksOf(&b.tokens, positions, lowered, zip)
	f.Add(appendTokens(nil, &b.tokens, positions), len(positions), table, chunks)
	f.Fuzz(func(t *testing.T, raw []byte, tokens int, table, chunks []byte) {
		const most = 1 << 16
		if 0 < tokens && tokens <= len(raw)/2 {
			l, err := (&chunk{tokens: tokens, size: len(raw), zipped: zip.EncodeAll(raw, nil)}).letters(most)
			if err != nil && !errors.Is(err, ErrCorrupt) || err == nil && (len(l.ends) != tokens || len(l.all) > most) {
				t.Fatalf("%v", err)
			}
		}
		all, err := readChunks(table, chunks, most)
		if err != nil && !errors.Is(err, ErrCorrupt) {
			t.Fatalf("%v", err)
		}
		v := newVocabulary(all, most)
		for n := range v.tokens {
			if _, _, err := v.token(n); err != nil && !errors.Is(err, ErrCorrupt) {
				t.Fatalf("%v", err)
			}
		}
	})
}

// BenchmarkIn measures a search in a block before it reads any text: reading the head, and finding the words in the vocabulary.
func BenchmarkIn(b *testing.B) {
	made := build(false, llmEntries(MaxEvents)...)
	w := zipf.NewWriter(5).Words
	for _, one := range []struct {
		name string
		filter.Search
	}{
		{"four words", filter.Search{Words: []string{w[200], w[10], w[300], w[20]}}},
		{"four rare words", filter.Search{Words: []string{w[4000], w[10000], w[300], w[6000]}}},
		{"beginning", filter.Search{Words: []string{"zyz"}, Prefix: true}},
		{"inside", filter.Search{Inside: "zyzz"}},
	} {
		b.Run(one.name, func(b *testing.B) {
			p := NewSearch(one.Search)
			begun := processor()
			for b.Loop() {
				if _, err := p.In(headOf(b, made)); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64((processor()-begun).Nanoseconds())/1000/float64(b.N), "cpu-µs/block")
		})
	}
}
