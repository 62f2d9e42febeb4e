package query

import (
	"cmp"
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/access"
	"github.com/playheadhq/playhead/internal/derive"
	"github.com/playheadhq/playhead/internal/link"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

const (
	// maxSessionEvents is how many events are read of a session: the first ones by time.
	maxSessionEvents = 10_000
	// maxSessionTraces is how many traces are searched for calls that inherit the session.
	maxSessionTraces = 2000
	// maxWindows is how many windows are listed.
	maxWindows = 500
)

// Session returns one session with what its page needs besides the recording itself.
func (s *Service) Session(ctx context.Context, scope access.Scope, id string) (SessionDetail, error) {
	if id == "" {
		return SessionDetail{}, badInput("id", "A session's id must not be empty.")
	}
	var (
		rows   []model.SessionSummary
		events []model.Event
		ev     derive.Evidence
	)
	err := store.Together(ctx, func(ctx context.Context) (err error) {
		rows, err = s.store.SessionsNamed(ctx, scope.Project, []string{id})
		return wrap(err, "read session "+id)
	}, func(ctx context.Context) (err error) {
		events, err = s.store.SessionEvents(ctx, scope.Project, id, maxSessionEvents)
		return wrap(err, "read events of session "+id)
	}, func(ctx context.Context) (err error) {
		ev, err = s.evidenceOf(ctx, scope, []string{id})
		return err
	})
	if err != nil {
		return SessionDetail{}, err
	}
	if len(rows) == 0 {
		return SessionDetail{}, notFound("There is no session with the id %q. Its data may not have arrived yet.", id)
	}
	var persons people
	var sessionCalls List[SessionGeneration]
	var calls int
	err = store.Together(ctx, func(ctx context.Context) (err error) {
		persons, err = s.peopleOf(ctx, scope, []string{rows[0].DistinctID})
		return err
	}, func(ctx context.Context) (err error) {
		sessionCalls, calls, err = s.sessionCalls(ctx, scope, id, events, position{}, MaxLimit)
		return err
	})
	if err != nil {
		return SessionDetail{}, err
	}
	activity, err := activityPage(id, s.activityOf(events, ""), position{}, MaxLimit)
	if err != nil {
		return SessionDetail{}, err
	}
	d := SessionDetail{
		Session: sessionView(&rows[0], ev, persons, s.inAddress(scope)), WindowList: []Window{},
		Generations: sessionCalls.Items, GenerationsNext: sessionCalls.Next, Activity: activity.Items, ActivityNext: activity.Next,
	}
	if len(events) == maxSessionEvents {
		d.EventsOmitted = max(0, d.Events-maxSessionEvents)
	}
	// The sum knows only calls that carry the session's id.
	d.AICalls = max(d.AICalls, int64(calls))
	if rec := ev.Recording(id); rec != nil {
		for _, w := range rec.Windows[:min(len(rec.Windows), maxWindows)] {
			d.WindowList = append(d.WindowList, Window{
				ID: w.ID, StartMS: w.FirstMS, EndMS: w.LastMS, FirstSnapshotMS: instantView(w.FirstSnapshotMS),
				Clicks: w.Clicks, Keypresses: w.Keys,
			})
		}
		d.WindowList = d.WindowList[:fitting(d.WindowList, windowBytes)]
	}
	return d, nil
}

// SessionGenerations reads on in the AI calls of a session.
func (s *Service) SessionGenerations(ctx context.Context, scope access.Scope, id string, r PageRequest) (List[SessionGeneration], error) {
	after, limit, err := r.narrow(listSessionGenerations, id)
	if err != nil {
		return List[SessionGeneration]{}, err
	}
	events, err := s.sessionEvents(ctx, scope, id)
	if err != nil {
		return List[SessionGeneration]{}, err
	}
	page, _, err := s.sessionCalls(ctx, scope, id, events, after, limit)
	return page, err
}

// SessionActivity reads on in the activity of a session, of one window when it is named.
func (s *Service) SessionActivity(ctx context.Context, scope access.Scope, id, window string, r PageRequest) (List[Activity], error) {
	after, limit, err := r.narrow(listActivity, id)
	if err != nil {
		return List[Activity]{}, err
	}
	events, err := s.sessionEvents(ctx, scope, id)
	if err != nil {
		return List[Activity]{}, err
	}
	return activityPage(id, s.activityOf(events, window), after, limit)
}

func (s *Service) sessionEvents(ctx context.Context, scope access.Scope, id string) ([]model.Event, error) {
	events, err := s.store.SessionEvents(ctx, scope.Project, id, maxSessionEvents)
	if err == nil && len(events) == 0 {
		return nil, notFound("There are no events of a session with the id %q. They may not have arrived yet.", id)
	}
	return events, wrap(err, "read events of session "+id)
}

// sessionCalls are a page of the AI calls of a session by start, and how many there are: those that carry its id, and those that
// inherit it because another event of their trace does.
func (s *Service) sessionCalls(ctx context.Context, scope access.Scope, session string, events []model.Event, after position, limit int) (page List[SessionGeneration], all int, err error) {
	var traces []string
	for i := range events {
		if events[i].Kind != model.KindOther {
			traces = append(traces, events[i].TraceID)
		}
	}
	traces = distinct(traces)
	known, err := s.traceEventsOf(ctx, scope, traces[:min(len(traces), maxSessionTraces)])
	if err != nil {
		return page, 0, err
	}
	var (
		calls []model.Event
		seen  = make(map[uuid.UUID]struct{})
		add   = func(e *model.Event) {
			if _, ok := seen[e.UUID]; ok || e.Kind != model.KindGeneration && e.Kind != model.KindEmbedding {
				return
			}
			seen[e.UUID] = struct{}{}
			// Its trace may span sessions, and it may belong to another one.
			if link.ChooseEvent(e, known[e.TraceID]).SessionID == session {
				calls = append(calls, *e)
			}
		}
	)
	for i := range events {
		add(&events[i])
	}
	for _, id := range traces {
		for i := range known[id] {
			if e := &known[id][i]; e.SessionID == "" {
				add(e)
			}
		}
	}
	slices.SortFunc(calls, func(a, b model.Event) int { return byStart(&a, &b) })
	page, err = pageOf(calls, after, limit, callBytes, listSessionGenerations, session, eventID, func(calls []model.Event) ([]SessionGeneration, error) {
		ctxs, texts, err := s.shownOf(ctx, scope, calls, known)
		if err != nil {
			return nil, err
		}
		out := make([]SessionGeneration, 0, len(calls))
		for i := range calls {
			c := ctxs.events[calls[i].UUID]
			out = append(out, SessionGeneration{Generation: generationView(&calls[i], c, texts[calls[i].UUID]), WindowID: text(c.link.WindowID)})
		}
		return out, nil
	})
	return page, len(calls), err
}

func eventID(e *model.Event) string { return e.UUID.String() }

// activityOf are the events that are activity, of one window when it is named, by time.
func (s *Service) activityOf(events []model.Event, window string) []*model.Event {
	var out []*model.Event
	for i := range events {
		e := &events[i]
		if e.Kind == model.KindOther && !s.background(e.Name) && (window == "" || e.WindowID == window) {
			out = append(out, e)
		}
	}
	slices.SortStableFunc(out, func(a, b *model.Event) int { return cmp.Compare(a.TimeMS, b.TimeMS) })
	return out
}

func activityPage(session string, events []*model.Event, after position, limit int) (List[Activity], error) {
	id := func(e **model.Event) string { return eventID(*e) }
	return pageOf(events, after, limit, activityBytes, listActivity, session, id, func(events []*model.Event) ([]Activity, error) {
		out := make([]Activity, 0, len(events))
		for _, e := range events {
			out = append(out, Activity{ID: e.UUID.String(), Name: e.Name, AtMS: e.TimeMS, WindowID: text(e.WindowID), URL: text(e.URL)})
		}
		return out, nil
	})
}
