package filter

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Sum asks for measures of the matching rows, for each group.
type Sum struct {
	Measures []Measure
	By       []Group
	// Order is the index of the column by which rows are ordered: groups come first, then measures. Rows with equal cells are ordered by their groups.
	Order int
	// Descending reverses the order.
	Descending bool
	// Limit is the largest number of rows in the answer.
	Limit int
	// After is the position (see Sum.Position) after which the answer begins. nil begins with the first row. Sums by time do not have it.
	After []Cell
	// Total also asks for the measures of all rows together, see Table.Total. It is not used together with After.
	Total bool
	// Near allows percentiles that differ from the exact ones by up to NearShare, where that is faster.
	Near bool
}

// Some returns the sum with only some of the measures, given by their indices. It has no limit of rows and is ordered by the first column.
func (s Sum) Some(measures []int) Sum {
	some := s
	some.Measures, some.Order, some.Descending, some.Limit = nil, 0, false, 0
	for _, n := range measures {
		some.Measures = append(some.Measures, s.Measures[n])
	}
	return some
}

// Measure is a value computed over rows.
type Measure struct {
	// Name is count, uniq, sum, avg, min, max, rate or a percentile: p50, p75, p90, p95, p99. Three more cannot be requested by name: first, last and
	// variance. For a text field with one value per event, first and last are the values of the events that began first and last. If several events
	// began at that time, they are the smallest and the largest value. variance is the sample variance, nil for fewer than two values.
	Name string
	// Field is what is measured. It is the zero Field for count.
	Field Field
	// Only restricts the measure to rows that match it; nil means all. It has no searches and no persons.
	Only Expr
}

// String writes a measure as ParseMeasures reads it.
func (m Measure) String() string {
	if m.Field.Name == "" {
		return m.Name
	}
	return m.Name + "(" + m.Field.Name + ")"
}

// Type is the type of the measure's values.
func (m Measure) Type() Type {
	switch m.Name {
	case "count", "uniq":
		return Number
	case "rate", "avg", "variance":
		if m.Field.Type == Duration && m.Name == "avg" {
			return Duration
		}
		return Decimal
	}
	if m.Field.Type == Bool {
		return Number
	}
	return m.Field.Type
}

// Textual reports whether the measure is one of the values of a text field.
func (m Measure) Textual() bool { return m.Name == "first" || m.Name == "last" }

// Percentile is the share of values below a percentile: 0.95 for p95. It is 0 for other measures.
func (m Measure) Percentile() float64 {
	if n, err := strconv.Atoi(strings.TrimPrefix(m.Name, "p")); err == nil && m.Name[0] == 'p' {
		return float64(n) / 100
	}
	return 0
}

// Group is what rows are grouped by: a field, ranges of a field's numbers, or time in steps.
type Group struct {
	Field Field // the zero Field for time
	// Step is the length of a bucket of time. Steps of days and weeks begin at midnight in the time zone, weeks on Monday.
	Step Step
	// Bounds separate ranges of the field's numbers, in ascending order. The number of a row's range is the number of bounds that its value reaches: 0
	// below the first bound.
	Bounds []float64
}

// Type is the type of the group's cells.
func (g Group) Type() Type {
	switch {
	case g.Field.Name == "":
		return Time
	case len(g.Bounds) > 0:
		return Number
	}
	return g.Field.Type
}

// Range returns the cell of a value: the number of its range, see Bounds.
func (g Group) Range(value float64) Cell {
	n := 0
	for n < len(g.Bounds) && value >= g.Bounds[n] {
		n++
	}
	return float64(n)
}

// Is returns the condition that a row is in the group of a cell. It does not work for a group by time.
func (g Group) Is(c Cell) Expr {
	v, ok := ValueOf(c)
	switch {
	case !ok:
		return Not{Cond{Field: g.Field, Op: Has}}
	case len(g.Bounds) == 0:
		return Cond{Field: g.Field, Op: Equal, Values: []Value{v}}
	}
	n, within := int(v.Number), And{}
	if n > 0 {
		within = append(within, Cond{Field: g.Field, Op: GreaterEqual, Values: []Value{{Number: g.Bounds[n-1]}}})
	}
	if n < len(g.Bounds) {
		within = append(within, Cond{Field: g.Field, Op: Less, Values: []Value{{Number: g.Bounds[n]}}})
	}
	return within
}

