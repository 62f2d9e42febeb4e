package config

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"github.com/playheadhq/playhead/internal/price"
	"github.com/playheadhq/playhead/internal/spelling"
)

// Repriced returns the range of time in which costs are calculated again, in Unix milliseconds. The end is not included.
func (c *Config) Repriced() (fromMS, toMS int64, err error) {
	fromMS, toMS = math.MinInt64, math.MaxInt64
	for _, side := range []struct {
		text string
		ms   *int64
	}{{c.From, &fromMS}, {c.To, &toMS}} {
		if side.text == "" {
			continue
		}
		t, err := time.Parse(time.DateOnly, side.text)
		if err != nil {
			t, err = time.Parse(time.RFC3339, side.text)
		}
		if err != nil {
			return 0, 0, fmt.Errorf("%q is no time: write a day such as 2026-05-01, or an instant such as 2026-05-01T12:00:00Z", side.text)
		}
		*side.ms = t.UnixMilli()
	}
	if fromMS >= toMS {
		return 0, 0, fmt.Errorf("%s is not before %s", c.From, c.To)
	}
	return fromMS, toMS, nil
}

const pricesForm = "write them as [{model: acme-large, input: 2.5, output: 10}]"

// readPrices reads a list of prices and finds all its problems.
func (l *loader) readPrices(where place, node ast.Node) {
	l.config.Prices = nil
	l.eachEntry(where, node, "prices", "price", pricesForm, func(item ast.Node, path string, entries []*ast.MappingValueNode) {
		p := price.Own{Prices: map[string]float64{}}
		before := len(l.problems)
		for _, entry := range entries {
			l.readPrice(&p, where, path, entry)
		}
		if len(l.problems) == before {
			if err := p.Check(); err != nil {
				l.problem(where(item, path), "%v", err)
			}
		}
		l.config.Prices = append(l.config.Prices, p)
	})
}

// readPrice reads one setting of a price.
func (l *loader) readPrice(p *price.Own, where place, path string, entry *ast.MappingValueNode) {
	key := strings.Trim(entry.Key.String(), `"'`)
	at := where(entry.Key, path+"."+key)
	text, err := scalar(entry.Value, false)
	if err != nil {
		l.problem(at, "%v", err)
		return
	}
	var units []string
	for _, u := range price.Units() {
		units = append(units, u.String())
	}
	switch {
	case key == "model":
		p.Model = text
	case key == "provider":
		p.Provider = text
	case key == "since":
		p.Since = text
	case slices.Contains(units, key):
		dollars, err := strconv.ParseFloat(text, 64)
		if err != nil {
			l.problem(at, "%q is not a price: write the US dollars of a million tokens, or of a thousand searches or requests", text)
			return
		}
		p.Prices[key] = dollars
	default:
		names := append([]string{"model", "provider", "since"}, units...)
		if near := spelling.Nearest(key, maxEdits, names); near != "" {
			l.problem(at, "no such setting; did you mean %s? a price has %s", near, strings.Join(names, ", "))
		} else {
			l.problem(at, "no such setting; a price has %s", strings.Join(names, ", "))
		}
	}
}
