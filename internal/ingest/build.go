package ingest

import (
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/rawjson"
	"github.com/playheadhq/playhead/internal/replay"
	"github.com/playheadhq/playhead/internal/reports"
)

// builder makes the rows of one delivery.
type builder struct {
	p *Pipeline
	d *model.Delivery
	// pace is called during all work whose time grows with the length of an event.
	pace *rawjson.Pace
	rows *rows
	// recordings is created with the first recording.
	recordings *replay.Encoder
	// refused are the refusals so far, one entry for each kind.
	refused refusals
	// heap contains all contents of the delivery, so that they need one allocation and do not keep the request's body in memory.
	heap []byte
}

// sizes is what is known about a delivery before its arrivals are read.
type sizes struct {
	arrivals   int
	recordings int
	content    int // of all events that need not be cut
}

func sizesOf(d *model.Delivery, most int) (n sizes) {
	if d.Arrivals == nil {
		return n
	}
	n.arrivals = d.Arrivals.Len()
	for i := range n.arrivals {
		size, recording := d.Arrivals.Size(i)
		if recording {
			n.recordings++
		} else if size <= most {
			n.content += size
		}
	}
	return n
}

func newBuilder(p *Pipeline, d *model.Delivery, n sizes, pace *rawjson.Pace) *builder {
	b := &builder{p: p, d: d, pace: pace, rows: new(rows)}
	batch := &b.rows.batch
	if events := n.arrivals - n.recordings; events > 0 {
		b.heap = make([]byte, 0, n.content)
		batch.Events = make([]model.Event, 0, events)
		batch.Contents = make([]model.Content, 0, events)
	}
	for _, r := range d.Refused {
		r.Project = d.Project
		b.refused.add(r)
	}
	return b
}

// take makes rows from all arrivals and returns the outcome of each.
func (b *builder) take(n int) ([]model.Outcome, error) {
	outcomes := make([]model.Outcome, n)
	var a model.Arrival
	for i := range outcomes {
		b.pace.Work(eventBytes) // the work for an event that does not depend on its length
		a = model.NewArrival()
		err := b.d.Arrivals.Read(i, &a)
		if err != nil {
			return nil, err
		}
		size, recording := b.d.Arrivals.Size(i)
		switch {
		case a.Refused != "":
			outcomes[i] = b.refuse(&a, a.Refused, a.Detail)
		case recording:
			outcomes[i], err = b.recording(&a)
		default:
			a.Event.Order = int32(i)
			outcomes[i], err = b.event(&a, size)
		}
		if err == nil {
			err = b.pace.Err()
		}
		if err != nil {
			return nil, err
		}
	}
	return outcomes, nil
}

// keep returns what was appended to the heap since from as a slice of its own.
func (b *builder) keep(from int) []byte { return b.heap[from:len(b.heap):len(b.heap)] }

// refuse records that an event is not kept, and why. detail tells the sender what to do.
func (b *builder) refuse(a *model.Arrival, reason model.Reason, detail string) model.Outcome {
	r := b.refusal(a, reason, detail, a.Bytes)
	b.refused.add(r)
	return model.Outcome{Refused: &r}
}

func (b *builder) refusal(a *model.Arrival, reason model.Reason, detail string, bytes int) model.Refusal {
	return model.Refusal{
		Project: b.d.Project, AtMS: b.receivedMS(), Reason: reason, Event: a.Event.Name, Detail: detail, Library: a.Event.Library, Bytes: int64(bytes), Count: 1,
	}
}

// receivedMS is the time of receipt, which the protocol's package sets.
func (b *builder) receivedMS() int64 {
	if b.d.ReceivedMS > 0 {
		return b.d.ReceivedMS
	}
	return b.p.now().UnixMilli()
}

// finish adds up the refusals and counts the events. The builder cannot be used afterwards.
func (b *builder) finish() *rows {
	r, m := b.rows, b.p.metrics
	inheritConversation(r.batch.Events)
	contents := r.batch.Contents
	reports.Join(r.batch.Events, reports.Known{Said: func(i int) bool { return len(contents[i].Input)+len(contents[i].Output) > 0 }})
	r.batch.Refusals = b.refused.list
	for _, refusal := range r.batch.Refusals {
		m.refused.WithLabelValues(string(refusal.Reason)).Add(float64(max(refusal.Count, 1)))
	}
	r.bytes = rowBytes * int64(r.count()-len(r.batch.Events))
	content := int64(0)
	for i := range r.batch.Events {
		m.events.WithLabelValues(r.batch.Events[i].Kind.String()).Inc()
		content += contentBytes(&r.batch.Contents[i])
		r.bytes += eventRowBytes(&r.batch.Events[i])
	}
	r.bytes += content
	m.eventBytes.Add(float64(content))
	for i, body := range r.bodies {
		r.bytes += int64(len(body))
		m.blocks.Inc()
		m.blockBytes.Add(float64(len(body)))
		m.rrwebBytes.Add(float64(r.batch.Blocks[i].RawBytes))
	}
	return r
}
