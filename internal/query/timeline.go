package query

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/access"
	"github.com/playheadhq/playhead/internal/link"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/rawjson"
	"github.com/playheadhq/playhead/internal/store"
)

// Timeline is what a session's timeline shows, in less than 50 kB for any session. Times are by the browser's clock.
type Timeline struct {
	StartMS   int64            `json:"start_ms"`
	EndMS     int64            `json:"end_ms"`
	Live      bool             `json:"live" doc:"something of the session was received within the last two minutes"`
	Windows   []TimelineWindow `json:"windows" nullable:"false" doc:"the recorded tabs by start"`
	Gaps      []Gap            `json:"gaps" nullable:"false" doc:"the parts of the recording that cannot be shown as they were, and why"`
	Calls     []TimelineCall   `json:"calls" nullable:"false" doc:"generations, embeddings and tools by start"`
	CallsMore int              `json:"calls_more" doc:"how many are left out: the shortest ones, and calls without an error first"`
	Pages     []TimelinePage   `json:"pages" nullable:"false" doc:"the addresses of the tabs, one for each change"`
	PagesMore int              `json:"pages_more" doc:"how many of the first 500 are left out: later ones"`
	Density   Density          `json:"density"`
	Marks     []TimelineMark   `json:"marks" nullable:"false" doc:"errors, rage clicks, dead clicks, and feedback"`
	MarksMore int              `json:"marks_more" doc:"how many are left out, of the first 500 clicks and the first 500 errors: console errors first, then failed requests, dead clicks, rage clicks"`
}

// TimelineWindow is one tab on a timeline.
type TimelineWindow struct {
	ID      string          `json:"id"`
	StartMS int64           `json:"start_ms"`
	EndMS   int64           `json:"end_ms"`
	Width   int             `json:"width" doc:"size of the page in pixels; 0 if it is not known"`
	Height  int             `json:"height"`
	Ranges  []TimelineRange `json:"ranges" nullable:"false" doc:"when it was recorded, without breaks of up to 30 s"`
	Active  []TimelineRange `json:"active" nullable:"false" doc:"when the user acted in it, without breaks of up to 10 s"`
}

// TimelineRange is a range of time.
type TimelineRange struct {
	FromMS int64 `json:"from_ms"`
	ToMS   int64 `json:"to_ms"`
}

// Gap is a time in which a tab cannot be shown as it was.
type Gap struct {
	WindowID string `json:"window_id"`
	FromMS   int64  `json:"from_ms"`
	ToMS     int64  `json:"to_ms"`
	Reason   string `json:"reason" enum:"missing,corrupt,unreadable,no_snapshot,lost_upload,dropped_mutations,oversized,out_of_order,repeated,late_start,wrong_time"`
	Detail   string `json:"detail" doc:"the reason as a sentence"`
}

// TimelineCall is an AI call or the run of a tool.
type TimelineCall struct {
	ID           string `json:"id"`
	TraceID      string `json:"trace_id"`
	Kind         string `json:"kind" enum:"generation,embedding,tool"`
	Name         string `json:"name"`
	Model        string `json:"model"`
	StartMS      int64  `json:"start_ms"`
	FirstTokenMS *int64 `json:"first_token_ms" doc:"when the first token came"`
	EndMS        int64  `json:"end_ms"`
	Error        bool   `json:"error"`
	Stopped      bool   `json:"stopped" doc:"somebody stopped it before it was complete"`
}

// TimelinePage says that a tab has an address from a time on.
type TimelinePage struct {
	AtMS     int64  `json:"at_ms"`
	WindowID string `json:"window_id"`
	URL      string `json:"url"`
}

// Density is how much activity there is, in at most 240 buckets.
type Density struct {
	FromMS int64              `json:"from_ms"`
	StepMS int64              `json:"step_ms" doc:"the length of a bucket"`
	Kinds  map[string][]int64 `json:"kinds" doc:"the counts of all buckets, for each kind of activity that occurs"`
}

// TimelineMark is something that a viewer should not miss.
type TimelineMark struct {
	AtMS     int64  `json:"at_ms"`
	WindowID string `json:"window_id"`
	Kind     string `json:"kind" enum:"page_error,console_error,request_failed,rage_click,dead_click,feedback"`
	Label    string `json:"label"`
}

