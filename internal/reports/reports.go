// Package reports finds the calls of models that are reported more than once, so that each counts once: a call that two instrumentations report, such as that of
// a provider's package and that of a framework around it, and a streamed call that is sent as its request and its answer. One report stays a call and gets
// what only the others know; the others become spans.
//
// Two reports are of one call if one span is the other's parent, or if both have the same parent, and if kind, model, tokens and time agree. Real calls differ
// from repeated ones: those of one instrumentation under one parent are as many calls as there are spans, and a call that is made inside another has another
// usage.
//
// The rules are pure and need all reports of a trace: ingest applies them to those of one request, before they are stored, and derive to all rows of a
// trace, in whatever requests and at whichever nodes they arrived.
package reports

import (
	"cmp"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/model"
)

// nearMS is how far apart two instrumentations may begin and end to measure one call.
const nearMS = 50

// maxBeside is how many reports under one parent are compared with each other.
const maxBeside = 64

// Known is what is known of the events that Join gets, by their indexes.
type Known struct {
	// Said reports whether an event has messages.
	Said func(i int) bool
	// Linked reports whether the link of a call is stored. Then it stays a call: nothing that is derived from it is taken back. It may be nil.
	Linked func(i int) bool
}

// Join changes the events of one project so that each call counts once, and returns the indexes of those it changed, ascending. If it is called again with more
// reports, earlier decisions stay.
func Join(events []model.Event, known Known) []int {
	j := joiner{events: events, known: known, changed: map[int]bool{}}
	j.collect()
	if len(j.reports) < 2 {
		return nil
	}
	j.streams()
	j.repeats()
	for _, r := range j.reports {
		if r.of.first == r {
			j.settle(r.of)
		}
	}
	all := make([]int, 0, len(j.changed))
	for i := range j.changed {
		all = append(all, i)
	}
	slices.Sort(all)
	return all
}

// Reports reports whether an event can be a report of a call: it is one, or became a span because its call counts elsewhere.
func Reports(e *model.Event) bool {
	return e.SpanID != "" && (e.Kind.IsCall() || e.Cost.State == model.CostElsewhere)
}

// spanKey names a span. A parent that was not sent has a key, too; that of a root has no span.
type spanKey struct{ trace, span string }

// report is an event that is a call, or became a span because its call counts elsewhere.
type report struct {
	*model.Event
	i  int
	of *call
}

// call is all that is reported about one real call.
type call struct {
	first   *report
	reports []*report
	joined  bool // now, and not earlier
}

type joiner struct {
	events  []model.Event
	known   Known
	reports []*report
	changed map[int]bool
	// bySpan and byParent are the reports that others are compared with.
	bySpan   map[spanKey]*report
	byParent map[spanKey][]*report
}

func (r *report) former() bool          { return r.Cost.State == model.CostElsewhere }
func (r *report) used() bool            { return used(r.Event) }
func (r *report) self() spanKey         { return spanKey{r.TraceID, r.SpanID} }
func (r *report) parent() spanKey       { return spanKey{r.TraceID, r.ParentID} }
func (j *joiner) said(r *report) bool   { return j.known.Said != nil && j.known.Said(r.i) }
func (j *joiner) linked(r *report) bool { return j.known.Linked != nil && j.known.Linked(r.i) }

// used reports whether the usage of a call is known.
func used(e *model.Event) bool { return e.Tokens.Input > 0 || e.Tokens.Output > 0 }

// collect finds the reports, and puts those together of which it was decided earlier.
func (j *joiner) collect() {
	byID := map[uuid.UUID]*report{}
	for i := range j.events {
		e := &j.events[i]
		if !Reports(e) {
			continue
		}
		if _, twice := byID[e.UUID]; twice {
			continue // it was sent twice in one request
		}
		r := &report{Event: e, i: i}
		r.of = &call{first: r, reports: []*report{r}}
		j.reports, byID[e.UUID] = append(j.reports, r), r
	}
	slices.SortStableFunc(j.reports, func(a, b *report) int {
		return cmp.Or(cmp.Compare(a.StartMS, b.StartMS), cmp.Compare(a.SpanID, b.SpanID))
	})
	for _, r := range j.reports {
		if id, err := uuid.Parse(r.Cost.Price); err == nil && r.former() && byID[id] != nil {
			j.together(byID[id].of, r.of)
		}
	}
}

