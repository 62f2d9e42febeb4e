package query

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/access"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// ActivityKinds are all kinds of activity.
var ActivityKinds = []string{
	model.ActivityClick, model.ActivityKey, model.ActivityInput, model.ActivityScroll, model.ActivityCopy, model.ActivitySelection, model.ActivityNavigation,
	model.ActivityTabHidden, model.ActivityTabVisible, model.ActivityConsole, model.ActivityRequest, model.ActivityPageError, model.ActivityFeedback,
	model.ActivityCustom, model.ActivityRageClick, model.ActivityDeadClick,
}

// Activity is one thing that happened in a session: what the user did, or what the page did meanwhile.
type Activity struct {
	ID       string  `json:"id"`
	AtMS     int64   `json:"at_ms" doc:"by the browser's clock"`
	EndMS    *int64  `json:"end_ms" doc:"the end of a request or of a run of keys or scrolls; null for an instant"`
	WindowID *string `json:"window_id"`
	Kind     string  `json:"kind" enum:"click,key,input,scroll,copy,selection,navigation,tab_hidden,tab_visible,console,request,page_error,feedback,custom,rage_click,dead_click" doc:"a dead click and a rage click are also listed as a click"`
	Label    string  `json:"label" doc:"what a person would call it: the label of the clicked element, the console's line, GET /path, the address, the error's message"`
	Detail   string  `json:"detail" doc:"more about it, by kind: the role of the clicked element, the number of keys, the console's level, host and duration of a request"`
	Page     string  `json:"page" doc:"the address of the page"`
	Element  *int64  `json:"node" doc:"the recorder's number of the element"`
	Status   *int32  `json:"status" doc:"the HTTP status of a request, 0 for one without an answer"`
	TraceID  *string `json:"trace_id" doc:"the trace that an event of a program names, or that answered a request"`
	// FirstByteMS and GenerationID are of requests that scripts made.
	FirstByteMS  *int64  `json:"first_byte_ms" doc:"when the answer to a request of a script began to arrive, by the browser's clock; its last byte came at end_ms; null where the browser does not say"`
	GenerationID *string `json:"generation_id" doc:"the first AI call that was made for a request: it ran while the browser waited"`
}

// SessionActivity is a page of the activity of a session.
type SessionActivity struct {
	Activity []Activity `json:"activity" nullable:"false" doc:"by at_ms"`
	Next     string     `json:"next" doc:"the cursor of the next page, empty at the end"`
}

// ActivityRequest asks for activity of a session.
type ActivityRequest struct {
	SessionID string
	// WindowID restricts the answer to one window; "" means all.
	WindowID string
	// FromMS and ToMS limit when activities began: FromMS <= t < ToMS. Zero means no limit.
	FromMS, ToMS int64
	// Kinds are the kinds wanted, from ActivityKinds; none means all.
	Kinds []string
	// Text is contained in the label, the detail or the page, regardless of case.
	Text string
	PageRequest
}

// maxActivityText is the maximum length of the text to search for.
const maxActivityText = 1000

// Activity returns a page of the activity of a session: the rows derived from its recording, and the events that its browser or a backend sent.
func (s *Service) Activity(ctx context.Context, scope access.Scope, r ActivityRequest) (SessionActivity, error) {
	for _, kind := range r.Kinds {
		if !slices.Contains(ActivityKinds, kind) {
			return SessionActivity{}, badInput("kinds", "There is no kind of activity %q. Kinds are %s.", kind, strings.Join(ActivityKinds, ", "))
		}
	}
	if len(r.Text) > maxActivityText {
		return SessionActivity{}, badInput("q", "q must have at most %d bytes.", maxActivityText)
	}
	if r.ToMS == 0 {
		r.ToMS = math.MaxInt64
	}
	if r.ToMS <= r.FromMS {
		return SessionActivity{}, badInput("to", "to (%d) must be later than from (%d).", r.ToMS, r.FromMS)
	}
	after, limit, err := activityCursor(r)
	if err != nil {
		return SessionActivity{}, err
	}
	q := store.ActivityQuestion{
		SessionID: r.SessionID, WindowID: r.WindowID, FromMS: r.FromMS, ToMS: r.ToMS, Kinds: r.Kinds, Text: strings.ToLower(r.Text), After: after, Limit: limit + 1,
	}
	rows, err := s.activityRows(ctx, scope, q)
	if err != nil {
		return SessionActivity{}, err
	}
	more := len(rows) > limit
	rows = rows[:min(len(rows), limit)]
	page := SessionActivity{Activity: []Activity{}}
	size := 0
	for i := range rows {
		views := rows[i].views(r.Kinds)
		for n := range views {
			size += encoded(&views[n])
		}
		if size > activityBytes && i > 0 {
			more, rows = true, rows[:i]
			break
		}
		page.Activity = append(page.Activity, views...)
	}
	if more {
		last := rows[len(rows)-1].position()
		page.Next = formatCursor(listActivity, last.AtMS, fmt.Sprintf("%s %d %s", last.UUID, last.Position, r.SessionID))
	}
	return page, nil
}

