package query

import (
	"context"

	"github.com/playheadhq/playhead/internal/access"
	"github.com/playheadhq/playhead/internal/address"
	"github.com/playheadhq/playhead/internal/link"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// Sessions lists sessions, latest activity first.
func (s *Service) Sessions(ctx context.Context, scope access.Scope, r ListRequest) (List[Session], error) {
	f, p, err := s.filter(ctx, scope, listSessions, r)
	if err != nil {
		return List[Session]{}, err
	}
	rows, err := s.store.Sessions(ctx, scope.Project, f, past(p))
	if err != nil {
		return List[Session]{}, wrap(err, "list sessions")
	}
	page := shown(rows, p.Limit)
	ids, distinctIDs := make([]string, len(page)), make([]string, len(page))
	for i := range page {
		ids[i], distinctIDs[i] = page[i].ID, page[i].DistinctID
	}
	var ev evidence
	var persons people
	err = store.Together(ctx, func(ctx context.Context) (err error) {
		ev, err = s.evidenceOf(ctx, scope, ids)
		return err
	}, func(ctx context.Context) (err error) {
		persons, err = s.peopleOf(ctx, scope, distinctIDs)
		return err
	})
	if err != nil {
		return List[Session]{}, err
	}
	return list(rows, p.Limit,
		func(r model.SessionSummary) string { return formatCursor(listSessions, r.LastMS, r.ID) },
		func(r *model.SessionSummary) Session { return sessionView(r, ev, persons) },
	), nil
}

func sessionView(r *model.SessionSummary, ev evidence, persons people) Session {
	return Session{
		ID: r.ID, Person: persons.of(r.DistinctID), StartMS: r.FirstMS, EndMS: r.LastMS,
		DurationS: float64(max(0, r.LastMS-r.FirstMS)) / 1000, Clicks: r.Clicks, Keypresses: r.Keys, Windows: r.Windows,
		Events: r.Events, AICalls: r.Generations, Errors: r.Errors, StartURL: text(r.URL), Bytes: r.Bytes,
		Replay: replayView(r, ev), URL: address.Session(r.ID),
	}
}

// replayView says whether a session can be watched, by the rules of links.
func replayView(r *model.SessionSummary, ev evidence) Replay {
	e := ev.of(r.ID)
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
