package filter

import "slices"

// Facet says how often each value of a field occurs.
type Facet struct {
	Field Field
	// Values are the most frequent ones, up to the requested number. Of equally frequent values, smaller ones come first.
	Values []Frequency
	// Other is the number of rows with values that are not among Values. A row counts once for each of its values.
	Other int64
}

// Frequency is a value and the number of rows that have it.
type Frequency struct {
	Value Cell
	Rows  int64
}

// ComputeFacet counts the values of a field in the rows that match the expression (after Without has removed the field's own terms).
func ComputeFacet(rows []Row, f Field, limit int) Facet {
	facet := Facet{Field: f}
	counts := map[Cell]int64{}
	for _, r := range rows {
		for _, v := range r.Values(f.Name) {
			counts[f.Cell(v)]++
		}
	}
	for v, n := range counts {
		facet.Values = append(facet.Values, Frequency{v, n})
	}
	slices.SortFunc(facet.Values, func(a, b Frequency) int {
		if a.Rows != b.Rows {
			return compare(b.Rows, a.Rows)
		}
		return compareCells(a.Value, b.Value, false)
	})
	for len(facet.Values) > limit {
		last := len(facet.Values) - 1
		facet.Other += facet.Values[last].Rows
		facet.Values = facet.Values[:last]
	}
	return facet
}
