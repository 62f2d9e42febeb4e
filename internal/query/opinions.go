package query

import (
	"context"

	"github.com/playheadhq/playhead/internal/access"
	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// Opinion is a row of the list of feedback: from a person, a metric or an evaluation.
type Opinion struct {
	Feedback
	TraceID        *string `json:"trace_id"`
	ConversationID *string `json:"conversation_id"`
	SessionID      *string `json:"session_id" doc:"the browser's session in which the feedback was given"`
	About          *string `json:"about" doc:"the id of the event or of the span that it is about; null if it is about the trace"`
	Link           Link    `json:"link"`
}

// Opinions lists feedback and scores, newest first unless another order is requested.
func (s *Service) Opinions(ctx context.Context, scope access.Scope, r ListRequest) (List[Opinion], error) {
	p, err := r.part(listOpinions, filter.Feedback)
	if err != nil {
		return List[Opinion]{}, err
	}
	a, err := s.understand(ctx, scope, filter.Feedback, r.Narrowing)
	if err != nil {
		return List[Opinion]{}, err
	}
	var rows []model.Event
	var positions []store.Position
	var searched *store.Searched
	var ctxs contexts
	total, err := s.total(ctx, r, a, func(ctx context.Context) (err error) {
		if rows, positions, searched, err = s.eventsAsked(ctx, scope, a, p); err != nil {
			return err
		}
		ctxs, err = s.contextsOf(ctx, scope, nil, shown(rows, p.Limit), nil)
		return err
	})
	if err != nil {
		return List[Opinion]{}, err
	}
	return list(listOpinions, r, p, rows, positions, searched, total, func(e *model.Event) Opinion {
		c := ctxs.events[e.UUID]
		return Opinion{
			Feedback: feedbackView(e, c), TraceID: text(e.TraceID), ConversationID: text(e.ConversationID), SessionID: text(e.SessionID),
			About: text(e.ParentID), Link: linkView(c.link, c.project),
		}
	}), nil
}
