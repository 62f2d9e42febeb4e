package price

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/playheadhq/playhead/internal/model"
)

// Price is the price of a call. Prices are shared and never change.
type Price struct {
	// Source is the source of the price: "genai-prices 0.2.3", "litellm 1.110.2", "settings" or "client".
	Source string
	// Date is the day of the table's version, "" for settings.
	Date string
	// Model is the entry in the table, with its provider.
	Model string
	// Since is the first day on which the price is valid, "" if the table does not have it.
	Since string
	// For is the condition of the price if there are several: "flex", "past 200000 input tokens", "16:30-00:30 UTC".
	For string
	Rates
	// Second has the prices that are not from Source, but from the other table, because the first one has none for these units. It is nil if there are
	// none.
	Second *Price

	text string
}

// From returns the price that a unit's price is from.
func (p *Price) From(u Unit) *Price {
	if p.Second != nil && p.Second.Has(u) {
		return p.Second
	}
	return p
}

// priceText is the stored form of a price.
type priceText struct {
	Source string             `json:"source"`
	Date   string             `json:"date,omitempty"`
	Model  string             `json:"model,omitempty"`
	Since  string             `json:"since,omitempty"`
	For    string             `json:"for,omitempty"`
	Prices map[string]float64 `json:"prices,omitempty"`
	Second *priceText         `json:"second,omitempty"`
}

// String is the stored form of the price. It is stored with each call, so that the cost can be explained however the tables change. Read parses it.
// There are few distinct texts, so they take about a byte for each call.
func (p *Price) String() string { return p.text }

func (p *Price) write() {
	b, err := json.Marshal(p.form())
	if err != nil {
		panic(err) // a price that is no number: tables and settings have none
	}
	p.text = string(b)
}

func (p *Price) form() *priceText {
	t := &priceText{Source: p.Source, Date: p.Date, Model: p.Model, Since: p.Since, For: p.For, Prices: map[string]float64{}}
	for u := range units {
		if p.Has(u) && p.From(u) == p {
			t.Prices[u.String()] = p.Of(u)
		}
	}
	if p.Second != nil {
		t.Second = p.Second.form()
	}
	return t
}

// Read parses a stored price; false if the text is not one.
func Read(text string) (*Price, bool) {
	var t priceText
	if text == "" || json.Unmarshal([]byte(text), &t) != nil {
		return nil, false
	}
	p := t.price()
	p.text = text
	return p, true
}

func (t *priceText) price() *Price {
	p := &Price{Source: t.Source, Date: t.Date, Model: t.Model, Since: t.Since, For: t.For}
	for name, dollars := range t.Prices {
		if u, ok := unitOf(name); ok {
			p.set(u, dollars)
		}
	}
	if t.Second != nil {
		p.add(t.Second.price())
	}
	return p
}

// add sets the prices that p does not have, from a price of the same call in the other table.
func (p *Price) add(other *Price) {
	second := &Price{Source: other.Source, Date: other.Date, Model: other.Model, Since: other.Since, For: other.For}
	for u := range units {
		if other.Has(u) && !p.Has(u) {
			second.set(u, other.Of(u))
			p.set(u, other.Of(u))
		}
	}
	if !second.Empty() {
		p.Second = second
	}
}

// Own is a price that an operator sets.
type Own struct {
	// Model is the name that clients send, in any case; a * at its end matches any rest.
	Model string
	// Provider is the provider that clients send, "" for any.
	Provider string
	// Since is the first day on which the price is valid, "" for always.
	Since string
	// Prices are by the names of units.
	Prices model.Prices
}

// Check returns an error that says what is wrong with a price, or nil.
func (o Own) Check() error {
	switch {
	case strings.Trim(o.Model, "*") == "" || strings.Contains(strings.TrimSuffix(o.Model, "*"), "*"):
		return fmt.Errorf("a price needs a model: its whole name, or the beginning of it with a * behind it; got %q", o.Model)
	case len(o.Prices) == 0:
		return fmt.Errorf("the price of %s says nothing: write for instance input: 2.5, output: 10", o.Model)
	}
	if o.Since != "" {
		if _, err := since(o.Since); err != nil {
			return fmt.Errorf("the price of %s: %q is not a day: write 2026-05-04", o.Model, o.Since)
		}
	}
	for name, dollars := range o.Prices {
		if _, ok := unitOf(name); !ok || !(dollars >= 0 && dollars <= maxPrice) {
			return fmt.Errorf("the price of %s: %s cannot be %v", o.Model, name, dollars)
		}
	}
	return nil
}

