package main

import (
	"math"
	"math/rand/v2"
	"strings"
)

// A vocabulary of 20,000 words, of which the nth is used 1/n as often as the first, is about what a language is like. Text of
// few words, all as frequent, compresses several times better and hides what storing text costs.
const vocabulary = 20_000

// writer writes such text. It is not safe for concurrent use.
type writer struct {
	random *rand.Rand
	zipf   *rand.Zipf
	words  []string
}

func newWriter(seed uint64) *writer {
	// The same words for all, whatever each writes.
	letters := rand.New(rand.NewPCG(1, 2))
	w := &writer{random: rand.New(rand.NewPCG(seed, 7)), words: make([]string, vocabulary)}
	for i := range w.words {
		w.words[i] = word(letters, i)
	}
	// rand.Zipf wants an exponent above 1.
	w.zipf = rand.NewZipf(w.random, 1.07, 1, vocabulary-1)
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

// text is about n bytes long.
func (w *writer) text(n int) string {
	var b strings.Builder
	b.Grow(n + 16)
	for b.Len() < n {
		b.WriteString(w.words[w.zipf.Uint64()])
		if w.random.IntN(12) == 0 {
			b.WriteByte('.')
		}
		b.WriteByte(' ')
	}
	return b.String()
}

// length is one of lengths that are distributed as those of texts are: half of them are shorter than median, a few fifty times as long.
func (w *writer) length(median int) int {
	return int(float64(median) * math.Exp(1.2*min(w.random.NormFloat64(), 3.3)))
}
