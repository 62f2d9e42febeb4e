package derive

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/link"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// Recognizer reads the data by which traces without a session id are recognized.
type Recognizer interface {
	Previews(ctx context.Context, keys []model.Key) ([]model.Preview, error)
	Identities(ctx context.Context, project string, ids []string) ([]model.Identity, error)
	Clues(ctx context.Context, project string, q store.ClueQuestion) ([]model.Clue, error)
	Recordings(ctx context.Context, project string, sessionIDs []string) ([]model.Recording, error)
	SubjectsOf(ctx context.Context, project string, sessionIDs []string, limit int) ([]model.Subject, error)
	Links(ctx context.Context, project string, of []model.Subject) ([]model.Link, error)
	eventReader
}

const (
	// callsRead is how many calls at each end of a trace have their texts looked up: the first has the question, the last the answer.
	callsRead = 2
	// soughtAtOnce is the number of traces whose clues are looked up together, and soughtWithin the longest time between their starts.
	soughtAtOnce = 100
	soughtWithin = 3_600_000
	// mostFound is the largest number of clues that are read at once, 10 MB. More clues mean that a text is on every screen.
	mostFound = 50_000
	// frequent is the number of parts of recordings from which on a clue is ignored, because it proves nothing.
	frequent = 200
	// mostTries is how often a trace is recognized, each time without the sessions that were ruled out before.
	mostTries = 3
)

// unlinked is a trace, or a call outside of any trace, whose events name no session, or one without a recording.
type unlinked struct {
	events []model.Event
	choice link.Choice
	// named is the session without a recording that the events name. Then only words on the screen and the trace's id in a request are looked up:
	// other recordings of the same person, and other requests at that time, are no evidence.
	named  string
	traits link.Traits
	hashes []int64
	// identified says that the trace's person is known by more than one id, or by name.
	identified bool
	// unchosen is the choice before the trace is recognized. found are the clues that recordings share with the trace.
	unchosen link.Choice
	found    []model.Clue
}

// recognize completes the choices of traces without a session id, with a few reads for all of them. It calls storeClues when their clues are known.
func recognize(ctx context.Context, r Recognizer, project string, all []*unlinked, storeClues func([]*unlinked) error) error {
	if len(all) == 0 {
		return nil
	}
	if err := readTexts(ctx, r, all); err != nil {
		return err
	}
	if err := readPersons(ctx, r, project, all); err != nil {
		return err
	}
	for _, u := range all {
		u.traits.Requests = requestIDs(u.events[0].TraceID)
		if u.named == "" {
			u.traits.Sessions, u.traits.Address = link.Perhaps(u.events), link.Served(u.events)
		} else {
			u.traits.OnlyWords = true
		}
		u.traits.StartMS, u.traits.EndMS = span(u.events, u.choice)
		u.hashes = u.traits.Hashes()
	}
	if err := storeClues(all); err != nil {
		return err
	}
	all = slices.Clone(all)
	slices.SortFunc(all, func(a, b *unlinked) int { return int(min(max(a.traits.StartMS-b.traits.StartMS, -1), 1)) })
	for len(all) > 0 {
		n := 1
		for n < min(len(all), soughtAtOnce) && all[n].traits.StartMS-all[0].traits.StartMS < soughtWithin {
			n++
		}
		if err := seek(ctx, r, project, all[:n]); err != nil {
			return err
		}
		all = all[n:]
	}
	return nil
}

// span is when a trace began and ended by the server's clock.
func span(events []model.Event, c link.Choice) (startMS, endMS int64) {
	startMS, endMS = c.StartMS, c.StartMS
	for i := range events {
		if e := &events[i]; e.Kind.IsNode() {
			endMS = max(endMS, e.EndMS())
		}
	}
	return startMS - c.Sender.MS, endMS - c.Sender.MS
}

