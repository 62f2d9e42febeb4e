package model

import "strings"

// Usage is what several calls used together. Spans and explicit traces add nothing, because they often repeat the usage of the calls below them. Only
// this type decides what counts, for a trace and for each subtree; the storages' trace sums repeat the rule in SQL.
type Usage struct {
	// Calls counts generations and embeddings.
	Calls int64
	// LatencyMS is the sum of their latencies. Concurrent calls count in full.
	LatencyMS float64
	// Tokens has sums of the counts that are -1 when unknown. The other counts are not summed.
	Tokens Tokens
	// CostNanos is the sum of their known costs, in billionths of a dollar; -1 when no cost is known.
	CostNanos int64
	// Unpriced counts the calls whose cost is not known.
	Unpriced int64
}

// NoUsage returns the usage of no calls.
func NoUsage() Usage { return Usage{Tokens: UnknownTokens(), CostNanos: -1} }

// Add adds an event's own usage.
func (u *Usage) Add(e *Event) {
	if !e.Kind.Costs() {
		return
	}
	u.Calls++
	u.LatencyMS += max(0, e.LatencyMS)
	u.Tokens.add(e.Tokens)
	if e.Cost.Known() {
		u.CostNanos = max(0, u.CostNanos) + e.Cost.Nanos
	}
	if e.Cost.Missing() {
		u.Unpriced++
	}
}

// Join adds the usage of other calls.
func (u *Usage) Join(o Usage) {
	u.Calls += o.Calls
	u.LatencyMS += o.LatencyMS
	u.Tokens.add(o.Tokens)
	if o.CostNanos >= 0 {
		u.CostNanos = max(0, u.CostNanos) + o.CostNanos
	}
	u.Unpriced += o.Unpriced
}

// add adds the reported counts.
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

// ServiceTierOf returns a service tier in lower case, "" for a provider's usual one.
func ServiceTierOf(sent string) string {
	switch tier := strings.ToLower(sent); tier {
	case "default", "standard", "auto", "standard_only", "on_demand":
		return ""
	default:
		return tier
	}
}