// String writes a group as ParseGroups reads it.
func (g Group) String() string {
	switch {
	case g.Field.Name == "":
		return "time(" + g.Step.String() + ")"
	case len(g.Bounds) == 0:
		return g.Field.Name
	}
	bounds := make([]string, len(g.Bounds))
	for i, b := range g.Bounds {
		bounds[i] = g.Field.text(Value{Number: b})
	}
	return g.Field.Name + "(" + strings.Join(bounds, "/") + ")"
}

// Limits of a sum.
const (
	MaxMeasures  = 10
	MaxGroups    = 3
	MaxBuckets   = 2_000
	MaxRows      = 10_000
	maxBounds    = 20
	defaultRows  = 100
	goodBuckets  = 60 // what auto aims at
	maxSumLength = 1 << 10
)

// ParseMeasures parses a list such as "count,p95(latency),rate(error)". Errors are *SyntaxError.
func ParseMeasures(of Of, text string) ([]Measure, error) {
	var all []Measure
	err := items(text, MaxMeasures, "measures", func(at int, item string) error {
		m, err := measure(of, at, item)
		if err == nil && slices.ContainsFunc(all, func(x Measure) bool { return x.String() == m.String() }) {
			err = bad(at, "%s is listed twice.", m)
		}
		all = append(all, m)
		return err
	})
	return all, err
}

func bad(at int, format string, args ...any) error {
	return &SyntaxError{At: at, Message: fmt.Sprintf(format, args...)}
}

// items calls do with each item of a list and its position.
func items(text string, most int, what string, do func(at int, item string) error) error {
	if len(text) > maxSumLength {
		return bad(0, "The list has %d bytes; %d are allowed.", len(text), maxSumLength)
	}
	if strings.TrimSpace(text) == "" {
		return bad(0, "At least one of the %s is needed.", what)
	}
	at, n := 0, 0
	for item := range strings.SplitSeq(text, ",") {
		if n++; n > most {
			return bad(at, "There are more than %d %s.", most, what)
		}
		begin := at + len(item) - len(strings.TrimLeft(item, " "))
		if err := do(begin, strings.TrimSpace(item)); err != nil {
			return err
		}
		at += len(item) + 1
	}
	return nil
}

// measures are the names of all measures, for messages.
const measures = "count, uniq, sum, avg, min, max, p50, p75, p90, p95, p99 and rate"

func measure(of Of, at int, item string) (Measure, error) {
	if item == "count" {
		return Measure{Name: "count"}, nil
	}
	name, argument, ok := call(item)
	if !ok {
		return Measure{}, bad(at, "%q is not a measure. Write for instance count, p95(latency) or rate(error).", shorten(item))
	}
	f, known := Find(of, argument)
	if !known {
		return Measure{}, (&parser{of: of, text: argument}).unknownIn(at+len(name)+1, argument)
	}
	if !slices.Contains(f.Measures(), name) {
		return Measure{}, bad(at, "%s cannot be computed of %s. Measures are %s; of %s: %s.", shorten(name), f.Name, measures, f.Name, strings.Join(f.Measures(), ", "))
	}
	return Measure{Name: name, Field: f}, nil
}

// unknownIn is like unknown, without the hint about searches.
func (p *parser) unknownIn(at int, name string) error {
	if near := nearest(p.of, strings.ToLower(name)); near != "" {
		return bad(at, "%s have no field %q. Did you mean %q?", capital(string(p.of)), shorten(name), near)
	}
	return bad(at, "%s have no field %q. GET /api/fields lists them.", capital(string(p.of)), shorten(name))
}

// call splits name(argument).
func call(item string) (name, argument string, ok bool) {
	name, rest, found := strings.Cut(item, "(")
	argument, closed := strings.CutSuffix(rest, ")")
	return strings.TrimSpace(name), strings.TrimSpace(argument), found && closed
}

