package query

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/playheadhq/playhead/internal/access"
	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/price"
)

// Models are the models that were called, and what they cost.
type Models struct {
	Models []Model `json:"models" nullable:"false" doc:"by cost, highest first; then by calls"`
	// Unpriced is the number of calls without a known cost.
	Unpriced  []UnpricedModel   `json:"unpriced" nullable:"false" doc:"models with calls without a known cost, most calls first: no price list has them, or their usage was not reported. Set a price for them in the settings"`
	Truncated bool              `json:"truncated" doc:"there are more models than are listed"`
	Sources   []price.PriceList `json:"sources" nullable:"false" doc:"the price lists that are part of this version"`
}

// Model is one model of one provider.
type Model struct {
	Provider     *string  `json:"provider"`
	Model        *string  `json:"model"`
	Calls        int64    `json:"calls"`
	Given        int64    `json:"given" doc:"calls with a cost that the client sent"`
	Priced       int64    `json:"priced" doc:"calls with a cost calculated from a price list or the settings"`
	Unpriced     int64    `json:"unpriced" doc:"calls without a known cost"`
	Uncharged    int64    `json:"uncharged" doc:"failed calls that the provider refused, for which it charges nothing"`
	CostUSD      *float64 `json:"cost_usd" doc:"of the calls with a known cost; null if there are none"`
	InputTokens  float64  `json:"input_tokens"`
	OutputTokens float64  `json:"output_tokens"`
	LastMS       int64    `json:"last_ms" doc:"start of the last call"`
	// Linked is where to watch one of its calls.
	Linked *LinkedTrace `json:"linked" doc:"the latest of its traces that is linked to a recording; null if none is, if it would take too long to find it, and for all but the first 500 models"`
	// Price is the current price of a call.
	Price *ListedPrice `json:"price" doc:"the current price; null if there is none"`
	// Other is the price of the other table.
	Other *ListedPrice `json:"other" doc:"the price of the other table if it differs by more than 1 %"`
}

// ListedPrice is a price with all of its figures.
type ListedPrice struct {
	PriceOf
	Prices map[string]float64 `json:"prices" nullable:"false" doc:"in US dollars by unit: per million tokens, per thousand searches or requests"`
	// Second is the origin of the prices that the first list does not have.
	Second *SecondPrice `json:"second" doc:"where the prices of some units are from, because the first list has none for them; null if all are from the same list"`
}

// SecondPrice identifies where the prices of some units are from.
type SecondPrice struct {
	PriceOf
	Units []string `json:"units" nullable:"false"`
}

// UnpricedModel is a model with calls of unknown cost.
type UnpricedModel struct {
	Provider *string `json:"provider"`
	Model    *string `json:"model"`
	Calls    int64   `json:"calls"`
}

// modelTraces finds the traces of models.
var modelTraces = newGrouping(0, filter.Generations, "", "provider,model", "", latestTrace)

// maxListed is how many groups of provider, model and state of cost are read.
const maxListed = 10_000

