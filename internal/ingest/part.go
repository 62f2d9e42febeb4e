package ingest

import (
	"time"

	"github.com/playheadhq/playhead/internal/store"
)

// partLimit limits what one request adds to one commit. A larger request is committed part by part, with other requests in between: a request with
// 50,000 events takes over a second, during which everybody else would wait. A sender that gets no answer can send the whole request again, because
// storing a part again changes nothing.
type partLimit struct {
	rows  int
	bytes int64
}

var (
	// largePart takes some 50 ms of a commit, which nobody notices.
	largePart = partLimit{1000, 4 << 20}
	// littlePart is used while small requests arrive. It makes their commits some 10 ms longer, and takes 30 % more processor time.
	littlePart = partLimit{200, 1 << 20}
)

// lately is how long after a small request another one is expected.
const lately = time.Second

// holds reports whether the rows fit into one part.
func (p partLimit) holds(r *rows) bool { return r.count() <= p.rows && r.bytes <= p.bytes }

// cut removes the first part and returns it. Blocks come first, then events, identities and refusals. Refusals have no key, so they are counted only
// after everything else is stored.
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
