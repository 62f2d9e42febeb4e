package api

import (
	"context"
)

func (a *api) projects(context.Context, *struct{}) (List[Project], error) {
	return a.query.Projects(), nil
}
