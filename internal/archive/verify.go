package archive

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/playheadhq/playhead/internal/store"
)

// partRows is the number of rows that are looked up at once.
const partRows = 1000

// verifier reads back what was imported and compares it with the export, row by row.
type verifier struct {
	m *importer
	// found are the sums of the rows that are stored as they were exported.
	found   Sums
	missing map[string][]string // by kind, the keys of rows that are not there
	changed map[string][]string // by kind, the keys of rows that have other values
	// elsewhere are the events and blocks that the target had already from another delivery than the exported one. They, and what belongs to them, may
	// differ, because the first delivery stays.
	elsewhere map[rowKey]bool
}

// rowPrint is a row's fingerprint.
type rowPrint struct {
	print checksum
	// receivedMS distinguishes two deliveries of one event.
	receivedMS int64
}

func (v *verifier) chunk(ctx context.Context, l *loaded) error {
	if v.missing == nil {
		v.missing, v.changed, v.elsewhere = map[string][]string{}, map[string][]string{}, map[rowKey]bool{}
	}
	want, err := prints(l)
	if err != nil {
		return err
	}
	for _, part := range parts(l.batch(), partRows) {
		err := v.m.again(ctx, func() error {
			stored, err := v.m.o.Target.Stored(ctx, part)
			if err != nil {
				return err
			}
			return v.compare(ctx, part, stored, want)
		})
		if err != nil {
			return fmt.Errorf("check chunk %d (%s): %w", l.chunk.Chunk, l.chunk.Rows.Name, err)
		}
	}
	return nil
}

// key identifies a row among those of its kind.
type key struct {
	kind string
	row  rowKey
	more string
}

func (k key) String() string {
	return strings.TrimSpace(k.row.uuid.String()+" "+k.more) + " of the project " + k.row.project
}

// prints are the fingerprints of a chunk's rows.
func prints(l *loaded) (map[key]rowPrint, error) {
	all := make(map[key]rowPrint, len(l.lines))
	add := func(k key, receivedMS int64, row any) error {
		p, err := print(row)
		all[k] = rowPrint{p, receivedMS}
		return err
	}
	for i := range l.lines {
		x := &l.lines[i]
		var err error
		switch {
		case x.Event != nil:
			err = add(key{Events, rowKey{x.Event.Project, x.Event.UUID}, ""}, x.Event.ReceivedMS, x.Event)
			if x.Content != nil {
				err = errors.Join(err, add(key{Contents, rowKey{x.Event.Project, x.Event.UUID}, ""}, 0, x.Content.row(x.Event.Project, x.Event.UUID)))
			}
		case x.Identity != nil:
			err = add(key{Identities, rowKey{x.Identity.Project, x.Identity.UUID}, x.Identity.ID + " " + x.Identity.OtherID}, 0, x.Identity)
		case x.Saved != nil:
			err = add(key{Saved, rowKey{x.Saved.Project, x.Saved.UUID}, ""}, 0, x.Saved)
		case x.Block != nil && !x.Block.Missing:
			alone := *x.Block
			alone.At = 0
			err = add(key{Blocks, rowKey{x.Block.Project, x.Block.UUID}, ""}, x.Block.ReceivedMS, &alone)
		}
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// compare compares the stored rows with those of a part of the export.
func (v *verifier) compare(ctx context.Context, part, stored *store.Batch, want map[key]rowPrint) error {
	there, err := v.read(ctx, stored)
	if err != nil {
		return err
	}
	check := func(k key) {
		w := want[k]
		got, ok := there[k]
		switch {
		case !ok && !v.elsewhere[k.row]:
			v.missing[k.kind] = append(v.missing[k.kind], k.String())
		case !ok:
		case got.print == w.print:
			v.found.add(k.kind, got.print)
		case got.receivedMS != w.receivedMS:
			v.elsewhere[k.row] = true
		case !v.elsewhere[k.row]:
			v.changed[k.kind] = append(v.changed[k.kind], k.String())
		}
	}
	for _, x := range part.Events {
		check(key{Events, rowKey{x.Project, x.UUID}, ""})
	}
	for _, x := range part.Contents {
		check(key{Contents, rowKey{x.Project, x.UUID}, ""})
	}
	for _, x := range part.Identities {
		check(key{Identities, rowKey{x.Project, x.UUID}, x.ID + " " + x.OtherID})
	}
	for _, x := range part.Blocks {
		check(key{Blocks, rowKey{x.Project, x.UUID}, ""})
	}
	for _, x := range part.Saved {
		check(key{Saved, rowKey{x.Project, x.UUID}, ""})
	}
	counts := refusalCounts(stored.Refusals)
	for k, n := range refusalCounts(part.Refusals) {
		if counts[k] < n {
			v.missing[Refusals] = append(v.missing[Refusals], fmt.Sprint(k.reason, " ", k.event))
		}
	}
	for i := range part.Refusals {
		p, err := print(fromRefusal(&part.Refusals[i]))
		if err != nil {
			return err
		}
		v.found.add(Refusals, p) // the target keeps only sums of refusals, so there are no stored rows to compare
	}
	return nil
}

// read computes the fingerprints of the stored rows; for blocks it reads the bodies.
func (v *verifier) read(ctx context.Context, stored *store.Batch) (map[key]rowPrint, error) {
	l := &loaded{lines: eventLines(stored)}
	for i := range stored.Identities {
		l.lines = append(l.lines, line{Identity: (*identity)(&stored.Identities[i])})
	}
	for i := range stored.Saved {
		l.lines = append(l.lines, line{Saved: (*saved)(&stored.Saved[i])})
	}
	first := len(l.lines)
	for i := range stored.Blocks {
		l.lines = append(l.lines, line{Block: fromBlock(&stored.Blocks[i])})
	}
	err := each(len(stored.Blocks), func(i int) error {
		body, err := v.m.o.Blocks.Read(ctx, stored.Blocks[i].Location)
		l.lines[first+i].Block.describe(body)
		return err
	})
	if err != nil {
		return nil, err
	}
	return prints(l)
}

// result is nil if everything is stored as it was exported, or as another delivery sent it.
func (v *verifier) result() error {
	var errs []error
	for _, kind := range Kinds {
		if keys := v.missing[kind]; len(keys) > 0 {
			errs = append(errs, fmt.Errorf("%d %s are missing, the first is %s", len(keys), kind, keys[0]))
		}
		if keys := v.changed[kind]; len(keys) > 0 {
			errs = append(errs, fmt.Errorf("%d %s have other values, the first is %s", len(keys), kind, keys[0]))
		}
		want, got := v.m.manifest.end.Sums[kind], v.found[kind]
		if len(v.missing[kind])+len(v.changed[kind])+len(v.elsewhere) == 0 && want != got {
			errs = append(errs, fmt.Errorf("%s: found %d with the checksum %s, exported %d with %s", kind, got.Rows, got.Checksum, want.Rows, want.Checksum))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("the check found differences: %w", err)
	}
	return nil
}