// together adds the reports of one call to another one's.
func (j *joiner) together(c, other *call) {
	if c == other {
		return
	}
	for _, r := range other.reports {
		r.of = c
	}
	c.reports = append(c.reports, other.reports...)
}

// streams joins the two parts of streamed calls: a call that is stamped at its end is the answer of one of the same library that is stamped at its begin, has no
// usage and ended when the answer began. A request whose answer never comes stays a call: that is how a stream arrives whose caller left.
func (j *joiner) streams() {
	open := map[spanKey][]*report{} // the requests without an answer, by their parents
	for _, r := range j.reports {
		if len(r.of.reports) > 1 || r.former() {
			continue
		}
		if r.TimeMS == r.StartMS {
			if r.LatencyMS > 0 && r.Tokens.Input < 0 && r.Tokens.Output < 0 && !r.IsError && !r.Stopped {
				beside := append(open[r.parent()], r)
				open[r.parent()] = slices.Delete(beside, 0, max(0, len(beside)-maxBeside))
			}
			continue
		}
		requests, at := open[r.parent()], -1
		for i, request := range requests {
			if request.Library == r.Library && sameModel(request.Model, r.Model) && request.StartMS <= r.StartMS && gap(request, r) <= nearMS && (at < 0 || gap(request, r) < gap(requests[at], r)) {
				at = i
			}
		}
		if at < 0 {
			continue
		}
		request := requests[at]
		open[r.parent()] = slices.Delete(requests, at, at+1)
		if j.linked(request) {
			continue // it has no usage that counts twice
		}
		j.together(r.of, request.of)
		end := r.EndMS()
		r.StartMS, r.LatencyMS = request.StartMS, float64(end-request.StartMS)
		j.changed[r.i] = true
		j.asSpan(request, r)
	}
}

// gap is the time between the end of a request and the begin of an answer.
func gap(request, answer *report) int64 { return apart(request.EndMS(), answer.StartMS) }

// repeats puts together what several instrumentations report.
func (j *joiner) repeats() {
	j.bySpan, j.byParent = map[spanKey]*report{}, map[spanKey][]*report{}
	for _, r := range j.reports {
		if len(r.of.reports) > 1 || r.former() {
			j.add(r)
		}
	}
	for _, r := range j.reports {
		if len(r.of.reports) > 1 || r.former() {
			continue
		}
		if same := j.repeated(r); same != nil {
			same.of.joined = true
			j.together(same.of, r.of)
		}
		j.add(r)
	}
}

func (j *joiner) add(r *report) {
	j.bySpan[r.self()] = r
	beside := append(j.byParent[r.parent()], r)
	j.byParent[r.parent()] = slices.Delete(beside, 0, max(0, len(beside)-maxBeside))
}

// repeated is the report that a report repeats, nil if it repeats none: one around it or inside of it, or else the one under the same parent that began next to it.
func (j *joiner) repeated(r *report) *report {
	if around := j.bySpan[r.parent()]; around != nil && r.ParentID != "" && r.repeats(around, true) {
		return around
	}
	for _, inside := range j.byParent[r.self()] {
		if r.repeats(inside, true) {
			return inside
		}
	}
	var best *report
	for _, beside := range j.byParent[r.parent()] {
		if r.repeats(beside, false) && (best == nil || apart(r.StartMS, beside.StartMS) < apart(r.StartMS, best.StartMS)) {
			best = beside
		}
	}
	return best
}

