package derive

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/link"
	"github.com/playheadhq/playhead/internal/model"
)

// byRequest reports whether a session was chosen because a request to the trace's address fits, without an id.
func (u *unlinked) byRequest() bool { return u.choice.Method == link.Request && u.choice.How != "" }

// requestedBy reports whether another call that is linked to the session could also be that of a request that fits the trace.
func (u *unlinked) requestedBy(session string, rivals []rival) bool {
	requests := link.FittingRequests(&u.traits, u.found, session)
	return slices.ContainsFunc(rivals, func(other rival) bool {
		e := &other.event
		return !u.owns(e.TraceID, e.UUID) && slices.ContainsFunc(requests, func(c model.Clue) bool {
			return link.Encloses(c.AtMS, c.EndMS, e.StartMS-u.choice.Sender.MS, e.EndMS()-u.choice.Sender.MS)
		})
	})
}

// ruleOutRequests notes the sessions whose request fits a trace, and as well another trace of which no session is known, or the same one. A request causes
// one trace, so nothing says which of them: without this check, the traces of people who are not recorded would be linked to recordings of others.
func ruleOutRequests(ctx context.Context, r Recognizer, project string, all []*unlinked) (changed []*unlinked, err error) {
	of := slices.DeleteFunc(slices.Clone(all), func(u *unlinked) bool { return !u.byRequest() })
	if len(of) == 0 {
		return nil, nil
	}
	others, err := r.Clues(ctx, project, cluesAround(of, rivalWithin, rivalWithin, func(u *unlinked) []int64 { return u.traits.RequestClues() }))
	if err != nil {
		return nil, fmt.Errorf("look for other traces of %d requests: %w", len(of), err)
	}
	linked, err := sessionsOf(ctx, r, project, others)
	if err != nil {
		return nil, err
	}
	for _, u := range of {
		session := u.choice.SessionID
		requests := link.FittingRequests(&u.traits, u.found, session)
		if slices.ContainsFunc(others, func(c model.Clue) bool {
			other := link.Traits{StartMS: c.AtMS, EndMS: c.EndMS}
			if to := linked[subjectOf(c.Project, c.TraceID, c.UUID)]; u.owns(c.TraceID, c.UUID) || to != "" && to != session {
				return false
			}
			return slices.ContainsFunc(requests, func(r model.Clue) bool { return other.Fits(r.AtMS, r.EndMS) })
		}) {
			u.traits.RuledOut[session] = true
			changed = append(changed, u)
		}
	}
	return changed, nil
}

// sessionsOf are the sessions to which the traces with some clues are linked. Those without a session are left out.
func sessionsOf(ctx context.Context, r Recognizer, project string, clues []model.Clue) (map[model.Subject]string, error) {
	if len(clues) == 0 {
		return nil, nil
	}
	distinct := map[model.Subject]bool{}
	for i := range clues {
		c := &clues[i]
		distinct[subjectOf(c.Project, c.TraceID, c.UUID)] = true
	}
	subjects := slices.Collect(maps.Keys(distinct))
	links, err := r.Links(ctx, project, subjects)
	if err != nil {
		return nil, fmt.Errorf("read links of %d subjects: %w", len(subjects), err)
	}
	of := map[model.Subject]string{}
	for i := range links {
		if l := &links[i]; l.SessionID != "" && (l.TraceID == "" || l.UUID == uuid.Nil) {
			of[linkSubject(l)] = l.SessionID
		}
	}
	return of, nil
}
