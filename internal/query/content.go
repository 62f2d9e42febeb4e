package query

import (
	"github.com/tidwall/gjson"

	"github.com/playheadhq/playhead/internal/llm"
	"github.com/playheadhq/playhead/internal/model"
)

// contentView makes messages of an event's heavy text.
func contentView(c *model.Content) Content {
	v := Content{
		Input: llm.Messages(c.Input, false), Output: llm.Messages(c.Output, true),
		Tools: llm.Embeddable(c.Tools), RawInput: llm.Embeddable(c.Input), RawOutput: llm.Embeddable(c.Output),
		Properties: llm.Embeddable(c.Properties),
	}
	v.Private = v.RawInput == nil && v.RawOutput == nil && withheld(c)
	return v
}

// withheld reports whether the SDK said that it sends no input: privacy mode sends null, a caller of capture who records
// no content sends nothing.
func withheld(c *model.Content) bool {
	input := gjson.GetBytes(c.Properties, "$ai_input")
	return string(c.Input) == "null" || input.Exists() && input.Type == gjson.Null
}
