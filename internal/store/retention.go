package store

import (
	"maps"
	"slices"
)

// Retention is after how many days rows are dropped, by project. A project that it does not name, or names with 0, keeps its rows.
type Retention map[string]int

// Projects are those whose rows are dropped, by name.
func (r Retention) Projects() []string {
	names := slices.Sorted(maps.Keys(r))
	return slices.DeleteFunc(names, func(name string) bool { return r[name] <= 0 })
}
