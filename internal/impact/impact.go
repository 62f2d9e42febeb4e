// Package impact computes from counts of answers whether waiting for them hurts: how answers end after short and long waits, with intervals, and what
// difference waiting makes among similar answers. docs/impact.md gives the formulas. The package is pure: it gets counts and returns figures and
// sentences.
package impact

import (
	"slices"

	"github.com/playheadhq/playhead/internal/model"
)

// An answer ends badly if its user reacted in one of the ways in Bad, or left without reacting in one of the ways in Good. It ends well if its user
// reacted in one of the ways in Good and none in Bad. All other answers end neither well nor badly.
var (
	Bad = []string{
		model.SignalAskedAgain, model.SignalRetried, model.SignalRaged, model.SignalSwitchedAway, model.SignalReloaded, model.SignalStopped,
		model.SignalThumbsDown, model.SignalComplained,
	}
	Good = []string{
		model.SignalCopied, model.SignalSelected, model.SignalFollowedLink, model.SignalThumbsUp, model.SignalThanked, model.SignalWentOn,
	}
)

// Kinds are the reactions that are counted separately.
var Kinds = []string{
	model.SignalLeft, model.SignalAskedAgain, model.SignalRaged, model.SignalSwitchedAway, model.SignalReloaded, model.SignalStopped, model.SignalComplained,
	model.SignalCopied, model.SignalWentOn,
}

// Bounds of ranges. A range contains its lower bound.
var (
	// Waits are the bounds between ranges of perceived waits, in seconds.
	Waits = []float64{1, 2, 5, 10, 20}
	// Limits are the waits, in seconds, above which answers count as slow. Each is one of Waits.
	Limits = []float64{2, 5, 10}
	// mainLimit is the limit of the verdict if there are enough answers to compare.
	mainLimit = 5.0
	// Lengths are the bounds between ranges of the lengths of answers, in tokens. Within a range lengths differ by a factor of two. The ranges are
	// this narrow because an answer's length affects both how long it takes and how it ends: in wider ranges the slower answers would still be the
	// longer ones.
	Lengths = []float64{50, 100, 200, 400, 800, 1600}
)

// Stratum is what similar answers share.
type Stratum struct {
	Model string
	// Task is the name of the prompt, or else the agent.
	Task string
	// Length is the number of bounds of Lengths that the answer reaches, -1 if its length is unknown.
	Length int
}

// Counts are numbers of answers.
type Counts struct {
	Answers, Bad, Good int64
	// Before counts the answers whose user saw another answer before in the same session without much wait. BeforeBad counts those of them for which
	// that other answer was received badly.
	Before, BeforeBad int64
	// Kinds are the numbers with each reaction, as in the variable Kinds; nil if they were not counted.
	Kinds []int64
}

func (c *Counts) add(d Counts) {
	c.Answers, c.Bad, c.Good, c.Before, c.BeforeBad = c.Answers+d.Answers, c.Bad+d.Bad, c.Good+d.Good, c.Before+d.Before, c.BeforeBad+d.BeforeBad
	if c.Kinds == nil && d.Kinds != nil {
		c.Kinds = make([]int64, len(d.Kinds))
	}
	for i, n := range d.Kinds {
		c.Kinds[i] += n
	}
}

// Cell counts the answers of one stratum whose waits are in one range: Wait is the number of bounds of Waits that they reach.
type Cell struct {
	Stratum
	Wait int
	Counts
}

// Total adds up the counts of cells.
func Total(cells []Cell) (c Counts) {
	for _, x := range cells {
		c.add(x.Counts)
	}
	return c
}

// reaches is the number of bounds that waits of a limit reach.
func reaches(limit float64) int {
	n, _ := slices.BinarySearch(Waits, limit)
	return n + 1
}
