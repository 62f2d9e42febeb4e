package config

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/playheadhq/playhead/internal/link/reaction"
)

// Weights returns the weights of the setting reaction_weights, nil if there are none.
func (c *Config) Weights() (reaction.Weights, error) {
	var all reaction.Weights
	for _, text := range c.ReactionWeights {
		kind, number, ok := strings.Cut(text, "=")
		weight, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
		if !ok || err != nil {
			return nil, fmt.Errorf("%q is not a kind and its weight: write them as copied=0.6", text)
		}
		if all == nil {
			all = reaction.Weights{}
		}
		all[strings.TrimSpace(kind)] = weight
	}
	return all, all.Check()
}
