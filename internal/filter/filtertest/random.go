package filtertest

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/model"
)

// Start is the instant from which the times of random worlds are counted, in Unix milliseconds: a day before clocks change in Berlin.
const Start = 1_774_656_000_000 // 2026-03-28T00:00:00Z

// Random makes data and questions. The same seed makes the same ones.
type Random struct{ *rand.Rand }

// NewRandom returns a Random with that seed.
func NewRandom(seed uint64) Random { return Random{rand.New(rand.NewPCG(seed, 8))} }

func one[T any](r Random, all ...T) T { return all[r.IntN(len(all))] }

// words are what texts are made of: scripts with and without spaces, marks, letters whose other case is not obvious, escapes.
var words = []string{
	"refund", "Refund", "REFUND", "refunds", "order-17", "a_b", "Zürich", "ZÜRICH", "naïve", "nai\u0308ve", "退款", "我想退款", "สวัสดี", "ดี", "ไทย", "word\nword", "say \"hi\"",
	"back\\nslash", "tab\there", "\u001fabc", "Kelvin \u212a", "\u0130stanbul", "kelvin k", "ſtop", "stop", "ΣΑΣ", "σας", "100%", "a/b", "नमस्ते", "한국어", "१२", "x\u0301", "\u0301x", "漢\u0301", "漢",
	"\\\nmore", "more", "slash", "nslash", "\\\\\"quoted\"", "quoted", "漢 \u0301x", "null", "1fabc", "n", "nword", "u001f", "…", "emoji 🙂 x", "İ", "i",
}

func (r Random) text() string {
	var parts []string
	for range 1 + r.IntN(4) {
		parts = append(parts, one(r, words...))
	}
	return strings.Join(parts, one(r, " ", "", ", ", "\\", "\n"))
}

// canonical returns a value as JSON in the form in which it is stored.
func canonical(v any) []byte {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic(err)
	}
	s := strings.TrimSuffix(b.String(), "\n")
	// Go escapes these characters; the stored form does not.
	return []byte(strings.NewReplacer(`\u2028`, "\u2028", `\u2029`, "\u2029", `\u007f`, "\u007f").Replace(s))
}

// delayOpinions moves opinions that are earlier than the beginning of their trace or conversation by more than clocks differ (filter.EarlyMS).
func (w *World) delayOpinions() {
	begins := map[string]int64{}
	ids := func(e *model.Event) []string { return []string{"t" + e.TraceID, "c" + e.ConversationID} }
	for i := range w.Events {
		e := &w.Events[i]
		for _, id := range ids(e) {
			if at, ok := begins[id]; e.Kind.IsNode() && (!ok || e.StartMS < at) {
				begins[id] = e.StartMS
			}
		}
	}
	for i := range w.Events {
		e := &w.Events[i]
		for _, id := range ids(e) {
			if late := begins[id] - filter.EarlyMS - e.TimeMS; e.Kind.IsOpinion() && len(id) > 1 && late > 0 {
				e.TimeMS, e.StartMS, e.ReceivedMS, e.SentMS = e.TimeMS+late, e.StartMS+late, e.ReceivedMS+late, e.SentMS+late
			}
		}
	}
}

