package query

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/playheadhq/playhead/internal/access"
	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/link"
	"github.com/playheadhq/playhead/internal/store"
)

// Doctor counts which generations and embeddings are linked to recordings and by which method, and says what would link the rest.
type Doctor struct {
	FromMS int64       `json:"from_ms"`
	ToMS   int64       `json:"to_ms"`
	Whole  LinkedShare `json:"whole"`
	// Methods, Libraries and so on are ordered by how many generations they have.
	Methods   []LinkedBy    `json:"methods" nullable:"false" doc:"how the sessions of linked ones were found"`
	Libraries []LinkedGroup `json:"libraries" nullable:"false" doc:"by the SDK that sent them, with its version"`
	Services  []LinkedGroup `json:"services" nullable:"false" doc:"by the property service.name, or by the environment if there is none"`
	Problems  []LinkProblem `json:"problems" nullable:"false" doc:"why the rest is not linked, and what to do"`
	Live      []LinkedNow   `json:"live" nullable:"false" doc:"the last hour, in steps of five minutes"`
}

// LinkedShare counts generations and embeddings by the state of their links.
type LinkedShare struct {
	Generations int64    `json:"generations"`
	Linked      int64    `json:"linked"`
	Pending     int64    `json:"pending"`
	None        int64    `json:"none"`
	Share       *float64 `json:"share" doc:"the share that is linked, 0 to 1; null if there are none"`
}

// LinkedBy counts the generations that one method linked.
type LinkedBy struct {
	Method      string `json:"method" enum:"exact,inherited,feedback,attribute,request,screen,person"`
	Generations int64  `json:"generations"`
}

// LinkedGroup is the share that is linked among the generations with one library or service.
type LinkedGroup struct {
	Name string `json:"name" doc:"empty if none was sent"`
	LinkedShare
}

// LinkProblem is a reason why generations are not linked.
type LinkProblem struct {
	Reason      string `json:"reason" enum:"no_session_id,no_recording_yet,recording_not_started,no_recording,ambiguous"`
	Library     string `json:"library" doc:"the SDK that sent them; empty if unknown"`
	Generations int64  `json:"generations"`
	Detail      string `json:"detail" doc:"what happened and what to do"`
	Fix         string `json:"fix" doc:"the line of code that links them; two lines with a comment above each if the library has the same name in two languages; empty if none does"`
	Language    string `json:"language" doc:"what the line is written in; empty if there is none"`
}

// LinkedNow is a bucket of the last hour.
type LinkedNow struct {
	StartMS int64 `json:"start_ms"`
	LinkedShare
}

const (
	// doctorFor is the default range of time.
	doctorFor = 7 * 24 * time.Hour
	// doctorGroups is how many libraries and services are listed.
	doctorGroups = 50
	liveStep     = "5m"
)

// Doctor sums up the links of generations in a range of time.
func (s *Service) Doctor(ctx context.Context, scope access.Scope, r Narrowing) (Doctor, error) {
	a, err := s.understand(ctx, scope, filter.Generations, r)
	if err != nil {
		return Doctor{}, err
	}
	now := s.now().UnixMilli()
	span := filter.Span{FromMS: a.fromMS, ToMS: a.toMS, Zone: time.UTC}
	if span.ToMS == 0 {
		span.ToMS = now + 1
	}
	if span.FromMS == 0 {
		span.FromMS = max(0, min(now, span.ToMS)-doctorFor.Milliseconds())
	}
	hour := filter.Span{FromMS: now - time.Hour.Milliseconds(), ToMS: now + 1, Zone: time.UTC}
	count := func(span filter.Span, by string, each func(key []string, atMS, n int64)) func(context.Context) error {
		return func(ctx context.Context) error {
			q := a.Question
			q.Where = filter.Between(unbounded(a), filter.Generations, span.FromMS, span.ToMS)
			return s.counted(ctx, q, span, by, each)
		}
	}
	d := Doctor{FromMS: span.FromMS, ToMS: span.ToMS, Methods: []LinkedBy{}, Libraries: []LinkedGroup{}, Services: []LinkedGroup{}, Problems: []LinkProblem{}, Live: []LinkedNow{}}
	methods, libraries, services, environments, live := map[string]int64{}, map[string]*LinkedShare{}, map[string]*LinkedShare{}, map[string]*LinkedShare{}, map[int64]*LinkedShare{}
	err = store.Together(ctx, count(span, "library,link,link_method", func(key []string, _, n int64) {
		d.Whole.add(key[1], n)
		entry(libraries, key[0]).add(key[1], n)
		if key[1] == string(link.Linked) {
			methods[key[2]] += n
		}
	}), count(span, "library,link_reason", func(key []string, _, n int64) {
		if key[1] != "" {
			d.Problems = append(d.Problems, problemOf(key[1], key[0], n))
		}
	}), count(span, filter.Property+"service.name,link", func(key []string, _, n int64) {
		if key[0] != "" {
			entry(services, key[0]).add(key[1], n)
		}
	}), count(span, "env,link", func(key []string, _, n int64) {
		entry(environments, key[0]).add(key[1], n)
	}), count(hour, "time("+liveStep+"),link", func(key []string, atMS, n int64) {
		entry(live, atMS).add(key[0], n)
	}))
	if err != nil {
		return Doctor{}, err
	}
	d.Whole.finish()
	for m, n := range methods {
		d.Methods = append(d.Methods, LinkedBy{m, n})
	}
	slices.SortFunc(d.Methods, func(a, b LinkedBy) int {
		return cmp.Or(cmp.Compare(b.Generations, a.Generations), cmp.Compare(a.Method, b.Method))
	})
	if len(services) == 0 {
		services = environments
	}
	d.Libraries, d.Services = linkedGroups(libraries), linkedGroups(services)
	slices.SortFunc(d.Problems, func(a, b LinkProblem) int {
		return cmp.Or(cmp.Compare(b.Generations, a.Generations), cmp.Compare(a.Reason, b.Reason), cmp.Compare(a.Library, b.Library))
	})
	d.Problems = d.Problems[:min(len(d.Problems), doctorGroups)]
	for at, l := range live {
		l.finish()
		d.Live = append(d.Live, LinkedNow{at, *l})
	}
	slices.SortFunc(d.Live, func(a, b LinkedNow) int { return cmp.Compare(a.StartMS, b.StartMS) })
	return d, nil
}

