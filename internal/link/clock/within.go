package clock

// Bound says that an offset is at least LowMS and at most HighMS.
type Bound struct{ LowMS, HighMS int64 }

// Unbounded is the LowMS or, negated, the HighMS of a Bound on one side only.
const Unbounded = -1 << 40

// surest is the smallest uncertainty of an offset: times are whole milliseconds, and browsers round them.
const surest = 5

// Within returns the offset that agrees with bounds, too: the same one if it does, otherwise the middle of what they leave of it. Bounds that contradict
// it or each other say nothing.
func (o Offset) Within(bounds ...Bound) Offset {
	low, high := o.MS-o.UncertaintyMS, o.MS+o.UncertaintyMS
	for _, b := range bounds {
		low, high = max(low, b.LowMS), min(high, b.HighMS)
	}
	if low > high {
		return o
	}
	ms := o.MS
	if ms < low || ms > high {
		ms = low + (high-low)/2
	}
	return Offset{ms, max(ms-low, high-ms, min(surest, o.UncertaintyMS))}
}
