package derive

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/playheadhq/playhead/internal/model"
)

// joins is how many times ids of the same person are looked up, starting with the ids of a session: first the id with which they were identified, then
// its other ids.
const joins = 2

// visitors are the results of readVisitors, by session and distinct ids.
type visitors map[visitorKey]string

type visitorKey struct {
	sessionKey
	ids string
}

// mostVisitors bounds how many results are kept. Beyond it all are dropped, and those that are needed are read again.
const mostVisitors = 20_000

// readVisitors finds out whether the persons of sessions had an earlier session.
func (d *deriving) readVisitors(ctx context.Context, of []*session) error {
	var missing []*session
	ids := map[string]bool{}
	for _, s := range of {
		if s.visitor = d.x.visitors[d.visitorKey(s)]; s.visitor == "" && len(s.people) > 0 {
			missing = append(missing, s)
			maps.Copy(ids, s.people)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	joined := map[string]map[string]bool{}
	join := func(a, b string) {
		if joined[a] == nil {
			joined[a] = map[string]bool{}
		}
		joined[a][b] = true
	}
	for range joins {
		facts, err := d.x.options.Store.Identities(ctx, d.project, slices.Sorted(maps.Keys(ids)))
		if err != nil {
			return fmt.Errorf("read identities: %w", err)
		}
		for i := range facts {
			if f := &facts[i]; f.ID != "" && f.OtherID != "" {
				join(f.ID, f.OtherID)
				join(f.OtherID, f.ID)
				ids[f.ID], ids[f.OtherID] = true, true
			}
		}
	}
	first, err := d.x.options.Store.FirstSessions(ctx, d.project, slices.Sorted(maps.Keys(ids)))
	if err != nil {
		return fmt.Errorf("read first sessions: %w", err)
	}
	if len(d.x.visitors) > mostVisitors {
		d.x.visitors = visitors{}
	}
	for _, s := range missing {
		s.visitor = model.VisitorNew
		for id := range reached(s.people, joined) {
			if f, known := first[id]; known && f.SessionID != s.id && f.AtMS < s.startMS {
				s.visitor = model.VisitorReturning
			}
		}
		d.x.visitors[d.visitorKey(s)] = s.visitor
	}
	return nil
}

func (d *deriving) visitorKey(s *session) visitorKey {
	return visitorKey{sessionKey{d.project, s.id}, strings.Join(slices.Sorted(maps.Keys(s.people)), "\n")}
}

// reached are all ids that belong to the same person as the given ids.
func reached(ids map[string]bool, joined map[string]map[string]bool) map[string]bool {
	all := maps.Clone(ids)
	for next := slices.Collect(maps.Keys(ids)); len(next) > 0; next = next[1:] {
		for id := range joined[next[0]] {
			if !all[id] {
				all[id] = true
				next = append(next, id)
			}
		}
	}
	return all
}
