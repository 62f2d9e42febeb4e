package derive

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// read reads the events and links of subjects.
func (d *deriving) read(ctx context.Context) error {
	of := slices.Collect(maps.Keys(d.wanted))
	for s := range d.near {
		if !d.wanted[s] {
			of = append(of, s)
		}
	}
	var links []model.Link
	var traces [][]model.Event
	err := store.Together(ctx, func(ctx context.Context) (err error) {
		if links, err = d.x.options.Store.Links(ctx, d.project, of); err != nil {
			return fmt.Errorf("read links: %w", err)
		}
		return nil
	}, func(ctx context.Context) (err error) {
		traces, err = eventsOf(ctx, d.x.options.Store, d.project, of)
		return err
	}, d.readNear)
	if err != nil {
		return err
	}
	for i := range links {
		s := linkSubject(&links[i])
		if d.links[s] == nil {
			d.links[s] = map[uuid.UUID]*model.Link{}
		}
		d.links[s][links[i].UUID] = &links[i]
	}
	for _, events := range traces {
		if len(events) == 0 {
			continue
		}
		s, _ := model.SubjectOf(&events[0])
		if len(events) == firstEvents && s.TraceID != "" {
			if events, err = d.x.options.Store.TraceEvents(ctx, d.project, []string{s.TraceID}, mostEvents); err != nil {
				return fmt.Errorf("read events of trace %s: %w", s.TraceID, err)
			}
		}
		d.events[s] = events
	}
	return nil
}

// readNear reads the stored experiences of subjects whose questions may come next.
func (d *deriving) readNear(ctx context.Context) error {
	var traces []string
	ids := []uuid.UUID{uuid.Nil}
	for s := range d.near {
		if !d.wanted[s] {
			traces = append(traces, s.TraceID)
			ids = append(ids, s.UUID)
		}
	}
	known, err := d.x.stored(ctx, d.project, traces, ids)
	if err != nil {
		return err
	}
	for i := range known {
		s := model.Subject{Project: d.project, TraceID: known[i].TraceID, UUID: known[i].UUID}
		if d.near[s] {
			d.known[s] = known[i].Seen
		}
	}
	return nil
}

// textsMatter says whether the experiences of a subject depend on its texts. With a recording they do. Without one nobody knows what was seen, and
// texts only decide which generation is the answer: the one that an opinion is about, and that gives the trace the reason why nothing is known.
func textsMatter(events []model.Event, generations []*felt) bool {
	noSession := 0
	for _, f := range generations {
		switch {
		case f.link == nil || f.link.SessionID == "":
			noSession++
		case leadsToSession(f.link):
			return true
		}
	}
	opinion := slices.ContainsFunc(events, func(e model.Event) bool { return e.Kind.IsOpinion() })
	return len(generations) > 1 && (opinion || noSession > 0 && noSession < len(generations))
}

// readSaid reads the texts of generations.
func (d *deriving) readSaid(ctx context.Context, all []*felt) error {
	var missing []*felt
	for _, f := range all {
		if known, ok := d.x.sayings.all[sayingKey{d.project, f.event.UUID}]; ok {
			f.said = known
		} else {
			missing = append(missing, f)
		}
	}
	const together = 8 // each may have 16 MiB
	for part := range slices.Chunk(missing, together) {
		keys, byID := make([]model.Key, len(part)), map[uuid.UUID]*felt{}
		for i, f := range part {
			keys[i] = model.Key{Project: d.project, UUID: f.event.UUID, TimeMS: f.event.TimeMS}
			byID[f.event.UUID] = f
		}
		contents, err := d.x.options.Store.Contents(ctx, keys)
		if err != nil {
			return fmt.Errorf("read %d contents: %w", len(keys), err)
		}
		for i := range contents {
			byID[contents[i].UUID].said = saidIn(&contents[i])
		}
		for id, f := range byID {
			d.x.sayings.add(sayingKey{d.project, id}, f.said)
		}
	}
	return nil
}

// sameQuestion finds the start of the first call of a trace for the same question: the user has waited since then.
func sameQuestion(generations []*felt) {
	first := map[string]int64{}
	for _, f := range generations {
		if !f.said.asks {
			continue
		}
		if at, known := first[f.said.question]; known {
			f.beganMS = at
		} else {
			first[f.said.question] = f.startMS
		}
	}
}

// readTogether is how many sessions are read at the same time: over a network, most of the time of such a read is waiting.
const readTogether = 8