// World makes the data of a project. There are few different ids, so that many events have one in common.
func (r Random) World(events int) *World {
	w := &World{People: map[string]string{"p1": "p0", "p2": "p0", "p4": "p3"}}
	maybe := func(prefix string, n int) string {
		if r.IntN(4) == 0 {
			return ""
		}
		return fmt.Sprint(prefix, r.IntN(n))
	}
	number := func(most int64) int64 {
		if r.IntN(4) == 0 {
			return -1
		}
		return r.Int64N(most)
	}
	for range events {
		var id uuid.UUID
		for i := range id {
			id[i] = byte(r.UintN(256))
		}
		id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
		e := model.Event{
			UUID: id, Name: "generation", Kind: one(r, model.KindOther, model.KindGeneration, model.KindGeneration, model.KindGeneration, model.KindEmbedding, model.KindSpan, model.KindSpan, model.KindTrace, model.KindMetric, model.KindFeedback, model.KindEvaluation),
			TimeMS: Start + r.Int64N(72*3600)*1000 + r.Int64N(1000), DistinctID: maybe("p", 6), SessionID: maybe("s", 8), WindowID: maybe("w", 3), URL: maybe("https://x.test/", 3),
			Library: maybe("lib/", 2), Env: maybe("env", 2), Release: maybe("v", 2), LatencyMS: -1, FirstTokenMS: -1,
			Tokens: model.Tokens{Input: -1, Output: -1, Total: -1, CacheRead: -1, CacheWrite: -1, Reasoning: -1},
		}
		e.ReceivedMS, e.SentMS = e.TimeMS+5, e.TimeMS
		if r.IntN(2) == 0 {
			e.Country, e.Browser, e.OS, e.Device, e.Screen = one(r, "", "DE", "free"), one(r, "", "chat", "Chrome"), one(r, "", "p0"), one(r, "", "Desktop", "a*b"), one(r, "", "good")
		}
		for _, name := range []string{"tenant", "plan"} {
			if r.IntN(2) == 0 {
				e.Properties = append(e.Properties, model.Property{Name: name, Value: one(r, "acme co", "a%b", "a_b", `a\b`, "free", "")})
			}
		}
		if e.Kind != model.KindOther {
			e.TraceID, e.ConversationID = maybe("t", 10), maybe("c", 3)
			if r.IntN(10) == 0 {
				e.DistinctID = e.TraceID
			}
			e.Personless = r.IntN(4) == 0
			e.StartMS = e.TimeMS
		} else {
			e.StartMS = e.TimeMS
		}
		switch {
		case e.Kind.IsNode():
			e.Title, e.ParentID = one(r, "", "chat", "plan a trip", "Refund", "退款"), one(r, "", e.TraceID, "x")
			if r.IntN(5) > 0 {
				e.LatencyMS = one(r, 0, 9, 150, 150.5, 1234.567, 2500, r.Float64()*5000, float64(r.Int64N(5000)))
				e.StartMS = e.TimeMS - int64(e.LatencyMS+0.5)
			}
			if r.IntN(3) == 0 {
				e.FirstTokenMS = float64(r.Int64N(900)) / 2
			}
			e.Model, e.Provider = one(r, "", "gpt-4o", "gpt-4o-mini", "gpt-5", "claude"), one(r, "", "openai", "anthropic")
			e.Tokens = model.Tokens{Input: number(3000), Output: number(400), Total: number(3000), CacheRead: number(9), CacheWrite: number(9), Reasoning: number(9)}
			if few := func() int64 { return max(0, r.Int64N(12)-8) }; e.Kind != model.KindTrace {
				e.Tokens.CacheWrite1h, e.Tokens.CacheReadAudio, e.WebSearches = few(), few(), few()
				e.Tokens.InputAudio, e.Tokens.OutputAudio, e.Tokens.InputImage, e.Tokens.OutputImage = few(), few(), few(), few()
				e.ServiceTier = one(r, "", "", "flex", "batch")
			}
			// Spans have a cost, too. Sums must leave it out.
			e.Cost = model.Cost{State: one(r, model.CostNone, model.CostGiven, model.CostPriced, model.CostPriced, model.CostUnpriced, model.CostUncharged), Nanos: one(r, 0, 1, 20_000_000, 20_000_001, r.Int64N(5e9)), Price: one(r, "", "{}")}
			e.HTTPStatus, e.StopReason = one(r, int32(0), 200, 429, 500), one(r, "", "stop", "length")
			if e.IsError = r.IntN(4) == 0; e.IsError {
				e.Error = one(r, "", "rate limit", "退款 failed", "bad \"quote\"")
				e.ErrorGroup = one(r, "", "rate limit", "bad <value>")
			} else {
				e.Stopped = r.IntN(5) == 0
			}
			e.PromptName, e.PromptVersion, e.Agent = one(r, "", "greet", "chat"), one(r, "", "1", "2"), one(r, "", "", "chat", "planner")
			e.Tools, e.MCPServer = one(r, "", "", "search", "search\nstop", "chat\nstop\n退款"), one(r, "", "", "stop", "github")
			if r.IntN(3) > 0 {
				c := model.Content{UUID: id, TimeMS: e.TimeMS}
				if r.IntN(4) > 0 {
					c.Input = canonical([]any{map[string]any{"role": "user", "content": r.text()}})
				}
				if r.IntN(4) > 0 {
					c.Output = canonical(r.text())
				}
				w.Contents = append(w.Contents, c)
			}
		case e.Kind == model.KindFeedback:
			e.MetricValue = one(r, "good", "bad", "the refund is late", "")
		case e.Kind == model.KindMetric:
			e.MetricName, e.MetricValue = "score", one(r, "1", "refund")
		case e.Kind == model.KindEvaluation:
			e.MetricName, e.MetricValue = one(r, "", "chat", "stop"), one(r, "true", "good")
		}
		if e.Kind.IsOpinion() {
			e.ParentID = one(r, "", "", "t1", "chat")
			if e.Scored = r.IntN(2) == 0; e.Scored {
				e.Score = one(r, 0, 1, -1, 0.25, 4.5, 250)
			}
		}
		w.Events = append(w.Events, e)
	}
	w.delayOpinions()
	for range r.IntN(1 + events/4) {
		var id uuid.UUID
		for i := range id {
			id[i] = byte(r.UintN(256))
		}
		at := Start + r.Int64N(72*3600)*1000
		w.Blocks = append(w.Blocks, model.Block{
			UUID: id, SessionID: maybe("s", 10), WindowID: maybe("w", 3), DistinctID: maybe("p", 6), ReceivedMS: at, FirstMS: at, LastMS: at + r.Int64N(60_000),
			Clicks: int32(r.IntN(5)), Keys: int32(r.IntN(50)), URL: maybe("https://x.test/", 3), Location: model.Location{Key: "k", Length: 1},
			ConsoleErrors: int32(r.IntN(3)),
		})
		r.activity(w)
	}
	r.links(w)
	r.experiences(w)
	return w
}

