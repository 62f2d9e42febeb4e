package ingest

import (
	"cmp"
	"fmt"
	"iter"
	"slices"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/rawjson"
)

// event takes any event but a $snapshot.
func (b *builder) event(in *model.Incoming) model.Outcome {
	properties := rawjson.Trim(in.Properties)
	f := readFields(b.pace, properties)
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
		Project:         b.d.Project,
		UUID:            b.ids.of(b.pace, in.ID, in.Raw),
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
		describeAI(b.pace, &e, &f.ai)
	}
	content, cut := b.content(&e, in, &f, properties)
	if isAI(in.Name) { // of what is left when it was cut, so that no preview costs more than a kept event
		e.InputPreview, e.OutputPreview = glance(b.pace, content.Input, "user"), glance(b.pace, content.Output, "assistant")
	}
	if cut > 0 {
		e.Truncated = true
		detail := fmt.Sprintf("an event had more content than the %d bytes allowed; the rest was cut off", b.p.limits.EventBytes)
		b.refused.add(b.refusal(in.Name, &f, model.ReasonTruncated, detail, cut))
	}
	batch := &b.rows.batch
	batch.Events = append(batch.Events, e)
	batch.Contents = append(batch.Contents, content)
	batch.Identities = appendIdentities(b.pace, batch.Identities, &e, in, &f)
	return model.Outcome{ID: e.UUID.String(), Truncated: e.Truncated}
}

// content takes the heavy text of an event. Cut is how many bytes of it were left out.
func (b *builder) content(e *model.Event, in *model.Incoming, f *fields, properties []byte) (c model.Content, cut int) {
	c = model.Content{Project: e.Project, UUID: e.UUID, TimeMS: e.TimeMS}
	var input, output, tools []byte
	if isAI(in.Name) {
		input = firstGiven(f.ai.input, f.ai.inputState)
		output = firstGiven(f.ai.outputChoices, f.ai.output, f.ai.outputState)
		tools = given(f.ai.tools)
	}
	parts := [...]part{
		{to: &c.Properties, members: rest(b.pace, in, f, properties, input, output, tools)},
		{to: &c.Input, v: input}, {to: &c.Output, v: output}, {to: &c.Tools, v: tools},
	}
	if mayExceed(in, b.p.limits.EventBytes) {
		return c, fit(b.pace, parts[:], b.p.limits.EventBytes)
	}
	for i := range parts {
		from := len(b.heap)
		if b.heap = parts[i].append(b.pace, b.heap); len(b.heap) > from {
			*parts[i].to = b.keep(from)
		}
	}
	return c, 0
}

// mayExceed says whether an event's content could be more than most bytes. What is stored is never longer than what came.
func mayExceed(in *model.Incoming, most int) bool {
	return len(in.Properties)+len(in.Set)+len(in.SetOnce)+restRoom > most
}

// part is one of the texts that an event's content is stored as.
type part struct {
	to *[]byte
	// members are those of the properties that are stored nowhere else; all other parts are one value, nil when absent.
	members iter.Seq2[[]byte, []byte]
	v       []byte
	size    int // set by fit
}

// append appends the whole part.
func (p *part) append(pace *rawjson.Pace, dst []byte) []byte {
	if p.members == nil {
		return appendCanonical(pace, dst, p.v)
	}
	return appendObject(dst, p.members)
}

// appendTruncated appends the part so that it fits into about most bytes.
func (p *part) appendTruncated(pace *rawjson.Pace, dst []byte, most int) []byte {
	switch {
	case p.size <= most:
		return p.append(pace, dst)
	case p.members == nil:
		return appendTruncated(pace, dst, p.v, most, canonical)
	}
	var long []int
	for key, v := range p.members {
		if len(key)+2 > keepWhole {
			long = append(long, len(key)+2)
		}
		long = stringLengths(pace, long, v, asSent)
	}
	t := newTruncator(pace, dst, most, stringCap(p.size, long, most), asSent)
	t.begin('{')
	for key, v := range p.members {
		if t.next(key) {
			t.value(v)
		} else {
			t.leaveOut(len(key) + len(v) + len(`"":`))
		}
	}
	t.end()
	return t.out
}

// fit writes parts that may be longer than most bytes together, each into memory of its own, and returns how many bytes did
// not fit. Nothing is written before it is cut.
func fit(pace *rawjson.Pace, parts []part, most int) (cut int) {
	total := 0
	for i := range parts {
		p := &parts[i]
		if p.members == nil {
			p.size = canonicalSize(pace, p.v)
		} else {
			p.size = objectSize(p.members)
		}
		total += p.size
	}
	slices.SortStableFunc(parts, func(a, b part) int { return cmp.Compare(a.size, b.size) })
	// The shortest parts stay whole; what they leave is shared by the others.
	left, kept := most, 0
	for i := range parts {
		p := &parts[i]
		if p.size == 0 {
			continue
		}
		room := p.size
		if total > most {
			room = left / (len(parts) - i)
		}
		*p.to = p.appendTruncated(pace, make([]byte, 0, min(p.size, room+room/64+1024)), room)
		left = max(0, left-len(*p.to))
		kept += len(*p.to)
	}
	return total - kept
}

// restRoom is what rest may take beyond what came: brackets, and the names of a top-level $set and $set_once.
const restRoom = 64

// rest yields the properties that are not stored elsewhere, as they came, and the top-level $set and $set_once when the
// properties have none.
func rest(pace *rawjson.Pace, in *model.Incoming, f *fields, properties []byte, elsewhere ...[]byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(key, v []byte) bool) {
	next:
		for key, v := range pace.Members(properties) {
			for _, taken := range elsewhere {
				if len(taken) > 0 && &taken[0] == &v[0] {
					continue next
				}
			}
			if !yield(key, v) {
				return
			}
		}
		if f.set == nil && isObject(in.Set) && !yield([]byte("$set"), in.Set) {
			return
		}
		if f.setOnce == nil && isObject(in.SetOnce) {
			yield([]byte("$set_once"), in.SetOnce)
		}
	}
}

func appendObject(dst []byte, members iter.Seq2[[]byte, []byte]) []byte {
	start := len(dst)
	dst = append(dst, '{')
	for key, v := range members {
		if len(dst) > start+1 {
			dst = append(dst, ',')
		}
		dst = append(dst, '"')
		dst = append(dst, key...)
		dst = append(dst, '"', ':')
		dst = append(dst, v...)
	}
	return append(dst, '}')
}

// objectSize is how many bytes appendObject appends.
func objectSize(members iter.Seq2[[]byte, []byte]) int {
	size := len("{")
	for key, v := range members {
		size += len(key) + len(v) + len(`"":,`)
	}
	return max(size, len("{}"))
}
