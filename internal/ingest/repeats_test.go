package ingest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/model"
)

// reported is a call as one instrumentation reports it.
type reported struct {
	id, parent, library string
	model               string
	start, ms           int64
	input, output       int64
	said, failed        bool
	answer              bool // of a streamed call, whose request is another row
	cost                float64
}

func (r reported) arrival() model.Arrival {
	return arrival(func(a *model.Arrival) {
		e := &a.Event
		e.UUID, e.Kind, e.TraceID, e.SpanID, e.ParentID = uuid.NewSHA1(uuid.Nil, []byte(r.id)), model.KindGeneration, "t", r.id, r.parent
		e.Library, e.Model, e.Provider = r.library, r.model, "openai"
		if r.model == "" {
			e.Model = "gpt-4o"
		}
		e.TimeMS, e.LatencyMS = received-60_000+r.start, float64(r.ms)
		e.Tokens.Input, e.Tokens.Output = r.input, r.output
		e.IsError = r.failed
		if r.cost > 0 {
			e.Cost = model.Cost{State: model.CostGiven, Nanos: int64(r.cost * 1e9)}
		}
		if r.answer {
			a.AtEnd, a.AnswerAlone = true, true
		}
		if r.said {
			a.Input, a.Output = []byte(`[{"role":"user","content":"hi"}]`), []byte(`[{"role":"assistant","content":"hello"}]`)
		}
	})
}

// row says what was stored of a call: "a call 100/20 $0.00045".
func (r reported) row(m *memory) string {
	e := m.Events[uuid.NewSHA1(uuid.Nil, []byte(r.id))]
	if e.Kind == model.KindSpan && e.Cost.State == model.CostNone {
		return r.id + " span"
	}
	cost := e.Cost.State.String()
	if e.Cost.Known() {
		cost = fmt.Sprintf("$%.5f", e.Cost.Dollars())
	}
	return fmt.Sprintf("%s call %d/%d %s", r.id, e.Tokens.Input, e.Tokens.Output, cost)
}

