package reports

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
}

func (r reported) event() model.Event {
	e := model.Event{UUID: uuid.NewSHA1(uuid.Nil, []byte(r.id)), Kind: model.KindGeneration, TraceID: "t", SpanID: r.id, ParentID: r.parent, Library: r.library, Model: r.model,
		TimeMS: 1000 + r.start, StartMS: 1000 + r.start, LatencyMS: float64(r.ms), FirstTokenMS: -1, Tokens: model.UnknownTokens(), IsError: r.failed, Cost: model.Cost{State: model.CostUnpriced}}
	if e.Model == "" {
		e.Model = "gpt-4o"
	}
	e.Tokens.Input, e.Tokens.Output = r.input, r.output
	if r.answer {
		e.StartMS -= r.ms
	}
	if r.input > 0 && r.output > 0 {
		e.Cost = model.Cost{State: model.CostPriced, Nanos: 10*r.input + r.output}
	}
	return e
}

// stored are the rows of a trace, and those of them whose links are stored.
type stored struct {
	rows   []model.Event
	said   map[uuid.UUID]bool
	linked map[uuid.UUID]bool
}

// request stores reports that arrive together, as ingest does. What is stored already stays.
func (s *stored) request(together ...reported) {
	var events []model.Event
	for _, r := range together {
		e := r.event()
		events, s.said[e.UUID] = append(events, e), r.said
	}
	Join(events, Known{Said: func(i int) bool { return s.said[events[i].UUID] }})
	for _, e := range events {
		if !slices.ContainsFunc(s.rows, func(o model.Event) bool { return o.UUID == e.UUID }) {
			s.rows = append(s.rows, e)
		}
	}
}

// derive joins what arrived apart, and links the calls, as derive does.
func (s *stored) derive(t *testing.T) {
	t.Helper()
	known := Known{Said: func(i int) bool { return s.said[s.rows[i].UUID] }, Linked: func(i int) bool { return s.linked[s.rows[i].UUID] }}
	Join(s.rows, known)
	if again := Join(s.rows, known); len(again) > 0 {
		t.Errorf("a second time %d reports change", len(again))
	}
	for _, e := range s.rows {
		if e.Kind.IsCall() {
			s.linked[e.UUID] = true
		} else if s.linked[e.UUID] {
			t.Errorf("%s became a span after its link was stored", e.SpanID)
		}
	}
}

