package query

import (
	"bytes"
	"encoding/json"
	"strconv"

	"github.com/playheadhq/playhead/internal/llm"
	"github.com/playheadhq/playhead/internal/model"
)

// contentView makes messages of an event's heavy text.
func contentView(e *model.Event, c *model.Content) Content {
	v := Content{
		Input: llm.Messages(c.Input), Output: llm.Messages(c.Output), Tools: raw(c.Tools), RawInput: raw(c.Input),
		RawOutput: raw(c.Output), Properties: raw(c.Properties),
	}
	// Privacy mode sends null for what was said. A call that failed has no output either, but still its input.
	v.Private = (e.Kind == model.KindGeneration || e.Kind == model.KindEmbedding) &&
		!e.Truncated && v.RawInput == nil && v.RawOutput == nil
	return v
}

// raw is stored JSON as it may be put into an answer: nil for null, and a string where cutting it to size left no JSON.
func raw(b []byte) json.RawMessage {
	b = bytes.TrimSpace(b)
	switch {
	case len(b) == 0, string(b) == "null":
		return nil
	case json.Valid(b):
		return b
	default:
		q, err := json.Marshal(string(b))
		if err != nil { // a string always marshals
			return json.RawMessage(strconv.Quote(""))
		}
		return q
	}
}
