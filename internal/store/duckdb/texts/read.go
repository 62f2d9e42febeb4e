package texts

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/textblock"
)

// part reads some bytes of a block.
func (t *Texts) part(ctx context.Context, b *Block, offset, length int64) ([]byte, error) {
	if offset < 0 || length < 0 || offset > b.Location.Length-length {
		return nil, fmt.Errorf("%w: a part of it would lie behind its end", textblock.ErrCorrupt)
	}
	return t.files(b.Packed).Read(ctx, model.Location{Key: b.Location.Key, Offset: b.Location.Offset + offset, Length: length})
}

// line reads lines of a block's filter.
func (t *Texts) line(ctx context.Context, b *Block) func(int) ([]byte, error) {
	return func(at int) ([]byte, error) {
		return t.part(ctx, b, int64(at)*textblock.LineBytes, textblock.LineBytes)
	}
}

// head reads a block's head.
func (t *Texts) head(ctx context.Context, b *Block) (*textblock.Head, error) {
	if h := t.heads.get(b.Number); h != nil {
		return h, nil
	}
	raw, err := t.part(ctx, b, b.HeadAt(), int64(b.Head))
	if err != nil {
		return nil, err
	}
	h, err := textblock.ReadHead(raw, b.Extent)
	if err != nil {
		return nil, err
	}
	t.heads.put(b.Number, h)
	return h, nil
}

// frame reads the bytes of one of a block's frames.
func (t *Texts) frame(ctx context.Context, b *Block, h *textblock.Head, frame int) ([]byte, error) {
	return t.part(ctx, b, h.Frames[frame].Offset, h.Frames[frame].Length)
}

// keptHeads are those that were read last: a page reads from few blocks, and a head of 4096 events takes half a megabyte.
const keptHeads = 8

// heads keeps heads.
type heads struct {
	mu  sync.Mutex
	all []keptHead // the one read last at the end
}

type keptHead struct {
	number int64
	head   *textblock.Head
}

func (h *heads) get(number int64) *textblock.Head {
	h.mu.Lock()
	defer h.mu.Unlock()
	for i, k := range h.all {
		if k.number == number {
			h.all = append(append(h.all[:i:i], h.all[i+1:]...), k)
			return k.head
		}
	}
	return nil
}

func (h *heads) put(number int64, head *textblock.Head) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.all) == keptHeads {
		h.all = slices.Delete(h.all, 0, 1)
	}
	h.all = append(h.all, keptHead{number, head})
}

func (h *heads) drop(number int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.all = slices.DeleteFunc(h.all, func(k keptHead) bool { return k.number == number })
}

// Rest gives back what is kept to be faster.
func (t *Texts) Rest() {
	t.heads.mu.Lock()
	defer t.heads.mu.Unlock()
	t.heads.all = nil
}

// Contents returns the texts of the events named, in no order; those without any are left out.
func (t *Texts) Contents(ctx context.Context, keys []model.Key) (all []model.Content, err error) {
	for {
		all, err = t.contents(ctx, keys)
		if !errors.Is(err, errReplaced) {
			return all, err
		}
	}
}

// errReplaced: a block was packed while it was read, and lies elsewhere now.
var errReplaced = errors.New("the block was replaced")

// failure says whether a block could not be read because it was replaced, or what is wrong with it.
func (t *Texts) failure(b *Block, err error) error {
	if !slices.Contains(t.of(b.Project), b) {
		return errReplaced
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return fmt.Errorf("%w: the text of %d events at %d in text/%s/%s of project %q: %w",
		store.ErrUnavailable, b.Events, b.Location.Offset, kindOf(b.Packed), b.Location.Key, b.Project, err)
}

func (t *Texts) contents(ctx context.Context, keys []model.Key) (all []model.Content, err error) {
	wanted := map[string]map[uuid.UUID]int64{}
	for _, k := range keys {
		if wanted[k.Project] == nil {
			wanted[k.Project] = map[uuid.UUID]int64{}
		}
		wanted[k.Project][k.UUID] = k.TimeMS
	}
	for project, ids := range wanted {
		of := t.of(project)
		// The newest first: they are asked for most often.
		for i := len(of) - 1; i >= 0 && len(ids) > 0; i-- {
			b := of[i]
			found, err := t.contentsOf(ctx, b, ids)
			if err != nil {
				return nil, t.failure(b, err)
			}
			for _, e := range found {
				delete(ids, e.UUID)
				if c, any := content(project, e); any {
					all = append(all, c)
				}
			}
		}
	}
	return all, nil
}

// contentsOf finds the entries of a block that are wanted.
func (t *Texts) contentsOf(ctx context.Context, b *Block, wanted map[uuid.UUID]int64) (found []textblock.Entry, err error) {
	var h *textblock.Head
	byFrame := map[int][]int{}
	for id, at := range wanted {
		if at < b.FirstMS || at > b.LastMS {
			continue
		}
		if h == nil {
			if may, err := textblock.MayHold(id, &b.Extent, t.line(ctx, b)); err != nil {
				return nil, err
			} else if !may {
				continue
			}
			if h, err = t.head(ctx, b); err != nil {
				return nil, err
			}
		}
		i, there := slices.BinarySearchFunc(h.Events, textblock.Event{UUID: id, TimeMS: at}, func(a, b textblock.Event) int {
			return cmp.Or(cmp.Compare(a.TimeMS, b.TimeMS), bytes.Compare(a.UUID[:], b.UUID[:]))
		})
		if there {
			frame := textblock.FrameOf(i)
			byFrame[frame] = append(byFrame[frame], i)
		}
	}
	for frame, events := range byFrame {
		raw, err := t.frame(ctx, b, h, frame)
		if err != nil {
			return nil, err
		}
		entries, err := h.Entries(frame, raw, events)
		if err != nil {
			return nil, err
		}
		found = append(found, entries...)
	}
	return found, nil
}

// content is what an entry holds of an event's content, false when it has none.
func content(project string, e textblock.Entry) (c model.Content, any bool) {
	c = model.Content{Project: project, UUID: e.UUID, TimeMS: e.TimeMS, Input: e.Texts[textblock.Input], Output: e.Texts[textblock.Output],
		Tools: e.Texts[textblock.Tools], Properties: e.Texts[textblock.Properties]}
	return c, c.Input != nil || c.Output != nil || c.Tools != nil || c.Properties != nil || e.Texts[textblock.Bare] != nil
}

// clean makes JSON storable: UTF-8.
func clean(json []byte) []byte {
	if utf8.Valid(json) {
		return json
	}
	return bytes.ToValidUTF8(json, []byte("\uFFFD"))
}
