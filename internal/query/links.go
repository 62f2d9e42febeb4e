package query

import (
	"context"

	"github.com/playheadhq/playhead/internal/access"
	"github.com/playheadhq/playhead/internal/link"
	"github.com/playheadhq/playhead/internal/model"
)

// Events read of each trace to find its session. Feedback comes last and may lie past the first number, so traces that
// reach it without a session are read again with the second.
const (
	traceEvents     = 200
	traceEventsDeep = 20_000
)

// traceEventsOf reads the light rows of the traces named, by trace.
func (s *Service) traceEventsOf(ctx context.Context, scope access.Scope, ids []string) (map[string][]model.Event, error) {
	if len(ids) == 0 {
		return map[string][]model.Event{}, nil
	}
	events, err := s.store.TraceEvents(ctx, scope.Project, ids, traceEvents)
	if err != nil {
		return nil, wrap(err, "read events of traces")
	}
	return s.deepen(ctx, scope, ids, events)
}

// deepen parts the first events of the traces named, traceEvents of each, by trace, and reads more of those whose session is not
// among them.
func (s *Service) deepen(ctx context.Context, scope access.Scope, ids []string, events []model.Event) (map[string][]model.Event, error) {
	byTrace := make(map[string][]model.Event, len(ids))
	part := func(ids []string, events []model.Event) {
		for _, id := range ids {
			byTrace[id] = nil
		}
		for i := range events {
			byTrace[events[i].TraceID] = append(byTrace[events[i].TraceID], events[i])
		}
	}
	part(ids, events)
	var again []string
	for _, id := range ids {
		if events := byTrace[id]; len(events) >= traceEvents && link.ChooseTrace(events).SessionID == "" {
			again = append(again, id)
		}
	}
	if len(again) > 0 {
		more, err := s.store.TraceEvents(ctx, scope.Project, again, traceEventsDeep)
		if err != nil {
			return nil, wrap(err, "read events of traces")
		}
		part(again, more)
	}
	return byTrace, nil
}

// evidence is what is recorded of a set of sessions.
type evidence struct {
	recordings map[string]model.Recording
	statuses   map[string]string
	nowMS      int64
	leadMS     int64
}

// evidenceOf reads what is recorded of the sessions named, in two calls however many there are.
func (s *Service) evidenceOf(ctx context.Context, scope access.Scope, sessions []string) (evidence, error) {
	ev := evidence{nowMS: s.now().UnixMilli(), leadMS: s.leadMS}
	sessions = distinct(sessions)
	if len(sessions) == 0 {
		return ev, nil
	}
	recs, err := s.store.Recordings(ctx, scope.Project, sessions)
	if err != nil {
		return ev, wrap(err, "read recordings")
	}
	ev.recordings = make(map[string]model.Recording, len(recs))
	for _, r := range recs {
		ev.recordings[r.SessionID] = r
	}
	var unrecorded []string
	for _, id := range sessions {
		if _, ok := ev.recordings[id]; !ok {
			unrecorded = append(unrecorded, id)
		}
	}
	if len(unrecorded) > 0 {
		if ev.statuses, err = s.store.RecordingStatuses(ctx, scope.Project, unrecorded); err != nil {
			return ev, wrap(err, "read recording statuses")
		}
	}
	return ev, nil
}

func (ev evidence) recording(session string) *model.Recording {
	if r, ok := ev.recordings[session]; ok {
		return &r
	}
	return nil
}

func (ev evidence) of(session string) link.Evidence {
	return link.Evidence{
		Recording: ev.recording(session), Status: ev.statuses[session], NowMS: ev.nowMS, LeadMS: ev.leadMS,
	}
}

func (ev evidence) resolve(c link.Choice) link.Link { return link.Resolve(c, ev.of(c.SessionID)) }

func linkView(l link.Link) Link {
	return Link{
		State: string(l.State), Method: text(string(l.Method)), Reason: text(string(l.Reason)), Detail: l.Detail,
		SessionID: text(l.SessionID), WindowID: text(l.WindowID), MomentMS: instantView(l.MomentMS),
		StartMS: instantView(l.StartMS), Clamped: text(string(l.Clamped)), URL: text(l.URL()),
	}
}

// distinct returns ids without "" and repetitions, in order.
func distinct(ids []string) []string {
	seen := make(map[string]struct{}, len(ids))
	out := make([]string, 0, len(ids))
	for _, id := range ids {
		if _, ok := seen[id]; id == "" || ok {
			continue
		}
		seen[id] = struct{}{}
		out = append(out, id)
	}
	return out
}
