package ingest

import (
	"cmp"
	"fmt"
	"iter"
	"slices"

	"github.com/playheadhq/playhead/internal/llm"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/rawjson"
)

// event accepts an event that has at most size bytes of content. An error means that the whole delivery must be sent again.
func (b *builder) event(a *model.Arrival, size int) (model.Outcome, error) {
	e := a.Event
	if n := propertyBytes(&e); n > 0 && b.d.Reserve != nil {
		if err := b.d.Reserve(n); err != nil {
			return model.Outcome{}, err
		}
	}
	e.Project, e.ReceivedMS, e.SentMS = b.d.Project, b.receivedMS(), b.d.SentMS
	timeMS, given := eventTime(a, e.ReceivedMS)
	e.TimeMS, e.StartMS, e.Untimed = timeMS, timeMS, !given
	if a.AtEnd && e.LatencyMS > 0 {
		e.StartMS -= int64(e.LatencyMS + 0.5)
	}
	if e.TraceID == "" && e.Kind != model.KindOther && e.Kind != model.KindNote {
		e.TraceID = e.UUID.String() // a trace of its own
	}
	if !e.Stopped {
		e.ErrorGroup = errorGroup(e.Error)
	}
	if e.Tools == "" && e.Kind == model.KindGeneration {
		tools, server := llm.ToolsCalled(b.pace, a.Output)
		e.Tools, e.MCPServer = model.JoinTools(tools...), cmp.Or(e.MCPServer, server)
	}
	content, cut := b.content(&e, a, size)
	// Previews are made from the cut content, so that their cost is limited like the content.
	content.InputPreview, content.OutputPreview = llm.Preview(b.pace, content.Input, false), llm.Preview(b.pace, content.Output, true)
	if answered := content.OutputPreview != ""; a.Prices != nil {
		b.p.prices.SetBy(&e, a.Prices, answered)
	} else {
		b.p.prices.Set(&e, answered)
	}
	if cut > 0 {
		e.Truncated = true
		detail := fmt.Sprintf("an event had more content than the %d bytes allowed; the rest was cut off", b.p.limits.EventBytes)
		b.refused.add(b.refusal(a, model.ReasonTruncated, detail, cut))
	}
	batch := &b.rows.batch
	batch.Events = append(batch.Events, e)
	batch.Contents = append(batch.Contents, content)
	for _, id := range a.Identities {
		id.Project, id.UUID, id.TimeMS = e.Project, e.UUID, e.TimeMS
		batch.Identities = append(batch.Identities, id)
	}
	return model.Outcome{ID: e.UUID.String(), Truncated: e.Truncated}, nil
}

// content builds the heavy text of an event. cut is the number of bytes that were left out.
func (b *builder) content(e *model.Event, a *model.Arrival, size int) (c model.Content, cut int) {
	c = model.Content{Project: e.Project, UUID: e.UUID, TimeMS: e.TimeMS}
	parts := [...]part{
		{to: &c.Properties, members: rest(b.pace, a)},
		{to: &c.Input, v: a.Input}, {to: &c.Output, v: a.Output}, {to: &c.Tools, v: a.Tools},
	}
	if size > b.p.limits.EventBytes {
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

// part is one of the texts that make up an event's stored content.
type part struct {
	to *[]byte
	// members are the properties that are stored nowhere else. All other parts are one value, nil if absent.
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

// appendTruncated appends the part cut to about most bytes.
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

// fit writes parts that together may be longer than most bytes, each into its own memory, and returns the number of bytes that did not fit. A part is
// cut before it is written.
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
	// The shortest parts are kept whole; the others share the space that is left.
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

// rest yields the properties that are not stored elsewhere, unchanged, and then the members of More.
func rest(pace *rawjson.Pace, a *model.Arrival) iter.Seq2[[]byte, []byte] {
	return func(yield func(key, v []byte) bool) {
		for key, v := range pace.Members(a.Properties) {
			if same(v, a.Input) || same(v, a.Output) || same(v, a.Tools) {
				continue
			}
			if !yield(key, v) {
				return
			}
		}
		for _, m := range a.More {
			if !yield([]byte(m.Name), m.Value) {
				return
			}
		}
	}
}

// same reports whether two values are the same bytes of a body, and not only equal.
func same(a, b []byte) bool { return len(a) > 0 && len(b) > 0 && &a[0] == &b[0] }

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

// objectSize is the number of bytes that appendObject appends.
func objectSize(members iter.Seq2[[]byte, []byte]) int {
	size := len("{")
	for key, v := range members {
		size += len(key) + len(v) + len(`"":,`)
	}
	return max(size, len("{}"))
}
