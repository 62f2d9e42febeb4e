package main

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
)

// measured are the results of bench.
type measured struct {
	Figures []figure `json:"figures"`

	missing []string
}

type figure struct {
	Part  string  `json:"part"`
	Name  string  `json:"name"`
	Of    string  `json:"of"`
	Value float64 `json:"value"`
}

// read reads the results of one or more runs.
func read(files ...string) (*measured, error) {
	m := &measured{}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		var one measured
		if err := json.Unmarshal(raw, &one); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		m.Figures = append(m.Figures, one.Figures...)
	}
	return m, nil
}

// at is a figure. A missing one is recorded, and reported by lacking.
func (m *measured) at(part, name, of string) float64 {
	for _, f := range m.Figures {
		if f.Part == part && f.Name == name && f.Of == of {
			return f.Value
		}
	}
	m.missing = append(m.missing, fmt.Sprintf("%s: %s (%s)", part, name, of))
	return 0
}

// columns are the columns that a part compares, in order.
func (m *measured) columns(part string) (all []string) {
	for _, f := range m.Figures {
		if f.Part == part && f.Of != "" && !slices.Contains(all, f.Of) {
			all = append(all, f.Of)
		}
	}
	return all
}

func (m *measured) lacking() error {
	if len(m.missing) == 0 {
		return nil
	}
	return fmt.Errorf("the run lacks: %s", strings.Join(m.missing, "; "))
}

const (
	embedded  = "embedded"
	oneShard  = "one shard"
	twoShards = "two shards"
)

func (m *measured) cluster(name, of string) float64 { return m.at("cluster", name, of) }

// commitCost fits the processor time of ClickHouse per event to fixed/rows + each, over the loads of the part commits, which differ in the number of
// rows per commit, by least squares. fixed is in seconds for a commit to one shard, each in seconds for an event.
func (m *measured) commitCost() (fixed, each float64) {
	const shards = 2 // in that part
	var n, sx, sy, sxx, sxy float64
	for _, of := range m.columns("commits") {
		x := 1 / m.at("commits", "events: rows of one commit", of)
		y := m.at("commits", "events: ClickHouse, with the merges that followed", of) / 1e4
		n, sx, sy, sxx, sxy = n+1, sx+x, sy+y, sxx+x*x, sxy+x*y
	}
	slope := (n*sxy - sx*sy) / (n*sxx - sx*sx)
	return slope / shards, (sy - slope*sx) / n
}
