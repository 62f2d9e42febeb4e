package price

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

//go:embed prices.json
var embedded []byte

// PriceList is a table of prices.
type PriceList struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Date    string `json:"date" doc:"the day on which the version was the newest"`
	Licence string `json:"licence"`
}

func (s PriceList) String() string { return s.Name + " " + s.Version }

// table is prices.json in a form for lookups. Only its sets change, protected by a lock.
type table struct {
	genai, lite PriceList
	providers   []*provider
	// models are litellm's models by name.
	models map[string]*entry
}

// provider sells models.
type provider struct {
	id            string
	match, models clause // by the provider's and by the model's name
	fallback      []string
	entries       []*entry
	// whole is the first entry for each complete name; others are the entries with other rules, which must be tested one by one.
	whole  map[string]int
	others []int
}

// entry is a model with its prices.
type entry struct {
	// name is the model's name in the table, with its provider.
	name     string
	provider string // litellm's
	match    clause
	periods  []period
	variants []variant

	lock sync.RWMutex
	sets map[chosen]*set
}

// period is a range of time in which prices are valid.
type period struct {
	limits
	prices amounts
}

// variant has different prices for a service tier.
type variant struct {
	limits
	tier   string
	prices amounts
}

// limits are the conditions of a period; all zero means always.
type limits struct {
	since    string // "2026-07-30"
	sinceMS  int64
	from, to int64 // of each day, in milliseconds after midnight UTC
	daily    string
}

const day = int64(24 * time.Hour / time.Millisecond)

func (l *limits) hold(ms int64) bool {
	if l.daily == "" {
		return ms >= l.sinceMS
	}
	at := (ms%day + day) % day
	if l.to < l.from {
		return at >= l.from || at < l.to
	}
	return l.from <= at && at < l.to
}

// amount is a price, and other prices above given lengths of the prompt.
type amount struct {
	base  float64
	steps []step
}

type step struct {
	past  int64
	price float64
}

// amounts are the prices of a model. There are 6,000 of them, so they are slices: with maps the tables took 5.6 MB.
type amounts []unitAmount

type unitAmount struct {
	Unit
	amount
}

// load reads the built-in tables. It takes some 80 ms of processor time and 3.5 MB.
var load = sync.OnceValue(func() *table {
	t, err := parse(embedded)
	if err != nil {
		panic("prices.json: " + err.Error()) // a bug in this program: any test finds it
	}
	return t
})

func parse(text []byte) (*table, error) {
	var raw struct {
		Sources   []PriceList `json:"sources"`
		Providers []struct {
			ID       string               `json:"id"`
			Provider any                  `json:"provider"`
			Model    any                  `json:"model"`
			Fallback []string             `json:"fallback"`
			Models   [][4]json.RawMessage `json:"models"`
		} `json:"providers"`
		Litellm [][4]json.RawMessage `json:"litellm"`
	}
	if err := json.Unmarshal(text, &raw); err != nil {
		return nil, err
	}
	if len(raw.Sources) != 2 {
		return nil, fmt.Errorf("%d sources, want 2", len(raw.Sources))
	}
	t := &table{genai: raw.Sources[0], lite: raw.Sources[1], models: make(map[string]*entry, len(raw.Litellm))}
	for _, p := range raw.Providers {
		to := &provider{id: p.ID, fallback: p.Fallback, whole: map[string]int{}}
		var err error
		if to.match, err = readClause(p.Provider); err != nil {
			return nil, err
		}
		if to.models, err = readClause(p.Model); err != nil {
			return nil, err
		}
		for i, m := range p.Models {
			e, err := readModel(p.ID, m)
			if err != nil {
				return nil, err
			}
			to.entries = append(to.entries, e)
			if !wholeNames(e.match, func(name string) {
				if _, known := to.whole[name]; !known {
					to.whole[name] = i
				}
			}) {
				to.others = append(to.others, i)
			}
		}
		t.providers = append(t.providers, to)
	}
	for _, m := range raw.Litellm {
		e, err := readLitellm(m)
		if err != nil {
			return nil, err
		}
		t.models[e.name] = e
	}
	return t, nil
}

func readModel(provider string, m [4]json.RawMessage) (*entry, error) {
	e := &entry{}
	var id string
	var match any
	var periods, variants [][]json.RawMessage
	for i, to := range []any{&id, &match, &periods, &variants} {
		if err := json.Unmarshal(m[i], to); err != nil {
			return nil, fmt.Errorf("%s %s: %w", provider, m[0], err)
		}
	}
	e.name = provider + "/" + id
	var err error
	if e.match, err = readClause(match); err != nil {
		return nil, err
	}
	for _, p := range periods {
		l, a, err := readPeriod(p)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", e.name, err)
		}
		e.periods = append(e.periods, period{l, a})
	}
	for _, v := range variants {
		var tier string
		if err := json.Unmarshal(v[0], &tier); err != nil {
			return nil, err
		}
		l, a, err := readPeriod(v[1:])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", e.name, err)
		}
		e.variants = append(e.variants, variant{l, tier, a})
	}
	return e, nil
}

