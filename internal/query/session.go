package query

import (
	"context"
	"math"
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
	d := SessionDetail{
		Session: sessionView(&rows[0], ev, persons, s.inAddress(scope)), Surroundings: surroundingsOf(events, rows[0].RecordingStatus), WindowList: []Window{},
		Generations: sessionCalls.Items, GenerationsNext: sessionCalls.Next,
	}
	if len(events) == maxSessionEvents {
		d.EventsOmitted = max(0, d.Events-maxSessionEvents)
	}
	if d.Replay.State != "available" {
		d.recordedIn()
	}
	// The sum knows only calls that carry the session's id.
	d.AICalls = max(d.AICalls, int64(calls))
	if rec := ev.Recording(id); rec != nil && len(rec.Windows) > 0 {
		windows, wrong, err := s.windowsOf(ctx, scope, rec)
		if err != nil {
			return SessionDetail{}, err
		}
		if wrong {
			d.within(windows, events)
		}
		for _, w := range windows[:min(len(windows), maxWindows)] {
			d.WindowList = append(d.WindowList, Window{
				ID: w.ID, StartMS: w.FirstMS, EndMS: w.LastMS, FirstSnapshotMS: instantView(w.FirstSnapshotMS),
				Clicks: w.Clicks, Keypresses: w.Keys,
			})
		}
		d.WindowList = d.WindowList[:fitting(d.WindowList, windowBytes)]
	}
	return d, nil
}

// recordedIn notes the session whose recording shows the AI calls of a session without one.
func (d *SessionDetail) recordedIn() {
	for i := range d.Generations {
		if l := &d.Generations[i].Link; l.URL != nil && l.SessionID != nil && *l.SessionID != d.ID {
			d.RecordedIn = &RecordedIn{SessionID: *l.SessionID, URL: *l.URL}
			d.Replay = Replay{State: string(link.None), Reason: text(string(link.NoRecording)), Detail: "This is the session of a frame of another site. Its recorder hands " +
				"everything to the page around the frame, so the recording of that page's session shows what happened here."}
			return
		}
	}
}

// within sets the time of the session to that of its windows and events.
func (d *SessionDetail) within(windows []model.Window, events []model.Event) {
	from, to := int64(math.MaxInt64), int64(0)
	for i := range windows {
		from, to = min(from, windows[i].FirstMS), max(to, windows[i].LastMS)
	}
	for i := range events {
		from, to = min(from, events[i].TimeMS), max(to, events[i].TimeMS)
	}
	d.StartMS, d.EndMS, d.DurationS = from, to, float64(to-from)/1000
}

// surroundingsOf reads what events, which are in order of time, say about where they come from.
func surroundingsOf(events []model.Event, recording string) *Surroundings {
	var browser, program model.Event
	later := func(to *string, from string) {
		if from != "" {
			*to = from
		}
	}
	for i := range events {
		e := &events[i]
		later(&program.Release, e.Release)
		later(&program.Env, e.Env)
		if e.Browser == "" {
			continue // a backend names its own system and country
		}
		browser.Browser = e.Browser
		later(&browser.OS, e.OS)
		later(&browser.Device, e.Device)
		later(&browser.Screen, e.Screen)
		later(&browser.Country, e.Country)
		later(&browser.Library, e.Library)
	}
	return &Surroundings{
		Browser: text(browser.Browser), OS: text(browser.OS), Device: text(browser.Device), Screen: text(browser.Screen), Country: text(browser.Country),
		Library: text(browser.Library), Release: text(program.Release), Env: text(program.Env), Recording: text(recording),
	}
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

func (s *Service) sessionEvents(ctx context.Context, scope access.Scope, id string) ([]model.Event, error) {
	events, err := s.store.SessionEvents(ctx, scope.Project, id, maxSessionEvents)
	if err == nil && len(events) == 0 {
		return nil, notFound("There are no events of a session with the id %q. They may not have arrived yet.", id)
	}
	return events, wrap(err, "read events of session "+id)
}

// sessionCalls are a page of the AI calls of a session by start, and how many there are.
func (s *Service) sessionCalls(ctx context.Context, scope access.Scope, session string, events []model.Event, after position, limit int) (page List[SessionGeneration], all int, err error) {
	calls, known, err := s.callsOf(ctx, scope, session, events)
	if err != nil {
		return page, 0, err
	}
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

// callsOf are the AI calls of a session by start, those that carry its id and those that inherit it because another event of their trace does;
// and the events of the traces that are known.
func (s *Service) callsOf(ctx context.Context, scope access.Scope, session string, events []model.Event) (calls []model.Event, known map[string][]model.Event, err error) {
	var traces []string
	for i := range events {
		if events[i].Kind != model.KindOther {
			traces = append(traces, events[i].TraceID)
		}
	}
	traces = distinct(traces)
	var recognized []model.Event
	err = store.Together(ctx, func(ctx context.Context) (err error) {
		known, err = s.traceEventsOf(ctx, scope, traces[:min(len(traces), maxSessionTraces)])
		return err
	}, func(ctx context.Context) (err error) {
		recognized, err = s.recognizedIn(ctx, scope, session)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	var (
		seen = make(map[uuid.UUID]struct{})
		add  = func(e *model.Event) {
			if _, ok := seen[e.UUID]; ok || e.Kind != model.KindGeneration && e.Kind != model.KindEmbedding {
				return
			}
			seen[e.UUID] = struct{}{}
			// Its trace may have several sessions, and belong to another one.
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
	for i := range recognized {
		if e := &recognized[i]; !has(seen, e.UUID) {
			calls = append(calls, *e)
		}
	}
	slices.SortFunc(calls, func(a, b model.Event) int { return byStart(&a, &b) })
	return calls, known, nil
}

// recognizedIn are the AI calls that were linked to a session although none of their events names it.
func (s *Service) recognizedIn(ctx context.Context, scope access.Scope, session string) ([]model.Event, error) {
	links, err := s.store.LinkedTo(ctx, scope.Project, session, maxSessionEvents)
	if err != nil || len(links) == 0 {
		return nil, wrap(err, "read links to session "+session)
	}
	keys := make([]model.Key, len(links))
	for i, l := range links {
		keys[i] = model.Key{Project: scope.Project, UUID: l.UUID, TimeMS: l.TimeMS}
	}
	events, err := s.store.EventsNamed(ctx, keys)
	return events, wrap(err, "read events linked to session "+session)
}

func has(all map[uuid.UUID]struct{}, id uuid.UUID) bool {
	_, ok := all[id]
	return ok
}

func eventID(e *model.Event) string { return e.UUID.String() }
