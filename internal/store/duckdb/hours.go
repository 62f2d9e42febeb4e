//go:build cgo

package duckdb

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/sqlgen"
	"github.com/playheadhq/playhead/internal/store/table"
)

// hours keeps in memory sums over generations by the hour in which they began, so that sums over long ranges of time read only the hours that have
// changed since, and the ends of the range. Counts and sums of parts add up to those of the whole, and so do the spreads from which percentiles are
// computed. Numbers of distinct values do not add up; they are counted again each time.
//
// Nothing is stored on disk: there is one writer, which reports the hours that it changes, also for late data. It does so before it answers, so later
// reads know of the change, and a read that began earlier does not keep its result for these hours.
type hours struct {
	mu sync.Mutex
	// sets are the hours by project and set of measures.
	sets map[setOf]*hourSet
	// kept is the number of hours in all sets, and asked a counter of accesses.
	kept, asked int64
	reading     map[*hoursReading]bool
}

type setOf struct{ project, measures string }

type hourSet struct {
	all map[int64]*hour
	// asked is the value of hours.asked at the last access.
	asked int64
}

// hour has the sums of one hour, or of a part of it; it is empty if nothing happened.
type hour struct {
	numbers []float64       // of counts and sums
	spreads []filter.Spread // by field
}

// times is the range from <= t < to, in Unix milliseconds.
type times struct{ from, to int64 }

// hoursReading records which hours change while hours are read.
type hoursReading struct {
	project string
	changed map[int64]bool
	all     bool
}

const (
	hourMS = 3_600_000
	// mostHours limits the number of kept hours, for all projects together: with the measures of an overview an hour takes some 3 kB.
	mostHours = 10_000
	// leastHours is the minimum length of a range: shorter ranges read few row groups, and have exact percentiles.
	leastHours = 24
	// mostMissing is how many ranges are read separately: finding a few row groups takes some milliseconds for each.
	mostMissing = 6
)

func hourOf(ms int64) int64 { return ms - (ms%hourMS+hourMS)%hourMS }

// begin returns the kept hours of a range of time, and the parts of the range that are missing.
func (h *hours) begin(of setOf, in times) (known map[int64]*hour, missing []times, r *hoursReading) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.asked++
	set := h.sets[of]
	if set != nil {
		set.asked = h.asked
	}
	known = map[int64]*hour{}
	for at := in.from; at < in.to; {
		begins := hourOf(at)
		next := min(begins+hourMS, in.to)
		if set != nil && begins == at && next == begins+hourMS && set.all[at] != nil {
			known[at] = set.all[at]
		} else if n := len(missing); n > 0 && missing[n-1].to == at {
			missing[n-1].to = next
		} else {
			missing = append(missing, times{at, next})
		}
		at = next
	}
	if len(missing) > mostMissing {
		missing = []times{{missing[0].from, missing[len(missing)-1].to}}
	}
	r = &hoursReading{project: of.project, changed: map[int64]bool{}}
	if h.reading == nil {
		h.reading = map[*hoursReading]bool{}
	}
	h.reading[r] = true
	return known, missing, r
}

// end keeps the hours that were read completely and have not changed meanwhile. A nil read means that reading failed.
func (h *hours) end(of setOf, in times, r *hoursReading, read map[int64]*hour) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.reading, r)
	if r.all || len(read) == 0 {
		return
	}
	if h.sets == nil {
		h.sets = map[setOf]*hourSet{}
	}
	set := h.sets[of]
	if set == nil {
		set = &hourSet{all: map[int64]*hour{}, asked: h.asked}
		h.sets[of] = set
	}
	for at, x := range read {
		if at < in.from || at+hourMS > in.to || r.changed[at] {
			continue
		}
		if set.all[at] == nil {
			h.kept++
		}
		set.all[at] = x
	}
	for h.kept > mostHours {
		oldest, asked := of, int64(math.MaxInt64)
		for other, x := range h.sets {
			if x.asked < asked {
				oldest, asked = other, x.asked
			}
		}
		h.drop(oldest)
	}
}

func (h *hours) drop(of setOf) {
	h.kept -= int64(len(h.sets[of].all))
	delete(h.sets, of)
}

// changed drops the hours in which new or changed rows began.
func (h *hours) changed(project string, beganMS []int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.sets)+len(h.reading) == 0 {
		return
	}
	last := int64(1) // no hour begins at this time
	for _, ms := range beganMS {
		at := hourOf(ms)
		if at == last {
			continue
		}
		last = at
		for of, set := range h.sets {
			if of.project == project && set.all[at] != nil {
				delete(set.all, at)
				h.kept--
			}
		}
		for r := range h.reading {
			if r.project == project {
				r.changed[at] = true
			}
		}
	}
}

