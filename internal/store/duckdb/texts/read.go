package texts

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"unicode/utf8"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

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

// keptHeads is how many heads are cached, those used last: a page reads from few blocks, and a head of 4096 events takes half a megabyte.
const keptHeads = 8

// heads is the cache of heads.
type heads struct {
	mu  sync.Mutex
	all []keptHead // the one used last is at the end
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

// Rest releases what is cached.
func (t *Texts) Rest() {
	t.heads.mu.Lock()
	defer t.heads.mu.Unlock()
	t.heads.all = nil
}

// Contents returns the texts of the named events, in no order; events without text are left out.
func (t *Texts) Contents(ctx context.Context, keys []model.Key) (all []model.Content, err error) {
	err = t.read(ctx, keys, nil, func(project string, e *textblock.Entry) {
		if c, any := content(project, e); any {
			all = append(all, c)
		}
	})
	return all, err
}

// Since is about how many of a project's events with text are from a time or later, and how many there are.
func (t *Texts) Since(project string, ms int64) (since, all float64) {
	for _, b := range t.of(project) {
		part := 1.0
		switch {
		case b.LastMS < ms:
			part = 0
		case b.FirstMS < ms:
			part = float64(b.LastMS-ms+1) / float64(b.LastMS-b.FirstMS+1)
		}
		all, since = all+float64(b.Events), since+part*float64(b.Events)
	}
	return since, all
}

// previewed are the texts that are previews.
var previewed = []textblock.Field{textblock.InputPreview, textblock.OutputPreview}

// Previews returns the previews of events, in no order; events without any, and those of damaged blocks, are left out.
func (t *Texts) Previews(ctx context.Context, keys []model.Key) (all []model.Preview, err error) {
	err = t.read(ctx, keys, previewed, func(_ string, e *textblock.Entry) {
		p := model.Preview{UUID: e.UUID, Input: string(e.Texts[textblock.InputPreview]), Output: string(e.Texts[textblock.OutputPreview])}
		if p.Input != "" || p.Output != "" {
			all = append(all, p)
		}
	})
	return all, err
}

// errReplaced means that a block was packed while it was read, and is at another location now.
var errReplaced = errors.New("the block was replaced")

// failure is errReplaced if a block could not be read because it was replaced, and otherwise the reason.
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

// read finds the entries of events, in no order, with the given texts; nil means all texts. A damaged block is an error if all texts are requested,
// and is left out otherwise.
func (t *Texts) read(ctx context.Context, keys []model.Key, only []textblock.Field, use func(project string, e *textblock.Entry)) error {
	wanted := map[string]map[uuid.UUID]int64{}
	for _, k := range keys {
		if wanted[k.Project] == nil {
			wanted[k.Project] = map[uuid.UUID]int64{}
		}
		wanted[k.Project][k.UUID] = k.TimeMS
	}
	for project, ids := range wanted {
		for {
			err := t.readOf(ctx, project, ids, only, func(e *textblock.Entry) {
				delete(ids, e.UUID)
				use(project, e)
			})
			if err == nil {
				break
			}
			if !errors.Is(err, errReplaced) { // its content is in another block now
				return err
			}
		}
	}
	return nil
}

// readOf is read for one project. Several goroutines read blocks: in a list that is not in order of time, each row is in another block.
func (t *Texts) readOf(ctx context.Context, project string, ids map[uuid.UUID]int64, only []textblock.Field, use func(*textblock.Entry)) error {
	var mu sync.Mutex
	var reads []func() error
	group, ctx := errgroup.WithContext(ctx)
	for _, b := range t.of(project) {
		within, err := t.within(ctx, b, ids)
		if len(within) == 0 && err == nil {
			continue
		}
		reads = append(reads, func() error {
			var found []textblock.Entry
			if err == nil {
				found, err = t.entriesOf(ctx, b, within, only)
			}
			if err != nil {
				err = t.failure(b, err)
			}
			if only != nil && errors.Is(err, textblock.ErrCorrupt) {
				return nil
			}
			mu.Lock()
			defer mu.Unlock()
			for n := range found {
				use(&found[n])
			}
			return err
		})
	}
	group.SetLimit(runtime.GOMAXPROCS(0))
	for _, read := range reads {
		group.Go(read)
	}
	return group.Wait()
}

// within are the events that a block may contain, according to its times and its filter.
func (t *Texts) within(ctx context.Context, b *Block, ids map[uuid.UUID]int64) (within []textblock.Event, err error) {
	for id, at := range ids {
		if at < b.FirstMS || at > b.LastMS {
			continue
		}
		may, err := textblock.MayHold(id, &b.Extent, t.line(ctx, b))
		if err != nil {
			return nil, err
		}
		if may {
			within = append(within, textblock.Event{UUID: id, TimeMS: at})
		}
	}
	return within, nil
}

// entriesOf finds the entries of a block that are wanted.
func (t *Texts) entriesOf(ctx context.Context, b *Block, wanted []textblock.Event, only []textblock.Field) (found []textblock.Entry, err error) {
	h, err := t.head(ctx, b)
	if err != nil {
		return nil, err
	}
	byFrame := map[int][]int{}
	for _, w := range wanted {
		i, there := slices.BinarySearchFunc(h.Events, w, func(a, b textblock.Event) int {
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
		entries, err := h.Entries(frame, raw, events, only)
		if err != nil {
			return nil, err
		}
		found = append(found, entries...)
	}
	return found, nil
}

// content returns the parts of an event's content in an entry, false if there are none.
func content(project string, e *textblock.Entry) (c model.Content, any bool) {
	c = model.Content{Project: project, UUID: e.UUID, TimeMS: e.TimeMS, Input: e.Texts[textblock.Input], Output: e.Texts[textblock.Output],
		Tools: e.Texts[textblock.Tools], Properties: e.Texts[textblock.Properties],
		InputPreview: string(e.Texts[textblock.InputPreview]), OutputPreview: string(e.Texts[textblock.OutputPreview])}
	return c, c.InputPreview != "" || c.OutputPreview != "" || c.Input != nil || c.Output != nil || c.Tools != nil || c.Properties != nil || e.Texts[textblock.Bare] != nil
}

// clean makes JSON storable: UTF-8.
func clean(json []byte) []byte {
	if utf8.Valid(json) {
		return json
	}
	return bytes.ToValidUTF8(json, []byte("\uFFFD"))
}
