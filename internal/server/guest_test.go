package server

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/auth"
	"github.com/playheadhq/playhead/internal/query"
)

// shop is a server that asks for a sign-in, with two traces of one person in one session.
type shop struct {
	*client
	server *Server
	// cookie is the cookie of a signed-in person.
	cookie string
	// shown and hidden are the ids of generations of the traces.
	shown, hidden string
	began         time.Time
}

// Words that occur only in data that no guest may see.
var unseen = []string{
	"s-private", "w-private", "user_private", "ada@example.com", "Ada Private", "c-private", "t-hidden", "hidden question", "long before", "long after", "plan-private", "elsewhere-private",
}

func openShop(t *testing.T) *shop {
	cfg := testConfig(t.TempDir())
	cfg.PublicURL = "https://playhead.example.com"
	s, c := start(t, cfg)
	x := &shop{client: c, server: s, began: time.Now().Add(-30 * time.Minute).Truncate(time.Second)}
	link := strings.TrimPrefix(s.SignInLink(), "https://playhead.example.com/login?link=")
	res := c.Do(t, "POST", "/login", []byte(url.Values{"link": {link}}.Encode()), "Content-Type: application/x-www-form-urlencoded")
	x.cookie, _, _ = strings.Cut(res.Header.Get("Set-Cookie"), ";")

	// The session has a full snapshot and a marker at its beginning, a marker in each minute around the trace, and a marker at its end.
	at := func(s int) time.Time { return x.began.Add(time.Duration(s) * time.Second) }
	c.Capture(t, "/s/", snapshot(at(0), "s-private", "w-private", true, "long before"))
	c.Capture(t, "/s/", snapshot(at(299), "s-private", "w-private", false, "at its beginning"))
	c.Capture(t, "/s/", snapshot(at(330), "s-private", "w-private", false, "within the minute"))
	c.Capture(t, "/s/", snapshot(at(600), "s-private", "w-private", false, "long after"))
	c.Capture(t, "/s/", snapshot(at(300), "s-private", "elsewhere-private", true, "another tab"))
	more := func(trace string) map[string]any {
		return map[string]any{"$session_id": "s-private", "$window_id": "w-private", "$ai_session_id": "c-private", "plan": "plan-private", "$ai_input": []any{map[string]any{"role": "user", "content": trace + " question"}}}
	}
	shown, hidden := generation(at(302), "t/shown", more("shown")), generation(at(312), "t-hidden", more("hidden"))
	feedback := event{UUID: uuid.NewString(), Event: "$ai_feedback", DistinctID: "user_private", Timestamp: at(303).UTC().Format(time.RFC3339Nano), Properties: map[string]any{"$ai_trace_id": "t/shown", "$ai_feedback_text": "it was right"}}
	identify := event{UUID: uuid.NewString(), Event: "$identify", DistinctID: "user_private", Timestamp: at(1).UTC().Format(time.RFC3339Nano), Properties: map[string]any{"$set": map[string]any{"name": "Ada Private", "email": "ada@example.com"}}}
	shown.DistinctID, hidden.DistinctID = "user_private", "user_private"
	c.Capture(t, "/batch/", shown, hidden, feedback, identify)
	x.shown, x.hidden = shown.UUID, hidden.UUID
	return x
}

// ask is a signed-in request.
func (x *shop) ask(t *testing.T, method, path, body string) *reply {
	t.Helper()
	return x.Do(t, method, path, []byte(body), "Content-Type: application/json", "Cookie: "+x.cookie, "Sec-Fetch-Site: same-origin")
}

func (x *shop) share(t *testing.T, trace string) (s query.Share) {
	t.Helper()
	res := x.ask(t, "POST", "/api/shares", jsonOf(map[string]any{"trace": trace, "expires_in": "1h"}))
	if err := json.Unmarshal(res.Body, &s); res.Status != 200 || err != nil {
		t.Fatalf("share: %d %s", res.Status, res.Body)
	}
	return s
}

func (x *shop) check(t *testing.T, path string, res *reply) {
	t.Helper()
	for _, secret := range unseen {
		if res.Status != 200 && strings.Contains(path, secret) {
			continue // the answer repeats the request
		}
		if i := bytes.Index(res.Body, []byte(secret)); i >= 0 {
			t.Errorf("%s says %q:\n…%s", path, secret, res.Body[max(0, i-200):min(len(res.Body), i+100)])
		}
	}
}

