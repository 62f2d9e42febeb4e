package main

import (
	"fmt"
	"time"
)

// experiences are questions about what users saw of answers and how they reacted. The facts are what the pages of the history did.
func experiences(all []*trace) (qs []question) {
	add := func(facts []string, calls []call, format string, args ...any) {
		qs = append(qs, question{fmt.Sprintf(format, args...), calls, facts})
	}
	shown := func(t *trace) bool {
		return t.recorded && t.failure == "" && t.answered != "" && t.answered != "…" && !t.hidden
	}
	for _, t := range some(all, 4, func(t *trace) bool { return shown(t) && t.feature == "support" && t.firstWordsMS() > 0 }) {
		add([]string{"Seen: seen", "first words on the screen at "}, []call{with("trace", "id", t.id)}, "Did the user of trace %s get to see all of the answer, and when did it begin to appear?", t.id)
	}
	for _, t := range some(all, 2, func(t *trace) bool { return shown(t) && t.feature == "search" }) {
		add([]string{"Seen: seen"}, []call{with("generation", "id", t.last().UUID)}, "Did the user of the search box see the answer of generation %s?", t.last().UUID)
	}
	for _, thumb := range []string{"up", "down"} {
		for _, t := range some(all, 2, func(t *trace) bool { return shown(t) && t.thumb == thumb }) {
			add([]string{"thumbs_" + thumb + " ("}, []call{with("trace", "id", t.id)}, "How did the user of trace %s react to the answer?", t.id)
			add([]string{t.id}, []call{with("search", "of", "traces", "q", "reaction.kind:thumbs_"+thumb, "from", iso(t.startMS-1000), "to", iso(t.startMS+1000))},
				"Which answer got a thumbs %s at %s?", thumb, iso(t.startMS))
		}
	}
	for _, t := range some(all, 2, func(t *trace) bool {
		return shown(t) && t.rages && t.last().number("$ai_time_to_first_token") > 15 && pressed(all, t)
	}) {
		add([]string{"raged (", "Reaction: score -"}, []call{with("trace", "id", t.id)}, "Did waiting for the answer of trace %s annoy its user, and by what can one tell?", t.id)
	}
	for _, t := range some(all, 2, func(t *trace) bool { return !t.recorded && t.feature == "coder" }) {
		add([]string{"no recording is linked to it"}, []call{with("trace", "id", t.id)}, "Did somebody see the answer of trace %s?", t.id)
	}
	return qs
}

// pressed says whether a trace is the only slow one of its session: which of several made its user press the button again and again is not in the history.
func pressed(all []*trace, one *trace) bool {
	for _, t := range all {
		if t != one && t.session == one.session && t.last().number("$ai_time_to_first_token") > 15 {
			return false
		}
	}
	return true
}

// sums are questions about impact and links of everything.
func sums(all []*trace) (qs []question) {
	add := func(facts []string, calls []call, format string, args ...any) {
		qs = append(qs, question{fmt.Sprintf(format, args...), calls, facts})
	}
	generations, named, slow := 0, 0, 0
	for _, t := range all {
		for i := range t.generations {
			generations++
			if t.recorded && t.generations[i].text("$session_id") != "" {
				named++
			}
		}
		// A person asks shortly before the trace begins; a wait near the limit may fall on either side of it.
		if wait := t.firstWordsMS() - t.startMS; t.recorded && t.feature == "support" && t.failure == "" && wait >= 20_000 {
			slow++
		}
	}
	everything := []any{"from", "2026-10-01", "to", "2026-11-21"}
	add([]string{fmt.Sprintf("20 s or longer: %d answer", slow)}, []call{with("impact", append(everything, "q", "prop.feature:support")...)}, "How many answers of the support assistant made their users wait for 20 seconds or longer?")
	add([]string{"Perceived wait", "first token p50", "before the call began"}, []call{with("impact", everything...)}, "What are perceived waits made of?")
	add([]string{"support-2.5.0: ", "support-2.7.0: ", "bad "}, []call{with("impact", append(everything, "by", "release", "q", "prop.feature:support")...)}, "Under which release of the support assistant did how many answers end badly?")
	add([]string{fmt.Sprintf("of %d generations", generations), fmt.Sprintf("%d generations by the method exact", named)},
		[]call{with("doctor", append(everything, "q", "kind:generation")...)}, "How many generations are linked to a recording, and how many of them name their session?")
	add([]string{"Not linked, no_session_id", "$session_id"}, []call{with("doctor", append(everything, "q", "prop.feature:coder")...)}, "Why have calls of the coding agent no recording, and which line would link them?")
	return qs
}

func iso(ms int64) string { return time.UnixMilli(ms).UTC().Format("2006-01-02T15:04:05.000Z") }