const (
	liveFor    = 2 * 60 * 1000
	rangeBreak = 30_000
	// activeBreak is the longest break in milliseconds within one time of activity.
	activeBreak = 10_000
	// aroundMS is how far outside of a recording calls and events are still part of the timeline.
	aroundMS = 30 * 60 * 1000
	// lateMS is how long a session may have events before its recording begins without this being a gap: the recorder is loading.
	lateMS = 10_000
	// buckets is the maximum number of buckets of Density.
	buckets = 240

	timelineWindows = 20
	timelineRanges  = 100 // of all windows together, for times recorded and times active each
	timelineGaps    = 40
	timelineRows    = 500 // of each kind of row that is read: far more than fit. Labels have up to 2 kB
	shortText       = 160 // bytes of a label or an address on the timeline
)

// Timeline returns what a session's timeline shows.
func (s *Service) Timeline(ctx context.Context, scope access.Scope, id string) (Timeline, error) {
	if id == "" {
		return Timeline{}, badInput("id", "A session's id must not be empty.")
	}
	var b timelineOf
	err := store.Together(ctx, func(ctx context.Context) (err error) {
		b.events, err = s.store.SessionEvents(ctx, scope.Project, id, maxSessionEvents)
		return wrap(err, "read events of session "+id)
	}, func(ctx context.Context) (err error) {
		b.blocks, err = s.store.BlocksOf(ctx, scope.Project, []string{id})
		return wrap(err, "read blocks of session "+id)
	}, func(ctx context.Context) (err error) {
		b.about, err = s.store.BlockActivity(ctx, scope.Project, id, timelineRows)
		return wrap(err, "read activity of session "+id)
	}, func(ctx context.Context) (err error) {
		b.recorded, err = s.store.Recordings(ctx, scope.Project, []string{id})
		return wrap(err, "read recording of session "+id)
	})
	if err != nil {
		return Timeline{}, err
	}
	if len(b.events)+len(b.blocks) == 0 {
		return Timeline{}, notFound("There is no session with the id %q. Its data may not have arrived yet.", id)
	}
	calls, known, err := s.callsOf(ctx, scope, id, b.events)
	if err != nil {
		return Timeline{}, err
	}
	b.ahead, err = s.aheadIn(ctx, scope, id, b.recorded, calls)
	if err != nil {
		return Timeline{}, err
	}
	t := Timeline{Windows: []TimelineWindow{}, Gaps: []Gap{}, Calls: []TimelineCall{}, Pages: []TimelinePage{}, Marks: []TimelineMark{}, Density: Density{Kinds: map[string][]int64{}}}
	b.blocks, b.wrong = rightTimes(b.blocks)
	b.windows(&t)
	all := timelineCalls(calls, known, id, b.ahead)
	b.extent(&t, all)
	t.Live = b.live(s.now().UnixMilli())
	t.Density.FromMS, t.Density.StepMS = t.StartMS, max((t.EndMS-t.StartMS)/buckets+1, 1000)
	var counts []store.ActivityCount
	var pages, clicks, failures []model.Activity
	err = store.Together(ctx, func(ctx context.Context) (err error) {
		counts, err = s.store.ActivityCounts(ctx, scope.Project, id, t.StartMS, t.EndMS+1, t.Density.StepMS)
		return wrap(err, "count activity of session "+id)
	}, func(ctx context.Context) (err error) {
		pages, err = s.store.Activity(ctx, scope.Project, always(store.ActivityQuestion{SessionID: id, Kinds: []string{model.ActivityNavigation}}))
		return wrap(err, "read pages of session "+id)
	}, func(ctx context.Context) (err error) {
		clicks, err = s.store.Activity(ctx, scope.Project, always(store.ActivityQuestion{SessionID: id, Kinds: []string{model.ActivityDeadClick, model.ActivityRageClick}}))
		return wrap(err, "read clicks of session "+id)
	}, func(ctx context.Context) (err error) {
		failures, err = s.store.Activity(ctx, scope.Project, always(store.ActivityQuestion{
			SessionID: id, Kinds: []string{model.ActivityConsole, model.ActivityRequest}, Problems: true,
		}))
		return wrap(err, "read errors of session "+id)
	})
	if err != nil {
		return Timeline{}, err
	}
	events := s.eventActivity(b.events, b.recorded)
	b.gaps(&t)
	b.wrongTimes(&t)
	t.density(counts, events)
	t.pages(pages, events)
	t.fit(all, marksOf(append(clicks, failures...), events))
	return t, nil
}

