package api

import (
	"context"

	"github.com/playheadhq/playhead/internal/access"
	"github.com/playheadhq/playhead/internal/query"
)

type annotationRange struct {
	ProjectParam
	From string `query:"from" format:"date-time" doc:"Only what happened at or after this instant (RFC 3339)."`
	To   string `query:"to" format:"date-time" doc:"Only what happened before this instant (RFC 3339)."`
}

func (a *api) annotations(ctx context.Context, scope access.Scope, in *annotationRange) (List[Annotation], error) {
	return a.query.Annotations(ctx, scope, in.From, in.To)
}

// AnnotationBody is what a note is made of.
type AnnotationBody struct {
	Text string `json:"text" doc:"What happened, in at most 1000 bytes." example:"deployed v1.4.2"`
	At   string `json:"at,omitempty" format:"date-time" doc:"When (RFC 3339); without it now."`
	URL  string `json:"url,omitempty" doc:"Where there is more about it."`
}

func (AnnotationBody) sent() {}

type annotation struct {
	ProjectParam
	Body AnnotationBody
}

func (a *api) annotate(ctx context.Context, in *annotation) (Annotation, error) {
	scope, err := a.query.Scope(in.project())
	if err != nil {
		return Annotation{}, err
	}
	return a.query.Annotate(ctx, scope, query.AnnotationRequest{Text: in.Body.Text, At: in.Body.At, URL: in.Body.URL})
}
