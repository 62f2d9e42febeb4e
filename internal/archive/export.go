package archive

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/blocks"
	"github.com/playheadhq/playhead/internal/disk"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// Bodies reads the bytes of recordings.
type Bodies interface {
	Read(ctx context.Context, at model.Location) ([]byte, error)
}

// ExportOptions of Export. Source, Bodies and Dir are needed.
type ExportOptions struct {
	Source store.Dumper
	Bodies Bodies
	// Dir is created if it is missing; an interrupted export in it is resumed.
	Dir string
	// Version is the program's version.
	Version string
	// Report is called often with the progress. May be nil.
	Report func(Progress)
}

// Progress is how far an export or import is.
type Progress struct {
	// Phase is "export", "import" or "check".
	Phase string
	// Rows is the number of events and blocks that are done, Of is the number of all of them.
	Rows, Of int64
	// Bytes is the compressed size of what was written or read in this run.
	Bytes int64
}

// Result is the contents of an export, or the part of it that an import found in its target.
type Result struct {
	Sums Sums
	// Missing counts blocks whose bodies did not exist at the export.
	Missing int64
	// Elsewhere counts events and blocks that the target already had from another delivery. They are not changed.
	Elsewhere int64
	// Bytes is the size of all chunks on disk.
	Bytes int64
}

// Export writes everything in Source to Dir. After a failure or an interruption, the written part stays, and the next call resumes there.
func Export(ctx context.Context, o ExportOptions) (r Result, err error) {
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return r, fmt.Errorf("make %s: %w", o.Dir, err)
	}
	if err := disk.SyncDir(filepath.Dir(filepath.Clean(o.Dir))); err != nil {
		return r, err
	}
	e := &exporter{o: o}
	if e.journal, err = openJournal(filepath.Join(o.Dir, manifestFile), e.manifest.read); err != nil {
		return r, fmt.Errorf("open the export in %s: %w", o.Dir, err)
	}
	defer func() { err = errors.Join(err, e.journal.close()) }()
	if err := e.run(ctx); err != nil {
		return r, fmt.Errorf("export to %s: %w", o.Dir, err)
	}
	r.Sums, r.Missing = e.manifest.sums()
	for _, c := range e.manifest.chunks {
		r.Bytes += c.Rows.Bytes
		if c.Bodies != nil {
			r.Bytes += c.Bodies.Bytes
		}
	}
	return r, nil
}

type exporter struct {
	o        ExportOptions
	journal  *journal
	manifest manifest
	writer   *chunkWriter
	progress Progress
}

// pageBytes is the intended size of a page of a dump; the number of rows is estimated from the page before.
const (
	pageBytes = 8 << 20
	firstPage = 256
	mostPage  = 4096
	leastPage = 16
)

func (e *exporter) run(ctx context.Context) error {
	events, blocks, err := e.o.Source.Size(ctx)
	if err != nil {
		return err
	}
	if e.manifest.end != nil {
		return e.whole(events, blocks) // it was done before
	}
	if e.manifest.header.Format == "" {
		e.manifest.header = header{formatName, formatVersion, uuid.New(), "playhead " + e.o.Version, time.Now().UnixMilli()}
		if err := e.journal.append(e.manifest.header); err != nil {
			return err
		}
	}
	defer func() {
		if e.writer != nil {
			e.writer.abandon()
		}
	}()
	after, begun := "", false
	for _, c := range e.manifest.chunks {
		after, begun = c.Next, true
		e.progress.Rows += c.Sums[Events].Rows + c.Sums[Blocks].Rows + c.Missing
	}
	e.progress.Phase, e.progress.Of = "export", events+blocks
	for limit := firstPage; !begun || after != ""; begun = true {
		b, next, err := e.o.Source.Dump(ctx, after, limit)
		if err != nil {
			return err
		}
		size, err := e.page(ctx, b, after)
		if err != nil {
			return err
		}
		limit = nextLimit(limit, size)
		after = next
		if e.writer != nil && e.writer.full() {
			if err := e.finishChunk(after); err != nil {
				return err
			}
		}
	}
	if err := e.finishChunk(""); err != nil {
		return err
	}
	if err := e.whole(events, blocks); err != nil {
		return err
	}
	sums, missing := e.manifest.sums()
	return e.journal.append(end{true, sums, missing, time.Now().UnixMilli()})
}

