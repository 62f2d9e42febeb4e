package query

import (
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/price"
)

// CostPart is a part of a call's cost.
type CostPart struct {
	Unit     string  `json:"unit" enum:"input,output,cache_read,cache_write,cache_write_1h,cache_read_audio,input_audio,output_audio,input_image,output_image,reasoning,web_search,request" doc:"what is charged; each token counts once, at its most specific price"`
	Count    int64   `json:"count"`
	PriceUSD float64 `json:"price_usd" doc:"price of as many units as per says"`
	Per      int64   `json:"per" doc:"1000000 for tokens, 1000 for searches and requests"`
	CostUSD  float64 `json:"cost_usd" doc:"count * price_usd / per"`
	PriceOf
}

// PriceOf identifies a price.
type PriceOf struct {
	Source string  `json:"source" doc:"the table and its version, or settings, or client for a price that was sent with the call"`
	Date   *string `json:"date" doc:"the date of the table; null for settings and client"`
	Model  *string `json:"model" doc:"the table's entry"`
	Since  *string `json:"since" doc:"the first day on which the price is valid; null if the table does not say"`
	For    *string `json:"for" doc:"the condition of the price, if there are others: a service tier, a time of day, a length of the prompt"`
}

func priceOf(p *price.Price) PriceOf {
	return PriceOf{Source: p.Source, Date: text(p.Date), Model: text(p.Model), Since: text(p.Since), For: text(p.For)}
}

// dollars is a cost, or null if it is not known.
func dollars(c model.Cost) *float64 {
	if !c.Known() {
		return nil
	}
	usd := c.Dollars()
	return &usd
}

// nanos is a sum of costs, or null if none is known.
func nanos(n int64) *float64 {
	if n < 0 {
		return nil
	}
	usd := float64(n) / 1e9
	return &usd
}

// costParts explain the cost of a call, from the price that is stored with it.
func costParts(e *model.Event) []CostPart {
	parts := price.Parts(e)
	out := make([]CostPart, len(parts))
	for i, x := range parts {
		out[i] = CostPart{Unit: x.Unit.String(), Count: x.Count, PriceUSD: x.Price, Per: x.Per, CostUSD: x.Dollars, PriceOf: priceOf(x.From)}
	}
	return out
}

// perSecond is the number of output tokens per second of the whole call, null if it is not known.
func perSecond(e *model.Event) *float64 {
	if !e.Kind.Costs() || e.Tokens.Output < 0 || e.LatencyMS <= 0 {
		return nil
	}
	n := float64(e.Tokens.Output) / (e.LatencyMS / 1000)
	return &n
}
