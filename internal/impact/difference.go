package impact

import "math"

// States of a Difference.
const (
	// Worse: more of the slow answers end badly, by more than chance explains.
	Worse = "worse"
	// Better: fewer of them end badly, by more than chance explains.
	Better = "better"
	// None: chance explains the difference.
	None = "none"
	// NotEnough: there are not enough answers to tell.
	NotEnough = "not_enough"
)

// Difference is the difference between the shares of slow and of quick answers that end badly, among similar answers.
type Difference struct {
	State    string  `json:"state" enum:"worse,better,none,not_enough" doc:"worse: more of the slow answers end badly than chance explains. better: fewer do. none: chance explains the difference. not_enough: there are not enough answers to tell"`
	Estimate float64 `json:"estimate" doc:"the share of slow answers that end badly minus that of quick ones with the same model, task and length; -1 to 1, 0 for not_enough"`
	Low      float64 `json:"low" doc:"its 95 % interval: those of the three limits together contain the true values with 95 %, and so do those of the ranges of waits, and those of the values of by; the interval of the placebo holds by itself"`
	High     float64 `json:"high"`
	Slow     int64   `json:"slow" doc:"slow answers that were compared: those with quick ones of the same model, task and length"`
	Quick    int64   `json:"quick" doc:"quick answers that were compared"`
}

// What a comparison needs at least. With less data its interval would depend more on the method than on the answers.
const (
	// leastWeight is the minimum of the sum over strata of slow × quick / (slow + quick): 60 slow and 60 quick answers in one stratum have 30.
	leastWeight = 30
	// leastEach is how many of the compared answers must end badly at least, and how many must not.
	leastEach = 10
)

// side is the side of a comparison to which a range of waits belongs.
type side int

const (
	neither side = iota
	quick
	slow
)

// compare is the risk difference of Mantel and Haenszel over strata, for the counts that count selects. It is the mean of the strata's differences,
// weighted by the number of comparable answers, and works with many small strata. The variance is that of T. Sato (On the variance estimator for the
// Mantel-Haenszel risk difference, Biometrics 45, 1989), which is valid for few large strata and for many small ones. together is the number of
// differences whose intervals must hold at the same time.
func compare(cells []Cell, sideOf func(wait int) side, count func(Counts) (all, bad int64), together int) Difference {
	type pair struct{ slow, quick, slowBad, quickBad float64 }
	index := map[Stratum]int{}
	var strata []pair // in the order of the cells, so that the same cells give the same sum
	for _, c := range cells {
		on := sideOf(c.Wait)
		if on == neither {
			continue
		}
		i, known := index[c.Stratum]
		if !known {
			i = len(strata)
			index[c.Stratum], strata = i, append(strata, pair{})
		}
		all, bad := count(c.Counts)
		if on == slow {
			strata[i].slow, strata[i].slowBad = strata[i].slow+float64(all), strata[i].slowBad+float64(bad)
		} else {
			strata[i].quick, strata[i].quickBad = strata[i].quick+float64(all), strata[i].quickBad+float64(bad)
		}
	}
	var weight, sum, p, q, slowOnes, quickOnes, bad float64
	for _, s := range strata {
		n1, n0, a, b := s.slow, s.quick, s.slowBad, s.quickBad
		if n1 == 0 || n0 == 0 {
			continue
		}
		n := n1 + n0
		weight += n1 * n0 / n
		sum += (a*n0 - b*n1) / n
		p += (n1*n1*b - n0*n0*a + n1*n0*(n0-n1)/2) / (n * n)
		q += (a*(n0-b) + b*(n1-a)) / (2 * n)
		slowOnes, quickOnes, bad = slowOnes+n1, quickOnes+n0, bad+a+b
	}
	d := Difference{State: NotEnough, Low: -1, High: 1, Slow: int64(slowOnes), Quick: int64(quickOnes)}
	if weight < leastWeight || bad < leastEach || slowOnes+quickOnes-bad < leastEach {
		return d
	}
	d.Estimate = sum / weight
	half := quantile(together) * math.Sqrt(max(0, d.Estimate*p+q)) / weight
	d.Low, d.High = max(-1, d.Estimate-half), min(1, d.Estimate+half)
	switch {
	case d.Low > 0:
		d.State = Worse
	case d.High < 0:
		d.State = Better
	default:
		d.State = None
	}
	return d
}

// above puts waits of a limit and longer on the slow side.
func above(limit float64) func(int) side {
	from := reaches(limit)
	return func(wait int) side {
		if wait >= from {
			return slow
		}
		return quick
	}
}

// against puts one range of waits on the slow side, and the shortest one on the other.
func against(i int) func(int) side {
	return func(wait int) side {
		switch wait {
		case i:
			return slow
		case 0:
			return quick
		}
		return neither
	}
}

func endings(c Counts) (all, bad int64) { return c.Answers, c.Bad }
func before(c Counts) (all, bad int64)  { return c.Before, c.BeforeBad }

// Compare is the difference between answers after waits of a limit (one of Limits) or longer and those after shorter ones. together is the number of
// differences that are shown beside each other: their intervals hold at the same time.
func Compare(cells []Cell, limit float64, together int) Difference {
	return compare(cells, above(limit), endings, together)
}
