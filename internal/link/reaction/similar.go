package reaction

import (
	"slices"
	"strings"
	"unicode"
)

// Same is the least similarity at which a question is the same one again, perhaps edited.
const Same = 0.7

const (
	// mostRunes is how much of a question is compared, in characters.
	mostRunes = 4000
	// mostAdded: if words were only added to a question, the original must be at least this share of the edited one.
	mostAdded = 0.4
	// mostMisspelt: if more words than this have no counterpart, they are not compared letter by letter.
	mostMisspelt = 48
	// content is the weight above which a word carries meaning: four letters. For two characters of a dense script it is enough to reach it.
	content = 9
)

// term is a word or, in scripts without spaces, a pair of adjacent characters.
type term struct {
	text string
	// weight is how much the term says. It is the square of a word's length, because short words are in every question, in any language.
	weight float64
	// exact means that a term which is only similar is a different term: numbers, symbols and characters of dense scripts.
	exact bool
}

// Similarity returns how much two questions are the same, from 0 to 1. It is the Dice coefficient of their weighed words, less what was replaced by
// something else: "capital of France" and "capital of Spain" are two questions, while a question to which words were added is an edited one. Words with
// a typing error count as the same.
func Similarity(a, b string) float64 {
	a, b = words(a), words(b)
	switch {
	case a == "" || b == "":
		return 0
	case a == b:
		return 1
	case a > b:
		a, b = b, a // so that the result does not depend on which comes first
	}
	inA, inB := terms(a), terms(b)
	ofA, ofB := sum(inA), sum(inB)
	if ofA == 0 || ofB == 0 {
		return 0
	}
	onlyA, onlyB, shared := apart(inA, inB)
	onlyA, onlyB, more := misspelt(onlyA, onlyB)
	shared += more
	if small := min(ofA, ofB); shared >= small && small >= mostAdded*max(ofA, ofB) {
		return max(Same, 2*shared/(ofA+ofB)) // words were added, or left out
	}
	alike := 2*shared/(ofA+ofB) - min(meaning(onlyA), meaning(onlyB))/min(ofA, ofB)
	return max(0, min(1, alike))
}

func sum(terms []term) (all float64) {
	for i := range terms {
		all += terms[i].weight
	}
	return all
}

// meaning is the weight of terms that carry meaning.
func meaning(terms []term) (all float64) {
	for i := range terms {
		if terms[i].weight > content || terms[i].exact && terms[i].weight >= content {
			all += terms[i].weight
		}
	}
	return all
}

// apart splits the terms of two lists into those that both have and those that only one has. A term is shared as often as it is in both. shared is the
// weight of the shared terms.
func apart(a, b []term) (onlyA, onlyB []term, shared float64) {
	byText := func(x, y term) int { return strings.Compare(x.text, y.text) }
	slices.SortFunc(a, byText)
	slices.SortFunc(b, byText)
	for len(a) > 0 && len(b) > 0 {
		switch c := byText(a[0], b[0]); {
		case c == 0:
			shared += a[0].weight
			a, b = a[1:], b[1:]
		case c < 0:
			onlyA, a = append(onlyA, a[0]), a[1:]
		default:
			onlyB, b = append(onlyB, b[0]), b[1:]
		}
	}
	return append(onlyA, a...), append(onlyB, b...), shared
}

// misspelt removes pairs of terms that differ by a typing error. weight is the sum of the removed pairs, each with the mean of its two weights.
func misspelt(a, b []term) (restA, restB []term, weight float64) {
	if len(a) > mostMisspelt || len(b) > mostMisspelt {
		return a, b, 0
	}
	restB = slices.Clone(b)
	for _, x := range a {
		i := -1
		if !x.exact {
			i = slices.IndexFunc(restB, func(y term) bool { return !y.exact && typo(x.text, y.text) })
		}
		if i < 0 {
			restA = append(restA, x)
			continue
		}
		weight += (x.weight + restB[i].weight) / 2
		restB = slices.Delete(restB, i, i+1)
	}
	return restA, restB, weight
}

// typo reports whether two words differ by one typing error or, from eight letters on, by two: a letter more, less or different, or two letters in the
// wrong order. Words of three letters or fewer must be the same.
func typo(a, b string) bool {
	x, y := []rune(a), []rune(b)
	short, long := min(len(x), len(y)), max(len(x), len(y))
	if short < 4 || long > 40 {
		return false
	}
	most := 1
	if short >= 8 {
		most = 2
	}
	return long-short <= most && distance(x, y) <= most
}

