package derive

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/link/seen"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// Times are uncertain only if the clock was set back. Blocks that are sent again late, and a clock that is set forward, do not count.
func TestAfterSetBack(t *testing.T) {
	// Each block: its times by the browser's clock, and the browser's and the server's clock when it was sent, in seconds.
	for _, c := range []struct {
		name   string
		blocks [][4]int64
		want   []model.TimeSpan
	}{
		{"no change", [][4]int64{{0, 5, 5, 5}, {5, 10, 10, 10}, {10, 15, 15, 15}}, nil},
		{"set back by 110 s", [][4]int64{{200, 205, 205, 205}, {205, 210, 210, 210}, {105, 110, 110, 220}, {110, 115, 115, 225}}, []model.TimeSpan{{FromMS: 105_000, ToMS: 115_000}}},
		{"set back by 110 s, and recorded until the times meet", [][4]int64{{200, 205, 205, 205}, {205, 210, 210, 210}, {105, 110, 110, 220}, {195, 200, 200, 310}, {200, 205, 205, 315}},
			[]model.TimeSpan{{FromMS: 105_000, ToMS: 205_000}}},
		{"set back by 10 s", [][4]int64{{0, 5, 5, 5}, {5, 10, 10, 10}, {10, 15, 15, 15}, {15, 20, 20, 20}, {12, 17, 17, 27}, {17, 22, 22, 32}, {22, 27, 27, 37}}, []model.TimeSpan{{FromMS: 12_000, ToMS: 20_000}}},
		{"set back by 110 s within a block", [][4]int64{{200, 205, 205, 205}, {105, 206, 106, 216}, {106, 111, 111, 221}}, []model.TimeSpan{{FromMS: 105_000, ToMS: 111_000}}},
		{"set back by 110 s before the last block was sent", [][4]int64{{200, 205, 205, 205}, {205, 210, 111, 221}, {105, 110, 116, 226}}, []model.TimeSpan{{FromMS: 105_000, ToMS: 110_000}}},
		{"the clock is an hour behind, and one block arrives late", [][4]int64{{0, 5, 5, 3605}, {10, 15, 15, 3615}, {15, 20, 20, 3620}, {5, 10, 10, 3640}, {20, 25, 25, 3625}}, nil},
		{"set forward", [][4]int64{{0, 5, 5, 5}, {5, 10, 10, 10}, {115, 120, 120, 20}, {120, 125, 125, 25}}, nil},
		{"one block arrives late", [][4]int64{{0, 5, 5, 5}, {10, 15, 15, 15}, {15, 20, 20, 20}, {5, 10, 10, 40}, {20, 25, 25, 25}, {25, 30, 30, 30}}, nil},
	} {
		var index []model.Block
		for _, b := range c.blocks {
			index = append(index, model.Block{UUID: uuid.New(), FirstMS: b[0] * 1000, LastMS: b[1] * 1000, SentMS: b[2] * 1000, ReceivedMS: b[3]*1000 + 20})
		}
		slices.SortFunc(index, func(a, b model.Block) int { return int(a.FirstMS - b.FirstMS) })
		if got := afterSetBack(index); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// What a window shows near times from after its clock was set back is uncertain, and what it shows at other times is not.
func TestClockSetBack(t *testing.T) {
	const backMS = 15_000
	for _, back := range []bool{false, true} {
		b, c := bodies{}, newChat(bodies{}, "w")
		c.bodies = b
		c.cut(t)
		batch := &store.Batch{}
		// Three questions, of which the second is asked after the clock was set back to a time before the first answer.
		at := loadedMS + 10_000
		for i, skew := range []int64{0, backMS, backMS} {
			if !back {
				skew = 0
			}
			answer := firstAnswer
			if i > 0 {
				answer = secondAnswer
			}
			question := []string{firstQuestion, secondQuestion, "Thanks, and when will it be there then?"}[i]
			c.ask(at-skew, question)
			_, last := c.stream(at-skew+2000, answer)
			cut := func(at int64) {
				c.cut(t)
				k := &c.blocks[len(c.blocks)-1]
				k.SentMS, k.ReceivedMS = at, at+skew+30
			}
			cut(last)
			e, text := answered(i, fmt.Sprint("t", i+1), question, answer, at+50, last+skew)
			batch.Events, batch.Contents = append(batch.Events, e), append(batch.Contents, text)
			for range 8 { // uploads from which the clock is known
				last += 500
				c.custom(last, "still here")
				cut(last)
			}
			if at += 20_000; i == 1 {
				at += 100_000
			}
		}
		batch.Blocks = c.blocks
		s := opened(t)
		v := newServer(t, s, b, &setClock{loadedMS + 3_600_000})
		v.commit(batch)
		v.derive()
		got := experiencesOf(t, s, []string{"t1", "t2", "t3"}, batch.Events)
		for i, trace := range []string{"t1", "t2", "t3"} {
			of, reason := got[trace+" "+uuid.Nil.String()].Seen, ""
			if back && i < 2 {
				reason = seen.Uncertain
			}
			if of.Reason != reason || (of.State == model.SeenAll) != (reason == "") {
				t.Errorf("set back: %t, %s: %+v", back, trace, of)
			}
		}
	}
}
