package history

import (
	"fmt"
	"strings"
	"time"
)

var coderTools = definitions([][2]string{
	{"read_file", "Reads a file of the repository."}, {"search", "Searches the repository for a text."}, {"edit_file", "Replaces a part of a file."}, {"run_tests", "Runs the tests and returns the end of their output."},
	{"find_issue", "Finds an issue by its words."},
})

// action is one round of the agent: its text, and the tool that it uses.
type action struct {
	says string
	use  *tool // nil in the last one
}

// coder is a session with the coding agent: some tasks, each with many calls.
func (s *scene) coder(page *page) {
	for _, t := range s.turns {
		about := fresh(s, coderTasks, func(t task) string { return t.ask })
		if t.loops {
			about = loopTask
		}
		page.idles(4*time.Second, 40*time.Second)
		page.asks(about.ask)
		s.coderTask(page, &about, t)
	}
}

func (s *scene) coderTask(page *page, about *task, t turn) {
	release, version := s.calendar.coder(s.clock)
	tr := s.begin(s.id().String(), release)
	tr.agent = "coder"
	agent := s.id().String()
	tr.parent = agent
	rounds := t.calls
	if t.retried {
		rounds--
	}
	actions := s.actions(about, rounds, t.loops)
	prompt := []message{{"role": "system", "content": coderPrompt}, {"role": "user", "content": about.ask}}
	sent := s.between(5200, 9800) // tokens of files and instructions that the agent sends with each call
	var last *call
	for i, a := range actions {
		c := &call{
			name: "next action", provider: s.provider, model: s.model, input: append([]message(nil), prompt...), text: a.says,
			prompt: "coder-system", version: version, definitions: coderTools,
		}
		if a.use != nil {
			c.tools = []*tool{a.use}
		}
		s.speak(c, s.between(45, 80), 700*time.Millisecond)
		c.tokensIn += sent
		if i > 0 {
			c.cached = (sent * 9 / 10) / 64 * 64
		}
		sent += s.between(250, 900)
		if i == 1 && t.retried {
			failed := *c
			s.refuse(&failed)
			failed.began = s.clock
			s.clock = failed.ended()
			tr.generation(&failed)
			s.waits(time.Second, 3*time.Second)
		}
		if i == len(actions)-1 && t.failed {
			s.refuse(c)
		}
		c.began = s.clock
		page.waiting("")
		page.answers(c, false)
		s.clock = c.ended()
		tr.generation(c)
		last = c
		if a.use == nil || c.failure != "" {
			break
		}
		tr.ran(a.use, s.clock)
		page.works(a.use)
		s.clock = s.clock.Add(a.use.took)
		page.worked(a.use)
		prompt = append(prompt, c.toolMessages()...)
	}
	page.requested("/api/agent", tr.began, s.clock.Sub(tr.began), last.status)
	p := map[string]any{
		"$ai_span_id": agent, "$ai_span_name": "coder", "$ai_span_type": "agent", "$ai_parent_id": tr.id, "$ai_input_state": about.ask, "$ai_output_state": last.text,
		"$ai_latency": s.clock.Sub(tr.began).Seconds(),
	}
	failure := last.failure
	if t.loops {
		failure = "the tests did not pass"
	}
	if failure != "" {
		p["$ai_is_error"], p["$ai_error"] = true, failure
	}
	tr.add("$ai_span", s.clock, p)
	tr.whole("Coding task", about.ask, last.text, failure, s.clock)
	page.idles(3*time.Second, 20*time.Second)
	switch {
	case t.loops && s.chance(0.5):
		page.thumbs(tr, false, pick(s.draw, []string{"Ran the same tests for ten minutes and gave up", "It just repeats itself. And I pay for it.", "Stop retrying, look at the error!"}))
	case !t.loops && failure == "" && s.chance(0.07):
		page.thumbs(tr, true, pick(s.draw, []string{"Merged without a change", "Found the bug that I missed", "Clean diff, good tests", "Nice summary"}))
	}
}

// actions are the agent's actions in a given number of rounds.
func (s *scene) actions(about *task, rounds int, loops bool) []action {
	var all []action
	use := func(says, name string, arguments map[string]any, result string, low, high time.Duration) *tool {
		prefix := "toolu_"
		if s.provider == "openai" {
			prefix = "call_"
		}
		u := &tool{id: prefix + strings.ReplaceAll(s.id().String(), "-", "")[:20], name: name, arguments: arguments, result: result, took: s.lasts(low, high)}
		all = append(all, action{says, u})
		return u
	}
	tests := func(says, result string, failed bool) {
		use(says, "run_tests", map[string]any{"path": "tests"}, result, 8*time.Second, 24*time.Second).failed = failed
	}
	read := func(says, file string) {
		use(says, "read_file", map[string]any{"path": file}, s.code(), 20*time.Millisecond, 140*time.Millisecond)
	}
	edit := func(says string) {
		use(says, "edit_file", map[string]any{"path": about.files[0], "before": about.edit[0], "after": about.edit[1]}, "1 replacement in "+about.files[0], 30*time.Millisecond, 90*time.Millisecond)
	}
	use(about.plan[0], "search", map[string]any{"text": about.find}, fmt.Sprintf("%s:%d\n%s:%d", about.files[0], s.between(8, 240), about.files[1], s.between(8, 240)), 60*time.Millisecond, 400*time.Millisecond)
	if loops {
		read(about.plan[1], about.files[0])
		edit(about.plan[1])
		for len(all) < rounds-1 {
			tests(pick(s.draw, excuses), lockedOutput, true)
		}
		return append(all, action{gaveUp, nil})
	}
	// A short task edits at once; a long one reads more and has to repair what it broke.
	if rounds > 5 && s.chance(0.3) {
		u := use("I look whether there is an issue about this.", "find_issue", map[string]any{"words": about.ask}, `{"issues":[{"title":"`+about.ask+`","state":"open","comments":`+s.number(1)+`}]}`, 200*time.Millisecond, 900*time.Millisecond)
		u.mcp = "tracker"
	}
	for i := 0; len(all) < rounds-3; i++ {
		switch {
		case i < len(about.files):
			read([]string{about.plan[1], pick(s.draw, nextSteps), "One more file."}[i], about.files[i])
		case (i-len(about.files))%2 == 0 && len(all) < rounds-4:
			edit(about.plan[2])
			tests(pick(s.draw, nextSteps), pick(s.draw, failingOutputs), false) // the tests fail, the tool does not
		default:
			read(pick(s.draw, afterFailure), pick(s.draw, about.files))
		}
	}
	edit(about.plan[2])
	tests("Now the tests.", pick(s.draw, testOutputs), false)
	return append(all, action{about.done, nil})
}

// code is a part of a file.
func (s *scene) code() string {
	from := s.IntN(len(codeLines) - 12)
	return strings.Join(codeLines[from:from+12], "\n")
}
