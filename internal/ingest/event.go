package ingest

import (
	"bytes"
	"fmt"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/rawjson"
)

// event takes any event but a $snapshot.
func (b *builder) event(in *model.Incoming) model.Outcome {
	properties := rawjson.Trim(in.Properties)
	f := readFields(properties)
	if in.Name == "" {
		return b.refuse(in, &f, model.ReasonNoName, `an event has no name: send it as "event"`)
	}
	who := distinctID(in, &f)
	if who == "" {
		return b.refuse(in, &f, model.ReasonNoDistinctID, `an event names no one: send "distinct_id", beside the event's name or in its properties`)
	}
	received := b.receivedMS()
	timeMS, given := eventTime(in.Timestamp, in.OffsetMS, received)
	e := model.Event{
		UUID:            b.ids.of(in.ID, in.Raw),
		Name:            clip(in.Name, maxName),
		Kind:            kindOf(in.Name),
		TimeMS:          timeMS,
		Untimed:         !given,
		ReceivedMS:      received,
		SentMS:          b.d.SentMS,
		DistinctID:      who,
		Personless:      falsehood(f.personProfile),
		SessionID:       or(in.SessionID, f.sessionID),
		WindowID:        or(in.WindowID, f.windowID),
		URL:             scalar(f.url, maxURL),
		RecordingStatus: scalar(f.recordingStatus, 64),
		Library:         library(&f),
	}
	e.StartMS, e.LatencyMS, e.FirstTokenMS, e.Tokens = e.TimeMS, -1, -1, unknownTokens
	if isAI(in.Name) {
		describeAI(&e, &f.ai)
	}
	content, cut := b.content(&e, in, &f, properties)
	if cut > 0 {
		e.Truncated = true
		detail := fmt.Sprintf("an event had more content than the %d bytes allowed; the rest was cut off", b.p.limits.EventBytes)
		b.rows.batch.Refusals = append(b.rows.batch.Refusals, b.refusal(in.Name, &f, model.ReasonTruncated, detail, cut))
	}
	batch := &b.rows.batch
	batch.Events = append(batch.Events, e)
	batch.Contents = append(batch.Contents, content)
	batch.Identities = appendIdentities(batch.Identities, &e, in, &f)
	return model.Outcome{ID: e.UUID.String(), Truncated: e.Truncated}
}

// content takes the heavy text of an event. Cut is how many bytes of it were left out.
func (b *builder) content(e *model.Event, in *model.Incoming, f *fields, properties []byte) (c model.Content, cut int) {
	c = model.Content{UUID: e.UUID, TimeMS: e.TimeMS}
	var input, output, tools []byte
	if isAI(in.Name) {
		input = firstGiven(f.ai.input, f.ai.inputState)
		output = firstGiven(f.ai.outputChoices, f.ai.output, f.ai.outputState)
		tools = given(f.ai.tools)
	}
	if len(properties) > b.p.limits.EventBytes {
		// The heap would keep what is cut off.
		heap := b.heap
		b.heap = nil
		defer func() { b.heap = heap }()
	}
	from := len(b.heap)
	b.heap = appendRest(b.heap, in, f, properties, input, output, tools)
	c.Properties = b.keep(from)
	parts := [...]*[]byte{&c.Properties, &c.Input, &c.Output, &c.Tools}
	for i, v := range [...][]byte{nil, input, output, tools} {
		if v != nil {
			from = len(b.heap)
			b.heap = appendCanonical(b.heap, v)
			*parts[i] = b.keep(from)
		}
	}
	if size := len(c.Properties) + len(c.Input) + len(c.Output) + len(c.Tools); size > b.p.limits.EventBytes {
		cut = size - cutContent(parts[:], b.p.limits.EventBytes)
	}
	return c, cut
}

// cutContent cuts the longest parts so that all of them together fit into most bytes, and returns how long they are now.
func cutContent(parts []*[]byte, most int) int {
	// The shortest parts stay whole; what they leave is shared by the others.
	left, total := most, 0
	for n := len(parts); n > 0; n-- {
		shortest := 0
		for i := range n {
			if len(*parts[i]) < len(*parts[shortest]) {
				shortest = i
			}
		}
		p := parts[shortest]
		parts[shortest], parts[n-1] = parts[n-1], p
		*p = bytes.Clone(truncateJSON(*p, left/n))
		left = max(0, left-len(*p))
		total += len(*p)
	}
	return total
}

// appendRest appends the properties that are not stored elsewhere, as they came, and the top-level $set and $set_once when
// the properties have none.
func appendRest(dst []byte, in *model.Incoming, f *fields, properties []byte, elsewhere ...[]byte) []byte {
	start := len(dst)
	dst = append(dst, '{')
	member := func(key, v []byte) {
		if len(dst) > start+1 {
			dst = append(dst, ',')
		}
		dst = append(dst, '"')
		dst = append(dst, key...)
		dst = append(dst, '"', ':')
		dst = append(dst, v...)
	}
next:
	for key, v := range rawjson.Members(properties) {
		for _, taken := range elsewhere {
			if len(taken) > 0 && &taken[0] == &v[0] {
				continue next
			}
		}
		member(key, v)
	}
	if f.set == nil && isObject(in.Set) {
		member([]byte("$set"), in.Set)
	}
	if f.setOnce == nil && isObject(in.SetOnce) {
		member([]byte("$set_once"), in.SetOnce)
	}
	return append(dst, '}')
}
