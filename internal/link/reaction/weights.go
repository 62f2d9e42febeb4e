package reaction

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/playheadhq/playhead/internal/model"
)

// Weights are what each kind of signal adds to the score, from -1 to 1. A kind that is missing has its default weight.
type Weights map[string]float64

// defaults is what each kind adds by itself. The weights order the kinds by how certainly each says that an answer helped or hurt; they were not fitted
// to data. What a user says counts most. An act that costs effort or ends the work counts more than one that may have other reasons.
var defaults = Weights{
	model.SignalThumbsUp:     0.8,  // they said so
	model.SignalThumbsDown:   -0.8, // they said so
	model.SignalComplained:   -0.7, // they said so, in words that may be about something else
	model.SignalThanked:      0.5,  // often politeness
	model.SignalCopied:       0.5,  // they use the answer
	model.SignalFollowedLink: 0.3,  // they use it, or do not trust it
	model.SignalWentOn:       0.2,  // most users who are content do it, and some who are not
	model.SignalSelected:     0.1,  // many select what they read
	model.SignalRaged:        -0.6, // nobody rages without a reason
	model.SignalAskedAgain:   -0.5, // they gave up waiting
	model.SignalReloaded:     -0.5, // they took it for broken
	model.SignalRetried:      -0.4, // the answer was not what they wanted
	model.SignalLeft:         -0.4, // they had what they needed, or gave up
	model.SignalStopped:      -0.3, // they saw enough of a wrong answer, or all that they needed
	model.SignalDeadClick:    -0.2, // they expected something to happen
	model.SignalSwitchedAway: -0.2, // they had time for something else
	model.SignalScrolledAway: -0.1, // they had time to look around
}

// DefaultWeights returns the weights of all kinds.
func DefaultWeights() Weights { return maps.Clone(defaults) }

// Check returns an error that names each weight of an unknown kind, or outside of -1 to 1.
func (w Weights) Check() error {
	var wrong []string
	for _, kind := range slices.Sorted(maps.Keys(w)) {
		if _, known := defaults[kind]; !known {
			wrong = append(wrong, fmt.Sprintf("there is no signal %q: signals are %s", kind, strings.Join(slices.Sorted(maps.Keys(defaults)), ", ")))
		} else if !(w[kind] >= -1 && w[kind] <= 1) {
			wrong = append(wrong, fmt.Sprintf("the weight of %s must be from -1 to 1, and is %v", kind, w[kind]))
		}
	}
	if len(wrong) == 0 {
		return nil
	}
	return fmt.Errorf("weights of reactions: %s", strings.Join(wrong, "; "))
}

func (w Weights) of(kind string) float64 {
	if v, ok := w[kind]; ok {
		return v
	}
	return defaults[kind]
}

// Millionths returns the weights of all kinds as model.ScoreOf takes them: in millionths, in the order of model.SignalKinds.
func (w Weights) Millionths() []int64 {
	all := make([]int64, len(model.SignalKinds))
	for i, kind := range model.SignalKinds {
		all[i] = int64(math.Round(w.of(kind) * model.WholeScore))
	}
	return all
}
