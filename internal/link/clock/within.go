package clock

// Bound says that an offset is at least LowMS and at most HighMS.
type Bound struct{ LowMS, HighMS int64 }

// Unbounded is the LowMS or, negated, the HighMS of a Bound on one side only.
const Unbounded = -1 << 40

// surest is the smallest uncertainty of an offset: times are whole milliseconds, and browsers round them.
const surest = 5

// stampMS is how much later than a call's end its event may be stamped: on a busy machine it was 31 ms. By so much, bounds may miss each other.
const stampMS = 100

// Within returns the offset that agrees with bounds, too: the same one if it does, otherwise the middle of what they leave of it. Bounds that contradict
// it or each other by more than stampMS say nothing; if they miss each other by less, the offset is where they almost meet.
func (o Offset) Within(bounds ...Bound) Offset {
	low, high := o.MS-o.UncertaintyMS, o.MS+o.UncertaintyMS
	for _, b := range bounds {
		low, high = max(low, b.LowMS), min(high, b.HighMS)
	}
	switch {
	case low > high+stampMS:
		return o
	case low > high:
		return Offset{high + (low-high)/2, min(o.UncertaintyMS, stampMS)}
	}
	ms := o.MS
	if ms < low || ms > high {
		ms = low + (high-low)/2
	}
	return Offset{ms, max(ms-low, high-ms, min(surest, o.UncertaintyMS))}
}
