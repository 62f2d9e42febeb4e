package words

import (
	"bytes"
	"strings"

	"github.com/playheadhq/playhead/internal/rawjson"
)

// Shown is a clue, with the first and the last time at which a window showed it, by the browser's clock.
type Shown struct {
	Hash         int64
	FromMS, ToMS int64
}

const (
	// mostShown is the maximum number of clues of a block: a page full of text has thousands of words.
	mostShown = 768
	// everyRun: one of this many runs is kept. A text of eight words has at least one kept run with a probability of 0.94, one of twenty words
	// practically always.
	everyRun = 2
	// everyOfPage is the same for the texts of whole pages, which mostly repeat.
	everyOfPage = 8
	// mostSaid limits the memory for clues that a window already had: 16 bytes each.
	mostSaid = 8192
	// mostText is how many bytes of a text are read.
	mostText = 4 << 10
	// before is how many earlier texts are remembered, so that only the part that was added to one of them is read.
	before = 8
)

// Screen collects clues from the rrweb events of one window, in order. It is for one goroutine.
type Screen struct {
	shown []Shown
	said  map[int64]saidAt
	takes uint32
	texts [before]string
	next  int
	// tail are the last words of the previous texts, because an answer may arrive as one node for each word.
	tail []uint64
	// readable means that the window showed a run of words.
	readable bool
}

// saidAt is where a clue is in shown, until the next call of Take after the given number of them. An earlier block has it after that.
type saidAt struct{ takes, at uint32 }

// Readable reports whether the window has shown words, of which five make a run. They are masked if it has not.
func (s *Screen) Readable() bool { return s.readable }

// Take returns the clues that were added since the last call.
func (s *Screen) Take() []Shown {
	out := s.shown
	s.shown = nil
	if len(s.said) > mostSaid {
		s.said = nil
	}
	s.takes++ // changing each entry took a twentieth of the time of deriving activity
	return out
}

var (
	nodeText   = []byte(`"textContent":"`)
	changeText = []byte(`"value":"`)
	inputText  = []byte(`"text":"`)
	ofStyle    = []byte(`,"isStyle":true`)
	ofScript   = []byte("SCRIPT_PLACEHOLDER") // rrweb's text of a script
	traceAhead = []byte(`traceparent":"00-`)
	mutation   = []byte(`{"type":3,"data":{"source":0,`)
	input      = []byte(`{"type":3,"data":{"source":5,`)
	// incremental is the beginning of every incremental event. An event that begins with it, but not with one of the two above, has another source.
	incremental = []byte(`{"type":3,"data":{"source":`)
)

// Event reads an event. Only events that add text, or contain requests with their headers, are parsed.
func (s *Screen) Event(ms int64, event []byte) {
	switch kindOf(event) {
	case mutates:
		s.each(ms, event, nodeText, everyRun)
		s.each(ms, event, changeText, everyRun)
	case inputs:
		s.each(ms, event, inputText, everyRun)
	case showsPage:
		s.tail = s.tail[:0]
		s.each(ms, event, nodeText, everyOfPage)
	case asks:
		s.requests(ms, event)
	}
}

// effect is what an event can contain.
type effect uint8

const (
	nothing effect = iota
	mutates
	inputs
	showsPage
	asks
)

// kindOf is what an event can contain. It is determined from the first bytes as rrweb writes them, because these events are long and numerous; if
// that fails, from its members.
func kindOf(event []byte) effect {
	switch {
	case bytes.HasPrefix(event, mutation):
		return mutates
	case bytes.HasPrefix(event, input):
		return inputs
	case bytes.HasPrefix(event, incremental):
		return nothing
	}
	switch string(rawjson.Member(event, "type")) {
	case "2":
		return showsPage
	case "3":
		switch string(rawjson.Path(event, "data", "source")) {
		case "0":
			return mutates
		case "5":
			return inputs
		}
	case "6":
		return asks
	}
	return nothing
}