func readLitellm(m [4]json.RawMessage) (*entry, error) {
	e := &entry{}
	var prices map[string]any
	var tiers [][2]json.RawMessage
	for i, to := range []any{&e.name, &e.provider, &prices, &tiers} {
		if err := json.Unmarshal(m[i], to); err != nil {
			return nil, fmt.Errorf("litellm %s: %w", m[0], err)
		}
	}
	a, err := readAmounts(prices)
	if err != nil {
		return nil, err
	}
	e.periods = []period{{prices: a}}
	for _, t := range tiers {
		v := variant{}
		var other map[string]any
		if err := json.Unmarshal(t[0], &v.tier); err != nil {
			return nil, err
		}
		if err := json.Unmarshal(t[1], &other); err != nil {
			return nil, err
		}
		if v.prices, err = readAmounts(other); err != nil {
			return nil, err
		}
		e.variants = append(e.variants, v)
	}
	return e, nil
}

func readPeriod(raw []json.RawMessage) (l limits, a amounts, err error) {
	var when []string
	var prices map[string]any
	if err := json.Unmarshal(raw[0], &when); err != nil {
		return l, nil, err
	}
	if err := json.Unmarshal(raw[1], &prices); err != nil {
		return l, nil, err
	}
	switch len(when) {
	case 1:
		l, err = since(when[0])
	case 2:
		l.daily = when[0] + "-" + when[1] + " UTC"
		for i, to := range []*int64{&l.from, &l.to} {
			var t time.Time
			if t, err = time.Parse("15:04", when[i]); err != nil {
				return l, nil, err
			}
			*to = int64(t.Hour()*60+t.Minute()) * 60_000
		}
	}
	if err != nil {
		return l, nil, err
	}
	a, err = readAmounts(prices)
	return l, a, err
}

// since parses the first day on which something is valid, in UTC.
func since(date string) (limits, error) {
	t, err := time.Parse(time.DateOnly, date)
	return limits{since: date, sinceMS: t.UnixMilli()}, err
}

func readAmounts(prices map[string]any) (amounts, error) {
	all := make(amounts, 0, len(prices))
	for name, v := range prices {
		u, ok := unitOf(name)
		if !ok {
			return nil, fmt.Errorf("no unit %q", name)
		}
		switch v := v.(type) {
		case float64:
			all = append(all, unitAmount{u, amount{base: v}})
		case []any:
			a := amount{base: v[0].(float64)}
			for _, s := range v[1:] {
				pair := s.([]any)
				a.steps = append(a.steps, step{int64(pair[0].(float64)), pair[1].(float64)})
			}
			all = append(all, unitAmount{u, a})
		default:
			return nil, fmt.Errorf("price of %s: %v", name, v)
		}
	}
	return all, nil
}

// clause is a condition for a name in lower case; nil never matches.
type clause interface{ holds(name string) bool }

type (
	equals   string
	begins   string
	ends     string
	contains string
	matches  struct{ *regexp.Regexp }
	anyOf    []clause
	allOf    []clause
	not      struct{ clause }
)

func (c equals) holds(s string) bool   { return s == string(c) }
func (c begins) holds(s string) bool   { return strings.HasPrefix(s, string(c)) }
func (c ends) holds(s string) bool     { return strings.HasSuffix(s, string(c)) }
func (c contains) holds(s string) bool { return strings.Contains(s, string(c)) }
func (c matches) holds(s string) bool  { return c.MatchString(s) }
func (c not) holds(s string) bool      { return !c.clause.holds(s) }
func (c anyOf) holds(s string) bool {
	return slices.ContainsFunc(c, func(x clause) bool { return x.holds(s) })
}
func (c allOf) holds(s string) bool {
	return !slices.ContainsFunc(c, func(x clause) bool { return !x.holds(s) })
}

