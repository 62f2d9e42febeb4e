package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"
)

// varied writes events that are distributed as unevenly as those of real applications: a few people, tenants and models have most of the events. Most
// traces, conversations and texts are short, and a few are long. The events have what the analytics look at: conversations, tools and their failures,
// prompts with versions, releases, errors, feedback and scores. It is not safe for concurrent use.
type varied struct {
	random                                *rand.Rand
	people, tenants, models, sizes, turns *rand.Zipf
	// text says whether generations have prompts and answers.
	text bool
	body []byte
	// sessions are the first sessions, some of which get recordings.
	sessions []string

	trace, conversation, session, person string
	// left is how many generations the trace still gets, turnsLeft how many traces the conversation, and talks how many conversations the session.
	left, turnsLeft, talks uint64
	at                     time.Time
	first                  bool
}

const (
	variedPeople = 20_000
	// variedText is the median length of an answer in bytes; prompts are half as long.
	variedText = 700
)

func newVaried(connection uint64, text bool) *varied {
	random := rand.New(rand.NewPCG(connection, 1234))
	return &varied{
		random: random, text: text, people: rand.NewZipf(random, 1.1, 30, variedPeople-1), tenants: rand.NewZipf(random, 1.3, 3, 199),
		models: rand.NewZipf(random, 1.3, 2, uint64(len(variedModels))-1), sizes: rand.NewZipf(random, 2.5, 3, 60), turns: rand.NewZipf(random, 2, 3, 40),
	}
}

// variedModels are from the most to the least frequent. The last has no price.
var variedModels = []struct{ provider, model string }{
	{"openai", "gpt-4o"}, {"openai", "gpt-4o-mini"}, {"anthropic", "claude-sonnet-4-5"}, {"openai", "gpt-5-mini"}, {"google", "gemini-2.5-flash"},
	{"anthropic", "claude-haiku-4-5"}, {"openai", "gpt-5"}, {"mistral", "mistral-small-latest"}, {"acme", "acme-large-1"},
}

var (
	variedPrompts = []string{"answer", "summarize", "classify", "plan", "rewrite"}
	variedTools   = []string{"search", "fetch_page", "run_code", "lookup_order", "send_mail", "calendar"}
	variedErrors  = []string{"rate limit reached for requests, retry in %d s", "context length exceeded: %d tokens", "connection reset by peer after %d ms", "upstream request timeout", "invalid JSON at character %d"}
)

// next is the body of a request with n generations and what belongs to them. None of the events is later than at.
func (v *varied) next(n int, at time.Time) []byte {
	v.body = append(v.body[:0], `{"api_key":"`+token+`","historical_migration":false,"batch":[`...)
	v.first = true
	v.at = at.Add(-time.Duration(n) * 20 * time.Millisecond)
	for range n {
		if v.left == 0 {
			v.begin()
		}
		v.left--
		v.generation()
		if v.random.IntN(4) == 0 {
			v.tool()
		}
		if v.left == 0 && v.random.IntN(25) == 0 {
			v.opinion()
		}
		v.at = v.at.Add(15 * time.Millisecond)
	}
	return fmt.Appendf(v.body, `],"sent_at":"%s"}`, stamp(time.Now()))
}

// begin begins a trace, and a conversation or a session if the previous one has ended.
func (v *varied) begin() {
	v.trace, v.left = v.id(), 1+v.sizes.Uint64()
	if v.turnsLeft == 0 {
		if v.talks == 0 {
			v.session, v.talks, v.person = v.id(), 1+v.turns.Uint64(), fmt.Sprintf("person_%d", v.people.Uint64())
			if len(v.sessions) < 100 {
				v.sessions = append(v.sessions, v.session)
			}
		}
		v.talks--
		v.conversation, v.turnsLeft = v.id(), 1+v.turns.Uint64()
	}
	v.turnsLeft--
}

func (v *varied) id() string {
	var id uuid.UUID
	for i := range id {
		id[i] = byte(v.random.Uint32())
	}
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
	return id.String()
}

// event begins an event. Its properties follow, each with a comma before it, and then end.
func (v *varied) event(name string) {
	if !v.first {
		v.body = append(v.body, ',')
	}
	v.first = false
	env := "production"
	if v.random.IntN(10) == 0 {
		env = "staging"
	}
	v.add(`{"event":"%s","uuid":"%s","distinct_id":"%s","timestamp":"%s","properties":{"$ai_trace_id":"%s","$ai_session_id":"%s","$session_id":"%s","$lib":"posthog-python","$lib_version":"7.42.0"`,
		name, v.id(), v.person, stamp(v.at), v.trace, v.conversation, v.session)
	v.add(`,"$ai_environment":"%s","$ai_release":"v%d","tenant":"tenant-%d"`, env, v.at.Unix()/(5*24*3600)%1000, v.tenants.Uint64())
}

