package query

import (
	"context"

	"github.com/playheadhq/playhead/internal/access"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// maxRefusals is how many kinds of refusal Status lists.
const maxRefusals = 100

// Status returns how much is stored, since when, and what was refused.
func (s *Service) Status(ctx context.Context, scope access.Scope) (Status, error) {
	var t model.Totals
	var refused []model.RefusalCount
	err := store.Together(ctx, func(ctx context.Context) (err error) {
		t, err = s.store.Totals(ctx, scope.Project)
		return wrap(err, "read totals")
	}, func(ctx context.Context) (err error) {
		refused, err = s.store.Refusals(ctx, scope.Project, maxRefusals)
		return wrap(err, "read refusals")
	})
	if err != nil {
		return Status{}, err
	}
	v := Status{
		Version: s.version, Project: scope.Project, Token: s.tokens[scope.Project], Events: t.Events, Generations: t.Generations, Recordings: t.Blocks,
		FirstEventMS: instantView(t.FirstEventMS), FirstLLMEventMS: instantView(t.FirstLLMEventMS),
		FirstRecordingMS: instantView(t.FirstRecordingMS), FirstLinkMS: instantView(t.FirstLinkMS),
		Refusals: make([]Refusal, 0, len(refused)), TurnedAway: append([]TurnedAway{}, s.turned()...), WrongTokens: append([]WrongToken{}, s.wrongTokens()...),
		RejectedRequests: append([]RejectedRequest{}, s.rejected()...),
		Assets:           append([]AssetCount{}, s.assetCounts()...),
		Demo:             s.demo(),
	}
	servers, warnings := s.nodes()
	v.Nodes, v.Warnings = append([]Server{}, servers...), append([]Warning{}, warnings...)
	for _, r := range refused {
		v.Refusals = append(v.Refusals, Refusal{
			Reason: string(r.Reason), Event: r.Event, Library: r.Library, Detail: r.Detail, Count: r.Count,
			FirstMS: r.FirstMS, LastMS: r.LastMS,
		})
	}
	return v, nil
}

// Ready returns nil when questions can be answered and events stored.
func (s *Service) Ready(ctx context.Context) error { return wrap(s.store.Ping(ctx), "ping storage") }
