package derive

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/link"
	"github.com/playheadhq/playhead/internal/model"
)

// rivalWithin is the longest time, in milliseconds, between the starts of two calls with the same question that can both come from one person's question.
const rivalWithin = 65_000

// mostRivals is the largest number of subjects that are read of the sessions in question.
const mostRivals = 5000

// rival is a call that is linked to a session already, with its question and its answer.
type rival struct {
	event            model.Event
	exact            bool // its events name the session
	question, answer string
}

// ruleOut notes which sessions cannot be those of traces although their screens show the words: sessions of other people, and those in which another
// call explains the same words. It returns the traces of which it ruled out a session that was chosen or offered.
//
// Many people ask the same, and not all of them are recorded. Without these two checks the calls of those who are not would be linked to the
// recordings of those who are. Requests without an id have the same checks, and that of ruleOutRequests.
func ruleOut(ctx context.Context, r Recognizer, project string, all []*unlinked) (changed []*unlinked, err error) {
	var of []*unlinked
	var sessions []string
	for _, u := range all {
		if shown := u.shownIn(); len(shown) > 0 {
			of = append(of, u)
			sessions = append(sessions, shown...)
		}
	}
	if len(of) == 0 {
		return nil, nil
	}
	slices.Sort(sessions)
	sessions = slices.Compact(sessions)
	recordings, err := r.Recordings(ctx, project, sessions)
	if err != nil {
		return nil, fmt.Errorf("read whose %d recordings are: %w", len(sessions), err)
	}
	persons := map[string]string{} // by session
	var ids []string
	for i := range recordings {
		persons[recordings[i].SessionID] = recordings[i].DistinctID
		ids = append(ids, recordings[i].DistinctID)
	}
	known, err := identified(ctx, r, project, ids)
	if err != nil {
		return nil, err
	}
	rivals, err := rivalsIn(ctx, r, project, sessions, of)
	if err != nil {
		return nil, err
	}
	for _, u := range of {
		before := len(u.traits.RuledOut)
		for _, session := range u.shownIn() {
			if u.ofAnother(persons[session], known[persons[session]]) || u.explained(session, rivals[session]) {
				u.traits.RuledOut[session] = true
			}
		}
		if len(u.traits.RuledOut) > before {
			changed = append(changed, u)
		}
	}
	contested, err := ruleOutRequests(ctx, r, project, of)
	for _, u := range contested {
		if !slices.Contains(changed, u) {
			changed = append(changed, u)
		}
	}
	return changed, err
}

// shownIn are the sessions that were chosen or offered because of the words on their screens, or because of their requests.
func (u *unlinked) shownIn() (sessions []string) {
	if u.choice.Method == link.Screen || u.byRequest() {
		return []string{u.choice.SessionID}
	}
	for _, c := range u.choice.Candidates.All() {
		sessions = append(sessions, c.SessionID)
	}
	return sessions
}

// ofAnother reports whether a recording is of somebody else: both persons are known by more than one id or by name, and they differ. An id about which
// nothing else is known may be another id of the same person.
func (u *unlinked) ofAnother(person string, known bool) bool {
	return known && u.identified && !slices.Contains(u.traits.Persons, person)
}

// explained reports whether another of a session's calls explains the words on its screen, or its request.
func (u *unlinked) explained(session string, rivals []rival) bool {
	if len(rivals) == 0 {
		return false
	}
	if u.byRequest() && u.requestedBy(session, rivals) {
		return true
	}
	answered := link.AnswerShown(&u.traits, u.found, session)
	return slices.ContainsFunc(rivals, func(other rival) bool { return u.explainedBy(other, answered) })
}

// explainedBy reports whether the words on the screen are those of another call: one whose events name the session, or one that was running at the
// same time and began nearer to the question. If the screen also shows this call's answer, another call that was given a different answer to the same
// question does not explain it: somebody may ask again while they wait.
func (u *unlinked) explainedBy(other rival, answered bool) bool {
	e := &other.event
	startMS := e.StartMS - u.choice.Sender.MS
	if u.owns(e.TraceID, e.UUID) || !u.beginsNear(e.StartMS) {
		return false
	}
	same := func(texts []string, text string) bool {
		return slices.ContainsFunc(texts, func(own string) bool { return link.SameWords(own, text) })
	}
	if !same(u.traits.Answers, other.answer) && (answered || !same(u.traits.Questions, other.question)) {
		return false
	}
	overlaps := startMS < u.traits.EndMS && e.EndMS()-u.choice.Sender.MS > u.traits.StartMS
	return other.exact || overlaps && startMS < u.traits.StartMS
}

