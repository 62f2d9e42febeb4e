package price

import (
	"bufio"
	"encoding/json"
	"math"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/playheadhq/playhead/internal/model"
)

// usage is what a call used, in genai-prices' words.
type usage struct {
	Input          int64 `json:"input_tokens"`
	Output         int64 `json:"output_tokens"`
	CacheRead      int64 `json:"cache_read_tokens"`
	CacheWrite     int64 `json:"cache_write_tokens"`
	CacheWrite1h   int64 `json:"cache_write_1h_tokens"`
	Reasoning      int64 `json:"output_reasoning_tokens"`
	InputAudio     int64 `json:"input_audio_tokens"`
	OutputAudio    int64 `json:"output_audio_tokens"`
	CacheReadAudio int64 `json:"cache_audio_read_tokens"`
	InputImage     int64 `json:"input_image_tokens"`
	OutputImage    int64 `json:"output_image_tokens"`
	WebSearches    int64 `json:"web_searches"`
}

func (u usage) event() *model.Event {
	return &model.Event{Kind: model.KindGeneration, LatencyMS: -1, FirstTokenMS: -1, WebSearches: u.WebSearches, Tokens: model.Tokens{
		Input: u.Input, Output: u.Output, Total: u.Input + u.Output, CacheRead: u.CacheRead, CacheWrite: u.CacheWrite, Reasoning: u.Reasoning,
		CacheWrite1h: u.CacheWrite1h, CacheReadAudio: u.CacheReadAudio, InputAudio: u.InputAudio, OutputAudio: u.OutputAudio, InputImage: u.InputImage, OutputImage: u.OutputImage,
	}}
}

// case_ is a line of testdata/*.jsonl.
type case_ struct {
	Provider, Model, Tier, Found string
	At                           time.Time
	Usage                        usage
	USD                          float64
	// Whole is false where genai-prices charges nothing for a part of what was used.
	Whole *bool
}

func read[T any](t testing.TB, file string) []T {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []T
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		var v T
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			t.Fatalf("%s: %v: %s", file, err, lines.Text())
		}
		all = append(all, v)
	}
	return all
}

// The costs of 800 calls of common models, and of the calls in genai-prices' own tests, are those that genai-prices calculates.
func TestCosts(t *testing.T) {
	l := Default()
	all := append(read[case_](t, "testdata/costs.jsonl"), read[case_](t, "testdata/theirs.jsonl")...)
	if len(all) < 1500 {
		t.Fatalf("only %d calls", len(all))
	}
	for _, c := range all {
		e := c.Usage.event()
		e.Provider, e.Model, e.ServiceTier, e.StartMS = c.Provider, c.Model, c.Tier, c.At.UnixMilli()
		l.Set(e, false)
		p, _ := l.Tables(call(e))
		if by, ok := Read(e.Cost.Price); ok && by.Second != nil || p != nil && !counted(e, &p.Rates, false) {
			// A call has a prompt, but genai-prices also calculates the cost of an answer alone. The other table has prices for units that genai-prices does not have. TestSecondTable tests these.
			counts, _ := countsOf(e, &p.Rates)
			e.Cost.State = model.CostPriced
			e.Cost.Nanos, _ = counts.nanos(&p.Rates)
		}
		// The library charges nothing for searches of models that have no price for them.
		if c.Whole != nil && !*c.Whole || e.WebSearches > 0 && !p.Has(WebSearch) {
			// genai-prices has no price for that part, which does not mean that the part costs nothing.
			if p, _ := Read(e.Cost.Price); e.Cost.Known() && p.Second == nil && !strings.HasPrefix(p.Source, "litellm") {
				t.Errorf("%s %s %+v: %g by %s, want unpriced", c.Provider, c.Model, c.Usage, e.Cost.Dollars(), e.Cost.Price)
			}
			continue
		}
		if !e.Cost.Known() {
			t.Errorf("%s %s %+v: %s, want %g", c.Provider, c.Model, c.Usage, e.Cost.State, c.USD)
		} else if math.Abs(e.Cost.Dollars()-c.USD) > 1e-9+c.USD*1e-9 {
			t.Errorf("%s %s %s %v %+v: %g, want %g, by %s", c.Provider, c.Model, c.Tier, c.At, c.Usage, e.Cost.Dollars(), c.USD, e.Cost.Price)
		}
	}
}

// Models are found as genai-prices' own tests find them.
func TestMatches(t *testing.T) {
	table := load()
	all := read[case_](t, "testdata/matches.jsonl")
	if len(all) < 250 {
		t.Fatalf("only %d names", len(all))
	}
	for _, c := range all {
		got := ""
		if _, e := table.genaiEntry(strings.ToLower(c.Provider), strings.ToLower(c.Model)); e != nil {
			got = e.name
		}
		if got != c.Found {
			t.Errorf("%s %s: found %q, want %q", c.Provider, c.Model, got, c.Found)
		}
	}
}

