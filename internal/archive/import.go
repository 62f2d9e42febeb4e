package archive

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/blocks"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// Target is the storage that an import writes to.
type Target interface {
	store.Writer
	store.Dumper
}

// ImportOptions of Import. Dir, Target, Blocks and Name are needed.
type ImportOptions struct {
	Dir    string
	Target Target
	Blocks blocks.Store
	// Name is the target's name, without secrets. The progress of the import is kept in Dir under this name.
	Name string
	// Report is called often with the progress. May be nil.
	Report func(Progress)
	// Wait is called before the retry of a step that failed because a storage did not answer. It gets the number of the failure, from 1, and the error.
	// Nil waits 1 s, then twice as long each time up to 20 s, and gives up at the ninth failure.
	Wait func(ctx context.Context, failed int, err error) error
}

// ErrIncomplete: the export was interrupted.
var ErrIncomplete = errors.New("the export is not complete")

// Import imports an export into a target, and then reads everything back and compares. Existing rows are not changed, so
// importing again, in whole or in part, changes nothing.
func Import(ctx context.Context, o ImportOptions) (Result, error) {
	if o.Wait == nil {
		o.Wait = wait
	}
	m := &importer{o: o, taken: map[int]bool{}, begun: map[int][]*refusal{}}
	if err := m.open(); err != nil {
		return Result{}, fmt.Errorf("import from %s: %w", o.Dir, err)
	}
	r, err := m.run(ctx)
	if err = errors.Join(err, m.journal.close()); err != nil {
		err = fmt.Errorf("import from %s: %w", o.Dir, err)
	}
	return r, err
}

type importer struct {
	o        ImportOptions
	manifest manifest
	journal  *journal
	taken    map[int]bool
	// begun has the chunks of refusals whose commit was begun, each with the refusals that were stored before it.
	begun    map[int][]*refusal
	progress Progress
}

// step is a line of the progress file. Its first line names the export and the target.
type step struct {
	Export *uuid.UUID `json:"export,omitempty"`
	Target string     `json:"target,omitempty"`
	Taken  int        `json:"taken,omitempty"`
	// Begin is a chunk of refusals that is about to be committed. Refusals have no key. So whether they were committed is found out by comparing the
	// stored refusals with those Before.
	Begin  int        `json:"begin,omitempty"`
	Before []*refusal `json:"before,omitempty"`
}

func (m *importer) open() error {
	manifest, err := openJournal(filepath.Join(m.o.Dir, manifestFile), m.manifest.read)
	if err != nil {
		return err
	}
	if err := manifest.close(); err != nil {
		return err
	}
	if m.manifest.end == nil {
		return fmt.Errorf("%w: run playhead export again, it resumes where it was interrupted", ErrIncomplete)
	}
	sum := sha256.Sum256([]byte(m.o.Name))
	known := false
	m.journal, err = openJournal(filepath.Join(m.o.Dir, "progress-"+hex.EncodeToString(sum[:4])+".jsonl"), func(line []byte) error {
		var s step
		if err := json.Unmarshal(line, &s); err != nil {
			return err
		}
		switch {
		case s.Export != nil:
			known = true
			if *s.Export != m.manifest.header.ID || s.Target != m.o.Name {
				return errors.New("this file is the progress of another import: delete it")
			}
		case s.Taken > 0:
			m.taken[s.Taken] = true
		case s.Begin > 0:
			m.begun[s.Begin] = append([]*refusal{}, s.Before...)
		}
		return nil
	})
	if err != nil || known {
		return err
	}
	if err := m.journal.append(step{Export: &m.manifest.header.ID, Target: m.o.Name}); err != nil {
		return errors.Join(err, m.journal.close())
	}
	return nil
}

func (m *importer) run(ctx context.Context) (Result, error) {
	sums := m.manifest.end.Sums
	m.progress = Progress{Phase: "import", Of: sums[Events].Rows + sums[Blocks].Rows}
	err := m.eachChunk(ctx, func(c chunk) bool {
		if m.taken[c.Chunk] {
			m.progress.Rows += c.Sums[Events].Rows + c.Sums[Blocks].Rows
		}
		return !m.taken[c.Chunk]
	}, m.take)
	if err != nil {
		return Result{}, err
	}
	m.progress.Phase, m.progress.Rows, m.progress.Bytes = "check", 0, 0
	v := &verifier{m: m, found: newSums()}
	if err := m.eachChunk(ctx, func(chunk) bool { return true }, v.chunk); err != nil {
		return Result{}, err
	}
	r := Result{Sums: v.found, Missing: m.manifest.end.Missing, Elsewhere: int64(len(v.elsewhere))}
	for _, c := range m.manifest.chunks {
		r.Bytes += c.size()
	}
	return r, v.result()
}

func (c *chunk) size() int64 {
	if c.Bodies == nil {
		return c.Rows.Bytes
	}
	return c.Rows.Bytes + c.Bodies.Bytes
}

