// Package words makes fingerprints of texts, by which the text of a generation is recognized in the recording of the page that showed it. Its functions
// are pure.
//
// A fingerprint is the hash of a run of five words without case, punctuation, Markdown and white space, so it is the same in the model's answer and
// on the page. In scripts without spaces each character is a word. A short text also has a fingerprint of the whole text, because a question of three
// words has no run. Other clues, such as ids, are hashes of another kind.
package words

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Kind is the kind of a clue.
type Kind uint8

// Kinds of clues.
const (
	Run           Kind = iota + 1 // of words
	Whole                         // a short text as a whole
	Session                       // the id of a session
	Person                        // a distinct id
	Request                       // the id of a trace in the headers of a request
	Address                       // a request, by its method, its path and its time
	AddressUnread                 // the same, of a window of which no words can be read: its texts are masked
	Framed                        // of a window whose recording contains a frame of another site: "" or the id of its session
)

const (
	// runLength is the number of words of a run.
	runLength = 5
	// longestWhole is the longest text, in words, that has a fingerprint as a whole.
	longestWhole = 16
	// longestText is the number of words at the beginning of a text of which runs are made: previews of generations have 240 characters.
	longestText = 64
)

// Clue is a fingerprint.
type Clue struct {
	Hash int64
	Kind Kind
	// Words is the number of words in the run or text.
	Words int
}

const (
	offset64 = 14695981039346656037
	prime64  = 1099511628211
)

// mix spreads the bits of a hash, like the last step of MurmurHash3.
func mix(h uint64) uint64 {
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	h *= 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}

// ID returns the clue of an id.
func ID(kind Kind, id string) int64 {
	h := uint64(offset64)
	h = (h ^ uint64(kind)) * prime64
	for i := range len(id) {
		h = (h ^ uint64(id[i])) * prime64
	}
	return int64(mix(h))
}

// Indexed reports whether a screen that shows the words of a clue always stores it: of runs, only every second one is stored.
func (c Clue) Indexed() bool { return c.Kind != Run || uint64(c.Hash)%everyRun == 0 }

// Of returns the clues of a text. If the text ends with an ellipsis, it was cut there, and its last word is left out.
func Of(text string) []Clue {
	tokens, _ := split(text, longestText+1)
	cut := strings.HasSuffix(text, "…")
	if cut && len(tokens) > 0 {
		tokens = tokens[:len(tokens)-1]
	}
	var all []Clue
	if n := len(tokens); n > 0 && n <= longestWhole && !cut {
		all = append(all, whole(tokens))
	}
	for i := 0; i+runLength <= len(tokens); i++ {
		all = append(all, Clue{runOf(tokens[i : i+runLength]), Run, runLength})
	}
	return all
}

func whole(tokens []uint64) Clue {
	h := uint64(Whole)
	for _, t := range tokens {
		h = h*prime64 + t
	}
	return Clue{int64(mix(h)), Whole, len(tokens)}
}

func runOf(tokens []uint64) int64 {
	h := uint64(Run)
	for _, t := range tokens {
		h = h*prime64 + t
	}
	return int64(mix(h))
}

// split returns the hashes of a text's words, up to a maximum number, and whether the last word is complete, which is the case if something follows
// it.
func split(text string, most int) (tokens []uint64, complete bool) {
	h, in := uint64(offset64), false
	end := func() {
		if in {
			tokens = append(tokens, mix(h))
			h, in = offset64, false
		}
	}
	for i := 0; i < len(text) && len(tokens) < most; {
		c := text[i]
		if c < utf8.RuneSelf {
			i++
			switch {
			case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
			case c >= 'A' && c <= 'Z':
				c += 'a' - 'A'
			default:
				end()
				continue
			}
			h, in = (h^uint64(c))*prime64, true
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		i += size
		switch {
		case alone(r):
			end()
			h, in = (h^uint64(r))*prime64, true
			end()
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) && in && r != 0xFE0F:
			h, in = (h^uint64(unicode.ToLower(r)))*prime64, true
		default:
			end()
		}
	}
	complete = !in
	end()
	return tokens, complete
}

// alone reports whether a character is a word of its own: characters of scripts without spaces, and emoji.
func alone(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar) && !unicode.IsMark(r) && !unicode.IsPunct(r) || unicode.Is(unicode.So, r)
}
