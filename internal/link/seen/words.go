package seen

import (
	"unicode"
	"unicode/utf8"
)

// Texts are compared only by their letters, digits, marks and emoji, with letters in lower case. White space, punctuation and with them almost all of
// Markdown are ignored: pages split a text into nodes in the middle of words, and use other spaces and quotes than the model wrote. Words matter only
// for how fast a reader reads, and the wording of the answer has where they end.

// fold appends the characters of s by which texts are compared.
func fold(dst []rune, s []byte) []rune {
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			if f := ascii[c]; f != 0 {
				dst = append(dst, rune(f))
			}
			i++
			continue
		}
		r, size := utf8.DecodeRune(s[i:])
		i += size
		if r = foldRune(r); r != 0 {
			dst = append(dst, r)
		}
	}
	return dst
}

// ascii is what fold makes of the characters of ASCII, 0 for nothing.
var ascii = func() (t [utf8.RuneSelf]byte) {
	for c := byte('0'); c <= '9'; c++ {
		t[c] = c
	}
	for c := byte('a'); c <= 'z'; c++ {
		t[c], t[c-'a'+'A'] = c, c
	}
	return t
}()

// foldRune is what fold makes of a character, 0 for nothing.
func foldRune(r rune) rune {
	switch {
	case r < utf8.RuneSelf:
		return rune(ascii[r])
	case r >= 0x4e00 && r <= 0x9fff, r >= 0xac00 && r <= 0xd7a3, r >= 0x3041 && r <= 0x30fa: // most of Chinese, Korean and Japanese
		return r
	case r == 0x640: // Arabic letters are drawn longer with it
		return 0
	case r >= 0xfe00 && r <= 0xfe0f, r == 0x20e3: // how an emoji is drawn
		return 0
	case r == utf8.RuneError:
		return 0
	case isEmoji(r):
		return r
	case unicode.IsLetter(r):
		return unicode.ToLower(r)
	case unicode.IsNumber(r), unicode.IsMark(r):
		return r
	}
	return 0
}

// isEmoji reports whether a character is an emoji. The blocks and circles that chats show as a cursor are none.
func isEmoji(r rune) bool {
	return r >= 0x1f000 && r <= 0x1faff || r >= 0x2600 && r <= 0x27bf || r >= 0x2b00 && r <= 0x2bff
}

// isWide reports whether a character is an emoji, or a word or part of a word of a language that is written without spaces. A run of few such
// characters is as rare as a run of many letters.
func isWide(r rune) bool {
	return r >= 0x2e80 && (r <= 0x9fff || r >= 0xac00 && r <= 0xd7a3 || r >= 0xf900 && r <= 0xfaff || r >= 0x20000 && r <= 0x3ffff) || isEmoji(r)
}

const wideWeight = 3

// weigh returns how much a run of characters says: letters count 1, characters of languages without spaces 3.
func weigh(t []rune) int {
	n := len(t)
	for _, r := range t {
		if r >= 0x2600 && isWide(r) {
			n += wideWeight - 1
		}
	}
	return n
}

const (
	// gram is how many characters find a place in the text.
	gram = 6
	// evidence is how much a run must weigh to belong to the text wherever it stands: three or four words.
	evidence = 18
	// fewLetters is the least weight at which the beginning of an answer is recognized.
	fewLetters = 4
	// stride is the distance between the places at which a text of letters is looked up: every run of the weight evidence contains one of them.
	stride = evidence - gram
	// maxPlaces is how many places of the text are compared for one look-up.
	maxPlaces = 8
	// maxRunes is how much of an answer is looked for.
	maxRunes = 1 << 16
)

// wording is a text to look for: the characters of an answer or a question by which it is compared.
type wording struct {
	runes []rune
	// skip has, for a character that the page need not show, where the run of such characters ends; for others it has their own place. It has one entry
	// more than runes.
	skip []int32
	// leaves means that there are such characters.
	leaves bool
	// words are where words end, each after its last character.
	words []int32
	// need is how many characters must be shown; weight is what they weigh.
	need, weight int
	// heads and next find places by their first characters: heads has the first place of each hash, next the others.
	heads, next []int32
	mask        uint32
}

// index builds heads and next.
func (w *wording) index() {
	n := len(w.runes) - gram + 1
	if n <= 0 {
		return
	}
	size := 64
	for size < 2*n {
		size *= 2
	}
	w.heads, w.next, w.mask = make([]int32, size), make([]int32, n), uint32(size-1)
	for i := n - 1; i >= 0; i-- { // so that the first place is found first
		h := hashOf(w.runes[i:]) & w.mask
		w.next[i] = w.heads[h]
		w.heads[h] = int32(i) + 1
	}
}

