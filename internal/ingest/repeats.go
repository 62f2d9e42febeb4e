package ingest

import (
	"slices"
	"strings"
	"sync"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/model"
)

// A call that two instrumentations report, such as that of a provider's package and that of a framework around it, arrives as two calls: one inside the other,
// or both under one parent. Their usage must count once. So one of them becomes a span: the one that says less, if both arrive in one request, as they nearly
// always do. If the first is stored already, its row never changes: then the second becomes a span, unless it has the messages that the first lacks; then it
// stays a call, without usage.
//
// Real calls differ from repeated ones: those of one instrumentation under one parent are as many calls as there are spans, and a call that is made inside another
// has another usage.

// nearMS is how far apart two instrumentations may begin and end to measure one call.
const nearMS = 50

// maxRecent is how many calls each half of the memory keeps, and maxSiblings how many of one parent.
const (
	maxRecent   = 10_000
	maxSiblings = 64
)

// recentCalls are the latest calls of all requests. It has two halves: when the newer one is full, the older one is dropped.
type recentCalls struct {
	mu           sync.Mutex
	newer, older halfOfCalls
}

type halfOfCalls struct {
	bySpan   map[spanKey]*call
	byParent map[spanKey][]*call
}

// spanKey names a span. A parent that was not sent has a key, too; that of a root has no span.
type spanKey struct{ project, trace, span string }

// call is what is remembered of a call.
type call struct {
	uuid           uuid.UUID
	library, model string
	kind           model.Kind
	startMS, endMS int64
	// input and output are its tokens, -1 if unknown.
	input, output int64
	// said means that it has messages.
	said bool
	// row is its index among the events that are being checked, -1 for those of other requests.
	row int
	// as is what became of it.
	as   fate
	real *oneCall
}

// oneCall is all that is reported about one real call.
type oneCall struct {
	// counts is the one whose usage counts.
	counts *call
	// libraries are those that reported it.
	libraries []string
}

// fate is what becomes of the row of a call.
type fate uint8

const (
	staysCall fate = iota
	becomesSpan
	losesUsage
)

func callOf(e *model.Event, c *model.Content, row int) *call {
	one := &call{
		uuid: e.UUID, library: e.Library, model: e.Model, kind: e.Kind, startMS: e.StartMS, endMS: e.EndMS(), input: e.Tokens.Input, output: e.Tokens.Output,
		said: len(c.Input)+len(c.Output) > 0, row: row,
	}
	one.real = &oneCall{counts: one, libraries: []string{e.Library}}
	return one
}

// used reports whether the usage of a call is known.
func (c *call) used() bool { return c.input > 0 || c.output > 0 }

// repeats reports whether a call is the same as another one, which it is inside of or around, or which has the same parent.
func (c *call) repeats(other *call, nested bool) bool {
	alike := c.library == other.library
	if alike && !nested || c.kind != other.kind {
		return false
	}
	reported := 0 // by the library of c
	for _, library := range other.real.libraries {
		if library == c.library {
			reported++
		}
	}
	if !sameModel(c.model, other.model) || reported > 1 || reported == 1 && !alike {
		return false
	}
	slack := int64(0)
	if !alike {
		slack = 1 // OpenLLMetry counts a token twice that a stream of Anthropic's begins with
	}
	if !agree(c.input, other.input, 0) || !agree(c.output, other.output, slack) {
		return false
	}
	if c.input > 0 && c.input == other.input && (c.output < 0) == (other.output < 0) {
		return c.startMS <= other.endMS+nearMS && other.startMS <= c.endMS+nearMS
	}
	// Failed calls and some streams have no usage.
	return !alike && near(c.startMS, other.startMS) && near(c.endMS, other.endMS)
}

// sameModel reports whether two names may be of one model: "gpt-4o" was asked for, and "gpt-4o-2024-08-06" answered.
func sameModel(a, b string) bool { return strings.HasPrefix(a, b) || strings.HasPrefix(b, a) }

// agree reports whether two counts can be of the same thing.
func agree(a, b, slack int64) bool { return a < 0 || b < 0 || apart(a, b) <= slack }

func near(a, b int64) bool { return apart(a, b) <= nearMS }

// apart is the difference of two numbers.
func apart(a, b int64) int64 { return max(a, b) - min(a, b) }

// richer reports whether a call says more than another one: messages first, because what users saw is found by them, then usage. Of two that say the same, the
// inner one is richer, because its duration is nearer to the provider's.
func (c *call) richer(than *call) bool {
	if c.said != than.said {
		return c.said
	}
	if c.used() != than.used() {
		return c.used()
	}
	return c.endMS-c.startMS < than.endMS-than.startMS
}

