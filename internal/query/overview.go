package query

import (
	"context"
	"slices"

	"github.com/playheadhq/playhead/internal/access"
	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/store"
)

// OverviewRequest has the parameters of an overview. Without From or To it covers all that matches.
type OverviewRequest struct {
	Narrowing
	// Zone is the time zone in which days begin, "" for UTC.
	Zone string
	// Bucket is the length of a bucket of time, such as 1h; "" chooses a length that gives about sixty buckets.
	Bucket string
	// By is a field by whose values the figures are also grouped; "" means none. Limit is the number of values, 10 if zero.
	By    string
	Limit int
	// Compare asks for the figures of the preceding range of the same length, too.
	Compare bool
}

// Overview has the figures of a project's AI features in a range of time.
type Overview struct {
	Range
	Bucket string `json:"bucket" doc:"how long a bucket of the series is"`
	// Previous is set if it was requested.
	Previous    *Range          `json:"previous" doc:"the same for the preceding range of the same length; null unless compare=true"`
	Groups      []OverviewGroup `json:"groups" nullable:"false" doc:"one for each value of the field in by, most generations first"`
	Others      bool            `json:"others" doc:"the field in by has more values than there are groups"`
	Annotations []Annotation    `json:"annotations" nullable:"false" doc:"what happened in the range, first to last"`
	// SearchedToMS is set if not all text was searched.
	SearchedToMS *int64 `json:"searched_to_ms,omitempty" doc:"the figures cover only rows that were active since then, because too much text matches; absent when they are complete"`
}

// Range is a range of time and its figures.
type Range struct {
	FromMS int64            `json:"from_ms"`
	ToMS   int64            `json:"to_ms"`
	Totals Figures          `json:"totals"`
	Series []OverviewBucket `json:"series" nullable:"false" doc:"a row for each bucket of time, also for those without generations"`
}

// OverviewBucket is a bucket of time.
type OverviewBucket struct {
	AtMS int64 `json:"at_ms" doc:"when it begins"`
	Figures
}

// OverviewGroup is one value of a field.
type OverviewGroup struct {
	Value    any      `json:"value" doc:"text, a number or a boolean; null for none"`
	Totals   Figures  `json:"totals"`
	Previous *Figures `json:"previous" doc:"null unless compare=true"`
	Q        string   `json:"q" doc:"finds its generations"`
}

// Figures are computed over generations and embeddings.
type Figures struct {
	Generations      int64    `json:"generations" doc:"generations and embeddings"`
	Traces           int64    `json:"traces"`
	People           int64    `json:"people"`
	CostUSD          *float64 `json:"cost_usd" doc:"null when nothing has a price"`
	Unpriced         int64    `json:"unpriced" doc:"generations whose cost is not known"`
	CostPerPersonUSD *float64 `json:"cost_per_person_usd"`
	Errors           int64    `json:"errors"`
	ErrorRate        *float64 `json:"error_rate" doc:"0 to 1"`
	LatencyP50S      *float64 `json:"latency_p50_s"`
	LatencyP95S      *float64 `json:"latency_p95_s"`
	LatencyP99S      *float64 `json:"latency_p99_s"`
	TTFTP50S         *float64 `json:"ttft_p50_s"`
	TTFTP95S         *float64 `json:"ttft_p95_s"`
	TTFTP99S         *float64 `json:"ttft_p99_s"`
	TokensPerSP50    *float64 `json:"tokens_per_s_p50"`
	InputTokens      int64    `json:"input_tokens" doc:"including cached tokens"`
	OutputTokens     int64    `json:"output_tokens" doc:"including reasoning tokens"`
	CacheReadTokens  int64    `json:"cache_read_tokens"`
	CacheWriteTokens int64    `json:"cache_write_tokens"`
	ReasoningTokens  int64    `json:"reasoning_tokens"`
	// The next ones are parts of those above.
	CacheWrite1hTokens   int64    `json:"cache_write_1h_tokens" doc:"the cache_write_tokens that were written for one hour"`
	CacheReadAudioTokens int64    `json:"cache_read_audio_tokens" doc:"the cache_read_tokens that are audio"`
	AudioInputTokens     int64    `json:"audio_input_tokens" doc:"the input_tokens that are audio, including cached ones"`
	AudioOutputTokens    int64    `json:"audio_output_tokens"`
	ImageInputTokens     int64    `json:"image_input_tokens" doc:"the input_tokens that are images"`
	ImageOutputTokens    int64    `json:"image_output_tokens"`
	CacheHitRate         *float64 `json:"cache_hit_rate" doc:"the share of input tokens that were read from the provider's cache, over the calls that report both; 0 to 1"`
	LinkedRate           *float64 `json:"linked_rate" doc:"the share that is linked to a recording, 0 to 1"`
}

