package ingest

import "github.com/playheadhq/playhead/internal/model"

const (
	dayMS = 24 * 60 * 60 * 1000
	// earliestMS is 2000-01-01: no client's event is older, but a clock that was never set says so.
	earliestMS = 946_684_800_000
)

// eventTime is when an event happened by its client: its time, or its age at sending counted back from receipt, or the time of
// receipt when neither is there or the time cannot be true (before 2000, or a day after receipt). Given says that it is the client's
// own, and so the same when the event is sent again.
func eventTime(a *model.Arrival, receivedMS int64) (ms int64, given bool) {
	if ms = a.Event.TimeMS; ms >= earliestMS && ms <= receivedMS+dayMS {
		return ms, true
	}
	if ms = receivedMS - a.AgeMS; a.AgeMS >= 0 && ms >= earliestMS {
		return ms, false
	}
	return receivedMS, false
}