func (v *varied) end() { v.body = append(v.body, "}}"...) }

func (v *varied) add(format string, args ...any) { v.body = fmt.Appendf(v.body, format, args...) }

// spread is a random number: half of these numbers are below the median, and a few are many times as high.
func (v *varied) spread(median float64) float64 {
	return median * math.Exp(0.9*min(v.random.NormFloat64(), 3.3))
}

func (v *varied) generation() {
	m := variedModels[v.models.Uint64()]
	v.event("$ai_generation")
	latency := v.spread(1.8)
	v.add(`,"$ai_provider":"%s","$ai_model":"%s","$ai_latency":%.3f,"$ai_time_to_first_token":%.3f,"$ai_span_name":"%s","$ai_prompt_name":"%s","$ai_prompt_version":%d`,
		m.provider, m.model, latency, latency*(0.1+0.3*v.random.Float64()), variedPrompts[v.random.IntN(len(variedPrompts))], variedPrompts[v.random.IntN(len(variedPrompts))], 1+v.random.IntN(4))
	input := int(v.spread(900))
	v.add(`,"$ai_input_tokens":%d,"$ai_output_tokens":%d`, input, int(v.spread(200)))
	if v.random.IntN(2) == 0 {
		v.add(`,"$ai_cache_read_input_tokens":%d`, v.random.IntN(input+1))
	}
	if v.random.IntN(40) == 0 {
		reason := variedErrors[v.random.IntN(len(variedErrors))]
		if reason != variedErrors[3] {
			reason = fmt.Sprintf(reason, v.random.IntN(10_000))
		}
		v.add(`,"$ai_is_error":true,"$ai_http_status":429,"$ai_error":"%s"`, reason)
	} else {
		v.add(`,"$ai_http_status":200,"$ai_stop_reason":"stop"`)
	}
	if v.text {
		v.add(`,"$ai_input":[{"role":"system","content":"%s"},{"role":"user","content":"`, variedSystem())
		v.prose(variedText / 2)
		v.add(`"}],"$ai_output_choices":[{"role":"assistant","content":"`)
		v.prose(variedText)
		v.add(`"}]`)
	}
	v.end()
}

// variedSystem is a system prompt, the same in all generations.
func variedSystem() string { return string(corpus()[:400]) }

// prose writes words of the corpus, whose letters need no escape.
func (v *varied) prose(median float64) {
	n := min(max(int(v.spread(median)), 16), 64<<10)
	from := len(v.body)
	v.body = append(v.body, make([]byte, n)...)
	fillWithText(v.random, v.body[from:])
}

func (v *varied) tool() {
	tool := variedTools[v.random.IntN(len(variedTools))]
	v.event("$ai_span")
	v.add(`,"$ai_span_name":"%s","$ai_span_type":"tool","$ai_latency":%.3f,"$ai_agent_name":"helper"`, tool, v.spread(0.3))
	if tool == "search" {
		v.add(`,"$ai_mcp_server":"web"`)
	}
	if v.random.IntN(30) == 0 {
		v.add(`,"$ai_is_error":true,"$ai_error":"%s failed with status %d"`, tool, 400+v.random.IntN(200))
	}
	v.end()
}

func (v *varied) opinion() {
	if v.random.IntN(2) == 0 {
		v.event("$ai_feedback")
		v.add(`,"$ai_feedback_text":"%s"`, []string{"good", "wrong answer", "too long", "thank you"}[v.random.IntN(4)])
	} else {
		v.event("$ai_metric")
		v.add(`,"$ai_metric_name":"quality","$ai_metric_value":"%d"`, 1+v.random.IntN(5))
	}
	v.end()
}

// longTrace is the body of a request with one part of a trace of many spans. Each span is the child of an earlier one.
func (v *varied) longTrace(trace string, from, to int, at time.Time) []byte {
	v.body = append(v.body[:0], `{"api_key":"`+token+`","historical_migration":false,"batch":[`...)
	v.first, v.at = true, at
	v.trace, v.conversation, v.session, v.person = trace, v.id(), v.id(), "person_0"
	for n := from; n < to; n++ {
		v.at = at.Add(time.Duration(n) * 10 * time.Millisecond)
		v.event("$ai_span")
		v.add(`,"$ai_span_id":"span-%d","$ai_parent_id":"%s","$ai_span_name":"work %d","$ai_latency":0.012`, n, map[bool]string{true: trace, false: fmt.Sprint("span-", n/4)}[n == 0], n%20)
		v.end()
	}
	v.left = 0
	return fmt.Appendf(v.body, `],"sent_at":"%s"}`, stamp(time.Now()))
}
