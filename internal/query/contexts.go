package query

import (
	"context"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/access"
	"github.com/playheadhq/playhead/internal/link"
	"github.com/playheadhq/playhead/internal/model"
)

// rowContext is what the row of a trace or event does not say.
type rowContext struct {
	project string // see inAddress
	link    link.Link
	person  *Person
}

// contexts are those of what one answer shows.
type contexts struct {
	traces map[string]rowContext
	events map[uuid.UUID]rowContext
}

// contextsOf finds the links and persons of traces and events, with as many store calls for all of them as for one. known
// holds the events of traces that were read already: all of those in traces must be.
func (s *Service) contextsOf(ctx context.Context, scope access.Scope, traces []string, events []model.Event, known map[string][]model.Event) (contexts, error) {
	var lacking []string
	for i := range events {
		e := &events[i]
		if _, ok := known[e.TraceID]; !ok && e.SessionID == "" {
			lacking = append(lacking, e.TraceID)
		}
	}
	read, err := s.traceEventsOf(ctx, scope, distinct(lacking))
	if err != nil {
		return contexts{}, err
	}
	ofTraces, ofEvents := make([]link.Choice, len(traces)), make([]link.Choice, len(events))
	var sessions []string
	for i, id := range traces {
		ofTraces[i] = link.ChooseTrace(known[id])
		sessions = append(sessions, ofTraces[i].SessionID)
	}
	for i := range events {
		trace, ok := known[events[i].TraceID]
		if !ok {
			trace = read[events[i].TraceID]
		}
		ofEvents[i] = link.ChooseEvent(&events[i], trace)
		sessions = append(sessions, ofEvents[i].SessionID)
	}
	ev, err := s.evidenceOf(ctx, scope, sessions)
	if err != nil {
		return contexts{}, err
	}
	who := make([]string, 0, len(traces)+len(events)) // of the traces, then of the events
	for i, id := range traces {
		who = append(who, link.PersonOfTrace(known[id], ofTraces[i], ev.Recording(ofTraces[i].SessionID)))
	}
	for i := range events {
		who = append(who, link.PersonOf(&events[i], ofEvents[i], ev.Recording(ofEvents[i].SessionID)))
	}
	persons, err := s.peopleOf(ctx, scope, who)
	if err != nil {
		return contexts{}, err
	}
	project := s.inAddress(scope)
	out := contexts{make(map[string]rowContext, len(traces)), make(map[uuid.UUID]rowContext, len(events))}
	for i, id := range traces {
		out.traces[id] = rowContext{project: project, link: ev.Resolve(ofTraces[i]), person: persons.of(who[i])}
	}
	for i := range events {
		out.events[events[i].UUID] = rowContext{project: project, link: ev.Resolve(ofEvents[i]), person: persons.of(who[len(traces)+i])}
	}
	return out, nil
}
