package server

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/config"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/replay"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/storetest"
)

// Two projects whose rows have all ids in common, uuids included, and differ in everything else. Whatever any route of the API is asked
// about one of them must be answered as by a server that has no other, and no word of the other may be in it. The routes are those that
// the API's own description lists, so a new one is walked, too: it fails here until it takes a project, and until this test knows a value
// for each parameter that it requires.
func TestNoRouteShowsAnotherProject(t *testing.T) {
	t.Run("duckdb", func(t *testing.T) {
		walkProjects(t, func(string) *Server {
			s, _ := startWith(t, Options{Config: withProjects(testConfig(t.TempDir()))})
			return s
		})
	})
	if storetest.Asked("clickhouse") {
		t.Run("clickhouse", func(t *testing.T) {
			ch := runClickHouse(t)
			walkProjects(t, func(name string) *Server {
				s, _ := startWith(t, Options{Config: withProjects(nodeConfig(t, ch.URL(name), t.TempDir()))})
				return s
			})
		})
	}
}

var walked = []string{"shop", "support"}

func withProjects(c *config.Config) *config.Config {
	c.Token = ""
	for _, name := range walked {
		c.Projects = append(c.Projects, config.Project{Name: name, Tokens: []string{"phc_" + name}, RetentionDays: -1})
	}
	return c
}

func walkProjects(t *testing.T, newServer func(name string) *Server) {
	both := newServer("both")
	alone := map[string]*Server{}
	for n, project := range walked {
		alone[project] = newServer(project)
		for _, s := range []*Server{both, alone[project]} {
			populate(t, s, project, n)
		}
	}
	for project, s := range alone {
		linksStored(t, newClient(t, s.LocalURL()), project)
		linksStored(t, newClient(t, both.LocalURL()), project)
	}
	c := newClient(t, both.LocalURL())
	routes := describedRoutes(t, c)
	links := map[string]int{}
	for _, project := range walked {
		other := walked[1-slices.Index(walked, project)]
		for _, route := range routes {
			answered := false
			for _, path := range route.requests(t) {
				if route.path != "/api/projects" && (project != walked[0] || strings.Contains(path, "of=")) { // the first is meant where none is named: ask both ways
					path += joint(path) + "project=" + project
				}
				got, want := c.Get(t, path), newClient(t, alone[project].LocalURL()).Get(t, path)
				answered = answered || got.Status == 200
				if got.Status >= 500 || got.Status != want.Status {
					t.Errorf("%s: %d %s; %d where there is no other project", path, got.Status, got.Body, want.Status)
				}
				if i := bytes.Index(got.Body, []byte("of-"+other)); i >= 0 {
					t.Errorf("%s shows what is %s:\n…%s", path, other, got.Body[max(0, i-300):min(len(got.Body), i+100)])
				}
				for _, link := range pageAddress.FindAllSubmatch(got.Body, -1) {
					links[project]++
					if leads := strings.Contains(string(link[1]), "project="+project); leads != (project != walked[0]) {
						t.Errorf("%s, about %s, links to %s", path, project, link[1])
					}
				}
				if route.path != "/api/projects" && !bytes.Equal(lasting(got.Body), lasting(want.Body)) {
					t.Errorf("%s, about %s:\n%s\nwhere there is no other project:\n%s", path, project, got.Body, want.Body)
				}
			}
			if !answered {
				t.Errorf("%s was never answered with 200: what it takes must be taught to this test", route.path)
			}
		}
	}
	if links["shop"] == 0 || links["support"] == 0 {
		t.Errorf("links to pages: %v", links)
	}
	for _, route := range routes {
		if route.path == "/api/projects" {
			continue
		}
		path := route.requests(t)[0]
		if res := c.Get(t, path+joint(path)+"project=nobodys"); res.Status != 404 || !strings.Contains(string(res.Body), "shop, support") {
			t.Errorf("%s of an unknown project: %d %s", path, res.Status, res.Body)
		}
	}
}

// linksStored waits until the links of all generations are stored: before that, an export does not say them.
func linksStored(t *testing.T, c *client, project string) {
	t.Helper()
	total := func(q string) (n struct{ Total int }) {
		c.Read(t, "/api/generations?limit=1&count=true&project="+project+"&q="+q, &n)
		return n
	}
	eventually(t, "the links of "+project+" are stored", func() bool { return total("link:linked,none") == total("") })
}

// pageAddress finds the addresses of pages in answers, which must lead to the project that the answer is about.
var pageAddress = regexp.MustCompile(`"url":"(/sessions/[^"]*)"`)

