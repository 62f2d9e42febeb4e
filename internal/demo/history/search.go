package history

import (
	"strings"
	"time"
)

// search is a session with the search box of the help pages: some questions that are independent of each other.
func (s *scene) search(page *page) {
	for _, t := range s.turns {
		about := fresh(s, searchQuestions, func(q question) string { return q.passage })
		asked, answer := fresh(s, about.asked, asIs), pick(s.draw, about.answers)
		if s.chance(0.07) {
			asked, answer = pick(s.draw, unanswered), noAnswer
		}
		if s.chance(0.3) {
			asked = strings.ToUpper(asked[:1]) + asked[1:] + "?"
		}
		page.idles(2*time.Second, 18*time.Second)
		page.asks(asked)
		s.searchTurn(page, &about, t, asked, answer)
	}
}

func (s *scene) searchTurn(page *page, about *question, t turn, asked, answer string) {
	tr := s.begin("", "search-1.12.0")
	page.waiting("")
	embedded := s.lasts(40*time.Millisecond, 260*time.Millisecond)
	s.clock = s.clock.Add(embedded)
	tr.add("$ai_embedding", s.clock, map[string]any{
		"$ai_span_id": s.id().String(), "$ai_parent_id": tr.id, "$ai_provider": "openai", "$ai_model": "text-embedding-3-small", "$ai_input": asked,
		"$ai_input_tokens": tokens(asked), "$ai_latency": embedded.Seconds(), "$ai_http_status": 200, "$ai_base_url": baseURLs["openai"],
	})
	u := &tool{name: "retrieve", arguments: map[string]any{"query": asked, "limit": len(about.pages)}, result: compact(about.pages), took: s.lasts(8*time.Millisecond, 90*time.Millisecond)}
	tr.ran(u, s.clock)
	s.clock = s.clock.Add(u.took)
	page.finds(about.pages)
	prepare := func() *call {
		c := &call{
			name: "help answer", provider: s.provider, model: s.model, text: answer, prompt: "help-answer", version: "3",
			input: []message{{"role": "system", "content": searchPrompt + "\n\n[" + about.pages[0] + "] " + about.passage}, {"role": "user", "content": asked}},
		}
		s.speak(c, s.between(110, 220), 180*time.Millisecond)
		c.tokensIn += s.between(300, 900) // more passages
		c.began = s.clock
		return c
	}
	if t.retried {
		c := prepare()
		s.refuse(c)
		s.clock = c.ended()
		tr.generation(c)
		s.waits(200*time.Millisecond, 500*time.Millisecond)
	}
	c := prepare()
	if t.failed {
		s.refuse(c)
	}
	page.answers(c, false)
	s.clock = c.ended()
	tr.generation(c)
	tr.whole("Help search", asked, c.text, c.failure, s.clock)
	page.requested("/api/help", tr.began, s.clock.Sub(tr.began), c.status)
	if c.failure != "" {
		page.crashes("HelpError: no answer (" + c.failure[:3] + ")")
		return
	}
	if s.chance(0.12) {
		s.evaluates(tr, s.chance(0.93), s.clock.Add(25*time.Second))
	}
	page.idles(2*time.Second, 12*time.Second)
	if s.browser && s.chance(0.04) {
		page.thumbs(tr, answer != noAnswer, pick(s.draw, map[bool][]string{true: praise, false: grumbles}[answer != noAnswer]))
	}
}
