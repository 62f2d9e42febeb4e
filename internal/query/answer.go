package query

import (
	"encoding/json"
)

// MaxAnswer is the most bytes of JSON that an answer has. What does not fit is read on with the cursor beside it. Recordings
// are streamed, and have no such limit.
const MaxAnswer = 4 << 20

// Shares of an answer for what grows with what was sent. Together with what is bounded by itself they make less than MaxAnswer.
const (
	listBytes     = 3 << 20    // rows of a list's page
	nodeBytes     = 1 << 20    // nodes of a trace, without their content
	inlineBytes   = 1536 << 10 // content of those nodes
	feedbackBytes = 768 << 10
	callBytes     = 1 << 20
	activityBytes = 1 << 20
	windowBytes   = 1 << 20
)

// encoded is how many bytes v takes in an answer.
func encoded(v any) int {
	var n counter
	enc := json.NewEncoder(&n)
	enc.SetEscapeHTML(false)
	if enc.Encode(v) != nil {
		return MaxAnswer // it cannot be sent at all
	}
	return int(n)
}

type counter int

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

// fitting is how many of items, from the first one on, take at most so many bytes; one does in any case, so that reading on
// always comes to an end.
func fitting[V any](items []V, bytes int) int {
	for i := range items {
		if bytes -= encoded(&items[i]); bytes < 0 && i > 0 {
			return i
		}
	}
	return len(items)
}
