package query

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/playheadhq/playhead/internal/access"
	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/impact"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// ImpactRequest has the parameters of an impact report. Without From or To it covers all that matches.
type ImpactRequest struct {
	Narrowing
	// By is a field by whose values the answers are also grouped; "" means none. Limit is the number of values, 10 if zero.
	By    string
	Limit int
}

// Impact is the effect of waiting for answers on those who waited.
type Impact struct {
	FromMS  *int64 `json:"from_ms" doc:"null without from"`
	ToMS    *int64 `json:"to_ms" doc:"null without to"`
	Answers int64  `json:"answers" doc:"answers that somebody asked for in a recording, if it is known what was seen and how long the wait was"`
	impact.Report
	Groups []ImpactGroup `json:"groups" nullable:"false" doc:"one for each value of the field in by, most answers first"`
	Others bool          `json:"others" doc:"the field in by has more values than there are groups"`
	Unseen []Unseen      `json:"unseen" nullable:"false" doc:"answers that were not or only partly seen, and their cost"`
	// Latency compares the latencies that backends measure with the waits of users.
	Latency ImpactLatency `json:"latency" doc:"latencies that backends measure, beside the waits of users"`
	Lists   []ImpactList  `json:"lists" nullable:"false" doc:"lists of single answers: the q and sort of /api/generations; the request's own q, from and to narrow them further"`
	// Truncated is set if there are more strata than are read.
	Truncated bool `json:"truncated" doc:"there are so many models, tasks and values that the rarest combinations are left out"`
	// SearchedToMS is set if not all text was searched.
	SearchedToMS *int64 `json:"searched_to_ms,omitempty" doc:"the figures cover only rows that were active since then, because too much text matches; absent when they are complete"`
}

// ImpactGroup is one value of a field.
type ImpactGroup struct {
	Value any `json:"value" doc:"text, a number or a boolean; null for none"`
	impact.Outcome
	WaitS      *float64           `json:"wait_s" doc:"the mean wait"`
	Waits      []impact.WaitRange `json:"waits" nullable:"false" doc:"the same for each range of waits that has answers, with the reactions that occurred; difference is null: limit_s is what waits within a value are compared at"`
	Difference impact.Difference  `json:"difference" doc:"within this value: between waits of limit_s or longer and shorter ones, among answers that are alike"`
	Q          string             `json:"q" doc:"finds its answers"`
}

// Unseen are the answers of one state that were not or only partly seen.
type Unseen struct {
	Seen         string   `json:"seen" enum:"partly,not_shown,not_visible,stopped"`
	Answers      int64    `json:"answers"`
	OutputTokens int64    `json:"output_tokens" doc:"of the whole answers"`
	UnseenTokens int64    `json:"unseen_tokens" doc:"those of them that were not shown: of partly seen and stopped answers, by the share of the characters that were shown"`
	CostUSD      *float64 `json:"cost_usd" doc:"of the whole calls, with their prompts; null when nothing has a price"`
	Unpriced     int64    `json:"unpriced" doc:"answers whose cost is not known"`
	Q            string   `json:"q" doc:"finds them"`
}

// ImpactLatency compares latencies that backends measure with perceived waits.
type ImpactLatency struct {
	Answers      int64          `json:"answers" doc:"answers with a perceived wait"`
	WaitP50S     *float64       `json:"wait_p50_s" doc:"from asking to the first words on the screen"`
	WaitP95S     *float64       `json:"wait_p95_s"`
	TTFTP50S     *float64       `json:"ttft_p50_s" doc:"from the start of the generation that has the first words to its first token, as the backend measured it"`
	TTFTP95S     *float64       `json:"ttft_p95_s"`
	LatencyP50S  *float64       `json:"latency_p50_s" doc:"that whole generation"`
	LatencyP95S  *float64       `json:"latency_p95_s"`
	Explanations []WaitExplains `json:"explanations" nullable:"false" doc:"the parts of mean waits, over the answers for which the same parts are known"`
}

// WaitExplains splits mean perceived waits into parts.
type WaitExplains struct {
	Streamed bool              `json:"streamed" doc:"the backend measured a first token; otherwise the part model is the whole generation"`
	Answers  int64             `json:"answers"`
	WaitS    float64           `json:"wait_s" doc:"the mean wait: the sum of the parts"`
	Parts    []impact.WaitPart `json:"parts" nullable:"false" doc:"in the order in which they happen"`
}

// ImpactList is a list of single answers.
type ImpactList struct {
	Name string `json:"name" enum:"slowest,most_harmful,most_loved"`
	Q    string `json:"q"`
	Sort string `json:"sort"`
}

