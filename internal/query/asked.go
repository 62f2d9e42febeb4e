package query

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/playheadhq/playhead/internal/access"
	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/store"
)

// Narrowing has the parameters that lists, sums and facets share. Zero fields have no effect.
type Narrowing struct {
	// Q is an expression of the query language, see docs/query.md.
	Q string
	// From and To are RFC 3339 instants that limit the start of a row: From <= start < To.
	From, To string
	// TraceID, SessionID, Person and ErrorsOnly are shortcuts for terms of Q.
	TraceID, SessionID string
	// Person is any of a person's ids. If nobody has that id, it is a part of an id, a name or an email address.
	Person string
	// ErrorsOnly selects rows that failed.
	ErrorsOnly bool
}

// asked is a parsed Narrowing.
type asked struct {
	store.Question
	fromMS, toMS int64
	// conds and searches are the conditions and the text searches of Q that are not negated.
	conds    []filter.Cond
	searches []filter.Search
}

// understand parses the parameters that select rows.
func (s *Service) understand(ctx context.Context, scope access.Scope, of filter.Of, n Narrowing) (asked, error) {
	a := asked{Question: store.Question{Project: scope.Project, Of: of, Weights: s.weights}}
	var err error
	if a.fromMS, err = instant("from", n.From); err != nil {
		return a, err
	}
	if a.toMS, err = instant("to", n.To); err != nil {
		return a, err
	}
	if a.fromMS != 0 && a.toMS != 0 && a.fromMS >= a.toMS {
		return a, badInput("to", "to (%s) must be later than from (%s).", n.To, n.From)
	}
	q, err := filter.Parse(of, n.Q)
	if err != nil {
		return a, badSyntax("q", err)
	}
	all := filter.And{}
	add := func(name string, values ...string) {
		f, ok := filter.Find(of, name)
		if !ok {
			panic(fmt.Sprintf("query: %s have no field %s", of, name)) // a mistake of the program
		}
		c := filter.Cond{Field: f, Op: filter.Equal}
		for _, v := range values {
			c.Values = append(c.Values, filter.Value{Text: v})
		}
		all = append(all, c)
	}
	if n.TraceID != "" {
		add("trace", n.TraceID)
	}
	if n.SessionID != "" {
		add("session", n.SessionID)
	}
	if n.ErrorsOnly {
		if of == filter.Sessions {
			errors, _ := filter.Find(of, "errors")
			all = append(all, filter.Cond{Field: errors, Op: filter.Greater, Values: []filter.Value{{}}})
		} else {
			failed, ok := filter.Find(of, "error")
			if !ok {
				return a, badInput("errors", "Rows of %s cannot fail. Remove errors.", of)
			}
			all = append(all, filter.Cond{Field: failed, Op: filter.Equal, Values: []filter.Value{{Int: 1}}})
		}
	}
	a.conds, a.searches = filter.Affirmed(q)
	if of == filter.Sessions {
		q = filter.InActivity(q)
	}
	if filter.String(q) != "" {
		if q, err = filter.Map(q, func(c filter.Cond) (filter.Expr, error) { return s.persons(ctx, scope, c) }); err != nil {
			return a, err
		}
		all = append(filter.And{q}, all...)
	}
	if n.Person != "" {
		ids, err := s.idsOf(ctx, scope, n.Person)
		if err != nil {
			return a, err
		}
		add("person", ids...)
	}
	a.Where = filter.Between(all, of, a.fromMS, a.toMS)
	return a, nil
}

// badSyntax returns the error of a parameter that cannot be parsed, with the position.
func badSyntax(field string, err error) error {
	var s *filter.SyntaxError
	if !errors.As(err, &s) {
		return err
	}
	return &Error{Code: CodeBadInput, Field: field, Message: fmt.Sprintf("%s, at character %d: %s", field, s.At+1, s.Message), Position: &s.At}
}

// maxNamed limits how many people the values of one condition may match.
const maxNamed = 2000

// persons extends conditions on persons by all distinct ids of the persons that they name, because the storage has only distinct ids.
func (s *Service) persons(ctx context.Context, scope access.Scope, c filter.Cond) (filter.Expr, error) {
	if c.Field.Name != "person" || c.Op != filter.Equal {
		return c, nil
	}
	var patterns []filter.Value
	var ids []string
	for _, v := range c.Values {
		if v.Pattern {
			patterns = append(patterns, v)
		} else {
			ids = append(ids, v.Text)
		}
		named, err := s.idsNamed(ctx, scope, v)
		if err != nil {
			return nil, err
		}
		ids = append(ids, named...)
	}
	c.Values = patterns
	for _, id := range distinct(ids) {
		c.Values = append(c.Values, filter.Value{Text: id})
	}
	if len(c.Values) == 0 {
		c.Values = []filter.Value{{}} // matches nobody
	}
	return c, nil
}