// ParseGroups parses a list such as "model,time(1h)" for a range of time. With the step auto, the range has about 60 buckets. Errors are
// *SyntaxError. For an empty text it returns no groups.
func ParseGroups(of Of, text string, span Span) ([]Group, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	var all []Group
	err := items(text, MaxGroups, "groups", func(at int, item string) error {
		g, err := group(of, at, item, span)
		if err == nil && slices.ContainsFunc(all, func(x Group) bool { return x.Field.Name == g.Field.Name }) {
			err = bad(at, "%s is listed twice as a group.", g)
		}
		all = append(all, g)
		return err
	})
	return all, err
}

func group(of Of, at int, item string, span Span) (Group, error) {
	if name, argument, ok := call(item); ok && name == "time" {
		step, err := span.step(at, argument)
		return Group{Step: step}, err
	}
	if name, argument, ok := call(item); ok {
		return ranges(of, at, name, argument)
	}
	f, known := Find(of, item)
	switch {
	case !known:
		return Group{}, (&parser{of: of, text: item}).unknownIn(at, item)
	case !f.Groupable():
		return Group{}, bad(at, "%s has too many values to group by. Group by ranges of them, such as latency(1s/2s/5s), by time(1h) or time(auto), or by a field with few values.", f.Name)
	}
	return Group{Field: f}, nil
}

// ranges parses the bounds of ranges of a field's numbers.
func ranges(of Of, at int, name, bounds string) (Group, error) {
	f, known := Find(of, name)
	if !known {
		return Group{}, (&parser{of: of, text: name}).unknownIn(at, name)
	}
	if f.Type != Number && f.Type != Duration && f.Type != Decimal || f.Many(of) {
		return Group{}, bad(at, "%s is %s: only numbers of which a row has one have ranges.", f.Name, kindOf(f))
	}
	g := Group{Field: f}
	for text := range strings.SplitSeq(bounds, "/") {
		v, err := (&parser{of: of, text: text}).read(0, f, text)
		if err != nil {
			return Group{}, bad(at, "Bounds of ranges are numbers in ascending order with a / between them, such as latency(1s/2s/5s); %q is not one of %s.", shorten(text), f.Name)
		}
		if n := len(g.Bounds); n > 0 && v.Number <= g.Bounds[n-1] {
			return Group{}, bad(at, "The bounds of ranges must be in ascending order: %s.", shorten(bounds))
		}
		if g.Bounds = append(g.Bounds, v.Number); len(g.Bounds) > maxBounds {
			return Group{}, bad(at, "There are more than %d bounds.", maxBounds)
		}
	}
	return g, nil
}

// timeIn is the index of the group by time, or -1.
func timeIn(by []Group) int {
	return slices.IndexFunc(by, func(g Group) bool { return g.Field.Name == "" })
}

// ByTime reports whether rows are grouped by time.
func (s Sum) ByTime() bool { return timeIn(s.By) >= 0 }

// Span is a range of time, FromMS <= t < ToMS, in a time zone.
type Span struct {
	FromMS, ToMS int64
	Zone         *time.Location
}

// Step is the length of a bucket: a number of seconds, or of days, which differ in length.
type Step struct {
	Seconds int64
	Days    int
}

// String writes a step as ParseGroups reads it.
func (s Step) String() string {
	switch {
	case s.Days > 0 && s.Days%7 == 0:
		return strconv.Itoa(s.Days/7) + "w"
	case s.Days > 0:
		return strconv.Itoa(s.Days) + "d"
	case s.Seconds%3600 == 0:
		return strconv.FormatInt(s.Seconds/3600, 10) + "h"
	case s.Seconds%60 == 0:
		return strconv.FormatInt(s.Seconds/60, 10) + "m"
	}
	return strconv.FormatInt(s.Seconds, 10) + "s"
}

// auto lists the steps from which time(auto) chooses.
var auto = []Step{
	{Seconds: 1}, {Seconds: 5}, {Seconds: 10}, {Seconds: 30}, {Seconds: 60}, {Seconds: 300}, {Seconds: 600}, {Seconds: 1800},
	{Seconds: 3600}, {Seconds: 3 * 3600}, {Seconds: 6 * 3600}, {Seconds: 12 * 3600}, {Days: 1}, {Days: 7}, {Days: 28},
}

