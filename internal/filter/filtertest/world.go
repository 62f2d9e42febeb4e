// Package filtertest defines in the simplest way what the query language means for stored rows: from events and blocks in memory it makes
// the rows that filter.Match and filter.Compute read. It also makes random data and questions, and compares a storage's answers with these.
package filtertest

import (
	"cmp"
	"encoding/json"
	"math"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/link"
	"github.com/playheadhq/playhead/internal/model"
)

// World is everything that is stored of one project.
type World struct {
	Events   []model.Event
	Contents []model.Content
	Blocks   []model.Block
	// Activity was derived from blocks in Blocks.
	Activity []model.Activity
	Links    []model.Link
	// Experiences belong to generations and traces that have a link.
	Experiences []model.Experience
	// People maps a distinct id to the id by which its person is known, if that is a different one.
	People map[string]string
}

// Row is a row of a list with all of its values.
type Row struct {
	ID     string
	AtMS   int64 // the latest activity
	values map[string][]filter.Value
	// sorted maps a field to the value by which a list is ordered, if that value is not one of the row's values. Other fields have no entry.
	sorted map[string]any
	texts  []string
	people map[string]string
	named  bool
}

// Values implements filter.Row. The values of person are distinct ids, except in a row made by Named.
func (r *Row) Values(field string) []filter.Value {
	all := r.values[field]
	if field != "person" || !r.named {
		return all
	}
	var named []filter.Value
	for _, v := range all {
		if as, ok := r.people[v.Text]; ok {
			v.Text = as
		}
		if !slices.Contains(named, v) {
			named = append(named, v)
		}
	}
	return named
}

// Texts implements filter.Row.
func (r *Row) Texts() []string { return r.texts }

// Named returns the row as groups use it: each person is the id by which the person is known.
func (r *Row) Named() filter.Row {
	named := *r
	named.named = true
	return &named
}

func (r *Row) text(field, value string) {
	v := filter.Value{Text: value}
	if value != "" && !slices.Contains(r.values[field], v) {
		r.values[field] = append(r.values[field], v)
	}
}

func (r *Row) number(field string, n float64) {
	if v := (filter.Value{Number: n}); !slices.Contains(r.values[field], v) {
		r.values[field] = append(r.values[field], v)
	}
}

func (r *Row) int(field string, n int64) { r.values[field] = []filter.Value{{Int: n}} }

func (r *Row) bool(field string, is bool) {
	r.int(field, 0)
	if is {
		r.int(field, 1)
	}
}

func newRow(w *World, id string) *Row {
	return &Row{ID: id, AtMS: math.MinInt64, values: map[string][]filter.Value{}, sorted: map[string]any{}, people: w.People}
}

// Rows returns the rows of a list. Generations and Feedback have only rows of the given kinds; see filter.Kinds.
func (w *World) Rows(of filter.Of, kinds []string) []*Row {
	switch of {
	case filter.Generations:
		return w.generations(kinds)
	case filter.Feedback:
		return w.opinions(kinds)
	case filter.Traces:
		return w.traces(of, func(e *model.Event) string { return e.TraceID })
	case filter.Conversations:
		return w.traces(of, func(e *model.Event) string { return e.ConversationID })
	}
	return w.sessions()
}

// shared adds the values that an event gives to every row that contains it.
func (r *Row) shared(w *World, e *model.Event) {
	r.AtMS = max(r.AtMS, e.TimeMS)
	for field, value := range map[string]string{
		"trace": e.TraceID, "conversation": e.ConversationID, "session": e.SessionID, "window": e.WindowID, "library": e.Library, "url": e.URL, "env": e.Env,
		"release": e.Release,
	} {
		r.text(field, value)
	}
	for _, p := range e.Properties {
		r.text(filter.Property+p.Name, p.Value)
	}
	r.texts = append(r.texts, e.Title, e.Error, e.MetricValue)
	for i := range w.Contents {
		if c := &w.Contents[i]; c.UUID == e.UUID {
			r.texts = append(r.texts, Decoded(c.Input), Decoded(c.Output))
		}
	}
}

