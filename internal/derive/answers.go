package derive

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"reflect"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/link"
	"github.com/playheadhq/playhead/internal/link/clock"
	"github.com/playheadhq/playhead/internal/link/seen"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

const (
	// sessionsTogether is how many sessions are derived with the same few statements, and aloneTogether how many subjects without a recording.
	sessionsTogether, aloneTogether = 50, 500
	// before is how many turns before a new one are derived again: the new question may change their reactions. behind is how many turns after an
	// answer are read to find the next question: some turns belong to other conversations.
	before, behind = 2, 3
	// mostActivity and mostSaid bound what is read of one session.
	mostActivity, mostSaid = 20_000, 10_000
	// goneMS is how long after its last data a session counts as over if its tabs were hidden. idleMS is the same if a tab was visible: its user may be
	// reading.
	goneMS, idleMS = 20_000, 120_000
)

// deriveAll derives what is new. With forced, a row is stored even if only its times of receipt and derivation changed.
func (x *Experiences) deriveAll(ctx context.Context, sessions map[sessionKey]*touched, alone map[model.Subject]time.Time, forced bool) error {
	byProject := map[string][]string{}
	for key := range sessions {
		byProject[key.project] = append(byProject[key.project], key.session)
	}
	for project, ids := range byProject {
		slices.Sort(ids)
		for part := range slices.Chunk(ids, sessionsTogether) {
			if err := x.deriveSessions(ctx, project, part, sessions, forced); err != nil {
				return err
			}
		}
	}
	subjects := map[string][]model.Subject{}
	for s := range alone {
		subjects[s.Project] = append(subjects[s.Project], s)
	}
	for project, of := range subjects {
		// Those that arrived together lie together in the store.
		slices.SortFunc(of, func(a, b model.Subject) int { return alone[a].Compare(alone[b]) })
		for part := range slices.Chunk(of, aloneTogether) {
			d := newDeriving(x, project, forced)
			for _, s := range part {
				d.wanted[s] = true
			}
			if err := d.derive(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

func (x *Experiences) deriveSessions(ctx context.Context, project string, ids []string, all map[sessionKey]*touched, forced bool) error {
	d := newDeriving(x, project, forced) // its time is from before anything is read
	links, err := x.options.Store.LinksOf(ctx, project, ids)
	if err != nil {
		return fmt.Errorf("read links of %d sessions: %w", len(ids), err)
	}
	for _, id := range ids {
		d.session(id, links, all[sessionKey{project, id}])
	}
	return d.derive(ctx)
}

// deriving is one pass over some subjects of one project.
type deriving struct {
	x       *Experiences
	project string
	forced  bool
	nowMS   int64
	// wanted are the subjects to derive. near are subjects whose questions may be the next ones after those.
	wanted, near map[model.Subject]bool
	sessions     map[string]*session
	links        map[model.Subject]map[uuid.UUID]*model.Link
	events       map[model.Subject][]model.Event
	// known is what is stored of the near subjects.
	known map[model.Subject]model.Seen
}

// session is what a pass knows of one session.
type session struct {
	id string
	// turns are the subjects that are linked to the session, by start.
	turns    []model.Subject
	index    map[string][]model.Block // by window
	settings settings
	unsure   map[string][]model.TimeSpan // what afterSetBack returns, by window, as far as somebody asked
	activity []model.Activity
	events   []model.Event // opinions that name no trace
	sent     []sentFrom    // events that its pages sent
	// endMS is the time of the last data of each window. lastMS is when the last data of the session were received. overMS is when the session ended, 0
	// while it may continue.
	endMS          map[string]int64
	lastMS, overMS int64
	// again is when the session may be over, 0 if it is over.
	again int64
	// startMS is when the session began, and people are its distinct ids. Answers are compared by country and visitor.
	startMS          int64
	people           map[string]bool
	country, visitor string
}

// sentFrom is an event that a page in a window sent.
type sentFrom struct {
	window           string
	atMS, receivedMS int64
}

// felt is a generation with what was found out about it.
type felt struct {
	event *model.Event
	link  *model.Link // nil: none is stored yet
	said  said
	// These times are by the browser's clock. beganMS is when the first call for the same question began.
	beganMS, startMS, endMS int64
	// clock is by how much the browser's clock was ahead of the sender's, see tighten.
	clock   clock.Offset
	watched watched
	is      bool // whether watched is set
	x       model.Experience
}

func newDeriving(x *Experiences, project string, forced bool) *deriving {
	return &deriving{
		x: x, project: project, forced: forced, nowMS: x.now().UnixMilli(), wanted: map[model.Subject]bool{}, near: map[model.Subject]bool{},
		sessions: map[string]*session{}, links: map[model.Subject]map[uuid.UUID]*model.Link{}, events: map[model.Subject][]model.Event{},
		known: map[model.Subject]model.Seen{},
	}
}

// session chooses which subjects of a session are derived: new ones, the turns before them, and turns at the time of new data.
func (d *deriving) session(id string, links []model.Link, new *touched) {
	s := &session{id: id}
	d.sessions[id] = s
	var turns []*model.Link
	for i := range links {
		if l := &links[i]; l.SessionID == id && (l.TraceID == "" || l.UUID == uuid.Nil) {
			turns = append(turns, l)
		}
	}
	slices.SortFunc(turns, func(a, b *model.Link) int {
		return cmp.Or(cmp.Compare(a.StartMS, b.StartMS), cmp.Compare(a.TraceID, b.TraceID), slices.Compare(a.UUID[:], b.UUID[:]))
	})
	for subject := range new.subjects {
		d.wanted[subject] = true // its link may lead to another session by now
	}
	for i, l := range turns {
		subject := linkSubject(l)
		s.turns = append(s.turns, subject)
		offset := clockOf(l).MS
		switch {
		case new.subjects[subject]:
			for k := max(0, i-before); k < i; k++ {
				d.wanted[linkSubject(turns[k])] = true
			}
		case new.fromMS <= l.TimeMS+offset+store.AroundAfterMS && new.toMS >= l.StartMS+offset-lookBackMS:
			d.wanted[subject] = true
		}
	}
	d.wantNext(s)
	for i, subject := range s.turns {
		if d.wanted[subject] {
			for _, next := range s.turns[i+1 : min(len(s.turns), i+1+behind)] {
				d.near[next] = true
			}
		}
	}
}

// unknownClockMS is the uncertainty between the sender's and the browser's clock if nobody compared them.
const unknownClockMS = 2000

// clockOf is what a link says of how far the browser's clock was ahead of the sender's.
func clockOf(l *model.Link) clock.Offset {
	if l.ClockUncertaintyMS == 0 {
		return clock.Offset{UncertaintyMS: unknownClockMS}
	}
	return clock.Offset{MS: l.ClockOffsetMS, UncertaintyMS: l.ClockUncertaintyMS}
}

// derive reads what is needed, derives the subjects that are wanted, and stores the rows that changed.
func (d *deriving) derive(ctx context.Context) error {
	if len(d.wanted) == 0 {
		return nil
	}
	if err := d.read(ctx); err != nil {
		return err
	}
	all := map[model.Subject][]*felt{}
	var generations []*felt
	for subject, events := range d.events {
		all[subject] = d.generations(subject, events)
		if textsMatter(events, all[subject]) {
			generations = append(generations, all[subject]...)
		}
	}
	if err := d.readSaid(ctx, generations); err != nil {
		return err
	}
	for _, of := range all {
		sameQuestion(of)
	}
	if err := d.readSessions(ctx, all); err != nil {
		return err
	}
	if err := d.watch(ctx, all); err != nil {
		return err
	}
	var rows []model.Experience
	for subject := range d.wanted {
		d.tighten(all[subject])
		rows = append(rows, d.rows(subject, all)...)
	}
	if err := d.previous(ctx, rows); err != nil {
		return err
	}
	return d.store(ctx, rows)
}

// linked returns the session to whose recording a generation is linked, nil if there is none.
func (d *deriving) linked(f *felt) *session {
	if f.link == nil || !leadsToSession(f.link) {
		return nil
	}
	return d.sessions[f.link.SessionID]
}

// unknown is the result for an answer of which nobody knows what its user saw, with the reason.
func unknown(reason string) model.Seen {
	return model.Seen{State: model.SeenUnknown, Reason: reason, WaitMS: -1, Smoothness: -1, Share: -1}
}

// isKnown says that the text of the answer is known. For an answer that was stopped before any text came, it is known to be empty.
func (f *felt) isKnown() bool { return f.said.answer != "" || f.event.Stopped }

// seenOf is what the user saw of a generation.
func (d *deriving) seenOf(f *felt) model.Seen {
	switch {
	case f.link == nil || f.link.SessionID == "":
		return unknown(seen.NoLink)
	case d.linked(f) == nil:
		return unknown(seen.NoRecording)
	case !f.isKnown():
		return unknown(seen.NoText)
	case !f.is:
		return unknown(seen.NotRecorded)
	case d.linked(f).clockSetBack(f):
		return unknown(seen.Uncertain)
	}
	of := f.watched.seen
	if of.State == model.SeenNotShown && d.linked(f).hadOtherWindow(f) {
		of.State, of.Reason = model.SeenUnknown, seen.OtherWindow
	}
	return of
}

// rows are the experiences of a subject: one for each generation, and one for a trace as a whole, which is that of its answer.
func (d *deriving) rows(subject model.Subject, all map[model.Subject][]*felt) (rows []model.Experience) {
	events, own := d.events[subject], d.links[subject][subject.UUID]
	if len(events) == 0 || own == nil {
		return nil // deleted meanwhile, or its link is not stored yet
	}
	receivedMS, timeMS := own.ReceivedMS, own.TimeMS
	for i := range events {
		receivedMS, timeMS = max(receivedMS, events[i].ReceivedMS), max(timeMS, events[i].TimeMS)
	}
	x := model.Experience{
		Project: d.project, TraceID: subject.TraceID, UUID: subject.UUID, Rules: model.ExperienceRules, TimeMS: timeMS, ReceivedMS: receivedMS, DerivedMS: d.nowMS,
		Seen: model.Seen{WaitMS: -1, Smoothness: -1, Share: -1}, BeforeRequestMS: -1, PreviousWaitMS: -1, AnswerWaitMS: -1, UnseenTokens: -1, First: model.UnknownFirstCall,
	}
	generations := all[subject]
	for _, f := range generations {
		f.x = x
		f.x.UUID, f.x.TimeMS, f.x.Seen, f.x.Of = f.event.UUID, f.event.TimeMS, d.seenOf(f), model.CopyCall(f.event)
		f.x.UnseenTokens = f.unseenTokens()
		if s := d.linked(f); s != nil {
			f.x.Country, f.x.Visitor = s.country, s.visitor
			f.x.SessionID, f.x.WindowID = s.id, cmp.Or(f.watched.window, f.link.WindowID)
			f.x.ClockOffsetMS, f.x.ClockUncertaintyMS = f.clock.MS, f.clock.UncertaintyMS
			f.x.BeforeRequestMS = f.beforeRequest(f.x.Seen.AskedMS)
			f.x.MomentMS = s.moment(f.link.WindowID, f.x.Seen.AskedMS)
			f.x.ReceivedMS = max(receivedMS, s.receivedAround(f.event.TimeMS), s.receivedAround(timeMS))
		}
	}
	answer := answerOf(generations)
	for _, f := range generations {
		d.react(f, f == answer, f != answer && f.said.asks && f.said.question == answer.said.question, events, all)
	}
	whole := answer
	if answer != nil {
		first := answer
		if parts := partsOf(generations, answer); len(parts) > 1 {
			whole, first = joined(parts, answer), parts[0]
			d.react(whole, true, false, events, all)
			for _, f := range parts[1:] {
				f.x.Seen.WaitMS = -1 // the wait for the answer was over
			}
		}
		if answer.x.AnswerWaitMS = whole.waitMS(); whole.x.Seen.WaitMS >= 0 {
			answer.x.First = d.firstCall(first, events)
		}
	}
	for _, f := range generations {
		rows = append(rows, f.x)
	}
	if subject.TraceID == "" && len(generations) > 0 {
		return rows // the generation is the whole subject
	}
	if whole != nil {
		x.SessionID, x.WindowID, x.Seen, x.Reaction, x.AgainMS = whole.x.SessionID, whole.x.WindowID, whole.x.Seen, whole.x.Reaction, whole.x.AgainMS
		x.Country, x.Visitor, x.AnswerWaitMS, x.First = whole.x.Country, whole.x.Visitor, answer.x.AnswerWaitMS, answer.x.First
		x.ClockOffsetMS, x.ClockUncertaintyMS = whole.x.ClockOffsetMS, whole.x.ClockUncertaintyMS
		x.UnseenTokens = answer.x.UnseenTokens
		x.ReceivedMS, x.BeforeRequestMS, x.MomentMS = max(x.ReceivedMS, whole.x.ReceivedMS), whole.x.BeforeRequestMS, whole.x.MomentMS
	}
	return append(rows, x)
}

// waitMS is how long the user who asked for an answer waited for it (model.Experience.AnswerWaitMS).
func (f *felt) waitMS() int64 {
	switch s := &f.x.Seen; {
	case s.AskedMS == 0:
		return -1
	case s.WaitMS >= 0:
		return s.WaitMS
	case f.event.FirstTokenMS >= 0:
		return int64(f.event.FirstTokenMS)
	}
	return int64(max(f.event.LatencyMS, -1))
}

// unseenTokens is model.Experience.UnseenTokens.
func (f *felt) unseenTokens() int64 {
	all := f.event.Tokens.Output
	switch s := f.x.Seen.State; {
	case all < 0 || s == "" || s == model.SeenUnknown:
		return -1
	case s == model.SeenAll:
		return 0
	case f.isShown():
		return int64(math.Round(float64(all) * (1 - f.watched.context.Shown)))
	}
	return all
}

// moment is where playback of a window starts for a question asked at askedMS: some seconds before, but not before the first snapshot. It is 0 if the
// time of the question or of a snapshot is not known.
func (s *session) moment(window string, askedMS int64) int64 {
	if askedMS == 0 {
		return 0
	}
	first := int64(0)
	for i := range s.index[window] {
		for _, snapshot := range s.index[window][i].Snapshots {
			if first == 0 || snapshot.AtMS < first {
				first = snapshot.AtMS
			}
		}
	}
	if first == 0 {
		return 0
	}
	return max(askedMS-link.DefaultLead.Milliseconds(), first)
}

// receivedAround is when the last data of a session around a time were received.
func (s *session) receivedAround(ms int64) (received int64) {
	around := func(firstMS, lastMS int64) bool {
		return firstMS <= ms+store.AroundAfterMS && lastMS >= ms-store.AroundBeforeMS
	}
	for _, index := range s.index {
		for i := range index {
			if b := &index[i]; around(b.FirstMS, b.LastMS) {
				received = max(received, b.ReceivedMS)
			}
		}
	}
	for i := range s.events {
		if e := &s.events[i]; around(e.TimeMS, e.TimeMS) {
			received = max(received, e.ReceivedMS)
		}
	}
	return received
}

// answerOf is the generation that holds the answer of a trace, nil if there are no generations. It is the last one whose text was shown; if none was
// shown, the last one with text. A text that is much shorter than the longest one is not the answer: it may be a title, or a word before a tool is
// called.
func answerOf(generations []*felt) (answer *felt) {
	level := func(f *felt) int {
		switch s := f.x.Seen.State; {
		case f.isShown():
			return 3
		case s == model.SeenNotVisible:
			return 2
		case f.said.answer != "":
			return 1
		}
		return 0
	}
	best, longest := 0, 0
	for _, f := range generations {
		if l := level(f); l > best {
			best, longest = l, len(f.said.answer)
		} else if l == best {
			longest = max(longest, len(f.said.answer))
		}
	}
	for _, f := range generations {
		if level(f) == best && len(f.said.answer)*shortAnswer >= longest {
			answer = f
		}
	}
	return answer
}

// isShown says that some of the text of a generation was on the user's screen.
func (f *felt) isShown() bool {
	s := f.x.Seen.State
	return s == model.SeenAll || s == model.SeenPartly || s == model.SeenStopped
}

// shortAnswer is how many times as long as a text the longest text may be for the shorter one to be the answer.
const shortAnswer = 5

// store stores the rows that changed.
func (d *deriving) store(ctx context.Context, rows []model.Experience) error {
	if len(rows) == 0 {
		return nil
	}
	type key struct {
		trace string
		uuid  uuid.UUID
	}
	var traces []string
	var ids []uuid.UUID
	for i := range rows {
		traces, ids = append(traces, rows[i].TraceID), append(ids, rows[i].UUID)
	}
	stored, err := d.x.stored(ctx, d.project, traces, ids)
	if err != nil {
		return err
	}
	known := map[key]*model.Experience{}
	for i := range stored {
		known[key{stored[i].TraceID, stored[i].UUID}] = &stored[i]
	}
	var changed []model.Experience
	for i := range rows {
		x := &rows[i]
		if was := known[key{x.TraceID, x.UUID}]; was == nil || d.differs(x, was) {
			changed = append(changed, *x)
		}
		if x.UUID == uuid.Nil || x.TraceID == "" {
			s := model.Subject{Project: d.project, TraceID: x.TraceID}
			if x.TraceID == "" {
				s.UUID = x.UUID
			}
			d.x.touches.later(s, x.SessionID, x.AgainMS)
		}
	}
	if len(changed) == 0 {
		return nil
	}
	if err := d.x.options.Store.StoreExperiences(ctx, changed); err != nil {
		return err
	}
	d.x.metrics.stored.Add(float64(len(changed)))
	return nil
}

// differs says that an experience must be stored although one is stored already. If it says the same and only its newest input is newer, the next
// search stores it: otherwise a recording in progress would cause a write with each of its parts.
func (d *deriving) differs(x, was *model.Experience) bool {
	same := *x
	same.DerivedMS, same.ReceivedMS = was.DerivedMS, was.ReceivedMS
	if x.AgainMS != 0 && was.AgainMS != 0 {
		same.AgainMS = was.AgainMS
	}
	if !reflect.DeepEqual(same, *was) {
		return true
	}
	if d.forced {
		return x.DerivedMS > was.DerivedMS
	}
	own := d.links[model.Subject{Project: d.project, TraceID: x.TraceID, UUID: map[bool]uuid.UUID{true: x.UUID}[x.TraceID == ""]}]
	l := own[x.UUID]
	return l != nil && l.DerivedMS > was.DerivedMS
}
