package ingest

import (
	"slices"
	"unsafe"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// rows is what one delivery brings to a commit.
type rows struct {
	batch store.Batch
	// bodies are those of batch.Blocks, in their order. batch.Contents are those of batch.Events, in theirs.
	bodies [][]byte
	// bytes is about how much memory all of it takes.
	bytes int64
}

// rowBytes is about what a row takes beside its content.
const rowBytes = 700

// contentBytes is what an event's text takes.
func contentBytes(c *model.Content) int64 {
	return int64(len(c.Properties) + len(c.Input) + len(c.Output) + len(c.Tools))
}

// propertyBytes is what an event's properties take, with the list of them.
func propertyBytes(e *model.Event) int64 {
	n := int64(cap(e.Properties)) * int64(unsafe.Sizeof(model.Property{}))
	for i := range e.Properties {
		n += int64(len(e.Properties[i].Name) + len(e.Properties[i].Value))
	}
	return n
}

// eventRowBytes is about what an event's row takes.
func eventRowBytes(e *model.Event) int64 { return rowBytes + propertyBytes(e) }

// eventBytes is what an event or block of a request takes beside its text, refused or not: its rows, its outcome, and a
// refusal. TestEventBytes adds it up.
const eventBytes = 1200

func (r *rows) count() int {
	b := &r.batch
	return len(b.Events) + len(b.Blocks) + len(b.Identities) + len(b.Refusals)
}

func (r *rows) empty() bool { return r.count() == 0 }

// group is what several requests bring to one commit.
type group struct {
	batch    store.Batch
	bodies   [][]byte
	requests []*request
	// repeated counts blocks that are in the group already.
	repeated int
}

// join puts requests together. A block that two of them bring is written once.
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

// blockKey is what a block is stored under: two projects may have blocks of the same uuid.
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
