package query

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/access"
	"github.com/playheadhq/playhead/internal/model"
)

// maxSaved bounds what is kept of one kind: beyond it something has to be deleted first.
const maxSaved = 500

// savedIn is what is kept of a kind, uuid.Nil for all and else of one id, by when each was made: of each the latest row, without those that
// are gone.
func (s *Service) savedIn(ctx context.Context, scope access.Scope, kind string, id uuid.UUID) ([]model.Saved, error) {
	rows, err := s.store.Saved(ctx, scope.Project, kind, id)
	if err != nil {
		return nil, wrap(err, "read "+kind+"s")
	}
	var all []model.Saved
	at := map[uuid.UUID]int{}
	for _, row := range rows { // oldest first
		i, known := at[row.ID]
		if !known {
			at[row.ID] = len(all)
			all = append(all, row)
			continue
		}
		row.Gone = row.Gone || all[i].Gone
		all[i] = row
	}
	return slices.DeleteFunc(all, func(row model.Saved) bool { return row.Gone }), nil
}

// keep adds a row about something, behind the ones before it even where another server's clock wrote those.
func (s *Service) keep(ctx context.Context, scope access.Scope, row model.Saved, before *model.Saved) (model.Saved, error) {
	if s.save == nil {
		return row, &Error{Code: CodeUnavailable, Message: "This server keeps nothing."}
	}
	row.Project, row.UUID, row.AtMS = scope.Project, uuid.New(), s.now().UnixMilli()
	if before != nil {
		row.AtMS = max(row.AtMS, before.AtMS+1)
	}
	return row, wrap(s.save(ctx, row), "keep a "+row.Kind)
}

// drop says that something is gone.
func (s *Service) drop(ctx context.Context, scope access.Scope, kind, id string) error {
	u, err := uuid.Parse(id)
	if err != nil || u == uuid.Nil {
		return badInput("id", "%q is not the id of a %s.", shortened(id), kind)
	}
	all, err := s.savedIn(ctx, scope, kind, u)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return notFound("There is no %s with the id %s. It may have been deleted.", kind, u)
	}
	_, err = s.keep(ctx, scope, model.Saved{ID: u, Kind: kind, Gone: true, Body: "{}"}, &all[0])
	return err
}

// bodyOf reads the body of a row that this package wrote. What an import brought and cannot be read is the zero value.
func bodyOf[T any](row model.Saved) (body T) {
	if json.Unmarshal([]byte(row.Body), &body) != nil {
		var none T
		return none
	}
	return body
}

// bodyFor writes one.
func bodyFor(body any) string {
	text, err := json.Marshal(body)
	if err != nil {
		panic(err) // texts and numbers
	}
	return string(text)
}

func byName(a, b View) int {
	return cmp.Or(cmp.Compare(a.List, b.List), cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
}
