package query

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/access"
	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/link"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// LinkedTrace is a trace of a row that stands for several, with its link.
type LinkedTrace struct {
	TraceID string `json:"trace_id"`
	Link    Link   `json:"link"`
}

// linkedPatience is how long the rows of a list are searched for linked traces that are not their latest ones.
const linkedPatience = 300 * time.Millisecond

// latestTrace is the figure that linkedTraces needs of each row.
var latestTrace = figure{"trace_id", "last(trace)", ""}

// keys identifies a row among those of its grouping.
func (r groupRow) keys() string { return fmt.Sprintf("%q", r.cells[:len(r.by)]) }

// linkedTraces finds, by the keys of rows, the latest trace of each that is linked to a recording. q is the question that the rows answer.
//
// Usually that is the latest trace of all, whose stored link is read by its key. Only for the other rows, the generations are asked together with
// their links. This is a join of all of these, so it must end soon: what it would find is a convenience, for which no list should wait.
func (s *Service) linkedTraces(ctx context.Context, scope access.Scope, q store.Question, rows []groupRow) (map[string]*LinkedTrace, error) {
	found := map[string]*LinkedTrace{}
	add := func(rows []groupRow) error {
		var ids []string
		for _, r := range rows {
			if id := r.text("trace_id"); id != nil {
				ids = append(ids, *id)
			}
		}
		linked, err := s.linked(ctx, scope, distinct(ids))
		for _, r := range rows {
			if id := r.text("trace_id"); id != nil && linked[*id] != nil {
				found[r.keys()] = linked[*id]
			}
		}
		return err
	}
	if err := add(rows); err != nil {
		return nil, err
	}
	rows = slices.DeleteFunc(slices.Clone(rows), func(r groupRow) bool { return found[r.keys()] != nil })
	if len(rows) == 0 {
		return found, nil
	}
	g := rows[0].grouping
	state, _ := filter.Find(g.of, "link")
	q.Where = filter.And{q.Where, filter.Cond{Field: state, Op: filter.Equal, Values: []filter.Value{{Text: string(link.Linked)}}}, among(q.People, g.by[0].Field, rows)}
	latest := newGrouping(0, g.of, "", "", "", latestTrace).split(g.by...)
	patient, cancel := context.WithTimeout(ctx, s.linkedPatience)
	defer cancel()
	t, err := s.store.Sum(patient, q, filter.Sum{Measures: latest.measures, By: latest.by, Limit: filter.MaxRows}, filter.Span{})
	switch {
	case err == nil:
		return found, add(latest.rows(t.Rows))
	case ctx.Err() == nil && (patient.Err() != nil || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, store.ErrTooMuch)):
		// A connection may notice its deadline a moment before the context does.
		return found, nil
	}
	return nil, wrap(err, "find the latest linked traces")
}

// linkedBeside does what linkedTraces does for the rows of a list, and makes other reads at the same time.
func (s *Service) linkedBeside(ctx context.Context, scope access.Scope, in grouped, others ...func(context.Context) error) (linked map[string]*LinkedTrace, err error) {
	err = store.Together(ctx, append(others, func(ctx context.Context) (err error) {
		linked, err = s.linkedTraces(ctx, scope, in.asked.Question, in.rows)
		return err
	})...)
	return linked, err
}

// among is the condition that a generation belongs to one of the rows, by their first field. Of persons, the storage has all distinct ids.
func among(people map[string]string, f filter.Field, rows []groupRow) filter.Expr {
	if f.Name != "person" {
		return oneOf(f, rows)
	}
	wanted := map[string]bool{}
	var ids []string
	for _, r := range rows {
		wanted[r.key(0)] = true
		ids = append(ids, r.key(0))
	}
	for id, who := range people {
		if wanted[who] {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids) // so that equal questions give equal statements
	c := filter.Cond{Field: f, Op: filter.Equal}
	for _, id := range ids {
		c.Values = append(c.Values, filter.Value{Text: id})
	}
	return c
}

// linked returns those of some traces that are linked to a recording, by their stored links, as lists of traces show them.
func (s *Service) linked(ctx context.Context, scope access.Scope, ids []string) (map[string]*LinkedTrace, error) {
	var links storedLinks
	var felt map[experienceKey]*model.Experience
	err := store.Together(ctx, func(ctx context.Context) (err error) {
		links, err = s.storedLinks(ctx, scope, ids, nil)
		return err
	}, func(ctx context.Context) (err error) {
		felt, err = s.experiencesOf(ctx, scope, ids, nil)
		return err
	})
	if err != nil {
		return nil, err
	}
	all := map[string]*LinkedTrace{}
	project := s.inAddress(scope)
	for _, id := range ids {
		l, ok := links.of(id, uuid.Nil)
		if !ok || l.State != link.Linked {
			continue
		}
		c := rowContext{project: project, link: l}.with(felt[experienceKey{id, uuid.Nil}])
		all[id] = &LinkedTrace{TraceID: id, Link: linkView(c.link, c.project)}
	}
	return all, nil
}