// owns reports whether something with the ids of a trace and of an event belongs to the trace.
func (u *unlinked) owns(trace string, id uuid.UUID) bool {
	own := &u.events[0]
	return own.TraceID != "" && trace == own.TraceID || slices.ContainsFunc(u.events, func(o model.Event) bool { return o.UUID == id })
}

// identified are those of the ids that are known as a person's: by another id or by name.
func identified(ctx context.Context, r Recognizer, project string, ids []string) (map[string]bool, error) {
	slices.Sort(ids)
	ids = slices.DeleteFunc(slices.Compact(ids), func(id string) bool { return id == "" })
	if len(ids) == 0 {
		return nil, nil
	}
	facts, err := r.Identities(ctx, project, ids)
	if err != nil {
		return nil, fmt.Errorf("read who %d persons are: %w", len(ids), err)
	}
	known := map[string]bool{}
	for _, f := range facts {
		known[f.ID] = true
		if f.OtherID != "" {
			known[f.OtherID] = true
		}
	}
	return known, nil
}

// rivalsIn reads the calls that are linked to sessions and began at about the time of one of the traces, by session.
func rivalsIn(ctx context.Context, r Recognizer, project string, sessions []string, traces []*unlinked) (map[string][]rival, error) {
	subjects, err := r.SubjectsOf(ctx, project, sessions, mostRivals)
	if err != nil {
		return nil, fmt.Errorf("read what is linked to %d sessions: %w", len(sessions), err)
	}
	if len(subjects) == 0 {
		return nil, nil
	}
	links, err := r.Links(ctx, project, subjects)
	if err != nil {
		return nil, fmt.Errorf("read links of %d subjects: %w", len(subjects), err)
	}
	if subjects = near(subjects, links, traces); len(subjects) == 0 {
		return nil, nil
	}
	recognized := map[uuid.UUID]string{}
	for _, l := range links {
		if (l.Method == string(link.Screen) || l.Method == string(link.Request)) && l.UUID != uuid.Nil {
			recognized[l.UUID] = l.SessionID
		}
	}
	others, err := eventsOf(ctx, r, project, subjects)
	if err != nil {
		return nil, err
	}
	of := map[string][]rival{}
	var keys []model.Key
	for _, events := range others {
		for i := range events {
			e := &events[i]
			session, exact := e.SessionID, e.SessionID != ""
			if in := recognized[e.UUID]; in != "" {
				session, exact = in, false
			}
			if !e.Kind.IsCall() || session == "" || !slices.Contains(sessions, session) || !anyBeginsNear(traces, e.StartMS) {
				continue
			}
			of[session] = append(of[session], rival{event: *e, exact: exact})
			keys = append(keys, model.Key{Project: e.Project, UUID: e.UUID, TimeMS: e.TimeMS})
		}
	}
	if len(keys) == 0 {
		return of, nil
	}
	previews, err := r.Previews(ctx, keys)
	if err != nil {
		return nil, fmt.Errorf("read texts of %d calls: %w", len(keys), err)
	}
	texts := map[uuid.UUID]model.Preview{}
	for _, p := range previews {
		texts[p.UUID] = p
	}
	for _, all := range of {
		for i := range all {
			p := texts[all[i].event.UUID]
			all[i].question, all[i].answer = p.Input, p.Output
		}
	}
	return of, nil
}

// near leaves out subjects whose calls, by their links, all began at another time than the traces: a long session has hundreds. Subjects without links
// stay.
func near(subjects []model.Subject, links []model.Link, traces []*unlinked) []model.Subject {
	isNear := map[model.Subject]bool{}
	for i := range links {
		s := linkSubject(&links[i])
		isNear[s] = isNear[s] || anyBeginsNear(traces, links[i].StartMS)
	}
	return slices.DeleteFunc(subjects, func(s model.Subject) bool {
		is, known := isNear[s]
		return known && !is
	})
}

// anyBeginsNear reports whether a call began at about the same time as one of the traces.
func anyBeginsNear(traces []*unlinked, startMS int64) bool {
	return slices.ContainsFunc(traces, func(u *unlinked) bool { return u.beginsNear(startMS) })
}

// beginsNear reports whether another call began at about the same time; startMS is by the clock of its sender, which is taken to be the same one.
func (u *unlinked) beginsNear(startMS int64) bool {
	apart := startMS - u.choice.Sender.MS - u.traits.StartMS
	return -rivalWithin <= apart && apart <= rivalWithin
}