// eachChunk calls do with the wanted chunks, and reads the next one in the meantime.
func (m *importer) eachChunk(ctx context.Context, wanted func(chunk) bool, do func(context.Context, *loaded) error) error {
	ctx, cancel := context.WithCancel(ctx)
	type read struct {
		*loaded
		err error
	}
	var chunks []chunk
	for _, c := range m.manifest.chunks {
		if wanted(c) {
			chunks = append(chunks, c)
		}
	}
	ready, ended := make(chan read), make(chan struct{})
	go func() {
		defer close(ended)
		defer close(ready)
		for _, c := range chunks {
			l, err := load(m.o.Dir, c)
			select {
			case ready <- read{l, err}:
			case <-ctx.Done():
				return
			}
			if err != nil {
				return
			}
		}
	}()
	defer func() { cancel(); <-ended }()
	for r := range ready {
		if r.err != nil {
			return r.err
		}
		if err := do(ctx, r.loaded); err != nil {
			return err
		}
		m.progress.Rows += r.chunk.Sums[Events].Rows + r.chunk.Sums[Blocks].Rows
		m.progress.Bytes += r.chunk.size()
		m.report()
	}
	return ctx.Err()
}

func (m *importer) report() {
	if m.o.Report != nil {
		m.o.Report(m.progress)
	}
}

// take imports one chunk and records it.
func (m *importer) take(ctx context.Context, l *loaded) error {
	b := l.batch()
	err := m.again(ctx, func() error {
		if len(b.Refusals) > 0 {
			if done, err := m.refusals(ctx, l.chunk.Chunk, b); done || err != nil {
				return err
			}
		}
		if err := m.bodies(ctx, l, b); err != nil {
			return err
		}
		_, err := m.o.Target.Commit(ctx, b)
		return err
	})
	if err != nil {
		return fmt.Errorf("chunk %d (%s): %w", l.chunk.Chunk, l.chunk.Rows.Name, err)
	}
	return m.journal.append(step{Taken: l.chunk.Chunk})
}

// bodies writes the bodies of new blocks, and drops other blocks from the batch.
func (m *importer) bodies(ctx context.Context, l *loaded, b *store.Batch) error {
	all := l.batch().Blocks
	if len(all) == 0 {
		return nil
	}
	there := map[rowKey]bool{}
	for _, part := range parts(&store.Batch{Blocks: all}, partRows) {
		stored, err := m.o.Target.Stored(ctx, part)
		if err != nil {
			return err
		}
		for _, s := range stored.Blocks {
			there[rowKey{s.Project, s.UUID}] = true
		}
	}
	byKey := l.bodiesByKey()
	b.Blocks = nil
	var projects []string
	var bodies [][]byte
	for _, x := range all {
		if k := (rowKey{x.Project, x.UUID}); !there[k] {
			b.Blocks = append(b.Blocks, x)
			projects, bodies = append(projects, x.Project), append(bodies, byKey[k])
		}
	}
	if len(bodies) == 0 {
		return nil
	}
	locations, err := blocks.WriteEach(ctx, m.o.Blocks, projects, bodies)
	if err != nil {
		return err
	}
	for i := range b.Blocks {
		b.Blocks[i].Location = locations[i]
	}
	return nil
}

// refusals prevents that refusals, which have no key, are counted twice. Before they are committed, the stored counts are written to the journal. If
// a commit was begun before, these counts are compared with the present ones; done means that the refusals are stored already.
func (m *importer) refusals(ctx context.Context, number int, b *store.Batch) (done bool, err error) {
	now, err := m.o.Target.Stored(ctx, &store.Batch{Refusals: b.Refusals})
	if err != nil {
		return false, err
	}
	if before, begun := m.begun[number]; begun {
		counts := refusalCounts(now.Refusals)
		for _, r := range before {
			counts[refusalKey{read(r.Project), r.Reason, r.Event, r.Library}] -= max(r.Count, 1)
		}
		for key, n := range refusalCounts(b.Refusals) {
			if counts[key] < n {
				return false, nil
			}
		}
		return true, nil
	}
	s := step{Begin: number}
	for i := range now.Refusals {
		s.Before = append(s.Before, fromRefusal(&now.Refusals[i]))
	}
	if err := m.journal.append(s); err != nil {
		return false, err
	}
	m.begun[number] = s.Before
	return false, nil
}

type refusalKey struct {
	project        string
	reason         model.Reason
	event, library string
}

func refusalCounts(all []model.Refusal) map[refusalKey]int64 {
	counts := map[refusalKey]int64{}
	for _, r := range all {
		counts[refusalKey{r.Project, r.Reason, r.Event, r.Library}] += max(r.Count, 1)
	}
	return counts
}

// again calls do, and retries it while a storage does not answer.
func (m *importer) again(ctx context.Context, do func() error) error {
	for failed := 1; ; failed++ {
		err := do()
		if err == nil || !errors.Is(err, store.ErrUnavailable) && !errors.Is(err, blocks.ErrUnavailable) {
			return err
		}
		if err := m.o.Wait(ctx, failed, err); err != nil {
			return err
		}
	}
}

func wait(ctx context.Context, failed int, err error) error {
	if failed > 8 {
		return err
	}
	select {
	case <-time.After(min(time.Second<<(failed-1), 20*time.Second)):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
