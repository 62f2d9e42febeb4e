package texts

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/textblock"
	"github.com/playheadhq/playhead/internal/zipf"
)

const begin = 1_760_000_000_000

// world is a set of texts and the data that were stored in it.
type world struct {
	t      *testing.T
	path   string
	texts  *Texts
	rows   map[int64]Block // as the database would have them
	events map[model.Key]event
	random *rand.Rand
	clock  int64
}

type event struct {
	content     model.Content
	title, text string
}

func newWorld(t *testing.T) *world {
	w := &world{t: t, path: t.TempDir(), rows: map[int64]Block{}, events: map[model.Key]event{}, random: rand.New(rand.NewPCG(1, 2)), clock: begin}
	w.open()
	t.Cleanup(func() { w.texts.Close() })
	return w
}

func (w *world) open() {
	w.t.Helper()
	var rows []Block
	for _, b := range w.rows {
		rows = append(rows, b)
	}
	var err error
	if w.texts, err = Open(w.path, rows); err != nil {
		w.t.Fatal(err)
	}
}

var words = strings.Fields("refund invoice ticket the a of Müller 漢字 order_17 it's zürich")

// commit stores a number of events, some of them older than earlier ones.
func (w *world) commit(project string, n int) {
	w.t.Helper()
	b := &store.Batch{}
	for range n {
		w.clock += w.random.Int64N(20)
		e := model.Event{Project: project, UUID: uuid.New(), TimeMS: w.clock - w.random.Int64N(500)}
		var text []string
		for range w.random.IntN(8) {
			text = append(text, words[w.random.IntN(len(words))])
		}
		c := model.Content{Project: project, UUID: e.UUID, TimeMS: e.TimeMS}
		key := model.Key{Project: project, UUID: e.UUID, TimeMS: e.TimeMS}
		switch w.random.IntN(6) {
		case 0: // only a name
			e.Title = strings.Join(text, " ")
			w.events[key] = event{model.Content{}, e.Title, e.Title}
		case 1: // no text
			w.events[key] = event{}
		default:
			c.Input, c.Properties = fmt.Appendf(nil, `["%s"]`, strings.Join(text, `\n`)), []byte(`{"secret":true}`)
			b.Contents = append(b.Contents, c)
			w.events[key] = event{c, "", strings.Join(text, "\n")}
		}
		b.Events = append(b.Events, e)
	}
	indices := func(n int) (all []int) {
		for i := range n {
			all = append(all, i)
		}
		return all
	}
	made, err := w.texts.Write(w.t.Context(), b, indices(len(b.Events)), indices(len(b.Contents)))
	if err != nil {
		w.t.Fatal(err)
	}
	w.apply(&Change{New: made})
}

func (w *world) apply(c *Change) {
	for _, b := range c.Old {
		delete(w.rows, b.Number)
	}
	for _, b := range c.New {
		w.rows[b.Number] = b
	}
	w.texts.Replace(c.Old, c.New)
}

// pack packs until there is nothing to pack.
func (w *world) pack() (packed int) {
	w.t.Helper()
	for {
		c, err := w.texts.Pack(w.t.Context(), textblock.MaxEvents)
		if err != nil {
			w.t.Fatal(err)
		}
		if c == nil {
			return packed
		}
		w.apply(c)
		packed++
		if err := w.texts.Sweep(w.t.Context()); err != nil {
			w.t.Fatal(err)
		}
	}
}

// If no more events arrive for a while, waiting texts are packed, unless they are few.
func TestQuietTextIsPacked(t *testing.T) {
	w := newWorld(t)
	w.commit("default", 2*QuietEvents)
	w.commit("other", QuietEvents/4)
	if n := w.pack(); n != 0 {
		t.Fatalf("%d blocks were packed although more may come", n)
	}
	c, err := w.texts.Pack(t.Context(), QuietEvents)
	if err != nil || c == nil || len(c.New) != 1 || !c.New[0].Packed || c.New[0].Project != "default" {
		t.Fatalf("%+v, %v", c, err)
	}
	w.apply(c)
	w.check("default")
	if c, err := w.texts.Pack(t.Context(), QuietEvents); c != nil || err != nil {
		t.Errorf("then: %+v, %v", c, err)
	}
}

