package query

import (
	"context"

	"github.com/playheadhq/playhead/internal/access"
	"github.com/playheadhq/playhead/internal/address"
	"github.com/playheadhq/playhead/internal/derive"
	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/link"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// Sessions lists sessions, latest activity first unless another order is asked for.
func (s *Service) Sessions(ctx context.Context, scope access.Scope, r ListRequest) (List[Session], error) {
	p, err := r.part(listSessions, filter.Sessions)
	if err != nil {
		return List[Session]{}, err
	}
	a, err := s.understand(ctx, scope, filter.Sessions, r.Narrowing)
	if err != nil {
		return List[Session]{}, err
	}
	var rows []model.SessionSummary
	var positions []store.Position
	var searched *store.Searched
	var ev derive.Evidence
	var persons people
	var beside besides
	total, err := s.total(ctx, r, a, func(ctx context.Context) (err error) {
		if rows, positions, searched, err = s.sessionsAsked(ctx, scope, a, p); err != nil {
			return err
		}
		var ids, distinctIDs []string
		for _, x := range shown(rows, p.Limit) {
			ids, distinctIDs = append(ids, x.ID), append(distinctIDs, x.DistinctID)
		}
		return store.Together(ctx, func(ctx context.Context) (err error) {
			ev, err = s.evidenceOf(ctx, scope, ids)
			return err
		}, func(ctx context.Context) (err error) {
			persons, err = s.peopleOf(ctx, scope, distinctIDs)
			return err
		}, func(ctx context.Context) (err error) {
			beside, err = s.besidesOf(ctx, scope, shown(rows, p.Limit), a)
			return err
		})
	})
	if err != nil {
		return List[Session]{}, err
	}
	return list(listSessions, r, p, rows, positions, searched, total, func(r *model.SessionSummary) Session {
		v := sessionView(r, ev, persons, s.inAddress(scope))
		v.Outline, v.Matched = outlineView(beside.outline[r.ID]), beside.matched[r.ID]
		return v
	}), nil
}

// sessionsAsked reads a part of the list and one session more.
func (s *Service) sessionsAsked(ctx context.Context, scope access.Scope, a asked, p store.Part) (rows []model.SessionSummary, positions []store.Position, searched *store.Searched, err error) {
	found, err := s.find(ctx, scope, a, p)
	if err != nil {
		return nil, nil, nil, err
	}
	rows, err = s.store.SessionsNamed(ctx, a.Project, store.IDs(found.Rows))
	rows, positions = inOrder(found.Rows, rows, func(x *model.SessionSummary) string { return x.ID })
	return rows, positions, found.Searched, wrap(err, "read sessions")
}

func sessionView(r *model.SessionSummary, ev derive.Evidence, persons people, project string) Session {
	return Session{
		ID: r.ID, Person: persons.of(r.DistinctID), StartMS: r.FirstMS, EndMS: r.LastMS,
		DurationS: float64(max(0, r.LastMS-r.FirstMS)) / 1000, Clicks: r.Clicks, Keypresses: r.Keys, Windows: r.Windows,
		Events: r.Events, AICalls: r.Generations, Errors: r.Errors, StartURL: text(r.URL), Bytes: r.Bytes,
		Tokens: tokensView(r.Tokens), CostUSD: nanos(r.CostNanos), Unpriced: r.Unpriced, SlowestS: seconds(r.SlowestMS),
		Replay: replayView(r, ev), URL: address.Session(r.ID, project, nil),
	}
}

// replayView determines whether a session can be watched, by the rules of links.
func replayView(r *model.SessionSummary, ev derive.Evidence) Replay {
	e := ev.Of(r.ID)
	if e.Status == "" {
		e.Status = r.RecordingStatus
	}
	l := link.Session(r.LastMS, e)
	v := Replay{State: "available", Reason: text(string(l.Reason)), Detail: l.Detail}
	if l.State != link.Linked {
		v.State = string(l.State)
	}
	return v
}
