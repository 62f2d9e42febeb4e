package replay

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/fnv"
	"iter"
	"runtime"
	"sort"
	"strconv"

	"github.com/google/uuid"
	"github.com/klauspost/compress/zstd"

	"github.com/playheadhq/playhead/internal/dom"
	"github.com/playheadhq/playhead/internal/model"
)

const (
	// A checkpoint is made for an instant more than apartMS after the last full snapshot before it, if at least worth bytes of events lie between.
	// Fewer events are played in less time than a usual page, which has 150 to 500 kB, takes to load.
	apartMS = 15_000
	worth   = 128 << 10
	// While a checkpoint is made, intermediate ones are kept after every so many bytes of events. This bounds the work of a seek to a new position: 40
	// ms of one core. Larger pages are kept after twice their size, so that keeping them takes less work than making them.
	every = 4 << 20
	// again is the number of bytes of events after which the checkpoint itself is kept, too.
	again = 512 << 10
	// maxGaps is the largest number of gaps that are passed on with a checkpoint.
	maxGaps = 64
)

// errNoCheckpoint means that the page cannot be made, because there is no full snapshot of it or it is too large.
var errNoCheckpoint = errors.New("no checkpoint")

// Checkpoints makes pages for instants at which the recorder took no full snapshot. It keeps the most recently used ones in memory. A checkpoint is
// rrweb events that show the page at an instant (see dom.Tree.Snapshot). Nothing depends on the kept ones: a lost checkpoint is made again, and if none
// can be made, the recording is played from its own snapshots.
type Checkpoints struct {
	kept  kept
	turns chan struct{}
}

// NewCheckpoints returns Checkpoints that keep at most the given number of bytes. Pages are made in parallel, one per processor; each takes up to
// dom.DefaultBytes.
func NewCheckpoints(most int) *Checkpoints {
	return &Checkpoints{kept: newKept(most), turns: make(chan struct{}, runtime.GOMAXPROCS(0))}
}

// turn waits for the right to make a page. done gives the right back; it may be called again.
func (c *Checkpoints) turn(ctx context.Context) (done func(), err error) {
	select {
	case c.turns <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	returned := false
	return func() {
		if !returned {
			returned = true
			<-c.turns
		}
	}, nil
}

// From is like the function From, but if the last full snapshot lies more than apartMS before atMS, it begins with a checkpoint of the page just before
// atMS. The checkpoint has the time of the last event before atMS. Gaps between the snapshot and atMS follow it with the same time. window must
// identify the recording's window uniquely.
func (c *Checkpoints) From(ctx context.Context, src Source, window string, index []model.Block, atMS, untilMS int64) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		p := newPlayback(ctx, src, index)
		if p.isFar(atMS) {
			if done := c.from(p, window, atMS, untilMS, yield); done {
				return
			}
			p = newPlayback(ctx, src, index)
		}
		if err := p.start(atMS); err != nil {
			yield(nil, err)
			return
		}
		p.play(untilMS, func(_ position, line []byte, err error) bool { return yield(line, err) })
	}
}

// from plays from a checkpoint. It returns false if no checkpoint can be made; then nothing was played.
func (c *Checkpoints) from(p *playback, window string, atMS, untilMS int64, yield func([]byte, error) bool) bool {
	done, err := c.turn(p.ctx)
	if err != nil {
		yield(nil, err)
		return true
	}
	defer done()
	m, err := c.begin(p, window, atMS)
	if err != nil {
		yield(nil, err)
		return true
	}
	made, stopped, impossible := false, false, false
	begin := func() bool {
		made = true
		lines, err := m.finish()
		if err != nil {
			impossible = true
			return false
		}
		done()
		for line := range bytes.Lines(lines) {
			if !yield(bytes.TrimSuffix(line, lineBreak), nil) {
				stopped = true
				return false
			}
		}
		return true
	}
	p.play(untilMS, func(at position, line []byte, err error) bool {
		if err != nil {
			yield(nil, err)
			stopped = true
			return false
		}
		if !made && at.ms < atMS {
			impossible = m.apply(at, line) != nil
			return !impossible
		}
		if !made && !begin() {
			return false
		}
		stopped = !yield(line, nil)
		return !stopped
	})
	if !made && !stopped && !impossible {
		begin()
	}
	return !impossible
}