// call adds the values of a generation, embedding, span or explicit trace. A trace has the values of all of its events.
func (r *Row) call(e *model.Event) {
	r.text("model", e.Model)
	r.text("provider", e.Provider)
	r.text("error_text", e.Error)
	r.text("error_group", e.ErrorGroup)
	r.text("stop", e.StopReason)
	r.text("prompt_name", e.PromptName)
	r.text("prompt_version", e.PromptVersion)
	r.text("agent", e.Agent)
	r.text("mcp_server", e.MCPServer)
	for _, tool := range model.SplitTools(e.Tools) {
		r.text("tool", tool)
	}
	r.text("service_tier", e.ServiceTier)
	if isCall(e) {
		r.text("cost_state", e.Cost.State.String())
	}
	if e.Kind.IsNode() {
		r.text("kind", e.Kind.String())
		r.text("name", e.Title)
	}
	if e.HTTPStatus != 0 {
		r.number("status", float64(e.HTTPStatus))
	}
}

// said adds what an event says about a row as an opinion.
func (r *Row) said(e *model.Event) {
	if e.Kind == model.KindFeedback {
		r.text("feedback", e.MetricValue)
	}
	if e.Scored {
		r.number("score", e.Score)
	}
}

// link adds the values of a generation's or trace's link. The link is pending while none is stored.
func (r *Row) link(w *World, trace string, id uuid.UUID) {
	for _, l := range w.Links {
		if l.TraceID == trace && l.UUID == id && l.Rules == model.LinkRules {
			r.text("link", l.State)
			r.text("link_method", l.Method)
			r.text("link_reason", l.Reason)
			if l.Confidence > 0 {
				r.number("confidence", l.Confidence)
			}
			if id == uuid.Nil || len(r.values["person"]) == 0 {
				r.text("person", l.Person)
			}
			return
		}
	}
	r.text("link", "pending")
}

// Weights are the weights of reactions that are passed to model.ScoreOf.
var Weights = []int64{500_000, 100_000, 300_000, -400_000, -500_000, -600_000, -200_000, -100_000, -200_000, -500_000, -300_000, -400_000, 800_000, -800_000, 333_333, -700_000, 20_000}

// experience adds the values of what the user of a generation or a trace experienced, if that is stored.
func (r *Row) experience(w *World, trace string, id uuid.UUID) {
	for i := range w.Experiences {
		x := &w.Experiences[i]
		if x.TraceID != trace || x.UUID != id || x.Rules != model.ExperienceRules {
			continue
		}
		r.text("seen", x.Seen.State)
		r.text("seen.reason", x.Seen.Reason)
		r.text("country", x.Country)
		r.text("visitor", x.Visitor)
		if x.Seen.AskedMS != 0 {
			r.int("asked", x.Seen.AskedMS)
		}
		if x.Seen.WaitMS >= 0 {
			r.number("perceived_wait", float64(x.Seen.WaitMS)/1000)
		}
		if x.Seen.Smoothness >= 0 {
			r.number("smoothness", x.Seen.Smoothness)
		}
		for _, signal := range x.Reaction.Signals {
			r.text("reaction.kind", signal.Kind)
		}
		if x.BeforeRequestMS >= 0 {
			r.number("before_request", float64(x.BeforeRequestMS)/1000)
		}
		if x.AnswerWaitMS >= 0 {
			r.number("answer_wait", float64(x.AnswerWaitMS)/1000)
		}
		if x.UnseenTokens >= 0 {
			r.number("unseen_tokens", float64(x.UnseenTokens))
		}
		for name, ms := range map[string]int64{"answer_before_request": x.First.BeforeMS, "answer_ttft": x.First.TokenMS, "answer_latency": x.First.LatencyMS, "answer_sent": x.First.SentMS, "answer_queue": x.First.QueueMS, "answer_arrived": x.First.ArrivedMS} {
			if ms >= 0 {
				r.number(name, float64(ms)/1000)
			}
		}
		if x.PreviousWaitMS >= 0 {
			r.number("wait_before", float64(x.PreviousWaitMS)/1000)
			r.number("reaction_before", model.ScoreOf(x.PreviousKinds, Weights))
		}
		if x.IsReacted() {
			r.number("reaction", model.ScoreOf(x.Reaction.Bits(), Weights))
		}
	}
}

