package ingest

import (
	"time"

	"github.com/playheadhq/playhead/internal/store"
)

// partLimit bounds what one request brings to one commit. A request with more is committed part by part, with others' in between: one with
// 50,000 events takes over a second, in which everybody else would wait. Storing a part again changes nothing, so a sender
// who has no answer and sends all of it again does no harm.
type partLimit struct {
	rows  int
	bytes int64
}

var (
	// largePart is what nobody waits for who notices: some 50 ms of a commit.
	largePart = partLimit{1000, 4 << 20}
	// littlePart is for a time in which small requests come, whose commits it makes some 10 ms longer. It takes 30 % more processor time.
	littlePart = partLimit{200, 1 << 20}
)

// lately is how long after a small request the next one is expected.
const lately = time.Second

// holds says whether the rows are not more than one part.
func (p partLimit) holds(r *rows) bool { return r.count() <= p.rows && r.bytes <= p.bytes }

// cut removes the first part and returns it: blocks and events, and when they are gone identities and refusals. Refusals have no
// key, so they count only when all else is stored.
func (r *rows) cut(p partLimit) *rows {
	if p.holds(r) {
		whole := *r
		*r = rows{}
		return &whole
	}
	all, first := &r.batch, &rows{}
	take := func(size int64) bool {
		n := first.count()
		if n == p.rows || n > 0 && first.bytes+size > p.bytes {
			return false
		}
		first.bytes += size
		return true
	}
	b := &first.batch
	for i := range all.Blocks {
		if !take(rowBytes + int64(len(r.bodies[i]))) {
			break
		}
		b.Blocks, first.bodies = all.Blocks[:i+1], r.bodies[:i+1]
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
	r.bodies = r.bodies[len(first.bodies):]
	r.bytes -= first.bytes
	return first
}
