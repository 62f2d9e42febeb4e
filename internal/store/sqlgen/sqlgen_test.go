package sqlgen

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/filter/filtertest"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

var dialects = map[string]*Dialect{"duckdb": DuckDB, "clickhouse": ClickHouse}

// Everything in a query becomes a bound value, never a part of a statement.
func TestNothingIsRendered(t *testing.T) {
	const marker = "zqxj"
	for _, q := range []string{
		`model:"` + marker + `'); DROP TABLE events; --"`, "model:*" + marker + "*'", "prop." + marker + "'x:y", "prop." + marker + `]:*`, `"` + marker + `') OR 1=1"`,
		"*" + marker + "'*", marker + "*", `person:"` + marker + `"`, "trace:" + strings.Repeat(marker+",", 20) + "x", "latency:>9731.5s", "input_tokens:97315",
	} {
		for name, d := range dialects {
			for _, of := range []filter.Of{filter.Generations, filter.Traces} {
				where, err := filter.Parse(of, q)
				if err != nil {
					t.Fatalf("%s: %v", q, err)
				}
				s := Scope{Question: store.Question{Project: marker, Of: of, Where: where, People: map[string]string{marker: marker}}, Only: []string{marker}}
				person, _ := filter.Find(of, "person")
				property, _ := filter.Find(of, "prop."+marker)
				sum := filter.Sum{Measures: []filter.Measure{{Name: "uniq", Field: person}, {Name: "uniq", Field: property}}, By: []filter.Group{{Field: property}}, Limit: 5}
				for _, made := range []Statement{
					Rows(d, s, store.Part{Sort: filter.Sort{Field: property}, Limit: 5, After: &store.Position{ID: "01890a5d-ac96-774b-bcce-b302099a8057", Text: marker}}),
					Count(d, s), Sum(d, s, sum, filter.Span{}), Facet(d, s, person, 5),
				} {
					if strings.Contains(made.SQL, marker) || strings.Contains(made.SQL, "9731") {
						t.Errorf("%s, %s: %s", name, q, made.SQL)
					}
				}
			}
		}
	}
}

// Every field can be used in every way that the catalogue allows.
func TestEveryField(t *testing.T) {
	span := filter.Span{FromMS: 1, ToMS: 86_400_000, Zone: time.UTC}
	for _, d := range dialects {
		for _, of := range filter.Lists {
			for _, f := range filter.Fields(of) {
				s := Scope{Question: store.Question{Of: of, Where: filter.Cond{Field: f, Op: filter.Has}}}
				Rows(d, s, store.Part{Sort: filter.Sort{Field: f}, Limit: 1})
				var measures []string
				for _, m := range f.Measures() {
					measures = append(measures, fmt.Sprintf("%s(%s)", m, f.Name))
				}
				for _, m := range measures {
					one, err := filter.ParseMeasures(of, m)
					if err != nil {
						t.Fatal(err)
					}
					Sum(d, s, filter.Sum{Measures: one}, span)
				}
				all := []Statement{Values(d, Scope{Question: store.Question{Of: of}}, []store.Found{{}}, []filter.Field{f})}
				if f.Groupable() {
					all = append(all, Facet(d, s, f, 1), Facet(d, Scope{Question: store.Question{Of: of, Where: filter.Everything}}, f, 1))
				}
				if share, ok := Share(d, s); ok && Experienced(of, f) {
					t.Errorf("%s of %s is not a column of events: %s", f.Name, of, share.SQL)
				}
				for _, made := range all {
					if Experienced(of, f) && !strings.Contains(made.SQL, ") AS felt") {
						t.Errorf("experiences are not read for %s of %s: %s", f.Name, of, made.SQL)
					}
				}
				if c := d.columnOf(of, f); (c.list || !of.Events() && c.group == "") != f.Many(of) {
					t.Errorf("%s of %s: one value or many? %+v", f.Name, of, c)
				}
			}
		}
	}
}

// ClickHouse finds links that name a person, and few links that a question requires, without merging the copies of all links; generations are then
// looked up by the uuids of these links. A link that is not stored is pending, so this state cannot be looked up.
func TestFewLinks(t *testing.T) {
	const byLink, rare = "UUIDToNum(e.uuid) GLOBAL IN (SELECT UUIDToNum(uuid) FROM links", "(l.trace_id, l.uuid) IN (SELECT trace_id, uuid FROM links"
	for _, c := range []struct {
		q                     string
		few                   bool
		asked, looked, merged bool
	}{
		{"link:linked model:m", true, true, true, false},
		{"link:linked model:m", false, true, false, true},
		{"link:pending model:m", true, false, false, true},
		{"-link:linked", true, false, false, true},
		{"link:linked OR model:m", true, false, false, true},
		{"person:*", false, false, false, false},
		{"person:ada model:m", false, false, false, false},
	} {
		where, err := filter.Parse(filter.Generations, c.q)
		if err != nil {
			t.Fatal(err)
		}
		q := store.Question{Of: filter.Generations, Where: where}
		if _, asked := CountLinks(ClickHouse, q, 5); asked != c.asked {
			t.Errorf("%s: links are counted: %v", c.q, asked)
		}
		for _, d := range dialects { // DuckDB refuses values that a statement does not have
			made := Count(d, Scope{Question: q, FewLinks: c.few})
			for _, v := range made.Values {
				if !regexp.MustCompile(`[${]` + v.Name + `:`).MatchString(made.SQL) {
					t.Errorf("%s: %s is bound, but not in %s", c.q, v.Name, made.SQL)
				}
			}
		}
		sql := Count(ClickHouse, Scope{Question: q, FewLinks: c.few}).SQL
		if looked := strings.Contains(sql, byLink); looked != c.looked {
			t.Errorf("%s: generations are looked up: %v, in %s", c.q, looked, sql)
		}
		if merged := strings.Count(sql, "links AS l FINAL") > strings.Count(sql, rare); merged != c.merged {
			t.Errorf("%s: all links are merged: %v, in %s", c.q, merged, sql)
		}
	}
}