// always changes a question to all windows and times of a session, up to timelineRows rows.
func always(q store.ActivityQuestion) store.ActivityQuestion {
	q.FromMS, q.ToMS, q.Limit = math.MinInt64, math.MaxInt64, timelineRows
	q.After.AtMS = math.MinInt64
	return q
}

// timelineOf has the data from which a timeline is made.
type timelineOf struct {
	events   []model.Event
	blocks   []model.Block // by window and FirstMS
	wrong    []wrongTime
	about    []model.Activity
	recorded []model.Recording
	// ahead is by how much the browser's clock was ahead of that of an event's sender.
	ahead func(*model.Event) int64
}

// windows are the recorded windows, by start.
func (b *timelineOf) windows(t *Timeline) {
	for _, blocks := range b.byWindow() {
		w := TimelineWindow{ID: blocks[0].WindowID, StartMS: blocks[0].FirstMS, EndMS: blocks[0].LastMS, Ranges: []TimelineRange{}, Active: []TimelineRange{}}
		for i := range blocks {
			x := &blocks[i]
			w.EndMS = max(w.EndMS, x.LastMS)
			w.Ranges = joined(w.Ranges, x.FirstMS, x.LastMS, rangeBreak)
			if x.FirstInputMS != 0 {
				w.Active = joined(w.Active, x.FirstInputMS, x.LastInputMS, activeBreak)
			}
		}
		for i := range b.about {
			if a := &b.about[i]; a.WindowID == w.ID && a.Detail != "" {
				w.Width, w.Height = sizeOf(a.Detail)
			}
		}
		t.Windows = append(t.Windows, w)
	}
	slices.SortStableFunc(t.Windows, func(a, b TimelineWindow) int { return cmp.Compare(a.StartMS, b.StartMS) })
}

// byWindow groups the blocks by window.
func (b *timelineOf) byWindow() (all [][]model.Block) {
	for rest := b.blocks; len(rest) > 0; {
		n := 1
		for n < len(rest) && rest[n].WindowID == rest[0].WindowID {
			n++
		}
		all = append(all, rest[:n:n])
		rest = rest[n:]
	}
	return all
}

// joined adds a range to ranges that begin before it.
func joined(all []TimelineRange, from, to, pause int64) []TimelineRange {
	if n := len(all); n > 0 && from-all[n-1].ToMS <= pause {
		all[n-1].ToMS = max(all[n-1].ToMS, to)
		return all
	}
	return append(all, TimelineRange{from, to})
}

// sizeOf parses "1280x720".
func sizeOf(s string) (width, height int) {
	w, h, _ := strings.Cut(s, "x")
	for _, of := range []struct {
		text string
		to   *int
	}{{w, &width}, {h, &height}} {
		if f, ok := rawjson.Float([]byte(of.text)); ok {
			*of.to = int(f)
		}
	}
	return width, height
}

// extent sets the time of the recording, including what happened near it. For a session without a recording it is the time of all events.
func (b *timelineOf) extent(t *Timeline, calls []TimelineCall) {
	from, to := int64(math.MaxInt64), int64(math.MinInt64)
	for i := range t.Windows {
		from, to = min(from, t.Windows[i].StartMS), max(to, t.Windows[i].EndMS)
	}
	recorded := len(t.Windows) > 0
	nearFrom, nearTo := from-aroundMS, to+aroundMS
	take := func(start, end int64) {
		if !recorded || start >= nearFrom && start <= nearTo {
			from, to = min(from, start), max(to, min(end, max(nearTo, start)))
		}
	}
	if !recorded {
		nearTo = math.MaxInt64
	}
	for i := range b.events {
		at := b.atMS(&b.events[i])
		take(at, at)
	}
	for i := range calls {
		take(calls[i].StartMS, calls[i].EndMS)
	}
	t.StartMS, t.EndMS = from, to
}

// atMS is the time of an event in the recording's time. Events that are not about LLM calls come from the browser itself.
func (b *timelineOf) atMS(e *model.Event) int64 {
	if e.Kind == model.KindOther {
		return e.TimeMS
	}
	return e.TimeMS + b.ahead(e)
}

// live reports whether something was received within the last two minutes.
func (b *timelineOf) live(nowMS int64) bool {
	last := int64(0)
	for i := range b.events {
		last = max(last, b.events[i].ReceivedMS)
	}
	for i := range b.blocks {
		last = max(last, b.blocks[i].ReceivedMS)
	}
	return nowMS-last < liveFor
}

