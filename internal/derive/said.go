package derive

import (
	"strings"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/llm"
	"github.com/playheadhq/playhead/internal/model"
)

// said is what was asked and answered in a generation, as plain text.
type said struct {
	question, answer string
	// asks says that the input has a message of a user.
	asks bool
}

// saidRoom bounds what is read of each end of a generation's input, and of its output. An answer of that length takes a quarter of an hour to read.
var saidRoom = llm.Limit{Parts: 200, Bytes: 64 << 10}

// saidIn reads the last message of the user and the answer.
func saidIn(c *model.Content) (s said) {
	first, last := llm.Ends(c.Input, llm.Asked, saidRoom, saidRoom)
	for _, messages := range [][]llm.Message{last.Messages, first.Messages} {
		for i := len(messages) - 1; i >= 0 && !s.asks; i-- {
			if messages[i].Role == "user" {
				s.question, s.asks = textOf(messages[i]), true
			}
		}
	}
	output, err := llm.Read(c.Output, llm.Answered, nil, saidRoom)
	if err != nil {
		return s // never: only a cursor can be wrong, and a first page has none
	}
	var answer []string
	for _, m := range output.Messages {
		if m.Role == "assistant" {
			if text := textOf(m); text != "" {
				answer = append(answer, text)
			}
		}
	}
	s.answer = strings.Join(answer, "\n\n")
	return s
}

// textOf is the text of a message without images, calls and thoughts.
func textOf(m llm.Message) string {
	var all []string
	for _, p := range m.Parts {
		if (p.Type == llm.PartText || p.Type == llm.PartRefusal) && p.Text != "" {
			all = append(all, p.Text)
		}
	}
	return strings.Join(all, "\n")
}

// sayings keeps what was said in the generations of sessions in progress, so that their heavy text is not read again for each part of a recording.
type sayings struct {
	all   map[sayingKey]said
	bytes int
}

// sayingKey names a generation: two projects may have the same uuid.
type sayingKey struct {
	project string
	uuid    uuid.UUID
}

const mostSayings = 16 << 20

func (s *sayings) add(id sayingKey, one said) {
	if s.bytes > mostSayings || s.all == nil {
		s.all, s.bytes = map[sayingKey]said{}, 0 // texts that are still needed are read again
	}
	s.all[id] = one
	s.bytes += len(one.question) + len(one.answer) + 100
}
