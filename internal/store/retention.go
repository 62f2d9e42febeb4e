package store

import (
	"maps"
	"slices"
)

// Retention is after how many days rows are dropped, by project. Projects that are not listed, or listed with 0, keep their rows.
type Retention map[string]int

// Projects are the names of the projects whose rows are dropped.
func (r Retention) Projects() []string {
	names := slices.Sorted(maps.Keys(r))
	return slices.DeleteFunc(names, func(name string) bool { return r[name] <= 0 })
}
