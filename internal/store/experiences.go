package store

import (
	"context"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/model"
)

// Experiences stores what the users of answers saw of them, and how they reacted. Several servers may store the same rows. Reads return only rows of
// model.ExperienceRules and model.LinkRules.
type Experiences interface {
	// Experiences returns the stored experiences of one project whose trace is one of the named traces ("" stands for generations outside of any
	// trace) and whose uuid is one of ids (uuid.Nil stands for whole traces), in no order.
	Experiences(ctx context.Context, project string, traceIDs []string, ids []uuid.UUID) ([]model.Experience, error)
	// StoreExperiences stores experiences, which replace those with the same keys. If several servers store one key, the one derived last is kept.
	StoreExperiences(ctx context.Context, rows []model.Experience) error
	// LinksOf returns the stored links to the named sessions, in no order: those with the state "linked", of generations and of traces.
	LinksOf(ctx context.Context, project string, sessionIDs []string) ([]model.Link, error)
	// Unexperienced lists subjects whose stored experience is missing or out of date, in the engine's own order, at most limit, after a given one;
	// the zero Subject is the beginning. These are: subjects with a link that was received in the range of which and derived after the experience;
	// subjects for whose session data were received in the range that happened between AroundBeforeMS before and AroundAfterMS after the subject, and
	// after the data on which the experience is based; and, if DueMS is not 0, subjects that change by then because time passes.
	Unexperienced(ctx context.Context, which Which, after model.Subject, limit int) ([]model.Subject, error)
}

// AroundBeforeMS and AroundAfterMS limit how long before and after an answer (model.Experience.TimeMS) data of its session can change its experience.
const (
	AroundBeforeMS = 10 * 60_000
	AroundAfterMS  = 5 * 60_000
)