// activity gives the last block of a world some activity, with the current version of the rules or another one.
func (r Random) activity(w *World) {
	b := &w.Blocks[len(w.Blocks)-1]
	for n := range r.IntN(5) {
		a := model.Activity{
			UUID: b.UUID, Position: int64(n), Rules: model.ActivityRules + int32(r.IntN(6)/5), SessionID: b.SessionID, WindowID: b.WindowID, TimeMS: b.LastMS,
			ReceivedMS: b.ReceivedMS, AtMS: b.FirstMS, EndMS: b.LastMS, Status: -1, FirstByteMS: -1, DerivedMS: Start,
			Kind:  one(r, "", model.ActivityClick, model.ActivityClick, model.ActivityNavigation, model.ActivityRequest, model.ActivityConsole),
			Label: one(r, "", "chat", "stop", "退款", "a*b", "https://x.test/1", "https://x.test/9"), Failed: r.IntN(2) == 0,
		}
		if a.Kind == model.ActivityClick {
			a.Dead, a.Rage, a.Failed = r.IntN(2) == 0, r.IntN(3) == 0, false
		}
		w.Activity = append(w.Activity, a)
	}
}

// links gives some generations and traces of a world the link that the store must have, with the current version of the rules or another one.
func (r Random) links(w *World) {
	given := map[string]bool{}
	link := func(e *model.Event, id uuid.UUID) {
		if key := e.TraceID + id.String(); r.IntN(3) == 0 || given[key] {
			return
		} else {
			given[key] = true
		}
		w.Links = append(w.Links, model.Link{
			TraceID: e.TraceID, UUID: id, Rules: model.LinkRules + int32(r.IntN(5)/4), TimeMS: e.TimeMS, StartMS: e.StartMS, ReceivedMS: Start + 100*3_600_000, DerivedMS: Start,
			State: one(r, "linked", "pending", "none"), Method: one(r, "", "exact", "inherited", "screen"), Reason: one(r, "", "no_session_id", "ambiguous"), Confidence: one(r, 0, 0.5, 0.75, 1), SessionID: e.SessionID, Person: one(r, "", "p0", "p1", "p4", "p5"),
		})
	}
	for i := range w.Events {
		e := &w.Events[i]
		if isCall(e) {
			link(e, e.UUID)
		}
		if e.TraceID != "" {
			link(e, uuid.Nil)
		}
	}
}