func hashOf(t []rune) uint32 {
	h := uint64(0)
	for _, r := range t[:gram] {
		h = (h ^ uint64(uint32(r))) * 0x9e3779b97f4a7c15
		h ^= h >> 29
	}
	return uint32(h >> 17)
}

// find returns the longest run of t at p that the text has at one of the places that the hash finds. The run is extended to both sides, in t no further
// back than from, in the text no further back than floor.
func (w *wording) find(t []rune, from, p, floor int) (best run) {
	if w.heads == nil || p+gram > len(t) {
		return run{}
	}
	places := maxPlaces
	for at := w.heads[hashOf(t[p:])&w.mask]; at != 0 && places > 0; at = w.next[at-1] {
		q := int(at) - 1
		if q < floor {
			continue
		}
		places--
		n := common(t[p:], w.runes[q:])
		if n < gram || n <= best.n {
			continue
		}
		back := 0
		for p-back > from && q-back > floor && t[p-back-1] == w.runes[q-back-1] {
			back++
		}
		if back+n > best.n {
			best = run{p - back, q - back, back + n}
		}
	}
	return best
}

// seek returns the first run of t, from a place on, that is long enough to belong to the text at floor or later.
func (w *wording) seek(t []rune, from, floor int) run {
	for p := from; p+gram <= len(t); {
		if r := w.find(t, from, p, floor); r.n > 0 && weigh(t[r.p:r.p+r.n]) >= evidence {
			return r
		}
		if isWide(t[p]) {
			p++
			continue
		}
		// The stride holds only for letters: a run of characters without spaces may be shorter.
		for i := 0; i < stride && p+gram <= len(t); i++ {
			if p++; p < len(t) && isWide(t[p]) {
				break
			}
		}
	}
	return run{}
}

// run is a part of a node's text, n characters from p on, that the text has from q on.
type run struct{ p, q, n int }

func common(a, b []rune) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}

// choice is how many characters are compared ahead to tell whether the page shows a part that it need not show.
const choice = 32

// align compares t from p on with the text from q on, and appends the runs that they have in common in the order of both.
func (w *wording) align(runs []run, t []rune, p, q int) []run {
	for p < len(t) && q < len(w.runes) {
		if s := int(w.skip[q]); s > q && (q == 0 || w.skip[q-1] <= int32(q)) && s < len(w.runes) {
			ahead := t[p:min(len(t), p+choice)]
			if common(ahead, w.runes[s:]) > common(ahead, w.runes[q:]) {
				q = s
			}
		}
		n := 0
		if !w.leaves {
			n = common(t[p:], w.runes[q:])
		}
		for w.leaves && p+n < len(t) && q+n < len(w.runes) && t[p+n] == w.runes[q+n] {
			n++
			if at := q + n; at < len(w.runes) && w.skip[at] > int32(at) && w.skip[at-1] <= int32(at) {
				break // here the page may leave something out
			}
		}
		if n > 0 {
			runs = append(runs, run{p, q, n})
			p, q = p+n, q+n
			continue
		}
		if s := int(w.skip[q]); s > q {
			q = s
			continue
		}
		r := w.seek(t, p, q)
		if r.n == 0 {
			break
		}
		runs = append(runs, r)
		p, q = r.p+r.n, r.q+r.n
	}
	return runs
}

// matched is how many characters are in runs.
func matched(runs []run) (n int) {
	for _, r := range runs {
		n += r.n
	}
	return n
}

// tail returns how many characters at the end of t are the beginning of the text, if they are enough to say so. It finds no longer ones than evidence,
// because seek finds those. It is for pages that write everything they show into one text.
func (w *wording) tail(t []rune) int {
	for n := min(len(t), len(w.runes), evidence); n > 0; n-- {
		if weigh(w.runes[:n]) < fewLetters {
			return 0
		}
		if common(t[len(t)-n:], w.runes[:n]) == n {
			return n
		}
	}
	return 0
}

// inside returns where the whole of a short text is in t, -1 for nowhere.
func (w *wording) inside(t []rune) int {
	if w.weight < gram || len(w.runes) > evidence {
		return -1
	}
	for p := 0; p+len(w.runes) <= len(t); p++ {
		if common(t[p:], w.runes) == len(w.runes) {
			return p
		}
	}
	return -1
}
