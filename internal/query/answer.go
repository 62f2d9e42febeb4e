package query

import (
	"encoding/json"
)

// MaxAnswer is the maximum size of an answer in bytes of JSON. An answer with more rows has a cursor for the rest. Recordings are streamed, and have
// no such limit.
const MaxAnswer = 4 << 20

// Shares of an answer for the parts whose size depends on stored data. Together with the parts of limited size they are smaller than MaxAnswer.
const (
	listBytes     = 3 << 20    // rows of a list's page
	nodeBytes     = 1 << 20    // nodes of a trace, without their content
	inlineBytes   = 1536 << 10 // content of those nodes
	feedbackBytes = 768 << 10
	callBytes     = 1 << 20
	activityBytes = 1 << 20
	timelineBytes = 48 << 10 // all of a session's timeline
	windowBytes   = 1 << 20
)

// encoded is the size of v as JSON in bytes.
func encoded(v any) int {
	var n counter
	enc := json.NewEncoder(&n)
	enc.SetEscapeHTML(false)
	if enc.Encode(v) != nil {
		return MaxAnswer // it cannot be encoded, so it must not count as small
	}
	return int(n)
}

type counter int

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

// fitting returns how many of the first items fit into a number of bytes. It is at least one, so that following the cursor always reaches the end.
func fitting[V any](items []V, bytes int) int {
	for i := range items {
		if bytes -= encoded(&items[i]); bytes < 0 && i > 0 {
			return i
		}
	}
	return len(items)
}
