package ingest

import (
	"strings"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/rawjson"
	"github.com/playheadhq/playhead/internal/replay"
)

// builder makes the rows of one delivery.
type builder struct {
	p *Pipeline
	d *model.Delivery
	// pace is told of all work that takes longer the longer an event is.
	pace *rawjson.Pace
	ids  ids
	rows *rows
	// recordings is made when the first recording comes.
	recordings *replay.Encoder
	// refused are the refusals so far, those of one kind together.
	refused refusals
	// heap holds all contents of the delivery, so that they cost one allocation and do not keep the request's body.
	heap []byte
}

func newBuilder(p *Pipeline, d *model.Delivery, pace *rawjson.Pace) *builder {
	b := &builder{p: p, d: d, pace: pace, rows: new(rows)}
	batch := &b.rows.batch
	size, events := 0, 0
	for i := range d.Events {
		if d.Events[i].Name != snapshotEvent {
			events++
			if in := &d.Events[i]; !mayExceed(in, p.limits.EventBytes) {
				size += len(in.Properties) + len(in.Set) + len(in.SetOnce) + restRoom
			}
		}
	}
	if events > 0 {
		b.heap = make([]byte, 0, size)
		batch.Events = make([]model.Event, 0, events)
		batch.Contents = make([]model.Content, 0, events)
	}
	for _, r := range d.Refused {
		r.Project = d.Project
		b.refused.add(r)
	}
	return b
}

// keep moves what was appended to the heap since from out as a slice of its own.
func (b *builder) keep(from int) []byte { return b.heap[from:len(b.heap):len(b.heap)] }

// refuse notes that an event is not kept, and why. The detail tells the sender what to do.
func (b *builder) refuse(in *model.Incoming, f *fields, reason model.Reason, detail string) model.Outcome {
	r := b.refusal(in.Name, f, reason, detail, len(in.Raw))
	b.refused.add(r)
	return model.Outcome{ID: in.ID, Refused: &r}
}

func (b *builder) refusal(name string, f *fields, reason model.Reason, detail string, bytes int) model.Refusal {
	return model.Refusal{
		Project: b.d.Project, AtMS: b.receivedMS(), Reason: reason, Event: clip(name, maxName), Detail: detail, Library: library(f), Bytes: int64(bytes), Count: 1,
	}
}

// receivedMS is the time of receipt; adapters give it.
func (b *builder) receivedMS() int64 {
	if b.d.ReceivedMS > 0 {
		return b.d.ReceivedMS
	}
	return b.p.now().UnixMilli()
}

// finish sums up and counts. The builder is of no use afterwards.
func (b *builder) finish() *rows {
	r, m := b.rows, b.p.metrics
	r.batch.Refusals = b.refused.list
	for _, refusal := range r.batch.Refusals {
		m.refused.WithLabelValues(string(refusal.Reason)).Add(float64(max(refusal.Count, 1)))
	}
	r.bytes = rowBytes * int64(r.count())
	content := int64(0)
	for i := range r.batch.Events {
		m.events.WithLabelValues(r.batch.Events[i].Kind.String()).Inc()
		content += contentBytes(&r.batch.Contents[i])
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

// library names the client: "posthog-node/5.70.0".
func library(f *fields) string {
	name, version := scalar(f.lib, maxName), scalar(f.libVersion, 64)
	if version == "" {
		return name
	}
	return name + "/" + version
}

// distinctID is the event's: the top-level one, else that of the properties.
func distinctID(in *model.Incoming, f *fields) string {
	if id := strings.TrimSpace(in.DistinctID); id != "" {
		return clip(id, maxID)
	}
	return strings.TrimSpace(scalar(f.distinctID, maxID))
}

// or returns a, or what v says when a is empty.
func or(a string, v []byte) string {
	if a != "" {
		return clip(a, maxID)
	}
	return scalar(v, maxID)
}

func isObject(v []byte) bool { return rawjson.KindOf(v) == rawjson.Object }
