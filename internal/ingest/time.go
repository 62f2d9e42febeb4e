package ingest

import "github.com/playheadhq/playhead/internal/model"

const (
	dayMS = 24 * 60 * 60 * 1000
	// earliestMS is 2000-01-01. No client's event is older, but a client whose clock was never set sends older times.
	earliestMS = 946_684_800_000
)

// eventTime is the time of an event: the client's time; or its age when it was sent, subtracted from the time of receipt; or the time of receipt if
// there is neither, or if the time is impossible (before 2000, or more than a day after receipt). given reports whether it is the client's own time,
// which is the same if the event is sent again.
func eventTime(a *model.Arrival, receivedMS int64) (ms int64, given bool) {
	if ms = a.Event.TimeMS; ms >= earliestMS && ms <= receivedMS+dayMS {
		return ms, true
	}
	if ms = receivedMS - a.AgeMS; a.AgeMS >= 0 && ms >= earliestMS {
		return ms, false
	}
	return receivedMS, false
}