// List has all prices that a server knows. It is safe for concurrent use.
type List struct {
	*table
	own []ownPrice

	lock  sync.RWMutex
	found map[asked]*found
	both  map[[2]*Price]*Price // prices of the first table with those that only the second one has
}

type ownPrice struct {
	Own
	limits
	prices *Price
}

// asked is the key of a lookup.
type asked struct{ provider, model string }

// found is the result of a lookup: the entries with prices of a model. Of several own prices that are valid, the last one counts.
type found struct {
	own         []*ownPrice
	genai, lite *entry
}

// maxFound limits the remembered lookups, because senders choose the names.
const maxFound = 10_000

// New returns the list of the built-in tables and own prices. The error names an own price that cannot be used.
func New(own []Own) (*List, error) {
	l := &List{table: load(), found: map[asked]*found{}, both: map[[2]*Price]*Price{}}
	for _, o := range own {
		if err := o.Check(); err != nil {
			return nil, err
		}
		p := ownPrice{Own: o, prices: &Price{Source: "settings", Model: strings.Trim(o.Provider+"/"+o.Model, "/"), Since: o.Since}}
		p.Model, p.Provider = strings.ToLower(o.Model), strings.ToLower(o.Provider)
		if o.Since != "" {
			p.limits, _ = since(o.Since) // Check has parsed it already
		}
		for name, dollars := range o.Prices {
			u, _ := unitOf(name)
			p.prices.set(u, dollars)
		}
		p.prices.write()
		l.own = append(l.own, p)
	}
	slices.SortStableFunc(l.own, func(a, b ownPrice) int { return cmp.Compare(a.sinceMS, b.sinceMS) })
	return l, nil
}

// Default returns the list without own prices.
func Default() *List {
	l, err := New(nil)
	if err != nil {
		panic(err)
	}
	return l
}

// look finds the entries with prices of a model.
func (l *List) look(seller, name string) *found {
	key := asked{seller, name}
	l.lock.RLock()
	f := l.found[key]
	l.lock.RUnlock()
	if f != nil {
		return f
	}
	key = asked{strings.Clone(seller), strings.Clone(name)}
	seller, name = strings.ToLower(strings.TrimSpace(seller)), strings.ToLower(strings.TrimSpace(name))
	f = &found{}
	for i := range l.own {
		if o := &l.own[i]; (o.Provider == "" || o.Provider == seller) && o.names(name) {
			f.own = append(f.own, o)
		}
	}
	var p *provider
	p, f.genai = l.genaiEntry(seller, name)
	f.lite = l.litellmEntry(seller, p, name)
	l.lock.Lock()
	defer l.lock.Unlock()
	if len(l.found) >= maxFound {
		clear(l.found)
	}
	l.found[key] = f
	return f
}

func (o *ownPrice) names(name string) bool {
	if prefix, ok := strings.CutSuffix(o.Model, "*"); ok {
		return strings.HasPrefix(name, prefix)
	}
	return o.Model == name
}

// Call is the part of a call that determines its price.
type Call struct {
	Provider, Model, ServiceTier string
	AtMS                         int64
	InputTokens                  int64
}

// Of returns the price of a call, nil if there is none.
func (l *List) Of(c Call) *Price {
	if c.Model == "" {
		return nil
	}
	f := l.look(c.Provider, c.Model)
	for i := len(f.own) - 1; i >= 0; i-- {
		if f.own[i].hold(c.AtMS) {
			return f.own[i].prices
		}
	}
	genai, lite := f.genai, f.lite
	if c.ServiceTier != "" {
		// A table that knows the model, but not this tier of it, has no price of the call.
		if genai != nil && !genai.has(c.ServiceTier) {
			genai = nil
		}
		if lite != nil && !lite.has(c.ServiceTier) {
			lite = nil
		}
	}
	first, second := l.prices(genai, lite, c)
	switch {
	case first != nil && !first.Empty() && second != nil:
		return l.with(first, second)
	case first != nil && !first.Empty():
		return first
	case second != nil && !second.Empty():
		return second
	}
	return nil
}

// prices are those of entries of the two tables for a call, nil without an entry.
func (l *List) prices(genai, lite *entry, c Call) (first, second *Price) {
	if genai != nil {
		first = genai.price(l.genai, c)
	}
	if lite != nil {
		second = lite.price(l.lite, c)
	}
	return first, second
}

