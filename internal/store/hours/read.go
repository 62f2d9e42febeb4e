package hours

import (
	"fmt"
	"math"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/sqlgen"
)

// mostParts is how many parts are read for a sum. errTooMany means that there are more, because the field has very many values.
const mostParts = 200_000

var errTooMany = fmt.Errorf("more than %d values in the hours of a range", mostParts)

// readHours reads the hours of a range of time; the first and the last may be incomplete. It returns how many parts they have, at most most.
func readHours(d *sqlgen.Dialect, ask Asking, q store.Question, by filter.Field, s *sums, in times, most int, read map[int64]*hour) (parts int, err error) {
	q.Where, q.People = filter.Between(filter.Everything, filter.Generations, in.from, in.to), nil
	scope, selected := sqlgen.Scope{Question: q}, sqlgen.HourSums{Measures: s.numbers, Spreads: s.spreads, Values: s.values}
	if by.Name != "" {
		selected.By = []filter.Group{{Field: by}}
	}
	for at := hourOf(in.from); at < in.to; at += hourMS {
		read[at] = &hour{}
	}
	err = ask(sqlgen.Hours(d, scope, selected, most), func(scan func(to ...any) error) error {
		if parts++; parts > most {
			return errTooMany
		}
		cells, lists, err := sqlgen.ScanHour(selected, scan)
		if err != nil {
			return err
		}
		p := &part{}
		if by.Name != "" {
			p.value = cells[1]
		}
		for _, c := range cells[1+len(selected.By):] {
			p.numbers = append(p.numbers, numberOf(c))
		}
		p.numbers = append(p.numbers, make([]float64, len(s.links))...)
		for range s.spreads {
			spread, err := spreadOf(lists[0], lists[1])
			if err != nil {
				return err
			}
			p.spreads, lists = append(p.spreads, spread), lists[2:]
		}
		for _, list := range lists {
			hashes, err := wholeNumbers(list)
			if err != nil {
				return err
			}
			p.values = append(p.values, hashes)
		}
		x := read[cells[0].(int64)]
		x.parts = append(x.parts, p)
		return nil
	})
	if err == nil && len(s.links) > 0 {
		err = readLinks(d, ask, scope, s, in, read)
	}
	return parts, err
}

// readLinks reads the counts that only need links, of hours whose other sums have been read. Links are counted after their generations, so a link
// may be stored whose generation was not read yet.
func readLinks(d *sqlgen.Dialect, ask Asking, scope sqlgen.Scope, s *sums, in times, read map[int64]*hour) error {
	sum, span := filter.Sum{Measures: s.links, By: []filter.Group{{Step: filter.Step{Seconds: hourMS / 1000}}}}, filter.Span{FromMS: in.from, ToMS: in.to}
	return ask(sqlgen.LinkSum(d, scope, sum, span), func(scan func(to ...any) error) error {
		row, err := sqlgen.ScanCells(sum, span, scan)
		if err != nil {
			return err
		}
		x := read[row[0].(int64)]
		if len(x.parts) == 0 {
			x.parts = []*part{{numbers: s.none(), spreads: make([]filter.Spread, len(s.spreads)), values: make([][]uint64, len(s.values))}}
		}
		for i, c := range row[1:] {
			x.parts[0].numbers[len(s.numbers)+i] = numberOf(c)
		}
		return nil
	})
}

// numberOf converts the cell of a measure.
func numberOf(c filter.Cell) float64 {
	switch c := c.(type) {
	case int64:
		return float64(c)
	case float64:
		return c
	}
	return math.NaN()
}

// spreadOf makes a spread from two lists of the same length: the numbers of bins, and how many values are in each.
func spreadOf(numbers, rows any) (filter.Spread, error) {
	bins, err := wholeNumbers(numbers)
	if err != nil {
		return nil, err
	}
	counts, err := wholeNumbers(rows)
	if err != nil {
		return nil, err
	}
	if len(bins) != len(counts) {
		return nil, fmt.Errorf("%d bins and %d counts", len(bins), len(counts))
	}
	all := make([]filter.Bin, len(bins))
	for i := range bins {
		all[i] = filter.Bin{N: int16(bins[i]), Rows: uint32(counts[i])}
	}
	return filter.NewSpread(all), nil
}

// wholeNumbers converts a list as an engine's driver returns it. Negative numbers wrap around.
func wholeNumbers(list any) ([]uint64, error) {
	switch list := list.(type) {
	case []uint64:
		return list, nil
	case []int64:
		return converted(list), nil
	case []int16:
		return converted(list), nil
	case []uint32:
		return converted(list), nil
	case nil:
		return nil, nil
	case []any:
		all := make([]uint64, len(list))
		for i, x := range list {
			var err error
			if all[i], err = wholeNumber(x); err != nil {
				return nil, err
			}
		}
		return all, nil
	}
	return nil, fmt.Errorf("read %T as a list of whole numbers", list)
}

func converted[T int16 | int64 | uint32](list []T) []uint64 {
	all := make([]uint64, len(list))
	for i, x := range list {
		all[i] = uint64(x)
	}
	return all
}

func wholeNumber(v any) (uint64, error) {
	switch v := v.(type) {
	case int16:
		return uint64(v), nil
	case int32:
		return uint64(v), nil
	case int64:
		return uint64(v), nil
	case uint64:
		return v, nil
	}
	return 0, fmt.Errorf("read %T as a whole number", v)
}