// readSessions reads the recordings and events of the sessions to derive.
func (d *deriving) readSessions(ctx context.Context, all map[model.Subject][]*felt) error {
	from := map[string]int64{}
	for subject := range d.wanted {
		for _, f := range all[subject] {
			if f.link == nil || !leadsToSession(f.link) {
				continue
			}
			id := f.link.SessionID
			if d.sessions[id] == nil { // a trace that belongs to two sessions
				d.sessions[id] = &session{id: id}
			}
			if at, known := from[id]; !known || f.beganMS < at {
				from[id] = f.beganMS
			}
		}
	}
	if len(from) == 0 {
		return nil
	}
	ids := make([]string, 0, len(from))
	for id := range from {
		ids = append(ids, id)
	}
	index, err := d.x.options.Store.BlocksOf(ctx, d.project, ids)
	if err != nil {
		return fmt.Errorf("read the index of %d sessions: %w", len(ids), err)
	}
	var read []*session
	var reads []func(context.Context) error
	for _, id := range ids {
		s := d.sessions[id]
		read = append(read, s)
		s.startMS, s.people = math.MaxInt64, map[string]bool{}
		s.index, s.endMS = map[string][]model.Block{}, map[string]int64{}
		for i := range index {
			if b := &index[i]; b.SessionID == id {
				s.index[b.WindowID] = append(s.index[b.WindowID], *b)
				s.endMS[b.WindowID], s.lastMS = max(s.endMS[b.WindowID], b.LastMS), max(s.lastMS, b.ReceivedMS)
				s.visited(b.DistinctID, b.FirstMS)
			}
		}
		fromMS := from[id] - store.AroundBeforeMS
		if s.settings = settingsOf(s.index); s.settings != nil {
			fromMS = 0 // what followed may have earlier times
		}
		reads = append(reads, func(ctx context.Context) error { return d.readSession(ctx, s, fromMS) })
	}
	for part := range slices.Chunk(reads, readTogether) {
		if err := store.Together(ctx, part...); err != nil {
			return err
		}
	}
	return d.readVisitors(ctx, read)
}

// visited notes a person and a time from a block or an event of the session's browser.
func (s *session) visited(distinctID string, ms int64) {
	s.startMS = min(s.startMS, ms)
	if distinctID != "" {
		s.people[distinctID] = true
	}
}

// readSession reads the activity and the events of one session since a time, and determines whether the session is over.
func (d *deriving) readSession(ctx context.Context, s *session, fromMS int64) error {
	var events []model.Event
	err := store.Together(ctx, func(ctx context.Context) (err error) {
		s.activity, err = d.x.options.Store.Activity(ctx, d.project, store.ActivityQuestion{
			SessionID: s.id, FromMS: fromMS, ToMS: math.MaxInt64, After: store.ActivityPosition{AtMS: math.MinInt64}, Limit: mostActivity,
		})
		if err != nil {
			return fmt.Errorf("read activity of session %s: %w", s.id, err)
		}
		return nil
	}, func(ctx context.Context) (err error) {
		if events, err = d.x.options.Store.SessionEvents(ctx, d.project, s.id, mostSaid); err != nil {
			return fmt.Errorf("read events of session %s: %w", s.id, err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for i := range events {
		e := &events[i]
		if e.Kind == model.KindOther {
			s.visited(e.DistinctID, e.TimeMS)
			s.country = cmp.Or(s.country, e.Country)
		}
		if e.Kind == model.KindOther && e.WindowID != "" {
			s.endMS[e.WindowID], s.lastMS = max(s.endMS[e.WindowID], e.TimeMS), max(s.lastMS, e.ReceivedMS)
			s.sent = append(s.sent, sentFrom{e.WindowID, e.TimeMS, e.ReceivedMS})
		}
		switch {
		case e.Kind.IsOpinion() && e.TraceID == "":
			s.events = append(s.events, *e)
		case e.TimeMS < fromMS:
		case d.x.copies(e) && e.MetricName != pasted:
			s.did(e, model.ActivityCopy, e.MetricValue)
		case d.x.leaves(e): // its tab is hidden, but the recorder can no longer report that
			s.did(e, model.ActivityTabHidden, "")
		}
	}
	slices.SortStableFunc(s.activity, func(a, b model.Activity) int { return cmp.Compare(a.AtMS, b.AtMS) })
	hidden := map[string]bool{}
	for _, a := range s.settings.inOrder(s.activity) {
		switch a.Kind {
		case model.ActivityTabHidden:
			hidden[a.WindowID] = true
		case model.ActivityTabVisible, model.ActivityNavigation, model.ActivityClick, model.ActivityKey, model.ActivityInput, model.ActivityScroll:
			delete(hidden, a.WindowID)
		}
	}
	s.again = s.lastMS + goneMS
	for window, end := range s.endMS {
		if !hidden[window] && end >= fromMS {
			s.again = s.lastMS + idleMS
		}
	}
	if d.nowMS >= s.again {
		s.again = 0
		for _, end := range s.endMS {
			s.overMS = max(s.overMS, end)
		}
	}
	return nil
}

// did adds a user's action, which a browser's event reports, to the activity of the session.
func (s *session) did(e *model.Event, kind, label string) {
	s.activity = append(s.activity, model.Activity{
		Project: e.Project, UUID: e.UUID, SessionID: s.id, WindowID: e.WindowID, ReceivedMS: e.ReceivedMS, AtMS: e.TimeMS, EndMS: e.TimeMS, Kind: kind, Label: label, Page: e.URL, Status: -1, FirstByteMS: -1,
	})
}

// generations are the generations of a subject, by start.
func (d *deriving) generations(subject model.Subject, events []model.Event) (all []*felt) {
	for i := range events {
		e := &events[i]
		if e.Kind != model.KindGeneration {
			continue
		}
		f := &felt{event: e, link: d.links[subject][e.UUID]}
		offset := int64(0)
		if f.link != nil {
			offset = clockOf(f.link).MS
		}
		f.startMS, f.endMS = e.StartMS+offset, e.EndMS()+offset
		f.beganMS = f.startMS
		all = append(all, f)
	}
	slices.SortStableFunc(all, func(a, b *felt) int { return cmp.Compare(a.startMS, b.startMS) })
	return all
}

// pasted is the value by which a browser's event of a copy says that the text was pasted.
const pasted = "paste"
