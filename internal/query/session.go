package query

import (
	"cmp"
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// Bounds of one answer about one session.
const (
	maxSessionEvents = 10_000
	// MaxMarks and MaxSteps are how many AI calls and browser events are shown on one timeline.
	MaxMarks = 2000
	MaxSteps = 5000
)

// Session returns one session with what its page needs besides the recording itself.
func (s *Service) Session(ctx context.Context, id string) (SessionDetail, error) {
	if id == "" {
		return SessionDetail{}, badInput("id", "A session's id must not be empty.")
	}
	var (
		rows   []model.SessionSummary
		events []model.Event
		ev     evidence
	)
	err := store.Together(ctx, func(ctx context.Context) (err error) {
		rows, err = s.store.Sessions(ctx, store.Filter{SessionID: id}, store.Page{Limit: 1})
		return wrap(err, "read session "+id)
	}, func(ctx context.Context) (err error) {
		events, err = s.store.SessionEvents(ctx, id, maxSessionEvents)
		return wrap(err, "read events of session "+id)
	}, func(ctx context.Context) (err error) {
		ev, err = s.evidenceOf(ctx, []string{id})
		return err
	})
	if err != nil {
		return SessionDetail{}, err
	}
	if len(rows) == 0 {
		return SessionDetail{}, notFound("There is no session with the id %q. Nothing of it may have arrived yet.", id)
	}
	var persons people
	var marks []Mark
	err = store.Together(ctx, func(ctx context.Context) (err error) {
		persons, err = s.peopleOf(ctx, []string{rows[0].DistinctID})
		return err
	}, func(ctx context.Context) (err error) {
		marks, err = s.marks(ctx, id, events)
		return err
	})
	if err != nil {
		return SessionDetail{}, err
	}
	d := SessionDetail{
		Session: sessionView(&rows[0], ev, persons), WindowList: []Window{}, Marks: marks, Steps: steps(events),
	}
	// The sum knows only calls that carry the session's id.
	d.AICalls = max(d.AICalls, int64(len(d.Marks)))
	if rec := ev.recording(id); rec != nil {
		for _, w := range rec.Windows {
			d.WindowList = append(d.WindowList, Window{
				ID: w.ID, StartMS: w.FirstMS, EndMS: w.LastMS, FirstSnapshotMS: instantView(w.FirstSnapshotMS),
				Clicks: w.Clicks, Keypresses: w.Keys,
			})
		}
	}
	return d, nil
}

// marks are the AI calls of a session by start: those that carry its id, and those that inherit it because another
// event of their trace does.
func (s *Service) marks(ctx context.Context, session string, events []model.Event) ([]Mark, error) {
	var traces []string
	for i := range events {
		if events[i].Kind != model.KindOther {
			traces = append(traces, events[i].TraceID)
		}
	}
	traces = distinct(traces)
	known, err := s.traceEventsOf(ctx, traces[:min(len(traces), MaxMarks)])
	if err != nil {
		return nil, err
	}
	var (
		calls []model.Event
		seen  = make(map[uuid.UUID]struct{})
		add   = func(e *model.Event) {
			if _, ok := seen[e.UUID]; ok || e.Kind != model.KindGeneration && e.Kind != model.KindEmbedding {
				return
			}
			seen[e.UUID] = struct{}{}
			calls = append(calls, *e)
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
	calls = calls[:min(len(calls), MaxMarks)]
	ctxs, err := s.contextsOf(ctx, nil, calls, known)
	if err != nil {
		return nil, err
	}
	out := make([]Mark, 0, len(calls))
	for i := range calls {
		e := &calls[i]
		c := ctxs.events[e.UUID]
		if c.link.SessionID != session { // its trace spans sessions, and it belongs to another one
			continue
		}
		out = append(out, Mark{Generation: generationView(e, c), WindowID: text(c.link.WindowID)})
	}
	return out, nil
}

// unstepped are browser events that nobody looks for on a timeline: they are sent beside what the user did.
var unstepped = map[string]bool{
	"$$heatmap": true, "$web_vitals": true, "$feature_flag_called": true, "$set": true, "$groupidentify": true,
	"$opt_in": true, "$snapshot": true, "$create_alias": true, "$merge_dangerously": true,
}

func steps(events []model.Event) []Step {
	out := make([]Step, 0, len(events))
	for i := range events {
		e := &events[i]
		if e.Kind != model.KindOther || unstepped[e.Name] {
			continue
		}
		out = append(out, Step{
			ID: e.UUID.String(), Name: e.Name, AtMS: e.TimeMS, WindowID: text(e.WindowID), URL: text(e.URL),
		})
	}
	slices.SortStableFunc(out, func(a, b Step) int { return cmp.Compare(a.AtMS, b.AtMS) })
	return out[:min(len(out), MaxSteps)]
}