func joint(path string) string {
	if strings.Contains(path, "?") {
		return "&"
	}
	return "?"
}

// route is one of the API's as its description says.
type route struct {
	path  string
	query []parameter
	lists []string // what {list} may be
}

type parameter struct {
	Name, In string
	Required bool
	Schema   struct{ Enum []string }
}

func describedRoutes(t *testing.T, c *client) []route {
	t.Helper()
	var described struct {
		Paths map[string]map[string]struct{ Parameters []parameter }
	}
	c.Read(t, "/api/openapi.json", &described)
	var all []route
	for _, path := range slices.Sorted(maps.Keys(described.Paths)) {
		get, ok := described.Paths[path]["get"]
		if !ok {
			continue
		}
		r := route{path: path}
		for _, p := range get.Parameters {
			switch {
			case p.In == "query":
				r.query = append(r.query, p)
			case p.Name == "list":
				r.lists = p.Schema.Enum
			}
		}
		if path != "/api/projects" && !slices.ContainsFunc(r.query, func(p parameter) bool { return p.Name == "project" }) {
			t.Errorf("%s takes no project", path)
		}
		all = append(all, r)
	}
	if len(all) < 14 {
		t.Fatalf("%d routes are described", len(all))
	}
	return all
}

// tried are the values with which a parameter is tried, beside none.
var tried = map[string][]string{
	"q": {"refund", "of-shop", "of-support", walkID(1).String()}, "person": {"ada", "of-shop", "of-support"}, "session_id": {"s-1"}, "trace_id": {"t-1"},
	"errors": {"true"}, "window": {"w-1"}, "t": {strconv.FormatInt(walkStart, 10)}, "limit": {"4"}, "offset": {"0"},
	"measure": {"count,uniq(person),uniq(env)", "uniq(conversation),min(start)"}, "by": {"env", "person,library", "url"},
	"fields": {"env,person,url", "library"}, "sort": {"-start", "env"}, "count": {"true"},
	"compare": {"true"}, "format": {"jsonl"}, "columns": {"id"}, "bucket": {"1h"}, "tz": {"Asia/Kolkata"},
	"at": {strconv.Itoa(len(beforeImage + `"`))},
}

// beforeImage is what stands before the image in each prompt.
const beforeImage = `[{"role":"user","content":[{"type":"image_url","image_url":{"url":`

// requests are the addresses by which a route is asked: every id in its path, each of its parameters with each value by itself.
func (r *route) requests(t *testing.T) (all []string) {
	t.Helper()
	bare := []string{r.path}
	if r.path == "/api/overview" || r.path == "/api/annotations" || r.path == "/api/changed" { // which are about now, or nothing, where nobody says when
		bare[0] += "?from=2026-11-20T00:00:00Z&to=2026-11-21T00:00:00Z"
	}
	if strings.Contains(r.path, "{id}") {
		bare = nil
		for _, id := range []string{"t-1", "s-1", "c-1", walkID(1).String(), walkID(2).String()} {
			bare = append(bare, strings.ReplaceAll(r.path, "{id}", id))
		}
	}
	if strings.Contains(r.path, "{list}") {
		bare = nil
		for _, list := range r.lists {
			bare = append(bare, strings.ReplaceAll(r.path, "{list}", list))
		}
	}
	for _, p := range r.query {
		if !p.Required {
			continue
		}
		values := tried[p.Name]
		if len(p.Schema.Enum) > 0 {
			values = p.Schema.Enum
		}
		if len(values) == 0 {
			t.Fatalf("%s requires %s, of which this test knows no value", r.path, p.Name)
		}
		var with []string
		for _, path := range bare {
			for _, v := range values {
				with = append(with, path+joint(path)+p.Name+"="+url.QueryEscape(v))
			}
		}
		bare = with
	}
	all = slices.Clone(bare)
	if r.lists != nil { // which all take the same
		bare = bare[:1]
	}
	for _, path := range bare {
		for _, p := range r.query {
			for _, v := range tried[p.Name] {
				if !p.Required {
					all = append(all, path+joint(path)+p.Name+"="+url.QueryEscape(v))
				}
			}
		}
	}
	return all
}

// lasting is an answer without what differs between any two servers.
func lasting(body []byte) []byte {
	var status map[string]json.RawMessage
	if json.Unmarshal(body, &status) != nil || status["nodes"] == nil || status["version"] == nil {
		return body
	}
	delete(status, "nodes")
	delete(status, "warnings")
	text, _ := json.Marshal(status)
	return text
}