var overviewFigures = newGrouping(0, filter.Generations, "", "", "", slices.Concat(
	[]figure{{"generations", "count", ""}, {"traces", "uniq(trace)", ""}, {"people", "uniq(person)", ""},
		{"latency_p50_s", "p50(latency)", ""}, {"latency_p95_s", "p95(latency)", ""}, {"latency_p99_s", "p99(latency)", ""},
		{"ttft_p50_s", "p50(ttft)", ""}, {"ttft_p95_s", "p95(ttft)", ""}, {"ttft_p99_s", "p99(ttft)", ""}, {"tokens_per_s_p50", "p50(tokens_per_s)", ""},
		{"cache_read_tokens", "sum(cache_read_tokens)", ""}, {"cache_write_tokens", "sum(cache_write_tokens)", ""}, {"reasoning_tokens", "sum(reasoning_tokens)", ""},
		{"cache_write_1h_tokens", "sum(cache_write_1h_tokens)", ""}, {"cache_read_audio_tokens", "sum(cache_read_audio_tokens)", ""},
		{"audio_input_tokens", "sum(audio_input_tokens)", ""}, {"audio_output_tokens", "sum(audio_output_tokens)", ""},
		{"image_input_tokens", "sum(image_input_tokens)", ""}, {"image_output_tokens", "sum(image_output_tokens)", ""},
		{"cacheable", "sum(input_tokens)", "cache_read_tokens:*"}, {"linked", "count", "link:linked"}, {"errors", "sum(error)", ""}}, spent)...)

func (r groupRow) view() Figures {
	f := Figures{
		Generations: r.int("generations"), Traces: r.int("traces"), People: r.int("people"), CostUSD: r.cost(), Unpriced: r.int("unpriced"),
		Errors: r.int("errors"), ErrorRate: share(float64(r.int("errors")), float64(r.int("generations"))), LatencyP50S: r.number("latency_p50_s"), LatencyP95S: r.number("latency_p95_s"),
		LatencyP99S: r.number("latency_p99_s"), TTFTP50S: r.number("ttft_p50_s"), TTFTP95S: r.number("ttft_p95_s"), TTFTP99S: r.number("ttft_p99_s"),
		TokensPerSP50: r.number("tokens_per_s_p50"), InputTokens: r.int("input_tokens"), OutputTokens: r.int("output_tokens"),
		CacheReadTokens: r.int("cache_read_tokens"), CacheWriteTokens: r.int("cache_write_tokens"), ReasoningTokens: r.int("reasoning_tokens"),
		CacheWrite1hTokens: r.int("cache_write_1h_tokens"), CacheReadAudioTokens: r.int("cache_read_audio_tokens"), AudioInputTokens: r.int("audio_input_tokens"),
		AudioOutputTokens: r.int("audio_output_tokens"), ImageInputTokens: r.int("image_input_tokens"), ImageOutputTokens: r.int("image_output_tokens"),
		CacheHitRate: share(float64(r.int("cache_read_tokens")), float64(r.int("cacheable"))), LinkedRate: share(float64(r.int("linked")), float64(r.int("generations"))),
	}
	if f.CostUSD != nil {
		f.CostPerPersonUSD = share(*f.CostUSD, float64(f.People))
	}
	return f
}

// share is null if the whole is zero.
func share(part, whole float64) *float64 {
	if whole == 0 {
		return nil
	}
	part /= whole
	return &part
}

// split is a grouping with the same figures and other groups.
func (g *grouping) split(by ...filter.Group) *grouping {
	other := *g
	other.by = by
	return &other
}

// summed returns the rows of a grouping up to a limit, in order of time or with the largest first figure first.
func (s *Service) summed(ctx context.Context, q store.Question, g *grouping, span filter.Span, limit int) (rows []groupRow, more bool, searched *int64, err error) {
	t, err := s.summedWith(ctx, q, g, span, filter.Sum{Limit: limit})
	return g.rows(t.Rows), t.Truncated, searchedTo(t.Searched), err
}

// summedWith sums up the figures of a grouping. sum has the other parameters of the query.
func (s *Service) summedWith(ctx context.Context, q store.Question, g *grouping, span filter.Span, sum filter.Sum) (store.Table, error) {
	sum.Measures, sum.By = g.measures, g.by
	if err := filter.ParseOrder(&sum, ""); err != nil {
		return store.Table{}, err
	}
	t, err := s.store.Sum(ctx, q, sum, span)
	return t, wrap(err, "sum up "+string(g.of))
}

func (g *grouping) rows(all [][]filter.Cell) (rows []groupRow) {
	for _, cells := range all {
		rows = append(rows, groupRow{g, cells})
	}
	return rows
}

const (
	defaultOverviewGroups = 10
	maxOverviewGroups     = 100
)