// readTexts reads the questions and answers.
func readTexts(ctx context.Context, r Recognizer, all []*unlinked) error {
	var keys []model.Key
	of := map[uuid.UUID]*unlinked{}
	for _, u := range all {
		for _, e := range telling(u.events) {
			keys = append(keys, model.Key{Project: e.Project, UUID: e.UUID, TimeMS: e.TimeMS})
			of[e.UUID] = u
		}
	}
	previews, err := r.Previews(ctx, keys)
	if err != nil {
		return fmt.Errorf("read texts of %d calls: %w", len(keys), err)
	}
	for _, p := range previews {
		u := of[p.UUID]
		if u == nil {
			continue
		}
		if p.Input != "" && !slices.Contains(u.traits.Questions, p.Input) {
			u.traits.Questions = append(u.traits.Questions, p.Input)
		}
		if p.Output != "" && !slices.Contains(u.traits.Answers, p.Output) {
			u.traits.Answers = append(u.traits.Answers, p.Output)
		}
	}
	for _, u := range all {
		slices.Sort(u.traits.Questions) // previews come in any order
		slices.Sort(u.traits.Answers)
	}
	return nil
}

// telling are the events of a trace whose texts its user may have seen: the first and the last generations, or the root if there are none.
func telling(events []model.Event) (some []*model.Event) {
	var root *model.Event
	for i := range events {
		switch e := &events[i]; e.Kind {
		case model.KindGeneration:
			some = append(some, e)
		case model.KindTrace:
			root = e
		}
	}
	slices.SortStableFunc(some, func(a, b *model.Event) int { return int(min(max(a.StartMS-b.StartMS, -1), 1)) })
	if len(some) > 2*callsRead {
		some = append(some[:callsRead:callsRead], some[len(some)-callsRead:]...)
	}
	if len(some) == 0 && root != nil {
		some = append(some, root)
	}
	return some
}

// readPersons reads all distinct ids of the traces' persons.
func readPersons(ctx context.Context, r Recognizer, project string, all []*unlinked) error {
	named := map[string]bool{}
	for _, u := range all {
		if p := link.PersonOfTrace(u.events, link.Choice{}, nil); p != "" {
			u.traits.Persons = []string{p}
			named[p] = true
		}
	}
	if len(named) == 0 {
		return nil
	}
	ids := make([]string, 0, len(named))
	for id := range named {
		ids = append(ids, id)
	}
	facts, err := r.Identities(ctx, project, ids)
	if err != nil {
		return fmt.Errorf("read who %d persons are: %w", len(ids), err)
	}
	joined, known := map[string][]string{}, map[string]bool{}
	for _, f := range facts {
		known[f.ID], known[f.OtherID] = true, true
		if f.OtherID != "" {
			joined[f.ID], joined[f.OtherID] = append(joined[f.ID], f.OtherID), append(joined[f.OtherID], f.ID)
		}
	}
	for _, u := range all {
		if len(u.traits.Persons) == 1 {
			u.identified = known[u.traits.Persons[0]]
			others := joined[u.traits.Persons[0]]
			u.traits.Persons = append(u.traits.Persons, others[:min(len(others), 50)]...)
		}
	}
	return nil
}

// requestIDs are the forms in which request headers contain a trace's id.
func requestIDs(trace string) []string {
	id := strings.ToLower(strings.ReplaceAll(trace, "-", ""))
	if len(id) != 32 || strings.Trim(id, "0123456789abcdef") != "" {
		return nil
	}
	return []string{id}
}

