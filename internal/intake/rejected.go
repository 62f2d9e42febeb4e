package intake

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// Rejected counts requests of one kind that can never succeed: nothing takes requests at their address, or nobody here can read their body.
type Rejected struct {
	// Route is the path to which they were sent, cut if it is long.
	Route  string
	Status int
	// Reason is the outcome in the metrics: "no_route", "unsupported", "bad_gzip", "too_large", …
	Reason string
	// Detail is what the latest of them was told.
	Detail string
	// Library is the client that sent them ("OTel-OTLP-Exporter-Python/1.41.0"), "" if it does not say.
	Library         string
	Requests        int64
	FirstMS, LastMS int64
}

// Anybody can make up paths, encodings and names of clients. So only maxRejected kinds are kept, with short texts. A further kind takes the place of the one
// with the fewest requests: scanners try each address once, and a client with a wrong setting comes again.
const (
	maxRejected      = 30
	maxRejectedRoute = 120
	maxRejectedText  = 300
)

type rejectedKind struct{ route, reason, library string }

// rejections are the requests that were rejected since the start.
type rejections struct {
	mu  sync.Mutex
	all map[rejectedKind]*Rejected
}

// add records a failed request, unless it may succeed when it is sent again, or its token was wrong, which strangers record.
func (s *rejections) add(r *http.Request, client string, f *Failure, nowMS int64) {
	if f.Status < 400 || f.Status >= 500 || f.Status == http.StatusRequestTimeout || f.Outcome == outcomeUnauthorized {
		return
	}
	kind := rejectedKind{pathOf(r), f.Outcome, cmp.Or(client, agent(r.Header))}
	s.mu.Lock()
	defer s.mu.Unlock()
	one := s.all[kind]
	if one == nil {
		if s.all == nil {
			s.all = map[rejectedKind]*Rejected{}
		}
		if len(s.all) >= maxRejected {
			s.dropRarest()
		}
		one = &Rejected{Route: kind.route, Status: f.Status, Reason: kind.reason, Library: kind.library, FirstMS: nowMS}
		s.all[kind] = one
	}
	one.Requests++
	one.LastMS = max(one.LastMS, nowMS)
	one.Detail = clip(f.Public, maxRejectedText)
}

// dropRarest makes room for another kind.
func (s *rejections) dropRarest() {
	var rarest rejectedKind
	var least *Rejected
	for kind, one := range s.all {
		if least == nil || cmp.Or(cmp.Compare(one.Requests, least.Requests), cmp.Compare(one.LastMS, least.LastMS)) < 0 {
			rarest, least = kind, one
		}
	}
	delete(s.all, rarest)
}

// Rejected are the kinds of requests that can never succeed, the latest first.
func (g *Gate) Rejected() (all []Rejected) {
	g.rejections.mu.Lock()
	defer g.rejections.mu.Unlock()
	for _, one := range g.rejections.all {
		all = append(all, *one)
	}
	slices.SortFunc(all, func(a, b Rejected) int {
		return cmp.Or(cmp.Compare(b.LastMS, a.LastMS), cmp.Compare(a.Route, b.Route), cmp.Compare(a.Library, b.Library), cmp.Compare(a.Reason, b.Reason))
	})
	return all
}

// NoRoute counts and logs a request to an address that takes none, and returns what its client is told. route is its name in the metrics, because the address
// is anybody's choice; hint is a sentence that says where to send it.
func (g *Gate) NoRoute(w http.ResponseWriter, r *http.Request, route, hint string) *Failure {
	return g.Failed(w, r, route, "", &Failure{Status: http.StatusNotFound, Outcome: "no_route", Public: "nothing takes requests at " + pathOf(r) + ": " + hint})
}

// pathOf is the path of a request, with its escapes, so that it can be shown.
func pathOf(r *http.Request) string { return clip(r.URL.EscapedPath(), maxRejectedRoute) }

// agent is the client as its User-Agent says, without the operating systems and libraries that browsers and some SDKs add.
func agent(header http.Header) string {
	name, _, _ := strings.Cut(header.Get("User-Agent"), " ")
	return strings.ToValidUTF8(Shorten(name), "")
}

// clip is the beginning of a text.
func clip(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}
