package query

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/access"
	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/model"
)

// View is the state of a list under a name, shared by the project.
type View struct {
	ID string `json:"id"`
	ViewState
	ChangedMS int64 `json:"changed_ms"`
}

// ViewState is what a view is.
type ViewState struct {
	Name    string   `json:"name" doc:"1 to 100 characters; each name once in a list" example:"Slow answers"`
	List    string   `json:"list" enum:"conversations,errors,feedback,generations,models,people,prompts,providers,sessions,tools,traces" doc:"The list that it is of."`
	Q       string   `json:"q,omitempty" doc:"An expression of the query language."`
	Since   string   `json:"since,omitempty" example:"24h" doc:"A range that ends now: 15m, 1h, 24h, 7d, 30d. Without it and from and to, all time."`
	From    string   `json:"from,omitempty" format:"date-time" doc:"The beginning of a range that does not move."`
	To      string   `json:"to,omitempty" format:"date-time" doc:"Its exclusive end."`
	Sort    string   `json:"sort,omitempty" example:"-latency" doc:"As the list takes it."`
	Columns []string `json:"columns,omitempty" nullable:"false" example:"[\"start\",\"cost\"]" doc:"The columns that the page shows, by its own names. Without it those that each reader chose."`
}

const (
	maxViewName = 100
	// maxViewText bounds q, sort and the names of columns.
	maxViewText = 16 << 10
)

// ranges are those that end now.
var ranges = []string{"", "15m", "1h", "24h", "7d", "30d"}

// Views lists the views of all lists, by list and name.
func (s *Service) Views(ctx context.Context, scope access.Scope) (List[View], error) {
	rows, err := s.savedIn(ctx, scope, model.SavedView, uuid.Nil)
	if err != nil {
		return List[View]{}, err
	}
	out := List[View]{Items: make([]View, len(rows))}
	for i, row := range rows {
		out.Items[i] = viewOf(row)
	}
	slices.SortFunc(out.Items, byName)
	return out, nil
}

func viewOf(row model.Saved) View {
	return View{ID: row.ID.String(), ViewState: bodyOf[ViewState](row), ChangedMS: row.AtMS}
}

// SaveView keeps a state as a new view, or in the place of the view with an id.
func (s *Service) SaveView(ctx context.Context, scope access.Scope, id string, state ViewState) (View, error) {
	if err := state.check(); err != nil {
		return View{}, err
	}
	rows, err := s.savedIn(ctx, scope, model.SavedView, uuid.Nil)
	if err != nil {
		return View{}, err
	}
	row, before := model.Saved{ID: uuid.New(), Kind: model.SavedView, Body: bodyFor(state)}, (*model.Saved)(nil)
	if id != "" {
		at := slices.IndexFunc(rows, func(r model.Saved) bool { return r.ID.String() == id })
		if at < 0 {
			return View{}, notFound("There is no view with the id %q. It may have been deleted.", shortened(id))
		}
		row.ID, before = rows[at].ID, &rows[at]
	} else if len(rows) >= maxSaved {
		return View{}, badInput("name", "There are %d views already. Delete one first.", maxSaved)
	}
	for _, r := range rows {
		if v := bodyOf[ViewState](r); r.ID != row.ID && v.List == state.List && v.Name == state.Name {
			return View{}, badInput("name", "%s already have a view %q. Choose another name, or save that view.", state.List, state.Name)
		}
	}
	row, err = s.keep(ctx, scope, row, before)
	return viewOf(row), err
}

// DeleteView deletes a view for everybody.
func (s *Service) DeleteView(ctx context.Context, scope access.Scope, id string) error {
	return s.drop(ctx, scope, model.SavedView, id)
}

// check finds what would open as an error.
func (v *ViewState) check() error {
	v.Name = strings.TrimSpace(v.Name)
	if n := utf8.RuneCountInString(v.Name); n < 1 || n > maxViewName || !utf8.ValidString(v.Name) {
		return badInput("name", "name has 1 to %d characters.", maxViewName)
	}
	if !slices.Contains(ExportLists(), v.List) {
		return badInput("list", "list is one of %s; got %q.", strings.Join(ExportLists(), ", "), shortened(v.List))
	}
	of := filter.Generations
	g := groupLists[v.List]
	if g == nil {
		of = filter.Of(v.List)
	}
	if len(v.Q)+len(v.Sort)+len(strings.Join(v.Columns, "")) > maxViewText || len(v.Columns) > maxColumns {
		return badInput("q", "q, sort and columns have at most %d bytes together.", maxViewText)
	}
	if _, err := filter.Parse(of, v.Q); err != nil {
		return badSyntax("q", err)
	}
	switch {
	case v.Sort == "" || v.List == "models": // whose page sorts by itself
	case g != nil:
		if _, err := g.sum(ListRequest{Sort: v.Sort}); err != nil {
			return err
		}
	default:
		if _, err := filter.ParseSort(of, v.Sort); err != nil {
			return badSyntax("sort", err)
		}
	}
	if !slices.Contains(ranges, v.Since) {
		return badInput("since", "since is one of %s; got %q.", strings.Join(ranges[1:], ", "), shortened(v.Since))
	}
	for name, at := range map[string]string{"from": v.From, "to": v.To} {
		if at == "" {
			continue
		}
		if v.Since != "" {
			return badInput("since", "A range ends now (since), or it has from and to, not both.")
		}
		if _, err := time.Parse(time.RFC3339Nano, at); err != nil {
			return badInput(name, "%s must be an RFC 3339 instant such as 2026-05-04T13:30:00Z; got %q.", name, shortened(at))
		}
	}
	return nil
}
