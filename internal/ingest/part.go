package ingest

import "github.com/playheadhq/playhead/internal/store"

// What one request brings to one commit at most. A request with more is committed part by part, with others' in between: one with
// 50,000 events takes over a second, in which everybody else would wait. Storing a part again changes nothing, so a sender
// who has no answer and sends all of it again does no harm.
const (
	partRows  = 1000
	partBytes = 4 << 20
)

// manyParts says whether the rows are more than one part.
func (r *rows) manyParts() bool { return r.count() > partRows || r.bytes > partBytes }

// cut removes the first part and returns it: blocks and events, and when they are gone identities and refusals. Refusals have no
// key, so they count only when all else is stored.
func (r *rows) cut() *rows {
	if !r.manyParts() {
		part := *r
		*r = rows{}
		return &part
	}
	all, part := &r.batch, &rows{}
	take := func(size int64) bool {
		n := part.count()
		if n == partRows || n > 0 && part.bytes+size > partBytes {
			return false
		}
		part.bytes += size
		return true
	}
	b := &part.batch
	for i := range all.Blocks {
		if !take(rowBytes + int64(len(r.bodies[i]))) {
			break
		}
		b.Blocks, part.bodies = all.Blocks[:i+1], r.bodies[:i+1]
	}
	for i := range all.Events {
		if !take(eventRowBytes(&all.Events[i]) + contentBytes(&all.Contents[i])) {
			break
		}
		b.Events, b.Contents = all.Events[:i+1], all.Contents[:i+1]
	}
	if len(b.Blocks) == len(all.Blocks) && len(b.Events) == len(all.Events) {
		for i := range all.Identities {
			if !take(rowBytes) {
				break
			}
			b.Identities = all.Identities[:i+1]
		}
		for i := range all.Refusals {
			if len(b.Identities) < len(all.Identities) || !take(rowBytes) {
				break
			}
			b.Refusals = all.Refusals[:i+1]
		}
	}
	*all = store.Batch{
		Blocks: all.Blocks[len(b.Blocks):], Events: all.Events[len(b.Events):], Contents: all.Contents[len(b.Contents):],
		Identities: all.Identities[len(b.Identities):], Refusals: all.Refusals[len(b.Refusals):],
	}
	r.bodies = r.bodies[len(part.bodies):]
	r.bytes -= part.bytes
	return part
}
