package derive

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/playheadhq/playhead/internal/blocks"
	"github.com/playheadhq/playhead/internal/link"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// ExperienceStore is where the inputs of experiences are read and experiences are stored.
type ExperienceStore interface {
	store.Experiences
	TraceEvents(ctx context.Context, project string, traceIDs []string, limit int) ([]model.Event, error)
	Event(ctx context.Context, project string, id uuid.UUID) (model.Event, error)
	Contents(ctx context.Context, keys []model.Key) ([]model.Content, error)
	Identities(ctx context.Context, project string, ids []string) ([]model.Identity, error)
	FirstSessions(ctx context.Context, project string, ids []string) (map[string]model.FirstSession, error)
	SessionEvents(ctx context.Context, project, sessionID string, limit int) ([]model.Event, error)
	Links(ctx context.Context, project string, of []model.Subject) ([]model.Link, error)
	Activity(ctx context.Context, project string, q store.ActivityQuestion) ([]model.Activity, error)
	BlocksOf(ctx context.Context, project string, sessionIDs []string) ([]model.Block, error)
}

// ExperienceOptions of NewExperiences. Store and Blocks are required.
type ExperienceOptions struct {
	Store  ExperienceStore
	Blocks blocks.Reader
	// ActivityOf returns the kind of activity of a browser's event by its name, or "". If it is nil, no event is activity.
	ActivityOf func(event string) string
	// Leaves reports, by the name of a browser's event, whether the page of its window was closed or left. If it is nil, no event says so.
	Leaves func(event string) bool
	// Gather is how long changes are collected before they are derived, a second if zero.
	Gather time.Duration
	// SearchEvery is the time between two searches for experiences that no server derived, a minute when zero.
	SearchEvery time.Duration
	// KeepBytes bounds the pages that are kept from one block of a window to the next, 64 MiB when zero.
	KeepBytes int64
	// Now is the clock, time.Now when nil.
	Now        func() time.Time
	Logger     *slog.Logger
	Registerer prometheus.Registerer
}

// Experiences derives what users saw of answers and how they reacted. It does this when links of a session or activity of its recording were stored,
// and when a browser reports an opinion, a copied text or a page that was left.
type Experiences struct {
	loop
	options  ExperienceOptions
	metrics  *experienceMetrics
	touches  touches
	sayings  sayings
	kept     keptWatches
	visitors visitors
}

// NewExperiences returns an Experiences that does nothing by itself until Start.
func NewExperiences(o ExperienceOptions) *Experiences {
	if o.KeepBytes == 0 {
		o.KeepBytes = 64 << 20
	}
	if o.ActivityOf == nil {
		o.ActivityOf = func(string) string { return "" }
	}
	if o.Leaves == nil {
		o.Leaves = func(string) bool { return false }
	}
	x := &Experiences{options: o, touches: newTouches(), kept: newKeptWatches(o.KeepBytes), visitors: visitors{}}
	x.metrics = newExperienceMetrics(o.Registerer, x.touches.waiting)
	x.loop = loop{
		pacing: pacing{o.Gather, o.SearchEvery, o.Now, o.Logger}.orDefaults(), metrics: x.metrics.workMetrics, enough: x.touches.enough,
		failed: "what users saw of answers cannot be derived; this will be retried", again: "what users saw of answers is derived again",
		work: func(ctx context.Context) error {
			if err := x.changes(ctx); err != nil {
				return err
			}
			return x.search(ctx)
		},
	}
	return x
}

// changes derives what was stored since the last call.
func (x *Experiences) changes(ctx context.Context) error {
	sessions, alone := x.touches.take(x.now())
	if len(sessions)+len(alone) == 0 {
		return nil
	}
	defer x.touches.done()
	if err := x.deriveAll(ctx, sessions, alone, false); err != nil {
		x.kept.clear() // the kept watchings may be ahead of what is stored
		x.touches.putBack(sessions, alone)
		return err
	}
	now := time.Now()
	for _, one := range sessions {
		x.metrics.delay.Observe(now.Sub(one.since).Seconds())
	}
	for _, at := range alone {
		x.metrics.delay.Observe(now.Sub(at).Seconds())
	}
	return nil
}

// search continues a search for a while, or begins one when it is due. The first search lists all links, of which it reads only ids: links may have
// been imported, or derived by earlier rules.
func (x *Experiences) search(ctx context.Context) error {
	begin := func() (int64, error) { return x.missing.checkedMS - overlap.Milliseconds(), nil }
	return x.continueSearch(ctx, begin, x.page)
}

// page derives the subjects that a walk lists next.
func (x *Experiences) page(ctx context.Context, w *walk) (done bool, err error) {
	done, err = w.derive(ctx, x.options.Store.Unexperienced, func(project string, of []model.Subject) error { return x.again(ctx, project, of) })
	if err != nil {
		x.kept.clear()
	}
	return done, err
}

// again derives subjects of one project, even if their experiences are stored.
func (x *Experiences) again(ctx context.Context, project string, of []model.Subject) error {
	links, err := x.options.Store.Links(ctx, project, of)
	if err != nil {
		return err
	}
	sessions, alone := map[sessionKey]*touched{}, map[model.Subject]time.Time{}
	for _, s := range of {
		alone[s] = time.Now()
	}
	for i := range links {
		if !leadsToSession(&links[i]) {
			continue
		}
		key, s := sessionKey{project, links[i].SessionID}, linkSubject(&links[i])
		if sessions[key] == nil {
			sessions[key] = newTouched(time.Now())
		}
		sessions[key].subjects[s] = true
		delete(alone, s)
	}
	return x.deriveAll(ctx, sessions, alone, true)
}

