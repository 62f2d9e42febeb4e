package replay

import (
	"cmp"
	"container/heap"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"sort"
	"strconv"

	"github.com/playheadhq/playhead/internal/blocks"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/rawjson"
)

// Source reads blocks. blocks.Store implements it.
type Source interface {
	Read(ctx context.Context, at model.Location) ([]byte, error)
}

// GapTag is the tag of the custom rrweb event that replaces a block that cannot be read:
//
//	{"type":5,"data":{"tag":"playhead.gap","payload":{"from_ms":…,"to_ms":…,"events":…,"reason":"missing|corrupt|unreadable","block":"uuid"}},"timestamp":…}
const GapTag = "playhead.gap"

// From yields the rrweb events to play a window from atMS on, as JSON lines without their line breaks, in the order of their times. It begins with the
// last full snapshot at or before atMS and its Meta event. If there is none before atMS, it begins with the first one after it; if there is none at
// all, with the first event. It ends with the last event at or before untilMS; 0 means the end of the recording. index has the window's blocks in any
// order.
//
// It only reads blocks that can contain these events, and each only when it is needed. Blocks that overlap in time are in memory together, up to
// maxOpen; if more overlap, the events are not in exact order of time. A block that cannot be read is replaced by a GapTag event. If it contained the
// snapshot to begin with, the snapshot before it is used. An error is yielded only if a later retry may succeed, and ends the sequence. A yielded line
// is valid until the caller asks for the next.
func From(ctx context.Context, src Source, index []model.Block, atMS, untilMS int64) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		p := newPlayback(ctx, src, index)
		if err := p.start(atMS); err != nil {
			yield(nil, err)
			return
		}
		p.play(untilMS, func(_ position, line []byte, err error) bool { return yield(line, err) })
	}
}

// playback merges the blocks of one window.
type playback struct {
	ctx   context.Context
	src   Source
	index []model.Block // by rank: FirstMS, then ReceivedMS, then uuid
	// opened are blocks that were read to find the start, and not played yet.
	opened map[int]*Lines
	failed map[int]error

	// from is the start: playback begins with the first event at or after this position.
	from position
	// preface is the Meta event of a snapshot, from an earlier block. gaps are the blocks whose snapshots could not be read.
	preface []byte
	gaps    []int

	next    int // the first block of index that is not merged yet
	cursors cursors
	size    int // bytes of the blocks that are being merged
}

// maxOpen limits the size of the blocks that are merged, in bytes of their lines: above it, no more are opened. A browser's blocks have about one
// megabyte, and at most two overlap; but a stranger can send thousands that overlap.
const maxOpen = 64 << 20

// position is the place of an event in the order of a window: by time, then block, then line.
type position struct {
	ms         int64
	rank, line int
}

func (a position) compare(b position) int {
	return cmp.Or(cmp.Compare(a.ms, b.ms), cmp.Compare(a.rank, b.rank), cmp.Compare(a.line, b.line))
}

func newPlayback(ctx context.Context, src Source, index []model.Block) *playback {
	p := &playback{ctx: ctx, src: src, opened: map[int]*Lines{}, failed: map[int]error{}}
	p.index = slices.DeleteFunc(slices.Clone(index), func(b model.Block) bool { return b.Events == 0 })
	slices.SortFunc(p.index, func(a, b model.Block) int {
		return cmp.Or(cmp.Compare(a.FirstMS, b.FirstMS), cmp.Compare(a.ReceivedMS, b.ReceivedMS), slices.Compare(a.UUID[:], b.UUID[:]))
	})
	return p
}

