package journal

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// fake is a database whose files this test writes in the same way as DuckDB.
type fake struct {
	name      string
	iteration uint64
}

func newFake(tb testing.TB) *fake {
	tb.Helper()
	f := &fake{name: filepath.Join(tb.TempDir(), "db"), iteration: 1}
	f.write(tb)
	return f
}

func (f *fake) write(tb testing.TB) {
	tb.Helper()
	file := make([]byte, 3*pageBytes)
	copy(file[nameOffset:], "the name of this")
	binary.LittleEndian.PutUint64(file[pageBytes+8:], f.iteration)
	binary.LittleEndian.PutUint64(file[2*pageBytes+8:], f.iteration-1)
	for at := 0; at < len(file); at += pageBytes {
		binary.LittleEndian.PutUint64(file[at:], duckChecksum(file[at+8:at+pageBytes]))
	}
	if err := os.WriteFile(f.name, file, 0o600); err != nil {
		tb.Fatal(err)
	}
}

func entry(payload []byte) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(payload)))
	b = binary.LittleEndian.AppendUint64(b, duckChecksum(payload))
	return append(b, payload...)
}

// commit appends a commit to the log.
func (f *fake) commit(tb testing.TB, payload []byte) {
	tb.Helper()
	log, err := os.OpenFile(f.name+logSuffix, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		tb.Fatal(err)
	}
	defer log.Close()
	var b []byte
	if at, err := size(log); err == nil && at == 0 {
		b = append(b, "the head of a log that has no checksum of its own"...)
	}
	b = append(append(b, entry(payload)...), entry(commitEntry)...)
	if _, err := log.Write(b); err != nil {
		tb.Fatal(err)
	}
	if err := log.Sync(); err != nil { // as DuckDB does, so that Record need not
		tb.Fatal(err)
	}
}

// checkpoint increments the iteration, and removes the log if requested.
func (f *fake) checkpoint(tb testing.TB, removed bool) {
	tb.Helper()
	f.iteration++
	f.write(tb)
	if removed {
		if err := os.Remove(f.name + logSuffix); err != nil {
			tb.Fatal(err)
		}
	}
}

func inspect(tb testing.TB, f *fake) *Found {
	tb.Helper()
	found, err := Inspect(f.name)
	if err != nil {
		tb.Fatal(err)
	}
	return found
}

func openJournal(tb testing.TB, f *fake) *Journal {
	tb.Helper()
	found := inspect(tb, f)
	if found.Loss != nil {
		tb.Fatalf("%+v", found.Loss)
	}
	if err := found.Mend(time.Now()); err != nil {
		tb.Fatal(err)
	}
	j, err := found.Open()
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { j.Close() })
	return j
}

func recorded(tb testing.TB, j *Journal, kind Kind, events int) {
	tb.Helper()
	if err := j.Record(kind, events, 0); err != nil {
		tb.Fatal(err)
	}
}

// adopt begins a journal for a fake.
func adopt(tb testing.TB, f *fake) *Journal {
	tb.Helper()
	found := inspect(tb, f)
	if found.Loss == nil || !found.Loss.Unknown {
		tb.Fatalf("a database without a journal: %+v", found.Loss)
	}
	j, err := found.Open()
	if err != nil {
		tb.Fatal(err)
	}
	if err := j.turn(database{name: [16]byte([]byte("the name of this")), iteration: f.iteration}); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { j.Close() })
	return j
}

// TestAfterEachStep: if a process ends between any two steps of a commit or a checkpoint, nothing is reported about its files.
func TestAfterEachStep(t *testing.T) {
	f := newFake(t)
	j := adopt(t, f)
	step := func(what string) {
		t.Helper()
		if found := inspect(t, f); found.Loss != nil || len(found.Notes) != 0 {
			t.Errorf("%s: %+v %q", what, found.Loss, found.Notes)
		}
	}
	step("begun")
	for n := range 3 {
		f.commit(t, []byte(strings.Repeat("rows", 10+n)))
		step("a commit without a record")
		recorded(t, j, Appended, 10)
		step("recorded")
	}
	f.checkpoint(t, false)
	step("a checkpoint that left the log")
	if err := os.Remove(f.name + logSuffix); err != nil {
		t.Fatal(err)
	}
	step("a checkpoint that the journal does not know of")
	if err := j.Turn(); err != nil {
		t.Fatal(err)
	}
	step("begun anew")
	if j.Commits != 3 || j.Events != 30 {
		t.Errorf("%d commits, %d events", j.Commits, j.Events)
	}
	f.commit(t, []byte("after the checkpoint"))
	f.checkpoint(t, true) // a commit that included a checkpoint
	recorded(t, j, Appended, 7)
	step("a commit with a checkpoint")
	if j.Commits != 4 || j.Events != 37 {
		t.Errorf("%d commits, %d events", j.Commits, j.Events)
	}
}

