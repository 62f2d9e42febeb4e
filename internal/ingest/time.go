package ingest

import (
	"strconv"
	"strings"
	"time"
)

const (
	dayMS = 24 * 60 * 60 * 1000
	// earliestMS is 2000-01-01: no client's event is older, but a clock that was never set says so.
	earliestMS = 946_684_800_000
)

// eventTime is when an event happened by its client: its timestamp, or its age at sending counted back from receipt, or
// the time of receipt when neither is there or the timestamp cannot be true (before 2000, or a day after receipt). Given
// says that it is the client's own, and so the same when the event is sent again.
func eventTime(timestamp string, offsetMS, receivedMS int64) (ms int64, given bool) {
	ms, given = parseTime(timestamp)
	if given && ms >= earliestMS && ms <= receivedMS+dayMS {
		return ms, true
	}
	if ms = receivedMS - offsetMS; timestamp == "" && offsetMS >= 0 && ms >= earliestMS {
		return ms, false
	}
	return receivedMS, false
}

// layouts beside RFC 3339 that clients and people write. Times without a zone are UTC.
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

func parseTime(s string) (ms int64, ok bool) {
	if len(s) < 8 || len(s) > 64 {
		return 0, false
	}
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t.UnixMilli(), true
	}
	s = strings.TrimSpace(s)
	if f, err := strconv.ParseFloat(s, 64); err == nil {
		return unixTime(f)
	}
	for _, layout := range layouts {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UnixMilli(), true
		}
	}
	return 0, false
}

// unixTime reads seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by their size: between 2000 and
// 5138 they do not overlap.
func unixTime(f float64) (int64, bool) {
	switch {
	case !(f >= earliestMS/1000) || f >= 1e20:
		return 0, false
	case f < 1e11:
		return int64(f * 1000), true
	case f < 1e14:
		return int64(f), true
	case f < 1e17:
		return int64(f / 1e3), true
	}
	return int64(f / 1e6), true
}
