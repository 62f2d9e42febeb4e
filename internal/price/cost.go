package price

import (
	"math"

	"github.com/playheadhq/playhead/internal/model"
)

// maxDollars is the highest cost of one call that is believed, maxPrice the highest price.
const (
	maxDollars = 100_000
	maxPrice   = 1e9
)

// Set calculates the cost of an event. A cost that the client gave stays, and an event that is not a call has no cost. answered means that the call has an
// answer: then a provider charges for it, even if the call failed, and a count of 0 for the answer is wrong.
func (l *List) Set(e *model.Event, answered bool) {
	switch {
	case !e.Kind.Costs():
		e.Cost = model.Cost{}
		return
	case e.Cost.State == model.CostGiven:
		return
	case uncharged(e, answered):
		e.Cost = model.Cost{State: model.CostUncharged}
		return
	}
	e.Cost = model.Cost{State: model.CostUnpriced}
	p := l.Of(call(e))
	if p == nil || !counted(e, &p.Rates, answered) {
		return
	}
	counts, ok := countsOf(e, &p.Rates)
	if !ok {
		return
	}
	if nanos, ok := counts.nanos(&p.Rates); ok {
		e.Cost = model.Cost{State: model.CostPriced, Nanos: nanos, Price: p.text}
	}
}

// SetBy calculates the cost of an event by its client's own prices, unless the client gave the cost. If these prices cannot be used, it does what Set
// does.
func (l *List) SetBy(e *model.Event, prices model.Prices, answered bool) {
	if e.Kind.Costs() && e.Cost.State != model.CostGiven {
		p := &Price{Source: "client"}
		ok := true
		for name, dollars := range prices {
			u, known := unitOf(name)
			if ok = ok && known && dollars >= 0 && dollars <= maxPrice; ok {
				p.set(u, dollars)
			}
		}
		if counts, whole := countsOf(e, &p.Rates); ok && whole && counted(e, &p.Rates, answered) {
			if nanos, ok := counts.nanos(&p.Rates); ok {
				p.write()
				e.Cost = model.Cost{State: model.CostGiven, Nanos: nanos, Price: p.text}
				return
			}
		}
	}
	l.Set(e, answered)
}

// counted reports whether somebody counted what a call used. Wrappers that do not learn the usage, for example that of a stream, write 0; but no prompt has 0
// tokens, and no answer has. What is not charged by the token need not be counted.
func counted(e *model.Event, r *Rates, answered bool) bool {
	t := &e.Tokens
	if e.Kind == model.KindEmbedding {
		return max(t.Input, t.Total) > 0 || !r.Has(Input)
	}
	return (t.Input != 0 || !r.Has(Input)) && (t.Output != 0 || !answered || !r.Has(Output))
}

// counts are the numbers of each unit that a call is charged for.
type counts [units]int64

func (c *counts) of(u Unit, r *Rates) float64 {
	return float64(c[u]) * r.price[u] / float64(u.Per())
}

// nanos is the sum of all costs in billionths of a dollar; false if it is not plausible.
func (c *counts) nanos(r *Rates) (int64, bool) {
	dollars := 0.0
	for u := range units {
		dollars += c.of(u, r)
	}
	return int64(math.Round(dollars * 1e9)), dollars <= maxDollars
}

// take moves up to n of what is left to a unit if it has a price of its own.
func (c *counts) take(r *Rates, u Unit, n int64, left *int64) {
	if n > 0 && r.Has(u) {
		c[u] = min(n, *left)
		*left -= c[u]
	}
}

// countsOf divides a call's usage among the units that have a price. Each token is charged once, by the most specific price: tokens read from a cache
// are charged like the rest of the prompt if there is no price for them. It returns false if something without a price was used, or if the usage is
// unknown.
func countsOf(e *model.Event, r *Rates) (c counts, ok bool) {
	t := &e.Tokens
	input, output := t.Input, t.Output
	if e.Kind == model.KindEmbedding {
		if input <= 0 {
			input = t.Total
		}
		output = max(0, output)
	}
	if input < 0 || output < 0 {
		return c, false
	}
	read := min(max(0, t.CacheRead), input)
	audio := min(t.InputAudio, input)
	readAudio := min(t.CacheReadAudio, read, audio)
	written := min(max(0, t.CacheWrite), input-read)
	left := input
	c.take(r, CacheReadAudio, readAudio, &left)
	c.take(r, CacheRead, read-c[CacheReadAudio], &left)
	c.take(r, CacheWrite1h, min(t.CacheWrite1h, written), &left)
	c.take(r, CacheWrite, written-c[CacheWrite1h], &left)
	if r.Has(CacheRead) {
		audio -= readAudio // charged as cached
	}
	c.take(r, InputAudio, audio, &left)
	c.take(r, InputImage, t.InputImage, &left)
	if left > 0 && !r.Has(Input) {
		return c, false
	}
	c[Input] = left
	left = output
	c.take(r, OutputAudio, t.OutputAudio, &left)
	c.take(r, OutputImage, t.OutputImage, &left)
	c.take(r, Reasoning, t.Reasoning, &left)
	if left > 0 && !r.Has(Output) {
		return c, false
	}
	c[Output] = left
	if r.Has(WebSearch) {
		c[WebSearch] = e.WebSearches
	}
	if r.Has(Request) && !((e.IsError || e.Stopped) && input+output == 0) {
		c[Request] = 1
	}
	return c, e.WebSearches <= 0 || r.Has(WebSearch)
}

// Part is a part of a call's cost.
type Part struct {
	Unit    Unit
	Count   int64
	Price   float64 // in US dollars, for Per units
	Per     int64
	Dollars float64
	From    *Price // where the price is from
}

// Parts explain an event's cost by the price that is stored with it. They add up to the cost. A cost that the client gave as one figure has no parts.
func Parts(e *model.Event) []Part {
	p, ok := Read(e.Cost.Price)
	if !ok || !e.Cost.Known() {
		return nil
	}
	c, _ := countsOf(e, &p.Rates) // earlier versions left out searches without a price
	var parts []Part
	for u := range units {
		if c[u] > 0 {
			parts = append(parts, Part{Unit: u, Count: c[u], Price: p.Of(u), Per: u.Per(), Dollars: c.of(u, &p.Rates), From: p.From(u)})
		}
	}
	return parts
}
