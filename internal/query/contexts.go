package query

import (
	"context"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/access"
	"github.com/playheadhq/playhead/internal/link"
	"github.com/playheadhq/playhead/internal/link/clock"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// rowContext is what a list shows of a trace or event in addition to its row.
type rowContext struct {
	project string // see inAddress
	link    link.Link
	person  *Person
	// felt is the experience of its user, nil until it is derived.
	felt *model.Experience
	// weights are those of reactions.
	weights []int64
}

// with has what a user experienced as well. When they asked is a better moment than when the call began, and the clocks were compared more closely.
func (c rowContext) with(felt *model.Experience) rowContext {
	c.felt = felt
	if felt == nil || c.link.State != link.Linked || c.link.SessionID != felt.SessionID {
		return c
	}
	if o, ok := closerClock(felt, c.link.SessionID); ok {
		c.link.Clock = o
	}
	if felt.MomentMS != 0 {
		c.link = c.link.Asked(felt.MomentMS, felt.Seen.UncertaintyMS)
	}
	return c
}

// closerClock is by how much a session's browser clock was ahead of that of a call's sender, as far as what the user saw compares the clocks more closely than the
// times of uploads do; false if it does not.
func closerClock(felt *model.Experience, session string) (clock.Offset, bool) {
	if felt == nil || felt.SessionID != session || felt.ClockUncertaintyMS <= 0 {
		return clock.Offset{}, false
	}
	return clock.Offset{MS: felt.ClockOffsetMS, UncertaintyMS: felt.ClockUncertaintyMS}, true
}

// contexts are the contexts of the rows of one answer.
type contexts struct {
	traces map[string]rowContext
	events map[uuid.UUID]rowContext
}

// contextsOf finds the links, persons and experiences of traces and events, with a fixed number of store calls. known has all events of those traces
// that were read before.
func (s *Service) contextsOf(ctx context.Context, scope access.Scope, traces []string, events []model.Event, known map[string][]model.Event) (out contexts, err error) {
	var felt map[experienceKey]*model.Experience
	err = store.Together(ctx, func(ctx context.Context) (err error) {
		out, err = s.linksOf(ctx, scope, traces, events, known)
		return err
	}, func(ctx context.Context) (err error) {
		felt, err = s.experiencesOf(ctx, scope, traces, events)
		return err
	})
	if err != nil {
		return contexts{}, err
	}
	for id, c := range out.traces {
		out.traces[id] = c.with(felt[experienceKey{id, uuid.Nil}])
	}
	for i := range events {
		e := &events[i]
		out.events[e.UUID] = out.events[e.UUID].with(felt[experienceKey{e.TraceID, e.UUID}])
	}
	return out, nil
}

// linksOf finds the links and persons of traces and events. A link that is not stored yet is computed by the rules from the events' ids.
func (s *Service) linksOf(ctx context.Context, scope access.Scope, traces []string, events []model.Event, known map[string][]model.Event) (contexts, error) {
	links, err := s.storedLinks(ctx, scope, traces, events)
	if err != nil {
		return contexts{}, err
	}
	var lacking []string
	for i := range events {
		e := &events[i]
		if _, ok := known[e.TraceID]; !ok && !links.has(e.TraceID, e.UUID) && e.SessionID == "" {
			lacking = append(lacking, e.TraceID)
		}
	}
	read, err := s.traceEventsOf(ctx, scope, distinct(lacking))
	if err != nil {
		return contexts{}, err
	}
	speaking := map[string][]model.Event{} // the events of a trace that name a session: no others are needed for the links of events
	ofTraces, ofEvents := make([]link.Choice, len(traces)), make([]link.Choice, len(events))
	var sessions []string
	for i, id := range traces {
		if ofTraces[i] = link.ChooseTrace(known[id]); !links.has(id, uuid.Nil) {
			sessions = append(sessions, ofTraces[i].SessionID)
		}
	}
	for i := range events {
		id := events[i].TraceID
		if links.has(id, events[i].UUID) {
			continue
		}
		if _, ok := speaking[id]; !ok && events[i].SessionID == "" {
			trace, ok := known[id]
			if !ok {
				trace = read[id]
			}
			speaking[id] = namingSessions(trace)
		}
		ofEvents[i] = links.complete(link.ChooseEvent(&events[i], speaking[id]), id)
		sessions = append(sessions, ofEvents[i].SessionID)
	}
	ev, err := s.evidenceOf(ctx, scope, sessions)
	if err != nil {
		return contexts{}, err
	}
	who := make([]string, 0, len(traces)+len(events)) // first of the traces, then of the events
	for i, id := range traces {
		person := links.person(id, uuid.Nil)
		if person == "" {
			person = link.PersonOfTrace(known[id], ofTraces[i], ev.Recording(ofTraces[i].SessionID))
		}
		who = append(who, person)
	}
	for i := range events {
		e := &events[i]
		person := links.person(e.TraceID, e.UUID)
		if person == "" {
			person = link.PersonOf(e, ofEvents[i], ev.Recording(ofEvents[i].SessionID))
		}
		who = append(who, person)
	}
	persons, err := s.peopleOf(ctx, scope, who)
	if err != nil {
		return contexts{}, err
	}
	project := s.inAddress(scope)
	out := contexts{make(map[string]rowContext, len(traces)), make(map[uuid.UUID]rowContext, len(events))}
	for i, id := range traces {
		l, stored := links.of(id, uuid.Nil)
		if !stored {
			l = ev.Resolve(ofTraces[i])
		}
		out.traces[id] = rowContext{project: project, weights: s.weights, link: l, person: persons.of(who[i])}
	}
	for i := range events {
		l, stored := links.of(events[i].TraceID, events[i].UUID)
		if !stored {
			l = ev.Resolve(ofEvents[i])
		}
		out.events[events[i].UUID] = rowContext{project: project, weights: s.weights, link: l, person: persons.of(who[len(traces)+i])}
	}
	return out, nil
}

// namingSessions are the events that name a session.
func namingSessions(trace []model.Event) []model.Event {
	named := make([]model.Event, 0, min(len(trace), 4))
	for i := range trace {
		if link.Names(&trace[i]) {
			named = append(named, trace[i])
		}
	}
	return named
}
