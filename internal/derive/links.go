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
	// together is how many subjects are derived with the same few statements. Each statement reads the ids of all recent events: with 200 subjects
	// they took 150 µs per event.
	together = 1000
	// firstEvents is how many events of each trace are read together with those of other traces. Traces with more events are read separately, up to
	// mostEvents: a light row takes about a kilobyte.
	firstEvents = 200
	mostEvents  = 20_000
)

// Derive derives the links of subjects of one project, and stores those that changed. It returns the number of changed links.
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
	derivedMS := d.now().UnixMilli()
	traces, err := eventsOf(ctx, d.options.Store, project, of)
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

// eventReader reads the events of subjects.
type eventReader interface {
	TraceEvents(ctx context.Context, project string, traceIDs []string, limit int) ([]model.Event, error)
	Event(ctx context.Context, project string, id uuid.UUID) (model.Event, error)
}

// eventsOf reads the first events of each subject.
func eventsOf(ctx context.Context, r eventReader, project string, of []model.Subject) ([][]model.Event, error) {
	var ids []string
	var all [][]model.Event
	for _, s := range of {
		if s.TraceID != "" {
			ids = append(ids, s.TraceID)
			continue
		}
		e, err := r.Event(ctx, project, s.UUID)
		switch {
		case errors.Is(err, store.ErrNotFound): // deleted meanwhile
		case err != nil:
			return nil, fmt.Errorf("read event %s: %w", s.UUID, err)
		default:
			all = append(all, []model.Event{e})
		}
	}
	if len(ids) == 0 {
		return all, nil
	}
	events, err := r.TraceEvents(ctx, project, ids, firstEvents)
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

// derive stores the changed links of traces, whose events are all given, and of single events outside of traces.
func (d *Deriver) derive(ctx context.Context, project string, of []model.Subject, traces [][]model.Event, derivedMS int64) (stored int, err error) {
	before, err := d.options.Store.Links(ctx, project, of)
	if err != nil {
		return 0, fmt.Errorf("read links: %w", err)
	}
	known := make(map[model.LinkKey]model.Link, len(before))
	for _, l := range before {
		known[model.LinkKey{TraceID: l.TraceID, UUID: l.UUID}] = l
	}
	if err := d.joinReports(ctx, project, traces, known); err != nil {
		return 0, err
	}
	// Clues are stored before recordings are looked up, so that whichever side is stored last finds the other.
	storeClues := func(lost []*unlinked) error {
		var clues []model.Clue
		for _, u := range lost {
			if u.named != "" || known[u.key()].ReceivedMS < u.choice.ReceivedMS {
				clues = append(clues, u.clues(project, derivedMS)...)
			}
		}
		return d.options.Store.StoreClues(ctx, clues)
	}
	links, err := Links(ctx, d.options.Store, project, traces, derivedMS, d.options.Lead.Milliseconds(), storeClues)
	if err != nil || len(links) == 0 {
		return 0, err
	}
	links = slices.DeleteFunc(links, func(l model.Link) bool {
		was, ok := known[model.LinkKey{TraceID: l.TraceID, UUID: l.UUID}]
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

// key is the key of the subject's link.
func (u *unlinked) key() model.LinkKey {
	if trace := u.events[0].TraceID; trace != "" {
		return model.LinkKey{TraceID: trace}
	}
	return model.LinkKey{UUID: u.events[0].UUID}
}

// becomes gives a choice the session that was recognized for its trace.
func becomes(c *link.Choice, recognized link.Choice) {
	c.SessionID, c.WindowID, c.Method = recognized.SessionID, recognized.WindowID, recognized.Method
	c.Confidence, c.How, c.Candidates = recognized.Confidence, recognized.How, recognized.Candidates
}

// Links returns the links of traces and of single events outside of traces. All events of the traces must be given. storeClues is called with the
// traces and events that name no session, or one without a recording, before other recordings are looked up.
func Links(ctx context.Context, r Reader, project string, traces [][]model.Event, nowMS, leadMS int64, storeClues func([]*unlinked) error) ([]model.Link, error) {
	type chosen struct {
		link   model.Link
		choice link.Choice
		person func(*model.Recording) string
		// of is the trace, or the event outside of any trace.
		of *unlinked
	}
	var lost, named []*unlinked
	n := 0
	for _, events := range traces {
		n += len(events) + 1
	}
	all, sessions := make([]chosen, 0, n), make([]string, 0, n)
	for _, events := range traces {
		if len(events) == 0 {
			continue
		}
		var of *unlinked
		if trace := events[0].TraceID; trace != "" {
			c := link.ChooseTrace(events)
			l := model.Link{Project: project, TraceID: trace, ReceivedMS: c.ReceivedMS, TimeMS: events[0].TimeMS}
			for i := range events {
				l.TimeMS = max(l.TimeMS, events[i].TimeMS)
			}
			of = &unlinked{events: events, choice: c}
			all = append(all, chosen{l, c, func(rec *model.Recording) string { return link.Unnamed(link.PersonOfTrace(events, c, rec), events...) }, of})
		}
		for i := range events {
			e := &events[i]
			if !e.Kind.IsCall() {
				continue
			}
			c := link.ChooseEvent(e, events)
			l := model.Link{Project: project, TraceID: e.TraceID, UUID: e.UUID, ReceivedMS: e.ReceivedMS, TimeMS: e.TimeMS}
			if of == nil {
				of = &unlinked{events: events, choice: c}
			}
			all = append(all, chosen{l, c, func(rec *model.Recording) string { return link.Unnamed(link.PersonOf(e, c, rec), *e) }, of})
		}
		switch {
		case of == nil:
		case of.choice.SessionID == "":
			lost = append(lost, of)
		default:
			named = append(named, of)
		}
	}
	if err := recognize(ctx, r, project, lost, storeClues); err != nil {
		return nil, err
	}
	for i := range all {
		if c := &all[i].choice; c.SessionID == "" {
			becomes(c, all[i].of.choice)
		}
		sessions = append(sessions, all[i].choice.SessionID)
	}
	ev, err := EvidenceOf(ctx, r, project, sessions, nowMS, leadMS)
	if err != nil {
		return nil, err
	}
	if sessions, err = inFrames(ctx, r, project, named, ev, storeClues); err != nil {
		return nil, err
	}
	if err := ev.read(ctx, r, project, sessions); err != nil {
		return nil, err
	}
	for i := range all {
		if of := all[i].of; of.named != "" && all[i].choice.SessionID == of.named {
			becomes(&all[i].choice, of.choice)
		}
	}
	links := make([]model.Link, len(all))
	for i, a := range all {
		found := ev.Resolve(a.choice)
		l := a.link
		l.Rules, l.DerivedMS = model.LinkRules, nowMS
		l.State, l.Method, l.Reason, l.Clamped = string(found.State), string(found.Method), string(found.Reason), string(found.Clamped)
		l.SessionID, l.WindowID, l.StartMS, l.MomentMS = found.SessionID, found.WindowID, found.StartMS, found.MomentMS
		l.Detail, l.Confidence, l.Candidates = found.Detail, found.Confidence, string(found.Candidates)
		l.ClockOffsetMS, l.ClockUncertaintyMS = found.Clock.MS, found.Clock.UncertaintyMS
		l.Person, l.AgainMS = a.person(ev.Recording(a.choice.SessionID)), link.ChangesMS(a.choice, found, nowMS)
		links[i] = l
	}
	return links, nil
}
