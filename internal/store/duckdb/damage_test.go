//go:build cgo

package duckdb

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/playheadhq/playhead/internal/damage"
	"github.com/playheadhq/playhead/internal/disk/disktest"
	"github.com/playheadhq/playhead/internal/store"
)

const (
	logName     = fileName + ".wal"
	journalName = fileName + ".journal"
)

// image has the files of a process that was killed, and the events that it had acknowledged.
type image struct {
	files map[string][]byte
	acked []*store.Batch
	// logged is the index of the first of them that is in the log and not in the database file.
	logged int
}

// snapshot copies the current files.
func (i *image) snapshot(t *testing.T, s *Store) {
	t.Helper()
	i.files = map[string][]byte{}
	for _, name := range []string{fileName, logName, journalName} {
		data, err := os.ReadFile(filepath.Join(s.options.Dir, name))
		if err != nil {
			t.Fatal(err)
		}
		i.files[name] = data
	}
	root := os.DirFS(s.options.Dir)
	err := fs.WalkDir(root, textsDir, func(name string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() {
			i.files[name], err = fs.ReadFile(root, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// killed makes an image: some commits, a checkpoint, and more commits of several sizes.
func killed(t *testing.T) *image {
	t.Helper()
	s, traffic, i := open(t, Options{}), newTraffic(1), &image{}
	commit := func(n int) {
		b := traffic.batch(n)
		if _, err := s.Commit(t.Context(), b); err != nil {
			t.Fatal(err)
		}
		i.acked = append(i.acked, b)
	}
	for range 3 {
		commit(5)
	}
	s.rest() // this ends with a checkpoint
	i.logged = len(i.acked)
	for _, n := range []int{1, 7, 30, 1, 1, 12, 3, 3} {
		commit(n)
	}
	i.snapshot(t, s)
	return i
}

func (i *image) events() (n int) {
	for _, b := range i.acked {
		n += len(b.Events)
	}
	return n
}

// put writes the files, some of them changed, into a new directory.
func (i *image) put(t *testing.T, change func(files map[string][]byte)) string {
	t.Helper()
	dir := t.TempDir()
	files := map[string][]byte{}
	for name, data := range i.files {
		files[name] = slices.Clone(data)
	}
	change(files)
	for name, data := range files {
		name = filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o700), os.WriteFile(name, data, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func read(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() == "lock" || e.IsDir() {
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		found[e.Name()] = string(data)
	}
	return found
}

// stored reads every acknowledged event, and returns how many are there.
func (i *image) stored(t *testing.T, s *Store) (n int) {
	t.Helper()
	for _, b := range i.acked {
		events := 0
		for _, e := range b.Events {
			if _, err := s.Event(t.Context(), project, e.UUID); err == nil {
				events++
			} else if !errors.Is(err, store.ErrNotFound) {
				t.Fatal(err)
			}
		}
		if events != 0 && events != len(b.Events) {
			t.Errorf("%d of %d events of a commit are there", events, len(b.Events))
		}
		n += events
	}
	return n
}

// outcome is the result of a start on damaged files.
type outcome struct {
	loss  *damage.Loss // nil if no loss was reported
	found int          // events that are there in the end
}

// start opens a directory. If a loss is reported, it checks that nothing was changed, accepts the loss, and opens the directory again. It checks that
// everything missing was reported, and that a second start reports nothing.
func (i *image) start(t *testing.T, dir string) (o outcome) {
	t.Helper()
	before := read(t, dir)
	s, err := Open(t.Context(), Options{Dir: dir})
	var lost *damage.Error
	var codes []string
	for errors.As(err, &lost) {
		if o.loss == nil {
			o.loss = &lost.Loss
			if after := read(t, dir); !sameFiles(before, after) {
				t.Errorf("a start that was refused changed the files")
			}
			if _, err := Open(t.Context(), Options{Dir: dir, AcceptLoss: []string{"another"}}); !errors.As(err, new(*damage.Error)) {
				t.Fatalf("with the code of another loss: %v", err)
			}
		}
		o.loss.Unknown = o.loss.Unknown || lost.Unknown
		if codes = append(codes, lost.Code()); len(codes) > 2 {
			t.Fatalf("accepted %v, and still: %v", codes, err)
		}
		s, err = Open(t.Context(), Options{Dir: dir, AcceptLoss: codes})
	}
	if err != nil {
		t.Fatalf("an error that says nothing of a loss: %v", err)
	}
	if kept, err := damage.Accepted(dir); err != nil || (len(kept) > 0) != (o.loss != nil) || o.loss != nil && (kept[0].Events != o.loss.Events || kept[0].AcceptedMS == 0) {
		t.Errorf("kept %+v, %v", kept, err)
	}
	o.found = i.stored(t, s)
	if o.loss == nil && o.found != i.events() {
		t.Errorf("ready without a word, and %d of %d events are there", o.found, i.events())
	}
	if o.loss != nil && !o.loss.Unknown && int64(i.events()-o.found) != o.loss.Events {
		t.Errorf("%d events are missing, %d were said to be lost", i.events()-o.found, o.loss.Events)
	}
	if _, err := s.Commit(t.Context(), newTraffic(99).batch(3)); err != nil {
		t.Errorf("going on: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	s, err = Open(t.Context(), Options{Dir: dir})
	if err != nil {
		t.Fatalf("the start after that: %v", err)
	}
	if n := i.stored(t, s); n != o.found {
		t.Errorf("%d events became %d", o.found, n)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	return o
}

func sameFiles(a, b map[string]string) bool {
	if len(a) != len(b) {
		return false
	}
	for name, data := range a {
		if b[name] != data {
			return false
		}
	}
	return true
}

func flip(name string, at int) func(map[string][]byte) {
	return func(files map[string][]byte) { files[name][at] ^= 0x40 }
}

func cut(name string, length int) func(map[string][]byte) {
	return func(files map[string][]byte) { files[name] = files[name][:length] }
}

// TestDamage: for each kind of damage, what is reported and what is left.
func TestDamage(t *testing.T) {
	i := killed(t)
	older := &image{}
	{
		s, traffic := open(t, Options{}), newTraffic(2)
		if _, err := s.Commit(t.Context(), traffic.batch(4)); err != nil {
			t.Fatal(err)
		}
		older.snapshot(t, s)
	}
	logged := 0
	for _, b := range i.acked[i.logged:] {
		logged += len(b.Events)
	}
	all, wal := i.events(), len(i.files[logName])
	const none = -1 // nothing is lost, and nothing is reported
	for name, c := range map[string]struct {
		change  func(map[string][]byte)
		lost    int
		unknown bool
		says    string
	}{
		"nothing":               {func(map[string][]byte) {}, none, false, ""},
		"head of the log":       {flip(logName, 3), none, false, ""},
		"first commit":          {flip(logName, 200), 1, false, "does not hold what was written to it"},
		"the log's end":         {cut(logName, wal-1), 3, false, "lost its end"},
		"half of the log":       {cut(logName, wal/2), none - 1, false, "lost its end"},
		"an empty log":          {cut(logName, 0), logged, false, "is missing"},
		"no log":                {func(f map[string][]byte) { delete(f, logName) }, logged, false, "is missing"},
		"an older log":          {func(f map[string][]byte) { f[logName] = older.files[logName] }, logged, false, "does not hold|lost its end"},
		"no journal":            {func(f map[string][]byte) { delete(f, journalName) }, 0, true, "cannot be compared"},
		"an older journal":      {func(f map[string][]byte) { f[journalName] = older.files[journalName] }, 0, true, "about another database"},
		"journal and log gone":  {func(f map[string][]byte) { delete(f, journalName); delete(f, logName) }, logged, true, "cannot be compared"},
		"journal's heading":     {flip(journalName, 20), none, false, ""},
		"both headings":         {func(f map[string][]byte) { f[journalName][20] ^= 1; f[journalName][532] ^= 1 }, 0, true, "is damaged"},
		"the journal's end":     {cut(journalName, 1024+128*3), none, false, ""},
		"head of the database":  {flip(fileName, 9), all, false, "is damaged"},
		"a head of the two":     {flip(fileName, 4096+3000), all, false, "is damaged"},
		"the other head":        {flip(fileName, 8192+9), all, false, "is damaged"},
		"no database":           {func(f map[string][]byte) { delete(f, fileName) }, all, false, "is missing"},
		"database cut short":    {cut(fileName, 5000), all, false, "is damaged"},
		"an older database":     {func(f map[string][]byte) { f[fileName] = older.files[fileName] }, all, true, "about another database"},
		"garbage behind":        {func(f map[string][]byte) { f[logName] = append(f[logName], "half a record"...) }, none, false, ""},
		"zeros behind":          {func(f map[string][]byte) { f[logName] = append(f[logName], make([]byte, 5000)...) }, none, false, ""},
		"words that changed":    {swapWords, none - 1, false, "does not hold"},
		"the catalogue":         {func(f map[string][]byte) { flipAll(f[fileName][3*4096:]) }, all, false, "cannot be opened"},
		"a record of the first": {flip(journalName, 1024+128+20), none, false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			o := i.start(t, i.put(t, c.change))
			if (o.loss == nil) != (c.lost == none) {
				t.Fatalf("said: %+v", o.loss)
			}
			if o.loss == nil {
				return
			}
			if lost := all - o.found; c.lost >= 0 && lost != c.lost {
				t.Errorf("%d events are lost, want %d", lost, c.lost)
			}
			if o.loss.Unknown != c.unknown {
				t.Errorf("unknown: %v, want %v", o.loss.Unknown, c.unknown)
			}
			said := false
			for text := range strings.SplitSeq(c.says, "|") {
				said = said || strings.Contains(o.loss.What, text)
			}
			if !said {
				t.Errorf("said %q, want %q", o.loss.What, c.says)
			}
			if !c.unknown && (o.loss.Commits == 0 || o.loss.FromMS == 0 || o.loss.ToMS < o.loss.FromMS) {
				t.Errorf("said: %+v", o.loss)
			}
		})
	}
}

// swapWords exchanges two words of the log, which DuckDB's own checksum does not detect.
func swapWords(files map[string][]byte) {
	log := files[logName]
	at := len(log) / 2
	for ; string(log[at:at+8]) == string(log[at+8:at+16]); at++ {
	}
	a := string(log[at : at+8])
	copy(log[at:], log[at+8:at+16])
	copy(log[at+8:], a)
}

func flipAll(b []byte) {
	for i := range b {
		b[i] ^= 0x55
	}
}

// TestRandomDamage: whatever happens to the files of a killed process, a start never becomes ready without a report while acknowledged data are
// missing, and the reported loss is exactly what is missing. PLAYHEAD_LONG=1 tries many more cases.
func TestRandomDamage(t *testing.T) {
	i := killed(t)
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	names := []string{logName, logName, logName, journalName, fileName}
	for n := range long(25, 2000) {
		name := names[random.IntN(len(names))]
		var change func(map[string][]byte)
		var what string
		switch size := len(i.files[name]); random.IntN(6) {
		case 0:
			length := random.IntN(size)
			what, change = fmt.Sprintf("%s cut at %d", name, length), cut(name, length)
		case 1:
			from := random.IntN(size)
			to := from + random.IntN(min(size-from, 5000)) + 1
			what = fmt.Sprintf("%s zeroed from %d to %d", name, from, to)
			change = func(f map[string][]byte) { clear(f[name][from:to]) }
		case 2:
			at := random.IntN(min(size, 64))
			what, change = fmt.Sprintf("%s flipped at %d", name, at), flip(name, at)
		default:
			at := random.IntN(size)
			what, change = fmt.Sprintf("%s flipped at %d", name, at), flip(name, at)
		}
		t.Run(fmt.Sprintf("%d", n), func(t *testing.T) {
			dir := i.put(t, change)
			if name == fileName && random.IntN(2) == 0 {
				// Damage in a block of the database that was not read at the start is an error when it is read.
				what += ", in a database"
			}
			o := i.startOrFail(t, dir)
			if t.Failed() {
				t.Logf("%s: %+v", what, o.loss)
			}
		})
	}
}

// startOrFail is start for damage that may also be in blocks of the database: reading these is an error and never returns other data.
func (i *image) startOrFail(t *testing.T, dir string) outcome {
	t.Helper()
	s, err := Open(t.Context(), Options{Dir: dir})
	if loss := (*damage.Error)(nil); errors.As(err, &loss) && loss.Unknown && loss.Cause != nil {
		i.withoutTexts(t, dir, loss)
		return outcome{}
	}
	if err == nil {
		var readErr error
		for next, more := "", true; more && readErr == nil; more = next != "" {
			_, next, readErr = s.Dump(t.Context(), next, 1000)
		}
		if err := s.Close(); readErr == nil && err != nil {
			t.Error(err)
		}
		if readErr != nil {
			return outcome{}
		}
	}
	return i.start(t, dir)
}

// withoutTexts continues without any text: all events are there, or reading them is an error.
func (i *image) withoutTexts(t *testing.T, dir string, loss *damage.Error) {
	t.Helper()
	s, err := Open(t.Context(), Options{Dir: dir, AcceptLoss: []string{loss.Code()}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		// The start reported that the file is damaged. Closing moves the log into it, and may report this once more, but nothing else.
		if err := s.Close(); err != nil && !isDamage(classify(err)) {
			t.Errorf("Close: %v", err)
		}
	}()
	found := 0
	for next, more := "", true; more; more = next != "" {
		b, after, err := s.Dump(t.Context(), next, 1000)
		if err != nil {
			return
		}
		found, next = found+len(b.Events), after
	}
	if found != i.events() {
		t.Errorf("%d events, want %d", found, i.events())
	}
}

// TestEveryByteOfTheHead: a flipped byte at the beginning of the log loses nothing, because the journal has a copy, or one commit.
func TestEveryByteOfTheHead(t *testing.T) {
	i := killed(t)
	step := long(8, 1)
	for at := 0; at <= 64; at += step {
		t.Run(fmt.Sprint(at), func(t *testing.T) {
			o := i.start(t, i.put(t, flip(logName, at)))
			if lost := i.events() - o.found; lost > len(i.acked[i.logged].Events) {
				t.Errorf("one byte cost %d events", lost)
			}
		})
	}
}

func long(short, long int) int {
	if os.Getenv("PLAYHEAD_LONG") != "" {
		return long
	}
	return short
}

// TestJournalOnAFullDisk: a commit whose journal record does not fit on the disk is not acknowledged, and is not reported as lost later.
func TestJournalOnAFullDisk(t *testing.T) {
	disktest.Full(t, 4<<20, func(t *testing.T, dir string, free func()) {
		s, traffic := open(t, Options{Dir: dir, MinFreeBytes: -1}), newTraffic(1)
		i := &image{}
		for n := 0; ; n++ {
			b := traffic.batch(20)
			if _, err := s.Commit(t.Context(), b); err != nil {
				if !errors.Is(err, store.ErrFull) && !errors.Is(err, store.ErrUnavailable) {
					t.Fatal(err)
				}
				break
			}
			i.acked = append(i.acked, b)
			if n > 2000 {
				t.Fatal("the disk is never full")
			}
		}
		free()
		if _, err := s.Commit(t.Context(), traffic.batch(1)); err != nil {
			t.Fatal(err)
		}
		if n := i.stored(t, s); n != i.events() {
			t.Errorf("%d of %d events", n, i.events())
		}
	})
}

// TestDamagedTexts: a start reports how many events lost their text, and continues without it after that was accepted; this is reported only once.
func TestDamagedTexts(t *testing.T) {
	i := killed(t)
	var files []string
	for name := range i.files {
		if strings.HasPrefix(name, textsDir) {
			files = append(files, name)
		}
	}
	if len(files) != 1 {
		t.Fatalf("%d files of text, want one", len(files))
	}
	for what, change := range map[string]func(map[string][]byte){
		"cut":  cut(files[0], len(i.files[files[0]])-10),
		"gone": func(f map[string][]byte) { delete(f, files[0]) },
	} {
		t.Run(what, func(t *testing.T) {
			dir := i.put(t, change)
			_, err := Open(t.Context(), Options{Dir: dir})
			var loss *damage.Error
			if before := i.files[logName]; !errors.As(err, &loss) || len(read(t, dir)[logName]) != len(before) {
				t.Fatalf("Open: %v; nothing may be changed then", err)
			}
			if loss.Texts == 0 || loss.Events != 0 {
				t.Fatalf("Open: %v", err)
			}
			s, err := Open(t.Context(), Options{Dir: dir, AcceptLoss: []string{loss.Code()}})
			if err != nil {
				t.Fatal(err)
			}
			found := 0
			for _, b := range i.acked {
				contents, err := s.Contents(t.Context(), keysOf(b.Events))
				if err != nil {
					t.Fatal(err)
				}
				found += len(contents)
			}
			if found != i.events()-int(loss.Texts) {
				t.Errorf("%d events have text, %d had and %d are said to be lost", found, i.events(), loss.Texts)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			open(t, Options{Dir: dir}) // it is not reported again
		})
	}
}