// A long text has a block of its own from the beginning. It is packed at once, alone, however few other texts wait.
func TestLongTextIsPackedAlone(t *testing.T) {
	w := newWorld(t)
	w.commit("default", 10)
	b := &store.Batch{}
	for i := range 3 {
		e := model.Event{Project: "default", UUID: uuid.New(), TimeMS: w.clock + int64(i)}
		text := strings.Repeat("no", i) + "where"
		if i < 2 {
			text = zipf.NewWriter(uint64(i)).Text(textblock.LongBytes) + " " + text
		}
		c := model.Content{Project: "default", UUID: e.UUID, TimeMS: e.TimeMS, Input: fmt.Appendf(nil, "%q", text)}
		b.Events, b.Contents = append(b.Events, e), append(b.Contents, c)
		w.events[model.Key{Project: "default", UUID: e.UUID, TimeMS: e.TimeMS}] = event{c, "", text}
	}
	made, err := w.texts.Write(t.Context(), b, []int{0, 1, 2}, []int{0, 1, 2})
	if err != nil {
		t.Fatal(err)
	}
	if len(made) != 3 {
		t.Errorf("%d fresh blocks, want 3", len(made))
	}
	w.apply(&Change{New: made})
	check := func() {
		t.Helper()
		w.check("default")
		for _, word := range []string{"where", "nowhere", "refund"} {
			q := Query{Project: "default", Expr: filter.Search{Words: []string{word}}}
			if got, _ := w.find(q); !slices.Equal(got, w.want(q)) {
				t.Errorf("%s: found %d, want %d", word, len(got), len(w.want(q)))
			}
		}
	}
	check()
	if n := w.pack(); n != 2 {
		t.Errorf("packed %d blocks, want the 2 long ones", n)
	}
	for _, b := range w.texts.of("default") {
		if b.Packed != b.long() {
			t.Errorf("a block of %d events and %d bytes; packed: %v", b.Events, b.Raw, b.Packed)
		}
	}
	check()
}

// check compares all stored data with the data that were put there.
func (w *world) check(project string) {
	w.t.Helper()
	var keys []model.Key
	want := map[uuid.UUID]model.Content{}
	for key, e := range w.events {
		if key.Project == project {
			keys = append(keys, key)
			if e.content.Input != nil {
				want[key.UUID] = e.content
			}
		}
	}
	got, err := w.texts.Contents(w.t.Context(), keys)
	if err != nil {
		w.t.Fatal(err)
	}
	if len(got) != len(want) {
		w.t.Fatalf("%d contents, want %d", len(got), len(want))
	}
	for _, c := range got {
		if fmt.Sprint(c) != fmt.Sprint(want[c.UUID]) {
			w.t.Fatalf("%s, want %s", c.Input, want[c.UUID].Input)
		}
	}
}

func (w *world) find(q Query) (keys []model.Key, last Found) {
	w.t.Helper()
	for f, err := range w.texts.Find(w.t.Context(), q) {
		if err != nil {
			w.t.Fatal(err)
		}
		keys, last = append(keys, f.Keys...), f
	}
	return keys, last
}

// want is the expected result of a query, found by comparing each event.
func (w *world) want(q Query) (keys []model.Key) {
	for key, e := range w.events {
		if key.Project == q.Project && key.TimeMS >= q.FromMS && (q.ToMS == 0 || key.TimeMS < q.ToMS) && filter.Match(q.Expr, row{e.text}) {
			keys = append(keys, key)
		}
	}
	slices.SortFunc(keys, func(a, b model.Key) int {
		return cmp.Or(cmp.Compare(b.TimeMS, a.TimeMS), bytes.Compare(b.UUID[:], a.UUID[:]))
	})
	return keys
}

type row struct{ text string }

func (r row) Values(string) []filter.Value { return nil }
func (r row) Texts() []string              { return []string{r.text} }

func word(words ...string) filter.Search { return filter.Search{Words: words} }

var expressions = []filter.Expr{
	word("refund"), word("refund", "invoice"), word("nowhere"), filter.Search{Words: []string{"inv"}, Prefix: true}, filter.Search{Inside: "vo"},
	filter.And{word("refund"), word("müller")}, filter.Or{word("nowhere"), word("漢", "字")}, filter.And{word("the"), filter.Not{Expr: word("of")}},
	filter.And{word("refund"), filter.Not{Expr: filter.Or{word("a"), word("nowhere")}}},
}

