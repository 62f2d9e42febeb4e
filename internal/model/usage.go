package model

// Usage is what calls used together. Spans and explicit traces often repeat what the calls below them used, so they add nothing: this is the
// one place that says what counts, for a trace and for each subtree of it. The storages' sums of traces say the same in SQL.
type Usage struct {
	// Calls counts generations and embeddings.
	Calls int64
	// LatencyMS adds up their latencies. Calls that ran at the same time count each.
	LatencyMS float64
	// Tokens has those of which -1 is not known. The others are not added up.
	Tokens Tokens
	// CostNanos is what they cost as far as that is known, in billionths of a dollar; -1 when of none it is.
	CostNanos int64
	// Unpriced counts those of which it is not known.
	Unpriced int64
}

// NoUsage is that of no calls.
func NoUsage() Usage { return Usage{Tokens: UnknownTokens(), CostNanos: -1} }

// Add adds what an event used itself.
func (u *Usage) Add(e *Event) {
	if !e.Kind.Costs() {
		return
	}
	u.Calls++
	u.LatencyMS += max(0, e.LatencyMS)
	u.Tokens.add(e.Tokens)
	if e.Cost.Known() {
		u.CostNanos = max(0, u.CostNanos) + e.Cost.Nanos
	} else {
		u.Unpriced++
	}
}

// Join adds what other calls used.
func (u *Usage) Join(o Usage) {
	u.Calls += o.Calls
	u.LatencyMS += o.LatencyMS
	u.Tokens.add(o.Tokens)
	if o.CostNanos >= 0 {
		u.CostNanos = max(0, u.CostNanos) + o.CostNanos
	}
	u.Unpriced += o.Unpriced
}

// add adds what was reported.
func (t *Tokens) add(o Tokens) {
	for _, p := range [...]struct {
		sum *int64
		n   int64
	}{
		{&t.Input, o.Input}, {&t.Output, o.Output}, {&t.Total, o.Total}, {&t.CacheRead, o.CacheRead},
		{&t.CacheWrite, o.CacheWrite}, {&t.Reasoning, o.Reasoning},
	} {
		if p.n >= 0 {
			*p.sum = max(0, *p.sum) + p.n
		}
	}
}
