package config

import (
	"maps"
	"strings"
	"testing"

	"github.com/playheadhq/playhead/internal/link/reaction"
)

func TestWeights(t *testing.T) {
	c, _, err := load(t, "reaction_weights: [copied=0.6, \"left = -0.25\"]\n", nil, "--config", "p.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := c.Weights(); err != nil || !maps.Equal(got, reaction.Weights{"copied": 0.6, "left": -0.25}) {
		t.Errorf("%v, error %v", got, err)
	}
	for text, want := range map[string]string{"copied": "write them as", "copied=much": "write them as", "coppied=1": "coppied", "left=-2": "-1 to 1"} {
		if _, _, err := load(t, "reaction_weights: ["+text+"]\n", nil, "--config", "p.yaml"); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "reaction_weights") {
			t.Errorf("%s: error %v, which does not say %q", text, err, want)
		}
	}
}