// clear drops all hours of a project; "" means all projects.
func (h *hours) clear(project string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for of := range h.sets {
		if project == "" || of.project == project {
			h.drop(of)
		}
	}
	for r := range h.reading {
		r.all = r.all || project == "" || r.project == project
	}
}

// hoursChanged reports events that were stored or got other costs. picked selects some of them; nil means all.
func (s *Store) hoursChanged(events []model.Event, picked []int) {
	byProject := map[string][]int64{}
	add := func(e *model.Event) {
		if e.Kind.IsCall() {
			project := table.Clean(e.Project)
			byProject[project] = append(byProject[project], e.StartMS)
		}
	}
	if picked == nil {
		for i := range events {
			add(&events[i])
		}
	}
	for _, i := range picked {
		add(&events[i])
	}
	for project, began := range byProject {
		s.hours.changed(project, began)
	}
}

// linksChanged reports stored links.
func (s *Store) linksChanged(links []model.Link) {
	byProject := map[string][]int64{}
	for i := range links {
		project := table.Clean(links[i].Project)
		byProject[project] = append(byProject[project], links[i].StartMS)
	}
	for project, began := range byProject {
		s.hours.changed(project, began)
	}
}

// hourMeasures are measures of generations whose parts are kept.
type hourMeasures struct {
	numbers, links []filter.Measure
	fields         []filter.Field
	// at is, for each measure, its index in numbers and links together, or for percentiles in fields.
	at   []int
	name string
}

func measuresOfHours(q store.Question, measures []filter.Measure) (h hourMeasures) {
	var names []string
	for _, m := range measures {
		if m.Percentile() == 0 && !sqlgen.OfLinks(q, m) {
			h.numbers = append(h.numbers, m)
		}
	}
	n := 0
	for _, m := range measures {
		switch {
		case m.Percentile() > 0:
			i := slices.IndexFunc(h.fields, func(f filter.Field) bool { return f.Name == m.Field.Name })
			if i < 0 {
				i, h.fields = len(h.fields), append(h.fields, m.Field)
				names = append(names, "spread("+m.Field.Name+")")
			}
			h.at = append(h.at, i)
			continue
		case sqlgen.OfLinks(q, m):
			h.links = append(h.links, m)
			h.at = append(h.at, len(h.numbers)+len(h.links)-1)
		default:
			h.at = append(h.at, n)
			n++
		}
		only := ""
		if m.Only != nil {
			only = filter.String(m.Only)
		}
		names = append(names, m.String()+" "+only)
	}
	h.name = strings.Join(names, "\n")
	return h
}

// keepable reports whether the hours of a measure can be kept: it must depend only on an event's row, or on its link, and on nothing else that may
// change.
func keepable(q store.Question, m filter.Measure, near bool) bool {
	own := func(f filter.Field) bool {
		return !f.Many(filter.Generations) && f.Name != "person" && !strings.HasPrefix(f.Name, "link") && f.Name != "confidence" && !sqlgen.Experienced(filter.Generations, f)
	}
	if sqlgen.OfLinks(q, m) {
		return true
	}
	if m.Percentile() > 0 {
		return near && m.Only == nil && sqlgen.Spreadable(sqlgen.DuckDB, filter.Generations, m.Field)
	}
	if m.Name != "count" && (m.Name != "sum" || !own(m.Field)) {
		return false
	}
	if m.Only == nil {
		return true
	}
	all, only := filter.Conditions(m.Only)
	return only && !slices.ContainsFunc(all, func(c filter.Cond) bool { return !own(c.Field) })
}

// wholeHours returns the range of time of a sum, and whether the sum can be composed of hours: it must be over all generations of a day or more, and
// grouped by nothing or by buckets of whole hours. A time zone whose hours do not begin with UTC's has no such buckets.
func wholeHours(q store.Question, sum filter.Sum, span filter.Span) (in times, ok bool) {
	var only bool
	in.from, in.to, only = filter.Range(q.Where)
	if !only || q.Of != filter.Generations || in.from == 0 || in.to-in.from < leastHours*hourMS || in.to-in.from > mostHours*hourMS {
		return in, false
	}
	for _, g := range sum.By {
		for ms := span.Bucket(g.Step, in.from); ms < in.to; ms = span.Next(g.Step, ms) {
			if ms%hourMS != 0 {
				return in, false
			}
		}
	}
	return in, true
}