// distance is how many letters were added, left out, replaced or swapped with the next one (optimal string alignment).
func distance(a, b []rune) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range a {
		row[0] = i + 1
		for j := range b {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(last[j]+cost, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

// terms splits a text, as words returns it, into terms.
func terms(text string) (all []term) {
	for word := range strings.FieldsSeq(text) {
		runes := []rune(word)
		if dense(runes[0]) {
			all = append(all, pairs(runes)...)
			continue
		}
		n := float64(min(len(runes), 8))
		if unicode.Is(unicode.Hangul, runes[0]) {
			n = min(2*n, 8) // a syllable
		}
		t := term{text: word, weight: n * n}
		if strings.ContainsFunc(word, unicode.IsDigit) || symbol(runes[0]) {
			t.weight, t.exact = 64, true
		}
		all = append(all, t)
	}
	return all
}

// pairs returns all pairs of adjacent characters in a run of a dense script. Characters that only hold a sentence together say little, and so do the
// letters of an alphabet.
func pairs(run []rune) (all []term) {
	weight := func(r ...rune) float64 {
		w := 9.0
		for _, r := range r {
			if particle(r) || !unicode.In(r, unicode.Han, unicode.Katakana) {
				w /= 3
			}
		}
		return w
	}
	if len(run) == 1 {
		return []term{{string(run), weight(run[0]), true}}
	}
	for i := range len(run) - 1 {
		all = append(all, term{string(run[i : i+2]), weight(run[i], run[i+1]), true})
	}
	return all
}

// particles are the most frequent characters of Chinese that carry little meaning by themselves.
const particles = "的了是在我你您他她它们這这那有和与跟吗嗎呢吧啊就都也还還要会會能可以怎么麼什如何请請问問给給帮幫一个個下不"

// particle reports whether a character only holds a sentence together. In Japanese hiragana does that, see pairs.
func particle(r rune) bool { return strings.ContainsRune(particles, r) }

var denseScripts = []*unicode.RangeTable{unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar}

// dense reports whether a character is of a script that is written without spaces.
func dense(r rune) bool {
	return r >= 0x0e00 && (unicode.In(r, denseScripts...) || r == 'ー' || r == '々')
}

func hasDense(text string) bool { return strings.ContainsFunc(text, dense) }

// symbol reports whether a character is an emoji or another picture.
func symbol(r rune) bool { return unicode.Is(unicode.So, r) }

// words returns the beginning of a text as wordsUpTo does.
func words(text string) string { return wordsUpTo(text, mostRunes) }

// wordsUpTo returns the words of a text in lower case with single spaces between them. It reads at most that many characters, and leaves out
// punctuation, Arabic vowel signs, and characters that only change the look of an emoji. A run of a dense script is one word, and so is an emoji.
// Apostrophes stay in their words.
func wordsUpTo(text string, most int) string {
	var b strings.Builder
	const none, letters, denseRun = 0, 1, 2
	last, n := none, 0
	begin := func(kind int) {
		if b.Len() > 0 && (kind != last || kind == none) {
			b.WriteByte(' ')
		}
		last = kind
	}
	pause := false // something separated what follows from what was written
	for _, r := range text {
		if n++; n > most {
			break
		}
		if pause && (unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r) || symbol(r)) {
			pause = false
			if last != none {
				last = none
			}
		}
		switch {
		case silent(r):
		case dense(r):
			begin(denseRun)
			b.WriteRune(r)
		case symbol(r):
			begin(none)
			b.WriteRune(r)
		case unicode.IsLetter(r), unicode.IsNumber(r), unicode.IsMark(r):
			begin(letters)
			b.WriteRune(unicode.ToLower(r))
		case (r == '\'' || r == '’') && last == letters && !pause:
			b.WriteByte('\'')
		default:
			pause = true
		}
	}
	return strings.TrimRight(b.String(), "'")
}

// silent reports whether a character only changes how others look or how they are spoken: Arabic vowel signs and lengthening, joiners, variants, skin
// tones, accents on their own.
func silent(r rune) bool {
	switch {
	case r >= 0x0300 && r <= 0x036f, r >= 0x064b && r <= 0x065f, r == 0x0640, r == 0x0670, r >= 0x200b && r <= 0x200f, r >= 0xfe00 && r <= 0xfe0f, r >= 0x1f3fb && r <= 0x1f3ff, r == 0xfeff:
		return true
	}
	return false
}
