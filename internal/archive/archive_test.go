package archive

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/uuid"
	"go.uber.org/goleak"

	"github.com/playheadhq/playhead/internal/access"
	"github.com/playheadhq/playhead/internal/blocks"
	"github.com/playheadhq/playhead/internal/blocks/dir"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/duckdb"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// place is a storage in a directory of its own.
type place struct {
	store.Store
	blocks blocks.Store
}

func newPlace(t *testing.T) *place {
	t.Helper()
	path := t.TempDir()
	s, err := duckdb.Open(t.Context(), duckdb.Options{Dir: path, MinFreeBytes: -1})
	if err != nil {
		t.Fatal(err)
	}
	b, err := dir.Open(filepath.Join(path, "recordings"), dir.Options{MinFreeBytes: -1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(b.Close(), s.Close()); err != nil {
			t.Error(err)
		}
	})
	return &place{s, b}
}

// id makes the nth uuid.
func id(n int) uuid.UUID { return uuid.NewSHA1(uuid.Nil, fmt.Append(nil, n)) }

// filled returns a storage with about n rows of each kind, of two projects that share ids. Some values are hard to export: quotes, line ends, HTML,
// the escape of an unpaired surrogate, missing values.
func filled(t *testing.T, n int) *place {
	t.Helper()
	p := newPlace(t)
	random := rand.NewChaCha8([32]byte{1})
	b := &store.Batch{}
	var bodies [][]byte
	var projects []string
	for i := range n {
		project := []string{access.DefaultProject, "shop"}[i%2]
		projects = append(projects, project)
		e := model.Event{
			Project: project, UUID: id(i / 2), Name: "$ai_generation", Kind: model.KindGeneration, TimeMS: int64(1000 + i/3), ReceivedMS: int64(i), DistinctID: "ada", TraceID: fmt.Sprint("t", i/4),
			LatencyMS: 0.1 + float64(i), FirstTokenMS: -1, Tokens: model.Tokens{Input: -1, Output: int64(i)},
			Env: []string{"", "production"}[i%2], Properties: []model.Property{{Name: "a \"<tenant>\"", Value: "x"}, {Name: "b", Value: ""}}[:i%3],
		}
		b.Events = append(b.Events, e)
		switch i % 3 {
		case 0:
			b.Contents = append(b.Contents, model.Content{Project: project, UUID: e.UUID, TimeMS: e.TimeMS, Input: []byte(`{ "a":  "<é\ud800>" }`), Properties: []byte("{}"), InputPreview: "a<b>\u2028\"\n&"})
		case 1:
			b.Contents = append(b.Contents, model.Content{Project: project, UUID: e.UUID, TimeMS: e.TimeMS})
		}
		body := make([]byte, 100+i)
		random.Read(body)
		bodies = append(bodies, body)
		b.Blocks = append(b.Blocks, model.Block{
			Project: project, UUID: id(10_000 + i/2), SessionID: fmt.Sprint("s", i/5), WindowID: "w", FirstMS: 1, LastMS: 2, Snapshots: []model.Snapshot{{AtMS: 1, Line: int32(i)}}, Clicks: 3,
		})
		b.Identities = append(b.Identities, model.Identity{Project: project, UUID: id(i / 2), TimeMS: 5, ID: "ada", OtherID: fmt.Sprint("anon", i), Email: "a@example.com"})
		b.Saved = append(b.Saved, model.Saved{Project: project, UUID: id(1000 + i), ID: id(i / 2), Kind: model.SavedView, AtMS: int64(i), Gone: i%5 == 0, Body: fmt.Sprintf(`{"name":"%d"}`, i)})
		b.Refusals = append(b.Refusals, model.Refusal{Project: project, AtMS: int64(i), Reason: model.ReasonTooLarge, Event: fmt.Sprint("e", i/3), Detail: "d", Bytes: 7, Count: int64(1 + i%2)})
	}
	locations, err := blocks.WriteEach(t.Context(), p.blocks, projects, bodies)
	if err != nil {
		t.Fatal(err)
	}
	for i := range b.Blocks {
		b.Blocks[i].Location = locations[i]
	}
	if _, err := p.Commit(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p *place) export(ctx context.Context, dir string) (Result, error) {
	return Export(ctx, ExportOptions{Source: p, Bodies: p.blocks, Dir: dir, Version: "test"})
}

func (p *place) imports(ctx context.Context, dir string) (Result, error) {
	return Import(ctx, ImportOptions{Target: p, Blocks: p.blocks, Dir: dir, Name: "target", Wait: func(context.Context, int, error) error { return nil }})
}

// same checks that two storages hold the same data, recordings included: it exports both and compares the sums.
func same(t *testing.T, a, b *place) {
	t.Helper()
	if a, b := a.sums(t), b.sums(t); !reflect.DeepEqual(a, b) {
		t.Errorf("they differ:\n%+v\n%+v", a, b)
	}
}

// sums are those of a new export.
func (p *place) sums(t *testing.T) Sums {
	t.Helper()
	r, err := p.export(t.Context(), filepath.Join(t.TempDir(), "export"))
	if err != nil {
		t.Fatal(err)
	}
	return r.Sums
}

func TestThereAndBack(t *testing.T) {
	const n = 700
	a, b, out := filled(t, n), newPlace(t), filepath.Join(t.TempDir(), "out")
	exported, err := a.export(t.Context(), out)
	if err != nil {
		t.Fatal(err)
	}
	for kind, rows := range map[string]int64{Events: n, Contents: n - n/3, Identities: n, Blocks: n, Saved: n} {
		if exported.Sums[kind].Rows != rows {
			t.Errorf("%d %s, want %d", exported.Sums[kind].Rows, kind, rows)
		}
	}
	imported, err := b.imports(t.Context(), out)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(exported, imported) {
		t.Errorf("exported %+v\nimported %+v", exported, imported)
	}
	same(t, a, b)
	// Import again: the progress file lists all chunks, so that the data are only checked, and nothing is stored twice.
	again, err := b.imports(t.Context(), out)
	if err != nil || !reflect.DeepEqual(again, imported) {
		t.Errorf("again: %+v, %v", again, err)
	}
	same(t, a, b)
	// Import again without it: everything is stored again. What has a key counts once; refusals have none.
	files, err := filepath.Glob(filepath.Join(out, "progress-*"))
	if err != nil || len(files) != 1 {
		t.Fatalf("progress files: %v, %v", files, err)
	}
	if err := os.Remove(files[0]); err != nil {
		t.Fatal(err)
	}
	if again, err := b.imports(t.Context(), out); err != nil || !reflect.DeepEqual(again, imported) {
		t.Errorf("without the progress file: %+v, %v", again, err)
	}
	want, got := a.sums(t), b.sums(t)
	if refused := got[Refusals].Rows; refused != want[Refusals].Rows {
		t.Errorf("%d refusals", refused)
	}
	delete(want, Refusals)
	delete(got, Refusals)
	if !reflect.DeepEqual(want, got) {
		t.Errorf("without the progress file they differ:\n%+v\n%+v", want, got)
	}
	// A complete export is not made again.
	if r, err := a.export(t.Context(), out); err != nil || !reflect.DeepEqual(r, exported) {
		t.Errorf("exported again: %+v, %v", r, err)
	}
}

func TestNothing(t *testing.T) {
	a, b, out := newPlace(t), newPlace(t), filepath.Join(t.TempDir(), "out")
	if _, err := a.export(t.Context(), out); err != nil {
		t.Fatal(err)
	}
	if _, err := b.imports(t.Context(), out); err != nil {
		t.Fatal(err)
	}
}

var errBroken = errors.New("broken off")

// failing lets the number of calls in left succeed, and fails all later ones. If late is set, a Commit that fails has stored its rows.
type failing struct {
	*place
	blocks.Store
	left int
	late bool
}

func (f *failing) next() error {
	f.left--
	if f.left < 0 {
		return errBroken
	}
	return nil
}

func (f *failing) Dump(ctx context.Context, after string, limit int) (*store.Batch, string, error) {
	if err := f.next(); err != nil {
		return nil, "", err
	}
	return f.place.Dump(ctx, after, min(limit, 50))
}

func (f *failing) Commit(ctx context.Context, b *store.Batch) (store.Committed, error) {
	if !f.late {
		if err := f.next(); err != nil {
			return store.Committed{}, err
		}
	}
	done, err := f.place.Commit(ctx, b)
	if f.late && err == nil {
		err = f.next()
	}
	return done, err
}

func (f *failing) Write(ctx context.Context, project string, bodies [][]byte) ([]model.Location, error) {
	if err := f.next(); err != nil {
		return nil, err
	}
	return f.Store.Write(ctx, "default", bodies)
}

func (f *failing) Close() error { return nil }

// An export and an import are interrupted after any number of steps, each time with a partial last line in their journals. Both resume, and the
// result is the same.
func TestBrokenOffAnywhere(t *testing.T) {
	a, out := filled(t, 160), filepath.Join(t.TempDir(), "out")
	tear := func(pattern string, n int) {
		files, err := filepath.Glob(filepath.Join(out, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			f, err := os.OpenFile(name, os.O_APPEND|os.O_WRONLY, 0)
			if err != nil {
				t.Fatal(err)
			}
			_, err = f.WriteString(`{"chunk":17,"rows":{"name":"0000`[:n%20])
			if err = errors.Join(err, f.Close()); err != nil {
				t.Fatal(err)
			}
		}
	}
	tries := 0
	for ; ; tries++ {
		f := &failing{place: a, left: tries % 7}
		if tries > 100 {
			f.left = 100
		}
		_, err := Export(t.Context(), ExportOptions{Source: f, Bodies: a.blocks, Dir: out})
		if err == nil {
			break
		}
		if !errors.Is(err, errBroken) {
			t.Fatal(err)
		}
		tear(manifestFile, tries)
	}
	t.Logf("exported at try %d", tries+1)
	for _, late := range []bool{false, true} {
		b := newPlace(t)
		tries := 0
		for ; ; tries++ {
			f := &failing{place: b, Store: b.blocks, left: tries % 4, late: late}
			_, err := Import(t.Context(), ImportOptions{Target: f, Blocks: f, Dir: out, Name: fmt.Sprint("target", late)})
			if err == nil {
				break
			}
			if tries > 50 || !errors.Is(err, errBroken) {
				t.Fatalf("try %d: %v", tries, err)
			}
			tear("progress-*", tries)
		}
		t.Logf("imported at try %d", tries+1)
		same(t, a, b)
	}
}

// A commit without an answer is retried. Refusals, which have no key, are not counted twice because of that.
func TestAgain(t *testing.T) {
	a, b, out := filled(t, 30), newPlace(t), filepath.Join(t.TempDir(), "out")
	if _, err := a.export(t.Context(), out); err != nil {
		t.Fatal(err)
	}
	f := &flaky{place: b}
	waits := 0
	_, err := Import(t.Context(), ImportOptions{Target: f, Blocks: b.blocks, Dir: out, Name: "b", Wait: func(context.Context, int, error) error { waits++; return nil }})
	if err != nil || waits < 4 {
		t.Fatalf("%d waits, %v", waits, err)
	}
	same(t, a, b)
}

// flaky returns ErrUnavailable for every second commit, although the commit succeeded.
type flaky struct {
	*place
	n int
}

func (f *flaky) Commit(ctx context.Context, b *store.Batch) (store.Committed, error) {
	done, err := f.place.Commit(ctx, b)
	if f.n++; f.n%2 == 1 && err == nil {
		err = fmt.Errorf("no answer: %w", store.ErrUnavailable)
	}
	return done, err
}

// Damaged files, incomplete exports and rows with other values are found, and the error names them.
func TestFindings(t *testing.T) {
	damage := func(pattern string, change func([]byte) []byte) func(*testing.T, string, *place) {
		return func(t *testing.T, out string, _ *place) {
			files, err := filepath.Glob(filepath.Join(out, pattern))
			if err != nil || len(files) == 0 {
				t.Fatalf("%s: %v, %v", pattern, files, err)
			}
			text, err := os.ReadFile(files[0])
			if err == nil {
				err = os.WriteFile(files[0], change(text), 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	flip := func(b []byte) []byte { b[len(b)/2] ^= 1; return b }
	commit := func(b *store.Batch) func(*testing.T, string, *place) {
		return func(t *testing.T, _ string, p *place) {
			if _, err := p.Commit(t.Context(), b); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, test := range map[string]struct {
		before    func(t *testing.T, out string, target *place)
		says      string
		elsewhere int64
	}{
		"rows damaged":        {before: damage("*events*", flip), says: "events.jsonl.zst is damaged"},
		"bodies damaged":      {before: damage("*.bodies", flip), says: "blocks.bodies is damaged"},
		"bodies cut":          {before: damage("*.bodies", func(b []byte) []byte { return b[:len(b)-1] }), says: "blocks.bodies is damaged"},
		"no last line":        {before: damage(manifestFile, func(b []byte) []byte { return b[:bytes.LastIndexByte(b[:len(b)-1], '\n')+1] }), says: "not complete"},
		"not a manifest":      {before: damage(manifestFile, func([]byte) []byte { return []byte("{}\n") }), says: "not the manifest"},
		"a newer format":      {before: damage(manifestFile, func(b []byte) []byte { return bytes.Replace(b, []byte(`"version":1`), []byte(`"version":2`), 1) }), says: "version 2 of the format"},
		"a way out":           {before: damage(manifestFile, func(b []byte) []byte { return bytes.Replace(b, []byte(`"000001-`), []byte(`"../01-`), 1) }), says: "not the name of a file"},
		"other values":        {before: commit(&store.Batch{Events: []model.Event{{Project: access.DefaultProject, UUID: id(3), TimeMS: 1002, ReceivedMS: 6}}}), says: "1 events have other values, the first is " + id(3).String() + " of the project default"},
		"by another delivery": {before: commit(&store.Batch{Events: []model.Event{{Project: "shop", UUID: id(3), TimeMS: 1002, ReceivedMS: 99}}}), elsewhere: 1},
	} {
		t.Run(name, func(t *testing.T) {
			a, b, out := filled(t, 20), newPlace(t), filepath.Join(t.TempDir(), "out")
			if _, err := a.export(t.Context(), out); err != nil {
				t.Fatal(err)
			}
			test.before(t, out, b)
			r, err := b.imports(t.Context(), out)
			switch {
			case test.says == "" && err != nil:
				t.Error(err)
			case test.says != "" && (err == nil || !strings.Contains(err.Error(), test.says)):
				t.Errorf("got %v, want %q", err, test.says)
			case r.Elsewhere != test.elsewhere:
				t.Errorf("%d came another way", r.Elsewhere)
			}
		})
	}
}

// Blocks whose bytes no longer exist are left out, and Result.Missing counts them.
func TestMissingBodies(t *testing.T) {
	a, b, out := filled(t, 10), newPlace(t), filepath.Join(t.TempDir(), "out")
	if _, err := a.Commit(t.Context(), &store.Batch{Blocks: []model.Block{{Project: "shop", UUID: id(99), SessionID: "s", Location: model.Location{Key: "2001-01-01/000001", Length: 5}}}}); err != nil {
		t.Fatal(err)
	}
	if r, err := a.export(t.Context(), out); err != nil || r.Missing != 1 {
		t.Fatalf("%+v, %v", r, err)
	}
	if r, err := b.imports(t.Context(), out); err != nil || r.Missing != 1 || r.Sums[Blocks].Rows != 10 {
		t.Errorf("%+v, %v", r, err)
	}
}

// Rows that arrive during an export, in a part that is already exported, are noticed.
func TestDataThatCameMeanwhile(t *testing.T) {
	a, out := filled(t, 20), filepath.Join(t.TempDir(), "out")
	if _, err := Export(t.Context(), ExportOptions{Source: &failing{place: a, left: 3}, Bodies: a.blocks, Dir: out}); !errors.Is(err, errBroken) {
		t.Fatal(err)
	}
	if _, err := a.Commit(t.Context(), &store.Batch{Events: []model.Event{{Project: "shop", UUID: id(500), TimeMS: 5}}}); err != nil {
		t.Fatal(err)
	}
	if _, err := a.export(t.Context(), out); err == nil || !strings.Contains(err.Error(), "20 of 21 events") {
		t.Errorf("got %v", err)
	}
}