// Terms of the query language that select the answers of an impact report. Answers that nobody asked for in a recording, and those for which it is
// not known what was seen, do not count.
var (
	impactTerms = "answer_wait:* seen:seen,partly,not_shown,not_visible,stopped"
	badTerms    = "reaction.kind:" + strings.Join(impact.Bad, ",") + " OR (reaction.kind:" + model.SignalLeft + " " + notGood + ")"
	goodTerms   = "reaction.kind:" + strings.Join(impact.Good, ",") + " -reaction.kind:" + strings.Join(impact.Bad, ",")
	notGood     = "-reaction.kind:" + strings.Join(impact.Good, ",")
	// beforeTerms select answers whose user got the previous answer without much wait, so that a bad reaction to that answer cannot be due to
	// waiting.
	beforeTerms = "wait_before:<5s"
)

// impactFigures are those of strata. Their groups are completed by impactGroups.
var impactFigures = newGrouping(0, filter.Generations, impactTerms, "model,prompt_name,agent", "", slices.Concat(
	[]figure{{"answers", "count", ""}, {"bad", "count", badTerms}, {"good", "count", goodTerms}, {"before", "count", beforeTerms},
		{"before_bad", "count", beforeTerms + " reaction_before:<0"}, {"wait", "sum(answer_wait)", ""}},
	kindFigures())...)

func kindFigures() (all []figure) {
	for _, kind := range impact.Kinds {
		all = append(all, figure{kind, "count", "reaction.kind:" + kind})
	}
	return all
}

var unseenFigures = newGrouping(0, filter.Generations, unseenTerms, "seen", "", append([]figure{{"answers", "count", ""}, {"unseen", "sum(unseen_tokens)", ""}}, spent...)...)

// waitedTerms select answers whose words were shown to somebody who waited for them.
const waitedTerms = "answer_wait:* asked:* seen:seen,partly,stopped"

// unseenTerms leave out answers that were stopped with all that had come on the screen.
const unseenTerms = "seen:partly,not_shown,not_visible OR (seen:stopped unseen_tokens:>0)"

var latencyFigures = newGrouping(0, filter.Generations, waitedTerms, "", "", figure{"answers", "count", ""},
	figure{"wait_p50", "p50(answer_wait)", ""}, figure{"wait_p95", "p95(answer_wait)", ""}, figure{"ttft_p50", "p50(answer_ttft)", ""}, figure{"ttft_p95", "p95(answer_ttft)", ""},
	figure{"latency_p50", "p50(answer_latency)", ""}, figure{"latency_p95", "p95(answer_latency)", ""})

// partFigures are means over the answers for which the same parts of the wait are known: each range contains all values, so that a field divides the
// answers that have it from those that have not. The queue is told apart where all of them have it. The parts are those of the call that has the answer's first words.
var partFigures = newGrouping(0, filter.Generations, waitedTerms+" answer_before_request:* (answer_ttft:* OR answer_latency:*)", "answer_ttft(1000000s),answer_sent(1000000s),answer_arrived(1000000s)", "",
	figure{"answers", "count", ""}, figure{"wait", "avg(answer_wait)", ""}, figure{"before", "avg(answer_before_request)", ""}, figure{"ttft", "avg(answer_ttft)", ""}, figure{"latency", "avg(answer_latency)", ""},
	figure{"sent", "avg(answer_sent)", ""}, figure{"queue", "avg(answer_queue)", ""}, figure{"queued", "count", "answer_queue:*"}, figure{"arrived", "avg(answer_arrived)", ""})

// impactGroups are the groups of answers: strata and waits.
func impactGroups() []filter.Group {
	field := func(name string) filter.Field {
		f, ok := filter.Find(filter.Generations, name)
		if !ok {
			panic("query: there is no field " + name)
		}
		return f
	}
	return append(slices.Clone(impactFigures.by),
		filter.Group{Field: field("output_tokens"), Bounds: impact.Lengths},
		filter.Group{Field: field("answer_wait"), Bounds: impact.Waits})
}

const (
	// maxStrata is how many groups of strata, waits and values are read, those with the most answers.
	maxStrata = 50_000

	defaultImpactGroups, maxImpactGroups = 10, 100
)

// counted are the answers of a row of impactFigures.
type counted struct {
	by filter.Cell
	impact.Cell
	wait float64
}

