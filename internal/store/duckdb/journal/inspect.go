package journal

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/playheadhq/playhead/internal/damage"
)

// Found is the result of Inspect.
type Found struct {
	// Loss describes acknowledged data that are missing, nil if all are there.
	Loss *damage.Loss
	// Notes are for the server's log: damage without loss.
	Notes []string

	name string // of the database file
	plan
}

// plan is how to change the files so that DuckDB opens them and the journal matches them. The zero value changes nothing.
type plan struct {
	// content is the journal to continue with, nil to begin a new one with the previous totals.
	content *content
	before  heading
	// remove are files to delete, aside are files to move to the directory for damaged files.
	remove, aside []string
	// cut is the new length of the log, if truncated is true.
	truncated bool
	cut       int64
	// rewritten means that the log must be composed of its head and these parts.
	rewritten bool
	parts     []record
}

// Inspect compares a database file, its log and its journal, and changes nothing. An error is one of the disk; problems of the files themselves are
// in Found.
func Inspect(database string) (*Found, error) {
	f := &Found{name: database}
	c, err := load(database + suffix)
	if err != nil && !errors.Is(err, errNone) {
		return nil, fmt.Errorf("read the journal: %w", err)
	}
	noJournal := err
	log, err := open(database + logSuffix)
	if err != nil {
		return nil, err
	}
	if log != nil {
		defer log.Close()
	}
	db, err := open(database)
	if err != nil {
		return nil, err
	}
	if db != nil {
		defer db.Close()
	}
	switch {
	case c != nil && c.New:
		// The process ended while it created the database, which was never used.
		f.remove = []string{database, database + logSuffix}
		return f, nil
	case c == nil && db == nil && log == nil:
		return f, nil
	case db == nil:
		f.withoutDatabase(c, "is missing")
		return f, nil
	}
	d, err := readDatabase(db)
	switch {
	case errors.Is(err, errHead):
		f.withoutDatabase(c, "is damaged: "+err.Error())
		return f, nil
	case err != nil:
		return nil, err
	case c == nil:
		return f, f.withoutJournal(log, noJournal)
	}
	f.before = c.heading
	switch {
	case !c.describes(d):
		return f, f.withoutJournal(log, errors.New("it is about another database"))
	case d.iteration < c.Iteration:
		f.olderDatabase(c)
		return f, nil
	case d.iteration > c.Iteration:
		c.heading.Commits, c.Events, c.Blocks, c.SinceMS = totals(c)
		f.before = c.heading
		return f, f.cutTail(log)
	}
	return f, f.compare(c, log)
}

// open opens a file for reading, nil if it does not exist.
func open(name string) (*os.File, error) {
	file, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return file, err
}

// totals are the sums of everything that was acknowledged.
func totals(c *content) (commits, events, blocks, sinceMS int64) {
	commits, events, blocks, sinceMS = c.heading.Commits, c.Events, c.Blocks, c.SinceMS
	for _, r := range c.records {
		commits = r.commit
		events += int64(r.events)
		blocks += int64(r.blocks)
		if sinceMS == 0 && r.events+r.blocks > 0 {
			sinceMS = r.timeMS
		}
	}
	return commits, events, blocks, sinceMS
}

// withoutDatabase is the result if there is no usable database.
func (f *Found) withoutDatabase(c *content, how string) {
	l := &damage.Loss{What: fmt.Sprintf("the database file %s %s", filepath.Base(f.name), how), Unknown: true}
	if c != nil {
		l.Commits, l.Events, l.Blocks, l.FromMS = totals(c)
		l.Unknown = c.damaged > 0
		if len(c.records) > 0 {
			l.ToMS = c.records[len(c.records)-1].timeMS
		}
		l.ToMS = max(l.ToMS, l.FromMS)
	}
	l.Saved = "the bytes of recordings, which cannot be shown without the database. Going on begins an empty one"
	f.Loss = l
	f.aside = []string{f.name, f.name + logSuffix, f.name + suffix}
}