func tokens(e *model.Event) map[string]int64 {
	return map[string]int64{
		"input_tokens": e.Tokens.Input, "output_tokens": e.Tokens.Output, "total_tokens": e.Tokens.Total,
		"cache_read_tokens": e.Tokens.CacheRead, "cache_write_tokens": e.Tokens.CacheWrite, "reasoning_tokens": e.Tokens.Reasoning,
		"cache_write_1h_tokens": some(e.Tokens.CacheWrite1h), "cache_read_audio_tokens": some(e.Tokens.CacheReadAudio), "web_searches": some(e.WebSearches),
		"audio_input_tokens": some(e.Tokens.InputAudio), "audio_output_tokens": some(e.Tokens.OutputAudio),
		"image_input_tokens": some(e.Tokens.InputImage), "image_output_tokens": some(e.Tokens.OutputImage),
	}
}

// some converts a count in which 0 means unknown to one in which -1 does.
func some(n int64) int64 {
	if n == 0 {
		return -1
	}
	return n
}

func isCall(e *model.Event) bool { return e.Kind.Costs() }

func (w *World) generations(kinds []string) []*Row {
	var rows []*Row
	for i := range w.Events {
		e := &w.Events[i]
		if !slices.Contains(kinds, e.Kind.String()) {
			continue
		}
		r := newRow(w, e.UUID.String())
		r.shared(w, e)
		r.text("person", link.Named(e))
		r.call(e)
		if e.LatencyMS >= 0 {
			r.number("latency", e.LatencyMS/1000)
		}
		if e.FirstTokenMS >= 0 {
			r.number("ttft", e.FirstTokenMS/1000)
		}
		for field, n := range tokens(e) {
			if n >= 0 {
				r.number(field, float64(n))
			}
		}
		if isCall(e) && e.Cost.Known() {
			r.number("cost", e.Cost.Dollars())
		}
		if isCall(e) && e.Tokens.Output >= 0 && e.LatencyMS > 0 {
			r.number("tokens_per_s", math.Floor(float64(e.Tokens.Output)*1e6/e.LatencyMS+0.5)/1000)
		}
		r.bool("error", e.IsError)
		r.bool("stopped", e.Stopped)
		r.int("start", e.StartMS)
		if isCall(e) {
			r.link(w, e.TraceID, e.UUID)
			r.experience(w, e.TraceID, e.UUID)
		}
		for j := range w.Events {
			if f := &w.Events[j]; f.Kind.IsOpinion() && f.TraceID == e.TraceID && e.TraceID != "" {
				r.said(f)
			}
		}
		rows = append(rows, r)
	}
	return rows
}

func (w *World) opinions(kinds []string) []*Row {
	var rows []*Row
	for i := range w.Events {
		e := &w.Events[i]
		if !slices.Contains(kinds, e.Kind.String()) || !e.Kind.IsOpinion() {
			continue
		}
		r := newRow(w, e.UUID.String())
		r.shared(w, e)
		r.text("person", link.Named(e))
		r.text("kind", e.Kind.String())
		r.text("metric", e.MetricName)
		r.text("value", e.MetricValue)
		r.text("about", e.ParentID)
		if e.Scored {
			r.number("score", e.Score)
		}
		r.int("start", e.TimeMS)
		rows = append(rows, r)
	}
	return rows
}

// parts groups the indexes below n by their ids, and returns the ids in order. Indexes with an empty id are left out.
func parts(n int, id func(int) string) (ids []string, of map[string][]int) {
	of = map[string][]int{}
	for i := range n {
		if x := id(i); x != "" {
			if of[x] == nil {
				ids = append(ids, x)
			}
			of[x] = append(of[x], i)
		}
	}
	slices.Sort(ids)
	return ids, of
}

