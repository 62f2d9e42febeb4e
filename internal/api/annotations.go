package api

import (
	"context"

	"github.com/playheadhq/playhead/internal/access"
	"github.com/playheadhq/playhead/internal/query"
)

type annotationRange struct {
	ProjectParam
	From string `query:"from" format:"date-time" doc:"Only annotations at or after this instant (RFC 3339)."`
	To   string `query:"to" format:"date-time" doc:"Only annotations before this instant (RFC 3339)."`
}

func (a *api) annotations(ctx context.Context, scope access.Scope, in *annotationRange) (List[Annotation], error) {
	return a.query.Annotations(ctx, scope, in.From, in.To)
}

// AnnotationBody is the content of a note.
type AnnotationBody struct {
	Text string `json:"text" doc:"What happened, in at most 1000 bytes." example:"deployed v1.4.2"`
	At   string `json:"at,omitempty" format:"date-time" doc:"When it happened (RFC 3339); by default now."`
	URL  string `json:"url,omitempty" doc:"An address with more about it."`
}

func (AnnotationBody) sent() {}

type annotation struct {
	ProjectParam
	Body AnnotationBody
}

func (a *api) annotate(ctx context.Context, scope access.Scope, in *annotation) (Annotation, error) {
	return a.query.Annotate(ctx, scope, query.AnnotationRequest{Text: in.Body.Text, At: in.Body.At, URL: in.Body.URL})
}
