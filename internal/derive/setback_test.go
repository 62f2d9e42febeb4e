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

// A clock was set only if what was recorded says so, too. A time belongs to the last period in which it can have been recorded.
func TestSettings(t *testing.T) {
	type at struct{ ms, receivedMS, aheadMS int64 }
	for _, c := range []struct {
		name   string
		blocks [][4]int64 // as in TestAfterSetBack
		want   int        // periods
		at     []at
	}{
		{"no change", [][4]int64{{0, 5, 5, 5}, {5, 10, 10, 10}, {10, 15, 15, 15}}, 0, nil},
		{"set back by 110 s", [][4]int64{{200, 205, 205, 205}, {205, 210, 210, 210}, {105, 110, 110, 220}, {110, 115, 115, 225}}, 2, []at{{207, 210, 0}, {112, 225, -110}, {108, 222, -110}}},
		{"set back by 110 s within a block", [][4]int64{{200, 205, 205, 205}, {105, 206, 106, 216}, {106, 111, 111, 221}}, 2, []at{{206, 216, 0}, {105, 216, -110}, {203, 205, 0}}},
		{"set forward by 100 s", [][4]int64{{0, 5, 5, 5}, {5, 10, 10, 10}, {115, 120, 120, 20}, {120, 125, 125, 25}}, 2, []at{{7, 10, 0}, {12, 20, 0}, {116, 20, 100}}},
		{"set forward by 100 s within a block", [][4]int64{{0, 5, 5, 5}, {5, 10, 10, 10}, {11, 115, 115, 15}, {115, 120, 120, 20}}, 2, []at{{11, 15, 0}, {113, 15, 100}}},
		{"set back, and then right again", [][4]int64{{200, 205, 205, 205}, {205, 210, 210, 210}, {105, 110, 110, 220}, {110, 115, 115, 225}, {230, 235, 235, 235}, {235, 240, 240, 240}}, 3, []at{{207, 210, 0}, {112, 225, -110}, {236, 240, 0}}},
		{"three blocks arrive late, one after the other", [][4]int64{{0, 5, 5, 5}, {5, 10, 10, 10}, {10, 15, 15, 100}, {15, 20, 20, 101}, {20, 25, 25, 102}, {98, 103, 103, 103}, {103, 108, 108, 108}}, 0, nil},
		{"two blocks arrive very late", [][4]int64{{0, 5, 5, 5}, {20, 25, 25, 25}, {25, 30, 30, 30}, {5, 12, 12, 140}, {12, 20, 20, 148}, {140, 145, 150, 150}, {145, 150, 151, 151}}, 0, nil},
		{"slow at first", [][4]int64{{0, 5, 5, 12}, {5, 10, 10, 17}, {10, 15, 15, 22}, {15, 24, 24, 24}, {24, 29, 29, 29}}, 0, nil},
		{"one block arrives very late", [][4]int64{{0, 5, 5, 5}, {10, 15, 15, 15}, {15, 20, 20, 20}, {5, 10, 10, 140}, {140, 145, 145, 145}, {145, 150, 150, 150}}, 0, nil},
	} {
		var index []model.Block
		for _, b := range c.blocks {
			index = append(index, model.Block{UUID: uuid.New(), FirstMS: b[0] * 1000, LastMS: b[1] * 1000, SentMS: b[2] * 1000, ReceivedMS: b[3]*1000 + 20})
		}
		got := settingsOf(map[string][]model.Block{"w": index})
		if len(got) != c.want {
			t.Errorf("%s: %+v, want %d periods", c.name, got, c.want)
			continue
		}
		for _, x := range c.at {
			if ahead := got.at(x.ms*1000, x.receivedMS*1000+20).aheadMS; ahead < x.aheadMS*1000-100 || ahead > x.aheadMS*1000+100 {
				t.Errorf("%s: at %d s received at %d s, the clock was %d ms ahead, want %d s", c.name, x.ms, x.receivedMS, ahead, x.aheadMS)
			}
		}
	}
}

// The recorder counts what it left out since its start: of three answers, only the second one is not certain.
func TestLeftOut(t *testing.T) {
	b, c := bodies{}, newChat(bodies{}, "w")
	c.bodies = b
	c.cut(t)
	batch, traces := &store.Batch{}, []string{"t1", "t2", "t3"}
	at := loadedMS + 10_000
	for i, trace := range traces {
		question, answer := []string{firstQuestion, secondQuestion, firstQuestion + " Really?"}[i], []string{firstAnswer, secondAnswer, "Yes: " + secondAnswer}[i]
		c.ask(at, question)
		_, last := c.stream(at+2000, answer)
		c.cut(t)
		if i > 0 {
			c.blocks[len(c.blocks)-1].OversizedMutations = 3
		}
		e, text := answered(i, trace, question, answer, at+50, last)
		batch.Events, batch.Contents = append(batch.Events, e), append(batch.Contents, text)
		at += 60_000
	}
	batch.Blocks = c.blocks
	s := opened(t)
	v := newServer(t, s, b, &setClock{loadedMS + 3_600_000})
	v.commit(batch)
	v.derive()
	got := experiencesOf(t, s, traces, batch.Events)
	for i, trace := range traces {
		want := []string{"", seen.MutationsDropped, ""}[i]
		if of := got[trace+" "+uuid.Nil.String()].Seen; of.Reason != want || (of.State == model.SeenAll) != (want == "") {
			t.Errorf("%s: %+v", trace, of)
		}
	}
}

// What a window shows near times from after its clock was set back is uncertain, and what it shows at other times is not.
func TestClockSetBack(t *testing.T) {
	const backMS = 15_000
	signals := map[bool][]string{}
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
			for _, g := range got[trace+" "+uuid.Nil.String()].Reaction.Signals {
				if g.AtMS -= loadedMS; back {
					g.AtMS += backMS // all of them came after the clock was set back
				}
				signals[back] = append(signals[back], fmt.Sprint(trace, " ", g.Kind, " ", g.AtMS))
			}
		}
	}
	// What the user did and asked next is the same, at the times of the recording.
	want := []string{"t1 went_on 30000", "t2 thanked 150000", "t2 went_on 150000", "t3 left 157800"}
	for back, got := range signals {
		if !slices.Equal(got, want) {
			t.Errorf("set back: %t, signals %q, want %q", back, got, want)
		}
	}
}