// with returns a price with those of the second table for units of which the first one has none: genai-prices has no price for the web searches of 35
// models of clouds, and none for the audio of some. Prompts and answers are not mixed: a table that has no price for them says nothing about them.
func (l *List) with(first, second *Price) *Price {
	missing := second.has &^ first.has &^ (1<<Input | 1<<Output)
	if missing == 0 {
		return first
	}
	key := [2]*Price{first, second}
	l.lock.RLock()
	p := l.both[key]
	l.lock.RUnlock()
	if p != nil {
		return p
	}
	some := *second
	some.has = missing
	p = &Price{Source: first.Source, Date: first.Date, Model: first.Model, Since: first.Since, For: first.For, Rates: first.Rates}
	p.add(&some)
	p.write()
	l.lock.Lock()
	defer l.lock.Unlock()
	if known := l.both[key]; known != nil {
		return known
	}
	l.both[key] = p
	return p
}

// Sources returns the two tables: genai-prices and litellm.
func (l *List) Sources() []PriceList { return []PriceList{l.genai, l.lite} }

// Tables returns the prices of a call in both tables, nil if a table does not have it.
func (l *List) Tables(c Call) (genai, litellm *Price) {
	f := l.look(c.Provider, c.Model)
	return l.prices(f.genai, f.lite, c)
}

// has reports whether an entry has prices for a service tier, at any time: as in genai-prices, a call before their first day costs what others cost.
func (e *entry) has(tier string) bool {
	return slices.ContainsFunc(e.variants, func(v variant) bool { return v.tier == tier })
}

// chosen are the period (an index) and the variants (a bit for each) of an entry that apply.
type chosen struct {
	period   int
	variants uint64
}

// set has the prices of an entry that apply together: those for short prompts first, then those past each length.
type set struct {
	past   []int64
	prices []*Price
}

func (s *set) at(input int64) *Price {
	i := len(s.past)
	for i > 0 && input <= s.past[i-1] {
		i--
	}
	return s.prices[i]
}

// price returns an entry's price for a call.
func (e *entry) price(from PriceList, c Call) *Price {
	which := chosen{}
	for i := len(e.periods) - 1; i > 0; i-- {
		if e.periods[i].hold(c.AtMS) {
			which.period = i
			break
		}
	}
	if c.ServiceTier != "" {
		for i := range e.variants {
			if v := &e.variants[i]; v.tier == c.ServiceTier && v.hold(c.AtMS) {
				which.variants |= 1 << i
			}
		}
	}
	e.lock.RLock()
	s := e.sets[which]
	e.lock.RUnlock()
	if s == nil {
		s = e.choose(from, which)
		e.lock.Lock()
		if e.sets == nil {
			e.sets = map[chosen]*set{}
		}
		e.sets[which] = s
		e.lock.Unlock()
	}
	return s.at(c.InputTokens)
}

// choose combines the prices that apply.
func (e *entry) choose(from PriceList, which chosen) *set {
	var prices [units]*amount
	fill := func(all amounts) { // sets only prices that are not set yet
		for i := range all {
			if a := &all[i]; prices[a.Unit] == nil {
				prices[a.Unit] = &a.amount
			}
		}
	}
	var base Price
	base.Source, base.Date, base.Model = from.String(), from.Date, e.name
	var conditions []string
	for i := range e.variants {
		if which.variants&(1<<i) != 0 {
			v := &e.variants[i]
			fill(v.prices)
			base.Since = max(base.Since, v.since)
			if !slices.Contains(conditions, v.tier) {
				conditions = append(conditions, v.tier)
			}
		}
	}
	if len(e.periods) > 0 {
		p := &e.periods[which.period]
		fill(p.prices)
		base.Since = max(base.Since, p.since)
		if p.daily != "" {
			conditions = append(conditions, p.daily)
		}
	}
	s := &set{}
	for _, a := range prices {
		if a != nil {
			for _, step := range a.steps {
				if !slices.Contains(s.past, step.past) {
					s.past = append(s.past, step.past)
				}
			}
		}
	}
	slices.Sort(s.past)
	for i := range len(s.past) + 1 {
		p := base
		past := int64(-1)
		if i > 0 {
			past = s.past[i-1]
			p.For = "past " + strconv.FormatInt(past, 10) + " input tokens"
		}
		p.For = strings.Join(append(slices.Clone(conditions), strings.Fields(p.For)...), " ")
		for u, a := range prices {
			if a == nil {
				continue
			}
			dollars := a.base
			for _, step := range a.steps {
				if step.past <= past {
					dollars = step.price
				}
			}
			p.set(Unit(u), dollars)
		}
		p.write()
		s.prices = append(s.prices, &p)
	}
	return s
}

// call returns the part of an event that determines its price.
func call(e *model.Event) Call {
	return Call{Provider: e.Provider, Model: e.Model, ServiceTier: e.ServiceTier, AtMS: e.StartMS, InputTokens: max(0, e.Tokens.Input)}
}