// withoutJournal is the result if it is unknown what was acknowledged. The intact part of the log is kept.
func (f *Found) withoutJournal(log *os.File, why error) error {
	l := &damage.Loss{
		What:    fmt.Sprintf("the journal of the database cannot be used (%v), so what was acknowledged cannot be compared with what is there", why),
		Unknown: true,
		Saved:   "the database as of its last checkpoint; it has no log, as after an orderly stop",
	}
	f.Loss = l
	if log == nil {
		return nil
	}
	length, err := size(log)
	if err != nil {
		return err
	}
	head := headLength(log, length)
	end, commits := wholeCommits(log, head, length)
	if head == 0 || commits == 0 {
		end = 0
	}
	f.truncated, f.cut = end < length, end
	l.Saved = fmt.Sprintf("the database as of its last checkpoint, and %d commits in its log", commits)
	if end == length {
		l.Saved += ", which is whole by its own checksums"
	} else {
		l.Saved += fmt.Sprintf(", which is whole by its own checksums in the first %d of %d bytes", end, length)
	}
	return nil
}

// olderDatabase is the result if the database file is older than a completed checkpoint, after which the log continues.
func (f *Found) olderDatabase(c *content) {
	l := &damage.Loss{
		What:    fmt.Sprintf("the database file %s is an older one: its journal begins behind a later checkpoint", filepath.Base(f.name)),
		Unknown: true, Saved: "what the older file holds",
	}
	for _, r := range c.records {
		lose(l, r)
	}
	f.Loss = l
	f.aside = []string{f.name + logSuffix, f.name + suffix}
}

func lose(l *damage.Loss, r record) {
	l.Commits++
	l.Events += int64(r.events)
	l.Blocks += int64(r.blocks)
	if l.FromMS == 0 {
		l.FromMS = r.timeMS
	}
	l.FromMS, l.ToMS = min(l.FromMS, r.timeMS), max(l.ToMS, r.timeMS)
}

// cutTail removes what a crash left after the last complete commit of a log without records.
func (f *Found) cutTail(log *os.File) error {
	if log == nil {
		return nil
	}
	length, err := size(log)
	if err != nil {
		return err
	}
	if head := headLength(log, length); head > 0 {
		end, commits := wholeCommits(log, head, length)
		f.truncated, f.cut = end < length && commits > 0, end
	}
	return nil
}

// part is a part of the log, and whether it is unchanged.
type part struct {
	record
	whole bool
	// recorded is false for the part of a damaged record.
	recorded bool
}

// compare compares the log with the records of the same checkpoint.
func (f *Found) compare(c *content, log *os.File) error {
	length := int64(0)
	if log != nil {
		var err error
		if length, err = size(log); err != nil {
			return err
		}
	}
	headWhole := true
	if c.head != nil && log != nil {
		var err error
		if headWhole, err = headIs(log, c.head); err != nil {
			return err
		}
	}
	if c.head == nil && log != nil && length > 0 { // it was not written yet, or its record is damaged
		begin := headLength(log, length)
		if begin == 0 && len(c.records) > 0 && c.records[0].start <= maxHead {
			begin = c.records[0].start
		}
		if begin > 0 && begin <= length {
			c.head = make([]byte, begin)
			if _, err := log.ReadAt(c.head, 0); err != nil {
				return err
			}
		}
	}
	parts, tail, err := partsOf(c, log, length)
	if err != nil {
		return err
	}
	f.content = c
	return f.judge(parts, tail, headWhole, length)
}

// tail is the part of the log after the last record.
type tail struct {
	end     int64 // of its last complete commit
	commits int64 // number of complete commits
	// expected is the number of commits after the last valid record whose records are damaged.
	expected int64
}

