package journal

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/playheadhq/playhead/internal/damage"
	"github.com/playheadhq/playhead/internal/disk"
)

// Mend changes the files so that DuckDB can open them. If data are lost, somebody must have accepted that, and the damaged files are first kept in a
// directory.
func (f *Found) Mend(now time.Time) error {
	if err := f.mend(now); err != nil {
		return fmt.Errorf("mend %s: %w", filepath.Base(f.name), err)
	}
	return nil
}

func (f *Found) mend(now time.Time) error {
	if f.Loss != nil {
		if err := f.keep(now); err != nil {
			return err
		}
	}
	for _, name := range f.remove {
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	log := f.name + logSuffix
	switch {
	case f.rewritten:
		if err := f.rewrite(log); err != nil {
			return err
		}
	case f.truncated:
		if err := truncate(log, f.cut); err != nil {
			return err
		}
	}
	if err := disk.SyncDir(filepath.Dir(f.name)); err != nil {
		return err
	}
	if f.content != nil && (f.rewritten || f.content.damaged > 0) {
		if err := f.content.write(f.name + suffix); err != nil {
			return err
		}
		f.content.damaged = 0
	}
	if _, err := os.Stat(f.name); errors.Is(err, fs.ErrNotExist) {
		fresh := content{heading: heading{New: true}}
		return fresh.write(f.name + suffix)
	} else if err != nil {
		return err
	}
	return nil
}

// keep copies the files that will change into a directory, and moves files there that must disappear.
func (f *Found) keep(now time.Time) error {
	var copies []string
	if len(f.aside) == 0 {
		copies = []string{f.name + logSuffix, f.name + suffix}
	}
	dir := filepath.Dir(f.name)
	kept, err := damage.Keep(dir, *f.Loss, now, copies...)
	if err != nil {
		return err
	}
	*f.Loss = kept
	for _, name := range f.aside {
		err := os.Rename(name, filepath.Join(dir, kept.Kept, filepath.Base(name)))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return disk.SyncDir(filepath.Join(dir, kept.Kept))
}

func truncate(log string, at int64) error {
	if at == 0 {
		return os.Remove(log)
	}
	file, err := os.OpenFile(log, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	return errors.Join(file.Truncate(at), file.Sync(), file.Close())
}

// rewrite composes the log of its head and the parts that are kept, and adapts the records.
func (f *Found) rewrite(log string) error {
	f.content.records = nil
	if len(f.parts) == 0 {
		f.content.head = nil
		if err := os.Remove(log); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
	old, err := os.Open(log)
	if err != nil {
		return err
	}
	defer old.Close()
	fresh := log + ".new"
	file, err := os.OpenFile(fresh, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer file.Close()
	if _, err := file.Write(f.content.head); err != nil {
		return err
	}
	at, buf := int64(len(f.content.head)), make([]byte, sumBytes)
	for _, r := range f.parts {
		n, err := io.Copy(file, io.NewSectionReader(old, r.start, r.end-r.start))
		if err != nil {
			return err
		}
		r.start, r.end = at, at+n
		if r.sum, err = sum(file, r.start, r.end, buf); err != nil {
			return err
		}
		f.content.records = append(f.content.records, r)
		at = r.end
	}
	if err := file.Sync(); err != nil {
		return err
	}
	return os.Rename(fresh, log)
}

// write stores a journal that is not in use yet.
func (c *content) write(name string) error {
	file, _, _, err := c.store(name)
	if err != nil {
		return err
	}
	return file.Close()
}

// Refused records that DuckDB did not open the files although they are unchanged. Mend then moves the log to the damaged files, or the database with
// everything.
func (f *Found) Refused(log bool) {
	commits, events, blocks, since := f.before.Commits, f.before.Events, f.before.Blocks, f.before.SinceMS
	known := f.before.Database != ""
	c := f.content
	if c != nil {
		commits, events, blocks, since = totals(c)
	}
	name, notes := f.name, f.Notes
	*f = Found{name: name, Notes: notes}
	if !log {
		f.withoutDatabase(nil, "cannot be opened")
		f.Loss.Commits, f.Loss.Events, f.Loss.Blocks, f.Loss.FromMS = commits, events, blocks, since
		f.Loss.ToMS, f.Loss.Unknown = f.Loss.FromMS, !known
		return
	}
	f.Loss = &damage.Loss{
		What:    fmt.Sprintf("the log of the database, %s, cannot be replayed", filepath.Base(name)+logSuffix),
		Unknown: c == nil, Saved: "the database as of its last checkpoint",
	}
	f.aside = []string{name + logSuffix, name + suffix}
	if c != nil {
		for _, r := range c.records {
			lose(f.Loss, r)
		}
	}
}

// Open continues the journal. It is called after DuckDB has opened the database, and after nothing but its schema was changed. It writes nothing
// before the first commit, so that stored data can be read on a full disk. Close the journal after DuckDB is closed, also after an error.
func (f *Found) Open() (_ *Journal, err error) {
	j := &Journal{name: f.name, buf: make([]byte, sumBytes)}
	if j.db, err = os.Open(f.name); err != nil {
		return nil, j.wrap(err)
	}
	d, err := readDatabase(j.db)
	if err != nil {
		return j, j.wrap(err)
	}
	c := f.content
	j.commits, j.events, j.blocks, j.sinceMS = f.before.Commits, f.before.Events, f.before.Blocks, f.before.SinceMS
	if c != nil {
		j.commits, j.events, j.blocks, j.sinceMS = totals(c)
	}
	if c == nil || !c.describes(d) || c.Iteration != d.iteration {
		c = j.fresh(d)
	}
	j.heading, j.first = c.heading, c
	j.tail, err = tailOf(f.name+logSuffix, c)
	return j, j.wrap(err)
}

// tailOf is the end of the part of the log without records: commits that were never acknowledged, and changes of the schema.
func tailOf(log string, c *content) (end int64, err error) {
	file, err := open(log)
	if file == nil {
		return 0, err
	}
	defer file.Close()
	length, err := size(file)
	if err != nil {
		return 0, err
	}
	from := max(int64(len(c.head)), lastEnd(c.records))
	if from == 0 {
		from = headLength(file, length)
	}
	end, commits := wholeCommits(file, from, length)
	if commits == 0 {
		return 0, nil
	}
	return end, nil
}
