package replay

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/blocks"
	"github.com/playheadhq/playhead/internal/model"
)

// shelf is a block store in memory that records which blocks are read.
type shelf struct {
	bodies map[string][]byte
	errs   map[string]error
	reads  []string
}

func (s *shelf) Read(ctx context.Context, at model.Location) ([]byte, error) {
	s.reads = append(s.reads, at.Key)
	if err := s.errs[at.Key]; err != nil {
		return nil, err
	}
	if b, ok := s.bodies[at.Key]; ok {
		return b, ctx.Err()
	}
	return nil, blocks.ErrNotFound
}

func newShelf() *shelf { return &shelf{bodies: map[string][]byte{}, errs: map[string]error{}} }

// add encodes events into a block with the given name.
func (s *shelf) add(tb testing.TB, name string, events ...string) model.Block {
	tb.Helper()
	e, err := NewEncoder(nil, nil).Encode([]byte("[" + strings.Join(events, ",") + "]"))
	if err != nil {
		tb.Fatal(err)
	}
	s.bodies[name] = e.Body
	b := e.Block
	b.UUID = uuid.NewSHA1(uuid.Nil, []byte(name))
	b.ReceivedMS = at + int64(len(s.bodies))
	b.Location = model.Location{Key: name, Length: int64(len(e.Body))}
	return b
}

func (s *shelf) play(tb testing.TB, index []model.Block, from, until int64) []string {
	tb.Helper()
	var out []string
	for line, err := range From(tb.Context(), s, index, from, until) {
		if err != nil {
			tb.Fatal(err)
		}
		out = append(out, string(line))
	}
	return out
}

func full(ms int64, id string) string {
	return fmt.Sprintf(`{"type":2,"data":{"node":%q},"timestamp":%d}`, id, at+ms)
}
func meta(ms int64, id string) string {
	return fmt.Sprintf(`{"type":4,"data":{"href":%q},"timestamp":%d}`, id, at+ms)
}
func step(ms int64, id string) string {
	return fmt.Sprintf(`{"type":3,"data":{"source":3,"id":%q},"timestamp":%d}`, id, at+ms)
}

func TestFrom(t *testing.T) {
	s := newShelf()
	a := s.add(t, "a", meta(0, "m1"), full(1, "f1"), step(10, "1"))
	b := s.add(t, "b", step(20, "2"), step(40, "4"))
	c := s.add(t, "c", step(30, "3"), meta(50, "m2"), full(51, "f2"), step(60, "5"))
	d := s.add(t, "d", meta(70, "m3"))
	e := s.add(t, "e", full(71, "f3"), step(80, "6"))
	index := []model.Block{e, c, a, d, b}
	all := []string{meta(0, "m1"), full(1, "f1"), step(10, "1"), step(20, "2"), step(30, "3"), step(40, "4"), meta(50, "m2"), full(51, "f2"),
		step(60, "5"), meta(70, "m3"), full(71, "f3"), step(80, "6")}
	for _, tt := range []struct {
		name        string
		from, until int64
		want        []string
		reads       string
	}{
		{"the first snapshot", 1, 0, all, "abcde"},
		{"before the first snapshot", -500, 0, all, "abcde"},
		{"between snapshots", 45, 0, all, "abcde"},
		{"exactly at a snapshot", 51, 0, all[6:], "cde"},
		{"a meta in the block before", 75, 0, append([]string{meta(70, "m3")}, all[10:]...), "ed"},
		{"long after the end", 1 << 40, 0, append([]string{meta(70, "m3")}, all[10:]...), "ed"},
		{"until", 1, 40, all[:6], "abc"},
		{"until before any event", 1, -10, nil, "a"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s.reads = nil
			until := tt.until
			if until != 0 {
				until += at
			}
			if got := s.play(t, index, at+tt.from, until); !slices.Equal(got, tt.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
			}
			if got := strings.Join(s.reads, ""); got != tt.reads {
				t.Errorf("read %s, want %s", got, tt.reads)
			}
		})
	}
	t.Run("markers only", func(t *testing.T) {
		marker := s.add(t, "x", `{"type":5,"data":{"tag":"sessionIdle"},"timestamp":1795418943000}`)
		if got := s.play(t, []model.Block{marker}, at, 0); len(got) != 1 {
			t.Errorf("got %q", got)
		}
	})
	t.Run("nothing", func(t *testing.T) {
		if got := s.play(t, nil, at, 0); got != nil {
			t.Errorf("got %q", got)
		}
	})
	t.Run("stopping early", func(t *testing.T) {
		for range From(t.Context(), s, index, at, 0) {
			break
		}
	})
}

