package replay

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/playheadhq/playhead/internal/blocks"
	"github.com/playheadhq/playhead/internal/dom"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/rawjson"
)

// page is a full snapshot of a page with a list; the body has the id 3, the list 4.
func page(ms int64) string {
	return fmt.Sprintf(`{"type":2,"data":{"node":{"type":0,"childNodes":[{"type":2,"tagName":"html","attributes":{},"childNodes":[{"type":2,"tagName":"body","attributes":{},"childNodes":[
		{"type":2,"tagName":"ul","attributes":{},"childNodes":[],"id":4}],"id":3}],"id":2}],"id":1},"initialOffset":{"left":0,"top":0}},"timestamp":%d}`, at+ms)
}

// item adds an item with a text to the list, and removes the item that was added ten items earlier.
func item(ms int64, n int) string {
	id := 100 + 2*n
	return fmt.Sprintf(`{"type":3,"data":{"source":0,"texts":[],"attributes":[],"removes":[{"parentId":4,"id":%d}],"adds":[{"parentId":4,"nextId":null,"node":{"type":2,"tagName":"li","attributes":{"data-x":"%s"},"childNodes":[],"id":%d}},
		{"parentId":%d,"nextId":null,"node":{"type":3,"textContent":"item %d","id":%d}}]},"timestamp":%d}`, id-20, strings.Repeat("x", 800), id, id, n, id+1, at+ms)
}

// long makes a recording of a list: ten items a second, one full snapshot at the beginning, in blocks of five seconds.
func long(tb testing.TB, s *shelf, seconds int) (index []model.Block) {
	tb.Helper()
	for from := 0; from < seconds; from += 5 {
		var events []string
		if from == 0 {
			events = append(events, `{"type":4,"data":{"href":"https://shop.example/","width":1000,"height":700},"timestamp":`+fmt.Sprint(at)+`}`, page(0))
		}
		for i := from * 10; i < (from+5)*10; i++ {
			events = append(events, item(int64(i)*100+50, i))
		}
		index = append(index, s.add(tb, fmt.Sprint(from), events...))
	}
	return index
}

func checkpoints(tb testing.TB, c *Checkpoints, src Source, index []model.Block, from, until int64) []string {
	tb.Helper()
	var out []string
	for line, err := range c.From(tb.Context(), src, "w", index, from, until) {
		if err != nil {
			tb.Fatal(err)
		}
		out = append(out, string(line))
	}
	return out
}

func isCheckpoint(line string) bool { return strings.HasSuffix(line, `,"checkpoint":true}`) }

func treeOf(tb testing.TB, lines []string) *dom.Tree {
	tb.Helper()
	tree := dom.New(dom.Limits{})
	for _, line := range lines {
		if err := tree.Apply([]byte(line)); err != nil {
			tb.Fatal(err)
		}
	}
	return tree
}

// Played from any instant, the checkpoint and the events after it make the same page as the whole recording, both at the beginning and at the end.
func TestCheckpointsPlayTheSame(t *testing.T) {
	s := newShelf()
	index := long(t, s, 120)
	all := s.play(t, index, at, 0)
	c := NewCheckpoints(1 << 20)
	random := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		ms := at + random.Int64N(125_000)
		lines := checkpoints(t, c, s, index, ms, 0)
		n := slices.IndexFunc(lines, func(l string) bool { return !isCheckpoint(l) })
		if n < 0 {
			n = len(lines)
		}
		if ms <= at+apartMS {
			if n != 0 {
				t.Errorf("a checkpoint %d ms after a full snapshot", ms-at)
			}
			continue
		}
		if n < 2 {
			t.Fatalf("%d ms after the full snapshot it begins with %.200s", ms-at, lines[0])
		}
		before := slices.IndexFunc(all, func(l string) bool { return timeOf(l) >= ms })
		if before < 0 {
			before = len(all)
		}
		if !slices.Equal(lines[n:], all[before:]) {
			t.Fatalf("after the checkpoint at %d come %d events, want %d", ms-at, len(lines[n:]), len(all[before:]))
		}
		if got, want := timeOf(lines[0]), timeOf(all[before-1]); got != want {
			t.Errorf("the checkpoint is of %d, want %d, the last event before it", got, want)
		}
		for _, end := range [][2][]string{{lines[:n], all[:before]}, {lines, all}} {
			if got, want := treeOf(t, end[0]), treeOf(t, end[1]); got.Text() != want.Text() || got.Skipped() > 10 {
				t.Errorf("the page of %d is\n%s\nwant\n%s", ms-at, got.Text(), want.Text())
			}
		}
	}
	// The same up to an end time.
	lines := checkpoints(t, c, s, index, at+60_000, at+60_200)
	if last := lines[len(lines)-1]; isCheckpoint(last) || timeOf(last) != at+60_150 {
		t.Errorf("it ends with %.200s", last)
	}
}

func timeOf(line string) int64 {
	f, _ := rawjson.Float(rawjson.Member([]byte(line), "timestamp"))
	return int64(f)
}