// calls says what counts: "outer 100/20, another -1/-1".
func (s *stored) calls() string {
	var all []string
	for _, e := range s.rows {
		if !e.Kind.IsCall() {
			continue
		}
		if in, out := e.Tokens.Input, e.Tokens.Output; e.Cost.Known() != (in > 0 && out > 0) || e.Cost.Known() && apart(e.Cost.Nanos, 10*in+out) > 1 {
			all = append(all, fmt.Sprintf("the cost of %s is %+v", e.SpanID, e.Cost))
		}
		all = append(all, fmt.Sprintf("%s %d/%d", e.SpanID, e.Tokens.Input, e.Tokens.Output))
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

// used is the sum of all usage that counts.
func (s *stored) used() (sum [2]int64) {
	for _, e := range s.rows {
		if e.Kind.IsCall() {
			sum[0], sum[1] = sum[0]+max(0, e.Tokens.Input), sum[1]+max(0, e.Tokens.Output)
		}
	}
	return sum
}

func empty() *stored { return &stored{said: map[uuid.UUID]bool{}, linked: map[uuid.UUID]bool{}} }

// splits calls yield with each order of reports, divided into requests in each way.
func splits(all []reported, yield func([][]reported)) {
	var orders func(n int)
	orders = func(n int) {
		if n == len(all) {
			for cuts := range 1 << (len(all) - 1) {
				requests := [][]reported{{all[0]}}
				for i, r := range all[1:] {
					if cuts>>i&1 == 1 {
						requests = append(requests, nil)
					}
					requests[len(requests)-1] = append(requests[len(requests)-1], r)
				}
				yield(requests)
			}
			return
		}
		for i := n; i < len(all); i++ {
			all[n], all[i] = all[i], all[n]
			orders(n + 1)
			all[n], all[i] = all[i], all[n]
		}
	}
	orders(0)
}

// A call that is reported several times counts once, in whatever order and requests its reports arrive. Two calls count twice, however similar they are.
func TestJoin(t *testing.T) {
	const sdk, oi, ol, stream = "com.anthropic.sdk.python/2.14", "openinference.instrumentation.anthropic/3.1", "opentelemetry.instrumentation.anthropic/0.62", "logfire.openai/5.4.0"
	inner := reported{id: "inner", parent: "outer", library: sdk, start: 2, ms: 95, input: 100, output: 20}
	outer := reported{id: "outer", parent: "request", library: oi, start: 0, ms: 98, input: 100, output: 20, said: true}
	with := func(r reported, change func(*reported)) reported {
		change(&r)
		return r
	}
	said := with(inner, func(r *reported) { r.said = true })
	beside := with(inner, func(r *reported) { r.parent = "request" })
	root := with(inner, func(r *reported) { r.parent = "" })
	unused := func(r *reported) { r.input, r.output = -1, -1 }
	failed := func(r *reported) { r.input, r.output, r.failed = -1, -1, true }
	around := reported{id: "around", library: "langchain", start: -1, ms: 110, input: 100, output: 20, said: true}
	request := reported{id: "request", parent: "top", library: stream, start: 0, ms: 33, input: -1, output: -1}
	answer := reported{id: "answer", parent: "top", library: stream, start: 112, ms: 77, input: 100, output: 20, said: true, answer: true}
	for _, c := range []struct {
		name    string
		reports []reported
		want    string
	}{
		{"the one around has the messages", []reported{inner, outer}, "outer 100/20"},
		{"the one inside has the messages", []reported{said, with(outer, func(r *reported) { r.said = false })}, "inner 100/20"},
		{"both have them: the inner one counts", []reported{said, outer}, "inner 100/20"},
		{"only the one without messages has usage", []reported{inner, with(outer, unused)}, "outer 100/20"},
		{"three, each around the next", []reported{inner, with(outer, func(r *reported) { r.parent = "around" }), around}, "outer 100/20"},
		{"three, and the innermost has the messages", []reported{said, with(outer, func(r *reported) { r.parent = "around" }), around}, "inner 100/20"},
		{"the version of the model", []reported{with(inner, func(r *reported) { r.model = "gpt-4o-2024-08-06" }), outer}, "outer 100/20"},
		{"beside each other", []reported{beside, outer}, "outer 100/20"},
		{"two roots of one trace", []reported{root, with(outer, func(r *reported) { r.parent = "" })}, "outer 100/20"},
		{"beside, and one counts a token twice", []reported{beside, with(outer, func(r *reported) { r.library, r.output = ol, 21 })}, "outer 100/21"},
		{"a failed call", []reported{with(beside, failed), with(outer, failed)}, "outer -1/-1"},
		{"a stopped stream, whose answer only one counted", []reported{with(inner, func(r *reported) { r.output = -1 }), with(outer, func(r *reported) { r.output = 1 })}, "outer 100/1"},
		{"two calls, each reported twice", []reported{inner, outer, with(inner, func(r *reported) { r.id, r.parent, r.start = "inner2", "outer2", 3 }), with(outer, func(r *reported) { r.id, r.start = "outer2", 1 })},
			"outer 100/20, outer2 100/20"},

		{"a call inside another has another usage", []reported{with(inner, func(r *reported) { r.input = 101 }), outer}, "inner 101/20, outer 100/20"},
		{"another answer", []reported{with(inner, func(r *reported) { r.output = 30 }), outer}, "inner 100/30, outer 100/20"},
		{"another model", []reported{with(inner, func(r *reported) { r.model = "gpt-4.1" }), outer}, "inner 100/20, outer 100/20"},
		{"parallel calls of one library", []reported{with(outer, func(r *reported) { r.id = "another" }), outer}, "another 100/20, outer 100/20"},
		{"one after the other", []reported{beside, with(outer, func(r *reported) { r.start = 500 })}, "inner 100/20, outer 100/20"},
		{"a call inside a failed one that took longer", []reported{inner, with(outer, func(r *reported) { failed(r); r.ms = 900 })}, "inner 100/20, outer -1/-1"},
		{"two attempts in one call, of which the first one failed", []reported{{id: "failed", parent: "outer", library: sdk, start: 1, ms: 3, input: -1, output: -1, failed: true}, with(inner, func(r *reported) { r.start, r.ms = 6, 92 }), outer},
			"failed -1/-1, outer 100/20"},

		{"a stream in two parts", []reported{request, answer}, "answer 100/20"},
		{"a stream in two parts, after one whose answer never came", []reported{with(request, func(r *reported) { r.id, r.start = "stopped", -500 }), request, answer}, "answer 100/20, stopped -1/-1"},
		{"a call without usage and one that is stamped at its end, long after", []reported{request, with(answer, func(r *reported) { r.start = 900 })}, "answer 100/20, request -1/-1"},
		{"two calls that are stamped at their ends", []reported{with(request, func(r *reported) { r.answer, r.start = true, 33 }), answer}, "answer 100/20, request -1/-1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := 0
			splits(c.reports, func(requests [][]reported) {
				n++
				together, apart := empty(), empty()
				for _, r := range requests {
					together.request(r...)
					together.request(r...) // sent again
					apart.request(r...)
					apart.derive(t)
				}
				if together.derive(t); together.calls() != c.want {
					t.Errorf("%v: %s count, want %s", requests, together.calls(), c.want)
				}
				// Calls whose links were stored before another report came stay calls, and yet what they used counts once.
				if got, want := apart.used(), together.used(); got[0] != want[0] || got[1] < want[1]-1 || got[1] > want[1] {
					t.Errorf("%v: if each is derived, %s count, want %s", requests, apart.calls(), c.want)
				}
			})
			if n < 2 {
				t.Error("there is only one way in which it arrives")
			}
		})
	}
}

// The joined call of a stream lasts from its request to the end of its answer.
func TestStreamInTwoParts(t *testing.T) {
	for _, derived := range []bool{false, true} {
		request := reported{id: "request", parent: "top", library: "logfire.openai", start: 0, ms: 33, input: -1, output: -1}
		answer := reported{id: "answer", parent: "top", library: "logfire.openai", start: 112, ms: 77, input: 100, output: 20, answer: true}
		s := empty()
		if derived {
			s.request(answer)
			s.request(request)
			s.derive(t)
		} else {
			s.request(answer, request)
		}
		for _, e := range s.rows {
			if e.SpanID == "answer" && (e.StartMS != 1000 || e.LatencyMS != 112 || e.TimeMS != 1112) {
				t.Errorf("it began at %d, took %v ms and has the time %d", e.StartMS, e.LatencyMS, e.TimeMS)
			}
		}
	}
}

// Whatever calls a program makes, one inside another or many at once, by whichever instrumentations they are reported and in whatever requests the reports
// arrive, and whenever links are stored between them: the sum of all usage is what was used. If
// the reports of a call arrive before its link is stored, there is one call for it.
func TestJoinAddsUp(t *testing.T) {
	for seed := range uint64(2000) {
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
		s := empty()
		if !together {
			random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		}
		linked := false
		for len(all) > 0 {
			n := 1 + random.IntN(len(all))
			s.request(all[:n]...)
			if all = all[n:]; !together && len(all) > 0 && random.IntN(3) == 0 {
				s.derive(t)
				linked = true
			}
		}
		s.derive(t)
		got := 0
		for _, e := range s.rows {
			if e.Kind.IsCall() {
				got++
			}
		}
		if sum := s.used(); sum != [2]int64{input, output} || !linked && got != calls || got < calls {
			t.Errorf("seed %d (nested %t, reported twice %t, in order %t, some linked before %t): %d calls with %d tokens, want %d with %d", seed, nested, second, together, linked, got, sum, calls, [2]int64{input, output})
		}
	}
}

// Traces that share the ids of their spans are not compared.
func TestJoinOfTwoTraces(t *testing.T) {
	a := reported{id: "outer", parent: "request", library: "a", ms: 100, input: 100, output: 20}.event()
	b := reported{id: "inner", parent: "outer", library: "b", ms: 100, input: 100, output: 20}.event()
	b.TraceID = "another"
	if changed := Join([]model.Event{a, b}, Known{}); len(changed) > 0 {
		t.Errorf("%d reports of two traces were joined", len(changed))
	}
}