// walkStart is when it all happened.
var walkStart = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC).UnixMilli()

func walkID(n int) uuid.UUID { return uuid.NewSHA1(uuid.Nil, fmt.Append(nil, "walk", n)) }

// populate stores what a project has: the same ids in each, the same words nowhere. The second project has more, earlier and later.
func populate(t *testing.T, s *Server, project string, n int) {
	t.Helper()
	word := "of-" + project
	b := &store.Batch{}
	for i := range 8 + 4*n {
		at := walkStart + int64(i)*1000 + int64(n*(i%3-1))*30_000
		e := model.Event{
			Project: project, UUID: walkID(i), Name: "$ai_generation", Kind: model.KindGeneration, TimeMS: at + 500, StartMS: at, ReceivedMS: at + 600,
			DistinctID: "ada", SessionID: "s-1", WindowID: "w-1", URL: "https://" + word + ".example/", Library: word, Env: word, RecordingStatus: word,
			TraceID: "t-1", ConversationID: "c-1", Title: word, Model: word, Provider: word, LatencyMS: 500, FirstTokenMS: -1,
			Tokens: model.Tokens{Input: int64(10 + n), Output: 5, Total: -1, CacheRead: -1, CacheWrite: -1, Reasoning: -1}, StopReason: word,
			Cost:    model.Cost{State: model.CostPriced + model.CostState(i%2), Nanos: int64(1 + n), Price: `{"source":"` + word + `","prices":{"input":1,"output":2}}`},
			IsError: i%3 == n, Error: word, ErrorGroup: word, Release: word, PromptName: word, PromptVersion: word, Agent: word, Tools: word, MCPServer: word, Properties: []model.Property{{Name: word, Value: word}},
		}
		switch i % 4 {
		case 2:
			e.Kind, e.Name = model.KindFeedback, "$ai_feedback"
			e.MetricName, e.MetricValue, e.TraceID, e.Score, e.Scored = word, word, "t-1", float64(n), true
		case 3:
			e.Kind, e.Name, e.TraceID = model.KindOther, "$pageview", ""
		}
		b.Events = append(b.Events, e)
		b.Contents = append(b.Contents, model.Content{
			Project: project, UUID: e.UUID, TimeMS: e.TimeMS, Input: fmt.Appendf(nil, `%s"data:image/png;base64,%s"}},{"type":"text","text":"refund %s"}]}]`, beforeImage, base64.StdEncoding.EncodeToString([]byte(word)), word),
			Output: fmt.Appendf(nil, `[{"role":"assistant","content":"%s"}]`, word), Tools: fmt.Appendf(nil, `[{"name":"%s"}]`, word), Properties: fmt.Appendf(nil, `{"x":"%s"}`, word),
			InputPreview: word, OutputPreview: word,
		})
	}
	b.Identities = []model.Identity{{Project: project, UUID: walkID(100), TimeMS: walkStart, ID: "ada", OtherID: word, Name: word, Email: word + "@example.com"}}
	b.Refusals = []model.Refusal{{Project: project, AtMS: walkStart + int64(n), Reason: model.ReasonTooLarge, Event: "e", Library: "l", Detail: word, Count: int64(1 + n)}}
	var bodies [][]byte
	for i := range 2 + n {
		at := walkStart + int64(i)*2000
		events, err := json.Marshal([]map[string]any{
			{"type": 4, "timestamp": at, "data": map[string]any{"href": "https://" + word + ".example/", "width": 1, "height": 1}},
			{"type": 2, "timestamp": at, "data": map[string]any{"node": map[string]any{}}},
			{"type": 3, "timestamp": at + 100, "data": map[string]any{"source": 5, "text": word, "id": 1}},
		})
		if err != nil {
			t.Fatal(err)
		}
		encoded, err := replay.NewEncoder(nil, nil).Encode(events)
		if err != nil {
			t.Fatal(err)
		}
		x := encoded.Block
		x.Project, x.UUID, x.SessionID, x.WindowID, x.DistinctID, x.ReceivedMS = project, walkID(200+i), "s-1", "w-1", "ada", at+1000
		b.Blocks, bodies = append(b.Blocks, x), append(bodies, encoded.Body)
	}
	locations, err := s.blocks.Write(t.Context(), project, bodies)
	if err != nil {
		t.Fatal(err)
	}
	for i := range b.Blocks {
		b.Blocks[i].Location = locations[i]
	}
	if _, err := s.store.Commit(t.Context(), b); err != nil {
		t.Fatal(err)
	}
}