// Generations are read from experiences alone if a term requires one and everything else is copied from events.
func TestExperiencesAlone(t *testing.T) {
	for _, c := range []struct {
		of    filter.Of
		q, by string
		alone bool
	}{
		{filter.Generations, "answer_wait:*", "model", true},
		{filter.Generations, "answer_wait:>5s model:m* start:>=2026-11-01 env:production", "tool", true},
		{filter.Generations, "reaction.kind:copied (seen:seen OR kind:generation)", "output_tokens(50/100)", true},
		{filter.Generations, "seen:seen OR reaction.kind:left", "prompt_version", true},
		{filter.Generations, "seen:seen OR model:m", "model", false},
		{filter.Generations, "-seen:seen", "model", false},
		{filter.Generations, "model:m", "seen", false},
		{filter.Generations, "seen:seen", "cost_state", false},
		{filter.Generations, "seen:seen person:ada", "model", false},
		{filter.Generations, "seen:seen link:linked", "model", false},
		{filter.Generations, "seen:seen feedback:good", "model", false},
		{filter.Generations, "seen:seen words", "model", false},
		{filter.Traces, "seen:seen", "seen", false},
	} {
		where, err := filter.Parse(c.of, c.q)
		if err != nil {
			t.Fatal(err)
		}
		by, err := filter.ParseGroups(c.of, c.by, filter.Span{})
		if err != nil {
			t.Fatal(err)
		}
		measures, err := filter.ParseMeasures(c.of, "count")
		if err != nil {
			t.Fatal(err)
		}
		for name, d := range dialects {
			made := Sum(d, Scope{Question: store.Question{Of: c.of, Where: where}}, filter.Sum{Measures: measures, By: by, Limit: 5}, filter.Span{})
			if alone := !strings.Contains(made.SQL, "FROM events"); alone != c.alone {
				t.Errorf("%s, %s of %s by %s: events are not read: %v, in %s", name, c.q, c.of, c.by, alone, made.SQL)
			}
			for _, v := range made.Values { // DuckDB refuses values that a statement does not have
				if !regexp.MustCompile(`[${]` + v.Name + `:`).MatchString(made.SQL) {
					t.Errorf("%s, %s: %s is bound, but not in %s", name, c.q, v.Name, made.SQL)
				}
			}
		}
	}
}

// A search's regular expressions find what the search finds, in plain text and in JSON.
func TestPatterns(t *testing.T) {
	for seed := range uint64(60) {
		r := filtertest.NewRandom(seed)
		w := r.World(40)
		for range 20 {
			e, err := filter.Parse(filter.Generations, r.Expression(filter.Generations, 0))
			s, ok := e.(filter.Search)
			if err != nil || !ok {
				continue
			}
			plain, err := regexp.Compile(pattern(s, false))
			if err != nil {
				t.Fatal(err)
			}
			json := regexp.MustCompile(pattern(s, true))
			part := piece(s)
			for _, c := range w.Contents {
				for _, raw := range []string{string(c.Input), string(c.Output)} {
					text := filtertest.Decoded([]byte(raw))
					if got, want := plain.MatchString(text), s.In(text); got != want {
						t.Fatalf("%+v in %q: %v, want %v by %s", s, text, got, want, plain)
					}
					want := s.In(text)
					if got := json.MatchString(raw); got != want {
						t.Fatalf("%+v in %s: %v, want %v by %s", s, raw, got, want, json)
					}
					if want && !strings.Contains(strings.ToLower(raw), part) {
						t.Fatalf("%+v is found in %s, which has no %q", s, raw, part)
					}
				}
			}
		}
	}
}

// Each kind of signal that a query can name has its own bit.
func TestEveryKindHasABit(t *testing.T) {
	f, _ := filter.Find(filter.Generations, "reaction.kind")
	all := int64(0)
	for _, kind := range f.Choices {
		bit := model.SignalBits(kind)
		if bit == 0 || all&bit != 0 {
			t.Errorf("%s has the bits %b", kind, bit)
		}
		all |= bit
	}
	if len(f.Choices) != len(model.SignalKinds) {
		t.Errorf("queries can name %d kinds of %d", len(f.Choices), len(model.SignalKinds))
	}
}
