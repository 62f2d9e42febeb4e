package query

import (
	"github.com/playheadhq/playhead/internal/llm"
	"github.com/playheadhq/playhead/internal/model"
)

// contentView makes messages of an event's heavy text.
func contentView(e *model.Event, c *model.Content) Content {
	v := Content{
		Input: llm.Messages(c.Input, false), Output: llm.Messages(c.Output, true), Tools: llm.Embeddable(c.Tools), RawInput: llm.Embeddable(c.Input),
		RawOutput: llm.Embeddable(c.Output), Properties: llm.Embeddable(c.Properties),
	}
	// Privacy mode sends null for what was said. A call that failed has no output either, but still its input.
	v.Private = (e.Kind == model.KindGeneration || e.Kind == model.KindEmbedding) &&
		!e.Truncated && v.RawInput == nil && v.RawOutput == nil
	return v
}
