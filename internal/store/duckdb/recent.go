//go:build cgo

package duckdb

import (
	"slices"
	"sync"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/table"
)

// recent keeps the newest subjects of links: all events and links of a trace whose first event was stored recently, or of a call outside of any
// trace. Links are derived within seconds after a commit, and reading recently written data from the tables took more time than storing them:
// planning, reading the ids of thousands of events, and deleting links that do not exist.
//
// For each subject it has either everything or nothing. Subjects that it does not have, or no longer has, are read from the tables.
type recent struct {
	mu     sync.Mutex
	all    map[model.Subject]*recently
	oldest []model.Subject // in order of arrival; some of them are dropped already
	rows   int
}

// recently has all stored rows of a subject.
type recently struct {
	events []model.Event
	links  []model.Link
	// experienced says that experiences of the subject may be stored. They are not kept here: they are read again only where something changes.
	experienced bool
}

const (
	// recentRows is how many events and links are kept, some 700 bytes each: twice as many as wait for the deriver at the highest rate.
	recentRows = 1 << 14
	// recentOfOne is the maximum number of events of one subject: a larger trace runs for a long time.
	recentOfOne = 256
)

// begun are the traces in a batch that have no stored events, according to the index before the batch is entered. nil means that the index does not
// know.
func (s *Store) begun(b *store.Batch) map[model.Subject]bool {
	x := &s.index
	x.mu.RLock()
	defer x.mu.RUnlock()
	if !x.complete {
		return nil
	}
	begun := map[model.Subject]bool{}
	var last model.Subject
	for i := range b.Events {
		of := traceOf(&b.Events[i])
		if of == last || of.TraceID == "" {
			continue
		}
		last = of
		if _, known := begun[of]; !known {
			begun[of] = x.traces.around(x.print(of.Project, of.TraceID)).empty()
		}
	}
	return begun
}

// traceOf is the trace of an event in its stored form.
func traceOf(e *model.Event) model.Subject {
	return model.Subject{Project: table.Clean(e.Project), TraceID: table.Clean(e.TraceID)}
}

// committed adds the picked events of a batch after they were stored.
func (r *recent) committed(b *store.Batch, picked []int, begun map[model.Subject]bool) {
	if begun == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, i := range picked {
		of, is := model.SubjectOf(&b.Events[i])
		if !is {
			continue
		}
		of.Project, of.TraceID = table.Clean(of.Project), table.Clean(of.TraceID)
		one := r.all[of]
		switch {
		case one == nil && (of.TraceID == "" || begun[of]):
			// Each trace is marked only once: if it is dropped meanwhile, its events would no longer be complete.
			delete(begun, of)
			one = r.enter(of)
		case one == nil:
			continue
		}
		one.events = append(one.events, b.Events[i])
		table.Events.Clean(&one.events[len(one.events)-1])
		r.grown(of, one, 1)
	}
	r.trim()
}

func (r *recent) enter(of model.Subject) *recently {
	if r.all == nil {
		r.all = map[model.Subject]*recently{}
	}
	one := &recently{events: make([]model.Event, 0, 4)}
	r.all[of] = one
	r.oldest = append(r.oldest, of)
	return one
}

// grown counts the new rows of a subject, and drops it if it has too many.
func (r *recent) grown(of model.Subject, one *recently, rows int) {
	r.rows += rows
	if len(one.events) > recentOfOne {
		r.forget(of)
	}
}

func (r *recent) forget(of model.Subject) {
	if one := r.all[of]; one != nil {
		r.rows -= len(one.events) + len(one.links)
		delete(r.all, of)
	}
}

// changed drops the subjects of events whose rows have changed.
func (r *recent) changed(events []model.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range events {
		if of, is := model.SubjectOf(&events[i]); is {
			of.Project, of.TraceID = table.Clean(of.Project), table.Clean(of.TraceID)
			r.forget(of)
		}
	}
}

// trim drops the oldest subjects until few enough are left.
func (r *recent) trim() {
	n := 0
	for (r.rows > recentRows || len(r.oldest)-n > recentRows) && n < len(r.oldest) {
		r.forget(r.oldest[n])
		n++
	}
	r.oldest = slices.Delete(r.oldest, 0, n)
}

