package query

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/access"
	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/rawjson"
	"github.com/playheadhq/playhead/internal/store"
)

// Opinion is a row of the list of feedback: from a person, a metric or an evaluation.
type Opinion struct {
	Feedback
	TraceID        *string `json:"trace_id"`
	ConversationID *string `json:"conversation_id"`
	SessionID      *string `json:"session_id" doc:"the browser's session in which the feedback was given"`
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
	var explained previews
	total, err := s.total(ctx, r, a, func(ctx context.Context) (err error) {
		if rows, positions, searched, err = s.eventsAsked(ctx, scope, a, p); err != nil {
			return err
		}
		ctxs, explained, err = s.explained(ctx, scope, shown(rows, p.Limit), nil)
		return err
	})
	if err != nil {
		return List[Opinion]{}, err
	}
	return list(listOpinions, r, p, rows, positions, searched, total, func(e *model.Event) Opinion {
		return opinionView(e, ctxs.events[e.UUID], explained[e.UUID].Output)
	}), nil
}

// maxExplanation is how many bytes of an explanation an answer has at most.
const maxExplanation = 1 << 20

// Opinion returns one entry of the list of feedback by its event's uuid, with the whole explanation of an evaluation.
func (s *Service) Opinion(ctx context.Context, scope access.Scope, id string) (Opinion, error) {
	u, err := uuid.Parse(id)
	if err != nil {
		return Opinion{}, badInput("id", "%q is not the id of feedback, which is the uuid of its event.", shortened(id))
	}
	e, err := s.store.Event(ctx, scope.Project, u)
	switch {
	case errors.Is(err, store.ErrNotFound), err == nil && !e.Kind.IsOpinion():
		return Opinion{}, notFound("There is no feedback, metric or evaluation with the id %s.", u)
	case err != nil:
		return Opinion{}, wrap(err, "read event "+u.String())
	}
	ctxs, err := s.contextsOf(ctx, scope, nil, []model.Event{e}, nil)
	if err != nil {
		return Opinion{}, err
	}
	explanation := ""
	if e.Kind == model.KindEvaluation {
		err = s.contents(ctx, scope, []*model.Event{&e}, func(_ *model.Event, c *model.Content) error {
			if explanation = rawjson.Scalar(c.Output, maxExplanation); explanation == "" { // an object, as no judge of PostHog sends it
				explanation = rawjson.Clip(string(c.Output[:min(len(c.Output), maxExplanation)]), maxExplanation)
			}
			return nil
		})
	}
	return opinionView(&e, ctxs.events[e.UUID], explanation), err
}

// explained reads what the rows of opinions show beside them, and the beginnings of explanations, which are the outputs of evaluations.
func (s *Service) explained(ctx context.Context, scope access.Scope, events []model.Event, known map[string][]model.Event) (ctxs contexts, p previews, err error) {
	var keys []model.Key
	for i := range events {
		if e := &events[i]; e.Kind == model.KindEvaluation {
			keys = append(keys, model.Key{Project: scope.Project, UUID: e.UUID, TimeMS: e.TimeMS})
		}
	}
	err = store.Together(ctx, func(ctx context.Context) (err error) {
		ctxs, err = s.contextsOf(ctx, scope, nil, events, known)
		return err
	}, func(ctx context.Context) (err error) {
		p, err = s.previewsOf(ctx, keys)
		return err
	})
	return ctxs, p, err
}

func opinionView(e *model.Event, c rowContext, explanation string) Opinion {
	return Opinion{
		Feedback: feedbackView(e, c, explanation), TraceID: text(e.TraceID), ConversationID: text(e.ConversationID), SessionID: text(e.SessionID),
		Link: linkView(c.link, c.project),
	}
}

func feedbackView(e *model.Event, c rowContext, explanation string) Feedback {
	v := Feedback{
		ID: e.UUID.String(), Kind: e.Kind.String(), AtMS: e.TimeMS, Name: text(e.MetricName), Value: e.MetricValue, About: text(e.ParentID),
		Explanation: text(explanation), Person: c.person,
	}
	if e.Scored {
		v.Score = &e.Score
	}
	return v
}
