package query

import (
	"context"
	"math"
	"slices"

	"github.com/playheadhq/playhead/internal/access"
	"github.com/playheadhq/playhead/internal/model"
)

// requestSlackMS is how much longer than its request an AI call may seem to take at either end: the two clocks are compared to within a second at worst.
const requestSlackMS = 1000

// matchRequests notes at requests of scripts the AI calls that were made for them.
func (s *Service) matchRequests(ctx context.Context, scope access.Scope, session string, rows []activityRow, events []model.Event, recorded []model.Recording) error {
	if !slices.ContainsFunc(rows, func(r activityRow) bool { return r.FirstByteMS >= 0 }) {
		return nil
	}
	calls, _, err := s.callsOf(ctx, scope, session, events)
	if err != nil {
		return err
	}
	ahead, err := s.aheadIn(ctx, scope, session, recorded, calls)
	if err != nil {
		return err
	}
	matchCalls(rows, timelineCalls(calls, nil, session, ahead))
	return nil
}

// matchCalls gives each call, in order of time, to the request in which it ran, and each request the first of its calls. Of several requests that were open
// all the while it is the one whose begin and end are nearest to the call's.
func matchCalls(rows []activityRow, calls []TimelineCall) {
	for i := range calls {
		c := &calls[i]
		best, least := -1, int64(math.MaxInt64)
		for n := range rows {
			r := &rows[n]
			if r.AtMS > c.StartMS+requestSlackMS {
				break
			}
			if r.FirstByteMS < 0 || r.EndMS < c.EndMS-requestSlackMS {
				continue
			}
			if off := max(c.StartMS-r.AtMS, r.AtMS-c.StartMS) + max(r.EndMS-c.EndMS, c.EndMS-r.EndMS); off < least {
				best, least = n, off
			}
		}
		if best >= 0 && rows[best].generation == "" {
			rows[best].generation, rows[best].trace = c.ID, c.TraceID
		}
	}
}