// each reads the strings after a member's name. Inside a string the quotes around the name are escaped, so the name is not found there.
func (s *Screen) each(ms int64, event, name []byte, every uint64) {
	for {
		i := bytes.Index(event, name)
		if i < 0 {
			return
		}
		event = event[i+len(name):]
		end := stringEnd(event)
		raw := event[:end]
		event = event[end:]
		if len(raw) < 2 || bytes.Equal(raw, ofScript) || bytes.HasPrefix(event[min(1, len(event)):], ofStyle) {
			continue
		}
		s.text(ms, rawjson.Scalar(quoted(raw), mostText), every)
	}
}

// stringEnd is the end of the string that begins after the opening quote, at the start of b.
func stringEnd(b []byte) int {
	for i := 0; i < len(b); {
		at := bytes.IndexAny(b[i:], `"\`)
		if at < 0 {
			return len(b)
		}
		i += at
		if b[i] == '"' {
			return i
		}
		i += 2
	}
	return len(b)
}

// quoted returns a string with quotes around it, as JSON. Of a long string it keeps only the beginning.
func quoted(raw []byte) []byte {
	return append(append(append(make([]byte, 0, min(len(raw), mostText)+2), '"'), raw[:readable(raw)]...), '"')
}

// readable is how many bytes of a long string are read without cutting an escape sequence.
func readable(raw []byte) int {
	if len(raw) <= mostText {
		return len(raw)
	}
	n := mostText
	for i := n - 6; i < n; i++ {
		if raw[i] == '\\' {
			return i
		}
	}
	for n > 0 && raw[n]&0xC0 == 0x80 {
		n--
	}
	return n
}

// text reads a text that the window shows now. If a text grew, only the new part is read.
func (s *Screen) text(ms int64, text string, every uint64) {
	grown := false
	for i := range s.texts {
		if old := s.texts[i]; len(old) >= 8 && strings.HasPrefix(text, old) {
			if len(text) == len(old) {
				return
			}
			s.texts[i], grown = text, true
			break
		}
	}
	if !grown && every == everyRun {
		s.texts[s.next] = text
		s.next = (s.next + 1) % before
	}
	tokens, complete := split(text, longestText)
	if len(tokens) == 0 {
		return
	}
	if n := len(tokens); n <= longestWhole && (every == everyRun || n >= 3) {
		s.say(ms, whole(tokens).Hash)
	}
	if !complete && grown {
		tokens = tokens[:len(tokens)-1] // the last word may not be complete
	}
	run := tokens
	if len(s.tail) > 0 && len(tokens) < longestWhole {
		run = append(append(make([]uint64, 0, len(s.tail)+len(tokens)), s.tail...), tokens...)
	}
	s.readable = s.readable || len(run) >= runLength
	for i := 0; i+runLength <= len(run); i++ {
		if h := runOf(run[i : i+runLength]); uint64(h)%every == 0 {
			s.say(ms, h)
		}
	}
	if !grown {
		s.tail = append(s.tail[:0], run[max(0, len(run)-runLength+1):]...)
	}
}

func (s *Screen) say(ms int64, hash int64) {
	if at, ok := s.said[hash]; ok {
		if at.takes == s.takes {
			s.shown[at.at].ToMS = max(s.shown[at.at].ToMS, ms)
		}
		return
	}
	if len(s.shown) >= mostShown {
		return
	}
	if s.said == nil {
		s.said = map[int64]saidAt{}
	}
	s.said[hash] = saidAt{s.takes, uint32(len(s.shown))}
	s.shown = append(s.shown, Shown{hash, ms, ms})
}

// requests reads the ids of traces that requests sent, if the recorder records their headers.
func (s *Screen) requests(ms int64, event []byte) {
	for {
		i := bytes.Index(event, traceAhead)
		if i < 0 {
			return
		}
		event = event[i+len(traceAhead):]
		if len(event) > 32 && event[32] == '-' {
			s.say(ms, ID(Request, string(event[:32])))
		}
	}
}