// idsNamed returns all distinct ids of everybody whom a value matches: by a joined id, the name or the address.
func (s *Service) idsNamed(ctx context.Context, scope access.Scope, v filter.Value) (ids []string, err error) {
	found, err := s.store.FindNamed(ctx, scope.Project, v, maxNamed+1)
	if err != nil {
		return nil, wrap(err, "find people")
	}
	if len(found) > maxNamed {
		return nil, badInput("q", "More than %d people have %q as an id, name or address. Write a longer part of it.", maxNamed, shortened(v.Text))
	}
	facts, err := s.follow(ctx, scope, found)
	if err != nil {
		return nil, err
	}
	known := group(facts)
	meant := map[*Person]bool{}
	for _, id := range found {
		who := known.of(id)
		is := func(text *string) bool { return text != nil && v.Is(*text) }
		if v.Is(id) || is(who.Name) || is(who.Email) {
			meant[who] = true
		}
	}
	for id, who := range known {
		if meant[who] {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids) // so that equal questions give equal statements
	return ids, nil
}

// maxJoined limits the pairs of joined ids when rows are grouped by person.
const maxJoined = 100_000

// people maps distinct ids to persons, for sums by person.
func (s *Service) people(ctx context.Context, scope access.Scope) (map[string]string, error) {
	facts, err := s.store.JoinedIDs(ctx, scope.Project, maxJoined+1)
	if err != nil {
		return nil, wrap(err, "read identities")
	}
	if len(facts) > maxJoined {
		return nil, badInput("by", "More than %d ids are joined with others, which is too many to group, count or sort by person. Use another field.", maxJoined)
	}
	names := map[string]string{}
	for id, who := range group(facts) {
		if id != who.ID {
			names[id] = who.ID
		}
	}
	return names, nil
}

// ListRequest has the parameters of every list.
type ListRequest struct {
	Narrowing
	// Sort is a sortable field, with a - in front for the largest first; "" sorts by latest activity, newest first.
	Sort string
	// Limit is the number of rows wanted, DefaultLimit when zero, at most MaxLimit.
	Limit int
	// Cursor is the Next of the previous page.
	Cursor string
	// Count requests the number of all matching rows.
	Count bool
}

// part determines which part of a list is requested.
func (r ListRequest) part(kind listKind, of filter.Of) (store.Part, error) {
	p := store.Part{}
	var err error
	if p.Sort, err = filter.ParseSort(of, r.Sort); err != nil {
		return p, badSyntax("sort", err)
	}
	if p.Limit, err = rowsWanted(r.Limit, DefaultLimit); err != nil {
		return p, err
	}
	if r.Cursor != "" {
		after, err := parsePosition(kind, r.Sort, r.Cursor)
		p.After = &after
		return p, err
	}
	return p, nil
}

// searchPatience is how long a list searches text before it returns what it has found so far, together with how far back it searched.
const searchPatience = 2 * time.Second

// find finds the rows of a part and one row more, which shows whether there is a next page.
func (s *Service) find(ctx context.Context, scope access.Scope, a asked, p store.Part) (found store.List, err error) {
	p.Limit++
	p.Patience = s.patience
	if p.Sort.Field.Name == "person" {
		if a.People, err = s.people(ctx, scope); err != nil {
			return store.List{}, err
		}
	}
	found, err = s.store.Find(ctx, a.Question, p)
	return found, wrap(err, "list "+string(a.Of))
}

// total counts the matching rows, if that was requested, while do runs.
func (s *Service) total(ctx context.Context, r ListRequest, a asked, do func(context.Context) error) (*store.Counted, error) {
	if !r.Count {
		return nil, do(ctx)
	}
	var n store.Counted
	err := store.Together(ctx, do, func(ctx context.Context) (err error) {
		n, err = s.store.Count(ctx, a.Question)
		return wrap(err, "count "+string(a.Of))
	})
	return &n, err
}

func instant(field, s string) (int64, error) {
	if s == "" {
		return 0, nil
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		// An unescaped "+" in a query string arrives as a space, which is the most frequent cause of an invalid offset.
		return 0, badInput(field, "%s must be an RFC 3339 instant such as 2026-05-04T13:30:00Z (write the + of an offset as %%2B); got %q.", field, s)
	}
	return t.UnixMilli(), nil
}

func ofWhat(text string) (filter.Of, error) {
	for _, of := range filter.Lists {
		if text == string(of) {
			return of, nil
		}
	}
	var all []string
	for _, of := range filter.Lists {
		all = append(all, string(of))
	}
	return "", badInput("of", "of is one of %s; got %q.", strings.Join(all, ", "), shortened(text))
}
