package server

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/config"
	"github.com/playheadhq/playhead/internal/mcp"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/replay"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/storetest"
)

// Two projects share all ids, uuids included, and differ in everything else. Every answer of the API about one of them must equal the answer of a
// server that has no other project, and must not contain a word of the other. The routes are those of the API's own description, so a new route is
// tested automatically: it fails here until it takes a project, and until this test has a value for each of its required parameters.
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
	c.Token, c.CookieKey = "", "the key that signs links, the same on all of these servers"
	c.Assets.Hosts = []string{"cdn.example.com"}
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
	for _, s := range []*Server{both, alone[walked[0]], alone[walked[1]]} {
		activityStored(t, s)
	}
	c := newClient(t, both.LocalURL())
	// Experiences are derived from links and activity, and again when these change.
	for _, project := range walked {
		of := newClient(t, alone[project].LocalURL())
		for _, list := range []string{"generations", "traces"} {
			path := "/api/" + list + "?project=" + project
			eventually(t, "the "+list+" of "+project+" are derived", func() bool { return bytes.Equal(c.Get(t, path).Body, of.Get(t, path).Body) })
		}
	}
	routes := describedRoutes(t, c)
	links := map[string]int{}
	for _, project := range walked {
		other := walked[1-slices.Index(walked, project)]
		for _, route := range routes {
			answered := false
			ask := func(path string) (found bool) {
				if route.path != "/api/projects" && (project != walked[0] || strings.Contains(path, "of=")) { // the first project is also the default: ask without a project, too
					path += joint(path) + "project=" + project
				}
				got, want := c.Get(t, path), newClient(t, alone[project].LocalURL()).Get(t, path)
				found = got.Status == 200
				answered = answered || found
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
				return found
			}
			for i, path := range route.requests(t) {
				// An unknown id gives 404 with every parameter. All exported lists take the same parameters.
				if ask(path) && (route.lists == nil || i == 0) {
					for _, v := range route.variants(path) {
						ask(v)
					}
				}
			}
			if !answered {
				t.Errorf("%s was never answered with 200: what it takes must be taught to this test", route.path)
			}
		}
	}
	walkTools(t, both, alone)
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

// toolsWalked are arguments for each tool of MCP, about what populate stores.
var toolsWalked = map[string][]map[string]any{
	"search": {
		{"of": "traces"}, {"of": "generations", "q": "refund"}, {"of": "sessions"}, {"of": "conversations"}, {"of": "feedback"}, {"of": "people"},
		{"of": "traces", "q": "person:of-shop"}, {"of": "traces", "q": "person:of-support"}, {"of": "generations", "q": "env:of-shop,of-support"},
	},
	"aggregate":          {{"of": "generations", "measure": "count,uniq(person)", "by": "env,library"}},
	"fields":             {{"of": "generations"}, {"of": "generations", "field": "env,person,url"}},
	"trace":              {{"id": "t-1"}},
	"generation":         {{"id": walkID(1).String()}, {"id": walkID(1).String(), "of": "input"}},
	"conversation":       {{"id": "c-1"}},
	"session":            {{"id": "s-1"}},
	"where_was_the_user": {{"id": "t-1"}, {"id": walkID(1).String()}},
	"on_the_screen":      {{"id": "t-1"}, {"session": "s-1", "at": iso(walkStart)}, {"session": "s-1", "at": iso(walkStart), "until": iso(walkStart + 10_000)}},
	"errors":             {{}},
	"impact":             {{}, {"by": "env"}},
	"doctor":             {{"from": "2026-11-20", "to": "2026-11-21"}, {"q": "env:of-shop,of-support", "from": "2026-11-20", "to": "2026-11-21"}},
	"what_changed":       {{"from": "2026-11-20", "to": "2026-11-21"}},
}

func iso(ms int64) string { return time.UnixMilli(ms).UTC().Format(time.RFC3339Nano) }