func TestAGuestSeesOneTraceWithItsReplay(t *testing.T) {
	x := openShop(t)
	share := x.share(t, "t/shown")
	for path, want := range map[string]string{
		"":            "<html",
		"/api/shared": `"trace_id":"t/shown"`,
		"/api/traces/" + url.PathEscape("t/shown"):               "shown question",
		"/api/traces/" + url.PathEscape("t/shown") + "/nodes":    x.shown,
		"/api/traces/" + url.PathEscape("t/shown") + "/feedback": "it was right",
		"/api/generations/" + x.shown:                            "shown question",
		"/api/generations/" + x.shown + "/messages?of=input":     "shown question",
		"/api/generations/" + x.shown + "/raw?of=input":          "shown question",
		"/api/sessions/replay":                                   `"window_list":[{"id":"1"`,
		"/api/sessions/replay/snapshots?window=1":                "within the minute",
		"/api/sessions/replay/snapshots?window=1&t=0&until=9e15": "at its beginning",
	} {
		path = strings.ReplaceAll(path, "9e15", "9000000000000")
		res := x.Get(t, share.URL+path)
		if res.Status != 200 || !strings.Contains(string(res.Body), want) {
			t.Errorf("%s: %d without %q: %s", path, res.Status, want, res.Body)
		}
		if path != "" && (res.Header.Get("Cache-Control") != "no-store" && res.Header.Get("Cache-Control") != "private, no-cache") || res.Header.Get("Referrer-Policy") != "no-referrer" || !strings.Contains(res.Header.Get("X-Robots-Tag"), "noindex") {
			t.Errorf("%s: headers %v", path, res.Header)
		}
		x.check(t, path, res)
	}
	// Earlier events are shown as the state of the page at the beginning, with the time of the beginning.
	res := x.Get(t, share.URL+"/api/sessions/replay/snapshots?window=1")
	from := x.began.Add(295 * time.Second).UnixMilli()
	for line := range bytes.SplitSeq(bytes.TrimSpace(res.Body), []byte("\n")) {
		var e struct{ Timestamp int64 }
		if json.Unmarshal(line, &e) != nil || e.Timestamp < from || e.Timestamp > x.began.Add(363*time.Second).UnixMilli() {
			t.Errorf("an event outside of the time around the trace: %s", line)
		}
	}
	if !bytes.Contains(res.Body, []byte(`"type":2`)) {
		t.Errorf("no picture to begin with: %s", res.Body)
	}
}

// A guest tries every route, with and without the link in front of it, with every existing id.
func TestAGuestReachesNothingElse(t *testing.T) {
	x := openShop(t)
	share := x.share(t, "t/shown")
	var described struct {
		Paths map[string]map[string]any
	}
	res := x.ask(t, "GET", "/api/openapi.json", "")
	if err := json.Unmarshal(res.Body, &described); err != nil || len(described.Paths) < 20 {
		t.Fatalf("%v: %d routes", err, len(described.Paths))
	}
	paths := map[string]bool{"/": true, "/traces": true, "/metrics": true, "/api/openapi.json": true, "/api/openapi.yaml": true, "/api/": true, "/login/x": true}
	for path := range described.Paths {
		for _, id := range []string{x.hidden, "t-hidden", "s-private", "c-private", share.ID} {
			path := strings.ReplaceAll(strings.ReplaceAll(path, "{id}", id), "{list}", "traces")
			paths[path] = true
			for _, query := range []string{"?of=input", "?of=traces", "?window=w-private", "?project=default", "?q=hidden"} {
				paths[path+query] = true
			}
		}
	}
	for _, path := range []string{
		"/api/generations/" + x.shown + "/raw?of=properties", "/api/sessions/replay/snapshots?window=w-private", "/api/sessions/replay/snapshots", "/api/sessions/replay/snapshots?window=0",
		"/api/sessions/replay/snapshots?window=3", "/api/sessions/replay/activity", "/api/sessions/replay/generations", "/api/traces/t%2Fshown/../t-hidden", "/api/traces/t%2Fshown?project=default", "/../api/traces", "/api/shared/x",
	} {
		paths[path] = true
	}
	for path := range paths {
		if res := x.Get(t, share.URL+path); res.Status == 200 && path != "/" || res.Status >= 500 {
			t.Errorf("%s with the link: %d %s", path, res.Status, res.Body)
		} else {
			x.check(t, path, res)
		}
		if res := x.Get(t, path); res.Status != 401 && res.Status != 404 && res.Status != 307 { // 307 redirects to the path without ..
			t.Errorf("%s without: %d", path, res.Status)
		}
	}
	for _, method := range []string{"POST", "PUT", "DELETE", "PATCH"} {
		for _, path := range []string{"", "/api/shares", "/api/shares/" + share.ID, "/api/views", "/api/annotations", "/api/traces/t%2Fshown"} {
			if res := x.Do(t, method, share.URL+path, []byte(`{}`), "Content-Type: application/json"); res.Status != 404 && res.Status != 405 {
				t.Errorf("%s %s: %d %s", method, path, res.Status, res.Body)
			}
		}
	}
	// The token cannot be used as a cookie or as a password.
	token := strings.TrimPrefix(share.URL, query.SharePath)
	name, _, _ := strings.Cut(x.cookie, "=")
	for _, header := range []string{"Cookie: " + name + "=" + token, "Authorization: Bearer " + token} {
		if res := x.Get(t, "/api/traces", header); res.Status != 401 {
			t.Errorf("%s: %d", header, res.Status)
		}
	}
}

