package main

import (
	"fmt"
	"math"
	"strings"
)

// number rounds to three digits and separates thousands.
func number(v float64) string {
	switch {
	case math.IsNaN(v) || math.IsInf(v, 0):
		return "–"
	case v == 0:
		return "0"
	case math.Abs(v) >= 1000:
		unit := math.Pow(10, math.Floor(math.Log10(math.Abs(v)))-2)
		return thousands(math.Round(v/unit) * unit)
	case math.Abs(v) >= 100:
		return fmt.Sprintf("%.0f", v)
	case math.Abs(v) >= 10:
		return trim(fmt.Sprintf("%.1f", v))
	}
	return trim(fmt.Sprintf("%.3g", v))
}

// whole does not round.
func whole(v float64) string { return thousands(v) }

func thousands(v float64) string {
	digits := fmt.Sprintf("%.0f", v)
	sign := ""
	if strings.HasPrefix(digits, "-") {
		sign, digits = "-", digits[1:]
	}
	for at := len(digits) - 3; at > 0; at -= 3 {
		digits = digits[:at] + "," + digits[at:]
	}
	return sign + digits
}

func trim(s string) string {
	if strings.Contains(s, ".") && !strings.Contains(s, "e") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}

// bytes formats an amount: 1 GB is a thousand million.
func bytes(v float64) string {
	for _, unit := range []string{"B", "kB", "MB", "GB", "TB"} {
		if v < 1000 {
			return number(v) + " " + unit
		}
		v /= 1000
	}
	return number(v) + " PB"
}

// large formats a count: 12.3 million.
func large(v float64) string {
	for _, unit := range []struct {
		of   float64
		name string
	}{{1e12, " trillion"}, {1e9, " billion"}, {1e6, " million"}} {
		if v >= unit.of {
			return number(v/unit.of) + unit.name
		}
	}
	return number(v)
}

// duration formats a time in milliseconds: that of a query, or of work that takes hours.
func duration(ms float64) string {
	switch {
	case ms < 1000:
		return number(ms) + " ms"
	case ms < 120_000:
		return number(ms/1000) + " s"
	case ms < 120*60_000:
		return number(ms/60_000) + " min"
	}
	return number(ms/3_600_000) + " h"
}