// TestFind: searches find the same in fresh texts, in packed texts, and after a restart.
func TestFind(t *testing.T) {
	w := newWorld(t)
	compare := func(when string) {
		t.Helper()
		for _, project := range []string{"default", "other", "empty"} {
			for _, e := range expressions {
				for _, q := range []Query{{Expr: e}, {Expr: e, FromMS: begin + 500, ToMS: begin + 3000}} {
					q.Project = project
					got, last := w.find(q)
					if want := w.want(q); !slices.Equal(got, want) {
						t.Fatalf("%s, %v in %s: %d found, want %d", when, e, project, len(got), len(want))
					}
					if last.Blocks != last.Of || last.Damaged != 0 {
						t.Errorf("%s: looked at %d of %d blocks, %d damaged", when, last.Blocks, last.Of, last.Damaged)
					}
				}
			}
			w.check(project)
		}
	}
	for range 300 {
		w.commit("default", 1+w.random.IntN(3))
		w.commit("other", 1)
	}
	compare("as they came")
	if n := w.pack(); n == 0 {
		t.Fatal("nothing was packed")
	}
	compare("small ones together")
	for range 10 {
		w.commit("default", 900)
	}
	w.pack()
	if all := w.texts.of("default"); !slices.ContainsFunc(all, func(b *Block) bool { return b.Packed && b.Events >= textblock.MaxEvents }) {
		t.Fatal("no block was packed")
	}
	compare("packed")
	if err := w.texts.Close(); err != nil {
		t.Fatal(err)
	}
	w.open()
	w.commit("default", 5)
	compare("after a restart")
	if _, ok := os.Stat(filepath.Join(w.path, "fresh")); ok != nil {
		t.Fatal(ok)
	}
}

// TestFindGoesOn: a search that is interrupted anywhere and continued there finds each match once.
func TestFindGoesOn(t *testing.T) {
	w := newWorld(t)
	for range 40 {
		w.commit("default", 1+w.random.IntN(400))
		w.pack()
	}
	for i, e := range expressions {
		q := Query{Project: "default", Expr: e}
		want := w.want(q)
		var got []model.Key
		for rounds := 0; ; rounds++ {
			ended := false
			steps := w.random.IntN(3) * (i % 2) // every other search stops after the first step
			for f, err := range w.texts.Find(t.Context(), q) {
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, f.Keys...)
				q.Before = f.Before
				if ended = f.End; ended {
					break
				}
				if steps--; steps < 0 {
					break
				}
				w.clock += 1000
				w.commit("default", 1) // newer events must not affect it
			}
			if ended {
				break
			}
			if rounds > 5000 {
				t.Fatal("it does not end")
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%v: %d found in parts, want %d", e, len(got), len(want))
		}
	}
}

// TestFindNeedsText: expressions that match events without text are refused.
func TestFindNeedsText(t *testing.T) {
	w := newWorld(t)
	for _, e := range []filter.Expr{filter.Not{Expr: word("a")}, filter.Everything, filter.Or{word("a"), filter.Not{Expr: word("b")}}} {
		for _, err := range w.texts.Find(t.Context(), Query{Project: "default", Expr: e}) {
			if !errors.Is(err, ErrNotPositive) {
				t.Errorf("%v: %v", e, err)
			}
		}
	}
}

// TestFilesAreSwept: packing leaves no unused file behind, and files without references are removed.
func TestFilesAreSwept(t *testing.T) {
	w := newWorld(t)
	files := func(kind string) int {
		names, err := filepath.Glob(filepath.Join(w.path, kind, "*", "*", "*"))
		if err != nil {
			t.Fatal(err)
		}
		return len(names)
	}
	restart := func() { // files that exist are not written to after a restart
		if err := w.texts.Close(); err != nil {
			t.Fatal(err)
		}
		w.open()
	}
	for w.texts.of("default") == nil || !w.texts.of("default")[0].Packed {
		w.commit("default", 1000)
		restart()
		w.pack()
	}
	for _, b := range w.texts.of("default") { // without an unpacked block the test would check nothing
		if !b.Packed {
			t.Fatalf("%d events are left over", b.Events)
		}
	}
	if files("fresh") != 0 || files("packed") != 1 {
		t.Errorf("%d and %d files, want the packed one alone", files("fresh"), files("packed"))
	}
	w.rows = map[int64]Block{} // as if its row had not been stored
	restart()
	if err := w.texts.Sweep(t.Context()); err != nil || files("packed") != 0 {
		t.Errorf("%d files that no row names are left, %v", files("packed"), err)
	}
}