// experiences gives some generations and traces that have a link the experience that the store must have, with the current version of the rules
// or another one.
func (r Random) experiences(w *World) {
	kinds, _ := filter.Find(filter.Traces, "reaction.kind")
	events := map[uuid.UUID]*model.Event{}
	for i := range w.Events {
		events[w.Events[i].UUID] = &w.Events[i]
	}
	for i := range w.Links {
		l := &w.Links[i]
		if r.IntN(3) == 0 {
			continue
		}
		x := model.Experience{
			TraceID: l.TraceID, UUID: l.UUID, Rules: model.ExperienceRules + int32(r.IntN(5)/4), TimeMS: l.TimeMS, ReceivedMS: l.ReceivedMS, SessionID: l.SessionID,
			Seen: model.Seen{
				State: one(r, "", model.SeenAll, model.SeenAll, model.SeenPartly, model.SeenNotShown, model.SeenUnknown), Reason: one(r, "", "", "masked", "no_recording"), AskedMS: one(r, 0, Start+r.Int64N(72*3_600_000)),
				WaitMS: one(r, -1, 0, 150, 2500, r.Int64N(5000)), Smoothness: one(r, -1, 0, 0.001, 0.02, 1, r.Float64()), Share: -1,
			},
			DerivedMS:       Start,
			BeforeRequestMS: one(r, -1, 0, 150, r.Int64N(5000)), PreviousWaitMS: one(r, -1, 0, 2500, r.Int64N(5000)), AnswerWaitMS: one(r, -1, 0, 150, r.Int64N(30_000)), PreviousKinds: r.Int64N(1 << len(model.SignalKinds)),
			UnseenTokens: one(r, -1, 0, 5, r.Int64N(500)),
			First:        model.FirstCall{BeforeMS: one(r, -1, 0, r.Int64N(5000)), TokenMS: one(r, -1, 0, r.Int64N(5000)), LatencyMS: one(r, -1, 0, r.Int64N(30_000)), SentMS: one(r, -1, 0, r.Int64N(500)), QueueMS: one(r, -1, 0, r.Int64N(500)), ArrivedMS: one(r, -1, 0, r.Int64N(9000))},
			Country:      one(r, "", "DE", "free"), Visitor: one(r, "", model.VisitorNew, model.VisitorReturning),
		}
		for range max(0, r.IntN(5)-2) {
			x.Reaction.Signals = append(x.Reaction.Signals, model.Signal{Kind: one(r, kinds.Choices...), AtMS: l.StartMS, Detail: one(r, "", "退款")})
		}
		if e := events[x.UUID]; e != nil {
			x.Of = model.CopyCall(e)
		}
		w.Experiences = append(w.Experiences, x)
	}
}

// Span returns a range of time near the days on which clocks change.
func (r Random) Span() filter.Span {
	zone, err := time.LoadLocation(one(r, "UTC", "Europe/Berlin", "Asia/Kolkata", "America/New_York"))
	if err != nil {
		panic(err)
	}
	from := Start + r.Int64N(48*3600)*1000
	return filter.Span{FromMS: from, ToMS: from + 3_600_000 + r.Int64N(40*3600)*1000, Zone: zone}
}

// fields returns the fields of a list and two custom properties.
func fields(of filter.Of) []filter.Field {
	all := filter.Fields(of)
	for _, name := range []string{"prop.tenant", "prop.plan"} {
		f, _ := filter.Find(of, name)
		all = append(all, f)
	}
	return all
}

// Expression makes the text of an expression, nested at most depth deep.
func (r Random) Expression(of filter.Of, depth int) string {
	switch n := r.IntN(10); {
	case depth > 0 && n < 2:
		return r.Expression(of, depth-1) + " " + r.Expression(of, depth-1)
	case depth > 0 && n < 4:
		return "(" + r.Expression(of, depth-1) + " OR " + r.Expression(of, depth-1) + ")"
	case depth > 0 && n < 5:
		return "-(" + r.Expression(of, depth-1) + ")"
	case n < 7:
		return r.search()
	}
	f := one(r, fields(of)...)
	return one(r, "", "", "-") + f.Name + ":" + r.value(f)
}

