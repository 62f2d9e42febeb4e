package impact

import "math"

// Report is what the counts show about waiting.
type Report struct {
	Waits []WaitRange `json:"waits" nullable:"false" doc:"how answers ended, by how long their users waited, shortest first"`
	Worth []Worth     `json:"worth" nullable:"false" doc:"how many bad endings came after waits of 2, 5 and 10 seconds or longer, and how many quicker answers would avoid"`
	// LimitS is the limit of Verdict, in seconds.
	LimitS    float64  `json:"limit_s" doc:"the limit that the verdict is about, in seconds: 5, or if there are not enough answers to compare, another one with enough"`
	Verdict   string   `json:"verdict" enum:"worse,better,none,not_enough,unreliable" doc:"the state of the difference at that limit; unreliable if the placebo check fails"`
	Placebo   Placebo  `json:"placebo" doc:"a check whether waiting causes the difference"`
	Sentences []string `json:"sentences" nullable:"false" doc:"the results as sentences"`
}

// Unreliable is the verdict if the placebo check fails.
const Unreliable = "unreliable"

// Outcome is how answers ended.
type Outcome struct {
	Answers   int64                 `json:"answers"`
	Bad       Proportion            `json:"bad" doc:"answers that ended badly: asked again, retried, raged, switched away, reloaded, stopped, thumbs down, complained, or left without a good reaction"`
	Good      Proportion            `json:"good" doc:"answers that ended well: copied, selected, followed a link, thumbs up, thanked or went on, and no bad reaction"`
	Reactions map[string]Proportion `json:"reactions" doc:"by kind, the answers that have it; an answer may have several"`
}

// WaitRange has the answers whose perceived waits are in a range.
type WaitRange struct {
	FromS float64  `json:"from_s"`
	ToS   *float64 `json:"to_s" doc:"waits are shorter than this; null for the last range"`
	Outcome
	Difference *Difference `json:"difference" doc:"compared with the shortest waits, among similar answers; null for the shortest waits themselves"`
}

// Worth is how much would be gained by avoiding waits above a limit.
type Worth struct {
	AboveS     float64    `json:"above_s"`
	Answers    int64      `json:"answers" doc:"answers after waits this long or longer"`
	Bad        Proportion `json:"bad" doc:"how many of these ended badly"`
	OfBad      Proportion `json:"of_bad" doc:"the share of all bad endings that came after these waits"`
	Difference Difference `json:"difference" doc:"compared with answers after shorter waits, among similar answers"`
	Extra      *Extra     `json:"extra" doc:"bad endings that would not have happened if these answers had been as quick as the others, if all of the difference is due to waiting; null unless the difference is worse"`
}

// Extra is a number of bad endings with its 95 % interval.
type Extra struct {
	Count int64 `json:"count"`
	Low   int64 `json:"low"`
	High  int64 `json:"high"`
}

// Placebo is the same difference for something that waiting for an answer cannot have caused: how the previous answer was received.
type Placebo struct {
	Difference
	Failed bool `json:"failed" doc:"the difference is more than chance explains, and at least half as large as that of the answers themselves"`
}

// Of reports on cells. Their order matters only for rounding: the same order gives exactly the same figures.
func Of(cells []Cell) Report {
	r := Report{Waits: compared(cells), Worth: make([]Worth, len(Limits))}
	all := Total(cells)
	for i, limit := range Limits {
		r.Worth[i] = worth(cells, limit, all)
	}
	r.LimitS = mainLimit
	for i := len(Limits) - 1; i >= 0 && r.main().Difference.State == NotEnough; i-- {
		if r.Worth[i].Difference.State != NotEnough {
			r.LimitS = Limits[i]
		}
	}
	d := r.main().Difference
	r.Verdict = d.State
	r.Placebo.Difference = compare(cells, above(r.LimitS), before, 1)
	if p := r.Placebo; p.State == Worse || p.State == Better {
		r.Placebo.Failed = 2*math.Abs(p.Estimate) >= math.Abs(d.Estimate)
	}
	if r.Placebo.Failed && d.State != NotEnough {
		r.Verdict = Unreliable
	}
	r.Sentences = sentences(r, all)
	return r
}

// Ranges are answers grouped by wait, without comparing them.
func Ranges(cells []Cell) []WaitRange {
	parts := make([]Counts, len(Waits)+1)
	for _, c := range cells {
		parts[c.Wait].add(c.Counts)
	}
	out := make([]WaitRange, len(parts))
	for i, c := range parts {
		out[i].Outcome = NewOutcome(c)
		if i > 0 {
			out[i].FromS = Waits[i-1]
		}
		if i < len(Waits) {
			to := Waits[i]
			out[i].ToS = &to
		}
	}
	return out
}

// compared are ranges with the difference of each against the first one.
func compared(cells []Cell) []WaitRange {
	out := Ranges(cells)
	for i := 1; i < len(out); i++ {
		d := compare(cells, against(i), endings, len(Waits))
		out[i].Difference = &d
	}
	return out
}

// NewOutcome has the shares of endings, and of each kind of reaction that was counted.
func NewOutcome(c Counts) Outcome {
	o := Outcome{Answers: c.Answers, Bad: NewProportion(c.Bad, c.Answers), Good: NewProportion(c.Good, c.Answers), Reactions: map[string]Proportion{}}
	for k, n := range c.Kinds {
		o.Reactions[Kinds[k]] = NewProportion(n, c.Answers)
	}
	return o
}

func worth(cells []Cell, limit float64, all Counts) Worth {
	from := reaches(limit)
	var c Counts
	for _, x := range cells {
		if x.Wait >= from {
			c.add(x.Counts)
		}
	}
	w := Worth{AboveS: limit, Answers: c.Answers, Bad: NewProportion(c.Bad, c.Answers), OfBad: NewProportion(c.Bad, all.Bad), Difference: Compare(cells, limit, len(Limits))}
	if d := w.Difference; d.State == Worse {
		of := func(share float64) int64 { return min(c.Bad, int64(math.Round(share*float64(c.Answers)))) }
		w.Extra = &Extra{Count: of(d.Estimate), Low: of(d.Low), High: of(d.High)}
	}
	return w
}
