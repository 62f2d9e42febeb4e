package history

import (
	"encoding/json"
	"strings"
	"time"
)

func compact(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err) // it consists of texts, numbers and maps
	}
	return string(raw)
}

// supportTools are the definitions that the model gets.
var supportTools = definitions([][2]string{
	{"look_up_order", "Looks up an order and says where it is."}, {"find_return", "Says whether and how an article can be returned."},
	{"check_stock", "Says how many of an article there are."}, {"change_address", "Changes the delivery address of an order that has not left."},
})

func definitions(all [][2]string) []message {
	var made []message
	for _, d := range all {
		made = append(made, message{"type": "function", "function": map[string]any{
			"name": d[0], "description": d[1], "parameters": map[string]any{"type": "object", "properties": map[string]any{"value": map[string]any{"type": "string"}}},
		}})
	}
	return made
}

// support is a conversation with the shop's assistant.
func (s *scene) support(page *page) {
	item, other := pick(s.draw, articles), pick(s.draw, articles)
	for other == item {
		other = pick(s.draw, articles)
	}
	order := s.number(5)
	s.fill = strings.NewReplacer("{order}", order, "{item}", item, "{other}", other, "{town}", pick(s.draw, towns), "{day}", pick(s.draw, days), "{size}", pick(s.draw, sizes), "{carrier}", pick(s.draw, carriers))
	conversation := s.id().String()
	prompt := []message{{"role": "system", "content": supportPrompt}}
	about := pick(s.draw, supportTopics)
	for i, t := range s.turns {
		asked, answer := s.supportAnswer(&about, t, i)
		page.idles(2*time.Second, 25*time.Second)
		page.asks(asked)
		prompt = append(prompt, message{"role": "user", "content": asked})
		prompt = append(prompt, message{"role": "assistant", "content": s.supportTurn(page, conversation, prompt, &about, t, asked, answer)})
	}
}

// supportAnswer chooses a question and its answer. The first question decides the topic of the later ones.
func (s *scene) supportAnswer(about *topic, t turn, i int) (asked, answer string) {
	for !t.wrong && t.tool != (about.tool != "") && (i == 0 || t.tool) {
		*about = pick(s.draw, supportTopics)
		i = 0
	}
	switch {
	case i == 0:
		asked, answer = fresh(s, about.questions, asIs), pick(s.draw, openings)+pick(s.draw, about.answers)+pick(s.draw, closings)
	case i == len(s.turns)-1 && s.chance(0.5):
		pair := pick(s.draw, thanks)
		asked, answer = pair[0], pair[1]
	default:
		pair := fresh(s, about.follow, func(pair [2]string) string { return pair[0] })
		asked, answer = pair[0], pair[1]
	}
	if t.wrong {
		answer = about.wrong
	}
	return s.fill.Replace(asked), s.fill.Replace(answer)
}

// supportTurn makes one trace, and what the page shows of it, and returns the answer.
func (s *scene) supportTurn(page *page, conversation string, prompt []message, about *topic, t turn, asked, answer string) string {
	release, version := s.calendar.support(s.clock)
	tr := s.begin(conversation, release)
	page.waiting("")
	prepare := func(text string, tools ...*tool) *call {
		c := &call{
			name: "answer", provider: s.provider, model: s.model, input: append([]message(nil), prompt...), text: text, tools: tools,
			prompt: "support-answer", version: version, definitions: supportTools,
		}
		s.speak(c, s.between(55, 95), 350*time.Millisecond)
		c.tokensIn += s.between(900, 2600) // the definitions of tools, and pages of the shop
		return c
	}
	// finish ends a call.
	finish := func(c *call) {
		c.began = s.clock
		s.clock = c.ended()
		tr.generation(c)
	}
	if t.retried {
		c := prepare("")
		s.refuse(c)
		finish(c)
		page.console("warn", "The assistant's backend tries again: "+c.failure[:3])
		s.waits(300*time.Millisecond, 900*time.Millisecond)
	}
	if t.tool {
		u := &tool{
			id: "call_" + s.id().String()[:13], name: about.tool, arguments: map[string]any{about.argument: s.fill.Replace("{order}")}, result: s.fill.Replace(about.result), took: s.lasts(120*time.Millisecond, 1400*time.Millisecond),
		}
		if about.argument == "article" {
			u.arguments = map[string]any{"article": s.fill.Replace("{item}"), "size": s.fill.Replace("{size}")}
		}
		c := prepare("", u)
		finish(c)
		page.waiting(map[string]string{
			"look_up_order": "Looking up the order", "find_return": "Looking up the return", "check_stock": "Checking the stock", "change_address": "Changing the address",
		}[u.name])
		if s.chance(0.02) {
			u.failed, u.result = true, "timeout after 3000 ms: warehouse did not answer"
		}
		tr.ran(u, s.clock)
		s.clock = s.clock.Add(u.took)
		prompt = append(prompt, c.toolMessages()...)
		if u.failed {
			answer = "I cannot reach our warehouse at the moment. Please try again in a few minutes, or call us: the number is at the bottom of the page."
		}
	}
	c := prepare(answer)
	switch {
	case t.failed:
		s.refuse(c)
	case t.slow:
		c.first = s.lasts(slowest+time.Second, 40*time.Second)
		c.took = c.first + s.lasts(2*time.Second, 6*time.Second)
	case s.chance(0.012): // the person presses Stop
		words := strings.SplitAfter(answer, " ")
		c.text, c.stop = strings.Join(words[:max(1, len(words)/3)], ""), "cancelled"
		c.took = c.first + (c.took-c.first)/3
	}
	c.began = s.clock
	impatient := page.answers(c, t.slow)
	s.clock = c.ended()
	tr.generation(c)
	tr.whole("Support assistant", asked, c.text, c.failure, s.clock)
	page.requested("/api/assistant", tr.began, s.clock.Sub(tr.began), c.status)
	if c.failure != "" {
		page.crashes("AssistantError: the assistant did not answer (" + c.failure[:3] + ")")
		return "…"
	}
	if s.chance(0.06) {
		s.evaluates(tr, !t.wrong && s.chance(0.94), s.clock.Add(40*time.Second))
	}
	page.idles(time.Second, 9*time.Second)
	switch {
	case t.complains && t.wrong:
		page.thumbs(tr, false, pick(s.draw, about.complaint))
	case t.complains && t.slow:
		page.thumbs(tr, false, pick(s.draw, moans))
	case t.complains:
		page.thumbs(tr, false, pick(s.draw, grumbles))
	case t.praises:
		page.thumbs(tr, true, pick(s.draw, praise))
	case impatient:
		s.browses("$dead_click", s.product.url, map[string]any{"$el_text": "Send"})
	}
	return c.text
}