// The charge for each part of a call, calculated by hand from published price pages.
func TestParts(t *testing.T) {
	at := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC).UnixMilli()
	l := Default()
	for name, c := range map[string]struct {
		event model.Event
		usd   float64
		parts map[string]int64
		of    string // the condition of the price, see Price.For
	}{
		// Claude Sonnet 4.5: 3 in, 15 out, 0.30 read, 3.75 and 6 written. A prompt of 100,000 of which most is cached.
		"Anthropic, writes for five minutes and an hour": {
			call1("anthropic", "claude-sonnet-4-5-20250929", model.Tokens{Input: 100_000, Output: 1000, CacheRead: 80_000, CacheWrite: 15_000, CacheWrite1h: 5000}),
			(5000*3 + 80_000*0.3 + 10_000*3.75 + 5000*6 + 1000*15) / 1e6,
			map[string]int64{"input": 5000, "cache_read": 80_000, "cache_write": 10_000, "cache_write_1h": 5000, "output": 1000}, "",
		},
		// GPT-4o: 2.50 in, 1.25 cached, 10 out.
		"OpenAI, cached": {
			call1("openai", "gpt-4o-2024-11-20", model.Tokens{Input: 10_000, Output: 500, CacheRead: 8000, CacheWrite: -1}),
			(2000*2.5 + 8000*1.25 + 500*10) / 1e6, map[string]int64{"input": 2000, "cache_read": 8000, "output": 500}, "",
		},
		// Gemini 2.5 Pro: past 200,000 tokens all of the prompt costs 2.50 and the answer 15. Thoughts are part of the answer.
		"Gemini, a long prompt": {
			call1("google", "gemini-2.5-pro", model.Tokens{Input: 250_000, Output: 3000, Reasoning: 2500, CacheRead: -1, CacheWrite: -1}),
			(250_000*2.5 + 3000*15) / 1e6, map[string]int64{"input": 250_000, "output": 3000}, "past 200000 input tokens",
		},
	} {
		e := c.event
		e.StartMS = at
		l.Set(&e, false)
		if math.Abs(e.Cost.Dollars()-c.usd) > 1e-9 {
			t.Errorf("%s: %g, want %g by %s", name, e.Cost.Dollars(), c.usd, e.Cost.Price)
			continue
		}
		p, _ := Read(e.Cost.Price)
		parts := Parts(&e)
		sum, counts := 0.0, map[string]int64{}
		for _, x := range parts {
			sum += x.Dollars
			counts[x.Unit.String()] = x.Count
		}
		if math.Abs(sum-c.usd) > 1e-9 || !reflect.DeepEqual(counts, c.parts) {
			t.Errorf("%s: parts %v of %g, want %v of %g", name, counts, sum, c.parts, c.usd)
		}
		if p.For != c.of {
			t.Errorf("%s: for %q, want %q", name, p.For, c.of)
		}
	}
}

// A price that only the second table has is used for its unit, and says so. The other units keep the prices of the first table.
func TestSecondTable(t *testing.T) {
	l := Default()
	// GPT-4o Audio: 2.50 in, 10 out; audio 40 in, 80 out. Claude on Bedrock: 3 in, 15 out, a thousand searches 10.
	spoken := call1("openai", "gpt-4o-audio-preview-2025-06-03", model.Tokens{Input: 1000, InputAudio: 800, Output: 300, OutputAudio: 200, CacheRead: -1, CacheWrite: -1, Reasoning: -1})
	searched := call1("aws", "global.anthropic.claude-sonnet-4-5-20250929-v1:0", model.Tokens{Input: 1000, Output: 100, CacheRead: -1, CacheWrite: -1, Reasoning: -1})
	searched.WebSearches = 3
	for _, c := range []struct {
		event  model.Event
		usd    float64
		second []Unit
	}{
		{spoken, (200*2.5 + 800*40 + 100*10 + 200*80) / 1e6, []Unit{InputAudio, OutputAudio}},
		{searched, (1000*3+100*15)/1e6 + 3*10.0/1000, []Unit{WebSearch}},
	} {
		e := c.event
		e.StartMS = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC).UnixMilli()
		l.Set(&e, false)
		if math.Abs(e.Cost.Dollars()-c.usd) > 1e-9 {
			t.Errorf("%s: %g, want %g by %s", e.Model, e.Cost.Dollars(), c.usd, e.Cost.Price)
		}
		sum := 0.0
		for _, x := range Parts(&e) {
			sum += x.Dollars
			from := "genai-prices"
			if slices.Contains(c.second, x.Unit) {
				from = "litellm"
			}
			if !strings.HasPrefix(x.From.Source, from) || x.From.Date == "" || x.From.Of(x.Unit) != x.Price {
				t.Errorf("%s: the price of %s is from %s, want %s", e.Model, x.Unit, x.From, from)
			}
		}
		if math.Abs(sum-c.usd) > 1e-9 {
			t.Errorf("%s: parts of %g, want %g", e.Model, sum, c.usd)
		}
		if again := l.Of(call(&e)); again != l.Of(call(&e)) || again.String() != e.Cost.Price {
			t.Errorf("%s: a second lookup returned %s", e.Model, again)
		}
	}
}

