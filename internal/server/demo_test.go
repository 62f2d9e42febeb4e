package server

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/playheadhq/playhead/internal/demo/history"
	"github.com/playheadhq/playhead/internal/query"
)

// The demo's history arrives through the routes of SDKs, none of it is refused, sending it again changes nothing, each find's query returns the
// announced number of rows, and their recordings can be watched.
func TestTheDemosHistory(t *testing.T) {
	s, c := start(t, testConfig(t.TempDir()))
	h := history.New(time.Now().UTC().Truncate(24*time.Hour).Add(12*time.Hour), history.Size{Sessions: 60, Generations: 800})
	send := func() {
		t.Helper()
		if err := h.Send(t.Context(), history.Target{URL: c.Base, Token: testToken, HTTP: c.HTTP}, func(int) {}); err != nil {
			t.Fatal(err)
		}
	}
	send()
	var status query.Status
	c.Read(t, "/api/status", &status)
	if int(status.Generations) < h.Generations() || status.Recordings == 0 {
		t.Errorf("stored %+v of %d generations", status, h.Generations())
	}
	for _, r := range status.Refusals {
		t.Errorf("refused: %+v", r)
	}
	for _, f := range h.Finds() {
		var list struct {
			Total int
			Items []struct {
				Link struct {
					State  string
					Reason string
				}
			}
		}
		// Lists show links that are derived, a moment after the events are acknowledged.
		linked := 0
		for until := time.Now().Add(time.Minute); linked == 0 && time.Now().Before(until); time.Sleep(20 * time.Millisecond) {
			c.Read(t, "/api/"+f.List+"?count=true&q="+url.QueryEscape(f.Query), &list)
			for _, item := range list.Items {
				if item.Link.State == "linked" {
					linked++
				}
			}
		}
		if list.Total != f.Count || f.Count == 0 {
			t.Errorf("%s: %d rows, promised are %d", f.Title, list.Total, f.Count)
		}
		if linked == 0 {
			t.Errorf("%s: no row has a recording: %+v", f.Title, list.Items)
		}
	}
	before := status
	send()
	c.Read(t, "/api/status", &status)
	if status.Events != before.Events || status.Generations != before.Generations || status.Recordings != before.Recordings {
		t.Errorf("sent again: %+v became %+v", before, status)
	}
	if status.Demo != nil {
		t.Error("a server without a demo shows one")
	}
	s.ShowDemo(Demo{Chat: "http://chat.test", Sent: 0.5, Finds: []Find{{Title: "a", Path: "/traces"}}})
	c.Read(t, "/api/status", &status)
	if status.Demo == nil || status.Demo.Chat != "http://chat.test" || len(status.Demo.Finds) != 1 {
		t.Errorf("the demo is %+v", status.Demo)
	}
}

// A client with a wrong token is told so, and the operator sees it, too.
func TestWrongTokensAreShown(t *testing.T) {
	_, c := start(t, testConfig(t.TempDir()))
	for range 2 {
		res := c.Do(t, "POST", "/batch/", []byte(`{"api_key":"phc_of_another_server","batch":[{"event":"a","distinct_id":"u"}]}`), "User-Agent: posthog-node/5.70.0")
		if res.Status != http.StatusUnauthorized {
			t.Fatalf("%d %s", res.Status, res.Body)
		}
	}
	var status query.Status
	c.Read(t, "/api/status", &status)
	if len(status.WrongTokens) != 1 || fmt.Sprintf("%s %s %d", status.WrongTokens[0].Token, status.WrongTokens[0].Library, status.WrongTokens[0].Events) != "phc_of_a…ver posthog-node/5.70.0 2" {
		t.Errorf("%+v", status.WrongTokens)
	}
}