// traces returns the rows that summarise all events with a common id: traces or conversations.
func (w *World) traces(list filter.Of, idOf func(*model.Event) string) []*Row {
	ids, of := parts(len(w.Events), func(i int) string { return idOf(&w.Events[i]) })
	var rows []*Row
	for _, id := range ids {
		r := newRow(w, id)
		var events []*model.Event
		for _, i := range of[id] {
			events = append(events, &w.Events[i])
		}
		slices.SortFunc(events, func(a, b *model.Event) int {
			return cmp.Or(cmp.Compare(a.StartMS, b.StartMS), slices.Compare(a.UUID[:], b.UUID[:]))
		})
		start, end, nodes := int64(math.MaxInt64), int64(math.MinInt64), false
		var generations, spans, errors, latency, ttft, cost float64
		latency, ttft, cost = -1, -1, -1
		failed, stopped := false, false
		sums, turns := map[string]float64{}, map[string]bool{}
		var names [3]string
		for _, e := range events {
			r.shared(w, e)
			r.text("person", link.Named(e))
			r.call(e)
			failed, stopped = failed || e.IsError, stopped || e.Stopped
			if e.IsError && e.Kind != model.KindTrace {
				errors++
			}
			r.said(e)
			if e.Kind == model.KindSpan {
				spans++
			}
			if e.Kind.IsNode() {
				nodes = true
				start, end = min(start, e.StartMS), max(end, e.EndMS())
				rank := 2
				if e.TraceID != "" {
					turns[e.TraceID] = true
				}
				if e.ParentID == "" || e.ParentID == e.TraceID {
					rank = 1
				}
				if e.Kind == model.KindTrace {
					rank = 0
				}
				names[rank] = cmp.Or(names[rank], e.Title)
			}
			if !isCall(e) {
				continue
			}
			generations++
			if e.LatencyMS >= 0 {
				latency = max(latency, 0) + math.Floor(e.LatencyMS*1000+0.5)
			}
			ttft = max(ttft, e.FirstTokenMS)
			if e.Cost.Known() {
				cost = max(cost, 0) + float64(e.Cost.Nanos)
			}
			for field, n := range tokens(e) {
				if n >= 0 {
					sums[field] += float64(n)
				}
			}
		}
		if !nodes {
			for _, e := range events {
				start, end = min(start, e.TimeMS), max(end, e.TimeMS)
			}
		}
		if failed {
			errors = max(errors, 1)
		}
		if latency >= 0 {
			r.number("latency", latency/1e6)
		}
		if ttft >= 0 {
			r.number("ttft", ttft/1000)
		}
		if cost >= 0 {
			r.number("cost", cost/1e9)
		}
		for field, n := range sums {
			r.number(field, n)
		}
		r.bool("error", failed)
		r.bool("stopped", stopped)
		r.int("start", start)
		if list == filter.Traces {
			r.link(w, id, uuid.Nil)
			r.experience(w, id, uuid.Nil)
		}
		r.number("turns", float64(len(turns)))
		r.number("generations", generations)
		r.number("spans", spans)
		r.number("errors", errors)
		r.number("duration", float64(end-start)/1000)
		if name := cmp.Or(names[0], names[1], names[2]); name != "" {
			r.sorted["name"] = name
		}
		rows = append(rows, r)
	}
	return rows
}

func (w *World) sessions() []*Row {
	ids, of := parts(len(w.Events)+len(w.Blocks), func(i int) string {
		if i < len(w.Events) {
			return w.Events[i].SessionID
		}
		return w.Blocks[i-len(w.Events)].SessionID
	})
	var rows []*Row
	for _, id := range ids {
		r := newRow(w, id)
		start := int64(math.MaxInt64)
		var clicks, keys, calls, errors, consoleErrors float64
		cost, slowest, used := -1.0, -1.0, map[string]float64{}
		recorded := false
		tabs, recordedTabs := map[string]bool{}, map[string]bool{}
		for _, i := range of[id] {
			if i < len(w.Events) {
				e := &w.Events[i]
				r.shared(w, e)
				if e.DistinctID != e.TraceID {
					r.text("person", e.DistinctID)
				}
				r.said(e)
				for field, value := range map[string]string{"page": e.URL, "country": e.Country, "browser": e.Browser, "os": e.OS, "device": e.Device, "screen": e.Screen} {
					r.text(field, value)
				}
				start = min(start, e.TimeMS)
				if e.WindowID != "" {
					tabs[e.WindowID] = true
				}
				if isCall(e) {
					calls++
					if e.Cost.Known() {
						cost = max(cost, 0) + float64(e.Cost.Nanos)
					}
					if e.IsError {
						errors++
					}
					slowest = max(slowest, e.LatencyMS)
					for _, field := range []string{"input_tokens", "output_tokens", "total_tokens"} {
						if n := tokens(e)[field]; n >= 0 {
							used[field] += float64(n)
						}
					}
				}
				continue
			}
			b := &w.Blocks[i-len(w.Events)]
			r.AtMS = max(r.AtMS, b.LastMS)
			r.text("session", b.SessionID)
			r.text("window", b.WindowID)
			r.text("person", b.DistinctID)
			r.text("url", b.URL)
			r.text("page", b.URL)
			consoleErrors += float64(b.ConsoleErrors)
			start = min(start, b.FirstMS)
			clicks += float64(b.Clicks)
			keys += float64(b.Keys)
			recorded = true
			recordedTabs[b.WindowID] = true
		}
		if recorded {
			tabs = recordedTabs
		}
		w.activity(r)
		r.number("console_errors", consoleErrors)
		r.int("start", start)
		r.number("duration", float64(r.AtMS-start)/1000)
		if cost >= 0 {
			r.number("cost", cost/1e9)
		}
		if slowest >= 0 {
			r.number("slowest", slowest/1000)
		}
		for field, n := range used {
			r.number(field, n)
		}
		r.number("clicks", clicks)
		r.number("keys", keys)
		r.number("windows", float64(len(tabs)))
		r.number("ai_calls", calls)
		r.number("errors", errors)
		r.bool("recorded", recorded)
		rows = append(rows, r)
	}
	return rows
}

