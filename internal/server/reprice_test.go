package server

import (
	"maps"
	"math"
	"testing"
	"time"

	"github.com/playheadhq/playhead/internal/price"
	"github.com/playheadhq/playhead/internal/query"
)

// The cost of a call is known when the call has arrived, it is explained, and repricing applies prices that were set later.
func TestCosts(t *testing.T) {
	cfg := testConfig(t.TempDir())
	s, c := start(t, cfg)
	at := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	call := func(trace string, properties map[string]any) event {
		all := map[string]any{"$ai_model": "gpt-4o", "$ai_provider": "openai", "$ai_input_tokens": 1000, "$ai_output_tokens": 100, "$ai_latency": 2}
		maps.Copy(all, properties)
		return generation(at, trace, all)
	}
	answer := []any{map[string]any{"role": "assistant", "content": "half of it"}}
	refused := map[string]any{"$ai_model": "acme-small", "$ai_is_error": true, "$ai_http_status": 429, "$ai_input_tokens": 0, "$ai_output_tokens": 0, "$ai_output_choices": []any{}}
	failed := maps.Clone(refused)
	failed["$ai_model"], failed["$ai_output_choices"] = "gpt-4o", answer
	parent := call("parent", nil)
	parent.Event = "$ai_span" // this span repeats the usage of its child
	c.Capture(t, "/batch/",
		call("known", map[string]any{"$ai_cache_read_input_tokens": 400}),
		call("unknown", map[string]any{"$ai_model": "acme-large"}),
		call("given", map[string]any{"$ai_total_cost_usd": 0.5}),
		parent, call("parent", nil),
		call("refused", refused), call("answered and failed", failed), call("not counted", map[string]any{"$ai_input_tokens": 0, "$ai_output_tokens": 0, "$ai_output_choices": answer}),
	)
	generations := func(c *client, q string) []query.Generation {
		t.Helper()
		var l query.List[query.Generation]
		c.Read(t, "/api/generations?"+q, &l)
		return l.Items
	}
	near := func(what string, got *float64, want float64) {
		t.Helper()
		if got == nil || math.Abs(*got-want) > 1e-9 {
			t.Errorf("%s: %v, want %g", what, got, want)
		}
	}

	known := generations(c, "q=trace:known")[0]
	near("a known model", known.CostUSD, (600*2.5+400*1.25+100*10)/1e6)
	near("tokens a second", known.TokensPerS, 50)
	if *known.CostState != "priced" || len(known.CostDetail) != 3 {
		t.Fatalf("%s, %+v", *known.CostState, known.CostDetail)
	}
	part := known.CostDetail[2]
	if part.Unit != "cache_read" || part.Count != 400 || part.PriceUSD != 1.25 || part.Per != 1_000_000 || part.Source == "" || *part.Model != "openai/gpt-4o" || *part.Date == "" {
		t.Errorf("%+v", part)
	}
	unknown := generations(c, "q=cost_state:unpriced%20model:acme*")
	if len(unknown) != 1 || unknown[0].TraceID != "unknown" || unknown[0].CostUSD != nil || len(unknown[0].CostDetail) != 0 {
		t.Errorf("%+v", unknown)
	}
	if dear := generations(c, "q=cost:%3E0.4&sort=-cost"); len(dear) != 1 || dear[0].TraceID != "given" || *dear[0].CostState != "given" {
		t.Errorf("%+v", dear)
	}
	var trace query.Trace
	c.Read(t, "/api/traces/parent", &trace)
	near("a trace whose span repeats what its call used", trace.CostUSD, 0.0035)
	for name, unpriced := range map[string]int64{"refused": 0, "answered and failed": 1, "not counted": 1} {
		if c.Read(t, "/api/traces/"+name, &trace); trace.CostUSD != nil || trace.Unpriced != unpriced {
			t.Errorf("%s: cost %v, %d unpriced", name, trace.CostUSD, trace.Unpriced)
		}
	}
	var sum query.Table
	c.Read(t, "/api/aggregate?of=traces&measure=sum(cost)", &sum)
	total := sum.Rows[0][0].(float64)
	near("all traces", &total, 0.003+0.5+0.0035)

	models := func(c *client) (m query.Models) {
		t.Helper()
		c.Read(t, "/api/models", &m)
		return m
	}
	m := models(c)
	if len(m.Models) != 3 || m.Models[0].Calls != 5 || m.Models[0].Given != 1 || m.Models[0].Price.Prices["input"] != 2.5 || len(m.Sources) != 2 ||
		len(m.Unpriced) != 2 || *m.Unpriced[1].Model != "acme-large" || m.Models[1].Price != nil || m.Models[1].CostUSD != nil || m.Models[2].Uncharged != 1 {
		t.Errorf("%+v", m)
	}

	stop(t, s)
	cfg.Prices = []price.Own{{Model: "acme-*", Prices: map[string]float64{"input": 1, "output": 5}}, {Model: "gpt-4o", Prices: map[string]float64{"input": 100, "output": 0}}}
	done, err := Reprice(t.Context(), Move{Config: cfg}, at.Add(-time.Hour).UnixMilli(), at.Add(time.Hour).UnixMilli(), func(Repriced) {})
	if err != nil || done.Calls != 7 || done.Changed != 3 || done.Given != 1 || done.Unpriced != 2 {
		t.Fatalf("%+v, error %v", done, err)
	}
	if again, err := Reprice(t.Context(), Move{Config: cfg}, math.MinInt64, math.MaxInt64, func(Repriced) {}); err != nil || again.Changed != 0 {
		t.Fatalf("again: %+v, error %v", again, err)
	}
	_, c = start(t, cfg)
	near("a model that has a price now", generations(c, "q=trace:unknown")[0].CostUSD, 0.0015)
	near("a model that has another one", generations(c, "q=trace:known")[0].CostUSD, 0.1)
	near("what the client gave", generations(c, "q=trace:given")[0].CostUSD, 0.5)
	if m := models(c); len(m.Unpriced) != 1 || m.Unpriced[0].Calls != 2 || m.Models[0].Price.Source != "settings" {
		t.Errorf("%+v", m)
	}
}