// TestKeptBehindDamage: after a damaged commit, later commits are kept if they only added rows, up to the first one that changed rows.
func TestKeptBehindDamage(t *testing.T) {
	for name, c := range map[string]struct {
		kinds []Kind
		kept  int
		lost  int64
	}{
		"rows behind":           {[]Kind{Appended, Appended, Appended, Appended}, 3, 1},
		"a change in between":   {[]Kind{Appended, Appended, Changed, Appended}, 1, 1},
		"a change before":       {[]Kind{Changed, Appended, Appended, Appended}, 3, 1},
		"the change is damaged": {[]Kind{Appended, Changed, Appended, Appended}, 3, 0},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			j := adopt(t, f)
			for n, kind := range c.kinds {
				f.commit(t, []byte(strings.Repeat("some rows ", 20+n)))
				recorded(t, j, kind, map[Kind]int{Appended: 1}[kind])
			}
			raw, err := os.ReadFile(f.name + logSuffix)
			if err != nil {
				t.Fatal(err)
			}
			second := len("the head of a log that has no checksum of its own") + 16 + 200 + 21 + 30
			raw[second] ^= 1
			if err := os.WriteFile(f.name+logSuffix, raw, 0o600); err != nil {
				t.Fatal(err)
			}
			found := inspect(t, f)
			if found.Loss == nil || len(found.parts) != c.kept {
				t.Fatalf("%d parts are kept, %+v", len(found.parts), found.Loss)
			}
			want := int64(0)
			for n, kind := range c.kinds {
				if kind == Appended && (n == 1 || n > 1 && c.kept == 1) {
					want++
				}
			}
			if found.Loss.Events != want {
				t.Errorf("%d events are lost, want %d", found.Loss.Events, want)
			}
			if err := found.Mend(time.Now()); err != nil {
				t.Fatal(err)
			}
			if again := inspect(t, f); again.Loss != nil || len(again.content.records) != c.kept {
				t.Errorf("once mended: %+v", again.Loss)
			}
		})
	}
}

// TestMoreRecordsThanRoom fills the room of a journal several times.
func TestMoreRecordsThanRoom(t *testing.T) {
	f := newFake(t)
	j := adopt(t, f)
	for range 2*roomRecords + 10 {
		f.commit(t, []byte("one row of many"))
		recorded(t, j, Appended, 1)
	}
	found := inspect(t, f)
	if found.Loss != nil || len(found.content.records) != 2*roomRecords+10 {
		t.Errorf("%d records, %+v", len(found.content.records), found.Loss)
	}
	again := openJournal(t, f)
	f.commit(t, []byte("one more"))
	recorded(t, again, Appended, 1)
	if again.commits != 2*roomRecords+11 {
		t.Errorf("%d commits", again.commits)
	}
}

// TestEveryRecordDamaged: a damaged record loses nothing as long as the log is complete.
func TestEveryRecordDamaged(t *testing.T) {
	f := newFake(t)
	j := adopt(t, f)
	for range 5 {
		f.commit(t, []byte("some rows of a commit"))
		recorded(t, j, Appended, 2)
	}
	whole, err := os.ReadFile(f.name + suffix)
	if err != nil {
		t.Fatal(err)
	}
	for at := range headingsBytes + 7*recordBytes {
		damaged := append([]byte(nil), whole...)
		damaged[at] ^= 0x10
		if err := os.WriteFile(f.name+suffix, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		if found := inspect(t, f); found.Loss != nil {
			t.Errorf("byte %d: %+v", at, found.Loss)
		}
	}
	// But if the log lost the commit of the damaged record, that is reported.
	damaged := append([]byte(nil), whole...)
	damaged[headingsBytes+5*recordBytes+9] ^= 1
	if err := os.WriteFile(f.name+suffix, damaged, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(f.name+logSuffix, j.end-3); err != nil {
		t.Fatal(err)
	}
	if found := inspect(t, f); found.Loss == nil || found.Loss.Commits != 1 || !found.Loss.Unknown {
		t.Errorf("the last commit and its record are damaged: %+v", found.Loss)
	}
}

// BenchmarkRecord measures what a commit costs in addition to DuckDB's part: reading what DuckDB wrote from the page cache, and making one sector
// durable.
func BenchmarkRecord(b *testing.B) {
	for name, bytes := range map[string]int{"100 rows": 230 << 10, "500 rows": 1150 << 10} {
		b.Run(name, func(b *testing.B) {
			f := newFake(b)
			j := adopt(b, f)
			rows := make([]byte, bytes)
			n := 0
			for b.Loop() {
				b.StopTimer()
				if n++; n%200 == 0 { // as DuckDB does at 256 MB
					f.checkpoint(b, true)
					if err := j.Turn(); err != nil {
						b.Fatal(err)
					}
				}
				f.commit(b, rows)
				b.StartTimer()
				recorded(b, j, Appended, 500)
			}
			b.SetBytes(int64(bytes))
		})
	}
}

// BenchmarkInspect measures a start with a log of 256 MB, which is in the page cache as after a crash of the process.
func BenchmarkInspect(b *testing.B) {
	f := newFake(b)
	j := adopt(b, f)
	rows := make([]byte, 256<<10)
	for range 1000 {
		f.commit(b, rows)
		recorded(b, j, Appended, 100)
	}
	b.SetBytes(j.end)
	for b.Loop() {
		if found := inspect(b, f); found.Loss != nil {
			b.Fatal(found.Loss)
		}
	}
}