// partsOf checks each part of the log.
func partsOf(c *content, log *os.File, length int64) (parts []part, t tail, err error) {
	buf := make([]byte, sumBytes)
	at := int64(len(c.head))
	for _, r := range c.records {
		if r.start > at { // other commits were between these two records
			gap := part{record: record{kind: Changed, timeMS: r.timeMS, start: at, end: r.start, commit: r.commit - 1}}
			if r.start <= length {
				end, _ := wholeCommits(log, at, r.start)
				gap.whole = end == r.start
			}
			if gap.whole {
				if gap.sum, err = sum(log, at, r.start, buf); err != nil {
					return nil, t, err
				}
			}
			parts = append(parts, gap)
		}
		p := part{record: r, recorded: true}
		if r.end <= length {
			found, err := sum(log, r.start, r.end, buf)
			if err != nil {
				return nil, t, err
			}
			p.whole = found == r.sum
		}
		parts = append(parts, p)
		at = r.end
	}
	t = tail{end: at, expected: int64(c.lastDamaged)}
	if log != nil && at > 0 && at <= length {
		t.end, t.commits = wholeCommits(log, at, length)
	}
	return parts, t, nil
}

// judge decides what is lost and what to do.
func (f *Found) judge(parts []part, t tail, headWhole bool, length int64) error {
	c := f.content
	l := &damage.Loss{}
	kept, keptBehind, intact, stopped := []record{}, 0, true, false
	// A log without its head cannot be used.
	begins := c.head != nil || len(parts) > 0 && parts[0].start == 0 && parts[0].whole
	for i, p := range parts {
		whole := p.whole && begins
		if whole && !stopped && (intact || p.kind == Appended) {
			kept = append(kept, p.record)
			if !intact {
				keptBehind++
			}
			continue
		}
		stopped = stopped || whole && p.kind != Appended
		intact = false
		if p.recorded {
			lose(l, p.record)
			continue
		}
		before := c.heading.Commits
		if i > 0 {
			before = parts[i-1].commit
		}
		l.Commits += p.commit - before
		l.Unknown = true
	}
	if missing := t.expected - t.commits; missing > 0 {
		l.Commits += missing
		l.Unknown = true
		intact = false
	}
	if c.damaged > 0 {
		f.Notes = append(f.Notes, fmt.Sprintf("%d records of the journal are damaged; what they were about was compared with the log's own checksums", c.damaged))
	}
	if intact {
		f.mendQuietly(kept, t, headWhole, length)
		return nil
	}
	switch last := parts[max(len(parts)-1, 0):]; {
	case length == 0:
		l.What = fmt.Sprintf("the log of the database, %s, is missing", filepath.Base(f.name)+logSuffix)
	case len(last) == 0 || length < last[0].end:
		l.What = fmt.Sprintf("the log of the database, %s, lost its end: %d bytes are there", filepath.Base(f.name)+logSuffix, length)
	default:
		l.What = fmt.Sprintf("the log of the database, %s, does not hold what was written to it", filepath.Base(f.name)+logSuffix)
	}
	l.Saved = fmt.Sprintf("the database as of its last checkpoint, and %d commits in its log", len(kept))
	if keptBehind > 0 {
		l.Saved += fmt.Sprintf(", %d of which came after what is lost", keptBehind)
	}
	f.Loss = l
	f.rewritten, f.parts = true, kept
	return nil
}

// mendQuietly prepares repairs that need no decision, because no acknowledged data are lost.
func (f *Found) mendQuietly(kept []record, t tail, headWhole bool, length int64) {
	c := f.content
	if !headWhole {
		f.Notes = append(f.Notes, "the head of the database's log was damaged and is written again; nothing is lost")
		f.rewritten = true
		f.parts = kept
		if t.commits > 0 { // they were never acknowledged, but are complete
			f.parts = append(f.parts, record{kind: Changed, start: cmp.Or(lastEnd(kept), int64(len(c.head))), end: t.end, commit: c.lastCommit() + 1})
		}
	} else if length > t.end {
		end := t.end
		if len(kept) == 0 && t.commits == 0 {
			end = 0 // without commits there is no log
		}
		f.truncated, f.cut = true, end
	}
	if len(kept) == 0 && t.commits == 0 {
		c.head = nil
	}
	c.records = kept
}

func lastEnd(records []record) int64 {
	if len(records) == 0 {
		return 0
	}
	return records[len(records)-1].end
}

func (c *content) lastCommit() int64 {
	if len(c.records) == 0 {
		return c.heading.Commits
	}
	return c.records[len(c.records)-1].commit
}
