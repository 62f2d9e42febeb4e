package servertest

import (
	"fmt"
	"maps"
	"slices"
	"testing"
)

// Found are the senders' data that a server shows.
type Found struct {
	Generations map[string]int // how often each uuid is listed
	Markers     map[string][]string
}

// Find reads the data through the API.
func Find(t testing.TB, c *Client, senders []*Sender) Found {
	t.Helper()
	f := Found{Generations: c.All(t, "/api/generations"), Markers: map[string][]string{}}
	for _, s := range senders {
		if _, read := f.Markers[s.Session]; !read {
			f.Markers[s.Session] = c.Markers(t, s.Session, Window)
		}
	}
	return f
}

// CheckAcknowledged fails the test if acknowledged data are missing, or if anything is there twice. Data that were sent but not answered may be there
// or not.
func CheckAcknowledged(t testing.TB, c *Client, senders []*Sender) {
	t.Helper()
	checkAcknowledged(t, Find(t, c, senders), senders)
}

func checkAcknowledged(t testing.TB, found Found, senders []*Sender) {
	t.Helper()
	var lost, repeated []string
	for id, n := range found.Generations {
		if n != 1 {
			repeated = append(repeated, id)
		}
	}
	for _, markers := range found.Markers {
		if n := len(slices.Compact(slices.Sorted(slices.Values(markers)))); n != len(markers) {
			repeated = append(repeated, markers...)
		}
	}
	for _, s := range senders {
		for _, r := range s.Acked {
			for _, id := range r.Generations {
				if found.Generations[id] == 0 {
					lost = append(lost, id)
				}
			}
			for _, marker := range r.Markers {
				if !slices.Contains(found.Markers[s.Session], marker) {
					lost = append(lost, marker)
				}
			}
		}
	}
	report(t, "acknowledged and lost", lost)
	report(t, "there several times", repeated)
}

// CheckAll fails the test if the server does not have exactly the acknowledged data. No request may be pending, and no other client may have sent
// anything.
func CheckAll(t testing.TB, c *Client, senders []*Sender) {
	t.Helper()
	found := Find(t, c, senders)
	checkAcknowledged(t, found, senders)
	traces := map[string]traceSums{}
	calls, markers := map[string]int64{}, map[string][]string{}
	var status, sent totals
	for _, s := range senders {
		if s.Pending() != nil {
			t.Fatalf("a request of %s was never acknowledged", s.Session)
		}
		for _, r := range s.Acked {
			markers[s.Session] = append(markers[s.Session], r.Markers...)
			n := int64(len(r.Generations))
			if n > 0 {
				traces[r.Trace] = traceSums{Generations: n, Tokens: n * (InputTokens + OutputTokens), Person: s.Name()}
			}
			calls[s.Session] += n
			sent.Events += n
			sent.Generations += n
			sent.Recordings += int64(len(r.Markers))
			if r.Identified {
				sent.Events++
			}
			for _, id := range r.Generations {
				delete(found.Generations, id)
			}
		}
	}
	for session, want := range markers {
		if got := found.Markers[session]; !slices.Equal(got, want) {
			t.Errorf("%s: the recording of %s shows %d markers, %d were sent:\n got %.300q\nwant %.300q", c.Base, session, len(got), len(want), got, want)
		}
	}
	report(t, "never sent", slices.Collect(maps.Keys(found.Generations)))
	c.Read(t, "/api/status", &status)
	if status.Events != sent.Events || status.Generations != sent.Generations || status.Recordings != sent.Recordings || len(status.Refusals) != 0 {
		t.Errorf("%s: stored %+v, sent %+v", c.Base, status, sent)
	}
	checkTraces(t, c, traces)
	for _, s := range Pages[session](t, c, "/api/sessions") {
		if s.AICalls != calls[s.ID] {
			t.Errorf("%s: session %s has %d calls, %d were sent", c.Base, s.ID, s.AICalls, calls[s.ID])
		}
		delete(calls, s.ID)
	}
	report(t, "sessions that are not listed", slices.Collect(maps.Keys(calls)))
}

type totals struct {
	Events, Generations, Recordings int64
	Refusals                        []any
}

type session struct {
	ID      string
	AICalls int64 `json:"ai_calls"`
}

type traceSums struct {
	Generations, Tokens int64
	Person              string
}

func checkTraces(t testing.TB, c *Client, want map[string]traceSums) {
	t.Helper()
	type trace struct {
		ID          string
		Generations int64
		Tokens      struct{ Total int64 }
		Person      struct{ Name string }
	}
	var wrong []string
	for _, got := range Pages[trace](t, c, "/api/traces") {
		if sums := (traceSums{got.Generations, got.Tokens.Total, got.Person.Name}); sums != want[got.ID] {
			wrong = append(wrong, fmt.Sprintf("%s: %+v, not %+v", got.ID, sums, want[got.ID]))
		}
		delete(want, got.ID)
	}
	report(t, "traces that are wrong, or listed twice", wrong)
	report(t, "traces that are not listed", slices.Collect(maps.Keys(want)))
}

// report lists the first few ids.
func report(t testing.TB, what string, ids []string) {
	t.Helper()
	if len(ids) > 0 {
		t.Errorf("%d %s, for instance %.150q", len(ids), what, ids[:min(3, len(ids))])
	}
}