// A call that two instrumentations report counts once. Two calls count twice, however similar they are.
func TestRepeatedCalls(t *testing.T) {
	const sdk, oi, ol = "com.anthropic.sdk.python/2.14", "openinference.instrumentation.anthropic/3.1", "opentelemetry.instrumentation.anthropic/0.62"
	inner := reported{id: "inner", parent: "outer", library: sdk, start: 2, ms: 95, input: 100, output: 20}
	outer := reported{id: "outer", parent: "request", library: oi, start: 0, ms: 98, input: 100, output: 20, said: true}
	with := func(r reported, change func(*reported)) reported {
		change(&r)
		return r
	}
	beside := with(inner, func(r *reported) { r.parent = "request" })
	for _, c := range []struct {
		name string
		// requests are those in which the calls arrive.
		requests [][]reported
		want     []string
	}{
		{"the one around has the messages", [][]reported{{inner, outer}}, []string{"inner span", "outer call 100/20 $0.00045"}},
		{"it arrives first", [][]reported{{outer, inner}}, []string{"inner span", "outer call 100/20 $0.00045"}},
		{"the one inside has the messages", [][]reported{{with(inner, func(r *reported) { r.said = true }), with(outer, func(r *reported) { r.said = false })}}, []string{"inner call 100/20 $0.00045", "outer span"}},
		{"both have them: the inner one counts", [][]reported{{with(inner, func(r *reported) { r.said = true }), outer}}, []string{"inner call 100/20 $0.00045", "outer span"}},
		{"only the one without messages has usage", [][]reported{{inner, with(outer, func(r *reported) { r.input, r.output = -1, -1 })}}, []string{"inner span", "outer call 100/20 $0.00045"}},
		{"its cost was given", [][]reported{{with(inner, func(r *reported) { r.cost = 0.5 }), with(outer, func(r *reported) { r.input, r.output = -1, -1 })}}, []string{"inner span", "outer call 100/20 $0.50000"}},
		{"three, each around the next", [][]reported{{inner, outer, {id: "request", library: "langchain", start: -1, ms: 110, input: 100, output: 20, said: true}}},
			[]string{"inner span", "outer call 100/20 $0.00045", "request span"}},
		{"the version of the model", [][]reported{{with(inner, func(r *reported) { r.model = "gpt-4o-2024-08-06" }), outer}}, []string{"inner span", "outer call 100/20 $0.00045"}},
		{"beside each other", [][]reported{{beside, outer}}, []string{"inner span", "outer call 100/20 $0.00045"}},
		{"beside, and one counts a token twice", [][]reported{{beside, with(outer, func(r *reported) { r.library, r.output = ol, 21 })}}, []string{"inner span", "outer call 100/21 $0.00046"}},
		{"a failed call", [][]reported{{with(beside, func(r *reported) { r.input, r.output, r.failed = -1, -1, true }), with(outer, func(r *reported) { r.input, r.output, r.failed = -1, -1, true })}},
			[]string{"inner span", "outer call -1/-1 unpriced"}},
		{"a stopped stream, whose answer only one counted", [][]reported{{with(inner, func(r *reported) { r.output = -1 }), with(outer, func(r *reported) { r.output = 1 })}}, []string{"inner span", "outer call 100/1 $0.00026"}},

		{"in two requests: what is stored stays, and the messages are kept, without usage", [][]reported{{inner}, {outer}}, []string{"inner call 100/20 $0.00045", "outer call -1/-1 unpriced"}},
		{"in two requests, and the first one has the messages", [][]reported{{outer}, {inner}}, []string{"inner span", "outer call 100/20 $0.00045"}},
		{"in two requests, and the first one has no usage", [][]reported{{with(outer, func(r *reported) { r.input, r.output = -1, -1 })}, {inner}}, []string{"inner call 100/20 $0.00045", "outer call -1/-1 unpriced"}},
		{"sent again", [][]reported{{inner, outer}, {inner, outer}, {outer}, {inner}}, []string{"inner span", "outer call 100/20 $0.00045"}},

		{"a call inside another has another usage", [][]reported{{with(inner, func(r *reported) { r.input = 101 }), outer}}, []string{"inner call 101/20 $0.00045", "outer call 100/20 $0.00045"}},
		{"another answer", [][]reported{{with(inner, func(r *reported) { r.output = 30 }), outer}}, []string{"inner call 100/30 $0.00055", "outer call 100/20 $0.00045"}},
		{"another model", [][]reported{{with(inner, func(r *reported) { r.model = "gpt-4.1" }), outer}}, []string{"inner call 100/20 $0.00036", "outer call 100/20 $0.00045"}},
		{"parallel calls of one library", [][]reported{{with(outer, func(r *reported) { r.id = "inner" }), outer}}, []string{"inner call 100/20 $0.00045", "outer call 100/20 $0.00045"}},
		{"one after the other", [][]reported{{beside, with(outer, func(r *reported) { r.start = 500 })}}, []string{"inner call 100/20 $0.00045", "outer call 100/20 $0.00045"}},
		{"a call inside a failed one that took longer", [][]reported{{inner, with(outer, func(r *reported) { r.ms, r.input, r.output, r.failed = 900, -1, -1, true })}}, []string{"inner call 100/20 $0.00045", "outer call -1/-1 unpriced"}},
		{"two attempts in one call, of which the first one failed", [][]reported{{{id: "failed", parent: "outer", library: sdk, start: 1, ms: 3, input: -1, output: -1, failed: true}, with(inner, func(r *reported) { r.start, r.ms = 6, 92 }), outer}},
			[]string{"failed call -1/-1 unpriced", "inner span", "outer call 100/20 $0.00045"}},

		{"a stream in two parts", [][]reported{{
			{id: "request", parent: "top", library: "logfire.openai/5.4.0", start: 0, ms: 33, input: -1, output: -1},
			{id: "answer", parent: "top", library: "logfire.openai/5.4.0", start: 112, ms: 77, input: 100, output: 20, said: true, answer: true},
		}}, []string{"request span", "answer call 100/20 $0.00045"}},
		{"a stream in two parts, after one whose answer never came", [][]reported{{
			{id: "stopped", parent: "top", library: "logfire.openai/5.4.0", start: 0, ms: 33, input: -1, output: -1},
			{id: "request", parent: "top", library: "logfire.openai/5.4.0", start: 500, ms: 33, input: -1, output: -1},
			{id: "answer", parent: "top", library: "logfire.openai/5.4.0", start: 612, ms: 77, input: 100, output: 20, said: true, answer: true},
		}}, []string{"stopped call -1/-1 unpriced", "request span", "answer call 100/20 $0.00045"}},
		{"a stream in two requests", [][]reported{
			{{id: "request", parent: "top", library: "logfire.openai/5.4.0", start: 0, ms: 33, input: -1, output: -1}},
			{{id: "answer", parent: "top", library: "logfire.openai/5.4.0", start: 112, ms: 77, input: 100, output: 20, said: true, answer: true}},
		}, []string{"request call -1/-1 unpriced", "answer call 100/20 $0.00045"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := newMemory()
			p := open(t, m, Limits{})
			byID := map[string]reported{}
			for _, request := range c.requests {
				var all []model.Arrival
				for _, r := range request {
					all, byID[r.id] = append(all, r.arrival()), r
				}
				if _, err := p.Ingest(t.Context(), delivery(all...)); err != nil {
					t.Fatal(err)
				}
			}
			var got []string
			for _, want := range c.want {
				id, _, _ := strings.Cut(want, " ")
				got = append(got, byID[id].row(m))
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("stored\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
		})
	}
}

// The joined call of a stream lasts from its request to the end of its answer.
func TestStreamInTwoParts(t *testing.T) {
	request := reported{id: "request", parent: "top", library: "logfire.openai", start: 0, ms: 33, input: -1, output: -1}
	answer := reported{id: "answer", parent: "top", library: "logfire.openai", start: 112, ms: 77, input: 100, output: 20, answer: true}
	m, _ := ingest(t, Limits{}, request.arrival(), answer.arrival())
	e := m.Events[uuid.NewSHA1(uuid.Nil, []byte("answer"))]
	if e.StartMS != received-60_000 || e.LatencyMS != 112 || e.TimeMS != received-60_000+112 {
		t.Errorf("it began at %d, took %v ms and has the time %d", e.StartMS-received+60_000, e.LatencyMS, e.TimeMS-received+60_000)
	}
}

// Whatever calls a program makes, one inside another or many at once, by whichever instrumentations they are reported and in whatever requests the reports
// arrive: the sum of all usage is what was used. If the reports of a call arrive together, there is one call for it.
func TestRepeatedCallsAddUp(t *testing.T) {
	for seed := range uint64(300) {
		random := rand.New(rand.NewPCG(seed, 1))
		nested, second, together := random.IntN(2) == 0, random.IntN(4) > 0, random.IntN(2) == 0
		var all []reported
		calls, input, output := 0, int64(0), int64(0)
		var run func(parent string, depth int, start, ms int64)
		run = func(parent string, depth int, start, ms int64) {
			atOnce := 1 + random.IntN(3)
			in, out := int64(100+random.IntN(3)+1000*depth), int64(20+random.IntN(3)) // equal for some of those that run at the same time
			for i := range atOnce {
				calls++
				input, output = input+in, output+out
				id := fmt.Sprintf("%s.%d", parent, i)
				first := reported{id: id, parent: parent, library: "framework", start: start + int64(random.IntN(3)), ms: ms, input: in, output: out, said: true}
				inside := id
				if second {
					r := reported{id: id + "s", parent: id, library: "provider", start: first.start + 1, ms: ms - 4, input: in, output: out}
					if !nested {
						r.parent = parent
					} else {
						inside = r.id
					}
					all = append(all, r)
				}
				if depth < 3 && random.IntN(2) == 0 { // a tool of this call calls a model
					run(inside, depth+1, start+10, ms-100)
				}
				all = append(all, first)
			}
		}
		run("top", 0, 0, 2000)
		m := newMemory()
		p := open(t, m, Limits{})
		if !together {
			random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		}
		for len(all) > 0 {
			n := len(all)
			if !together {
				n = 1 + random.IntN(n)
			}
			var arrivals []model.Arrival
			for _, r := range all[:n] {
				arrivals = append(arrivals, r.arrival())
			}
			if _, err := p.Ingest(t.Context(), delivery(arrivals...)); err != nil {
				t.Fatal(err)
			}
			all = all[n:]
		}
		gotCalls, gotInput, gotOutput := 0, int64(0), int64(0)
		for _, e := range m.Events {
			if e.Kind.IsCall() {
				gotCalls++
				gotInput, gotOutput = gotInput+max(0, e.Tokens.Input), gotOutput+max(0, e.Tokens.Output)
			}
		}
		if gotInput != input || gotOutput != output || together && gotCalls != calls || gotCalls < calls {
			t.Errorf("seed %d (nested %t, reported twice %t, in one request %t): %d calls with %d/%d tokens, want %d with %d/%d", seed, nested, second, together, gotCalls, gotInput, gotOutput, calls, input, output)
		}
	}
}

// Calls of two projects that share their ids are not compared.
func TestRepeatedCallsOfTwoProjects(t *testing.T) {
	p := open(t, newMemory(), Limits{})
	for _, project := range []string{"a", "b"} {
		d := delivery(reported{id: "outer", parent: "request", library: project, ms: 100, input: 100, output: 20, said: true}.arrival())
		d.Project = project
		if _, err := p.Ingest(t.Context(), d); err != nil {
			t.Fatal(err)
		}
		c := p.recent.of(spanKey{project, "t", "outer"})
		if c == nil || c.as != staysCall || len(c.real.libraries) != 1 {
			t.Errorf("project %s: %+v", project, c)
		}
	}
}

// What is remembered of calls is limited.
func TestRecentCallsAreLimited(t *testing.T) {
	m := newMemory()
	p := open(t, m, Limits{})
	for i := range 5 {
		var all []model.Arrival
		for j := range maxRecent / 2 {
			all = append(all, reported{id: fmt.Sprint(i, "-", j), parent: "p", library: "x", input: -1, output: -1}.arrival())
		}
		if _, err := p.Ingest(t.Context(), delivery(all...)); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(p.recent.newer.bySpan) + len(p.recent.older.bySpan); n > 2*maxRecent || n < maxRecent {
		t.Errorf("%d calls are remembered", n)
	}
	for _, beside := range p.recent.newer.byParent {
		if len(beside) > maxSiblings {
			t.Errorf("%d calls of one parent are remembered", len(beside))
		}
	}
}