func (r Random) search() string {
	word := one(r, words...)
	switch r.IntN(6) {
	case 0:
		if runes := []rune(word); len(runes) > 1 {
			word = string(runes[:1+r.IntN(len(runes)-1)])
		}
		if found := filter.Words(word); len(found) > 0 {
			return found[len(found)-1] + "*"
		}
	case 1:
		if runes := []rune(word); len(runes) > 2 {
			word = string(runes[1:])
		}
		if !strings.ContainsAny(word, " \t\n\"()*:") && word != "" {
			return "*" + word + "*"
		}
	case 2:
		word += " " + one(r, words...)
	}
	if len(filter.Words(word)) == 0 {
		return "refund"
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(word) + `"`
}

func (r Random) value(f filter.Field) string {
	if r.IntN(8) == 0 {
		return "*"
	}
	switch f.Type {
	case filter.Bool:
		return one(r, "true", "false")
	case filter.Choice:
		return one(r, f.Choices...)
	case filter.Number:
		return one(r, "", ">", ">=", "<", "<=") + one(r, "0", "1", "2", "5", "200", "429", "1.5k", "250")
	case filter.Decimal:
		return one(r, "", ">", ">=", "<", "<=") + one(r, "0", "0.001", "0.02", "0.020000001", "1.5", "25", "100k")
	case filter.Duration:
		return one(r, "", ">", ">=", "<", "<=") + one(r, "0s", "9ms", "150ms", "150.5ms", "1234.567ms", "2s", "2.5s", "10m", "6h")
	case filter.Time:
		return one(r, ">", ">=", "<", "<=") + time.UnixMilli(Start+r.Int64N(72)*3_600_000).UTC().Format(time.RFC3339)
	}
	values := []string{"gpt-4o", "gpt-*", "*mini", "g*4*i", "openai", "t1", "t2", "s1", "s*", "p0", "p1", "p*", "c1", "w1", "lib/*", "env1", "good", "chat", "stop", "https://x.test/1", "退款", "nothing", `""`, `"acme co"`, "a*b", `"a%b"`, `"a_b"`, `"a\\b"`, "**", "free", `"x'y"`}
	text := one(r, values...)
	if r.IntN(3) == 0 {
		for range one(r, 1, 1, 12) { // storages look up many values in another way
			text += "," + one(r, values...)
		}
	}
	return text
}

// Sort makes the order of a list.
func (r Random) Sort(of filter.Of) filter.Sort {
	if r.IntN(3) == 0 {
		return filter.Sort{Descending: true}
	}
	f := one(r, fields(of)...)
	for !f.Sortable {
		f = one(r, fields(of)...)
	}
	return filter.Sort{Field: f, Descending: r.IntN(2) == 0}
}

// Sum makes a sum with measures, groups and an order.
func (r Random) Sum(of filter.Of, span filter.Span) filter.Sum {
	var s filter.Sum
	var measures, groups []string
	for range 1 + r.IntN(4) {
		f := one(r, fields(of)...)
		measures = append(measures, one(r, "count", one(r, f.Measures()...)+"("+f.Name+")"))
	}
	for range r.IntN(3) {
		f := one(r, fields(of)...)
		if b := r.bounds(of, f); b != "" && r.IntN(2) == 0 {
			groups = append(groups, f.Name+b)
		} else if !f.Groupable() || r.IntN(3) == 0 {
			groups = append(groups, "time("+one(r, "auto", "1h", "6h", "1d", "1w", "2d", "30m")+")")
		} else {
			groups = append(groups, f.Name)
		}
	}
	var err error
	if s.Measures, err = filter.ParseMeasures(of, strings.Join(distinct(measures), ",")); err != nil {
		panic(err)
	}
	if s.By, err = filter.ParseGroups(of, strings.Join(distinct(groups), ","), span); err != nil {
		return r.Sum(of, span) // time is a group twice, with different steps
	}
	for i, m := range s.Measures {
		if f := one(r, fields(of)...); f.Name != "person" && r.IntN(3) == 0 {
			var err error
			if s.Measures[i].Only, err = filter.Parse(of, one(r, "", "-")+f.Name+":"+r.value(f)); err != nil {
				panic(err)
			}
		}
		switch f := m.Field; {
		case of.Events() && f.Type == filter.Text && f.Name != "tool" && f.Name != "feedback" && r.IntN(2) == 0:
			s.Measures[i].Name = one(r, "first", "last")
		case (f.Type == filter.Duration || f.Type == filter.Decimal) && r.IntN(4) == 0:
			s.Measures[i].Name = "variance"
		}
	}
	s.Order, s.Descending = r.IntN(len(s.By)+len(s.Measures)), r.IntN(2) == 0
	s.Limit = one(r, 0, 3, 1000)
	s.Total, s.Near = r.IntN(3) == 0, r.IntN(2) == 0
	return s
}

// bounds returns the bounds of ranges of a field, or "" if the field cannot have ranges.
func (r Random) bounds(of filter.Of, f filter.Field) string {
	switch {
	case f.Many(of):
	case f.Type == filter.Duration:
		return one(r, "(9ms/150ms/2s)", "(1234.567ms)", "(0s/150.5ms/1h)")
	case f.Type == filter.Number, f.Type == filter.Decimal:
		return one(r, "(0/1/2)", "(0.02/1.5/25)", "(200/429)")
	}
	return ""
}

func distinct(all []string) []string {
	seen := map[string]bool{}
	var out []string
	for _, s := range all {
		if !seen[s] {
			out = append(out, s)
		}
		seen[s] = true
	}
	return out
}