// activityCursor reads the cursor: the row after which a page begins, and how many rows the page has.
func activityCursor(r ActivityRequest) (after store.ActivityPosition, limit int, err error) {
	after.AtMS = math.MinInt64
	if limit, err = rowsWanted(r.Limit, MaxLimit); err != nil || r.Cursor == "" {
		return after, limit, err
	}
	at, rest, err := parseCursor(listActivity, r.Cursor)
	if err != nil {
		return after, 0, err
	}
	id, rest, _ := strings.Cut(rest, " ")
	position, session, ok := strings.Cut(rest, " ")
	if _, scanned := fmt.Sscanf(position, "%d", &after.Position); scanned != nil || !ok || session != r.SessionID {
		return after, 0, badCursor()
	}
	if after.UUID, err = uuid.Parse(id); err != nil {
		return after, 0, badCursor()
	}
	after.AtMS = at
	return after, limit, nil
}

// activityRow is a row derived from a recording, or an event.
type activityRow struct {
	model.Activity
	trace string
	// event is true for an event.
	event bool
	// generation is the first AI call that was made for a request.
	generation string
}

// eventPosition is the position of events. It sorts an event before the rows of a block with the same uuid, should there be one.
const eventPosition = math.MinInt64

func (a *activityRow) position() store.ActivityPosition {
	return store.ActivityPosition{AtMS: a.AtMS, UUID: a.UUID, Position: a.Position}
}

func comparePositions(a, b store.ActivityPosition) int {
	return cmp.Or(cmp.Compare(a.AtMS, b.AtMS), slices.Compare(a.UUID[:], b.UUID[:]), cmp.Compare(a.Position, b.Position))
}

// activityRows returns the requested rows, sorted by position: derived rows and events, at most q.Limit.
func (s *Service) activityRows(ctx context.Context, scope access.Scope, q store.ActivityQuestion) (rows []activityRow, err error) {
	var derived []model.Activity
	var events []model.Event
	var recorded []model.Recording
	err = store.Together(ctx, func(ctx context.Context) (err error) {
		derived, err = s.store.Activity(ctx, scope.Project, q)
		return wrap(err, "read activity of session "+q.SessionID)
	}, func(ctx context.Context) (err error) {
		events, err = s.store.SessionEvents(ctx, scope.Project, q.SessionID, maxSessionEvents)
		return wrap(err, "read events of session "+q.SessionID)
	}, func(ctx context.Context) (err error) {
		recorded, err = s.store.Recordings(ctx, scope.Project, []string{q.SessionID})
		return wrap(err, "read recording of session "+q.SessionID)
	})
	if err != nil {
		return nil, err
	}
	if len(events) == 0 && len(recorded) == 0 {
		return nil, notFound("There is no session with the id %q. Its data may not have arrived yet.", q.SessionID)
	}
	for i := range derived {
		rows = append(rows, activityRow{Activity: derived[i]})
	}
	for _, a := range s.eventActivity(events, recorded) {
		if wants(q, &a) {
			rows = append(rows, a)
		}
	}
	slices.SortFunc(rows, func(a, b activityRow) int { return comparePositions(a.position(), b.position()) })
	rows = rows[:min(len(rows), q.Limit)]
	return rows, s.matchRequests(ctx, scope, q.SessionID, rows, events, recorded)
}

