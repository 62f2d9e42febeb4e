package posthog_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/playheadhq/playhead/internal/ingest"
	"github.com/playheadhq/playhead/internal/model"
)

// Properties that an application adds and Playhead does not know can be filtered: they are in the row, and still in the content.
func TestCustomProperties(t *testing.T) {
	long := strings.Repeat("é", 128) // 256 bytes
	for name, tt := range map[string]struct {
		properties string
		want       []string // name=value
	}{
		"none":                                {`{"$lib":"web","distinct_id":"u","token":"phc_x","$browser":"Firefox","$ai_model":"m","alias":"a"}`, nil},
		"scalars":                             {`{"tier":"gold","seats":12,"ratio":-1.50,"trial":false,"b\u00e9ta":"\ud83d\ude00\n"}`, []string{"béta=😀\n", "ratio=-1.50", "seats=12", "tier=gold", "trial=false"}},
		"no scalars":                          {`{"a":null,"b":{"c":1},"d":[1],"":"x"}`, nil},
		"sent twice":                          {`{"a":1,"b":2,"a":3}`, []string{"a=3", "b=2"}},
		"empty":                               {`{"a":""}`, []string{"a="}},
		"escaped names are what they say":     {`{"\u0024lib2":"x","\u0061":"y"}`, []string{"a=y"}},
		"at the bound":                        {`{"` + long[:len(long)-6] + `":"123456","` + long[:len(long)-4] + `":"12345"}`, []string{long[:len(long)-6] + "=" + "123456"}},
		"too long, escaped as long as can be": {`{"k":"` + strings.Repeat(`\u00e9`, 127) + `","l":"` + strings.Repeat(`\u00e9`, 128) + `"}`, []string{"k" + "=" + strings.Repeat("é", 127)}},
		"an environment is none":              {`{"environment":"staging","tier":"gold"}`, []string{"tier=gold"}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, event := range []string{"$ai_generation", "bought"} {
				m, _ := stored(t, ingest.Limits{}, ev(event, tt.properties))
				e, c := m.One(t)
				var got []string
				for _, p := range e.Properties {
					got = append(got, p.Name+"="+p.Value)
				}
				if !slices.Equal(got, tt.want) {
					t.Errorf("%s: got %q, want %q", event, got, tt.want)
				}
				if n := strings.Count(tt.properties, `":`); event == "bought" && strings.Count(string(c.Properties), `":`) != n {
					t.Errorf("content lacks some: %s", c.Properties)
				}
			}
		})
	}
	// Of too many properties, the first ones sent are kept. They are sorted by name.
	var many []string
	for i := range model.MaxProperties + 10 {
		many = append(many, fmt.Sprintf(`"p%03d":%d`, 999-i, i))
	}
	m, _ := stored(t, ingest.Limits{}, ev("bought", "{"+strings.Join(many, ",")+"}"))
	e, c := m.One(t)
	if n := len(e.Properties); n != model.MaxProperties || e.Properties[0] != (model.Property{Name: "p936", Value: "63"}) || e.Properties[n-1].Name != "p999" {
		t.Errorf("%d: %q", n, e.Properties)
	}
	if !strings.Contains(string(c.Properties), `"p926":73`) {
		t.Errorf("content lacks some: %s", c.Properties)
	}
}

func TestEnvironment(t *testing.T) {
	for properties, want := range map[string]string{
		`{}`:                                     "",
		`{"$environment":"c"}`:                   "c",
		`{"$environment":"c","environment":"b"}`: "b",
		`{"$environment":"c","environment":"b","$ai_environment":"a"}`: "a",
		`{"$environment":"c","environment":null,"$ai_environment":""}`: "c",
		`{"environment":7}`: "7",
		`{"environment":{"name":"x"},"$environment":"` + strings.Repeat("e", 300) + `"}`: strings.Repeat("e", model.MaxName),
	} {
		m, _ := stored(t, ingest.Limits{}, ev("$ai_span", properties))
		if e, _ := m.One(t); e.Env != want {
			t.Errorf("%s: %q", properties, e.Env)
		}
	}
}