func nextLimit(limit int, size int64) int {
	fit := mostPage
	if size > 0 {
		fit = int(int64(limit) * pageBytes / size)
	}
	// At most twice the limit that worked, because rows differ in size.
	return max(min(fit, 2*limit, mostPage), leastPage)
}

// page writes the rows of one call of Dump, which begin at the cursor at, and returns their approximate size.
func (e *exporter) page(ctx context.Context, b *store.Batch, at string) (size int64, err error) {
	kind, rows := kindOf(b)
	if rows == 0 {
		return 0, nil
	}
	if e.writer != nil && e.writer.kind != kind {
		if err := e.finishChunk(at); err != nil {
			return 0, err
		}
	}
	if e.writer == nil {
		if e.writer, err = newChunkWriter(e.o.Dir, len(e.manifest.chunks)+1, kind); err != nil {
			return 0, err
		}
	}
	bodies, err := e.bodies(ctx, b.Blocks)
	if err != nil {
		return 0, err
	}
	before := e.writer.bytes
	if err := e.writer.batch(b, bodies); err != nil {
		return 0, err
	}
	e.progress.Rows += int64(len(b.Events) + len(b.Blocks))
	e.report()
	return e.writer.bytes - before, nil
}

func kindOf(b *store.Batch) (kind string, rows int) {
	switch {
	case len(b.Events) > 0:
		return Events, len(b.Events)
	case len(b.Identities) > 0:
		return Identities, len(b.Identities)
	case len(b.Blocks) > 0:
		return Blocks, len(b.Blocks)
	case len(b.Saved) > 0:
		return Saved, len(b.Saved)
	}
	return Refusals, len(b.Refusals)
}

func (e *exporter) bodies(ctx context.Context, all []model.Block) ([][]byte, error) {
	bodies := make([][]byte, len(all))
	err := each(len(all), func(i int) error {
		body, err := e.o.Bodies.Read(ctx, all[i].Location)
		if errors.Is(err, blocks.ErrNotFound) {
			return nil // its day was deleted, or a crash lost it
		}
		if body == nil {
			body = []byte{}
		}
		bodies[i] = body
		return err
	})
	return bodies, err
}

// each calls do for 0 to n-1, some at a time, and returns the errors.
func each(n int, do func(i int) error) error {
	const atATime = 8
	var wg sync.WaitGroup
	errs := make([]error, n)
	for first := range min(n, atATime) {
		wg.Go(func() {
			for i := first; i < n; i += atATime {
				if errs[i] = do(i); errs[i] != nil {
					return
				}
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

func (e *exporter) finishChunk(next string) error {
	if e.writer == nil {
		return nil
	}
	w := e.writer
	e.writer = nil
	c, err := w.finish(next)
	if err != nil {
		return err
	}
	if err := e.journal.append(c); err != nil {
		return err
	}
	e.manifest.chunks = append(e.manifest.chunks, c)
	e.progress.Bytes += c.Rows.Bytes
	if c.Bodies != nil {
		e.progress.Bytes += c.Bodies.Bytes
	}
	e.report()
	return nil
}

// whole returns an error if fewer events or blocks were exported than the storage has.
func (e *exporter) whole(events, blocks int64) error {
	sums, missing := e.manifest.sums()
	if got := sums[Events].Rows; got < events {
		return fmt.Errorf("%d of %d events were exported: data arrived after the export began. Delete the directory and export again", got, events)
	}
	if got := sums[Blocks].Rows + missing; got < blocks {
		return fmt.Errorf("%d of %d blocks of recordings were exported: data arrived after the export began. Delete the directory and export again", got, blocks)
	}
	return nil
}

func (e *exporter) report() {
	if e.o.Report != nil {
		e.o.Report(e.progress)
	}
}