// start finds the snapshot to begin with.
func (p *playback) start(atMS int64) error {
	for _, c := range p.candidates(atMS) {
		lines, err := p.read(c.rank)
		if err != nil {
			return err
		}
		if lines != nil && (c.line < 0 || c.line >= lines.Len()) {
			p.failed[c.rank] = fmt.Errorf("%w: %d lines, a snapshot at line %d", ErrCorrupt, lines.Len(), c.line)
			lines = nil
		}
		if lines == nil {
			p.gaps = append(p.gaps, c.rank)
			continue
		}
		p.from = position{lines.TimeMS(c.line), c.rank, c.line}
		p.opened[c.rank] = lines
		break
	}
	// Gaps after the start are handled during playback.
	p.gaps = slices.DeleteFunc(p.gaps, func(rank int) bool { return p.index[rank].LastMS >= p.from.ms })
	slices.Sort(p.gaps)
	p.gaps = slices.Compact(p.gaps)
	return p.findMeta()
}

// candidates returns the snapshots to try, best first.
func (p *playback) candidates(atMS int64) []position {
	var all []position
	for rank := range p.index {
		for _, s := range p.index[rank].Snapshots {
			all = append(all, position{s.AtMS, rank, int(s.Line)})
		}
	}
	slices.SortFunc(all, position.compare)
	after := sort.Search(len(all), func(i int) bool { return all[i].ms > atMS })
	slices.Reverse(all[:after])
	return all
}

// metaReach is how many blocks back the Meta event of a snapshot is searched. The recorder makes both together, but a large snapshot may not fit into
// the batch of its Meta event, and is then the first of the next batch.
const metaReach = 4

// findMeta finds the Meta event for a snapshot whose own block has none. Without it the player does not know the size of
// the page.
func (p *playback) findMeta() error {
	lines := p.opened[p.from.rank]
	if lines == nil || lineType(lines.Line(p.from.line)) == typeMeta {
		return nil
	}
	for rank, tried := p.from.rank, 0; rank >= 0 && tried <= metaReach; rank, tried = rank-1, tried+1 {
		earlier := lines
		if rank != p.from.rank {
			var err error
			if earlier, err = p.read(rank); err != nil {
				return err
			}
			if earlier == nil {
				continue
			}
		}
		for i := earlier.Len() - 1; i >= 0; i-- {
			if (position{earlier.TimeMS(i), rank, i}).compare(p.from) < 0 && lineType(earlier.Line(i)) == typeMeta {
				p.preface = slices.Clone(earlier.Line(i))
				return nil
			}
		}
	}
	return nil
}

// lineType returns the rrweb type of an event.
func lineType(line []byte) int64 {
	const head = `{"type":` // as every recorder writes it
	if len(line) > len(head)+1 && string(line[:len(head)]) == head && line[len(head)+1] == ',' {
		return int64(line[len(head)] - '0')
	}
	f, ok := rawjson.Float(rawjson.Member(line, "type"))
	if !ok {
		return -1
	}
	return int64(f)
}

// play yields the merged events from the start on, each with its position.
func (p *playback) play(untilMS int64, yield func(position, []byte, error) bool) {
	if p.preface != nil && !yield(p.from, p.preface, nil) {
		return
	}
	for first := true; ; first = false {
		if err := p.open(); err != nil {
			yield(position{}, nil, err)
			return
		}
		if len(p.cursors) == 0 {
			return
		}
		c := p.cursors[0]
		at := c.position()
		if untilMS > 0 && at.ms > untilMS {
			return
		}
		if !yield(at, c.event(), nil) {
			return
		}
		if first {
			for _, rank := range p.gaps {
				if !yield(at, p.gapLine(rank, max(p.from.ms, p.index[rank].FirstMS)), nil) {
					return
				}
			}
		}
		if c.line++; c.line < c.len() {
			heap.Fix(&p.cursors, 0)
		} else {
			heap.Pop(&p.cursors)
			p.size -= c.size()
		}
	}
}