// counted counts generations by groups. Each row has the texts of a group's fields, and its start if it is a group by time.
func (s *Service) counted(ctx context.Context, q store.Question, span filter.Span, by string, each func(key []string, atMS, n int64)) error {
	groups, err := filter.ParseGroups(filter.Generations, by, span)
	if err != nil {
		return err
	}
	measures, err := filter.ParseMeasures(filter.Generations, "count")
	if err != nil {
		return err
	}
	t, err := s.store.Sum(ctx, q, filter.Sum{Measures: measures, By: groups, Order: len(groups), Descending: true, Limit: filter.MaxRows}, span)
	if err != nil {
		return wrap(err, "count links by "+by)
	}
	for _, row := range t.Rows {
		var key []string
		atMS, n := int64(0), int64(0)
		for i := range groups {
			switch cell := row[i].(type) {
			case string:
				key = append(key, cell)
			case int64:
				atMS = cell
			default:
				key = append(key, "")
			}
		}
		switch cell := row[len(groups)].(type) {
		case int64:
			n = cell
		case float64:
			n = int64(cell)
		}
		if n > 0 {
			each(key, atMS, n)
		}
	}
	return nil
}

func entry[K comparable](all map[K]*LinkedShare, key K) *LinkedShare {
	l := all[key]
	if l == nil {
		l = &LinkedShare{}
		all[key] = l
	}
	return l
}

func (l *LinkedShare) add(state string, n int64) {
	l.Generations += n
	switch link.State(state) {
	case link.Linked:
		l.Linked += n
	case link.None:
		l.None += n
	default:
		l.Pending += n
	}
}

func (l *LinkedShare) finish() { l.Share = share(float64(l.Linked), float64(l.Generations)) }

func linkedGroups(all map[string]*LinkedShare) []LinkedGroup {
	out := []LinkedGroup{}
	for name, l := range all {
		l.finish()
		out = append(out, LinkedGroup{name, *l})
	}
	slices.SortFunc(out, func(a, b LinkedGroup) int {
		return cmp.Or(cmp.Compare(b.Generations, a.Generations), cmp.Compare(a.Name, b.Name))
	})
	return out[:min(len(out), doctorGroups)]
}

// problemOf says what to do about a reason for a missing link.
func problemOf(reason, library string, n int64) LinkProblem {
	p := LinkProblem{Reason: reason, Library: library, Generations: n}
	switch link.Reason(reason) {
	case link.NoSessionID:
		p.Detail = "This backend sends no id of the browser's session, and no recording of that time showed the words of these calls or belongs to their person. Send the session's id:"
		with := passAlong(library)
		p.Language, p.Fix = with.language, with.code
	case link.Ambiguous:
		p.Detail = "Several recordings showed the same words at the same time, so none was chosen. The session's id makes it certain:"
		with := passAlong(library)
		p.Language, p.Fix = with.language, with.code
	case link.RecordingNotStarted:
		p.Detail = "The browser reports that it does not record. Recording may be disabled in the code, by the person's consent, or by a sample or trigger:"
		p.Language, p.Fix = "JavaScript", "posthog.init(token, { api_host, disable_session_recording: false })"
	case link.NoRecording:
		p.Detail = "The session is known, but no recording of it arrived within a day, or its beginning is missing. Content blockers stop requests to /s/, but not to a path of your own host:"
		p.Language, p.Fix = "JavaScript", "posthog.init(token, { api_host: 'https://www.your-app.com/playhead' })"
	case link.NoRecordingYet:
		p.Detail = "The session is known, and its recording may still arrive. Browsers begin to send it after the first click or key, and retry for half an hour."
	}
	return p
}
