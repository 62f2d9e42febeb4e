package history

import (
	"strings"
	"time"
)

// scene is a story while it is being made. Its clock advances as things happen.
type scene struct {
	draw
	*story
	clock           time.Time
	session, window string
	environment     string
	parcel          Parcel
	// identified means that the person has signed in, so that events have their id.
	identified bool
	fill       *strings.Replacer
	chosen     map[string]bool // see fresh
}

func (s *story) make() Parcel {
	c := &scene{draw: newDraw("story", s.seed), story: s, clock: s.at, environment: "production", identified: true, chosen: map[string]bool{}}
	if c.chance(0.04) {
		c.environment = "staging"
	}
	if s.browser {
		c.session, c.window = c.timeID(s.at), c.timeID(s.at.Add(3*time.Millisecond))
		c.identified = !s.person.anonymous && c.chance(0.7) // the others sign in on the page
	}
	page := c.open()
	if !s.browser {
		c.signIn("")
	}
	switch s.product {
	case support:
		c.support(page)
	case coder:
		c.coder(page)
	default:
		c.search(page)
	}
	page.leave()
	return c.parcel
}

// waits advances the clock.
func (s *scene) waits(low, high time.Duration) { s.clock = s.clock.Add(s.lasts(low, high)) }

// distinct is the id of the person, or of their browser until they sign in.
func (s *scene) distinct() string {
	if s.browser && !s.identified {
		return s.person.device
	}
	return s.person.id
}

func (s *scene) event(name string, at time.Time, p map[string]any) Event {
	return Event{UUID: s.id().String(), Event: name, DistinctID: s.distinct(), Timestamp: at.UTC().Truncate(time.Millisecond), Properties: p}
}

// browses adds an event of posthog-js. Without a browser it adds none.
func (s *scene) browses(name, url string, p map[string]any) {
	if !s.browser {
		return
	}
	p["$session_id"], p["$window_id"], p["$current_url"] = s.session, s.window, url
	p["$lib"], p["$lib_version"], p["environment"] = "web", "1.305.0", s.environment
	if !s.recorded {
		p["$recording_status"] = "disabled"
	}
	if !s.identified {
		p["$process_person_profile"] = false
	}
	s.parcel.Browser = append(s.parcel.Browser, s.event(name, s.clock, p))
}

// signIn identifies the person, as applications do at each visit.
func (s *scene) signIn(url string) {
	if s.person.anonymous {
		return
	}
	s.identified = true
	p := map[string]any{"$set": map[string]any{"email": s.person.email, "name": s.person.name, "plan": s.person.plan}}
	if s.browser {
		p["$anon_distinct_id"] = s.person.device
		s.browses("$identify", url, p)
		return
	}
	p["$lib"], p["$lib_version"] = s.product.library, s.product.libraryVersion
	s.parcel.Browser = append(s.parcel.Browser, s.event("$identify", s.clock, p))
}

// fresh chooses something that was not chosen before in this story, as long as there is any.
func fresh[T any](s *scene, all []T, name func(T) string) T {
	for range 8 {
		if one := pick(s.draw, all); !s.chosen[name(one)] {
			s.chosen[name(one)] = true
			return one
		}
	}
	return pick(s.draw, all)
}

func asIs(text string) string { return text }

// feedback is the person's rating of an answer with the buttons below it, sometimes with a comment.
func (s *scene) feedback(t *trace, url string, good bool, words string) {
	value := 0
	if good {
		value = 1
	}
	s.browses("$ai_metric", url, map[string]any{"$ai_trace_id": t.id, "$ai_metric_name": "helpful", "$ai_metric_value": value})
	s.waits(2*time.Second, 8*time.Second)
	s.browses("$ai_feedback", url, map[string]any{"$ai_trace_id": t.id, "$ai_feedback_text": words})
}

// evaluates is a judge's rating of an answer by its sources, some time later, when the session may have ended.
func (s *scene) evaluates(t *trace, result bool, at time.Time) {
	p := map[string]any{
		"$ai_evaluation_name": "grounded", "$ai_evaluation_type": "llm_judge", "$ai_evaluation_result": result, "$ai_evaluation_reasoning": grounded[result],
		"$ai_target_event_id": t.last, "$ai_target_event_type": "$ai_generation",
	}
	t.add("$ai_evaluation", at, p)
	delete(p, "$session_id")
	delete(p, "$window_id")
}

