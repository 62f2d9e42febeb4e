package textblock

import (
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/klauspost/compress/zstd"
)

// chunk is a separately compressed piece of the vocabulary: tokens with consecutive numbers of one class, which are either all words or all
// separators. A search for a word reads one chunk of each class.
type chunk struct {
	first, tokens int // numbers
	between       bool
	// The words of a chunk, in lower case, are >= from and < to. An empty value is no bound.
	from, to string
	size     int // before compression
	zipped   []byte
}

// chunkTokens is the number of tokens in a chunk. In smaller chunks zstd finds less repetition; in larger ones a search reads more. Measured as bytes
// an event more than with one single chunk, and relative time of a search for four words: 3.1 and 1 with 256 tokens, 2.7 and 1.1 with 320, 2.1 and
// 1.4 with 512.
const chunkTokens = 320

// chunksOf writes the vocabulary as compressed chunks, and a table of them. The table has the number of chunks and, for each, its number of tokens,
// whether they are words, its length uncompressed and compressed, and its bound: the shortest prefix of its first word (in lower case) that is
// greater than the last word of the chunk before. The first chunk of a class has no bound.
func chunksOf(t *table, positions []uint32, lowered []string, zip *zstd.Encoder) (table, chunks []byte) {
	var rows, raw []byte
	count := 0
	word := func(i int) bool { return t.kinds[positions[i]] != between }
	for from := 0; from < len(positions); count++ {
		to, end := from+1, min(classEnd(from), len(positions))
		// Words that differ only in upper-case letters stay in one chunk, so that a bound lies between different words.
		for to < end && word(to) == word(from) && (to-from < chunkTokens || lowered[positions[to]] == lowered[positions[to-1]]) {
			to++
		}
		raw = appendTokens(raw[:0], t, positions[from:to])
		begin := len(chunks)
		chunks = zip.EncodeAll(raw, chunks)

		what, bound := uint64(to-from)<<1, ""
		if word(from) {
			what |= 1
			if from > 0 && word(from-1) && classEnd(from-1) == classEnd(from) {
				bound = boundOf(lowered[positions[from-1]], lowered[positions[from]])
			}
		}
		for _, n := range []uint64{what, uint64(len(raw)), uint64(len(chunks) - begin), uint64(len(bound))} {
			rows = binary.AppendUvarint(rows, n)
		}
		rows = append(rows, bound...)
		from = to
	}
	return append(binary.AppendUvarint(nil, uint64(count)), rows...), chunks
}

// boundOf returns the shortest prefix of a word that is greater than the word before it.
func boundOf(before, word string) string {
	n := 0
	for n < len(before) && before[n] == word[n] {
		n++
	}
	return word[:n+1]
}

// appendTokens writes for each token the length of the prefix that it shares with the token before, the length of the rest, and its capitals. Then it
// writes all the rests in lower case, one after the other, so that zstd sees letters next to letters.
func appendTokens(b []byte, t *table, positions []uint32) []byte {
	var lengths, rests, last, token []byte
	for _, position := range positions {
		var large capitals
		token, large = small(token[:0], t.token(position))
		shared := 0
		for shared < min(len(last), len(token), 255) && last[shared] == token[shared] {
			shared++
		}
		b = append(b, byte(shared))
		lengths = binary.AppendUvarint(lengths, uint64(len(token)-shared)<<2|uint64(large))
		rests = append(rests, token[shared:]...)
		last, token = token, last
	}
	return append(append(b, lengths...), rests...)
}

var errVocabulary = fmt.Errorf("%w: its vocabulary", ErrCorrupt)

// readChunks reads the result of chunksOf. All chunks together may decompress to at most most bytes. Extra bytes after either part are an error.
func readChunks(table, zipped []byte, most uint64) ([]chunk, error) {
	ok := true
	next := func(most uint64) int {
		n, size := binary.Uvarint(table)
		if size <= 0 || n > most {
			ok = false
			return 0
		}
		table = table[size:]
		return int(n)
	}
	chunks, first := make([]chunk, next(uint64(len(table)/4))), 0
	for i := range chunks {
		c := &chunks[i]
		what := next(most)
		c.first, c.tokens, c.between = first, what>>1, what&1 == 0
		first += c.tokens
		c.size = next(most)
		most -= uint64(c.size)
		length := next(uint64(len(zipped)))
		c.zipped, zipped = zipped[:length], zipped[length:]
		bound := next(uint64(len(table)))
		if !ok || bound > len(table) || c.tokens == 0 || c.tokens > c.size/2 {
			return nil, errVocabulary
		}
		c.from, table = view(table[:bound]), table[bound:]
		if i > 0 {
			chunks[i-1].to = c.from
		}
	}
	if !ok || len(table) > 0 || len(zipped) > 0 {
		return nil, errVocabulary
	}
	return chunks, nil
}

// may reports whether a chunk of words can contain a word, or words that begin with it.
func (c *chunk) may(word string, beginning bool) bool {
	return (c.to == "" || word < c.to) && (c.from <= word || beginning && strings.HasPrefix(c.from, word))
}

// walk calls use for each token of the chunk, with its number, its letters (valid until use returns) and its capitals, until use returns false.
// buffer is reused for each chunk.
func (c *chunk) walk(buffer *[]byte, use func(n int, kept []byte, large capitals) bool) error {
	b, err := unzip(c.zipped, (*buffer)[:0], c.size)
	if err != nil {
		return err
	}
	*buffer = b
	shared, lengths := b[:c.tokens], b[c.tokens:]
	// The rests follow the lengths.
	at, sum := 0, uint64(0)
	for range shared {
		length, size := binary.Uvarint(lengths[at:])
		if length >>= 2; size <= 0 || length > uint64(len(b)) {
			return errVocabulary
		}
		at, sum = at+size, sum+length
	}
	rests := lengths[at:]
	if sum != uint64(len(rests)) {
		return errVocabulary
	}
	kept := make([]byte, 0, 512)
	for i, begin := range shared {
		length, size := binary.Uvarint(lengths)
		large := capitals(length & 3)
		if length >>= 2; int(begin) > len(kept) || large > allLarge {
			return errVocabulary
		}
		kept = append(kept[:begin], rests[:length]...)
		if !use(c.first+i, kept, large) {
			break
		}
		lengths, rests = lengths[size:], rests[length:]
	}
	return nil
}
