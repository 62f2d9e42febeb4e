package query

import (
	"context"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/access"
	"github.com/playheadhq/playhead/internal/link"
	"github.com/playheadhq/playhead/internal/link/clock"
	"github.com/playheadhq/playhead/internal/model"
)

// storedLinks are the stored links of the rows of an answer. Lists are filtered by these links, too.
type storedLinks map[model.LinkKey]model.Link

// storedLinks reads the links of traces, and of the events that have their own links, in one read.
func (s *Service) storedLinks(ctx context.Context, scope access.Scope, traces []string, events []model.Event) (storedLinks, error) {
	keys := make([]model.LinkKey, 0, len(traces)+len(events))
	for _, id := range traces {
		keys = append(keys, model.LinkKey{TraceID: id})
	}
	for i := range events {
		if e := &events[i]; e.Kind.IsCall() {
			keys = append(keys, model.LinkKey{TraceID: e.TraceID, UUID: e.UUID})
		} else if e.TraceID != "" {
			keys = append(keys, model.LinkKey{TraceID: e.TraceID}) // for spans, see complete
		}
	}
	if len(keys) == 0 {
		return nil, nil
	}
	found, err := s.store.LinksNamed(ctx, scope.Project, keys)
	if err != nil {
		return nil, wrap(err, "read links")
	}
	all := make(storedLinks, len(found))
	for _, l := range found {
		all[model.LinkKey{TraceID: l.TraceID, UUID: l.UUID}] = l
	}
	return all, nil
}

func (s storedLinks) has(trace string, id uuid.UUID) bool {
	_, ok := s[model.LinkKey{TraceID: trace, UUID: id}]
	return ok
}

// person is the person in a stored link, "" if an event names the person.
func (s storedLinks) person(trace string, id uuid.UUID) string {
	return s[model.LinkKey{TraceID: trace, UUID: id}].Person
}

// of is a stored link.
func (s storedLinks) of(trace string, id uuid.UUID) (link.Link, bool) {
	l, ok := s[model.LinkKey{TraceID: trace, UUID: id}]
	return linkOf(&l), ok
}

// complete sets the session of the trace's link in the choice of a span or of feedback, which have no stored links, unless they name a session.
func (s storedLinks) complete(c link.Choice, trace string) link.Choice {
	if l, ok := s[model.LinkKey{TraceID: trace}]; ok && trace != "" && c.SessionID == "" {
		c.SessionID, c.WindowID, c.Method, c.Confidence = l.SessionID, l.WindowID, link.Method(l.Method), l.Confidence
	}
	return c
}

// linkOf converts a row to the link that the rules return.
func linkOf(l *model.Link) link.Link {
	return link.Link{
		State: link.State(l.State), Method: link.Method(l.Method), Reason: link.Reason(l.Reason), Clamped: link.Clamp(l.Clamped), Detail: l.Detail,
		SessionID: l.SessionID, WindowID: l.WindowID, StartMS: l.StartMS, MomentMS: l.MomentMS, Confidence: l.Confidence,
		Candidates: link.Candidates(l.Candidates), Clock: clock.Offset{MS: l.ClockOffsetMS, UncertaintyMS: l.ClockUncertaintyMS},
	}
}