// seek finds the recordings of traces that began at about the same time.
func seek(ctx context.Context, r Recognizer, project string, of []*unlinked) error {
	found, whole, err := shownOf(ctx, r, project, of, nil)
	if err != nil {
		return err
	}
	if !whole && len(of) > 1 {
		half := len(of) / 2
		if err := seek(ctx, r, project, of[:half]); err != nil {
			return err
		}
		return seek(ctx, r, project, of[half:])
	}
	if !whole {
		// A clue that is on every screen proves nothing.
		times, many := map[int64]int{}, map[int64]bool{}
		for i := range found {
			times[found[i].Hash]++
		}
		for hash, n := range times {
			many[hash] = n > frequent
		}
		if found, whole, err = shownOf(ctx, r, project, of, many); err != nil || !whole {
			return err
		}
	}
	byHash := map[int64][]model.Clue{}
	for _, c := range found {
		byHash[c.Hash] = append(byHash[c.Hash], c)
	}
	for hash, all := range byHash {
		if len(all) > 3*frequent {
			delete(byHash, hash)
		}
	}
	for _, u := range of {
		u.unchosen, u.traits.RuledOut = u.choice, map[string]bool{}
		for _, hash := range u.hashes {
			for _, c := range byHash[hash] {
				if c.AtMS < u.traits.EndMS+link.SeenAfter && c.EndMS >= u.traits.StartMS-link.SeenBefore {
					u.found = append(u.found, c)
				}
			}
		}
		u.choice = link.Recognize(u.unchosen, &u.traits, u.found)
	}
	return withoutRuledOut(ctx, r, project, of)
}

// withoutRuledOut recognizes traces again until no session that was chosen is ruled out.
func withoutRuledOut(ctx context.Context, r Recognizer, project string, of []*unlinked) (err error) {
	for try := 1; ; try++ {
		if of, err = ruleOut(ctx, r, project, of); err != nil || len(of) == 0 {
			return err
		}
		for _, u := range of {
			if u.choice = u.unchosen; try < mostTries {
				u.choice = link.Recognize(u.unchosen, &u.traits, u.found)
			}
		}
	}
}

// shownOf reads the clues of recordings that traces also have, except for some hashes. whole is false if there are more.
func shownOf(ctx context.Context, r Recognizer, project string, of []*unlinked, but map[int64]bool) (found []model.Clue, whole bool, err error) {
	q := cluesAround(of, link.SeenBefore, link.SeenAfter, func(u *unlinked) []int64 { return u.hashes })
	q.Recorded = true
	q.Hashes = slices.DeleteFunc(q.Hashes, func(hash int64) bool { return but[hash] })
	found, err = r.Clues(ctx, project, q)
	if err != nil {
		return nil, false, fmt.Errorf("look for the recordings of %d traces: %w", len(of), err)
	}
	return found, len(found) < mostFound, nil
}

// cluesAround asks for clues with the hashes of some traces, within some milliseconds before the first and after the last of them.
func cluesAround(of []*unlinked, beforeMS, afterMS int64, hashes func(*unlinked) []int64) store.ClueQuestion {
	q := store.ClueQuestion{FromMS: of[0].traits.StartMS - beforeMS, ToMS: of[0].traits.EndMS + afterMS, Limit: mostFound}
	for _, u := range of {
		q.FromMS, q.ToMS = min(q.FromMS, u.traits.StartMS-beforeMS), max(q.ToMS, u.traits.EndMS+afterMS)
		q.Hashes = append(q.Hashes, hashes(u)...)
	}
	slices.Sort(q.Hashes)
	q.Hashes = slices.Compact(q.Hashes)
	return q
}

// clues are the trace's clues that are stored, so that a recording that arrives later finds the trace.
func (u *unlinked) clues(project string, derivedMS int64) []model.Clue {
	few := u.traits.Few()
	all := make([]model.Clue, len(few))
	one := model.Clue{
		Project: project, UUID: u.events[0].UUID, Rules: model.ClueRules, TraceID: u.events[0].TraceID, AtMS: u.traits.StartMS, EndMS: u.traits.EndMS,
		DerivedMS: derivedMS,
	}
	for i := range u.events {
		e := &u.events[i]
		one.TimeMS, one.ReceivedMS = max(one.TimeMS, e.TimeMS), max(one.ReceivedMS, e.ReceivedMS)
	}
	for i, hash := range few {
		all[i] = one
		all[i].Hash = hash
	}
	return all
}