// activity adds the values of a session that were derived from its recording.
func (w *World) activity(r *Row) {
	var failed, rage, dead float64
	for i := range w.Activity {
		a := &w.Activity[i]
		if a.SessionID != r.ID || a.Rules != model.ActivityRules {
			continue
		}
		switch a.Kind {
		case model.ActivityNavigation:
			r.text("page", a.Label)
		case model.ActivityClick:
			r.text("clicked", a.Label)
		case model.ActivityRequest:
			if a.Failed {
				failed++
			}
		}
		if a.Rage {
			rage++
		}
		if a.Dead {
			dead++
		}
	}
	r.number("failed_requests", failed)
	r.number("rage_clicks", rage)
	r.number("dead_clicks", dead)
}

// Decoded returns JSON as people read it: the escapes in its strings are replaced by what they stand for.
func Decoded(raw []byte) string {
	var b strings.Builder
	for i := 0; i < len(raw); {
		n := 2
		switch {
		case raw[i] != '\\' || i+1 == len(raw):
			b.WriteByte(raw[i])
			i++
			continue
		case raw[i+1] == 'u':
			n = 6
		}
		var s string
		if json.Unmarshal([]byte(`"`+string(raw[i:min(i+n, len(raw))])+`"`), &s) == nil {
			b.WriteString(s)
		}
		i += n
	}
	return b.String()
}

// Sorted returns the rows in the order of a list.
func Sorted(rows []*Row, s filter.Sort) []*Row {
	key := func(r *Row) any {
		f := s.Field
		if f.Name == "" {
			return r.AtMS
		}
		if v, ok := r.sorted[f.Name]; ok || len(r.sorted) > 0 && f.Name == "name" {
			return v
		}
		var least any
		for _, v := range r.Named().Values(f.Name) {
			var k any
			switch f.Type {
			case filter.Text, filter.Choice:
				k = v.Text
			case filter.Duration:
				k = int64(math.Floor(v.Number*1e6 + 0.5))
			case filter.Decimal:
				k = int64(math.Floor(v.Number*1e9 + 0.5))
			case filter.Number:
				k = int64(v.Number)
			case filter.Time, filter.Bool:
				k = v.Int
			}
			if least == nil || less(k, least) < 0 {
				least = k
			}
		}
		return least
	}
	rows = slices.Clone(rows)
	slices.SortFunc(rows, func(a, b *Row) int {
		x, y := key(a), key(b)
		switch {
		case x == nil && y != nil:
			return 1
		case x != nil && y == nil:
			return -1
		}
		d := 0
		if x != nil {
			d = less(x, y)
		}
		d = cmp.Or(d, cmp.Compare(a.ID, b.ID))
		if s.Descending {
			return -d
		}
		return d
	})
	return rows
}

func less(a, b any) int {
	if s, ok := a.(string); ok {
		return cmp.Compare(s, b.(string))
	}
	return cmp.Compare(a.(int64), b.(int64))
}
