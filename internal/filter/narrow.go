package filter

import "slices"

// Kinds are the kinds of events that an expression lists: generations and embeddings, and others that it names with kind:. kind:span lists spans;
// -kind:embedding leaves out embeddings without adding spans. A term that must match, such as kind:span, leaves only its kinds. For Feedback, these are all of its kinds.
func Kinds(of Of, e Expr) []string {
	if of == Feedback {
		f, _ := Find(of, "kind")
		return f.Choices
	}
	if only := onlyKinds(e); only != nil {
		return only
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

// onlyKinds are the kinds to which an expression is restricted by one of its terms, nil if there is no such term.
func onlyKinds(e Expr) (kinds []string) {
	switch e := e.(type) {
	case And:
		for _, x := range e {
			if kinds = onlyKinds(x); kinds != nil {
				return kinds
			}
		}
	case Cond:
		if e.Field.Name != "kind" || e.Op != Equal || slices.ContainsFunc(e.Values, func(v Value) bool { return v.Pattern }) {
			return nil
		}
		for _, v := range e.Values {
			kinds = append(kinds, v.Text)
		}
	}
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

// Affirmed are the conditions and searches of an expression that are not negated: those by which a result can have matched.
func Affirmed(e Expr) (conds []Cond, searches []Search) {
	each := func(list []Expr) {
		for _, x := range list {
			c, s := Affirmed(x)
			conds, searches = append(conds, c...), append(searches, s...)
		}
	}
	switch e := e.(type) {
	case And:
		each(e)
	case Or:
		each(e)
	case Cond:
		conds = []Cond{e}
	case Search:
		searches = []Search{e}
	}
	return conds, searches
}

// RequiredSearches are the searches that every result must match.
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

// Searches reports whether an expression searches for text.
func Searches(e Expr) bool { return len(AllSearches(e)) > 0 }

// EarlyMS is how much earlier than the beginning of a trace or a conversation an opinion about it may be, because it was stamped by another clock.
const EarlyMS = 24 * 60 * 60 * 1000

// Since is the earliest possible time of the events of all results, in Unix milliseconds; 0 if the expression does not limit it.
func Since(of Of, e Expr) int64 {
	ms := since(e)
	if ms > 0 && (of == Traces || of == Conversations) {
		ms = max(ms-EarlyMS, 1)
	}
	return ms
}

func since(e Expr) (ms int64) {
	switch e := e.(type) {
	case And:
		for _, x := range e {
			ms = max(ms, since(x))
		}
	case Cond:
		if e.Field.Name == "start" && (e.Op == Greater || e.Op == GreaterEqual) {
			return e.Values[0].Int
		}
	}
	return ms
}

// Narrow reports whether all results must have one given trace, session or person. These are few rows, which an index can find.
func Narrow(e Expr) bool {
	switch e := e.(type) {
	case And:
		return slices.ContainsFunc(e, Narrow)
	case Cond:
		return e.Op == Equal && slices.Contains([]string{"trace", "session", "person"}, e.Field.Name) && !slices.ContainsFunc(e.Values, func(v Value) bool { return v.Pattern })
	}
	return false
}

// One returns the value of a text field that all results must have, if the expression gives exactly one: t for trace:t.
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

// All reports whether an expression matches every row.
func All(e Expr) bool {
	and, ok := e.(And)
	return ok && !slices.ContainsFunc(and, func(x Expr) bool { return !All(x) })
}

// Without removes the terms that are only about one field. The field's values are counted among the rows that match the rest, so that other values
// can be chosen too. An OR that also has other fields stays.
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
			rest = append(rest, Without(x, field)) // an And inside: shortcuts and bounds of time are added beside the expression
		}
	}
	return rest
}

// about reports whether an expression is only about one field.
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

// Map replaces each condition of an expression by the result of change.
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

// MapSearches replaces each search of an expression by the result of change.
func MapSearches(e Expr, change func(Search) Expr) Expr {
	each := func(list []Expr) []Expr {
		all := make([]Expr, len(list))
		for i, x := range list {
			all[i] = MapSearches(x, change)
		}
		return all
	}
	switch e := e.(type) {
	case And:
		return And(each(e))
	case Or:
		return Or(each(e))
	case Not:
		return Not{MapSearches(e.Expr, change)}
	case Search:
		return change(e)
	}
	return e
}

// InActivity makes the searches of sessions also look at the addresses of their pages and at the labels of what was clicked.
func InActivity(e Expr) Expr {
	return MapSearches(e, func(s Search) Expr {
		found := Or{s}
		for _, name := range []string{"page", "clicked"} {
			f, ok := Find(Sessions, name)
			if !ok {
				panic("filter: sessions have no " + name)
			}
			found = append(found, Cond{Field: f, Op: Equal, Values: []Value{{Search: &s}}})
		}
		return found
	})
}

// Between adds the condition that a row began in a range of time. 0 means no bound.
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

// Range returns the range of time of an expression that says only when rows begin: fromMS <= start < toMS. 0 means no bound. only is false if
// the expression says anything else.
func Range(e Expr) (fromMS, toMS int64, only bool) {
	switch e := e.(type) {
	case And:
		for _, x := range e {
			from, to, only := Range(x)
			if !only {
				return 0, 0, false
			}
			fromMS = max(fromMS, from)
			if to != 0 && (toMS == 0 || to < toMS) {
				toMS = to
			}
		}
		return fromMS, toMS, true
	case Cond:
		if e.Field.Name != "start" || len(e.Values) != 1 || e.Values[0].Int <= 0 {
			return 0, 0, false
		}
		switch e.Op {
		case GreaterEqual:
			return e.Values[0].Int, 0, true
		case Less:
			return 0, e.Values[0].Int, true
		}
	}
	return 0, 0, false
}

// Conditions returns all conditions of an expression, also those inside Or and Not. only is false if the expression also searches text.
func Conditions(e Expr) (all []Cond, only bool) {
	walk(e, func(c Cond) { all = append(all, c) })
	return all, !Searches(e)
}

// Named splits an expression that names the possible values of a text field: every result has one of these values and matches the rest. For
// conversation:c,d model:m and the field conversation, it returns c, d and model:m. values is nil if the expression names none.
func Named(e Expr, field string) (values []string, rest Expr) {
	switch e := e.(type) {
	case And:
		for i, x := range e {
			if values, rest := Named(x, field); values != nil {
				others := slices.Delete(slices.Clone(e), i, i+1)
				if !All(rest) {
					others = append(others, rest)
				}
				return values, others
			}
		}
	case Cond:
		if e.Field.Name != field || e.Op != Equal {
			return nil, e
		}
		for _, v := range e.Values {
			if v.Pattern {
				return nil, e
			}
			values = append(values, v.Text)
		}
		return values, Everything
	}
	return nil, e
}

// Sort is the order of a list.
type Sort struct {
	// Field is the zero Field for an order by latest activity.
	Field Field
	// Descending puts the largest first. Rows without a value come last in both directions.
	Descending bool
}

// ParseSort parses the order of a list, such as "-latency". "" is newest first. Errors are *SyntaxError.
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

// MaxFacets is the largest number of fields whose values can be counted in one request.
const MaxFacets = 20

// ParseFacets parses the list of fields whose values are to be counted. Errors are *SyntaxError.
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