// length is the approximate length of a step in milliseconds.
func (s Step) length() int64 { return s.Seconds*1000 + int64(s.Days)*86_400_000 }

func (x Span) step(at int, text string) (Step, error) {
	if x.ToMS <= x.FromMS {
		return Step{}, bad(at, "To group by time, set from and to.")
	}
	length := x.ToMS - x.FromMS
	if length < 0 { // the subtraction overflowed
		return Step{}, bad(at, "The range of time is too long.")
	}
	if text == "auto" {
		for _, s := range auto {
			if length/s.length() <= goodBuckets {
				return s, nil
			}
		}
		return Step{Days: int(length/86_400_000/goodBuckets/7+1) * 7}, nil
	}
	digits := strings.TrimRight(text, "smhdw")
	n, err := strconv.Atoi(digits)
	var s Step
	switch unit := text[len(digits):]; {
	case err != nil || n < 1 || n > 1_000_000:
	case unit == "s":
		s.Seconds = int64(n)
	case unit == "m":
		s.Seconds = int64(n) * 60
	case unit == "h":
		s.Seconds = int64(n) * 3600
	case unit == "d":
		s.Days = n
	case unit == "w":
		s.Days = n * 7
	}
	if s.length() == 0 {
		return Step{}, bad(at, "%q is not a step of time. Write for instance time(5m), time(1h), time(1d), time(1w) or time(auto).", shorten(text))
	}
	if buckets := length / s.length(); buckets > MaxBuckets {
		return Step{}, bad(at, "Steps of %s divide this range into %d buckets; %d are allowed. Use a longer step, a shorter range, or time(auto).", s, buckets, MaxBuckets)
	}
	return s, nil
}

// Bucket is the start of the bucket that contains an instant, in Unix milliseconds.
func (x Span) Bucket(s Step, ms int64) int64 {
	zone := x.Zone
	if zone == nil {
		zone = time.UTC
	}
	t := time.UnixMilli(ms).In(zone)
	if s.Days > 0 {
		// Days since a Monday, in the zone's calendar.
		day := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
		monday := time.Date(1970, 1, 5, 0, 0, 0, 0, time.UTC)
		n := floor(int64(day.Sub(monday)/(24*time.Hour)), int64(s.Days))
		begin := monday.AddDate(0, 0, int(n))
		return time.Date(begin.Year(), begin.Month(), begin.Day(), 0, 0, 0, 0, zone).UnixMilli()
	}
	// In the zone's local time, so that steps of hours begin at its midnight.
	_, offset := t.Zone()
	local := ms + int64(offset)*1000
	return floor(local, s.Seconds*1000) - int64(offset)*1000
}

// floor is the largest multiple of step that is not greater than n.
func floor(n, step int64) int64 {
	r := n % step
	if r < 0 {
		r += step
	}
	return n - r
}

// ParseOrder parses the order of rows, such as "-count" or "model". "" orders by time if that is a group, otherwise by the first measure, largest
// first.
func ParseOrder(s *Sum, text string) error {
	if text == "" {
		s.Order, s.Descending = len(s.By), true
		if i := timeIn(s.By); i >= 0 {
			s.Order, s.Descending = i, false
		}
		return nil
	}
	name, descending := strings.CutPrefix(text, "-")
	var columns []string
	for _, g := range s.By {
		columns = append(columns, g.String())
	}
	for _, m := range s.Measures {
		columns = append(columns, m.String())
	}
	i := slices.Index(columns, name)
	if i < 0 {
		return bad(0, "Rows can be ordered by %s; %q is not among them.", strings.Join(columns, ", "), shorten(name))
	}
	s.Order, s.Descending = i, descending
	return nil
}

// Rows returns the number of rows to answer if n are requested. 0 means the default, which is MaxRows for a sum by time.
func Rows(n int, by []Group) (int, error) {
	switch {
	case n == 0 && timeIn(by) >= 0:
		return MaxRows, nil
	case n == 0:
		return defaultRows, nil
	case n < 0 || n > MaxRows:
		return 0, bad(0, "The limit must be 1 to %d rows.", MaxRows)
	}
	return n, nil
}