// recordedAround is the margin in milliseconds around a window's recording within which the recording replaces the window's events: a page sends its
// first events while the recorder is still loading.
const recordedAround = 5000

// eventActivity converts events to activity. It leaves out clicks and addresses of recorded windows, because the recording has them with more detail.
func (s *Service) eventActivity(events []model.Event, recorded []model.Recording) (rows []activityRow) {
	told := func(e *model.Event) bool {
		for _, r := range recorded {
			for _, w := range r.Windows {
				if w.ID == e.WindowID && e.TimeMS >= w.FirstMS-recordedAround && e.TimeMS <= w.LastMS+recordedAround {
					return true
				}
			}
		}
		return false
	}
	for i := range events {
		e := &events[i]
		a := activityRow{event: true, trace: e.TraceID, Activity: model.Activity{
			UUID: e.UUID, Position: eventPosition, SessionID: e.SessionID, WindowID: e.WindowID, AtMS: e.TimeMS, EndMS: e.TimeMS, Page: e.URL, Status: -1, FirstByteMS: -1,
		}}
		switch e.Kind {
		case model.KindFeedback:
			a.Kind, a.Label = model.ActivityFeedback, e.MetricValue
		case model.KindOther:
			a.Kind = s.kindOf(e.Name)
		}
		switch a.Kind {
		case "":
			continue
		case model.ActivityNavigation, model.ActivityClick, model.ActivityRageClick, model.ActivityDeadClick:
			if told(e) {
				continue
			}
			if a.Kind == model.ActivityNavigation {
				a.Label = e.URL
			}
		case model.ActivityCopy:
			if e.MetricName == "paste" {
				continue // the recording contains what is pasted
			}
			a.Label = e.MetricValue
		case model.ActivityPageError:
			a.Label, a.Failed = cmp.Or(e.Error, "an error without a message"), true
		case model.ActivityCustom:
			a.Label = e.Name
		}
		rows = append(rows, a)
	}
	return rows
}

// wants reports whether an event matches the question, by the same rules as stores apply to rows.
func wants(q store.ActivityQuestion, a *activityRow) bool {
	contains := func(s string) bool { return strings.Contains(strings.ToLower(s), q.Text) }
	return a.AtMS >= q.FromMS && a.AtMS < q.ToMS && (q.WindowID == "" || a.WindowID == q.WindowID) &&
		(len(q.Kinds) == 0 || slices.Contains(q.Kinds, a.Kind)) && (contains(a.Label) || contains(a.Detail) || contains(a.Page)) &&
		comparePositions(a.position(), q.After) > 0
}

// views are the activities that a row is shown as: a click can also be a dead click or a rage click. kinds are the kinds wanted; none means all.
func (a *activityRow) views(kinds []string) (views []Activity) {
	id := a.UUID.String()
	if !a.event {
		id = fmt.Sprintf("%s:%d", id, a.Position)
	}
	v := Activity{
		ID: id, AtMS: a.AtMS, WindowID: text(a.WindowID), Kind: a.Kind, Label: a.Label, Detail: a.Detail, Page: a.Page, TraceID: text(a.trace),
	}
	if a.EndMS != a.AtMS {
		v.EndMS = &a.EndMS
	}
	if a.Node != 0 {
		v.Element = &a.Node
	}
	v.GenerationID = text(a.generation)
	if a.FirstByteMS > 0 {
		v.FirstByteMS = &a.FirstByteMS
	}
	if a.Status >= 0 {
		v.Status = &a.Status
	}
	add := func(kind string) {
		if len(kinds) == 0 || slices.Contains(kinds, kind) {
			one := v
			if one.Kind = kind; kind != a.Kind {
				one.ID += ":" + kind
			}
			views = append(views, one)
		}
	}
	add(a.Kind)
	if a.Dead {
		add(model.ActivityDeadClick)
	}
	if a.Rage {
		add(model.ActivityRageClick)
	}
	return views
}