// TestSlowProjectsKeepNoFile: a block of a project with few events is moved to another file when nearly all other blocks have left its file.
func TestSlowProjectsKeepNoFile(t *testing.T) {
	w := newWorld(t)
	w.commit("slow", 3)
	first := w.texts.of("slow")[0].Location.Key
	for w.texts.of("default") == nil || !w.texts.of("default")[0].Packed {
		w.commit("default", 1000)
		w.pack()
	}
	if err := w.texts.Close(); err != nil { // files that exist are not written to after this
		t.Fatal(err)
	}
	w.open()
	w.commit("default", 100)
	w.pack()
	if now := w.texts.of("slow"); len(now) != 1 || now[0].Location.Key == first || now[0].Packed {
		t.Errorf("%+v, want it in another file", now)
	}
	if names, err := filepath.Glob(filepath.Join(w.path, "fresh", "*", "*", "*")); err != nil || len(names) != 1 {
		t.Errorf("files %v, error %v, want the one that is written to", names, err)
	}
	w.check("slow")
	w.check("default")
}

// TestForget drops old events, also from blocks of which only a part is old.
func TestForget(t *testing.T) {
	w := newWorld(t)
	for range 30 {
		w.commit("default", 300)
		w.commit("other", 3)
		w.pack()
	}
	before := begin + (w.clock-begin)/2
	kept := w.want(Query{Project: "other", Expr: word("refund")})
	dropped := 0
	for key := range w.events {
		if key.Project == "default" && key.TimeMS < before {
			delete(w.events, key)
			dropped++
		}
	}
	for n := 0; ; n++ {
		c, err := w.texts.Forget(t.Context(), "default", time.UnixMilli(before))
		if err != nil {
			t.Fatal(err)
		}
		if c == nil {
			break
		}
		if w.apply(c); n > 100 {
			t.Fatal("it does not end")
		}
	}
	if dropped == 0 || len(kept) == 0 {
		t.Fatal("the test drops nothing, or keeps nothing")
	}
	w.check("default")
	for _, e := range expressions {
		if got, _ := w.find(Query{Project: "default", Expr: e}); !slices.Equal(got, w.want(Query{Project: "default", Expr: e})) {
			t.Errorf("%v finds something else", e)
		}
	}
	if got, _ := w.find(Query{Project: "other", Expr: word("refund")}); !slices.Equal(got, kept) {
		t.Error("another project lost something")
	}
}

// TestDamage: a damaged block is an error if its text is requested, and a search reports that it skipped one.
func TestDamage(t *testing.T) {
	w := newWorld(t)
	w.commit("default", 50)
	hurt := w.texts.of("default")[0]
	w.commit("default", 50)
	name := filepath.Join(w.path, "fresh", hurt.Location.Key+".blocks")
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	raw[hurt.Location.Offset+int64(hurt.Head)/2] ^= 1
	if err := os.WriteFile(name, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	var keys []model.Key
	for key := range w.events {
		keys = append(keys, key)
	}
	if _, err := w.texts.Contents(t.Context(), keys); !errors.Is(err, store.ErrUnavailable) || !strings.Contains(fmt.Sprint(err), hurt.Location.Key) {
		t.Errorf("Contents: %v, want an error that names the file", err)
	}
	if got, last := w.find(Query{Project: "default", Expr: word("refund")}); last.Damaged != 1 || len(got) == 0 {
		t.Errorf("%d found, %d damaged", len(got), last.Damaged)
	}
	// The damaged block is not packed, which is reported once, and everything else is packed.
	for range 80 {
		w.commit("default", 3)
	}
	if _, err := w.texts.Pack(t.Context(), textblock.MaxEvents); !errors.Is(err, textblock.ErrCorrupt) {
		t.Errorf("Pack: %v", err)
	}
	if w.pack() == 0 || !slices.Contains(w.texts.of("default"), hurt) {
		t.Error("nothing was packed, or what is damaged")
	}
	if err := w.texts.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(name, hurt.Location.Offset+10); err != nil {
		t.Fatal(err)
	}
	w.open()
	lost, lengths := w.texts.Lost()
	if len(lost) == 0 || !slices.ContainsFunc(lost, func(b *Block) bool { return b.Number == hurt.Number }) || lengths["fresh/"+hurt.Location.Key] != hurt.Location.Offset+10 {
		t.Errorf("%v, %v", lost, lengths)
	}
	if _, err := w.texts.Contents(t.Context(), keys); err != nil {
		t.Errorf("Contents without what is lost: %v", err)
	}
}