// grounded are a judge's explanations by its result.
var grounded = map[bool]string{
	true: "Each statement of the answer is in the sources that the model was given: I compared names, dates, prices and steps one by one. Where the sources " +
		"say nothing, the answer claims nothing. It leaves out some details of the sources, which the question did not ask for.",
	false: "At least one statement of the answer is in none of the sources that the model was given. The sources describe the usual case only, and the answer " +
		"turns that into a promise. A customer who relies on it may be disappointed, so I do not count the answer as grounded.",
}

// begin opens a trace now. In a browser the request takes a moment to reach the backend.
func (s *scene) begin(conversation, release string) *trace {
	if s.browser {
		s.waits(80*time.Millisecond, 220*time.Millisecond)
	}
	t := &trace{s: s, id: s.id().String(), conversation: conversation, release: release, began: s.clock}
	t.parent = t.id
	return t
}

// refusals are the errors that providers return.
var refusals = map[string][]struct {
	status int
	text   string
}{
	"openai": {
		{429, "429 Rate limit reached for gpt-5-mini in organization org-cairn on tokens per min (TPM): Limit 2000000, Used 1998210, Requested 4120"},
		{500, "500 The server had an error while processing your request. Sorry about that!"}, {503, "503 The engine is currently overloaded, please try again later"},
	},
	"anthropic": {{529, `529 {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}`}, {429, "429 This request would exceed your organization's rate limit"}},
	"gemini":    {{503, "503 The model is overloaded. Please try again later."}, {500, "500 An internal error has occurred"}},
}

// ends are the providers' names for the end of an answer, and of one that asks for tools.
var ends = map[string]struct{ answered, tools string }{
	"openai": {"stop", "tool_calls"}, "anthropic": {"end_turn", "tool_use"}, "gemini": {"STOP", "STOP"},
}

// refuse makes a call fail quickly.
func (s *scene) refuse(c *call) {
	why := pick(s.draw, refusals[c.provider])
	c.status, c.failure, c.text, c.tools, c.first, c.stop = why.status, why.text, "", nil, 0, ""
	c.took = s.lasts(200*time.Millisecond, 1500*time.Millisecond)
}

// speak sets the duration of a call that writes its text at some rate, and its tokens.
func (s *scene) speak(c *call, perSecond int, least time.Duration) {
	c.tokensIn, c.tokensOut = tokensOf(c.input), max(12, tokens(c.text))
	for range c.tools {
		c.tokensOut += 24
	}
	c.status = 200
	c.first = s.lasts(least, 3*least)
	c.took = c.first + (time.Duration(c.tokensOut) * time.Second / time.Duration(perSecond)).Truncate(time.Millisecond)
	if c.stop = ends[c.provider].answered; len(c.tools) > 0 {
		c.stop = ends[c.provider].tools
	}
}

// toolMessages are the model's calls of tools and their results, as the provider expects them in the next prompt.
func (c *call) toolMessages() []message {
	if c.provider == "anthropic" {
		var content, results []message
		if c.text != "" {
			content = append(content, message{"type": "text", "text": c.text})
		}
		for _, u := range c.tools {
			content = append(content, message{"type": "tool_use", "id": u.id, "name": u.name, "input": u.arguments})
			results = append(results, message{"type": "tool_result", "tool_use_id": u.id, "content": u.result, "is_error": u.failed})
		}
		return []message{{"role": "assistant", "content": content}, {"role": "user", "content": results}}
	}
	var calls []message
	for _, u := range c.tools {
		calls = append(calls, message{"id": u.id, "type": "function", "function": map[string]any{"name": u.name, "arguments": compact(u.arguments)}})
	}
	all := []message{{"role": "assistant", "content": c.text, "tool_calls": calls}}
	for _, u := range c.tools {
		all = append(all, message{"role": "tool", "tool_call_id": u.id, "content": u.result})
	}
	return all
}
