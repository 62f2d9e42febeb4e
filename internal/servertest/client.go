// Package servertest talks to a running server like SDKs, browsers and programs, remembers the acknowledged data, and checks that the server has all
// of them once.
package servertest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// Token is the project token for clients that have none.
const Token = "phc_test"

// Client sends requests to one server.
type Client struct {
	Base string // its address, without a slash at its end
	HTTP *http.Client
}

// NewClient returns a client that keeps its connections until the test ends, and follows no redirect.
func NewClient(t testing.TB, base string) *Client {
	transport := &http.Transport{MaxIdleConnsPerHost: 64}
	t.Cleanup(transport.CloseIdleConnections)
	return &Client{Base: base, HTTP: &http.Client{
		Transport: transport, Timeout: time.Minute,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Reply is a complete answer.
type Reply struct {
	Status int
	Header http.Header
	Body   []byte
}

// Send makes a request and reads its answer.
func (c *Client) Send(r *http.Request) (*Reply, error) {
	res, err := c.HTTP.Do(r)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return &Reply{res.StatusCode, res.Header, body}, err
}

// Do makes a request with headers written as "Name: value", including "Host: …". It fails the test if there is no answer.
func (c *Client) Do(t testing.TB, method, path string, body []byte, headers ...string) *Reply {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, c.Base+path, bytes.NewReader(body))
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
	res, err := c.Send(r)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	return res
}

// Get is Do without a body.
func (c *Client) Get(t testing.TB, path string, headers ...string) *Reply {
	t.Helper()
	return c.Do(t, "GET", path, nil, headers...)
}

// Read decodes a JSON answer of the API.
func (c *Client) Read(t testing.TB, path string, into any) {
	t.Helper()
	res := c.Get(t, path)
	if res.Status != http.StatusOK {
		t.Fatalf("GET %s: %d %s", path, res.Status, res.Body)
	}
	if err := json.Unmarshal(res.Body, into); err != nil {
		t.Fatalf("GET %s: %v", path, err)
	}
}

// Pages reads every page of a list.
func Pages[Item any](t testing.TB, c *Client, path string) (all []Item) {
	t.Helper()
	for cursor := ""; ; {
		var page struct {
			Items []Item
			Next  *string
		}
		c.Read(t, path+"?limit=500&cursor="+url.QueryEscape(cursor), &page)
		all = append(all, page.Items...)
		if page.Next == nil {
			return all
		}
		cursor = *page.Next
	}
}

// All reads every page of a list and counts each id.
func (c *Client) All(t testing.TB, path string) map[string]int {
	t.Helper()
	counts := map[string]int{}
	for _, item := range Pages[struct{ ID string }](t, c, path) {
		counts[item.ID]++
	}
	return counts
}

// Capture sends events and fails the test if they are not acknowledged.
func (c *Client) Capture(t testing.TB, path string, events ...Event) {
	t.Helper()
	if res := c.Do(t, "POST", path, Batch(events...), "Content-Type: application/json"); res.Status != http.StatusOK {
		t.Fatalf("POST %s: %d %s", path, res.Status, res.Body)
	}
}

// Markers returns the markers of a recorded window in the order in which they are shown. A session that does not exist has none.
func (c *Client) Markers(t testing.TB, session, window string) (markers []string) {
	t.Helper()
	res := c.Get(t, fmt.Sprintf("/api/sessions/%s/snapshots?window=%s", session, window))
	if res.Status == http.StatusNotFound {
		return nil
	}
	if res.Status != http.StatusOK {
		t.Fatalf("snapshots: %d %s", res.Status, res.Body)
	}
	for line := range bytes.Lines(res.Body) {
		var e struct {
			Data struct{ Payload any }
		}
		if err := json.Unmarshal(line, &e); err != nil {
			t.Fatalf("snapshots: %v in %s", err, line)
		}
		if marker, ok := e.Data.Payload.(string); ok {
			markers = append(markers, marker)
		}
	}
	return markers
}
