package posthog

import (
	"strconv"
	"strings"
	"time"
)

// layouts are formats other than RFC 3339 that clients and people write. Times without a zone are UTC.
var layouts = []string{
	time.RFC3339Nano, // with any number of decimals
	"2006-01-02T15:04:05.999999999Z0700",
	"2006-01-02T15:04:05.999999999",
	"2006-01-02 15:04:05.999999999Z07:00",
	"2006-01-02 15:04:05.999999999Z0700",
	"2006-01-02 15:04:05.999999999 -0700",
	"2006-01-02 15:04:05.999999999",
	"2006-01-02T15:04Z07:00",
	"2006-01-02",
}

// parseTime parses a client's time to milliseconds since 1970; 0 if it is not a time.
func parseTime(s string) (ms int64) {
	if len(s) < 8 || len(s) > 64 {
		return 0
	}
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t.UnixMilli()
	}
	s = strings.TrimSpace(s)
	if f, err := strconv.ParseFloat(s, 64); err == nil {
		return unixTime(f)
	}
	for _, layout := range layouts {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UnixMilli()
		}
	}
	return 0
}

// unixTime reads seconds, milliseconds, microseconds or nanoseconds since 1970. Their sizes differ: between 2000 and 5138 they do not overlap.
func unixTime(f float64) int64 {
	switch {
	case !(f >= 1e8) || f >= 1e20: // before 1973
		return 0
	case f < 1e11:
		return int64(f * 1000)
	case f < 1e14:
		return int64(f)
	case f < 1e17:
		return int64(f / 1e3)
	}
	return int64(f / 1e6)
}
