package main

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/playheadhq/playhead/internal/demo/history"
)

// question is one that an agent may be asked, the calls that it would make, and the facts that answer it.
type question struct {
	text  string
	calls []call
	facts []string
}

// call is one of a tool. Its arguments may depend on the results before it, as those of an agent do.
type call struct {
	tool      string
	arguments func(results string) map[string]any
}

// with are arguments that are known from the question.
func with(tool string, pairs ...any) call {
	return call{tool, func(string) map[string]any {
		arguments := map[string]any{}
		for i := 0; i < len(pairs); i += 2 {
			arguments[pairs[i].(string)] = pairs[i+1]
		}
		return arguments
	}}
}

// then takes the id from the results before: what the expression finds in them.
func then(tool, expression string) call {
	find := regexp.MustCompile(expression)
	return call{tool, func(results string) map[string]any {
		id := ""
		if found := find.FindStringSubmatch(results); found != nil {
			id = found[1]
		}
		return map[string]any{"id": id}
	}}
}

// some are up to n traces for which a condition holds, from all over the history, of different sessions.
func some(all []*trace, n int, fits func(*trace) bool) (chosen []*trace) {
	var fitting []*trace
	seen := map[string]bool{}
	for _, t := range all {
		if fits(t) && !seen[t.session+t.conversation] {
			seen[t.session+t.conversation] = true
			fitting = append(fitting, t)
		}
	}
	for i := range min(n, len(fitting)) {
		chosen = append(chosen, fitting[i*len(fitting)/min(n, len(fitting))])
	}
	return chosen
}

// beginning is how an answer begins: its first words, without the marks of Markdown between them.
func beginning(text string) string {
	text = strings.TrimSpace(strings.SplitN(text, "\n", 2)[0])
	if i := strings.IndexAny(text, "*`[|"); i > 20 {
		text = text[:i]
	}
	words := strings.Fields(strings.Trim(text, "*`#- "))
	return strings.Join(words[:min(len(words), 12)], " ")
}

func questions(h *history.History, all []*trace) (qs []question) {
	add := func(facts []string, calls []call, format string, args ...any) {
		qs = append(qs, question{fmt.Sprintf(format, args...), calls, facts})
	}
	well := func(t *trace) bool { return t.recorded && t.failure == "" && t.answered != "" && t.answered != "…" }

	for _, t := range some(all, 8, func(t *trace) bool { return well(t) && t.feature == "support" }) {
		add([]string{t.asked, beginning(t.answered)}, []call{with("on_the_screen", "id", t.id)}, "What did the user of trace %s type, and which answer appeared on their screen?", t.id)
	}
	for _, t := range some(all, 3, func(t *trace) bool { return well(t) && t.feature == "search" }) {
		add([]string{t.asked, beginning(t.answered)}, []call{with("on_the_screen", "id", t.id)}, "What did the user of trace %s look for, and what did the search box show?", t.id)
	}
	for _, t := range some(all, 4, well) {
		add([]string{t.session, t.url}, []call{with("where_was_the_user", "id", t.id)}, "Where was the user of trace %s: which session, which page?", t.id)
	}
	for _, t := range some(all, 4, func(t *trace) bool { return t.feedback != "" && len(t.feedback) < 300 }) {
		add([]string{t.asked, t.feedback}, []call{with("trace", "id", t.id)}, "What did the person say of the answer in trace %s, and to which question?", t.id)
	}
	for _, t := range some(all, 4, func(t *trace) bool {
		return well(t) && t.feature == "support" && len(t.tools) == 1 && t.tools[0].P["$ai_is_error"] == nil
	}) {
		tool := &t.tools[0]
		facts := []string{tool.text("$ai_span_name"), beginning(tool.text("$ai_output_state"))}
		for _, of := range []string{"$ai_input_state", "$ai_output_state"} {
			values, _ := tool.P[of].(map[string]any)
			for _, v := range values {
				if text, ok := v.(string); ok {
					facts = append(facts, text)
				}
			}
		}
		add(facts, []call{with("trace", "id", t.id), then("generation", `span "`+tool.text("$ai_span_name")+`".*id (\S+)`)}, "Which tool ran in trace %s, with which arguments, and what did it give?", t.id)
	}
	for _, t := range some(all, 4, func(t *trace) bool { return t.recorded && t.failure != "" && t.feature == "support" }) {
		add([]string{t.failure[:min(len(t.failure), 40)], "Something went wrong. Please try again."}, []call{with("trace", "id", t.id), with("on_the_screen", "id", t.id)}, "Why did trace %s fail, and what did its user see?", t.id)
	}
	for _, t := range some(all, 3, func(t *trace) bool {
		return well(t) && t.rages && t.last().number("$ai_time_to_first_token") > 15
	}) {
		add([]string{fmt.Sprintf("first token after %.1f s", t.last().number("$ai_time_to_first_token")), "clicked again and again"},
			[]call{with("on_the_screen", "id", t.id)}, "How long did the user of trace %s wait for the first word, and what did they do meanwhile?", t.id)
	}
	turns := map[string][]*trace{}
	for _, t := range all {
		turns[t.conversation] = append(turns[t.conversation], t)
	}
	for _, t := range some(all, 4, func(t *trace) bool {
		n := len(turns[t.conversation])
		return t.feature == "support" && t.conversation != "" && n >= 2 && n <= 5
	}) {
		var facts []string
		for _, turn := range turns[t.conversation] {
			facts = append(facts, turn.asked)
		}
		add(facts, []call{with("conversation", "id", t.conversation)}, "What was asked in the %d turns of conversation %s?", len(facts), t.conversation)
	}
	for _, t := range some(all, 4, func(t *trace) bool { return t.email != "" && t.recorded }) {
		add([]string{t.email}, []call{with("trace", "id", t.id)}, "Who asked in trace %s?", t.id)
	}
	for _, t := range some(all, 3, func(t *trace) bool { return t.release != "" && t.last().text("$ai_prompt_version") != "" }) {
		add([]string{t.release, t.last().text("$ai_prompt_name"), t.last().text("$ai_prompt_version") + ": "},
			[]call{with("fields", "of", "generations", "field", "release,prompt_name,prompt_version", "q", "trace:"+t.id)}, "Which release and which version of which prompt answered in trace %s?", t.id)
	}
	for _, f := range h.Finds() {
		add([]string{fmt.Sprintf("%d match", f.Count)}, []call{with("search", "of", f.List, "q", f.Query)}, "%s: how many %s are there?", f.Title, f.List)
	}
	for _, t := range some(all, 3, func(t *trace) bool { return len(strings.Fields(t.asked)) > 5 && !strings.ContainsAny(t.asked, `"\:`) }) {
		same := 0
		for _, other := range all {
			if strings.Contains(other.asked, t.asked) {
				same++
			}
		}
		if same <= 3 {
			add([]string{t.id}, []call{with("search", "of", "traces", "q", `"`+t.asked+`"`)}, "In which trace did somebody ask “%s”?", t.asked)
		}
	}
	for _, t := range some(all, 2, func(t *trace) bool { return t.recorded && len(t.pageTexts) >= 3 && t.feature == "support" }) {
		add(t.pageTexts[:3], []call{with("on_the_screen", "session", t.session, "at", fmt.Sprint(t.startMS-3000))}, "What was on the page of session %s before the user asked?", t.session)
	}
	for _, t := range some(all, 2, func(t *trace) bool { return t.recorded && t.hidden }) {
		add([]string{"left the tab", "came back to the tab"}, []call{with("session", "id", t.session, "kinds", []string{"tab_hidden", "tab_visible"})}, "Did the user of session %s stay in the tab?", t.session)
	}
	for _, t := range some(all, 2, func(t *trace) bool { return t.feature == "coder" && len(t.generations) > 20 }) {
		add([]string{fmt.Sprintf("%d generations", len(t.generations)), t.tools[0].text("$ai_span_name")}, []call{with("trace", "id", t.id, "budget", 10_000)}, "What did the agent do again and again in trace %s?", t.id)
	}
	for _, t := range some(all, 3, func(t *trace) bool { return t.judged != "" }) {
		add([]string{beginning(t.judged)}, []call{with("search", "of", "feedback", "q", "trace:"+t.id)}, "Why did the judge decide as it did about trace %s?", t.id)
	}
	qs = append(qs, groups(h, all)...)
	qs = append(qs, experiences(all)...)
	qs = append(qs, sums(all)...)
	counts := map[string]int{}
	for _, t := range all {
		for i := range t.generations {
			counts[t.generations[i].text("$ai_model")]++
		}
	}
	for _, model := range []string{"gpt-5-mini", "gemini-2.5-flash-lite"} {
		add([]string{fmt.Sprintf("%s | %d", model, counts[model])}, []call{with("aggregate", "of", "generations", "measure", "count", "by", "model")}, "How many calls of %s were there?", model)
	}
	add([]string{"release=support-2.7.0: share", "prompt_version=7"}, []call{with("what_changed", "from", "2026-11-16T09:00:00Z", "to", "2026-11-17T09:00:00Z", "base_from", "2026-11-09T00:00:00Z", "budget", 8000)}, "What changed on 16 November?")
	return qs
}

