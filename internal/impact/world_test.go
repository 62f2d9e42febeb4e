package impact

import (
	"math"
	"math/rand/v2"
)

// world is a simulated application: sessions of people who ask one model about one task. Slow models and long answers are slower and end badly more
// often, whatever the wait, so that without adjustment waiting would seem to do more harm than it does.
type world struct {
	// effect is how much a wait in seconds adds to the risk of a bad ending.
	effect func(waitS float64) float64
	// hidden makes half of the sessions slower and worse for a reason that no row shows.
	hidden bool
}

const (
	worldModels, worldTasks = 3, 3
	worldSessions           = 1000
	worldAnswers            = 8 // of a session
)

// made has a world's answers as counts, and the true effect, which the counts do not contain.
type made struct {
	cells []Cell
	// caused is, by cell, the sum of what waiting added to the risks of its answers.
	caused []float64
}

func (w world) make(r *rand.Rand) made {
	lengths, waits := len(Lengths)+1, len(Waits)+1
	m := made{cells: make([]Cell, worldModels*worldTasks*lengths*waits), caused: make([]float64, worldModels*worldTasks*lengths*waits)}
	for i := range m.cells {
		c := &m.cells[i]
		c.Wait, c.Length = i%waits, i/waits%lengths
		c.Task, c.Model = string(rune('a'+i/waits/lengths%worldTasks)), string(rune('A'+i/waits/lengths/worldTasks))
	}
	for range worldSessions {
		model, task, bad, mood := r.IntN(worldModels), r.IntN(worldTasks), 0.0, 0.0
		if w.hidden && r.IntN(2) == 0 {
			bad, mood = 0.2, 0.7
		}
		load := r.NormFloat64() * 0.4
		before, beforeBad := math.Inf(1), false
		for range worldAnswers {
			load = 0.8*load + 0.6*0.4*r.NormFloat64() // a busy time stays busy for a while
			length := r.NormFloat64()                 // of the logarithm
			tokens := math.Exp(5.5 + 0.9*length)
			wait := math.Exp(0.5 + 0.6*float64(model) + 0.25*length + load + mood + 0.5*r.NormFloat64())
			risk := 0.16 + 0.1*float64(model) + 0.03*float64(task) + 0.04*max(-2, min(2, length)) + bad
			caused := w.effect(wait)
			i := ((model*worldTasks+task)*lengths+bound(Lengths, tokens))*waits + bound(Waits, wait)
			m.caused[i] += caused
			c := &m.cells[i].Counts
			isBad := r.Float64() < risk+caused
			c.Answers++
			if isBad {
				c.Bad++
			} else if r.IntN(2) == 0 {
				c.Good++
			}
			if before < 5 {
				c.Before++
				if beforeBad {
					c.BeforeBad++
				}
			}
			before, beforeBad = wait, isBad
		}
	}
	return m
}

func bound(bounds []float64, x float64) (n int) {
	for n < len(bounds) && x >= bounds[n] {
		n++
	}
	return n
}

// truth is how much more bad endings slow waits caused than quick ones, weighted in the same way as in compare.
func (m made) truth(sideOf func(wait int) side) float64 {
	type pair struct{ slow, quick, slowCaused, quickCaused float64 }
	strata := map[Stratum]pair{}
	for i, c := range m.cells {
		p := strata[c.Stratum]
		switch sideOf(c.Wait) {
		case slow:
			p.slow, p.slowCaused = p.slow+float64(c.Answers), p.slowCaused+m.caused[i]
		case quick:
			p.quick, p.quickCaused = p.quick+float64(c.Answers), p.quickCaused+m.caused[i]
		}
		strata[c.Stratum] = p
	}
	sum, weight := 0.0, 0.0
	for _, p := range strata {
		if p.slow > 0 && p.quick > 0 {
			sum += (p.slowCaused*p.quick - p.quickCaused*p.slow) / (p.slow + p.quick)
			weight += p.slow * p.quick / (p.slow + p.quick)
		}
	}
	return sum / weight
}

// together are the cells merged, as if all answers were similar.
func (m made) together() []Cell {
	all := make([]Cell, len(m.cells))
	for i, c := range m.cells {
		c.Stratum = Stratum{}
		all[i] = c
	}
	return all
}
