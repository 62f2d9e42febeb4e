package filter

import "slices"

// Kinds are the kinds of events among generations for an expression: generations and embeddings, and whatever else it names by kind:.
// kind:span lists spans, and -kind:embedding leaves out embeddings without bringing in spans. Feedback is of all its kinds.
func Kinds(of Of, e Expr) []string {
	if of == Feedback {
		f, _ := Find(of, "kind")
		return f.Choices
	}
	kinds := []string{"generation", "embedding"}
	walk(e, func(c Cond) {
		if c.Field.Name != "kind" {
			return
		}
		for _, v := range c.Values {
			if !slices.Contains(kinds, v.Text) {
				kinds = append(kinds, v.Text)
			}
		}
	})
	return kinds
}

// walk visits the conditions of an expression.
func walk(e Expr, visit func(Cond)) {
	switch e := e.(type) {
	case And:
		for _, x := range e {
			walk(x, visit)
		}
	case Or:
		for _, x := range e {
			walk(x, visit)
		}
	case Not:
		walk(e.Expr, visit)
	case Cond:
		visit(e)
	}
}

// AllSearches are the searches of an expression.
func AllSearches(e Expr) []Search {
	var all []Search
	each := func(list []Expr) {
		for _, x := range list {
			all = append(all, AllSearches(x)...)
		}
	}
	switch e := e.(type) {
	case And:
		each(e)
	case Or:
		each(e)
	case Not:
		all = AllSearches(e.Expr)
	case Search:
		all = []Search{e}
	}
	return all
}

// RequiredSearches are those searches of an expression that all of what it finds must match.
func RequiredSearches(e Expr) []Search {
	switch e := e.(type) {
	case And:
		var all []Search
		for _, x := range e {
			all = append(all, RequiredSearches(x)...)
		}
		return all
	case Search:
		return []Search{e}
	}
	return nil
}

// Searches says whether an expression searches for text.
func Searches(e Expr) bool { return len(AllSearches(e)) > 0 }

// Since is when all that an expression finds begins at the earliest, in Unix milliseconds; 0 when it does not say.
func Since(e Expr) (ms int64) {
	switch e := e.(type) {
	case And:
		for _, x := range e {
			ms = max(ms, Since(x))
		}
	case Cond:
		if e.Field.Name == "start" && (e.Op == Greater || e.Op == GreaterEqual) {
			return e.Values[0].Int
		}
	}
	return ms
}

// Narrow says whether an expression names a trace, a session or a person that all of what it finds has: few rows, which an index may
// find.
func Narrow(e Expr) bool {
	switch e := e.(type) {
	case And:
		return slices.ContainsFunc(e, Narrow)
	case Cond:
		return e.Op == Equal && slices.Contains([]string{"trace", "session", "person"}, e.Field.Name) && !slices.ContainsFunc(e.Values, func(v Value) bool { return v.Pattern })
	}
	return false
}

// One is the value of a field of text that all of what an expression finds has, where it names one: the trace of trace:t.
func One(e Expr, field string) (value string, ok bool) {
	switch e := e.(type) {
	case And:
		for _, x := range e {
			if value, ok = One(x, field); ok {
				return value, true
			}
		}
	case Cond:
		if e.Field.Name == field && e.Op == Equal && len(e.Values) == 1 && !e.Values[0].Pattern {
			return e.Values[0].Text, true
		}
	}
	return "", false
}

// All says whether an expression lets every row pass.
func All(e Expr) bool {
	and, ok := e.(And)
	return ok && !slices.ContainsFunc(and, func(x Expr) bool { return !All(x) })
}

// Without is an expression without those of its terms that are about one field alone: what the values of the field are counted
// among, so that the others can be chosen, too. An OR with other fields in it stays.
func Without(e Expr, field string) Expr {
	if about(e, field) {
		return Everything
	}
	and, ok := e.(And)
	if !ok {
		return e
	}
	rest := And{}
	for _, x := range and {
		if !about(x, field) {
			rest = append(rest, Without(x, field)) // shortcuts and bounds of time stand beside an expression that is an And itself
		}
	}
	return rest
}

// about says whether an expression speaks of one field and of nothing else.
func about(e Expr, field string) bool {
	all := func(list []Expr) bool {
		return len(list) > 0 && !slices.ContainsFunc(list, func(x Expr) bool { return !about(x, field) })
	}
	switch e := e.(type) {
	case And:
		return all(e)
	case Or:
		return all(e)
	case Not:
		return about(e.Expr, field)
	case Cond:
		return e.Field.Name == field
	}
	return false
}

// Map replaces each condition on a field of an expression by what change makes of it.
func Map(e Expr, change func(Cond) (Expr, error)) (Expr, error) {
	each := func(list []Expr) ([]Expr, error) {
		all := make([]Expr, len(list))
		for i, x := range list {
			var err error
			if all[i], err = Map(x, change); err != nil {
				return nil, err
			}
		}
		return all, nil
	}
	switch e := e.(type) {
	case And:
		all, err := each(e)
		return And(all), err
	case Or:
		all, err := each(e)
		return Or(all), err
	case Not:
		x, err := Map(e.Expr, change)
		return Not{x}, err
	case Cond:
		return change(e)
	}
	return e, nil
}

// Between adds that a row began in a range of time. A bound of 0 is none.
func Between(e Expr, of Of, fromMS, toMS int64) Expr {
	start, ok := Find(of, "start")
	if !ok {
		panic("filter: " + of + " have no start")
	}
	all := And{e}
	if fromMS != 0 {
		all = append(all, Cond{Field: start, Op: GreaterEqual, Values: []Value{{Int: fromMS}}})
	}
	if toMS != 0 {
		all = append(all, Cond{Field: start, Op: Less, Values: []Value{{Int: toMS}}})
	}
	if len(all) == 1 {
		return e
	}
	return all
}

// Sort is what a list is ordered by.
type Sort struct {
	// Field is the zero Field for the latest activity.
	Field Field
	// Descending puts the largest first. Rows without a value come last, whichever way round.
	Descending bool
}

// ParseSort reads what a list is ordered by, such as "-latency". "" is newest first. Errors are *SyntaxError.
func ParseSort(of Of, text string) (Sort, error) {
	if text == "" {
		return Sort{Descending: true}, nil
	}
	s := Sort{}
	at := 0
	name := text
	if name[0] == '-' {
		s.Descending, name, at = true, name[1:], 1
	}
	f, known := Find(of, name)
	switch {
	case !known:
		return s, (&parser{of: of, text: name}).unknownIn(at, name)
	case !f.Sortable:
		return s, bad(at, "Lists cannot be sorted by %s.", f.Name)
	}
	s.Field = f
	return s, nil
}

// MaxFacets is how many fields the values of are counted at once.
const MaxFacets = 20

// ParseFacets reads a list of fields whose values are to be counted. Errors are *SyntaxError.
func ParseFacets(of Of, text string) ([]Field, error) {
	var all []Field
	err := items(text, MaxFacets, "fields", func(at int, item string) error {
		g, err := group(of, at, item, Span{})
		switch {
		case err != nil:
		case g.Field.Name == "":
			err = bad(at, "%q is not a field.", shorten(item))
		case slices.ContainsFunc(all, func(f Field) bool { return f.Name == g.Field.Name }):
			err = bad(at, "%s is listed twice.", g.Field.Name)
		}
		all = append(all, g.Field)
		return err
	})
	return all, err
}
