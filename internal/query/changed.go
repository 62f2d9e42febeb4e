package query

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"

	"github.com/playheadhq/playhead/internal/access"
	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/store"
)

// ChangedRequest asks what changed between two ranges of time: From to To, and BaseFrom to BaseTo. Without the latter, the range of the same length
// before From is used.
type ChangedRequest struct {
	Narrowing
	BaseFrom, BaseTo string
	// Fields are the names of the fields whose values are compared, separated by commas; "" means the usual ones.
	Fields string
	// Limit is how many changes are wanted, 20 when zero.
	Limit int
}

// Changed has the changes, largest first.
type Changed struct {
	FromMS     int64    `json:"from_ms"`
	ToMS       int64    `json:"to_ms"`
	BaseFromMS int64    `json:"base_from_ms" doc:"start of the range that it is compared with"`
	BaseToMS   int64    `json:"base_to_ms"`
	Changes    []Change `json:"changes" nullable:"false" doc:"changes that are larger than chance explains, the most certain first"`
	Tested     int      `json:"tested" doc:"how many figures of values were compared"`
}

// Change is a figure of one value of a field that differs between the two ranges.
type Change struct {
	Field  string `json:"field"`
	Value  any    `json:"value" doc:"text, a number or a boolean; null for none"`
	Figure string `json:"figure" enum:"share,error_rate,latency,cost" doc:"share: the share of all generations that have the value. error_rate: the share of these that failed. latency and cost: their means"`
	Unit   string `json:"unit" doc:"s for latency, usd for cost, empty for shares from 0 to 1"`
	// Before and After are the figure in the earlier and in the later range.
	Before float64 `json:"before"`
	After  float64 `json:"after"`
	// GenerationsBefore and GenerationsAfter count the generations with the value.
	GenerationsBefore int64   `json:"generations_before"`
	GenerationsAfter  int64   `json:"generations_after"`
	Score             float64 `json:"score" doc:"by how many standard errors the two differ, negative if the figure decreased"`
	P                 float64 `json:"p" doc:"the probability of so large a difference by chance"`
	Q                 string  `json:"q" doc:"finds the generations"`
}

const (
	defaultChanges, maxChanges = 20, 100
	// maxChangedValues is how many values of a field are compared: the most frequent ones.
	maxChangedValues = 200
	// falseShare is the share of the returned changes that may be noise.
	falseShare = 0.05
	// leastRows is the minimum number of generations in each range for comparing a mean or a share: the tests below are inaccurate for fewer.
	leastRows = 30
	// leastEach is how often each outcome must be expected before a share is tested.
	leastEach = 5
)

// changedFields are the fields that are compared by default.
const changedFields = "model,provider,name,prompt_name,prompt_version,agent,tool,env,release,library,stop,status,error_group,cost_state,link"

var changedFigures = newGrouping(0, filter.Generations, "", "", "",
	figure{"generations", "count", ""}, figure{"errors", "sum(error)", ""},
	figure{"latencies", "count", "latency:*"}, figure{"latency", "avg(latency)", ""}, figure{"latency_variance", "variance(latency)", ""},
	figure{"priced", "count", "cost:*"}, figure{"cost", "avg(cost)", ""}, figure{"cost_variance", "variance(cost)", ""})

// Changed compares two ranges of time by the values of fields.
//
// Shares and error rates are compared by a test of two proportions (z, pooled), means of latency and cost by Welch's test with the normal
// distribution, which is accurate from leastRows on. Both assume independent generations. If many values are compared, some differ by chance: with
// the method of Benjamini and Hochberg, 5 % of the changes in the answer are expected to be noise.
func (s *Service) Changed(ctx context.Context, scope access.Scope, r ChangedRequest) (Changed, error) {
	switch {
	case r.Limit == 0:
		r.Limit = defaultChanges
	case r.Limit < 0 || r.Limit > maxChanges:
		return Changed{}, badInput("limit", "limit must be between 1 and %d.", maxChanges)
	}
	if r.Fields == "" {
		r.Fields = changedFields
	}
	fields, err := filter.ParseFacets(filter.Generations, r.Fields)
	if err != nil {
		return Changed{}, badSyntax("fields", err)
	}
	a, err := s.understand(ctx, scope, filter.Generations, r.Narrowing)
	if err != nil {
		return Changed{}, err
	}
	if a.fromMS == 0 || a.toMS == 0 {
		return Changed{}, badInput("from", "Set from and to.")
	}
	out := Changed{FromMS: a.fromMS, ToMS: a.toMS, Changes: []Change{}}
	if out.BaseFromMS, err = instant("base_from", r.BaseFrom); err != nil {
		return Changed{}, err
	}
	if out.BaseToMS, err = instant("base_to", r.BaseTo); err != nil {
		return Changed{}, err
	}
	if out.BaseToMS == 0 {
		out.BaseToMS = a.fromMS
	}
	if out.BaseFromMS == 0 {
		out.BaseFromMS = out.BaseToMS - (a.toMS - a.fromMS)
	}
	if out.BaseFromMS >= out.BaseToMS {
		return Changed{}, badInput("base_to", "base_to must be later than base_from.")
	}
	if slices.ContainsFunc(fields, func(f filter.Field) bool { return f.Name == "person" }) {
		if a.People, err = s.people(ctx, scope); err != nil {
			return Changed{}, err
		}
	}
	in := func(fromMS, toMS int64) store.Question {
		q := a.Question
		q.Where = filter.Between(unbounded(a), filter.Generations, fromMS, toMS)
		return q
	}
	ranges := []store.Question{in(out.BaseFromMS, out.BaseToMS), in(a.fromMS, a.toMS)}
	var all [2]groupRow
	var values [2][][]groupRow // by range and field
	var more [2][]bool         // whether a field has more values than were read
	var reads []func(context.Context) error
	for n, q := range ranges {
		values[n], more[n] = make([][]groupRow, len(fields)), make([]bool, len(fields))
		reads = append(reads, func(ctx context.Context) error {
			rows, _, _, err := s.summed(ctx, q, changedFigures, filter.Span{}, 1)
			if err == nil {
				all[n] = rows[0]
			}
			return err
		})
		for i, f := range fields {
			reads = append(reads, func(ctx context.Context) (err error) {
				values[n][i], more[n][i], _, err = s.summed(ctx, q, changedFigures.split(filter.Group{Field: f}), filter.Span{}, maxChangedValues)
				return err
			})
		}
	}
	if err := store.Together(ctx, reads...); err != nil {
		return Changed{}, err
	}
	var found []Change
	for i, f := range fields {
		found = append(found, compareValues(f, all, values[0][i], values[1][i], more[0][i], more[1][i])...)
	}
	out.Tested = len(found)
	out.Changes = significant(found, r.Limit)
	return out, nil
}