func call1(provider, name string, tokens model.Tokens) model.Event {
	return model.Event{Kind: model.KindGeneration, Provider: provider, Model: name, Tokens: tokens}
}

// A model that no rule finds has no price, however similar its name is to another one.
func TestUnpriced(t *testing.T) {
	l := Default()
	used := model.Tokens{Input: 1000, Output: 10, CacheRead: -1, CacheWrite: -1, Reasoning: -1}
	searched := call1("mistral", "mistral-large-latest", used)
	searched.WebSearches = 5
	for name, e := range map[string]model.Event{
		"no price for searches":        searched,
		"an unknown model":             call1("openai", "my-gpt-4o", used),
		"a fine-tune nobody lists":     call1("openai", "acme-llm", used),
		"an unknown provider":          call1("my-proxy", "gpt-4o", used),
		"no model":                     call1("openai", "", used),
		"nothing counted":              call1("openai", "gpt-4o", model.UnknownTokens()),
		"no answer counted":            call1("openai", "gpt-4o", model.Tokens{Input: 1000, Output: -1}),
		"no price for the answer":      call1("openai", "text-embedding-3-small", used),
		"more than anybody pays":       call1("openai", "gpt-4o", model.Tokens{Input: 1e12, Output: 1e12}),
		"no provider and a false name": call1("", "totally-unknown", used),
	} {
		l.Set(&e, false)
		if e.Cost != (model.Cost{State: model.CostUnpriced}) {
			t.Errorf("%s: %+v", name, e.Cost)
		}
	}
}

// Counts that contradict each other charge nothing twice and nothing below zero.
func TestHostileCounts(t *testing.T) {
	l := Default()
	e := call1("openai", "gpt-4o", model.Tokens{Input: 10, Output: 5, CacheRead: 1e12, CacheWrite: 1e12, Reasoning: 1e12, CacheWrite1h: 1e12, InputAudio: 1e12, OutputAudio: 1e12, InputImage: 1e12, OutputImage: 1e12, CacheReadAudio: 1e12})
	l.Set(&e, false)
	parts := Parts(&e)
	in, out := int64(0), int64(0)
	for _, p := range parts {
		if p.Count < 0 || p.Dollars < 0 {
			t.Errorf("%+v", p)
		}
		switch p.Unit {
		case Output, OutputAudio, OutputImage, Reasoning:
			out += p.Count
		default:
			in += p.Count
		}
	}
	if in != 10 || out != 5 {
		t.Errorf("charged for %d and %d tokens of 10 and 5", in, out)
	}
	for _, e := range []model.Event{
		{Kind: model.KindSpan, Provider: "openai", Model: "gpt-4o", Tokens: model.Tokens{Input: 10, Output: 10}, Cost: model.Cost{State: model.CostGiven, Nanos: 5}},
		{Kind: model.KindTrace, Provider: "openai", Model: "gpt-4o", Tokens: model.Tokens{Input: 10, Output: 10}},
	} {
		if l.Set(&e, false); e.Cost != (model.Cost{}) {
			t.Errorf("a %s repeats what its calls cost: %+v", e.Kind, e.Cost)
		}
	}
}