// aheadOf returns by how much the browser's clock was ahead of that of an event's sender. recorded has at most the session's one recording.
func aheadOf(recorded []model.Recording) func(*model.Event) int64 {
	var rec *model.Recording
	if len(recorded) > 0 {
		rec = &recorded[0]
	}
	return link.Ahead(rec)
}

// aheadIn is aheadOf for the calls of a session and what belongs to their traces. Where what the user saw compared the clocks more closely, that counts, as
// it does for the links of the calls.
func (s *Service) aheadIn(ctx context.Context, scope access.Scope, session string, recorded []model.Recording, calls []model.Event) (func(*model.Event) int64, error) {
	traces := make([]string, len(calls))
	for i := range calls {
		traces[i] = calls[i].TraceID
	}
	felt, err := s.experiencesOf(ctx, scope, distinct(traces), calls)
	if err != nil {
		return nil, err
	}
	ahead := aheadOf(recorded)
	return func(e *model.Event) int64 {
		for _, id := range []uuid.UUID{e.UUID, uuid.Nil} {
			if o, ok := closerClock(felt[experienceKey{e.TraceID, id}], session); ok {
				return o.MS
			}
		}
		return ahead(e)
	}, nil
}

// timelineCalls are the calls of a session and the tools that ran in their traces, by start, in the recording's time.
func timelineCalls(calls []model.Event, known map[string][]model.Event, session string, ahead func(*model.Event) int64) []TimelineCall {
	all := []TimelineCall{}
	traces := map[string]bool{}
	add := func(e *model.Event, kind string) {
		startMS := e.StartMS + ahead(e)
		c := TimelineCall{
			ID: e.UUID.String(), TraceID: rawjson.Clip(e.TraceID, shortText), Kind: kind, Name: rawjson.Clip(e.Title, 80), Model: rawjson.Clip(e.Model, 80),
			StartMS: startMS, EndMS: startMS + e.EndMS() - e.StartMS, Error: e.IsError, Stopped: e.Stopped,
		}
		if e.FirstTokenMS >= 0 {
			at := startMS + int64(math.Round(e.FirstTokenMS))
			c.FirstTokenMS = &at
		}
		all = append(all, c)
	}
	for i := range calls {
		e := &calls[i]
		traces[e.TraceID] = true
		add(e, e.Kind.String())
	}
	for id := range traces {
		for i := range known[id] {
			if e := &known[id][i]; e.Kind == model.KindSpan && e.Tools != "" && (e.SessionID == "" || e.SessionID == session) {
				add(e, "tool")
			}
		}
	}
	slices.SortFunc(all, func(a, b TimelineCall) int { return cmp.Or(cmp.Compare(a.StartMS, b.StartMS), cmp.Compare(a.ID, b.ID)) })
	return all
}

// density counts derived activity and events in the buckets.
func (t *Timeline) density(counts []store.ActivityCount, events []activityRow) {
	n := (t.EndMS-t.StartMS)/t.Density.StepMS + 1
	add := func(kind string, bucket, count int64) {
		if bucket < 0 || bucket >= n {
			return
		}
		if t.Density.Kinds[kind] == nil {
			t.Density.Kinds[kind] = make([]int64, n)
		}
		t.Density.Kinds[kind][bucket] += count
	}
	for _, c := range counts {
		add(c.Kind, c.Bucket, c.Count)
	}
	for i := range events {
		if at := events[i].AtMS - t.StartMS; at >= 0 {
			add(events[i].Kind, at/t.Density.StepMS, 1)
		}
	}
}

// coarser joins every two neighbouring buckets.
func (d *Density) coarser() {
	d.StepMS *= 2
	for kind, all := range d.Kinds {
		half := make([]int64, (len(all)+1)/2)
		for i, n := range all {
			half[i/2] += n
		}
		d.Kinds[kind] = half
	}
}

// pages are the addresses of the recorded windows and of those that only sent events.
func (t *Timeline) pages(pages []model.Activity, events []activityRow) {
	add := func(a *model.Activity) {
		t.Pages = append(t.Pages, TimelinePage{a.AtMS, a.WindowID, rawjson.Clip(a.Label, shortText)})
	}
	for i := range pages {
		add(&pages[i])
	}
	for i := range events {
		if events[i].Kind == model.ActivityNavigation {
			add(&events[i].Activity)
		}
	}
	slices.SortStableFunc(t.Pages, func(a, b TimelinePage) int { return cmp.Compare(a.AtMS, b.AtMS) })
}

