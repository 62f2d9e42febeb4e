package query

import (
	"context"

	"github.com/playheadhq/playhead/internal/access"
	"github.com/playheadhq/playhead/internal/derive"
	"github.com/playheadhq/playhead/internal/link"
	"github.com/playheadhq/playhead/internal/model"
)

// How many events of each trace are read to find its session. Feedback comes last and may come after the first number of events, so traces for which
// this finds no session are read again with the second number.
const (
	traceEvents     = 200
	traceEventsDeep = 20_000
)

// traceEventsOf reads the light rows of the named traces, grouped by trace.
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

// deepen groups the first events of traces (at most traceEvents of each) by trace, and reads more events of traces whose session they do not name.
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

// evidenceOf reads what is known about the recordings of sessions.
func (s *Service) evidenceOf(ctx context.Context, scope access.Scope, sessions []string) (derive.Evidence, error) {
	ev, err := derive.EvidenceOf(ctx, s.store, scope.Project, sessions, s.now().UnixMilli(), s.leadMS)
	return ev, wrap(err, "read recordings")
}

// InRecording converts a time by the clock of a call's sender to the clock of the browser to which it is linked, by which recordings have their times.
// Both are in Unix milliseconds. Without a link, or if nobody compared the clocks, the time stays the same.
func (l *Link) InRecording(ms int64) int64 {
	if l.ClockOffsetMS == nil {
		return ms
	}
	return ms + *l.ClockOffsetMS
}

func linkView(l link.Link, project string) Link {
	v := Link{
		State: string(l.State), Method: text(string(l.Method)), Reason: text(string(l.Reason)), Detail: l.Detail,
		SessionID: text(l.SessionID), WindowID: text(l.WindowID), MomentMS: instantView(l.MomentMS),
		StartMS: instantView(l.StartMS), Clamped: text(string(l.Clamped)), URL: text(l.URL(project)), Candidates: []Candidate{},
	}
	if l.SessionID != "" {
		v.Confidence = &l.Confidence
	}
	if l.State == link.Linked && l.Clock.Known() {
		v.ClockOffsetMS, v.ClockUncertaintyMS = &l.Clock.MS, &l.Clock.UncertaintyMS
	}
	from, uncertaintyMS := l.Moment()
	v.MomentFrom = text(string(from))
	if uncertaintyMS > 0 {
		v.MomentUncertaintyMS = &uncertaintyMS
	}
	for _, c := range l.Candidates.All() {
		v.Candidates = append(v.Candidates, Candidate{SessionID: c.SessionID, WindowID: text(c.WindowID), Confidence: c.Confidence, URL: c.URL(project)})
	}
	return v
}

// distinct returns ids without "" and duplicates, in order.
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
