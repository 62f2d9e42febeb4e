package link

import (
	"testing"

	"github.com/playheadhq/playhead/internal/link/words"
	"github.com/playheadhq/playhead/internal/model"
)

func TestServed(t *testing.T) {
	span := func(startMS int64, names ...string) model.Event {
		e := model.Event{Kind: model.KindSpan, StartMS: startMS}
		for i := 0; i < len(names); i += 2 {
			e.Properties = append(e.Properties, model.Property{Name: names[i], Value: names[i+1]})
		}
		return e
	}
	for name, c := range map[string]struct {
		events []model.Event
		want   string
	}{
		"current names":            {[]model.Event{span(1, "http.request.method", "POST", "url.path", "/api/chat", "http.route", "/api/{name}")}, "POST /api/chat"},
		"earlier names":            {[]model.Event{span(1, "http.method", "post", "http.target", "/api/chat?stream=1")}, "POST /api/chat"},
		"a route without a name":   {[]model.Event{span(1, "http.request.method", "POST", "http.route", "/api/chat")}, "POST /api/chat"},
		"a route with a name":      {[]model.Event{span(1, "http.request.method", "POST", "http.route", "/api/{name}")}, ""},
		"a request to a provider":  {[]model.Event{span(1, "http.request.method", "POST", "url.full", "https://api.openai.com/v1/chat")}, ""},
		"two servers":              {[]model.Event{span(9, "http.method", "POST", "url.path", "/search"), span(1, "http.method", "POST", "url.path", "/chat")}, "POST /chat"},
		"no method":                {[]model.Event{span(1, "url.path", "/api/chat")}, ""},
		"a generation's own names": {[]model.Event{{Kind: model.KindGeneration, Properties: []model.Property{{Name: "http.method", Value: "POST"}, {Name: "url.path", Value: "/v1/chat"}}}}, ""},
	} {
		if got := Served(c.events); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// A request fits a trace that it encloses and that is about as long, however the clocks differ by some seconds. Its clue is among those that are looked up.
func TestFits(t *testing.T) {
	trace := Traits{StartMS: base, EndMS: base + 3000, Address: "POST /api/chat"}
	for name, c := range map[string]struct {
		fromMS, tookMS int64
		want           bool
	}{
		"around it":                        {-100, 3200, true},
		"by a clock that is 4 s ahead":     {3900, 3200, true},
		"by a clock that is 4 s back":      {-4100, 3200, true},
		"a slow connection":                {-3000, 7500, true},
		"much longer":                      {-3000, 9000, false},
		"shorter":                          {0, 2000, false},
		"a minute before":                  {-60_000, 3200, false},
		"after it":                         {8000, 3200, false},
		"over before it ended, long begun": {-9000, 5500, false},
	} {
		from, to := base+c.fromMS, base+c.fromMS+c.tookMS
		if got := trace.Fits(from, to); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
		if c.want {
			all := map[int64]bool{}
			for _, h := range trace.RequestClues() {
				all[h] = true
			}
			for _, kind := range []words.Kind{words.Address, words.AddressUnread} {
				for _, address := range []string{"POST /api/chat", "/api/chat"} {
					if !all[words.RequestAt(kind, address, from)] {
						t.Errorf("%s: %s is not looked up", name, address)
					}
				}
			}
		}
	}
}