// open opens every block that may hold the next event.
func (p *playback) open() error {
	for p.next < len(p.index) {
		rank := p.next
		b := &p.index[rank]
		if len(p.cursors) > 0 && (b.FirstMS > p.cursors[0].position().ms || p.size >= maxOpen) {
			return nil
		}
		p.next++
		if b.LastMS < p.from.ms {
			continue
		}
		lines, err := p.read(rank)
		if err != nil {
			return err
		}
		delete(p.opened, rank)
		c := &cursor{rank: rank, lines: lines}
		if lines == nil {
			c.gapMS = max(b.FirstMS, p.from.ms)
			c.gap = p.gapLine(rank, c.gapMS)
		} else {
			c.line = sort.Search(lines.Len(), func(i int) bool { return position{lines.TimeMS(i), rank, i}.compare(p.from) >= 0 })
		}
		if c.line < c.len() {
			heap.Push(&p.cursors, c)
			p.size += c.size()
		}
	}
	return nil
}

// read returns a block's lines, nil if the block is lost. An error means that a later read may succeed.
func (p *playback) read(rank int) (*Lines, error) {
	if lines := p.opened[rank]; lines != nil {
		return lines, nil
	}
	if p.failed[rank] != nil {
		return nil, nil //nolint:nilerr // it is lost, which is shown as a gap
	}
	b := &p.index[rank]
	if err := p.ctx.Err(); err != nil { // a cache returns a block without checking the context
		return nil, fmt.Errorf("reading block %s: %w", b.UUID, err)
	}
	body, err := p.src.Read(p.ctx, b.Location)
	var lines *Lines
	if err == nil {
		lines, err = DecodeBlock(b, body)
	}
	if err == nil {
		return lines, nil
	}
	if gone := p.ctx.Err(); gone != nil || errors.Is(err, blocks.ErrUnavailable) {
		return nil, fmt.Errorf("reading block %s: %w", b.UUID, cmp.Or(gone, err))
	}
	p.failed[rank] = err
	return nil, nil
}

// gapLine returns the event that replaces a lost block.
func (p *playback) gapLine(rank int, atMS int64) []byte {
	b := &p.index[rank]
	reason := GapReason(p.failed[rank])
	line := append([]byte(nil), `{"type":5,"data":{"tag":"`+GapTag+`","payload":{"from_ms":`...)
	line = strconv.AppendInt(line, b.FirstMS, 10)
	line = strconv.AppendInt(append(line, `,"to_ms":`...), b.LastMS, 10)
	line = strconv.AppendInt(append(line, `,"events":`...), int64(b.Events), 10)
	line = append(line, `,"reason":"`+reason+`","block":"`+b.UUID.String()+`"}},"timestamp":`...)
	return append(strconv.AppendInt(line, atMS, 10), '}')
}

// GapReason returns one word for why a block cannot be shown: "missing", "corrupt" or "unreadable"; "" if err is nil.
func GapReason(err error) string {
	switch {
	case err == nil:
		return ""
	case errors.Is(err, blocks.ErrNotFound):
		return "missing"
	case errors.Is(err, ErrCorrupt):
		return "corrupt"
	}
	return "unreadable"
}

// cursor is the position of the merge in one block, or in the event that replaces a lost block.
type cursor struct {
	lines *Lines
	rank  int
	line  int
	gap   []byte
	gapMS int64
}

func (c *cursor) len() int {
	if c.lines == nil {
		return 1
	}
	return c.lines.Len()
}

// size returns about how many bytes the cursor holds in memory.
func (c *cursor) size() int {
	if c.lines == nil {
		return len(c.gap)
	}
	return len(c.lines.JSON) + 16*c.lines.Len()
}

func (c *cursor) position() position {
	if c.lines == nil {
		return position{c.gapMS, c.rank, 0}
	}
	return position{c.lines.TimeMS(c.line), c.rank, c.line}
}

func (c *cursor) event() []byte {
	if c.lines == nil {
		return c.gap
	}
	return c.lines.Line(c.line)
}

// cursors is a heap with the earliest event on top.
type cursors []*cursor

func (h cursors) Len() int           { return len(h) }
func (h cursors) Less(i, j int) bool { return h[i].position().compare(h[j].position()) < 0 }
func (h cursors) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *cursors) Push(x any)        { *h = append(*h, x.(*cursor)) }
func (h *cursors) Pop() any {
	old := *h
	last := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	return last
}