func TestFromWithLostBlocks(t *testing.T) {
	s := newShelf()
	a := s.add(t, "a", meta(0, "m1"), full(1, "f1"), step(10, "1"))
	b := s.add(t, "b", step(20, "2"))
	c := s.add(t, "c", meta(50, "m2"), full(51, "f2"), step(60, "5"))
	d := s.add(t, "d", meta(90, "m3"), full(91, "f3"))
	index := []model.Block{a, b, c, d}
	gap := func(k model.Block, reason string, ms int64) string {
		return fmt.Sprintf(`{"type":5,"data":{"tag":"playhead.gap","payload":{"from_ms":%d,"to_ms":%d,"events":%d,"reason":"%s","block":"%s"}},"timestamp":%d}`,
			k.FirstMS, k.LastMS, k.Events, reason, k.UUID, at+ms)
	}
	check := func(t *testing.T, from int64, want ...string) {
		t.Helper()
		if got := s.play(t, index, at+from, 0); !slices.Equal(got, want) {
			t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
	s.errs["b"] = fmt.Errorf("no such file: %w", blocks.ErrNotFound)
	check(t, 1, meta(0, "m1"), full(1, "f1"), step(10, "1"), gap(b, "missing", 20), meta(50, "m2"), full(51, "f2"), step(60, "5"), meta(90, "m3"), full(91, "f3"))

	// The stored body is intact, but belongs to another block.
	ofD := s.bodies["d"]
	s.bodies["d"] = s.bodies["c"]
	check(t, 1, meta(0, "m1"), full(1, "f1"), step(10, "1"), gap(b, "missing", 20), meta(50, "m2"), full(51, "f2"), step(60, "5"), gap(d, "corrupt", 90))
	s.bodies["d"] = ofD

	// The requested snapshot is lost: the one before it is used instead.
	s.bodies["c"] = s.bodies["c"][:len(s.bodies["c"])-3]
	check(t, 60, meta(0, "m1"), full(1, "f1"), step(10, "1"), gap(b, "missing", 20), gap(c, "corrupt", 50), meta(90, "m3"), full(91, "f3"))

	// All snapshots before are lost: playback begins with the next one, and shows the gaps.
	s.errs["a"] = errors.New("input/output error")
	check(t, 60, meta(90, "m3"), gap(a, "unreadable", 90), gap(c, "corrupt", 90), full(91, "f3"))

	// The index names a line that does not exist.
	bad := slices.Clone(index)
	bad[3].Snapshots = []model.Snapshot{{AtMS: at + 91, Line: 7}}
	s.errs = map[string]error{}
	if got := s.play(t, bad, at+95, 0); got[0] != meta(0, "m1") || got[len(got)-1] != gap(d, "corrupt", 90) {
		t.Errorf("got %q", got)
	}

	// A block that may be readable later is an error, not a gap.
	s.errs["a"] = fmt.Errorf("timeout: %w", blocks.ErrUnavailable)
	lines, failures := 0, 0
	for _, err := range From(t.Context(), s, index, at+5, 0) {
		if err == nil {
			lines++
		} else if failures++; !errors.Is(err, blocks.ErrUnavailable) {
			t.Error(err)
		}
	}
	if lines != 0 || failures != 1 {
		t.Errorf("%d lines, %d errors", lines, failures)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, err := range From(ctx, s, index, at+95, 0) {
		if !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	}
}

// In whatever order a recording arrived, and however it was cut into blocks, its events are played in their order.
func TestFromIsTheRecording(t *testing.T) {
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(seed, 7))
		s := newShelf()
		var index []model.Block
		type event struct {
			ms   int64
			text string
		}
		var events []event
		ms, n := int64(0), 1+r.IntN(60)
		for i := range n {
			ms += r.Int64N(4)
			id := fmt.Sprint(i)
			switch r.IntN(8) {
			case 0:
				events = append(events, event{ms, meta(ms, id)}, event{ms, full(ms, id)})
			default:
				events = append(events, event{ms, step(ms, id)})
			}
		}
		// Blocks get the events in order. Some events arrive late, and every block is shuffled except for events of equal time.
		var groups [][]event
		for _, e := range events {
			if len(groups) == 0 || r.IntN(5) == 0 && !strings.HasPrefix(e.text, `{"type":2`) {
				groups = append(groups, nil)
			}
			g := len(groups) - 1
			groups[g] = append(groups[g], e)
		}
		for i, g := range groups {
			if r.IntN(3) == 0 && i > 0 && r.IntN(2) == 0 { // overlap: move a step to the previous block
				j := r.IntN(len(g))
				if strings.HasPrefix(g[j].text, `{"type":3`) {
					groups[i-1] = append(groups[i-1], g[j])
					groups[i] = slices.Delete(g, j, j+1)
				}
			}
		}
		var naive []position
		texts := map[position]string{}
		for i, g := range groups {
			if len(g) == 0 {
				continue
			}
			// Events of equal time keep their order; the times are shuffled.
			slices.SortStableFunc(g, func(a, b event) int { return cmp.Compare(a.ms, b.ms) })
			order := map[int64]int{}
			for _, e := range g {
				order[e.ms] = r.Int()
			}
			slices.SortStableFunc(g, func(a, b event) int { return cmp.Compare(order[a.ms], order[b.ms]) })
			var raw []string
			for _, e := range g {
				raw = append(raw, e.text)
			}
			index = append(index, s.add(t, fmt.Sprint("b", i), raw...))
		}
		slices.SortFunc(index, func(a, b model.Block) int {
			return cmp.Or(cmp.Compare(a.FirstMS, b.FirstMS), cmp.Compare(a.ReceivedMS, b.ReceivedMS))
		})
		var snapshots []position // with the line to start from
		for rank, b := range index {
			lines, err := Decode(s.bodies[b.Location.Key])
			if err != nil {
				t.Fatal(err)
			}
			i := 0
			for ms, line := range lines.All() {
				naive = append(naive, position{ms, rank, i})
				texts[position{ms, rank, i}] = string(line)
				i++
			}
			for _, k := range b.Snapshots {
				snapshots = append(snapshots, position{k.AtMS, rank, int(k.Line)})
			}
		}
		slices.SortFunc(naive, position.compare)
		slices.SortFunc(snapshots, position.compare)
		from, until := at+r.Int64N(ms+4)-2, int64(0)
		if r.IntN(2) == 0 {
			until = from + r.Int64N(20)
		}
		start := -1
		for i, k := range snapshots {
			if k.ms <= from || start < 0 {
				start = i
			}
		}
		var want []string
		begun := start < 0
		for _, k := range naive {
			if start >= 0 && k.rank == snapshots[start].rank && k.line == snapshots[start].line {
				begun = true
			}
			if begun && (until == 0 || k.ms <= until) {
				want = append(want, texts[k])
			}
		}
		r.Shuffle(len(index), func(a, b int) { index[a], index[b] = index[b], index[a] })
		if got := s.play(t, index, from, until); !slices.Equal(got, want) {
			t.Fatalf("seed %d: from %d until %d\ngot\n%s\nwant\n%s", seed, from, until, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}