// Page returns the page of a window at an instant, after all events at or before it. The tree is nil if there is no page: no full snapshot can be read,
// or the page is too large. An error means that a later try may succeed.
func (c *Checkpoints) Page(ctx context.Context, src Source, window string, index []model.Block, atMS int64) (*dom.Tree, error) {
	done, err := c.turn(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	p := newPlayback(ctx, src, index)
	m, err := c.begin(p, window, atMS)
	if err != nil {
		return nil, err
	}
	var failed error
	p.play(max(atMS, p.from.ms), func(at position, line []byte, err error) bool {
		if failed = err; failed == nil {
			failed = m.apply(at, line)
		}
		return failed == nil
	})
	switch {
	case errors.Is(failed, errNoCheckpoint), failed == nil && !m.tree.HasPage():
		return nil, nil
	case failed != nil:
		return nil, failed
	}
	return m.tree, nil
}

// isFar reports whether a checkpoint at atMS is worth making.
func (p *playback) isFar(atMS int64) bool {
	from, ok := p.snapshotBefore(atMS)
	if !ok || atMS-from <= apartMS {
		return false
	}
	between := int64(0)
	for i := range p.index {
		b := &p.index[i]
		if b.LastMS < from || b.FirstMS >= atMS {
			continue
		}
		if span := b.LastMS - b.FirstMS + 1; span > 0 {
			share := float64(min(b.LastMS+1, atMS)-max(b.FirstMS, from)) / float64(span)
			between += int64(share * float64(b.RawBytes))
		}
	}
	return between >= worth
}

// snapshotBefore returns the time of the last full snapshot at or before atMS, according to the index.
func (p *playback) snapshotBefore(atMS int64) (ms int64, ok bool) {
	for i := range p.index {
		for _, s := range p.index[i].Snapshots {
			if s.AtMS <= atMS && (!ok || s.AtMS > ms) {
				ms, ok = s.AtMS, true
			}
		}
	}
	return ms, ok
}

// making is a page that is being made from events.
type making struct {
	c      *Checkpoints
	p      *playback
	window string
	tree   *dom.Tree
	// last is the position of the last applied event.
	last position
	// size is the number of bytes that were applied since a checkpoint was kept.
	size int
	gaps [][]byte
}

// begin starts with the nearest checkpoint before atMS, or else with the last full snapshot.
func (c *Checkpoints) begin(p *playback, window string, atMS int64) (*making, error) {
	m := &making{c: c, p: p, window: window, tree: dom.New(dom.Limits{})}
	snapshot, ok := p.snapshotBefore(atMS)
	if ok {
		if k := c.kept.find(window, snapshot, atMS, p); k != nil {
			if at, ok := m.resume(k); ok {
				m.last = at
				p.from = position{at.ms, at.rank, at.line + 1}
				return m, nil
			}
			m.tree = dom.New(dom.Limits{})
		}
	}
	err := p.start(atMS)
	m.last = p.from
	return m, err
}

// resume sets the tree to a kept checkpoint, and returns the position of the last event in it.
func (m *making) resume(k *checkpoint) (at position, ok bool) {
	lines, err := decoder().DecodeAll(k.body, nil)
	if err != nil {
		return at, false
	}
	for line := range bytes.Lines(lines) {
		if m.tree.Apply(line) != nil {
			return at, false
		}
	}
	for rank := range m.p.index {
		if m.p.index[rank].UUID == k.block {
			return position{k.ms, rank, k.line}, true
		}
	}
	return at, false
}

var gapHead = []byte(`{"type":5,"data":{"tag":"` + GapTag + `"`)

// apply applies one event to the page. Errors: errNoCheckpoint.
func (m *making) apply(at position, line []byte) error {
	m.last = at
	if bytes.HasPrefix(line, gapHead) {
		if len(m.gaps) < maxGaps {
			m.gaps = append(m.gaps, bytes.Clone(line))
		}
		return nil
	}
	if err := m.tree.Apply(line); err != nil && !errors.Is(err, dom.ErrNotEvent) {
		return errNoCheckpoint
	}
	if m.size += len(line); m.size >= max(every, 2*m.tree.Bytes()) && m.tree.HasPage() {
		_, err := m.keep()
		return err
	}
	return nil
}

// finish returns the checkpoint as JSON lines, followed by the gaps.
func (m *making) finish() (lines []byte, err error) {
	if m.size >= again {
		lines, err = m.keep()
	} else {
		lines, err = m.tree.Snapshot(m.last.ms)
	}
	if err != nil {
		return nil, errNoCheckpoint
	}
	for _, gap := range m.gaps {
		const member = `,"timestamp":`
		lines = append(lines, gap[:bytes.LastIndex(gap, []byte(member))+len(member)]...)
		lines = append(strconv.AppendInt(lines, m.last.ms, 10), '}', '\n')
	}
	return lines, nil
}

// keep returns the checkpoint. It also keeps it, unless blocks were missing that may still arrive.
func (m *making) keep() ([]byte, error) {
	lines, err := m.tree.Snapshot(m.last.ms)
	if err != nil {
		return nil, errNoCheckpoint
	}
	m.size = 0
	if len(m.gaps) == 0 && len(m.p.failed) == 0 {
		z := zips.Get().(*zstd.Encoder)
		body := z.EncodeAll(lines, nil)
		zips.Put(z)
		m.c.kept.add(m.window, &checkpoint{ms: m.last.ms, block: m.p.index[m.last.rank].UUID, line: m.last.line, before: m.p.before(m.last.ms), body: bytes.Clone(body)})
	}
	return lines, nil
}

// before identifies the blocks that may have events at or before an instant. It changes when a block arrives late.
func (p *playback) before(ms int64) uint64 {
	h := fnv.New64a()
	n := sort.Search(len(p.index), func(i int) bool { return p.index[i].FirstMS > ms })
	var events [4]byte
	for i := range n {
		_, _ = h.Write(p.index[i].UUID[:]) // it never fails
		binary.LittleEndian.PutUint32(events[:], uint32(p.index[i].Events))
		_, _ = h.Write(events[:])
	}
	return h.Sum64()
}

// checkpoint is a kept checkpoint.
type checkpoint struct {
	// ms is the time of the last event in it. block and line are the event's position.
	ms    int64
	block uuid.UUID
	line  int
	// before identifies the blocks from which it was made.
	before uint64
	body   []byte // zstd
}
