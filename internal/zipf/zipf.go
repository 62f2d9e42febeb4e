// Package zipf writes text that is as varied as a language is, for benchmarks.
package zipf

import (
	"math"
	"math/rand/v2"
	"strings"
)

// Vocabulary is how many words there are, of which the nth is used 1/n as often as the first: about what a language is like.
// Text of few words, all as frequent, compresses several times better and hides what storing text costs.
const Vocabulary = 20_000

// Writer writes such text. It is not safe for concurrent use.
type Writer struct {
	random *rand.Rand
	zipf   *rand.Zipf
	// Words are the vocabulary, the most frequent first.
	Words []string
}

// NewWriter returns a writer that writes its own text, with the words of all.
func NewWriter(seed uint64) *Writer {
	// The same words for all, whatever each writes.
	letters := rand.New(rand.NewPCG(1, 2))
	w := &Writer{random: rand.New(rand.NewPCG(seed, 7)), Words: make([]string, Vocabulary)}
	for i := range w.Words {
		w.Words[i] = word(letters, i)
	}
	// rand.Zipf wants an exponent above 1.
	w.zipf = rand.NewZipf(w.random, 1.07, 1, Vocabulary-1)
	return w
}

// word makes the nth word of a vocabulary: syllables, fewer for frequent words.
func word(random *rand.Rand, n int) string {
	const consonants, vowels = "bcdfghklmnprstvw", "aeiou"
	var b strings.Builder
	for range 1 + int(math.Log10(float64(n+1))) {
		b.WriteByte(consonants[random.IntN(len(consonants))])
		b.WriteByte(vowels[random.IntN(len(vowels))])
		if random.IntN(3) == 0 {
			b.WriteByte(consonants[random.IntN(len(consonants))])
		}
	}
	return b.String()
}

// Rank is the place of a word in the vocabulary, by how often each is used.
func (w *Writer) Rank() uint64 { return w.zipf.Uint64() }

// Text is about n bytes long.
func (w *Writer) Text(n int) string {
	var b strings.Builder
	b.Grow(n + 16)
	for b.Len() < n {
		b.WriteString(w.Words[w.Rank()])
		if w.random.IntN(12) == 0 {
			b.WriteByte('.')
		}
		b.WriteByte(' ')
	}
	return b.String()
}

// Length is one of lengths that are distributed as those of texts are: half of them are shorter than median, a few fifty times as long.
func (w *Writer) Length(median int) int {
	return int(float64(median) * math.Exp(1.2*min(w.random.NormFloat64(), 3.3)))
}