func TestLinksThatShowNothing(t *testing.T) {
	x := openShop(t)
	share, other := x.share(t, "t/shown"), x.share(t, "t/shown")
	token := strings.TrimPrefix(share.URL, query.SharePath)
	signed, _ := auth.NewShares(x.server.secrets.key).Share(token)
	past, elsewhere, unknown := signed, signed, signed
	past.Ends, elsewhere.TraceID, unknown.ID = time.Now().Add(-time.Second), "t-hidden", uuid.New()
	project := signed
	project.Project = "nobodys"
	changed := []byte(token)
	changed[len(changed)/2] ^= 1
	foreign := auth.NewShares([]byte("another installation's key, as long")).Token(signed)
	sign := auth.NewShares(x.server.secrets.key).Token
	want := x.Get(t, "/shared/nonsense/api/shared").Body
	for what, token := range map[string]string{
		"ended": sign(past), "of another trace than was shared": sign(elsewhere), "that nobody made": sign(unknown), "of no project": sign(project),
		"changed": string(changed), "of another installation": foreign, "cut off": token[:len(token)-1], "none": "",
	} {
		res := x.Get(t, query.SharePath+token+"/api/shared")
		if res.Status != 404 || token != "" && !bytes.Equal(res.Body, want) {
			t.Errorf("a link %s: %d %s", what, res.Status, res.Body)
		}
	}
	// Every server with the same key accepts the link, also after a restart, until it is withdrawn.
	if res := x.ask(t, "DELETE", "/api/shares/"+share.ID, ""); res.Status != http.StatusNoContent {
		t.Fatalf("withdraw: %d %s", res.Status, res.Body)
	}
	cfg := x.server.config
	stop(t, x.server)
	_, again := start(t, cfg)
	if res := again.Get(t, share.URL+"/api/shared"); res.Status != 404 {
		t.Errorf("withdrawn: %d %s", res.Status, res.Body)
	}
	if res := again.Get(t, other.URL+"/api/shared"); res.Status != 200 {
		t.Errorf("the other link, after a restart: %d %s", res.Status, res.Body)
	}
	var list query.List[query.Share]
	res := again.Get(t, "/api/shares?trace_id=t%2Fshown", "Cookie: "+x.cookie)
	if err := json.Unmarshal(res.Body, &list); err != nil || len(list.Items) != 1 || list.Items[0].ID != other.ID || list.Items[0].URL != other.URL {
		t.Errorf("%d %s", res.Status, res.Body)
	}
}

// Tokens are secrets: no log line and no metric contains one.
func TestTokensOfGuestsAreNotLogged(t *testing.T) {
	x := openShop(t)
	share := x.share(t, "t/shown")
	x.Get(t, share.URL+"/api/shared")
	x.Get(t, share.URL+"/api/nothing")
	metrics := x.ask(t, "GET", "/metrics", "")
	if token := strings.TrimPrefix(share.URL, query.SharePath); bytes.Contains(metrics.Body, []byte(token)) || !bytes.Contains(metrics.Body, []byte("/shared/")) {
		t.Errorf("metrics: %.2000s", metrics.Body)
	}
}

func TestAPageElsewhereChangesNothing(t *testing.T) {
	_, c := start(t, testConfig(t.TempDir()))
	for path, method := range map[string]string{"/api/views": "POST", "/api/shares": "POST", "/api/views/" + uuid.NewString(): "DELETE", "/api/shares/" + uuid.NewString(): "DELETE"} {
		res := c.Do(t, method, path, []byte(`{}`), "Content-Type: application/json", "Sec-Fetch-Site: cross-site", "Origin: https://evil.example.com")
		if res.Status != 403 {
			t.Errorf("%s %s: %d %s", method, path, res.Status, res.Body)
		}
	}
}