// countOnce changes the calls of a delivery that repeat others, see above.
func (b *builder) countOnce() {
	events, recent := b.rows.batch.Events, &b.p.recent
	recent.mu.Lock()
	defer recent.mu.Unlock()
	var own []*call
	for i := range events {
		e := &events[i]
		if !e.Kind.IsCall() || e.SpanID == "" {
			continue
		}
		self, parent := spanKey{e.Project, e.TraceID, e.SpanID}, spanKey{e.Project, e.TraceID, e.ParentID}
		if before := recent.of(self); before != nil && before.uuid == e.UUID { // it is sent again
			if before.row < 0 {
				b.change(i, before.as)
			}
			continue
		}
		c := callOf(e, &b.rows.batch.Contents[i], i)
		if same := recent.repeated(c, self, parent); same != nil {
			b.merge(same.real, c)
		}
		recent.add(self, parent, c)
		own = append(own, c)
	}
	for _, c := range own {
		b.change(c.row, c.as)
		c.row = -1
	}
}

// merge adds a call to what is reported about the same real call.
func (b *builder) merge(g *oneCall, c *call) {
	first := g.counts
	g.libraries = append(g.libraries, c.library)
	c.real = g
	switch {
	case first.row < 0 && c.used() && !first.used(): // the usage of the first will never be known
		g.counts = c
	case first.row < 0 && c.said && !first.said:
		c.as = losesUsage
	case first.row < 0:
		c.as = becomesSpan
	case c.richer(first):
		g.counts, first.as = c, becomesSpan
		b.complete(c, first)
	default:
		c.as = becomesSpan
		b.complete(first, c)
	}
}

// complete adds to a call what only another report of it knows.
func (b *builder) complete(c, from *call) {
	to, other := &b.rows.batch.Events[c.row], &b.rows.batch.Events[from.row]
	if to.FirstTokenMS < 0 && other.FirstTokenMS >= 0 {
		to.FirstTokenMS = max(0, other.FirstTokenMS+float64(other.StartMS-to.StartMS))
	}
	if c.used() || !from.used() {
		return
	}
	c.input, c.output = from.input, from.output
	to.Tokens, to.ServiceTier = other.Tokens, other.ServiceTier
	if to.Cost.State != model.CostGiven {
		to.Cost = other.Cost
		b.price(c.row)
	}
}

// change does to a row what was decided.
func (b *builder) change(row int, as fate) {
	e := &b.rows.batch.Events[row]
	switch as {
	case becomesSpan:
		asSpan(e)
	case losesUsage:
		e.Tokens, e.Cost = model.UnknownTokens(), model.Cost{}
		b.price(row)
	}
}

// price calculates the cost of a row again.
func (b *builder) price(row int) {
	batch := &b.rows.batch
	b.p.prices.Set(&batch.Events[row], batch.Contents[row].OutputPreview != "")
}

// asSpan makes a span of a call.
func asSpan(e *model.Event) {
	e.Kind, e.Cost = model.KindSpan, model.Cost{}
	e.Tools, e.MCPServer = "", "" // those of a span are the tool that it ran
}

// of is the call of a span, nil if it is not known.
func (r *recentCalls) of(span spanKey) *call {
	if c := r.newer.bySpan[span]; c != nil {
		return c
	}
	return r.older.bySpan[span]
}

// repeated is the call that a call repeats, nil if it repeats none: one around it or inside of it, or else the one under the same parent that began next to it.
func (r *recentCalls) repeated(c *call, self, parent spanKey) *call {
	if around := r.of(parent); around != nil && parent.span != "" && c.repeats(around, true) {
		return around
	}
	for _, half := range []*halfOfCalls{&r.newer, &r.older} {
		for _, inside := range half.byParent[self] {
			if c.repeats(inside, true) {
				return inside
			}
		}
	}
	var best *call
	for _, half := range []*halfOfCalls{&r.newer, &r.older} {
		for _, beside := range half.byParent[parent] {
			if c.repeats(beside, false) && (best == nil || apart(c.startMS, beside.startMS) < apart(c.startMS, best.startMS)) {
				best = beside
			}
		}
	}
	return best
}

func (r *recentCalls) add(self, parent spanKey, c *call) {
	if len(r.newer.bySpan) >= maxRecent || r.newer.bySpan == nil {
		r.older = r.newer
		r.newer = halfOfCalls{map[spanKey]*call{}, map[spanKey][]*call{}}
	}
	r.newer.bySpan[self] = c
	beside := append(r.newer.byParent[parent], c)
	r.newer.byParent[parent] = slices.Delete(beside, 0, max(0, len(beside)-maxSiblings))
}