// sumByHour computes a sum from hours: kept ones, and missing ones that it reads.
func (s *Store) sumByHour(ctx context.Context, q store.Question, sum filter.Sum, span filter.Span, in times) (t store.Table, err error) {
	measures := measuresOfHours(q, sum.Measures)
	of := setOf{table.Clean(q.Project), measures.name}
	var all map[int64]*hour
	err = s.dear(ctx, "sum by hour", func(ctx context.Context, db *sql.DB) error {
		known, missing, reading := s.hours.begin(of, in)
		read := map[int64]*hour{}
		err := inSnapshot(ctx, db, func(db querier) error {
			for _, part := range missing {
				if err := readHours(ctx, db, q, measures, part, read); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			read = nil
		}
		s.hours.end(of, in, reading, read)
		for at, x := range read {
			known[at] = x
		}
		all = known
		return err
	})
	if err != nil {
		return t, err
	}
	buckets, whole := map[int64][]*hour{}, make([]*hour, 0, len(all))
	for at, x := range all {
		whole = append(whole, x)
		if sum.ByTime() {
			bucket := span.Bucket(sum.By[0].Step, max(at, in.from))
			buckets[bucket] = append(buckets[bucket], x)
		}
	}
	var rows [][]filter.Cell
	for bucket, x := range buckets {
		rows = append(rows, append([]filter.Cell{bucket}, measures.of(sum, x)...))
	}
	if !sum.ByTime() {
		rows = [][]filter.Cell{measures.of(sum, whole)}
	}
	t.Table = sum.Finish(rows, span)
	if sum.Total {
		t.Total = measures.of(sum, whole)
	}
	return t, nil
}

// of computes the measures over several hours.
func (h hourMeasures) of(sum filter.Sum, all []*hour) []filter.Cell {
	numbers := make([]float64, len(h.numbers)+len(h.links))
	for _, x := range all {
		for i, n := range x.numbers {
			numbers[i] += n
		}
	}
	spreads := make([]filter.Spread, len(h.fields))
	for i := range spreads {
		var parts []filter.Spread
		for _, x := range all {
			if x.spreads != nil {
				parts = append(parts, x.spreads[i])
			}
		}
		spreads[i] = filter.AddSpreads(parts...)
	}
	cells := make([]filter.Cell, len(sum.Measures))
	for i, m := range sum.Measures {
		switch {
		case m.Percentile() > 0:
			cells[i] = spreads[h.at[i]].Percentile(m.Percentile())
		case m.Name == "count":
			cells[i] = int64(numbers[h.at[i]])
		default:
			cells[i] = numbers[h.at[i]]
		}
	}
	return cells
}

// readHours reads the hours of a range of time; the first and the last may be incomplete.
func readHours(ctx context.Context, db querier, q store.Question, h hourMeasures, in times, read map[int64]*hour) error {
	for at := hourOf(in.from); at < in.to; at += hourMS {
		read[at] = &hour{}
	}
	q.Where = filter.Between(filter.Everything, filter.Generations, in.from, in.to)
	scope, span := sqlgen.Scope{Question: q}, filter.Span{FromMS: in.from, ToMS: in.to}
	numbers := func(statement func(*sqlgen.Dialect, sqlgen.Scope, filter.Sum, filter.Span) sqlgen.Statement, measures []filter.Measure, first int) error {
		if len(measures) == 0 {
			return nil
		}
		sum := filter.Sum{Measures: measures, By: []filter.Group{{Step: filter.Step{Seconds: hourMS / 1000}}}}
		return ask(ctx, db, statement(sqlgen.DuckDB, scope, sum, span), func(r *sql.Rows) error {
			row, err := sqlgen.ScanCells(sum, span, r.Scan)
			if err != nil {
				return err
			}
			x := read[row[0].(int64)]
			if x.numbers == nil {
				x.numbers = make([]float64, len(h.numbers)+len(h.links))
			}
			for i, c := range row[1:] {
				switch c := c.(type) {
				case int64:
					x.numbers[first+i] = float64(c)
				case float64:
					x.numbers[first+i] = c
				}
			}
			return nil
		})
	}
	if err := numbers(sqlgen.Sum, h.numbers, 0); err != nil {
		return err
	}
	if err := numbers(sqlgen.LinkSum, h.links, len(h.numbers)); err != nil {
		return err
	}
	for i, f := range h.fields {
		err := ask(ctx, db, sqlgen.Spreads(sqlgen.DuckDB, scope, f), func(r *sql.Rows) error {
			var at int64
			var bins, counts []any
			if err := r.Scan(&at, list(&bins), list(&counts)); err != nil {
				return err
			}
			x := read[at]
			if x.spreads == nil {
				x.spreads = make([]filter.Spread, len(h.fields))
			}
			all := make([]filter.Bin, len(bins))
			for j := range bins {
				n, err := wholeNumber(bins[j])
				if err != nil {
					return err
				}
				rows, err := wholeNumber(counts[j])
				if err != nil {
					return err
				}
				all[j] = filter.Bin{N: int16(n), Rows: uint32(rows)}
			}
			x.spreads[i] = filter.NewSpread(all)
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func wholeNumber(v any) (int64, error) {
	switch v := v.(type) {
	case int16:
		return int64(v), nil
	case int32:
		return int64(v), nil
	case int64:
		return v, nil
	}
	return 0, fmt.Errorf("read %T as a whole number", v)
}