// repeats reports whether a report is of the same call as another one, which it is inside of or around, or which has the same parent.
func (r *report) repeats(other *report, nested bool) bool {
	alike := r.Library == other.Library
	if alike && !nested || !other.former() && r.Kind != other.Kind {
		return false
	}
	reported := 0 // by the library of r
	for _, o := range other.of.reports {
		if o.Library == r.Library {
			reported++
		}
	}
	if !sameModel(r.Model, other.Model) || reported > 1 || reported == 1 && !alike {
		return false
	}
	slack := int64(0)
	if !alike {
		slack = 1 // OpenLLMetry counts a token twice that a stream of Anthropic's begins with
	}
	if !agree(r.Tokens.Input, other.Tokens.Input, 0) || !agree(r.Tokens.Output, other.Tokens.Output, slack) {
		return false
	}
	if r.Tokens.Input > 0 && r.Tokens.Input == other.Tokens.Input && (r.Tokens.Output < 0) == (other.Tokens.Output < 0) {
		return r.StartMS <= other.EndMS()+nearMS && other.StartMS <= r.EndMS()+nearMS
	}
	// Failed calls and some streams have no usage.
	return !alike && near(r.StartMS, other.StartMS) && near(r.EndMS(), other.EndMS())
}

// settle decides which report of a call counts.
func (j *joiner) settle(c *call) {
	if !c.joined {
		return
	}
	var counts *report
	for _, r := range c.reports {
		if !r.former() && (counts == nil || j.before(r, counts)) {
			counts = r
		}
	}
	for _, r := range c.reports {
		if r == counts {
			continue
		}
		j.complete(counts, r)
		switch {
		case r.former():
		case j.linked(r), j.linked(counts) && j.said(r) && !j.said(counts): // what is derived from the one, and the messages of the other, are kept
			if used(r.Event) || r.Cost.State != model.CostUnpriced {
				r.Tokens, r.Cost = model.UnknownTokens(), model.Cost{State: model.CostUnpriced}
				j.changed[r.i] = true
			}
		default:
			j.asSpan(r, counts)
		}
	}
}

// before reports whether a report counts rather than another one: the one whose link is stored, then the one that has messages, because what users saw is found by
// them, then the one that has usage. Of two that say the same it is the inner one, because its duration is nearer to the provider's.
func (j *joiner) before(r, than *report) bool {
	if a, b := j.linked(r), j.linked(than); a != b {
		return a
	}
	if a, b := j.said(r), j.said(than); a != b {
		return a
	}
	if r.used() != than.used() {
		return r.used()
	}
	return r.EndMS()-r.StartMS < than.EndMS()-than.StartMS
}

// complete adds to a report what only another one of the same call knows.
func (j *joiner) complete(to, other *report) {
	if to.FirstTokenMS < 0 && other.FirstTokenMS >= 0 {
		to.FirstTokenMS = max(0, other.FirstTokenMS+float64(other.StartMS-to.StartMS))
		j.changed[to.i] = true
	}
	if to.used() || !other.used() {
		return
	}
	to.Tokens, to.ServiceTier = other.Tokens, other.ServiceTier
	if to.Cost.State != model.CostGiven && other.Cost.Known() {
		to.Cost = other.Cost
	}
	j.changed[to.i] = true
}

// asSpan makes a span of a report whose call counts elsewhere.
func (j *joiner) asSpan(r, counts *report) {
	r.Kind, r.Cost = model.KindSpan, model.Cost{State: model.CostElsewhere, Price: counts.UUID.String()}
	r.Tools, r.MCPServer = "", "" // those of a span are the tool that it ran
	j.changed[r.i] = true
}

// sameModel reports whether two names may be of one model: "gpt-4o" was asked for, and "gpt-4o-2024-08-06" answered.
func sameModel(a, b string) bool { return strings.HasPrefix(a, b) || strings.HasPrefix(b, a) }

// agree reports whether two counts can be of the same thing.
func agree(a, b, slack int64) bool { return a < 0 || b < 0 || apart(a, b) <= slack }

func near(a, b int64) bool { return apart(a, b) <= nearMS }

// apart is the difference of two numbers.
func apart(a, b int64) int64 { return max(a, b) - min(a, b) }
