package mcp

import (
	"testing"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/query"
)

func TestWhatUsersSawAndHowTheyReacted(t *testing.T) {
	first, wait, share := int64(1777900005000), 5.0, 0.5
	masked := "masked"
	for _, test := range []struct {
		seen        *query.Seen
		reaction    *query.Reaction
		full, short string
	}{
		{nil, nil, "", ""},
		{&query.Seen{State: "unknown", Reason: &masked}, nil, "Seen: unknown (the recorder masked the text)", ""},
		{
			&query.Seen{State: "partly", FirstWordsMS: &first, PerceivedWait: &wait, Share: &share, Stalls: []model.TimeSpan{{FromMS: 0, ToMS: 2500}, {FromMS: 5000, ToMS: 9000}}, UncertaintyMS: 40},
			&query.Reaction{Score: -0.6, Signals: []query.Signal{{Kind: "raged", AtMS: first, Weight: -0.4, Detail: "Clicked \"Send\"\nfive times."}, {Kind: "left", AtMS: first + 1000, Weight: -0.2}, {Kind: "raged", AtMS: first + 500}}},
			"Seen: partly (some of its words were shown, then the user left or the page replaced it); first words on the screen at 2026-05-04T13:06:45.000Z, waited 5.0 s, " +
				"50 % of its characters were inside the window at some time, 2 stalls, the longest of 4.0 s, times may be wrong by 40 ms" +
				"\nReaction: score -0.60, from -1 (hurt) to 1 (loved)\n  2026-05-04T13:06:45.000Z raged (-0.40) Clicked \"Send\" five times.\n  2026-05-04T13:06:46.000Z left (-0.20) \n  2026-05-04T13:06:45.500Z raged (+0.00) ",
			"seen:partly, waited 5.0 s, reaction -0.60 (raged left)",
		},
		{&query.Seen{State: "seen"}, &query.Reaction{}, "Seen: seen (all of its words were shown in a visible tab)\nReaction: none was noticed (score 0)", "seen:seen"},
	} {
		if full := saw(test.seen) + prefixed("\n", reacted(test.reaction)); full != test.full {
			t.Errorf("%s\nwant %s", full, test.full)
		}
		if short := experiencedShortly(test.seen, test.reaction); short != test.short {
			t.Errorf("%q, want %q", short, test.short)
		}
	}
}
