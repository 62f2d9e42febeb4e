package mcp

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/playheadhq/playhead/internal/query"
)

// seenWords say what the states of Seen mean. The names of states stay beside them: they are values of the field seen.
var seenWords = map[string]string{
	"seen":        "all of its words were shown in a visible tab",
	"partly":      "some of its words were shown, then the user left or the page replaced it",
	"not_shown":   "it never was in the page",
	"not_visible": "it was in the page, but never in a visible tab",
	"stopped":     "the user stopped it, and what had arrived was shown",
}

// unknownWords say why it is not known what was seen.
var unknownWords = map[string]string{
	"no_link":           "no recording is linked to it",
	"no_recording":      "the session has no recording",
	"other_window":      "the page was open in another tab or window, too, and that one was not recorded",
	"background":        "nobody asked for it: a program made this call by itself",
	"masked":            "the recorder masked the text",
	"not_recorded":      "nothing was recorded at that time",
	"mutations_dropped": "the recorder left out changes of the page at that time",
	"no_text":           "it has no text, or its text was not sent",
	"uncertain":         "the times are uncertain by more than half a second",
}

// saw says what of an answer was on its user's screen, and when; it is "" if that is not derived.
func saw(s *query.Seen) string {
	if s == nil {
		return ""
	}
	words := seenWords[s.State]
	if s.Reason != nil {
		words = cmp.Or(unknownWords[*s.Reason], *s.Reason)
	}
	inView, smooth, stalls, within := "", "", "", ""
	if s.Share != nil {
		inView = percent(*s.Share) + " of its characters were inside the window at some time"
	}
	if s.Smoothness != nil {
		smooth = "words came in time for a reader during " + percent(*s.Smoothness) + " of the reading time"
	}
	if len(s.Stalls) > 0 {
		longest := int64(0)
		for _, stall := range s.Stalls {
			longest = max(longest, stall.ToMS-stall.FromMS)
		}
		stalls = fmt.Sprintf("%s, the longest of %s", many(int64(len(s.Stalls)), "stall"), lasted(float64(longest)/1000))
	}
	if s.UncertaintyMS > 0 {
		within = fmt.Sprintf("times may be wrong by %d ms", s.UncertaintyMS)
	}
	return fmt.Sprintf("Seen: %s (%s)", s.State, words) + prefixed("; ", facts(at("asked", s.AskedMS), at("first words on the screen", s.FirstWordsMS),
		seconds("waited ", s.PerceivedWait), at("last words", s.LastWordsMS), inView, stalls, smooth, within))
}

// reacted says what the user did about an answer; it is "" if that is not known.
func reacted(r *query.Reaction) string {
	if r == nil {
		return ""
	}
	if len(r.Signals) == 0 {
		return "Reaction: none was noticed (score 0)"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "Reaction: score %+.2f, from -1 (hurt) to 1 (loved)", r.Score)
	for _, s := range r.Signals {
		fmt.Fprintf(&b, "\n  %s %s (%+.2f) %s", iso(s.AtMS), s.Kind, s.Weight, short(s.Detail, previewTokens))
	}
	return b.String()
}

// experienced writes what was seen of one trace or generation, or that this is not known, and the reaction if it is known.
func experienced(a *answer, s *query.Seen, r *query.Reaction) {
	a.line("%s", cmp.Or(saw(s), "Seen: not known. It is derived of answers to questions, when their session has been still for some minutes."))
	if text := reacted(r); text != "" {
		a.line("%s", text)
	}
}

// experiencedShortly is the same for rows of lists: the values that can be searched for.
func experiencedShortly(s *query.Seen, r *query.Reaction) string {
	state, waited, kinds := "", "", []string{}
	if s != nil && s.State != "unknown" {
		state, waited = "seen:"+s.State, seconds("waited ", s.PerceivedWait)
	}
	score := ""
	if r != nil && len(r.Signals) > 0 {
		for _, signal := range r.Signals {
			if !slices.Contains(kinds, signal.Kind) {
				kinds = append(kinds, signal.Kind)
			}
		}
		score = fmt.Sprintf("reaction %+.2f (%s)", r.Score, strings.Join(kinds, " "))
	}
	return facts(state, waited, score)
}

func at(what string, ms *int64) string {
	if ms == nil {
		return ""
	}
	return what + " at " + iso(*ms)
}

func percent(share float64) string { return fmt.Sprintf("%.3g %%", 100*share) }

func prefixed(prefix, text string) string {
	if text == "" {
		return ""
	}
	return prefix + text
}