// importance is the order in which marks are kept when there are too many.
var importance = []string{"feedback", "page_error", "rage_click", "dead_click", "request_failed", "console_error"}

// marksOf makes marks from problems and events: keeps the most important ones, sorted by time.
func marksOf(problems []model.Activity, events []activityRow) (all []TimelineMark) {
	add := func(a *model.Activity, kind string) {
		all = append(all, TimelineMark{a.AtMS, a.WindowID, kind, rawjson.Clip(a.Label, shortText)})
	}
	for i := range problems {
		a := &problems[i]
		if a.Rage {
			add(a, "rage_click")
		}
		if a.Dead {
			add(a, "dead_click")
		}
		switch a.Kind {
		case model.ActivityConsole:
			add(a, "console_error")
		case model.ActivityRequest:
			add(a, "request_failed")
		}
	}
	for i := range events {
		switch a := &events[i].Activity; a.Kind {
		case model.ActivityFeedback, model.ActivityPageError, model.ActivityRageClick, model.ActivityDeadClick:
			add(a, a.Kind)
		}
	}
	slices.SortStableFunc(all, func(a, b TimelineMark) int {
		return cmp.Or(cmp.Compare(slices.Index(importance, a.Kind), slices.Index(importance, b.Kind)), cmp.Compare(a.AtMS, b.AtMS))
	})
	return all
}

// fit cuts the timeline to its size: each part has a share, and calls have what the other parts leave.
func (t *Timeline) fit(calls []TimelineCall, marks []TimelineMark) {
	for i := range t.Windows {
		t.Windows[i].ID = rawjson.Clip(t.Windows[i].ID, model.MaxID)
	}
	t.Windows = t.Windows[:min(len(t.Windows), timelineWindows)]
	if len(t.Windows) > 0 {
		share := max(timelineRanges/len(t.Windows), 1)
		for i := range t.Windows {
			t.Windows[i].Ranges, t.Windows[i].Active = fewer(t.Windows[i].Ranges, share), fewer(t.Windows[i].Active, share)
		}
	}
	t.Windows = t.Windows[:some(t.Windows, 10<<10)]
	t.Gaps = t.Gaps[:min(len(t.Gaps), timelineGaps)]
	t.Gaps = t.Gaps[:some(t.Gaps, 6<<10)]
	for encoded(t.Density) > 10<<10 {
		t.Density.coarser()
	}
	kept := some(t.Pages, 5<<10)
	t.Pages, t.PagesMore = t.Pages[:kept], len(t.Pages)-kept
	kept = some(marks, 5<<10)
	t.Marks, t.MarksMore = append(t.Marks, marks[:kept]...), len(marks)-kept
	slices.SortStableFunc(t.Marks, func(a, b TimelineMark) int { return cmp.Compare(a.AtMS, b.AtMS) })

	// Failed calls come first, then the longest ones.
	slices.SortStableFunc(calls, func(a, b TimelineCall) int {
		if a.Error != b.Error {
			if a.Error {
				return -1
			}
			return 1
		}
		return cmp.Compare(b.EndMS-b.StartMS, a.EndMS-a.StartMS)
	})
	kept = some(calls, timelineBytes-encoded(t))
	t.Calls, t.CallsMore = append(t.Calls, calls[:kept]...), len(calls)-kept
	slices.SortStableFunc(t.Calls, func(a, b TimelineCall) int { return cmp.Compare(a.StartMS, b.StartMS) })
}

// some is how many of the items fit into a number of bytes.
func some[V any](items []V, bytes int) int {
	for i := range items {
		if bytes -= encoded(&items[i]); bytes < 0 {
			return i
		}
	}
	return len(items)
}

// fewer joins ranges across the shortest breaks until there are at most a given number.
func fewer(all []TimelineRange, most int) []TimelineRange {
	for len(all) > most {
		breaks := make([]int64, 0, len(all)-1)
		for i := 1; i < len(all); i++ {
			breaks = append(breaks, all[i].FromMS-all[i-1].ToMS)
		}
		slices.Sort(breaks)
		pause := breaks[len(all)-most-1]
		var out []TimelineRange
		for _, r := range all {
			out = joined(out, r.FromMS, r.ToMS, pause)
		}
		all = out
	}
	return all
}