// Impact computes the report with three statements.
func (s *Service) Impact(ctx context.Context, scope access.Scope, r ImpactRequest) (Impact, error) {
	switch {
	case r.Limit == 0:
		r.Limit = defaultImpactGroups
	case r.Limit < 0 || r.Limit > maxImpactGroups:
		return Impact{}, badInput("limit", "limit must be between 1 and %d.", maxImpactGroups)
	}
	a, err := s.understand(ctx, scope, filter.Generations, r.Narrowing)
	if err != nil {
		return Impact{}, err
	}
	if strings.HasPrefix(r.By, "time(") {
		return Impact{}, badInput("by", "by is a field. For another time, set from and to.")
	}
	by, err := filter.ParseGroups(filter.Generations, r.By, filter.Span{})
	if err != nil {
		return Impact{}, badSyntax("by", err)
	}
	if len(by) > 1 {
		return Impact{}, badInput("by", "by is one field.")
	}
	if len(by) > 0 && by[0].Field.Name == "person" {
		if a.People, err = s.people(ctx, scope); err != nil {
			return Impact{}, err
		}
	}
	out := Impact{Groups: []ImpactGroup{}, Unseen: []Unseen{}, Lists: impactLists}
	if a.fromMS != 0 {
		out.FromMS = &a.fromMS
	}
	if a.toMS != 0 {
		out.ToMS = &a.toMS
	}
	matching := func(g *grouping) store.Question {
		q := a.Question
		q.Where = filter.And{g.terms, q.Where}
		return q
	}
	// A row that has a single value of the field does not count twice, so the strata need not be summed up a second time.
	strata := impactFigures.split(impactGroups()...)
	at := -1 // index of the field among the groups of strata
	apart := len(by) > 0 && by[0].Field.Many(filter.Generations)
	if len(by) > 0 && !apart {
		if at = slices.IndexFunc(strata.by, func(g filter.Group) bool { return g.String() == by[0].String() }); at < 0 {
			at, strata.by = len(strata.by), append(strata.by, by[0])
		}
	}
	var all, grouped []counted
	read := func(to *[]counted, g *grouping, at int) func(context.Context) error {
		return func(ctx context.Context) error {
			rows, more, searched, err := s.summed(ctx, matching(g), g, filter.Span{}, maxStrata)
			*to = countedOf(rows, at)
			if out.Truncated = out.Truncated || more; to == &all {
				out.SearchedToMS = searched
			}
			return err
		}
	}
	var explanations []WaitExplains
	reads := []func(context.Context) error{
		read(&all, strata, at),
		func(ctx context.Context) (err error) {
			out.Unseen, err = s.unseen(ctx, matching(unseenFigures))
			return err
		},
		func(ctx context.Context) (err error) {
			out.Latency, err = s.waited(ctx, matching(latencyFigures))
			return err
		},
		func(ctx context.Context) (err error) {
			explanations, err = s.partsOfWaits(ctx, matching(partFigures))
			return err
		},
	}
	if err := store.Together(ctx, reads...); err != nil {
		return Impact{}, err
	}
	out.Latency.Explanations = explanations
	if grouped = all; apart {
		g := impactFigures.split(append(impactGroups(), by[0])...)
		if err := read(&grouped, g, len(g.by)-1)(ctx); err != nil {
			return Impact{}, err
		}
	}
	out.Report = impact.Of(cellsOf(all))
	out.Answers = impact.Total(cellsOf(all)).Answers
	if len(by) > 0 {
		out.Groups, out.Others = impactGroupsOf(grouped, by[0], out.LimitS, r.Limit)
	}
	return out, nil
}

// countedOf reads rows of impactFigures; at is the index of the group with the values, -1 for none. Rows with an unknown wait are left out.
func countedOf(rows []groupRow, at int) (all []counted) {
	for _, row := range rows {
		strata := len(impactFigures.by)
		wait, ok := row.cells[strata+1].(float64)
		if !ok {
			continue
		}
		c := counted{}
		if n := row.number("wait"); n != nil {
			c.wait = *n
		}
		if at >= 0 {
			c.by = row.cells[at]
		}
		c.Model, c.Task, c.Length, c.Wait = row.key(0), cmp.Or(row.key(1), row.key(2)), -1, int(wait)
		if length, ok := row.cells[strata].(float64); ok {
			c.Length = int(length)
		}
		c.Counts = impact.Counts{
			Answers: row.int("answers"), Bad: row.int("bad"), Good: row.int("good"), Before: row.int("before"), BeforeBad: row.int("before_bad"),
			Kinds: make([]int64, len(impact.Kinds)),
		}
		for i, kind := range impact.Kinds {
			c.Kinds[i] = row.int(kind)
		}
		all = append(all, c)
	}
	return all
}

func cellsOf(all []counted) []impact.Cell {
	cells := make([]impact.Cell, len(all))
	for i := range all {
		cells[i] = all[i].Cell
	}
	return cells
}

