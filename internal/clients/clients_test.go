// Package clients holds no code. Its test replays what unmodified clients sent for one scripted conversation, and compares docs/clients.md with what
// each client makes known of it.
package clients

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/playheadhq/playhead/internal/config"
	"github.com/playheadhq/playhead/internal/llm"
	"github.com/playheadhq/playhead/internal/server"
	"github.com/playheadhq/playhead/internal/servertest"
)

var update = flag.Bool("update", false, "write docs/clients.md anew")

const document = "../../docs/clients.md"

// client is what testdata/capture/capture.py wrote beside the requests that it captured.
type client struct {
	ID         string `json:"-"`
	Language   string
	Name       string
	API        string // the provider's wire form
	Sends      string // "PostHog" or "OTLP"
	Version    []string
	CapturedMS int64 `json:"captured_ms"`
}

// project is the name of the client's project. Each client has its own, because all send the same session, person and conversation.
func (c client) project() string { return strings.ReplaceAll(c.ID, ".", "-") }

func (c client) token() string { return "phc_" + c.ID }

func captured(t *testing.T) (all []client) {
	t.Helper()
	files, err := filepath.Glob("testdata/clients/*/about.json")
	if err != nil || len(files) < 30 {
		t.Fatalf("%d clients, at least 30 are captured; %v", len(files), err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		c := client{ID: filepath.Base(filepath.Dir(file))}
		if err := json.Unmarshal(text, &c); err != nil {
			t.Fatal(file, err)
		}
		all = append(all, c)
	}
	languages := []string{"JavaScript", "Python", "Go", "Java", "Rust"}
	slices.SortStableFunc(all, func(a, b client) int {
		return cmp.Or(slices.Index(languages, a.Language)-slices.Index(languages, b.Language), -cmp.Compare(a.Sends, b.Sends), cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	return all
}

// start runs a server on DuckDB with a project for each client.
func start(t *testing.T, all []client) *servertest.Client {
	t.Helper()
	cfg := config.Default()
	cfg.Listen, cfg.Data, cfg.Token = "127.0.0.1:0", t.TempDir(), servertest.Token
	cfg.Limits.MinFree = 1 << 20
	for _, c := range all {
		cfg.Projects = append(cfg.Projects, config.Project{Name: c.project(), Tokens: []string{c.token()}, RetentionDays: 0})
	}
	s, err := server.Start(t.Context(), server.Options{Config: cfg, Version: "test", Logger: slog.New(slog.NewTextHandler(t.Output(), nil))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return servertest.NewClient(t, s.LocalURL())
}

// replay sends what a client sent, byte for byte.
func replay(t *testing.T, c *servertest.Client, id string) {
	t.Helper()
	files, err := filepath.Glob("testdata/clients/" + id + "/*.req")
	if err != nil || len(files) == 0 {
		t.Fatal("nothing was captured", err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(raw)))
		if err != nil {
			t.Fatal(file, err)
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Fatal(file, err)
		}
		again, err := http.NewRequestWithContext(t.Context(), r.Method, c.Base+r.RequestURI, bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		again.Header = r.Header
		again.Header.Del("Content-Length")
		res, err := c.Send(again)
		if err != nil || res.Status != 200 {
			t.Fatalf("%s: %d %s %v", file, res.Status, res.Body, err)
		}
		if strings.Contains(string(res.Body), "artial") {
			t.Errorf("%s: part of it was refused: %s", file, res.Body)
		}
	}
}

// generation is a call as the API returns it.
type generation struct {
	ID             string
	Model          *string
	StartMS        int64    `json:"start_ms"`
	LatencyS       *float64 `json:"latency_s"`
	FirstTokenS    *float64 `json:"time_to_first_token_s"`
	ConversationID *string  `json:"conversation_id"`
	Tokens         struct {
		Input, Output *int64
		CacheRead     *int64 `json:"cache_read"`
	}
	CostUSD    *float64 `json:"cost_usd"`
	StopReason *string  `json:"stop_reason"`
	IsError    bool     `json:"is_error"`
	Stopped    bool
	Error      *string
	Person     *struct {
		DistinctIDs []string `json:"distinct_ids"`
	}
	Link struct {
		State     string
		SessionID *string `json:"session_id"`
	}
	Content struct {
		Input, Output   []llm.Message
		InputLast       []llm.Message        `json:"input_last"`
		ToolDefinitions []llm.ToolDefinition `json:"tool_definitions"`
	}
}

func read(t *testing.T, c *servertest.Client, project string) (all []generation) {
	t.Helper()
	var list struct{ Items []struct{ ID string } }
	c.Read(t, "/api/generations?limit=500&project="+project, &list)
	for _, item := range list.Items {
		var g generation
		c.Read(t, "/api/generations/"+item.ID+"?project="+project, &g)
		all = append(all, g)
	}
	slices.SortFunc(all, func(a, b generation) int { return cmp.Compare(a.StartMS, b.StartMS) })
	return all
}

// spoken writes messages in one short form: "user: hi | assistant: call get_weather {…}". A message with the result of a tool has the tool's role,
// whichever role a provider gives it.
func spoken(messages []llm.Message) string {
	var all []string
	for _, m := range messages {
		role := m.Role
		if role == "developer" {
			role = "system"
		}
		var parts []string
		for _, p := range m.Parts {
			switch p.Type {
			case llm.PartText:
				parts = append(parts, strings.TrimSpace(p.Text))
			case llm.PartToolCall:
				parts = append(parts, "call "+p.ID+" "+p.Name+" "+compact(p.Arguments))
			case llm.PartToolResult:
				role = "tool"
				parts = append(parts, "result "+p.ID+" "+result(cmp.Or(p.Text, string(p.Raw))))
			default:
				parts = append(parts, string(p.Type)+" "+string(p.Raw)+p.Text)
			}
		}
		if len(parts) > 0 {
			all = append(all, role+": "+strings.Join(parts, " + "))
		}
	}
	return strings.Join(all, " | ")
}

func compact(raw json.RawMessage) string {
	var b bytes.Buffer
	if json.Compact(&b, raw) != nil {
		return string(raw)
	}
	return b.String()
}

// result is what a tool returned. Gemini takes objects only, so its clients put a text into an object.
func result(text string) string {
	var of map[string]string
	if json.Unmarshal([]byte(text), &of) == nil && len(of) == 1 {
		for _, v := range of {
			return v
		}
	}
	return strings.Trim(text, `"`)
}

// The scripted conversation is five calls, see testdata/capture/provider.py.
const (
	calls = iota
	answers
	streams
	stops
	fails
	steps
)

const (
	asked = "system: Answer briefly. | user: What is the weather in Oslo today?"
	call  = `assistant: call call_1 get_weather {"city":"Oslo"}`
	tool  = asked + " | " + call + " | tool: result call_1 rain"
	rains = "assistant: It rains in Oslo."
	next  = tool + " | " + rains + " | user: And tomorrow?"
	sun   = "assistant: Tomorrow the sun shines."
)

// truth is what was said and used. It is the same for every wire form.
var truth = [...]struct {
	input, output             string
	prompt, cached, answerTok int64
}{
	{asked, call, 100, 0, 20},
	{tool, rains, 150, 64, 10},
	{next, sun, 200, 128, 8},
}

// models has the model of each wire form, and its prices in USD for a million tokens: prompt, cached, answer.
var models = map[string]struct {
	name  string
	price [3]float64
}{
	"OpenAI chat":      {"gpt-4o", [3]float64{2.5, 1.25, 10}},
	"OpenAI responses": {"gpt-4o", [3]float64{2.5, 1.25, 10}},
	"Anthropic":        {"claude-sonnet-4-5", [3]float64{3, 0.3, 15}},
	"Gemini":           {"gemini-2.5-flash", [3]float64{0.3, 0.03, 2.5}},
}

// stepOf says which call of the conversation a generation is, -1 if its content does not tell.
func stepOf(g *generation) int {
	messages := slices.Concat(g.Content.Input, g.Content.InputLast)
	if len(messages) == 0 {
		switch {
		case g.IsError:
			return fails
		case g.Stopped:
			return stops
		}
		return -1
	}
	last := spoken(messages[len(messages)-1:])
	for step, mark := range [...]string{"today?", "tool: ", "tomorrow?", "story", "fail"} {
		if strings.Contains(last, mark) {
			return step
		}
	}
	return -1
}

// row is what one client makes known: for each column whether it works, and what differs.
type row struct {
	works map[string]bool
	why   map[string]string
}

func (r *row) set(column string, works bool, differs string, args ...any) {
	r.works[column] = works
	if !works {
		r.why[column] = fmt.Sprintf(differs, args...)
	}
}

var columns = []string{
	"arrives", "model", "tokens", "cache", "cost", "latency", "first token", "tools", "errors", "messages", "stream", "stop", "session", "person", "conversation",
}

// examine compares the calls of a client with the truth.
func examine(c client, all []generation) row {
	r := row{map[string]bool{}, map[string]string{}}
	var of [steps]*generation
	extra := 0
	var untold []*generation
	for i := range all {
		g := &all[i]
		if step := stepOf(g); step < 0 {
			untold = append(untold, g)
		} else if of[step] != nil {
			extra++
		} else {
			of[step] = g
		}
	}
	for _, g := range untold { // they come in order
		if i := slices.Index(of[:], nil); i >= 0 {
			of[i] = g
		} else {
			extra++
		}
	}
	var missing []string
	for step, name := range [...]string{"the call of the tool", "the answer with its result", "the streamed answer", "the stopped stream", "the error"} {
		if of[step] == nil {
			missing = append(missing, name)
			of[step] = &generation{}
		}
	}
	r.set("arrives", len(missing) == 0 && extra == 0, "missing: %s; %d too many", strings.Join(missing, ", "), extra)
	m := models[c.API]
	whole := of[:stops]
	every := func(gs []*generation, is func(i int, g *generation) bool) bool {
		for i, g := range gs {
			if !is(i, g) {
				return false
			}
		}
		return true
	}
	show := func(of func(i int, g *generation) string) string {
		var s []string
		for i, g := range whole {
			s = append(s, of(i, g))
		}
		return strings.Join(s, "; ")
	}
	r.set("model", every(whole, func(_ int, g *generation) bool { return strings.HasPrefix(text(g.Model), m.name) }), "%s", show(func(_ int, g *generation) string { return text(g.Model) }))
	r.set("tokens", every(whole, func(i int, g *generation) bool {
		return number(g.Tokens.Input) == truth[i].prompt && number(g.Tokens.Output) == truth[i].answerTok
	}), "%s", show(func(_ int, g *generation) string {
		return fmt.Sprintf("%d/%d", number(g.Tokens.Input), number(g.Tokens.Output))
	}))
	r.set("cache", every(whole, func(i int, g *generation) bool { return max(0, number(g.Tokens.CacheRead)) == truth[i].cached }), "%s",
		show(func(_ int, g *generation) string { return fmt.Sprint(number(g.Tokens.CacheRead)) }))
	price := func(i int) float64 {
		t := truth[i]
		return (float64(t.prompt-t.cached)*m.price[0] + float64(t.cached)*m.price[1] + float64(t.answerTok)*m.price[2]) / 1e6
	}
	r.set("cost", every(whole, func(i int, g *generation) bool { return g.CostUSD != nil && math.Abs(*g.CostUSD-price(i)) < 1e-9 }), "%s",
		show(func(i int, g *generation) string {
			if g.CostUSD == nil {
				return "null"
			}
			return fmt.Sprintf("%.7f not %.7f", *g.CostUSD, price(i))
		}))
	r.set("latency", every(whole, func(_ int, g *generation) bool { return g.LatencyS != nil && *g.LatencyS > 0 }), "none")
	r.set("first token", of[streams].FirstTokenS != nil && *of[streams].FirstTokenS > 0, "none")
	r.set("tools", every(whole[:1], func(_ int, g *generation) bool {
		return len(g.Content.ToolDefinitions) == 1 && g.Content.ToolDefinitions[0].Name == "get_weather" && strings.Contains(spoken(g.Content.Output), `get_weather {"city":"Oslo"}`)
	}), "%+v", of[calls].Content.ToolDefinitions)
	r.set("errors", of[fails].IsError && strings.Contains(text(of[fails].Error), "not allowed"), "%t %q", of[fails].IsError, text(of[fails].Error))
	said := func(i int, g *generation) string {
		return spoken(slices.Concat(g.Content.Input, g.Content.InputLast)) + " => " + spoken(g.Content.Output)
	}
	r.set("messages", every(whole, func(i int, g *generation) bool { return said(i, g) == truth[i].input+" => "+truth[i].output }), "%s", show(func(i int, g *generation) string {
		if said(i, g) == truth[i].input+" => "+truth[i].output {
			return "same"
		}
		return said(i, g)
	}))
	r.set("stream", spoken(of[streams].Content.Output) == sun, "%s", spoken(of[streams].Content.Output))
	r.set("stop", of[stops].Stopped && !of[stops].IsError && strings.HasPrefix(spoken(of[stops].Content.Output), "assistant: Once upon"), "stopped %t, error %t %q, reason %q, said %q",
		of[stops].Stopped, of[stops].IsError, text(of[stops].Error), text(of[stops].StopReason), spoken(of[stops].Content.Output))
	arrived := of[:]
	if len(missing) > 0 {
		arrived = nil
		for i := range all {
			arrived = append(arrived, &all[i])
		}
	}
	r.set("session", every(arrived, func(_ int, g *generation) bool { return text(g.Link.SessionID) == "s1" && g.Link.State == "linked" }), "%s",
		show(func(_ int, g *generation) string { return g.Link.State + " " + text(g.Link.SessionID) }))
	r.set("person", every(arrived, func(_ int, g *generation) bool { return g.Person != nil && slices.Contains(g.Person.DistinctIDs, "u1") }), "%s",
		show(func(_ int, g *generation) string {
			if g.Person == nil {
				return "none"
			}
			return strings.Join(g.Person.DistinctIDs, ",")
		}))
	r.set("conversation", every(arrived, func(_ int, g *generation) bool { return text(g.ConversationID) == "c1" }), "%s",
		show(func(_ int, g *generation) string { return text(g.ConversationID) }))
	return r
}

func text(v *string) string {
	if v == nil {
		return ""
	}
	return *v
}

// number is -1 for what is not reported.
func number(v *int64) int64 {
	if v == nil {
		return -1
	}
	return *v
}

// record sends a recording of the session in which a client was asked.
func record(t *testing.T, c *servertest.Client, of client) {
	t.Helper()
	e := servertest.Snapshot(time.UnixMilli(of.CapturedMS).Add(-time.Minute), "s1", servertest.Window, true, "typed")
	e.DistinctID = "u1"
	e.Properties["distinct_id"], e.Properties["token"] = "u1", of.token()
	body, err := json.Marshal(map[string]any{"api_key": of.token(), "batch": []any{e}})
	if err != nil {
		t.Fatal(err)
	}
	if res := c.Do(t, "POST", "/s/", body, "Content-Type: application/json"); res.Status != 200 {
		t.Fatalf("%d %s", res.Status, res.Body)
	}
}

// One conversation, five calls: whichever client reports them, their content, usage and cost are the same, or docs/clients.md says what is missing and why.
func TestClients(t *testing.T) {
	all := captured(t)
	c := start(t, all)
	t.Run("send", func(t *testing.T) { // in parallel, as a server gets them: each waits only for the disk
		for _, of := range all {
			t.Run(of.ID, func(t *testing.T) {
				t.Parallel()
				record(t, c, of)
				replay(t, c, of.ID)
			})
		}
	})
	rows := map[string]row{}
	for _, of := range all {
		t.Run(of.ID, func(t *testing.T) {
			got := read(t, c, of.project())
			r := examine(of, got)
			rows[of.ID] = r
			for _, column := range columns {
				reason, known := lacks[of.ID][column]
				switch {
				case !r.works[column] && !known:
					t.Errorf("%s: %s. Read it, or give the reason in lacks.", column, r.why[column])
				case r.works[column] && known:
					t.Errorf("%s works: delete its reason, %q", column, reason)
				}
			}
		})
	}
	for id := range lacks {
		if _, is := rows[id]; !is {
			t.Errorf("there is no client %s", id)
		}
	}
	got := page(all, rows)
	if *update {
		if err := os.WriteFile(document, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(document)
	if err != nil || string(want) != got {
		t.Errorf("docs/clients.md is not what the clients' requests give; run this test with -update and read the difference: %v", err)
	}
}
