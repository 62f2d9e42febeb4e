package query

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/access"
	"github.com/playheadhq/playhead/internal/model"
)

// Bounds of following who is who. Ids are joined by $identify and aliases; a chain longer than this, or a set as large,
// is a mistake in the sender (one id shared by everybody), not a person.
const (
	maxHops      = 6
	maxPersonIDs = 2000
	// maxShownIDs bounds the ids listed with one person.
	maxShownIDs = 50
	// maxFound bounds the ids that a search for people starts from.
	maxFound = 200
)

// people knows who stands behind distinct ids.
type people map[string]*Person

// of returns the person behind an id: themselves with no more than the id when nothing is known, nil for "".
func (p people) of(id string) *Person {
	if id == "" {
		return nil
	}
	if who, ok := p[id]; ok {
		return who
	}
	return &Person{ID: id, DistinctIDs: []string{id}}
}

// peopleOf finds out who stands behind the ids, in as many calls as their longest chain of aliases has links.
func (s *Service) peopleOf(ctx context.Context, scope access.Scope, ids []string) (people, error) {
	ids = distinct(ids)
	if len(ids) == 0 {
		return people{}, nil
	}
	facts, err := s.follow(ctx, scope, ids)
	if err != nil {
		return nil, err
	}
	return group(facts), nil
}

// follow reads the facts about ids and everybody they are joined to, oldest first.
func (s *Service) follow(ctx context.Context, scope access.Scope, ids []string) ([]model.Identity, error) {
	var (
		facts []model.Identity
		asked = make(map[string]struct{}, len(ids))
		have  = make(map[model.Identity]struct{})
	)
	limit := max(maxPersonIDs, 2*len(ids))
	for hop := 0; hop < maxHops && len(ids) > 0; hop++ {
		for _, id := range ids {
			asked[id] = struct{}{}
		}
		found, err := s.store.Identities(ctx, scope.Project, ids)
		if err != nil {
			return nil, wrap(err, "read identities")
		}
		var next []string
		for _, f := range found {
			if _, ok := have[f]; ok {
				continue
			}
			have[f] = struct{}{}
			facts = append(facts, f)
			for _, id := range [...]string{f.ID, f.OtherID} {
				if _, ok := asked[id]; !ok && id != "" && len(asked)+len(next) < limit {
					next = append(next, id)
				}
			}
		}
		ids = distinct(next)
	}
	slices.SortStableFunc(facts, func(a, b model.Identity) int { return cmp.Compare(a.TimeMS, b.TimeMS) })
	return facts, nil
}

// group joins ids into people. Facts are oldest first, and the latest name and address stand.
func group(facts []model.Identity) people {
	parent := make(map[string]string)
	root := func(id string) string {
		up, ok := parent[id]
		if !ok {
			parent[id] = id
			return id
		}
		for up != id {
			parent[id] = parent[up] // halve the path: chains stay short without recursion
			id, up = parent[id], parent[parent[id]]
		}
		return id
	}
	named := make(map[string]bool) // ids that an $identify or alias was about: what the application calls its user
	for _, f := range facts {
		a := root(f.ID)
		if f.OtherID != "" {
			named[f.ID] = true
			if b := root(f.OtherID); a != b {
				parent[b] = a
			}
		} else if f.Name != "" || f.Email != "" {
			named[f.ID] = true
		}
	}
	byRoot := make(map[string]*Person)
	for id := range parent {
		r := root(id)
		who := byRoot[r]
		if who == nil {
			who = &Person{}
			byRoot[r] = who
		}
		who.DistinctIDs = append(who.DistinctIDs, id)
	}
	for _, f := range facts {
		who := byRoot[root(f.ID)]
		if f.Name != "" {
			who.Name = text(f.Name)
		}
		if f.Email != "" {
			who.Email = text(f.Email)
		}
	}
	for _, who := range byRoot {
		slices.SortFunc(who.DistinctIDs, func(a, b string) int {
			return cmp.Or(cmp.Compare(anonymity(a, named), anonymity(b, named)), cmp.Compare(a, b))
		})
		who.ID = who.DistinctIDs[0]
	}
	out := make(people, len(parent))
	for id := range parent {
		out[id] = byRoot[root(id)]
	}
	// Cut only now: the ids left out still find their person.
	for _, who := range byRoot {
		who.DistinctIDs = who.DistinctIDs[:min(len(who.DistinctIDs), maxShownIDs)]
	}
	return out
}

// anonymity orders a person's ids: what the application named them by, before ids made up by an SDK (UUIDs).
func anonymity(id string, named map[string]bool) int {
	n := 0
	if uuid.Validate(strings.TrimSpace(id)) == nil {
		n += 2
	}
	if !named[id] {
		n++
	}
	return n
}

// idsOf returns every distinct id of whoever a person parameter means: the person with that id when there is one, otherwise
// everybody of whose id, name or address it is a part.
func (s *Service) idsOf(ctx context.Context, scope access.Scope, person string) ([]string, error) {
	if len(person) > maxText {
		return nil, badInput("person", "person has %d bytes; at most %d are allowed. Shorten it.", len(person), maxText)
	}
	ids := []string{person}
	facts, err := s.follow(ctx, scope, ids)
	if err != nil {
		return nil, err
	}
	known := len(facts) > 0
	if !known { // many events may have to be looked at to find a part of an id, and none to find the whole
		if known, err = s.store.HasID(ctx, scope.Project, person); err != nil {
			return nil, wrap(err, "look for a person")
		}
	}
	if !known {
		found, err := s.store.FindPeople(ctx, scope.Project, person, maxFound)
		if err != nil {
			return nil, wrap(err, "find people")
		}
		if len(found) > 0 {
			if facts, err = s.follow(ctx, scope, found); err != nil {
				return nil, err
			}
			ids = found
		}
	}
	for _, f := range facts {
		ids = append(ids, f.ID, f.OtherID)
	}
	ids = distinct(ids)
	return ids[:min(len(ids), maxPersonIDs)], nil
}
