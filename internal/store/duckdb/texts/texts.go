// Package texts stores the heavy text of events in files beside a database, which has the locations.
//
//	fresh/    blocks as commits bring them, one for each project in a commit: texts as they are
//	packed/   blocks of some 4096 events, or of one event with much text, made of those
//
// The bytes of a block are durable before the row that refers to it, and a block never changes: packing writes another block, the database replaces
// rows in one transaction, and files without references are removed. Therefore, however the process ends, rows refer to complete blocks, and the rest
// of the files is removed. See package textblock for the format of a block, and ADR 0011 for the reasons.
package texts

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/blocks"
	"github.com/playheadhq/playhead/internal/blocks/dir"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/table"
	"github.com/playheadhq/playhead/internal/textblock"
)

// Block is the location of a block, as a row of the database has it.
type Block struct {
	// Number identifies a block; later blocks have larger numbers.
	Number   int64
	Project  string
	Packed   bool
	Location model.Location
	textblock.Extent
}

// long reports whether a block contains one event with much text.
func (b *Block) long() bool { return b.Events == 1 && b.Raw >= textblock.LongBytes }

// Texts are all blocks of a data directory. Reading is safe for concurrent use. Write, Add and Replace are for one goroutine at a time, and so are
// Pack and Forget.
type Texts struct {
	fresh, packed *dir.Store

	mu       sync.RWMutex
	projects map[string][]*Block // by number
	next     int64

	lost  []*Block
	short map[string]int64

	packer textblock.Builder
	// damaged are blocks that could not be read for packing. They are not changed.
	damaged map[int64]bool
	heads   heads
	// turn is for searches of a long block, one at a time, because they hold all of its text.
	turn chan struct{}
}

// Open opens or creates the files in a directory, with the blocks to which rows refer.
func Open(path string, rows []Block) (*Texts, error) {
	t := &Texts{projects: map[string][]*Block{}, next: 1, damaged: map[int64]bool{}, turn: make(chan struct{}, 1)}
	var err error
	// Commits check for free space, so it is not checked here.
	if t.fresh, err = dir.Open(filepath.Join(path, kindOf(false)), dir.Options{MinFreeBytes: -1, RollBytes: 4 << 20, Alone: true}); err != nil {
		return nil, err
	}
	if t.packed, err = dir.Open(filepath.Join(path, kindOf(true)), dir.Options{MinFreeBytes: -1, Alone: true}); err != nil {
		return nil, errors.Join(err, t.fresh.Close())
	}
	slices.SortFunc(rows, func(a, b Block) int { return int(a.Number - b.Number) })
	there, err := t.compare(rows)
	if err != nil {
		return nil, errors.Join(err, t.Close())
	}
	t.Add(there)
	return t, nil
}

// compare separates blocks that are there from those that lie beyond the ends of their files.
func (t *Texts) compare(rows []Block) (there []Block, err error) {
	t.short = map[string]int64{}
	lengths := map[string]int64{}
	for _, b := range rows {
		name := kindOf(b.Packed) + "/" + b.Location.Key
		length, known := lengths[name]
		if !known {
			if length, err = t.files(b.Packed).Length(b.Location.Key); err != nil {
				return nil, err
			}
			lengths[name] = length
		}
		if b.Location.Offset+b.Location.Length > length {
			t.lost, t.short[name] = append(t.lost, &b), length
		} else {
			there = append(there, b)
		}
	}
	return there, nil
}

// Lost are the blocks that were lost when the files were opened, and the lengths of the files that should contain them; -1 means that the file is
// missing. Readers do not see these blocks.
func (t *Texts) Lost() (all []*Block, lengths map[string]int64) { return t.lost, t.short }

func kindOf(packed bool) string {
	if packed {
		return "packed"
	}
	return "fresh"
}

// Close does not wait: all reads must have ended.
func (t *Texts) Close() error { return errors.Join(t.fresh.Close(), t.packed.Close()) }

func (t *Texts) files(packed bool) *dir.Store {
	if packed {
		return t.packed
	}
	return t.fresh
}

