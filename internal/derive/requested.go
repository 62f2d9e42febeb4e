package derive

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/link"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// byRequest reports whether a session was chosen because a request to the trace's address fits, without an id.
func (u *unlinked) byRequest() bool { return u.choice.Method == link.Request && u.choice.How != "" }

// requestsIn are the requests of a session that fit the trace.
func (u *unlinked) requestsIn(session string) (all []model.Clue) {
	hashes := u.traits.RequestClues()
	for _, c := range u.found {
		if c.SessionID == session && slices.Contains(hashes, c.Hash) && u.traits.Fits(c.AtMS, c.EndMS) {
			all = append(all, c)
		}
	}
	return all
}

// encloses reports whether one of the requests that fit the trace could also have caused another call that is linked to the session.
func (u *unlinked) encloses(session string, e *model.Event) bool {
	return slices.ContainsFunc(u.requestsIn(session), func(c model.Clue) bool {
		return e.StartMS-u.choice.Sender.MS >= c.AtMS-requestInexactMS && e.EndMS()-u.choice.Sender.MS <= c.EndMS+requestInexactMS
	})
}

// requestInexactMS is by how much the clocks of a browser and of a sender may differ.
const requestInexactMS = 5000

// ruleOutRequests notes the sessions whose request fits a trace, and as well another trace of which no session is known, or the same one. A request causes
// one trace, so nothing says which of them: without this check, the traces of people who are not recorded would be linked to recordings of others.
func ruleOutRequests(ctx context.Context, r Recognizer, project string, all []*unlinked) (changed []*unlinked, err error) {
	q := store.ClueQuestion{Limit: mostFound}
	var of []*unlinked
	for _, u := range all {
		if !u.byRequest() {
			continue
		}
		of = append(of, u)
		if len(of) == 1 {
			q.FromMS, q.ToMS = u.traits.StartMS, u.traits.EndMS
		}
		q.FromMS, q.ToMS = min(q.FromMS, u.traits.StartMS-rivalWithin), max(q.ToMS, u.traits.EndMS+rivalWithin)
		q.Hashes = append(q.Hashes, u.traits.RequestClues()...)
	}
	if len(of) == 0 {
		return nil, nil
	}
	slices.Sort(q.Hashes)
	q.Hashes = slices.Compact(q.Hashes)
	others, err := r.Clues(ctx, project, q)
	if err != nil {
		return nil, fmt.Errorf("look for other traces of %d requests: %w", len(of), err)
	}
	linked, err := sessionsOf(ctx, r, project, others)
	if err != nil {
		return nil, err
	}
	for _, u := range of {
		session := u.choice.SessionID
		requests := u.requestsIn(session)
		if slices.ContainsFunc(others, func(c model.Clue) bool {
			other := link.Traits{StartMS: c.AtMS, EndMS: c.EndMS}
			if to := linked[subjectOfClue(&c)]; u.isOf(&c) || to != "" && to != session {
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

// isOf reports whether a stored clue is the trace's own.
func (u *unlinked) isOf(c *model.Clue) bool {
	own := &u.events[0]
	return own.TraceID != "" && c.TraceID == own.TraceID || slices.ContainsFunc(u.events, func(e model.Event) bool { return e.UUID == c.UUID })
}

func subjectOfClue(c *model.Clue) model.Subject {
	if c.TraceID != "" {
		return model.Subject{Project: c.Project, TraceID: c.TraceID}
	}
	return model.Subject{Project: c.Project, UUID: c.UUID}
}

// sessionsOf are the sessions to which the traces with some clues are linked. Those without a session are left out.
func sessionsOf(ctx context.Context, r Recognizer, project string, clues []model.Clue) (map[model.Subject]string, error) {
	var subjects []model.Subject
	for i := range clues {
		if s := subjectOfClue(&clues[i]); !slices.Contains(subjects, s) {
			subjects = append(subjects, s)
		}
	}
	if len(subjects) == 0 {
		return nil, nil
	}
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
