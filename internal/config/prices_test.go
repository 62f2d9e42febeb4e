package config

import (
	"reflect"
	"strings"
	"testing"

	"github.com/playheadhq/playhead/internal/price"
)

func TestPrices(t *testing.T) {
	want := []price.Own{
		{Model: "acme-large", Prices: map[string]float64{"input": 2.5, "output": 10}},
		{Model: "gpt-4o*", Provider: "azure", Since: "2026-05-01", Prices: map[string]float64{"input": 2.75, "cache_read": 0}},
	}
	const list = "[{model: acme-large, input: 2.5, output: 10}, {model: gpt-4o*, provider: azure, since: 2026-05-01, input: 2.75, cache_read: 0}]"
	for name, environ := range map[string][]string{"prices: " + list: nil, "": {"PLAYHEAD_PRICES=" + list}} {
		c, _, err := load(t, name, environ, "--config", "p.yaml")
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(c.Prices, want) {
			t.Errorf("%+v", c.Prices)
		}
	}
	_, _, err := load(t, "prices:\n- {model: a, inptu: 1}\n- {input: 1}\n- {model: b}\n- {model: c, input: dear}\n- {model: d, input: -1}\n- {model: e, since: May, input: 1}\n- 7\n", nil, "--config", "p.yaml")
	for _, part := range []string{"p.yaml:2: prices[0].inptu", "did you mean input?", "prices[1]: a price needs a model", "the price of b says nothing", `"dear" is not a price`, "input cannot be -1", `"May" is not a day`, "prices[6]: not a price"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("no word of %q in: %v", part, err)
		}
	}
	if _, _, err := Load(Source{Command: "reprice", Args: []string{"--from", "2026-05-02", "--to", "yesterday"}}); err == nil || !strings.Contains(err.Error(), "yesterday") {
		t.Error(err)
	}
}