// Write makes the texts of a batch's picked events and contents durable, and returns their blocks. Readers see them after Add.
func (t *Texts) Write(ctx context.Context, b *store.Batch, events, contents []int) ([]Block, error) {
	type key struct {
		project string
		id      uuid.UUID
	}
	texts := make(map[key]*model.Content, len(contents))
	for _, i := range contents {
		c := &b.Contents[i]
		texts[key{c.Project, c.UUID}] = c
	}
	byProject := map[string][]int{}
	for _, i := range events {
		if e := &b.Events[i]; texts[key{e.Project, e.UUID}] != nil || e.Title != "" || e.Error != "" || e.MetricValue != "" {
			byProject[e.Project] = append(byProject[e.Project], i)
		}
	}
	var made []Block
	var bodies [][]byte
	var entries []textblock.Entry
	for project, picked := range byProject {
		clean := table.Clean(project)
		raw := int64(0)
		for n, i := range picked {
			e := &b.Events[i]
			if at := entry(e, texts[key{project, e.UUID}]); at.Raw() >= textblock.LongBytes {
				made, bodies = add(made, bodies, clean, false, textblock.Fresh([]textblock.Entry{at}))
			} else {
				entries, raw = append(entries, at), raw+at.Raw()
			}
			if n == len(picked)-1 || full(len(entries), raw) {
				made, bodies = add(made, bodies, clean, false, textblock.Fresh(entries))
				entries, raw = entries[:0], 0
			}
		}
	}
	return t.store(ctx, made, bodies)
}

func full(events int, raw int64) bool {
	return events >= textblock.MaxEvents || raw >= textblock.MaxBytes
}

// add adds a block to those to be stored, unless it is nil.
func add(made []Block, bodies [][]byte, project string, packed bool, block *textblock.Block) ([]Block, [][]byte) {
	if block == nil {
		return made, bodies
	}
	return append(made, Block{Project: project, Packed: packed, Extent: block.Extent}), append(bodies, block.Body)
}

// together is the directory of fresh blocks of all projects, so that a commit needs one fsync. Packed blocks are elsewhere.
const together = "all"

// store writes the bodies of blocks of one project, all of which are packed, or all of which are not.
func (t *Texts) store(ctx context.Context, made []Block, bodies [][]byte) ([]Block, error) {
	if len(made) == 0 {
		return nil, nil
	}
	under := together
	if made[0].Packed {
		under = made[0].Project
	}
	locations, err := t.files(made[0].Packed).Write(ctx, under, bodies)
	switch {
	case errors.Is(err, blocks.ErrFull):
		return nil, fmt.Errorf("%w: %w", store.ErrFull, err)
	case err != nil:
		return nil, fmt.Errorf("%w: %w", store.ErrUnavailable, err)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := range made {
		made[i].Location, made[i].Number = locations[i], t.next
		t.next++
	}
	return made, nil
}

// entry combines an event's texts. c may be nil.
func entry(e *model.Event, c *model.Content) textblock.Entry {
	at := textblock.Entry{UUID: e.UUID, TimeMS: e.TimeMS}
	if c != nil {
		at.Texts[textblock.Input], at.Texts[textblock.Output] = clean(c.Input), clean(c.Output)
		at.Texts[textblock.Tools], at.Texts[textblock.Properties] = clean(c.Tools), clean(c.Properties)
		at.Texts[textblock.InputPreview], at.Texts[textblock.OutputPreview] = plain(c.InputPreview), plain(c.OutputPreview)
		if c.Input == nil && c.Output == nil && c.Tools == nil && c.Properties == nil {
			at.Texts[textblock.Bare] = []byte{}
		}
	}
	at.Texts[textblock.Title], at.Texts[textblock.Error], at.Texts[textblock.Metric] = quote(e.Title), quote(e.Error), quote(e.MetricValue)
	return at
}

// Add makes blocks visible to readers.
func (t *Texts) Add(rows []Block) { t.Replace(nil, rows) }

// Replace makes readers see the new blocks instead of the old ones.
func (t *Texts) Replace(old []*Block, made []Block) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for project := range projectsOf(old) {
		// A reader may have the slice.
		t.projects[project] = slices.DeleteFunc(slices.Clone(t.projects[project]), func(b *Block) bool { return slices.Contains(old, b) })
	}
	for i := range made {
		b := &made[i]
		t.projects[b.Project] = append(t.projects[b.Project], b)
		t.next = max(t.next, b.Number+1)
	}
	for _, b := range old {
		t.heads.drop(b.Number)
	}
}

func projectsOf(all []*Block) map[string]bool {
	projects := map[string]bool{}
	for _, b := range all {
		projects[b.Project] = true
	}
	return projects
}

// of returns a project's current blocks.
func (t *Texts) of(project string) []*Block {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.projects[project]
}

// all returns every block.
func (t *Texts) all() (all []*Block) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	for _, blocks := range t.projects {
		all = append(all, blocks...)
	}
	return all
}