// An operator's prices have priority from their first day on; a cost that a client gave has priority over everything.
func TestOwn(t *testing.T) {
	l, err := New([]Own{
		{Model: "gpt-4o", Provider: "openai", Prices: map[string]float64{"input": 1, "output": 2}},
		{Model: "GPT-4o", Since: "2026-05-01", Prices: map[string]float64{"input": 10, "output": 20}},
		{Model: "acme-*", Prices: map[string]float64{"input": 3, "output": 4, "request": 5}},
	})
	if err != nil {
		t.Fatal(err)
	}
	at := func(date string, e model.Event) *model.Event {
		d, _ := time.Parse(time.DateOnly, date)
		e.StartMS = d.UnixMilli()
		l.Set(&e, false)
		return &e
	}
	used := model.Tokens{Input: 1000, Output: 1000, CacheRead: -1}
	given := call1("openai", "gpt-4o", used)
	given.Cost = model.Cost{State: model.CostGiven, Nanos: 7}
	for _, c := range []struct {
		e    *model.Event
		want int64
	}{
		{at("2026-04-30", call1("openai", "gpt-4o", used)), 3_000_000},
		{at("2026-05-01", call1("openai", "gpt-4o", used)), 30_000_000},
		{at("2026-05-01", call1("", "Acme-1", used)), 12_000_000},
		{at("2026-05-01", given), 7},
	} {
		if c.e.Cost.Nanos != c.want {
			t.Errorf("%s: %d, want %d: %s", c.e.Model, c.e.Cost.Nanos, c.want, c.e.Cost.Price)
		}
	}
	for _, o := range []Own{{Model: "x", Since: "May", Prices: map[string]float64{"input": 1}}, {Model: "*", Prices: map[string]float64{"input": 1}}, {Model: "x"}, {Model: "x", Prices: map[string]float64{"inputs": 1}}, {Model: "x", Prices: map[string]float64{"input": -1}}, {Model: "x", Prices: map[string]float64{"input": math.NaN()}}} {
		if _, err := New([]Own{o}); err == nil {
			t.Errorf("%+v was taken", o)
		}
	}
}

// Service tiers and times of day have their own prices.
func TestTiers(t *testing.T) {
	l := Default()
	at := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	standard := l.Of(Call{Provider: "openai", Model: "gpt-5", AtMS: at.UnixMilli()})
	for tier, share := range map[string]float64{"flex": 0.5, "batch": 0.5, "priority": 2, "": 1} {
		p := l.Of(Call{Provider: "openai", Model: "gpt-5", ServiceTier: tier, AtMS: at.UnixMilli()})
		if p.Of(Input) != standard.Of(Input)*share {
			t.Errorf("%s: %s, standard %s", tier, p, standard)
		}
	}
	// A tier without a price of its own is not charged at the standard price.
	used := model.Tokens{Input: 1000, Output: 10, CacheRead: -1, CacheWrite: -1, Reasoning: -1}
	for _, c := range []struct{ provider, model, tier string }{{"anthropic", "claude-3-haiku", "batch"}, {"openai", "gpt-4o", "flex"}, {"openai", "gpt-5", "unheard-of"}} {
		e := call1(c.provider, c.model, used)
		e.StartMS = at.UnixMilli()
		if l.Set(&e, false); e.Cost.State != model.CostPriced {
			t.Errorf("%s: %s, want priced", c.model, e.Cost.State)
		}
		e.ServiceTier = c.tier
		if l.Set(&e, false); e.Cost != (model.Cost{State: model.CostUnpriced}) {
			t.Errorf("%s, %s: %+v, want unpriced", c.model, c.tier, e.Cost)
		}
	}
	// Some models cost less at night.
	var daily *entry
	for _, p := range load().providers {
		for _, e := range p.entries {
			for _, x := range e.periods {
				if x.daily != "" {
					daily = e
				}
			}
		}
	}
	if daily == nil {
		t.Fatal("no table has prices by the time of day any more: the code for them can go")
	}
	seen := map[string]bool{}
	for hour := range 24 {
		seen[daily.price(load().genai, Call{AtMS: at.Truncate(24 * time.Hour).Add(time.Duration(hour) * time.Hour).UnixMilli()}).String()] = true
	}
	if len(seen) < 2 {
		t.Errorf("%s costs the same all day", daily.name)
	}
}

// BenchmarkSet measures what ingest spends on each event: 0.4 µs.
func BenchmarkSet(b *testing.B) {
	l := Default()
	cases := read[case_](b, "testdata/costs.jsonl")
	events := make([]model.Event, len(cases))
	for i, c := range cases {
		events[i] = *c.Usage.event()
		events[i].Provider, events[i].Model, events[i].ServiceTier, events[i].StartMS = c.Provider, c.Model, c.Tier, c.At.UnixMilli()
		l.Set(&events[i], false)
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		e := &events[i%len(events)]
		e.Cost = model.Cost{}
		l.Set(e, false)
		i++
	}
}

// BenchmarkUnknown measures the lookup of a name that was never seen: 3.5 µs. A sender can make up any number of these.
func BenchmarkUnknown(b *testing.B) {
	l := Default()
	i := 0
	for b.Loop() {
		i++
		l.Of(Call{Provider: "openrouter", Model: "nobody/" + strconv.Itoa(i)})
	}
}

// BenchmarkLoad measures the reading of the tables.
func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := parse(embedded); err != nil {
			b.Fatal(err)
		}
	}
}