// groups are questions about tools, prompts, providers and kinds of reactions, and where to watch one of them.
func groups(h *history.History, all []*trace) (qs []question) {
	const watch = "latest with a recording: trace "
	runs, providers, kinds, models := map[string]int{}, map[string]int{}, map[string]bool{}, map[string]map[string]bool{}
	for _, t := range all {
		for i := range t.tools {
			runs[t.tools[i].text("$ai_span_name")]++
		}
		if t.recorded && t.thumb != "" {
			kinds["thumbs_"+t.thumb+": "] = true
		}
	}
	for i := range h.Len() {
		for _, sent := range h.Story(i).AI {
			e := read(sent)
			if provider := e.text("$ai_provider"); e.Name == "$ai_generation" || e.Name == "$ai_embedding" {
				if providers[provider]++; models[provider] == nil {
					models[provider] = map[string]bool{}
				}
				models[provider][e.text("$ai_model")] = true
			}
		}
	}
	for _, name := range []string{"look_up_order", "find_issue"} {
		if n := runs[name]; n > 0 {
			qs = append(qs, question{fmt.Sprintf("How often did the tool %s run, and where can one watch it?", name), []call{with("search", "of", "tools", "q", "tool:"+name)}, []string{fmt.Sprintf("%d run", n), watch, "/sessions/"}})
		}
	}
	for _, provider := range slices.Sorted(maps.Keys(providers)) {
		n := providers[provider]
		qs = append(qs, question{fmt.Sprintf("How many calls of %s were there, and of how many of its models?", provider), []call{with("search", "of", "providers")},
			[]string{fmt.Sprintf("provider %s: %d model", provider, len(models[provider])), fmt.Sprintf(", %d call", n)}})
	}
	reacted := question{"In which ways did people react to answers?", []call{with("fields", "of", "generations", "field", "reaction.kind", "limit", 20)}, []string{"raged: "}}
	for kind := range kinds {
		reacted.facts = append(reacted.facts, kind)
	}
	return append(qs, reacted, question{"Which version of which prompt is used, and where can one watch an answer to it?", []call{with("search", "of", "prompts")}, []string{"prompt ", "version ", watch, "/sessions/"}})
}
