package filter

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Sum is what is computed of the rows that match: measures, for each group.
type Sum struct {
	Measures []Measure
	By       []Group
	// Order is the index of the column that rows are ordered by: groups first, then measures. Ties are ordered by the groups.
	Order int
	// Descending turns the order round.
	Descending bool
	// Limit is how many rows are answered at most.
	Limit int
	// After leaves out the rows up to this one: its groups, and the value that rows are ordered by. Nil leaves out none. Not by time.
	After []Cell
}

// Measure is something computed over rows.
type Measure struct {
	// Name is count, uniq, sum, avg, min, max, rate or a percentile: p50, p75, p90, p95, p99. Nobody can ask for three more by name: first and
	// last, of a field of text of which an event has one value, are those of the event that began first and last, the smallest and the
	// largest of several that did; variance is that of a sample, nil of less than two values.
	Name string
	// Field is what of, the zero Field for count.
	Field Field
	// Only narrows to rows that are as it says; nil is all. It searches no text and names nobody.
	Only Expr
}

// String writes a measure as it is read.
func (m Measure) String() string {
	if m.Field.Name == "" {
		return m.Name
	}
	return m.Name + "(" + m.Field.Name + ")"
}

// Type is what its values are.
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

// Textual says that a measure is one of the field's values, which are texts.
func (m Measure) Textual() bool { return m.Name == "first" || m.Name == "last" }

// Percentile is the share below which a percentile lies, 0 for other measures: 0.95 of p95.
func (m Measure) Percentile() float64 {
	if n, err := strconv.Atoi(strings.TrimPrefix(m.Name, "p")); err == nil && m.Name[0] == 'p' {
		return float64(n) / 100
	}
	return 0
}

// Group is something that rows are grouped by: a field, or time in steps.
type Group struct {
	Field Field // the zero Field for time
	// Step is the length of a bucket of time. Steps of days and weeks begin at midnight in the time zone, weeks on Monday.
	Step Step
}

// String writes a group as it is read.
func (g Group) String() string {
	if g.Field.Name != "" {
		return g.Field.Name
	}
	return "time(" + g.Step.String() + ")"
}

// Bounds of a sum.
const (
	MaxMeasures  = 10
	MaxGroups    = 3
	MaxBuckets   = 2_000
	MaxRows      = 10_000
	defaultRows  = 100
	goodBuckets  = 60 // what auto aims at
	maxSumLength = 1 << 10
)

// ParseMeasures reads a list such as "count,p95(latency),rate(error)". Errors are *SyntaxError.
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

// items calls do with each item of a list and where it begins.
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

// measures are the names of all, for messages.
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

// unknownIn is unknown without the hint that is about searches.
func (p *parser) unknownIn(at int, name string) error {
	if near := nearest(p.of, strings.ToLower(name)); near != "" {
		return bad(at, "%s have no field %q. Did you mean %q?", capital(string(p.of)), shorten(name), near)
	}
	return bad(at, "%s have no field %q. GET /api/fields lists them.", capital(string(p.of)), shorten(name))
}

// call parts name(argument).
func call(item string) (name, argument string, ok bool) {
	name, rest, found := strings.Cut(item, "(")
	argument, closed := strings.CutSuffix(rest, ")")
	return strings.TrimSpace(name), strings.TrimSpace(argument), found && closed
}

// ParseGroups reads a list such as "model,time(1h)" for a range of time. An auto step is chosen so that the range has about 60
// buckets. Errors are *SyntaxError. An empty list is no group.
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
	f, known := Find(of, item)
	switch {
	case !known:
		return Group{}, (&parser{of: of, text: item}).unknownIn(at, item)
	case !f.Groupable():
		return Group{}, bad(at, "%s has too many values to group by. Group by time(1h) or time(auto), or by a field with few values.", f.Name)
	}
	return Group{Field: f}, nil
}

// timeIn is which of the groups is time, -1 when none is.
func timeIn(by []Group) int {
	return slices.IndexFunc(by, func(g Group) bool { return g.Field.Name == "" })
}

// ByTime says whether time is among the groups.
func (s Sum) ByTime() bool { return timeIn(s.By) >= 0 }

// Span is a range of time, FromMS <= t < ToMS, as seen in a time zone.
type Span struct {
	FromMS, ToMS int64
	Zone         *time.Location
}

// Step is the length of a bucket: a number of seconds, or of days, which are not all of the same length.
type Step struct {
	Seconds int64
	Days    int
}

// String writes a step as it is read.
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

// auto are the steps that auto chooses from.
var auto = []Step{
	{Seconds: 1}, {Seconds: 5}, {Seconds: 10}, {Seconds: 30}, {Seconds: 60}, {Seconds: 300}, {Seconds: 600}, {Seconds: 1800},
	{Seconds: 3600}, {Seconds: 3 * 3600}, {Seconds: 6 * 3600}, {Seconds: 12 * 3600}, {Days: 1}, {Days: 7}, {Days: 28},
}

// length is about how many milliseconds a step has.
func (s Step) length() int64 { return s.Seconds*1000 + int64(s.Days)*86_400_000 }

func (x Span) step(at int, text string) (Step, error) {
	if x.ToMS <= x.FromMS {
		return Step{}, bad(at, "To group by time, set from and to.")
	}
	length := x.ToMS - x.FromMS
	if length < 0 { // more than any clock counts
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

// Bucket is when the bucket of an instant begins, in Unix milliseconds.
func (x Span) Bucket(s Step, ms int64) int64 {
	zone := x.Zone
	if zone == nil {
		zone = time.UTC
	}
	t := time.UnixMilli(ms).In(zone)
	if s.Days > 0 {
		// Days since a Monday, counted in the zone's calendar.
		day := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
		monday := time.Date(1970, 1, 5, 0, 0, 0, 0, time.UTC)
		n := floor(int64(day.Sub(monday)/(24*time.Hour)), int64(s.Days))
		begin := monday.AddDate(0, 0, int(n))
		return time.Date(begin.Year(), begin.Month(), begin.Day(), 0, 0, 0, 0, zone).UnixMilli()
	}
	// By the zone's clock, so that steps of hours begin at its midnight.
	_, offset := t.Zone()
	local := ms + int64(offset)*1000
	return floor(local, s.Seconds*1000) - int64(offset)*1000
}

// floor is the largest multiple of step that is not above n.
func floor(n, step int64) int64 {
	r := n % step
	if r < 0 {
		r += step
	}
	return n - r
}

// ParseOrder reads what rows are ordered by, such as "-count" or "model". "" is by time where that is a group, else the first
// measure, largest first.
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

// Rows is how many rows to answer when n are asked for, 0 being as many as usual: of a sum by time all that are allowed.
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
