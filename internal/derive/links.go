package derive

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/link"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

const (
	// together is how many subjects are derived with the same few questions, each of which looks through the ids of all that came
	// lately: with 200 it took 150 µs an event.
	together = 1000
	// firstEvents are read of each trace with those of others, all up to mostEvents of one that has more by itself: a light row takes
	// about a kilobyte.
	firstEvents = 200
	mostEvents  = 20_000
)

// Derive derives the links of subjects of one project, and stores those that changed. It returns how many these were.
func (d *Deriver) Derive(ctx context.Context, project string, of []model.Subject) (stored int, err error) {
	for part := range slices.Chunk(of, together) {
		n, err := d.part(ctx, project, part)
		stored += n
		if err != nil {
			return stored, err
		}
	}
	return stored, nil
}

func (d *Deriver) part(ctx context.Context, project string, of []model.Subject) (stored int, err error) {
	derivedMS := d.options.Now().UnixMilli()
	traces, err := d.events(ctx, project, of)
	if err != nil {
		return 0, err
	}
	var large [][]model.Event
	var small [][]model.Event
	for _, events := range traces {
		if len(events) == firstEvents && events[0].TraceID != "" {
			large = append(large, events)
		} else {
			small = append(small, events)
		}
	}
	stored, err = d.derive(ctx, project, of, small, derivedMS)
	if err != nil {
		return stored, err
	}
	for _, events := range large {
		id := events[0].TraceID
		whole, err := d.options.Store.TraceEvents(ctx, project, []string{id}, mostEvents)
		if err != nil {
			return stored, fmt.Errorf("read events of trace %s: %w", id, err)
		}
		n, err := d.derive(ctx, project, []model.Subject{{Project: project, TraceID: id}}, [][]model.Event{whole}, derivedMS)
		stored += n
		if err != nil {
			return stored, err
		}
	}
	return stored, nil
}

// events reads the first events of each subject.
func (d *Deriver) events(ctx context.Context, project string, of []model.Subject) ([][]model.Event, error) {
	var ids []string
	var all [][]model.Event
	for _, s := range of {
		if s.TraceID != "" {
			ids = append(ids, s.TraceID)
			continue
		}
		e, err := d.options.Store.Event(ctx, project, s.UUID)
		switch {
		case errors.Is(err, store.ErrNotFound): // dropped meanwhile
		case err != nil:
			return nil, fmt.Errorf("read event %s: %w", s.UUID, err)
		default:
			all = append(all, []model.Event{e})
		}
	}
	if len(ids) == 0 {
		return all, nil
	}
	events, err := d.options.Store.TraceEvents(ctx, project, ids, firstEvents)
	if err != nil {
		return nil, fmt.Errorf("read events of %d traces: %w", len(ids), err)
	}
	counts := map[string]int{}
	for i := range events {
		counts[events[i].TraceID]++
	}
	byTrace, room := make(map[string][]model.Event, len(counts)), make([]model.Event, len(events))
	for id, n := range counts {
		byTrace[id], room = room[:0:n], room[n:]
	}
	for i := range events {
		byTrace[events[i].TraceID] = append(byTrace[events[i].TraceID], events[i])
	}
	for _, events := range byTrace {
		all = append(all, events)
	}
	return all, nil
}

// derive stores what changed of the links of traces, all of whose events are given, and of single events outside of traces.
func (d *Deriver) derive(ctx context.Context, project string, of []model.Subject, traces [][]model.Event, derivedMS int64) (stored int, err error) {
	links, err := Links(ctx, d.options.Store, project, traces, derivedMS, d.options.Lead.Milliseconds())
	if err != nil || len(links) == 0 {
		return 0, err
	}
	before, err := d.options.Store.Links(ctx, project, of)
	if err != nil {
		return 0, fmt.Errorf("read links: %w", err)
	}
	type key struct {
		trace string
		uuid  uuid.UUID
	}
	known := make(map[key]model.Link, len(before))
	for _, l := range before {
		known[key{l.TraceID, l.UUID}] = l
	}
	links = slices.DeleteFunc(links, func(l model.Link) bool {
		was, ok := known[key{l.TraceID, l.UUID}]
		was.DerivedMS = l.DerivedMS
		return ok && was == l
	})
	if len(links) == 0 {
		return 0, nil
	}
	if err := d.options.Store.StoreLinks(ctx, links); err != nil {
		return 0, err
	}
	d.metrics.stored.Add(float64(len(links)))
	return len(links), nil
}

// Links are the links of traces, all of whose events are given, and of single events outside of traces.
func Links(ctx context.Context, r Reader, project string, traces [][]model.Event, nowMS, leadMS int64) ([]model.Link, error) {
	type chosen struct {
		link   model.Link
		choice link.Choice
		person func(*model.Recording) string
	}
	n := 0
	for _, events := range traces {
		n += len(events) + 1
	}
	all, sessions := make([]chosen, 0, n), make([]string, 0, n)
	for _, events := range traces {
		if len(events) == 0 {
			continue
		}
		if trace := events[0].TraceID; trace != "" {
			c := link.ChooseTrace(events)
			l := model.Link{Project: project, TraceID: trace, ReceivedMS: c.ReceivedMS, TimeMS: events[0].TimeMS}
			for i := range events {
				l.TimeMS = max(l.TimeMS, events[i].TimeMS)
			}
			all = append(all, chosen{l, c, func(rec *model.Recording) string { return link.Unnamed(link.PersonOfTrace(events, c, rec), events...) }})
			sessions = append(sessions, c.SessionID)
		}
		for i := range events {
			e := &events[i]
			if !e.Kind.IsCall() {
				continue
			}
			c := link.ChooseEvent(e, events)
			l := model.Link{Project: project, TraceID: e.TraceID, UUID: e.UUID, ReceivedMS: e.ReceivedMS, TimeMS: e.TimeMS}
			all = append(all, chosen{l, c, func(rec *model.Recording) string { return link.Unnamed(link.PersonOf(e, c, rec), *e) }})
			sessions = append(sessions, c.SessionID)
		}
	}
	ev, err := EvidenceOf(ctx, r, project, sessions, nowMS, leadMS)
	if err != nil {
		return nil, err
	}
	links := make([]model.Link, len(all))
	for i, a := range all {
		found := ev.Resolve(a.choice)
		l := a.link
		l.Rules, l.DerivedMS = model.LinkRules, nowMS
		l.State, l.Method, l.Reason, l.Clamped = string(found.State), string(found.Method), string(found.Reason), string(found.Clamped)
		l.SessionID, l.WindowID, l.StartMS, l.MomentMS = found.SessionID, found.WindowID, found.StartMS, found.MomentMS
		l.Person, l.AgainMS = a.person(ev.Recording(a.choice.SessionID)), link.ChangesMS(a.choice, found)
		links[i] = l
	}
	return links, nil
}
