package server

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"go.uber.org/goleak"

	"github.com/playheadhq/playhead/internal/config"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		if binaryDir != "" {
			os.RemoveAll(binaryDir)
		}
		os.Exit(code)
	}))
}

// binaryDir is where the program was built, "" when no test needed it.
var binaryDir string

const testToken = "phc_test"

// testConfig is a server on a free port with its data in dir.
func testConfig(dir string) *config.Config {
	c := config.Default()
	c.Listen, c.Data, c.Token = "127.0.0.1:0", dir, testToken
	c.Limits.MinFree = 1 << 20
	return c
}

// start runs a server for the length of a test.
func start(t *testing.T, c *config.Config) (*Server, *client) {
	t.Helper()
	s, err := Start(t.Context(), Options{Config: c, Version: "test", Logger: slog.New(slog.NewTextHandler(t.Output(), nil))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, s) })
	return s, newClient(t, s.LocalURL())
}

// stop closes a server, also one that is closed.
func stop(t *testing.T, s *Server) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := s.Close(ctx); err != nil {
		t.Errorf("close: %v", err)
	}
}

// client speaks to a server as SDKs, browsers and programs do.
type client struct {
	base string
	http *http.Client
}

func newClient(t *testing.T, base string) *client {
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return &client{base: base, http: &http.Client{
		Transport: transport, Timeout: time.Minute,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

type reply struct {
	status int
	header http.Header
	body   []byte
}

func (c *client) send(r *http.Request) (*reply, error) {
	res, err := c.http.Do(r)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return &reply{res.StatusCode, res.Header, body}, err
}

func (c *client) do(t *testing.T, method, path string, body []byte, headers ...string) *reply {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, c.base+path, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		if name == "Host" {
			r.Host = value
			continue
		}
		r.Header.Set(name, value)
	}
	res, err := c.send(r)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	return res
}

func (c *client) get(t *testing.T, path string, headers ...string) *reply {
	t.Helper()
	return c.do(t, "GET", path, nil, headers...)
}

// read decodes a JSON answer of the API.
func (c *client) read(t *testing.T, path string, into any) {
	t.Helper()
	res := c.get(t, path)
	if res.status != 200 {
		t.Fatalf("GET %s: %d %s", path, res.status, res.body)
	}
	if err := json.Unmarshal(res.body, into); err != nil {
		t.Fatalf("GET %s: %v", path, err)
	}
}

// all reads every page of a list and counts each id.
func (c *client) all(t *testing.T, path string) map[string]int {
	t.Helper()
	counts := map[string]int{}
	for cursor := ""; ; {
		var page struct {
			Items []struct{ ID string }
			Next  *string
		}
		c.read(t, path+"?limit=500&cursor="+url.QueryEscape(cursor), &page)
		for _, item := range page.Items {
			counts[item.ID]++
		}
		if page.Next == nil {
			return counts
		}
		cursor = *page.Next
	}
}

// event is one event as SDKs write it.
type event struct {
	UUID       string         `json:"uuid"`
	Event      string         `json:"event"`
	DistinctID string         `json:"distinct_id"`
	Timestamp  string         `json:"timestamp"`
	Properties map[string]any `json:"properties"`
}

func generation(at time.Time, traceID string, more map[string]any) event {
	e := event{
		UUID: uuid.NewString(), Event: "$ai_generation", DistinctID: "user_1", Timestamp: at.UTC().Format(time.RFC3339Nano),
		Properties: map[string]any{
			"$ai_trace_id": traceID, "$ai_model": "gpt-5-mini", "$ai_provider": "openai", "$ai_latency": 1.5,
			"$ai_input_tokens": 12, "$ai_output_tokens": 34,
			"$ai_input":          []any{map[string]any{"role": "user", "content": "What is a playhead?"}},
			"$ai_output_choices": []any{map[string]any{"role": "assistant", "content": "The mark that moves along a timeline."}},
		},
	}
	for name, value := range more {
		e.Properties[name] = value
	}
	return e
}

// snapshot is a recording's part: a full snapshot of the page when it is the first, then one event for each marker.
func snapshot(at time.Time, session, window string, first bool, markers ...string) event {
	ms := at.UnixMilli()
	var events []any
	if first {
		events = append(events,
			map[string]any{"type": 4, "timestamp": ms, "data": map[string]any{"href": "http://app.test/", "width": 800, "height": 600}},
			map[string]any{"type": 2, "timestamp": ms + 1, "data": map[string]any{
				"node": map[string]any{"type": 0, "id": 1, "childNodes": []any{}}, "initialOffset": map[string]any{"top": 0, "left": 0},
			}})
	}
	for i, marker := range markers {
		events = append(events, map[string]any{"type": 5, "timestamp": ms + 2 + int64(i), "data": map[string]any{"tag": "marker", "payload": marker}})
	}
	return event{
		UUID: uuid.NewString(), Event: "$snapshot", DistinctID: "user_1", Timestamp: at.UTC().Format(time.RFC3339Nano),
		Properties: map[string]any{
			"$session_id": session, "$window_id": window, "$snapshot_data": events, "token": testToken, "distinct_id": "user_1",
		},
	}
}

// batch is the body of a request to /batch/ or /s/.
func batch(events ...event) []byte {
	body, err := json.Marshal(map[string]any{"api_key": testToken, "batch": events, "sent_at": time.Now().UTC().Format(time.RFC3339Nano)})
	if err != nil {
		panic(err)
	}
	return body
}

func (c *client) capture(t *testing.T, path string, events ...event) {
	t.Helper()
	if res := c.do(t, "POST", path, batch(events...), "Content-Type: application/json"); res.status != 200 {
		t.Fatalf("POST %s: %d %s", path, res.status, res.body)
	}
}

// markers counts the markers of a recorded window.
func (c *client) markers(t *testing.T, session, window string) map[string]int {
	t.Helper()
	counts := map[string]int{}
	res := c.get(t, fmt.Sprintf("/api/sessions/%s/snapshots?window=%s", session, window))
	if res.status == http.StatusNotFound {
		return counts
	}
	if res.status != 200 {
		t.Fatalf("snapshots: %d %s", res.status, res.body)
	}
	for line := range bytes.Lines(res.body) {
		var e struct {
			Data struct{ Payload any }
		}
		if err := json.Unmarshal(line, &e); err != nil {
			t.Fatalf("snapshots: %v in %s", err, line)
		}
		if marker, ok := e.Data.Payload.(string); ok {
			counts[marker]++
		}
	}
	return counts
}