// compareValues tests the figures of a field's values in two ranges. If a range has more values than were read, values that were not read in it are
// left out.
func compareValues(f filter.Field, all [2]groupRow, before, after []groupRow, moreBefore, moreAfter bool) (changes []Change) {
	was := map[filter.Cell]groupRow{}
	for _, row := range before {
		was[row.cells[0]] = row
	}
	test := func(value filter.Cell, a, b groupRow, q string) {
		add := func(figure, unit string, before, after, z float64) {
			if math.IsNaN(z) {
				return
			}
			changes = append(changes, Change{
				Field: f.Name, Value: cellView(value, string(f.Type)), Figure: figure, Unit: unit, Before: before, After: after, Score: z,
				GenerationsBefore: a.int("generations"), GenerationsAfter: b.int("generations"), P: math.Erfc(math.Abs(z) / math.Sqrt2), Q: q,
			})
		}
		na, nb := a.int("generations"), b.int("generations")
		add("share", "", ratio(na, all[0].int("generations")), ratio(nb, all[1].int("generations")), proportions(na, all[0].int("generations"), nb, all[1].int("generations")))
		if f.Name != "error_group" { // all generations of an error group failed
			add("error_rate", "", ratio(a.int("errors"), na), ratio(b.int("errors"), nb), proportions(a.int("errors"), na, b.int("errors"), nb))
		}
		for _, of := range []struct{ figure, count, unit string }{{"latency", "latencies", "s"}, {"cost", "priced", "usd"}} {
			x, y := a.number(of.figure), b.number(of.figure)
			vx, vy := a.number(of.figure+"_variance"), b.number(of.figure+"_variance")
			if x != nil && y != nil && vx != nil && vy != nil {
				add(of.figure, of.unit, *x, *y, means(*x, *vx, a.int(of.count), *y, *vy, b.int(of.count)))
			}
		}
	}
	none := groupRow{grouping: changedFigures.split(filter.Group{Field: f})}
	none.cells = make([]filter.Cell, 1+len(none.figures))
	for _, row := range after {
		a, ok := was[row.cells[0]]
		if delete(was, row.cells[0]); !ok {
			if moreBefore {
				continue
			}
			a = none
		}
		test(row.cells[0], a, row, row.q())
	}
	for _, row := range before {
		if _, gone := was[row.cells[0]]; gone && !moreAfter {
			test(row.cells[0], row, none, row.q())
		}
	}
	return changes
}

func ratio(part, whole int64) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}

// proportions is the z of two shares, NaN if there are too few rows.
func proportions(a, na, b, nb int64) float64 {
	if na < leastRows || nb < leastRows {
		return math.NaN()
	}
	p := float64(a+b) / float64(na+nb)
	if least := min(p, 1-p) * float64(min(na, nb)); least < leastEach {
		return math.NaN()
	}
	return (float64(b)/float64(nb) - float64(a)/float64(na)) / math.Sqrt(p*(1-p)*(1/float64(na)+1/float64(nb)))
}

// means is the z of two means, NaN if there are too few rows or all values are equal.
func means(x, vx float64, nx int64, y, vy float64, ny int64) float64 {
	if nx < leastRows || ny < leastRows {
		return math.NaN()
	}
	return (y - x) / math.Sqrt(vx/float64(nx)+vy/float64(ny))
}

// significant are the changes that are larger than chance explains, those with the smallest p first.
func significant(all []Change, limit int) []Change {
	slices.SortFunc(all, func(a, b Change) int {
		return cmp.Or(cmp.Compare(a.P, b.P), -cmp.Compare(math.Abs(a.Score), math.Abs(b.Score)), strings.Compare(a.Field, b.Field), strings.Compare(a.Figure, b.Figure), strings.Compare(a.Q, b.Q))
	})
	kept := 0
	for i, c := range all {
		if c.P <= falseShare*float64(i+1)/float64(len(all)) {
			kept = i + 1
		}
	}
	return append([]Change{}, all[:min(kept, limit)]...)
}