// Models lists the models of the matching generations and embeddings, with current prices.
func (s *Service) Models(ctx context.Context, scope access.Scope, n Narrowing) (Models, error) {
	a, err := s.understand(ctx, scope, filter.Generations, n)
	if err != nil {
		return Models{}, err
	}
	sum := filter.Sum{Limit: maxListed, Order: 3, Descending: true}
	if sum.Measures, err = filter.ParseMeasures(filter.Generations, "count,sum(cost),sum(input_tokens),sum(output_tokens),max(start)"); err != nil {
		return Models{}, err
	}
	sum.Measures = append(sum.Measures, modelTraces.measures...)
	if sum.By, err = filter.ParseGroups(filter.Generations, "provider,model,cost_state", filter.Span{}); err != nil {
		return Models{}, err
	}
	t, err := s.store.Sum(ctx, a.Question, sum, filter.Span{})
	if err != nil {
		return Models{}, wrap(err, "sum models")
	}
	out := Models{Models: []Model{}, Unpriced: []UnpricedModel{}, Truncated: t.Truncated, Sources: s.prices.Sources()}
	index, latest := map[[2]string]int{}, map[[2]string]groupRow{}
	for _, row := range t.Rows {
		provider, _ := row[0].(string)
		name, _ := row[1].(string)
		state, _ := row[2].(string)
		if state == "" {
			continue // spans that the query asked for
		}
		key := [2]string{provider, name}
		i, known := index[key]
		if !known {
			i = len(out.Models)
			index[key], latest[key] = i, groupRow{modelTraces, []filter.Cell{row[0], row[1], row[8]}}
			out.Models = append(out.Models, Model{Provider: text(provider), Model: text(name)})
		}
		m := &out.Models[i]
		calls := row[3].(int64)
		m.Calls += calls
		m.InputTokens += row[5].(float64)
		m.OutputTokens += row[6].(float64)
		if last, ok := row[7].(int64); ok && last >= m.LastMS {
			m.LastMS, latest[key] = last, groupRow{modelTraces, []filter.Cell{row[0], row[1], row[8]}}
		}
		switch state {
		case "unpriced":
			m.Unpriced += calls
			out.Unpriced = append(out.Unpriced, UnpricedModel{m.Provider, m.Model, calls})
			continue
		case "uncharged":
			m.Uncharged += calls
			continue
		case "given":
			m.Given += calls
		default:
			m.Priced += calls
		}
		usd := row[4].(float64)
		if m.CostUSD != nil {
			usd += *m.CostUSD
		}
		m.CostUSD = &usd
	}
	for key, i := range index {
		s.priceModel(&out.Models[i], key[0], key[1])
	}
	slices.SortStableFunc(out.Models, func(a, b Model) int {
		return cmp.Or(-cmp.Compare(known(a.CostUSD), known(b.CostUSD)), -cmp.Compare(a.Calls, b.Calls))
	})
	rows := make([]groupRow, min(len(out.Models), MaxLimit))
	for i := range rows {
		rows[i] = latest[out.Models[i].key()]
	}
	linked, err := s.linkedTraces(ctx, scope, a.Question, rows)
	for i, row := range rows {
		out.Models[i].Linked = linked[row.keys()]
	}
	return out, err
}

// key is a model's provider and name.
func (m *Model) key() (key [2]string) {
	for i, s := range []*string{m.Provider, m.Model} {
		if s != nil {
			key[i] = *s
		}
	}
	return key
}

func known(usd *float64) float64 {
	if usd == nil {
		return -1
	}
	return *usd
}

// priceModel adds a model's current price, and the price of the other table if it differs.
func (s *Service) priceModel(m *Model, provider, name string) {
	call := price.Call{Provider: provider, Model: name, AtMS: s.now().UnixMilli()}
	if p := s.prices.Of(call); p != nil {
		m.Price = listed(p)
	}
	genai, litellm := s.prices.Tables(call)
	if genai == nil || litellm == nil || !differ(genai, litellm) {
		return
	}
	m.Other = listed(litellm)
	if m.Price != nil && m.Price.Source == m.Other.Source {
		m.Other = listed(genai)
	}
}

func listed(p *price.Price) *ListedPrice {
	out := &ListedPrice{PriceOf: priceOf(p), Prices: map[string]float64{}}
	for _, u := range price.Units() {
		if p.Has(u) {
			out.Prices[u.String()] = p.Of(u)
		}
	}
	if p.Second != nil {
		out.Second = &SecondPrice{PriceOf: priceOf(p.Second)}
		for _, u := range price.Units() {
			if p.Second.Has(u) {
				out.Second.Units = append(out.Second.Units, u.String())
			}
		}
	}
	return out
}

// differ reports whether, for any unit with a price in both, one price is more than 1 % higher.
func differ(a, b *price.Price) bool {
	return slices.ContainsFunc(price.Units(), func(u price.Unit) bool {
		x, y := a.Of(u), b.Of(u)
		return a.Has(u) && b.Has(u) && math.Abs(x-y) > 0.01*min(x, y)
	})
}
