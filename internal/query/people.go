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

// Limits for following joined ids. $identify and aliases join ids. A longer chain or a larger set than these comes from a mistake in the sender (one
// id shared by everybody), not from a person.
const (
	maxHops      = 6
	maxPersonIDs = 2000
	// maxShownIDs limits the ids listed with one person.
	maxShownIDs = 50
	// maxFound limits the ids with which a search for people begins.
	maxFound = 200
)

// people maps distinct ids to their persons.
type people map[string]*Person

// of returns the person behind an id: a person with only this id if nothing more is known, nil for "".
func (p people) of(id string) *Person {
	if id == "" {
		return nil
	}
	if who, ok := p[id]; ok {
		return who
	}
	return &Person{ID: id, DistinctIDs: []string{id}}
}

// peopleOf determines the persons of ids. It needs as many store calls as the longest chain of aliases has links.
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

// follow reads the facts about ids and about everybody they are joined with, oldest first.
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

// group combines ids into persons. Facts are oldest first, and the latest name and address are used.
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
	named := make(map[string]bool) // ids in an $identify or alias call: the application's own names of its users
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
	// Cut the lists only now, because the ids that are not shown must find their person, too.
	for _, who := range byRoot {
		who.DistinctIDs = who.DistinctIDs[:min(len(who.DistinctIDs), maxShownIDs)]
	}
	return out
}

// anonymity sorts a person's ids: those that the application named come before ids that an SDK made up (UUIDs).
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

// idsOf returns all distinct ids of the persons that a parameter matches: the person with that id if there is one, otherwise all persons whose id,
// name or address contains it.
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
	if !known { // finding a part of an id may need many rows, finding a whole id needs none
		if known, err = s.store.HasID(ctx, scope.Project, person); err != nil {
			return nil, wrap(err, "search for a person")
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