// A kept checkpoint is used instead of the events before it, until a block arrives late that belongs before it.
func TestCheckpointsAreKept(t *testing.T) {
	s := newShelf()
	index := long(t, s, 200)
	c := NewCheckpoints(1 << 20)
	read := func(ms int64) int {
		s.reads = nil
		page, err := c.Page(t.Context(), s, "w", index, at+ms)
		if err != nil || page == nil {
			t.Fatal(page, err)
		}
		return len(s.reads)
	}
	checkpoints(t, c, s, index, at+150_000, at+150_001)
	if n := read(151_000); n > 2 {
		t.Errorf("%d blocks were read for the second after a kept checkpoint", n)
	}
	if n := read(100_000); n < 20 {
		t.Errorf("%d blocks were read before the kept checkpoint", n)
	}
	late := s.add(t, "late", fmt.Sprintf(`{"type":3,"data":{"source":0,"adds":[{"parentId":3,"nextId":null,"node":{"type":3,"textContent":"late","id":9999}}]},"timestamp":%d}`, at+20_000))
	index = append(index, late)
	page, err := c.Page(t.Context(), s, "w", index, at+151_000)
	if err != nil || !strings.Contains(page.Text(), "late") {
		t.Errorf("the late block is not on the page: %v", err)
	}
	if other, err := c.Page(t.Context(), s, "other", index, at+160_000); err != nil || other == nil {
		t.Error(err)
	}
	// Small pages are kept long, and the least recently used are removed when the limit is exceeded.
	small := NewCheckpoints(4 << 10)
	for ms := int64(20_000); ms < 200_000; ms += 10_000 {
		checkpoints(t, small, s, index, at+ms, at+ms+1)
	}
	if small.kept.bytes > 4<<10 {
		t.Errorf("%d bytes are kept", small.kept.bytes)
	}
	total := 0
	for _, list := range small.kept.byWindow {
		for _, e := range list {
			total += e.Value.(*entry).size()
		}
	}
	if total != small.kept.bytes || small.kept.order.Len() == 0 {
		t.Errorf("%d bytes in %d entries, %d are counted", total, small.kept.order.Len(), small.kept.bytes)
	}
}

// Without a checkpoint, a recording is played from its own snapshots. A gap before a checkpoint is not lost.
func TestWithoutCheckpoints(t *testing.T) {
	s := newShelf()
	index := long(t, s, 60)
	c := NewCheckpoints(1 << 20)
	if lines := checkpoints(t, c, s, index, at+10_000, 0); isCheckpoint(lines[1]) || timeOf(lines[0]) != at {
		t.Errorf("near a full snapshot it begins with %.200s", lines[0])
	}
	s.errs["25"] = blocks.ErrNotFound
	lines := checkpoints(t, c, s, index, at+50_000, 0)
	n := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, string(gapHead)) })
	if n < 1 || !isCheckpoint(lines[n-1]) || timeOf(lines[n]) != timeOf(lines[0]) || !strings.Contains(lines[n], fmt.Sprintf(`"from_ms":%d`, at+25_050)) {
		t.Errorf("the gap is line %d", n)
	}
	if c.kept.bytes != 0 {
		t.Error("a checkpoint was kept whose missing part may be there next time")
	}
	// The full snapshot is not a valid page.
	broken := newShelf()
	index = long(t, broken, 60)
	index[0] = broken.add(t, "0", strings.Replace(page(0), `"tagName":"html"`, `"tagName":""`, 1), item(50, 0), item(4950, 49))
	if got, want := checkpoints(t, c, broken, index, at+50_000, 0), broken.play(t, index, at+50_000, 0); !slices.Equal(got, want) {
		t.Errorf("%d lines, want the %d of the recording", len(got), len(want))
	}
	if page, err := c.Page(t.Context(), broken, "broken", index, at+50_000); page != nil || err != nil {
		t.Errorf("%v, %v", page, err)
	}
	// A block that may be readable at the next try is an error, not a gap.
	s.errs["30"] = blocks.ErrUnavailable
	if _, err := c.Page(t.Context(), s, "w", long(t, newShelf(), 60), at+50_000); err == nil {
		t.Error("no error")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Page(ctx, s, "w", index, at+50_000); err == nil {
		t.Error("no error after the reader left")
	}
}

// BenchmarkSeek is a seek in a recording of an hour with one full snapshot, without kept checkpoints (cold) and with enough of them (warm). moved-B is
// the number of bytes that the player gets for the first second.
func BenchmarkSeek(b *testing.B) {
	s := newShelf()
	index := long(b, s, 3600)
	size := 0
	for _, x := range index {
		size += int(x.RawBytes)
	}
	for _, warm := range []bool{false, true} {
		b.Run(map[bool]string{false: "cold", true: "warm"}[warm], func(b *testing.B) {
			c := NewCheckpoints(32 << 20)
			moved := 0
			for i := 0; b.Loop(); i++ {
				if !warm {
					c = NewCheckpoints(32 << 20)
				}
				ms := at + 3_500_000 - int64(i%30)*100_000
				if !warm {
					ms = at + 3_500_000
				}
				moved = 0
				for line, err := range c.From(b.Context(), s, "w", index, ms, ms+1000) {
					if err != nil {
						b.Fatal(err)
					}
					moved += len(line)
				}
			}
			b.ReportMetric(float64(size), "recording-B")
			b.ReportMetric(float64(moved), "moved-B")
			b.ReportMetric(float64(c.kept.bytes), "kept-B")
		})
	}
}
