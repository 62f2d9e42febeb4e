package query

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/playheadhq/playhead/internal/model"
)

// lostBecause describes, for people, the reasons for which a block cannot be read.
var lostBecause = map[string]string{
	"missing": "A part of the recording is not where the index says: its file or object is gone.",
	"corrupt": "A part of the recording is damaged.",
}

// gaps finds the parts of the recording that cannot be shown as they were.
func (b *timelineOf) gaps(t *Timeline) {
	add := func(window string, from, to int64, reason, detail string) {
		t.Gaps = append(t.Gaps, Gap{window, from, to, reason, detail})
	}
	for i := range b.about {
		if a := &b.about[i]; a.Label == model.LostUpload {
			add(a.WindowID, a.AtMS, b.mended(a.WindowID, a.EndMS), a.Label, "A part of the recording did not arrive: what follows needs parts of the page that never came. Until the next full snapshot, the picture may be wrong.")
		} else if a.Label != "" {
			detail, known := lostBecause[a.Label]
			if !known {
				detail = "A part of the recording cannot be read."
			}
			add(a.WindowID, a.AtMS, a.EndMS, a.Label, detail)
		}
	}
	for _, blocks := range b.byWindow() {
		b.windowGaps(blocks, add)
	}
	slices.SortStableFunc(t.Gaps, func(a, b Gap) int { return cmp.Compare(a.FromMS, b.FromMS) })
}

// mended is the time of the first full snapshot of a window at or after a time, or else the window's end.
func (b *timelineOf) mended(window string, from int64) int64 {
	end := from
	for i := range b.blocks {
		x := &b.blocks[i]
		if x.WindowID != window {
			continue
		}
		for _, s := range x.Snapshots {
			if s.AtMS >= from {
				return s.AtMS
			}
		}
		end = max(end, x.LastMS)
	}
	return end
}

// overlapMS is how much the times of two uploads of a tab may overlap: a recorder sends positions of the pointer with times of up to half a second before.
const overlapMS = 1000

// orderGaps finds uploads of a window that came twice under different ids, whose times overlap, or that came after later ones.
func orderGaps(blocks []model.Block, add func(window string, from, to int64, reason, detail string)) {
	for i := 1; i < len(blocks); i++ {
		before, x := &blocks[i-1], &blocks[i]
		switch {
		case before.FirstMS == x.FirstMS && before.LastMS == x.LastMS && before.Events == x.Events && before.RawBytes == x.RawBytes:
			add(x.WindowID, x.FirstMS, x.LastMS, "repeated", "This part of the recording arrived twice, under different ids. What it changes is shown once.")
		case before.LastMS-x.FirstMS > overlapMS:
			add(x.WindowID, x.FirstMS, min(before.LastMS, x.LastMS), "out_of_order",
				"The times of two parts of the recording overlap: a clock was set back, or two recorders used one tab's id. Their events are shown by their times, so the picture may be wrong.")
		case before.ReceivedMS-x.ReceivedMS > overlapMS:
			add(x.WindowID, before.FirstMS, before.LastMS, "out_of_order", "This part of the recording arrived after later parts. It is shown at its time.")
		}
	}
}

// windowGaps finds the gaps of one window.
func (b *timelineOf) windowGaps(blocks []model.Block, add func(window string, from, to int64, reason, detail string)) {
	window, start, end := blocks[0].WindowID, blocks[0].FirstMS, blocks[0].LastMS
	var snapshot int64
	var dropped, oversized int32
	for i := range blocks {
		x := &blocks[i]
		end = max(end, x.LastMS)
		for _, s := range x.Snapshots {
			if snapshot == 0 || s.AtMS < snapshot {
				snapshot = s.AtMS
			}
		}
		// The recorder counts from its own start.
		if n := x.DroppedMutations; n != dropped && n > 0 {
			add(window, x.FirstMS, x.LastMS, "dropped_mutations", fmt.Sprintf("The page changed so quickly that the recorder left out %s.", changes(sinceStart(n, dropped))))
		}
		if n := x.OversizedMutations; n != oversized && n > 0 {
			add(window, x.FirstMS, x.LastMS, "oversized", fmt.Sprintf("The recorder left out %s of the page that were too large.", changes(sinceStart(n, oversized))))
		}
		dropped, oversized = x.DroppedMutations, x.OversizedMutations
	}
	switch {
	case snapshot == 0:
		add(window, start, end, "no_snapshot", "No full snapshot of the page arrived, so this tab cannot be shown. The upload of its beginning may be lost.")
	case snapshot-start > 1000:
		add(window, start, snapshot, "no_snapshot", "The full snapshot that this part depends on did not arrive, so it cannot be shown. The upload of its beginning may be lost.")
	}
	orderGaps(blocks, add)
	first := start
	for i := range b.events {
		if e := &b.events[i]; e.WindowID == window {
			first = min(first, b.atMS(e))
		}
	}
	if start-first > lateMS && start-first < aroundMS {
		add(window, first, start, "late_start", "The recording of this tab began after its first event: recording was off or still waiting for the user to act.")
	}
}

// sinceStart is the increase of a count that restarts together with the recorder.
func sinceStart(now, before int32) int32 {
	if now > before {
		return now - before
	}
	return now
}

func changes(n int32) string {
	if n == 1 {
		return "one change"
	}
	return fmt.Sprintf("%d changes", n)
}
