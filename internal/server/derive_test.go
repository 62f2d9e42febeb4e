package server

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/playheadhq/playhead/internal/query"
)

// linkedTraces are the ids of the traces that a query finds.
func linkedTraces(t *testing.T, c *client, q string) []string {
	t.Helper()
	var traces query.List[query.Trace]
	c.Read(t, "/api/traces?q="+strings.ReplaceAll(q, " ", "+"), &traces)
	ids := []string{}
	for _, one := range traces.Items {
		ids = append(ids, one.ID)
	}
	slices.Sort(ids)
	return ids
}

// Lists can be filtered and counted by link soon after an event and its recording arrived, in any order, and late data from the browser correct the
// link.
func TestListsByLink(t *testing.T) {
	_, c := start(t, testConfig(t.TempDir()))
	byLink(t, c, c)
}

// A server of a cluster finds by link what another server received.
func TestListsByLinkOnTwoServers(t *testing.T) {
	ch := runClickHouse(t)
	url, dir := ch.URL("links"), t.TempDir()
	_, one := start(t, nodeConfig(t, url, dir))
	_, other := start(t, nodeConfig(t, url, dir))
	byLink(t, one, other)
}

func byLink(t *testing.T, events, recordings *client) {
	t.Helper()
	began := time.Now().Add(-time.Minute).Truncate(time.Millisecond)
	in := func(session string) map[string]any { return map[string]any{"$session_id": session, "$window_id": "w"} }
	recordings.Capture(t, "/s/", snapshot(began, "recorded", "w", true, "typed"))
	events.Capture(t, "/batch/", generation(began.Add(20*time.Second), "recorded before", in("recorded")))
	events.Capture(t, "/batch/", generation(began.Add(21*time.Second), "recorded after", in("late")))
	unnamed := generation(began.Add(22*time.Second), "no session", nil)
	unnamed.DistinctID = "somebody else" // otherwise the person's only recording would be found
	events.Capture(t, "/batch/", unnamed)
	waitFor := func(q string, want ...string) {
		t.Helper()
		for _, c := range []*client{events, recordings} {
			var got []string
			eventually(t, q, func() bool {
				got = linkedTraces(t, c, q)
				return slices.Equal(got, want)
			})
		}
	}
	waitFor("link:linked", "recorded before")
	waitFor("link:pending", "recorded after")
	waitFor("link:none", "no session")
	waitFor("link_method:exact -link:linked", "recorded after")

	recordings.Capture(t, "/s/", snapshot(began, "late", "w", true, "typed"))
	events.Capture(t, "/batch/", generation(began.Add(30*time.Second), "no session", in("late"))) // another call of the trace has a session id
	waitFor("link:linked", "no session", "recorded after", "recorded before")
	waitFor("link:pending,none", []string{}...)

	var counts query.Table
	events.Read(t, "/api/aggregate?of=generations&measure=count&by=link,link_method&order=-count", &counts)
	if len(counts.Rows) != 2 || counts.Rows[0][0] != "linked" || counts.Rows[0][1] != "exact" || counts.Rows[0][2] != 3.0 || counts.Rows[1][1] != "inherited" {
		t.Errorf("by link: %+v", counts.Rows)
	}
	if res := events.Get(t, "/metrics"); !strings.Contains(string(res.Body), "playhead_derive_delay_seconds_count") {
		t.Error("no metric of the delay")
	}
}

// Links can be derived again when the server is stopped, but not while it has the data open.
func TestDeriveAgain(t *testing.T) {
	cfg := testConfig(t.TempDir())
	s, c := start(t, cfg)
	byLink(t, c, c)
	again := func() (looked, changed int, err error) {
		return DeriveAgain(t.Context(), Move{Config: cfg, Version: "test"}, time.Now().Add(-time.Hour))
	}
	if _, _, err := again(); err == nil || !strings.Contains(err.Error(), "stop the server first") {
		t.Errorf("beside a server: %v", err)
	}
	stop(t, s)
	if looked, changed, err := again(); err != nil || looked != 3 || changed != 0 {
		t.Errorf("looked at %d, %d changed, %v", looked, changed, err)
	}
}
