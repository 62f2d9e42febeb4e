package sqlgen

import (
	"crypto/md5" //nolint:gosec // engines have this hash
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/store/table"
)

// Spreadable reports whether the values of a field of events can be counted in the bins of a filter.Spread: an event must have at most one value, and
// it must not be negative.
func Spreadable(d *Dialect, of filter.Of, f filter.Field) bool {
	if f.Many(of) || isLink(f) || f.Type != filter.Number && f.Type != filter.Duration && f.Type != filter.Decimal {
		return false
	}
	has := d.columnOf(of, f).has
	return has == hasCount || has == hasSome
}

// HourSums are sums over the generations of each hour, and of each value of a field if By has one that has at most one value.
type HourSums struct {
	By       []filter.Group
	Measures []filter.Measure
	Spreads  []filter.Field // see Spreadable
	Values   []filter.Field // whose different values are listed; persons have their distinct ids
}

// Hours selects sums for each hour: the hour's start in Unix milliseconds, the group's value if there is a group, and measures. Then, for each of
// Spreads, lists of bins (see filter.Bin) and of the number of values in each, and for each of Values the list of the hashes of its values, see Hash.
// It selects most+1 rows at most.
func Hours(d *Dialect, s Scope, h HourSums, most int) Statement {
	b := newBuilder(d, s)
	start, _ := filter.Find(s.Of, "start")
	selected, names := []string{b.bucket(b.single(start), filter.Step{Seconds: 3600}, filter.Span{}) + " AS k0"}, "k0"
	for _, g := range h.By {
		selected, names = append(selected, b.single(g.Field)+" AS k1"), "k0, k1"
	}
	for i, m := range h.Measures {
		selected = append(selected, b.measure(m, nil)+fmt.Sprint(" AS m", i))
	}
	for i, f := range h.Spreads {
		x := b.single(f)
		bin := fmt.Sprintf("CASE WHEN %[1]s > 0 THEN CAST(floor(ln(%[1]s) * %[2]v) AS SMALLINT) ELSE %[3]d END", d.known(x), filter.PerBin, filter.NoneBin)
		bins, counts := d.spread(bin, x+" IS NOT NULL")
		selected = append(selected, bins+fmt.Sprint(" AS bins", i), counts+fmt.Sprint(" AS counts", i))
	}
	for i, f := range h.Values {
		selected = append(selected, d.hashes(b.single(f))+fmt.Sprint(" AS hashes", i))
	}
	from := "(" + b.source(b.matching(s.Where), filter.Kinds(s.Of, s.Where)) + ") AS r"
	return b.statement("SELECT " + strings.Join(selected, ", ") + " FROM " + from + " GROUP BY " + names + " LIMIT " + b.bind(int64(most+1)))
}

// ScanHour reads a row that Hours selected: the start and the group's value, the measures, and the lists.
func ScanHour(h HourSums, scan func(to ...any) error) (cells []filter.Cell, lists []any, err error) {
	sum := filter.Sum{By: append([]filter.Group{{Step: filter.Step{Seconds: 3600}}}, h.By...), Measures: h.Measures}
	first := len(sum.By) + len(sum.Measures)
	row, err := scanRow(first+2*len(h.Spreads)+len(h.Values), scan)
	if err != nil {
		return nil, nil, err
	}
	cells, err = cellsOf(sum, filter.Span{}, row[:first])
	return cells, row[first:], err
}

// Hash is the hash of a text that Hours selects: the first eight bytes of its MD5, which both engines have. The probability that any two of ten
// million texts have the same hash is three in a million.
func Hash(text string) uint64 {
	sum := md5.Sum([]byte(table.Clean(text))) //nolint:gosec // as above
	return binary.LittleEndian.Uint64(sum[:8])
}
