package ingest

import (
	"slices"
	"unsafe"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// rows is what one delivery adds to a commit.
type rows struct {
	batch store.Batch
	// bodies belong to batch.Blocks, and batch.Contents to batch.Events, in the same order.
	bodies [][]byte
	// bytes is the approximate memory of all of it.
	bytes int64
}

// rowBytes is the approximate memory of a row without its content.
const rowBytes = 700

// contentBytes is the memory of an event's text.
func contentBytes(c *model.Content) int64 {
	return int64(len(c.Properties) + len(c.Input) + len(c.Output) + len(c.Tools))
}

// propertyBytes is the memory of an event's properties and their list.
func propertyBytes(e *model.Event) int64 {
	n := int64(cap(e.Properties)) * int64(unsafe.Sizeof(model.Property{}))
	for i := range e.Properties {
		n += int64(len(e.Properties[i].Name) + len(e.Properties[i].Value))
	}
	return n
}

// eventRowBytes is the approximate memory of an event's row.
func eventRowBytes(e *model.Event) int64 { return rowBytes + propertyBytes(e) }

// eventBytes is the memory of an event or block of a request without its text, refused or not: its rows, its outcome, and a refusal. TestEventBytes
// checks it.
const eventBytes = 1300

func (r *rows) count() int {
	b := &r.batch
	return len(b.Events) + len(b.Blocks) + len(b.Identities) + len(b.Refusals)
}

func (r *rows) empty() bool { return r.count() == 0 }

// group is what several requests add to one commit.
type group struct {
	batch    store.Batch
	bodies   [][]byte
	requests []*request
	// repeated counts blocks that are already in the group.
	repeated int
}

// join combines requests. A block that several of them contain is written once.
func join(requests []*request) *group {
	g := &group{requests: requests}
	if len(requests) == 1 {
		r := requests[0].rows
		g.batch, g.bodies = r.batch, r.bodies
	} else {
		events, contents := 0, 0
		for _, q := range requests {
			events, contents = events+len(q.rows.batch.Events), contents+len(q.rows.batch.Contents)
		}
		g.batch.Events, g.batch.Contents = slices.Grow(g.batch.Events, events), slices.Grow(g.batch.Contents, contents)
		for _, q := range requests {
			b := &q.rows.batch
			g.batch.Events = append(g.batch.Events, b.Events...)
			g.batch.Contents = append(g.batch.Contents, b.Contents...)
			g.batch.Identities = append(g.batch.Identities, b.Identities...)
			g.batch.Blocks = append(g.batch.Blocks, b.Blocks...)
			g.bodies = append(g.bodies, q.rows.bodies...)
		}
		g.batch.Refusals = sumRefusals(requests)
	}
	g.dropRepeatedBlocks()
	return g
}

// blockKey is the key of a block: two projects may have blocks with the same uuid.
type blockKey struct {
	project string
	uuid    uuid.UUID
}

func keyOf(b *model.Block) blockKey { return blockKey{b.Project, b.UUID} }

func (g *group) dropRepeatedBlocks() {
	if len(g.batch.Blocks) < 2 {
		return
	}
	seen := make(map[blockKey]struct{}, len(g.batch.Blocks))
	blocks, bodies := g.batch.Blocks[:0:0], g.bodies[:0:0]
	for i, b := range g.batch.Blocks {
		key := keyOf(&b)
		if _, ok := seen[key]; ok {
			g.repeated++
			continue
		}
		seen[key] = struct{}{}
		blocks, bodies = append(blocks, b), append(bodies, g.bodies[i])
	}
	g.batch.Blocks, g.bodies = blocks, bodies
}