// readClause parses a condition in the form that refresh.py writes.
func readClause(raw any) (clause, error) {
	switch raw := raw.(type) {
	case nil:
		return nil, nil
	case string:
		text := raw[1:]
		switch raw[0] {
		case '=':
			return equals(text), nil
		case '^':
			return begins(text), nil
		case '$':
			return ends(text), nil
		case '~':
			return contains(text), nil
		case '/':
			r, err := regexp.Compile(text)
			return matches{r}, err
		}
	case []any:
		var all []clause
		for _, x := range raw[1:] {
			c, err := readClause(x)
			if err != nil {
				return nil, err
			}
			all = append(all, c)
		}
		switch raw[0] {
		case "|":
			return anyOf(all), nil
		case "&":
			return allOf(all), nil
		case "!":
			return not{all[0]}, nil
		}
	}
	return nil, fmt.Errorf("no condition on names: %v", raw)
}

// wholeNames calls each with the names that a condition matches, and reports whether these are all.
func wholeNames(c clause, each func(string)) bool {
	switch c := c.(type) {
	case equals:
		each(string(c))
		return true
	case anyOf:
		all := true
		for _, x := range c {
			all = wholeNames(x, each) && all
		}
		return all
	}
	return false
}

// find returns the first entry whose rule matches a name.
func (p *provider) find(name string) *entry {
	first := len(p.entries)
	if i, ok := p.whole[name]; ok {
		first = i
	}
	for _, i := range p.others {
		if i >= first {
			break
		}
		if p.entries[i].match.holds(name) {
			return p.entries[i]
		}
	}
	if first < len(p.entries) {
		return p.entries[first]
	}
	return nil
}

// compactDate is a date without hyphens in a name: gpt-5.2-20251211 instead of gpt-5.2-2025-12-11.
var compactDate = regexp.MustCompile(`-(20\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(-|:|$)`)

// genaiEntry finds a model by the rules of genai-prices. First it finds the provider by its id, then by its rule, or by the model's name if no provider
// is named. Then it finds the model among those of the provider, and of the providers whose models it also sells.
func (t *table) genaiEntry(sellerName, name string) (*provider, *entry) {
	if sellerName == "litellm" {
		before, after, found := strings.Cut(name, "/")
		sellerName = ""
		if found && t.seller(before) != nil {
			sellerName, name = before, after
		}
	}
	var p *provider
	if sellerName != "" {
		p = t.seller(sellerName)
	} else if i := slices.IndexFunc(t.providers, func(p *provider) bool { return p.models != nil && p.models.holds(name) }); i >= 0 {
		p = t.providers[i]
	}
	if p == nil {
		return nil, nil
	}
	e := t.of(p, name)
	if e == nil {
		if dashed := compactDate.ReplaceAllString(name, "-$1-$2-$3$4"); dashed != name {
			e = t.of(p, dashed)
		}
	}
	return p, e
}

func (t *table) seller(name string) *provider {
	for _, p := range t.providers {
		if p.id == name {
			return p
		}
	}
	for _, p := range t.providers {
		if p.match != nil && p.match.holds(name) {
			return p
		}
	}
	return nil
}

func (t *table) of(p *provider, name string) *entry {
	if e := p.find(name); e != nil {
		return e
	}
	for _, id := range p.fallback {
		if i := slices.IndexFunc(t.providers, func(p *provider) bool { return p.id == id }); i >= 0 {
			if e := t.providers[i].find(name); e != nil {
				return e
			}
		}
	}
	return nil
}

// litellmNames are litellm's names of providers that have other names in genai-prices or in what clients send.
var litellmNames = map[string][]string{
	"aws": {"bedrock", "bedrock_converse"}, "amazon-bedrock": {"bedrock", "bedrock_converse"}, "amazon_bedrock": {"bedrock", "bedrock_converse"}, "google": {"gemini", "vertex_ai"}, "x-ai": {"xai"}, "together": {"together_ai"},
	"fireworks": {"fireworks_ai"}, "zhipuai": {"zai"}, "voyageai": {"voyage"}, "moonshotai": {"moonshot"}, "gateway": {"vercel_ai_gateway"}, "mistralai": {"mistral"},
	"azure-openai": {"azure"}, "azure_openai": {"azure"},
}

// litellmEntry finds a model by litellm's rule: its name, with or without its provider's, is the complete name of an entry.
func (t *table) litellmEntry(sellerName string, seller *provider, name string) *entry {
	if sellerName == "" || sellerName == "litellm" {
		return t.models[name]
	}
	names := append([]string{sellerName}, litellmNames[sellerName]...)
	if seller != nil {
		names = append(append(names, seller.id), litellmNames[seller.id]...)
	}
	for _, n := range names {
		if e := t.models[n+"/"+name]; e != nil {
			return e
		}
	}
	if e := t.models[name]; e != nil {
		for _, n := range names {
			// vertex_ai-anthropic_models and similar belong to vertex_ai.
			if e.provider == n || strings.HasPrefix(e.provider, n+"-") || strings.HasPrefix(name, n+"/") {
				return e
			}
		}
	}
	return nil
}
