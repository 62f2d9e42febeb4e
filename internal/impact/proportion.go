package impact

import "math"

// Proportion is a share of answers with its 95 % interval.
type Proportion struct {
	Count int64    `json:"count"`
	Of    int64    `json:"of" doc:"the number of answers that it is a share of"`
	Share *float64 `json:"share" doc:"0 to 1; null of no answers"`
	Low   float64  `json:"low" doc:"the 95 % interval (Wilson's) of the share"`
	High  float64  `json:"high"`
}

// z95 is the quantile z for which 95 % of the normal distribution lies between -z and z.
var z95 = quantile(1)

// quantile is the same for m intervals that must hold at the same time with 95 %, by Šidák's method: each interval holds with the mth root of 95 %.
// (Z. Šidák, Rectangular confidence regions for the means of multivariate normal distributions, JASA 62, 1967.)
func quantile(m int) float64 {
	return math.Sqrt2 * math.Erfinv(math.Pow(0.95, 1/float64(max(m, 1))))
}

// NewProportion is the share count/n. The interval is E. B. Wilson's (Probable inference, the law of succession, and statistical inference, JASA 22,
// 1927), which is also accurate for few answers and for shares near 0 and 1.
func NewProportion(count, n int64) Proportion {
	p := Proportion{Count: count, Of: n, High: 1}
	if n == 0 {
		return p
	}
	share, of, zz := float64(count)/float64(n), float64(n), z95*z95
	middle := (share + zz/(2*of)) / (1 + zz/of)
	half := z95 / (1 + zz/of) * math.Sqrt(share*(1-share)/of+zz/(4*of*of))
	p.Share, p.Low, p.High = &share, max(0, middle-half), min(1, middle+half)
	switch count { // what rounding leaves there would be shown as "<0.1 %"
	case 0:
		p.Low = 0
	case n:
		p.High = 1
	}
	return p
}