// leadsToSession says that a link leads to a recording.
func leadsToSession(l *model.Link) bool { return l.State == string(link.Linked) && l.SessionID != "" }

func linkSubject(l *model.Link) model.Subject {
	return subjectOf(l.Project, l.TraceID, l.UUID)
}

// subjectOf is a trace or, without one, an event.
func subjectOf(project, trace string, id uuid.UUID) model.Subject {
	s := model.Subject{Project: project, TraceID: trace}
	if trace == "" {
		s.UUID = id
	}
	return s
}

// Writer returns a writer over w. It tells Experiences of opinions, of copied texts, and of pages that users left.
func (x *Experiences) Writer(w store.Writer) store.Writer {
	return noticing{w, func(b *store.Batch, at time.Time) {
		for i := range b.Events {
			e := &b.Events[i]
			if e.SessionID != "" && (e.Kind.IsOpinion() || x.copies(e) || x.leaves(e)) {
				x.touches.happened(sessionKey{e.Project, e.SessionID}, e.TimeMS, e.TimeMS, at)
			}
		}
	}}
}

// copies says that a browser's event reports a copied text; leaves, that it reports a page that was closed or left.
func (x *Experiences) copies(e *model.Event) bool {
	return e.Kind == model.KindOther && x.options.ActivityOf(e.Name) == model.ActivityCopy
}

func (x *Experiences) leaves(e *model.Event) bool {
	return e.Kind == model.KindOther && e.WindowID != "" && x.options.Leaves(e.Name)
}

// Links returns a store over s that tells Experiences of stored links, and of calls that reports change.
func (x *Experiences) Links(s Store) Store {
	return noticingLinks{s, x.copyAgain, func(links []model.Link, at time.Time) {
		for i := range links {
			session := ""
			if leadsToSession(&links[i]) {
				session = links[i].SessionID
			}
			x.touches.subject(linkSubject(&links[i]), session, at)
		}
	}}
}

type noticingLinks struct {
	Store
	reports func(ctx context.Context, events []model.Event) error
	notice  func(links []model.Link, at time.Time)
}

// StoreLinks implements store.Links.
func (n noticingLinks) StoreLinks(ctx context.Context, links []model.Link) error {
	err := n.Store.StoreLinks(ctx, links)
	if err == nil {
		n.notice(links, time.Now())
	}
	return err
}

// SetReports implements store.Costs. Copies are changed first: if one of the two fails, the caller tries both again.
func (n noticingLinks) SetReports(ctx context.Context, events []model.Event) error {
	if err := n.reports(ctx, events); err != nil {
		return err
	}
	return n.Store.SetReports(ctx, events)
}

// copyAgain changes what stored experiences copy from events of a project. A call that became a span has no experience in its trace any more, so nothing
// else would change its row.
func (x *Experiences) copyAgain(ctx context.Context, events []model.Event) error {
	if len(events) == 0 {
		return nil
	}
	var traces []string
	var ids []uuid.UUID
	changed := map[uuid.UUID]*model.Event{}
	for i := range events {
		traces, ids = append(traces, events[i].TraceID), append(ids, events[i].UUID)
		changed[events[i].UUID] = &events[i]
	}
	rows, err := x.stored(ctx, events[0].Project, traces, ids)
	if err != nil {
		return err
	}
	for i := range rows {
		rows[i].Of = model.CopyCall(changed[rows[i].UUID])
		rows[i].DerivedMS++ // the row is newer, but what it is derived from is not
	}
	return x.options.Store.StoreExperiences(ctx, rows)
}

// stored reads the stored experiences of traces that have one of some uuids. Both lists may name one several times, and are sorted.
func (x *Experiences) stored(ctx context.Context, project string, traces []string, ids []uuid.UUID) ([]model.Experience, error) {
	slices.Sort(traces)
	slices.SortFunc(ids, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
	rows, err := x.options.Store.Experiences(ctx, project, slices.Compact(traces), slices.Compact(ids))
	if err != nil {
		return nil, fmt.Errorf("read experiences: %w", err)
	}
	return rows, nil
}

// Activity returns a store over s that tells Experiences of stored activity.
func (x *Experiences) Activity(s RecordingStore) RecordingStore {
	return noticingActivity{s, func(rows []model.Activity, at time.Time) {
		for i := range rows {
			if a := &rows[i]; a.Position == model.BlockPosition { // each block has such a row
				x.touches.happened(sessionKey{a.Project, a.SessionID}, a.AtMS, max(a.EndMS, a.TimeMS), at)
			}
		}
	}}
}

// activityStore is RecordingStore under a name that none of its methods has.
type activityStore interface{ RecordingStore }

type noticingActivity struct {
	activityStore
	notice func(rows []model.Activity, at time.Time)
}

// StoreActivity implements store.Activity.
func (n noticingActivity) StoreActivity(ctx context.Context, rows []model.Activity) error {
	err := n.activityStore.StoreActivity(ctx, rows)
	if err == nil {
		n.notice(rows, time.Now())
	}
	return err
}
