package texts

import (
	"context"
	"errors"
	"runtime/debug"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/textblock"
)

// Change is a change of the database's rows, which must then be applied to what readers see with Replace.
type Change struct {
	Old []*Block
	New []Block
}

const (
	// smallBlock is the number of events up to which a block is combined with others, as soon as a project has manySmall of such blocks, because a
	// search reads each block.
	smallBlock = 512
	manySmall  = 64
)

// QuietEvents is the number of events from which a project's events are packed if no more arrive for a while, without waiting for a full block: in a
// block of 1024 they take 480 bytes each, 420 in one of 4096, and 1830 unpacked. With fewer events there would be too many blocks.
const QuietEvents = 1024

// Pack finds blocks to combine, and makes the result durable. nil means that there are none. A project's fresh blocks are packed if they have at
// least least events (textblock.MaxEvents or fewer). A damaged block is reported as an error once.
func (t *Texts) Pack(ctx context.Context, least int) (*Change, error) {
	for _, project := range t.names() {
		old, packed := packable(t.whole(project), least)
		if len(old) == 0 {
			continue
		}
		return t.pack(ctx, old, packed, nil)
	}
	if old := t.lonely(); len(old) > 0 {
		return t.pack(ctx, old, false, nil)
	}
	return nil, nil
}

// lonely are the fresh blocks of one project in a file of which less than a quarter is still referenced: blocks of a project that fills a block
// slowly would keep the whole file. They are rewritten into the current file.
func (t *Texts) lonely() []*Block {
	var newest *Block
	named := map[string]int64{}
	fresh := slices.DeleteFunc(t.all(), func(b *Block) bool { return b.Packed })
	for _, b := range fresh {
		named[b.Location.Key] += b.Location.Length
		if newest == nil || b.Number > newest.Number {
			newest = b
		}
	}
	for _, first := range fresh {
		key := first.Location.Key
		if key == newest.Location.Key || t.damaged[first.Number] {
			continue
		}
		if length, err := t.fresh.Length(key); err != nil || 4*named[key] >= length {
			continue
		}
		return slices.DeleteFunc(slices.Clone(t.whole(first.Project)), func(b *Block) bool { return b.Packed || b.Location.Key != key })
	}
	return nil
}

// whole are a project's blocks without the damaged ones.
func (t *Texts) whole(project string) []*Block {
	all := t.of(project)
	if len(t.damaged) == 0 {
		return all
	}
	return slices.DeleteFunc(slices.Clone(all), func(b *Block) bool { return t.damaged[b.Number] })
}

func (t *Texts) names() (all []string) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	for project := range t.projects {
		all = append(all, project)
	}
	return all
}

// packable returns a fresh block with one long event, or enough of a project's fresh blocks for one packed block, or the small blocks if there are many.
func packable(all []*Block, least int) (old []*Block, packed bool) {
	events, raw := 0, int64(0)
	var fresh, small []*Block
	for _, b := range all {
		if b.Packed {
			continue
		}
		if b.long() {
			return []*Block{b}, true
		}
		fresh = append(fresh, b)
		if b.Events < smallBlock {
			small = append(small, b)
		}
		events, raw = events+b.Events, raw+b.Raw
		if events >= textblock.MaxEvents || raw >= textblock.MaxBytes {
			return fresh, true
		}
	}
	if events >= least {
		return fresh, true
	}
	if len(small) >= manySmall {
		return small, false
	}
	return nil, false
}

// pack combines several blocks into one, without the events that drop selects.
func (t *Texts) pack(ctx context.Context, old []*Block, packed bool, drop func(uuid.UUID, int64) bool) (*Change, error) {
	if first := old[0]; packed && !first.Packed && first.long() {
		return t.packLong(ctx, first)
	}
	t.packer.Reset()
	var entries []textblock.Entry
	since := time.Now()
	for _, b := range old {
		h, err := t.head(ctx, b)
		frame := func(i int) ([]byte, error) {
			since = rest(ctx, since)
			return t.frame(ctx, b, h, i)
		}
		if err == nil && packed {
			err = t.packer.AddBlock(h, frame, drop)
		} else if err == nil {
			entries, err = h.AppendEntries(entries, frame, drop)
		}
		if err != nil {
			return nil, t.failure(b, t.noted(b, err))
		}
	}
	block := textblock.Fresh(entries)
	if packed {
		rest(ctx, since)
		block = t.packer.Build()
		if t.packer.Trim() {
			debug.FreeOSMemory()
		}
	}
	made, bodies := add(nil, nil, old[0].Project, packed, block)
	made, err := t.store(ctx, made, bodies)
	if err != nil {
		return nil, err
	}
	return &Change{old, made}, nil
}

// packLong makes the long block of a fresh one.
func (t *Texts) packLong(ctx context.Context, old *Block) (*Change, error) {
	since := time.Now()
	h, err := t.head(ctx, old)
	var raw []byte
	if err == nil {
		raw, err = t.frame(ctx, old, h, 0)
	}
	var block *textblock.Block
	if err == nil {
		block, err = h.Long(raw)
	}
	if err != nil {
		return nil, t.failure(old, t.noted(old, err))
	}
	rest(ctx, since)
	made, bodies := add(nil, nil, old.Project, true, block)
	made, err = t.store(ctx, made, bodies)
	if err != nil {
		return nil, err
	}
	return &Change{[]*Block{old}, made}, nil
}

// noted notes a block that is damaged, and returns the reason.
func (t *Texts) noted(b *Block, err error) error {
	if errors.Is(err, textblock.ErrCorrupt) {
		t.damaged[b.Number] = true
	}
	return err
}

// rest waits as long as the work since the last rest took, so that packing, which nobody waits for, leaves a processor to others. It returns the time
// at which it ended.
func rest(ctx context.Context, since time.Time) time.Time {
	wake := time.NewTimer(time.Since(since))
	defer wake.Stop()
	select {
	case <-wake.C:
	case <-ctx.Done():
	}
	return time.Now()
}

// Forget finds a block with events from before a time, and makes its later events durable in another block. nil means that there is none. A damaged
// block, which is reported as an error once, is dropped only when all of its events are old enough.
func (t *Texts) Forget(ctx context.Context, project string, before time.Time) (*Change, error) {
	beforeMS := before.UnixMilli()
	for _, b := range t.of(project) {
		switch {
		case b.LastMS < beforeMS:
			return &Change{Old: []*Block{b}}, nil
		case b.FirstMS < beforeMS && !t.damaged[b.Number]:
			return t.pack(ctx, []*Block{b}, b.Packed, func(_ uuid.UUID, ms int64) bool { return ms < beforeMS })
		}
	}
	return nil, nil
}

// Sweep removes the files that contain no referenced block. No Write may be running, and everything written must have been added.
func (t *Texts) Sweep(ctx context.Context) error {
	used := map[bool]map[string]bool{false: {}, true: {}}
	for _, b := range t.all() {
		used[b.Packed][b.Location.Key] = true
	}
	for packed, keys := range used {
		files := t.files(packed)
		for key, err := range files.Keys(ctx) {
			if err != nil {
				return err
			}
			if keys[key] {
				continue
			}
			if err := files.Delete(ctx, key); err != nil {
				return err
			}
		}
	}
	return nil
}