// walkTools does for the tools of MCP what walkProjects does for the API's routes.
func walkTools(t *testing.T, both *Server, alone map[string]*Server) {
	t.Helper()
	for i, project := range walked {
		other := walked[1-i]
		chosen := mcp.Path
		if i > 0 {
			chosen += "?project=" + project
		}
		among, own := overHTTP(t, both.LocalURL()+chosen, ""), overHTTP(t, alone[project].LocalURL()+chosen, "")
		list, err := among.ListTools(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, tool := range list.Tools {
			if toolsWalked[tool.Name] == nil {
				t.Errorf("the tool %s is not walked: teach this test its arguments", tool.Name)
			}
			for _, arguments := range toolsWalked[tool.Name] {
				got, failed := call(t, among, tool.Name, arguments)
				want, _ := call(t, own, tool.Name, arguments)
				got, want = strings.ReplaceAll(got, both.URL(), ""), strings.ReplaceAll(want, alone[project].URL(), "")
				if failed {
					t.Errorf("%s %v of %s: %s", tool.Name, arguments, project, got)
				}
				if got != want {
					t.Errorf("%s %v of %s:\n%s\nwhere there is no other project:\n%s", tool.Name, arguments, project, got, want)
				}
				if q, _ := arguments["q"].(string); !strings.Contains(q, other) && strings.Contains(got, "of-"+other) {
					t.Errorf("%s %v of %s shows what is of %s:\n%s", tool.Name, arguments, project, other, got)
				}
				if i > 0 && strings.Contains(got, "/sessions/") && !strings.Contains(got, "project="+project) {
					t.Errorf("%s %v of %s links to pages of another project:\n%s", tool.Name, arguments, project, got)
				}
			}
		}
	}
}

// linksStored waits until the links of all generations are stored, because before that an export does not contain them.
func linksStored(t *testing.T, c *client, project string) {
	t.Helper()
	total := func(q string) (n struct{ Total int }) {
		c.Read(t, "/api/generations?limit=1&count=true&project="+project+"&q="+q, &n)
		return n
	}
	eventually(t, "the links of "+project+" are stored", func() bool { return total("link:linked,none") == total("") })
}

// activityStored waits until the activity of all recordings is stored.
func activityStored(t *testing.T, s *Server) {
	t.Helper()
	eventually(t, "all activity is stored", func() bool {
		left, err := s.store.Underived(t.Context(), 0, math.MaxInt64, 1)
		return err == nil && len(left) == 0
	})
}

// pageAddress finds the addresses of pages in answers, which must lead to the project that the answer is about.
var pageAddress = regexp.MustCompile(`"url":"(/sessions/[^"]*)"`)

func joint(path string) string {
	if strings.Contains(path, "?") {
		return "&"
	}
	return "?"
}

// route is a route of the API's description.
type route struct {
	path  string
	query []parameter
	lists []string // the values of {list}
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

// tried are the values with which a parameter is tried, besides no value.
var tried = map[string][]string{
	"q": {"refund", "of-shop", "of-support", walkID(1).String()}, "person": {"ada", "of-shop", "of-support"}, "session_id": {"s-1"}, "trace_id": {"t-1"},
	"errors": {"true"}, "window": {"w-1"}, "kinds": {"navigation,click,request,custom"}, "t": {strconv.FormatInt(walkStart, 10)}, "limit": {"4"}, "offset": {"0"},
	"measure": {"count,uniq(person),uniq(env)", "uniq(conversation),min(start)"}, "by": {"env", "person,library", "url"},
	"fields": {"env,person,url", "library"}, "sort": {"-start", "env"}, "count": {"true"}, "url": {"https://cdn.example.com/a.css"},
	"compare": {"true"}, "format": {"jsonl"}, "columns": {"id"}, "bucket": {"1h"}, "tz": {"Asia/Kolkata"},
	"after": {"2"}, "at": {strconv.Itoa(len(beforeImage + `"`))},
}

// beforeImage is the text before the image in each prompt.
const beforeImage = `[{"role":"user","content":[{"type":"image_url","image_url":{"url":`

// requests are the addresses of a route: with every id in its path, and with each value of its required parameters.
func (r *route) requests(t *testing.T) []string {
	t.Helper()
	bare := []string{r.path}
	if r.path == "/api/overview" || r.path == "/api/annotations" || r.path == "/api/changed" { // without a range these answer about now, or about nothing
		bare[0] += "?from=2026-11-20T00:00:00Z&to=2026-11-21T00:00:00Z"
	}
	if strings.Contains(r.path, "{id}") {
		bare = nil
		for _, id := range []string{"t-1", "s-1", "c-1", walkID(1).String(), walkID(2).String()} {
			bare = append(bare, strings.ReplaceAll(r.path, "{id}", id))
		}
	}
	if strings.HasSuffix(r.path, "/clip") {
		for i := range bare {
			bare[i] += fmt.Sprintf("?from=%d&to=%d", walkStart, walkStart+10_000)
		}
	}
	if strings.Contains(r.path, "{list}") {
		bare = nil
		for _, list := range r.lists {
			bare = append(bare, strings.ReplaceAll(r.path, "{list}", list))
		}
	}
	for _, p := range r.query {
		if !p.Required || strings.Contains(bare[0], p.Name+"=") {
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
	return bare
}

// variants are an address with each value of each other parameter, one at a time.
func (r *route) variants(path string) (all []string) {
	for _, p := range r.query {
		if p.Required {
			continue
		}
		for _, v := range tried[p.Name] {
			all = append(all, path+joint(path)+p.Name+"="+url.QueryEscape(v))
		}
	}
	return all
}

// lasting is an answer without the parts that always differ between two servers.
func lasting(body []byte) []byte {
	var status map[string]json.RawMessage
	if json.Unmarshal(body, &status) != nil {
		return body
	}
	switch {
	case status["nodes"] != nil && status["version"] != nil:
		delete(status, "nodes")
		delete(status, "warnings")
	case status["libraries"] != nil && status["live"] != nil: // the doctor reads the time before now
		delete(status, "from_ms")
		delete(status, "to_ms")
		delete(status, "live")
	default:
		return body
	}
	text, _ := json.Marshal(status)
	return text
}

// walkStart is the time of all data.
var walkStart = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC).UnixMilli()

func walkID(n int) uuid.UUID { return uuid.NewSHA1(uuid.Nil, fmt.Append(nil, "walk", n)) }

// pageOf is a recorded page that shows a word.
func pageOf(word string) map[string]any {
	text := map[string]any{"type": 3, "id": 4, "textContent": word}
	body := map[string]any{"type": 2, "id": 3, "tagName": "body", "attributes": map[string]any{}, "childNodes": []any{text}}
	html := map[string]any{"type": 2, "id": 2, "tagName": "html", "attributes": map[string]any{}, "childNodes": []any{body}}
	return map[string]any{"type": 0, "id": 1, "childNodes": []any{html}}
}

// populate stores the data of a project: the same ids in each project, but no common words. The second project has more data, earlier and later.
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
	for i := range 3 + n {
		state := fmt.Sprintf(`{"name":"%s %d","list":"traces","q":"%s"}`, word, i, word)
		share := fmt.Sprintf(`{"trace":"t-1","ends_ms":%d}`, walkStart*2+int64(n))
		b.Saved = append(b.Saved,
			model.Saved{Project: project, UUID: walkID(300 + i), ID: walkID(400 + i), Kind: model.SavedView, AtMS: walkStart + int64(i), Body: state},
			model.Saved{Project: project, UUID: walkID(500 + i), ID: walkID(600 + i), Kind: model.SavedShare, AtMS: walkStart + int64(i+n), Body: share})
	}
	var bodies [][]byte
	for i := range 2 + n {
		at := walkStart + int64(i)*2000
		events, err := json.Marshal([]map[string]any{
			{"type": 4, "timestamp": at, "data": map[string]any{"href": "https://" + word + ".example/", "width": 1, "height": 1}},
			{"type": 2, "timestamp": at, "data": map[string]any{"node": pageOf(word)}},
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
	sheet := `{"url":"https://cdn.example.com/a.css","type":"text/css"}` + "\n@import url(b.css); ." + word + " {}"
	if err := s.named.Keep(t.Context(), project, fmt.Sprintf("%x", sha256.Sum256([]byte("https://cdn.example.com/a.css"))), []byte(sheet)); err != nil {
		t.Fatal(err)
	}
	locations, err := s.blocks.Write(t.Context(), project, bodies)
	if err != nil {
		t.Fatal(err)
	}
	for i := range b.Blocks {
		b.Blocks[i].Location = locations[i]
	}
	// Commit through the derivers like ingest: their search does not look at old times of receipt again.
	if _, err := s.recordings.Writer(s.deriver.Writer(s.store)).Commit(t.Context(), b); err != nil {
		t.Fatal(err)
	}
}