// Overview sums up generations in a range of time, in its buckets of time, and by the values of a field.
func (s *Service) Overview(ctx context.Context, scope access.Scope, r OverviewRequest) (Overview, error) {
	zone, err := zoneOf(r.Zone)
	if err != nil {
		return Overview{}, err
	}
	switch {
	case r.Limit == 0:
		r.Limit = defaultOverviewGroups
	case r.Limit < 0 || r.Limit > maxOverviewGroups:
		return Overview{}, badInput("limit", "limit must be between 1 and %d.", maxOverviewGroups)
	}
	a, err := s.understand(ctx, scope, filter.Generations, r.Narrowing)
	if err != nil {
		return Overview{}, err
	}
	span, err := s.within(ctx, filter.Generations, a.Question, filter.Span{FromMS: a.fromMS, ToMS: a.toMS, Zone: zone})
	if err != nil {
		return Overview{}, wrap(err, "find from when to when to sum up")
	}
	if r.Bucket == "" {
		r.Bucket = "auto"
	}
	buckets, err := filter.ParseGroups(filter.Generations, "time("+r.Bucket+")", span)
	if err != nil {
		return Overview{}, badSyntax("bucket", err)
	}
	var by []filter.Group
	if r.By != "" {
		if by, err = filter.ParseGroups(filter.Generations, r.By, span); err != nil {
			return Overview{}, badSyntax("by", err)
		}
		if len(by) > 1 || by[0].Field.Name == "" {
			return Overview{}, badInput("by", "by is one field; the series are by time already.")
		}
	}
	if a.People, err = s.people(ctx, scope); err != nil {
		return Overview{}, err
	}
	out := Overview{Bucket: buckets[0].Step.String(), Groups: []OverviewGroup{}, Annotations: []Annotation{}}
	before := filter.Span{FromMS: span.FromMS - (span.ToMS - span.FromMS), ToMS: span.FromMS, Zone: zone}
	if r.Compare {
		out.Previous = &Range{}
	}
	in := func(span filter.Span) store.Question {
		q := a.Question
		q.Where = filter.Between(unbounded(a), filter.Generations, span.FromMS, span.ToMS)
		return q
	}
	fill := func(to *Range, searched **int64, span filter.Span) func(context.Context) error {
		to.FromMS, to.ToMS, to.Series = span.FromMS, span.ToMS, []OverviewBucket{}
		return func(ctx context.Context) error {
			series := overviewFigures.split(buckets...)
			t, err := s.summedWith(ctx, in(span), series, span, filter.Sum{Limit: filter.MaxRows, Total: true, Near: true})
			if err != nil {
				return err
			}
			to.Totals, *searched = groupRow{overviewFigures, t.Total}.view(), searchedTo(t.Searched)
			for _, row := range series.rows(t.Rows) {
				at, _ := row.cells[0].(int64)
				to.Series = append(to.Series, OverviewBucket{AtMS: at, Figures: row.view()})
			}
			return nil
		}
	}
	reads := []func(context.Context) error{fill(&out.Range, &out.SearchedToMS, span)}
	if r.Compare {
		var searched *int64 // further back than the range that is asked about
		reads = append(reads, fill(out.Previous, &searched, before))
	}
	reads = append(reads, func(ctx context.Context) (err error) {
		out.Annotations, err = s.annotations(ctx, scope, span)
		return err
	})
	if by != nil {
		reads = append(reads, func(ctx context.Context) error { return s.overviewGroups(ctx, &out, by[0], in(span), in(before), r) })
	}
	if err := store.Together(ctx, reads...); err != nil {
		return Overview{}, err
	}
	return out, nil
}

// overviewGroups splits an overview by a field.
func (s *Service) overviewGroups(ctx context.Context, out *Overview, by filter.Group, now, before store.Question, r OverviewRequest) error {
	g := overviewFigures.split(by)
	t, err := s.summedWith(ctx, now, g, filter.Span{}, filter.Sum{Limit: r.Limit, Near: true})
	if err != nil {
		return err
	}
	rows := g.rows(t.Rows)
	previous := map[filter.Cell]groupRow{}
	if r.Compare && len(rows) > 0 {
		if by.Field.Name != "person" && len(by.Bounds) == 0 { // for a person, other ids may have occurred before
			before.Where = filter.And{before.Where, oneOf(by.Field, rows)}
		}
		then, err := s.summedWith(ctx, before, g, filter.Span{}, filter.Sum{Limit: filter.MaxRows, Near: true})
		if err != nil {
			return err
		}
		for _, row := range g.rows(then.Rows) {
			previous[row.cells[0]] = row
		}
	}
	out.Others = t.Truncated
	for _, row := range rows {
		view := OverviewGroup{Value: cellView(row.cells[0], string(by.Type())), Totals: row.view(), Q: row.q()}
		if r.Compare {
			was := Figures{}
			if row, ok := previous[row.cells[0]]; ok {
				was = row.view()
			}
			view.Previous = &was
		}
		out.Groups = append(out.Groups, view)
	}
	return nil
}

// unbounded is the request without its range of time.
func unbounded(a asked) filter.Expr {
	if and, ok := a.Where.(filter.And); ok && (a.fromMS != 0 || a.toMS != 0) {
		return and[0] // filter.Between puts the rest first
	}
	return a.Where
}
