package server

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/price"
	"github.com/playheadhq/playhead/internal/store"
)

// Repriced is the result of Reprice.
type Repriced struct {
	// Calls is the number of calls that were read. Given of them keep the costs that their clients sent, and Changed have another cost or price now.
	Calls, Given, Changed int64
	// The cost of Unpriced is not known now.
	Unpriced int64
	// Before and After are all costs together, in dollars.
	Before, After float64
}

// repriced is how many calls are read and changed at once: 10 MB of rows.
const repriced = 10_000

// Reprice calculates again the costs of generations and embeddings that began at fromMS or later and before toMS, with the prices of this version and
// of the settings. Costs that clients sent do not change. No server may be using the data directory; servers of a cluster may be running. An
// interrupted run can be repeated.
func Reprice(ctx context.Context, m Move, fromMS, toMS int64, report func(Repriced)) (done Repriced, err error) {
	prices, err := price.New(m.Config.Prices)
	if err != nil {
		return done, fmt.Errorf("setting prices: %w", err)
	}
	err = m.with(ctx, func(s *storages, _ string) error {
		var after *model.Event
		for {
			page, err := s.store.Calls(ctx, store.CallRange{FromMS: fromMS, ToMS: toMS}, after, repriced)
			if err != nil {
				return fmt.Errorf("read calls: %w", err)
			}
			answered, err := answeredOf(ctx, s.store, page)
			if err != nil {
				return err
			}
			if err := s.store.SetCosts(ctx, done.page(prices, page, answered)); err != nil {
				return err
			}
			report(done)
			if len(page) < repriced {
				return nil
			}
			after = &page[len(page)-1]
		}
	}, true)
	return done, err
}

// answeredOf finds the calls that have an answer, among those for whose cost it matters: those without output tokens.
func answeredOf(ctx context.Context, from store.Events, calls []model.Event) (map[projectUUID]bool, error) {
	keys := map[string][]model.Key{} // by project: a preview does not name its own
	for i := range calls {
		if e := &calls[i]; e.Tokens.Output <= 0 {
			keys[e.Project] = append(keys[e.Project], model.Key{Project: e.Project, UUID: e.UUID, TimeMS: e.TimeMS})
		}
	}
	answered := map[projectUUID]bool{}
	for project, asked := range keys {
		found, err := from.Previews(ctx, asked)
		if err != nil {
			return nil, fmt.Errorf("read answers: %w", err)
		}
		for _, p := range found {
			answered[projectUUID{project, p.UUID}] = p.Output != ""
		}
	}
	return answered, nil
}

type projectUUID struct {
	project string
	uuid    uuid.UUID
}

// page prices calls and returns those whose cost changed.
func (r *Repriced) page(prices *price.List, calls []model.Event, answered map[projectUUID]bool) (changed []model.Event) {
	for i := range calls {
		e := calls[i]
		before := e.Cost
		prices.Set(&e, answered[projectUUID{e.Project, e.UUID}])
		r.Calls++
		if before.Known() {
			r.Before += before.Dollars()
		}
		switch e.Cost.State {
		case model.CostGiven:
			r.Given++
		case model.CostUnpriced:
			r.Unpriced++
		}
		if e.Cost.Known() {
			r.After += e.Cost.Dollars()
		}
		if e.Cost != before {
			r.Changed++
			changed = append(changed, e)
		}
	}
	return changed
}