// clear drops everything, because the tables may have changed in another way.
func (r *recent) clear() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all, r.oldest, r.rows = nil, nil, 0
}

// events are the events of completely known subjects, in no order; rest are the other subjects.
func (r *recent) events(project string, of []model.Subject) (all []model.Event, rest []model.Subject) {
	known, rest := r.of(project, of)
	n := 0
	for _, one := range known {
		n += len(one.events)
	}
	all = slices.Grow(all, n)
	for _, one := range known {
		all = append(all, one.events...)
	}
	return all, rest
}

// links does the same for the links by the rules of this version.
func (r *recent) links(project string, of []model.Subject) (all []model.Link, rest []model.Subject) {
	known, rest := r.of(project, of)
	for _, one := range known {
		for _, l := range one.links {
			if l.Rules == model.LinkRules {
				all = append(all, l)
			}
		}
	}
	return all, rest
}

// of returns the completely known subjects, each once, in their current state.
func (r *recent) of(project string, of []model.Subject) (known []recently, rest []model.Subject) {
	r.mu.Lock()
	defer r.mu.Unlock()
	done := make(map[model.Subject]bool, len(of))
	for _, o := range of {
		o.Project, o.TraceID = table.Clean(project), table.Clean(o.TraceID)
		one := r.all[o]
		switch {
		case one == nil:
			rest = append(rest, o)
		case !done[o]:
			done[o] = true
			known = append(known, *one)
		}
	}
	return known, rest
}

// linkKey is the key of a link within its subject.
type linkKey struct {
	uuid  uuid.UUID
	rules int32
}

// replacing are the links whose keys may already be stored.
func (r *recent) replacing(links []model.Link) (some []int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	keys := map[model.Subject]map[linkKey]bool{}
	for i := range links {
		l := &links[i]
		of := subjectOfLink(l)
		known, is := keys[of]
		if !is {
			if one := r.all[of]; one != nil {
				known = make(map[linkKey]bool, len(one.links))
				for j := range one.links {
					known[linkKey{one.links[j].UUID, one.links[j].Rules}] = true
				}
			}
			keys[of] = known
		}
		if known == nil || known[linkKey{l.UUID, l.Rules}] {
			some = append(some, i)
		}
	}
	return some
}

func subjectOfLink(l *model.Link) model.Subject {
	of := model.Subject{Project: table.Clean(l.Project), TraceID: table.Clean(l.TraceID)}
	if of.TraceID == "" {
		of.UUID = l.UUID
	}
	return of
}

// stored adds links after they were stored.
func (r *recent) stored(links []model.Link) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range links {
		l := links[i]
		table.Links.Clean(&l)
		of := subjectOfLink(&l)
		one := r.all[of]
		if one == nil {
			continue
		}
		same := func(o model.Link) bool { return o.UUID == l.UUID && o.Rules == l.Rules }
		if j := slices.IndexFunc(one.links, same); j >= 0 {
			one.links = slices.Clone(one.links) // a reader may have the slice
			one.links[j] = l
			continue
		}
		one.links = append(one.links, l)
		r.rows++
	}
	r.trim()
}

// withExperiences leaves out the traces of which certainly no experience is stored. "" stands for events outside of traces.
func (r *recent) withExperiences(project string, traceIDs []string) (some []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	project = table.Clean(project)
	for _, id := range traceIDs {
		if one := r.all[model.Subject{Project: project, TraceID: table.Clean(id)}]; one == nil || one.experienced {
			some = append(some, id)
		}
	}
	return some
}

// replacingExperiences are the experiences whose keys may already be stored.
func (r *recent) replacingExperiences(rows []model.Experience) (some []int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range rows {
		if one := r.all[subjectOfExperience(&rows[i])]; one == nil || one.experienced {
			some = append(some, i)
		}
	}
	return some
}

// storedExperiences notes of which subjects experiences were stored.
func (r *recent) storedExperiences(rows []model.Experience) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range rows {
		if one := r.all[subjectOfExperience(&rows[i])]; one != nil {
			one.experienced = true
		}
	}
}

func subjectOfExperience(x *model.Experience) model.Subject {
	of := model.Subject{Project: table.Clean(x.Project), TraceID: table.Clean(x.TraceID)}
	if of.TraceID == "" {
		of.UUID = x.UUID
	}
	return of
}