// impactGroupsOf are the values with the most answers.
func impactGroupsOf(all []counted, by filter.Group, limitS float64, limit int) (groups []ImpactGroup, others bool) {
	parts := map[filter.Cell][]counted{}
	for _, c := range all {
		parts[c.by] = append(parts[c.by], c)
	}
	answers := map[filter.Cell]int64{}
	values := make([]filter.Cell, 0, len(parts))
	for v, part := range parts {
		values = append(values, v)
		answers[v] = impact.Total(cellsOf(part)).Answers
	}
	slices.SortFunc(values, func(a, b filter.Cell) int {
		return cmp.Or(-cmp.Compare(answers[a], answers[b]), filter.CompareCells(a, b))
	})
	if len(values) > limit {
		values, others = values[:limit], true
	}
	g := impactFigures.split(by)
	groups = []ImpactGroup{}
	for _, v := range values {
		cells := cellsOf(parts[v])
		sum := impact.Total(cells)
		wait := 0.0
		for _, c := range parts[v] {
			wait += c.wait
		}
		groups = append(groups, ImpactGroup{
			Value: cellView(v, string(by.Type())), Outcome: impact.NewOutcome(sum), WaitS: share(wait, float64(sum.Answers)), Waits: occurred(impact.Ranges(cells)),
			Difference: impact.Compare(cells, limitS, len(values)), Q: groupRow{g, []filter.Cell{v}}.q(),
		})
	}
	return groups, others
}

// occurred leaves out ranges without answers and kinds that no answer has: many values have few answers, and the report would be ten times as long.
func occurred(all []impact.WaitRange) []impact.WaitRange {
	all = slices.DeleteFunc(all, func(w impact.WaitRange) bool { return w.Answers == 0 })
	for _, w := range all {
		maps.DeleteFunc(w.Reactions, func(_ string, p impact.Proportion) bool { return p.Count == 0 })
	}
	return all
}

// unseen sums up answers that were not or only partly seen.
func (s *Service) unseen(ctx context.Context, q store.Question) ([]Unseen, error) {
	rows, _, _, err := s.summed(ctx, q, unseenFigures, filter.Span{}, filter.MaxRows)
	all := []Unseen{}
	for _, row := range rows {
		all = append(all, Unseen{
			Seen: row.key(0), Answers: row.int("answers"), OutputTokens: row.int("output_tokens"), UnseenTokens: row.int("unseen"), CostUSD: row.cost(), Unpriced: row.int("unpriced"), Q: row.q(),
		})
	}
	return all, err
}

// waited compares the latencies that backends measure with the waits of users.
func (s *Service) waited(ctx context.Context, q store.Question) (ImpactLatency, error) {
	rows, _, _, err := s.summed(ctx, q, latencyFigures, filter.Span{}, 1)
	if err != nil {
		return ImpactLatency{}, err
	}
	return latencyOf(rows[0]), nil
}

func latencyOf(row groupRow) ImpactLatency {
	return ImpactLatency{
		Answers: row.int("answers"), WaitP50S: row.number("wait_p50"), WaitP95S: row.number("wait_p95"), TTFTP50S: row.number("ttft_p50"), TTFTP95S: row.number("ttft_p95"),
		LatencyP50S: row.number("latency_p50"), LatencyP95S: row.number("latency_p95"), Explanations: []WaitExplains{},
	}
}

// partsOfWaits splits mean waits into parts.
func (s *Service) partsOfWaits(ctx context.Context, q store.Question) ([]WaitExplains, error) {
	rows, _, _, err := s.summed(ctx, q, partFigures, filter.Span{}, filter.MaxRows)
	all := []WaitExplains{}
	for _, row := range rows {
		if e, ok := explanationOf(row); ok {
			all = append(all, e)
		}
	}
	slices.SortStableFunc(all, func(a, b WaitExplains) int { return cmp.Compare(b.Answers, a.Answers) })
	return all, err
}

func explanationOf(row groupRow) (e WaitExplains, ok bool) {
	known := func(name string) float64 {
		if n := row.number(name); n != nil {
			return *n
		}
		return -1
	}
	wait, before, model := known("wait"), known("before"), known("ttft")
	if e.Streamed = model >= 0; !e.Streamed {
		model = known("latency")
	}
	if wait < 0 || before < 0 || model < 0 {
		return e, false // there is no answer
	}
	e.Answers, e.WaitS = row.int("answers"), wait
	queue := -1.0
	if row.int("queued") == e.Answers {
		queue = known("queue")
	}
	e.Parts = impact.Parts(impact.Timing{Wait: wait, Before: before, Model: model, Sent: known("sent"), Queue: queue, Arrived: known("arrived")})
	return e, true
}

// impactLists are the lists of single answers.
var impactLists = []ImpactList{
	{"slowest", waitedTerms, "-answer_wait"},
	{"most_harmful", printed(badTerms), "reaction"},
	{"most_loved", printed(goodTerms), "-reaction"},
}

// printed is an expression in the syntax of the query language.
func printed(terms string) string {
	e, err := filter.Parse(filter.Generations, terms)
	if err != nil {
		panic(err)
	}
	return filter.String(e)
}
