package server

import (
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestAPageElsewhereCannotReadThroughItsOwnName(t *testing.T) {
	_, c := start(t, testConfig(t.TempDir()))
	for _, path := range []string{"/", "/api/traces", "/metrics", "/login"} {
		res := c.Get(t, path, "Host: evil.example.com")
		if path == "/login" {
			continue // this answer has no data
		}
		if res.Status != 403 || !strings.Contains(string(res.Body), "public_url") {
			t.Errorf("%s: %d %s", path, res.Status, res.Body)
		}
	}
	for _, host := range []string{"localhost", "playhead.test:8000", "[::1]:1"} {
		if res := c.Get(t, "/api/traces", "Host: "+host); res.Status != 200 {
			t.Errorf("%s: %d", host, res.Status)
		}
	}
	// Capture answers under all names, because a proxy may forward any of them.
	if res := c.Do(t, "POST", "/batch/", batch(generation(time.Now(), "t", nil)), "Content-Type: application/json", "Host: t.example.com"); res.Status != 200 {
		t.Errorf("capture: %d %s", res.Status, res.Body)
	}
}

func TestAServerThatOthersReachAsksForASignIn(t *testing.T) {
	cfg := testConfig(t.TempDir())
	cfg.PublicURL = "https://playhead.example.com"
	s, c := start(t, cfg)
	c.Capture(t, "/batch/", generation(time.Now(), "t", nil)) // capture needs no sign-in
	for path, want := range map[string]int{"/healthz": 200, "/readyz": 200, "/api/traces": 401, "/api/openapi.json": 401, "/metrics": 401, "/api/shares": 401, "/replay-frame": 200, "/login": 200} {
		if res := c.Get(t, path); res.Status != want {
			t.Errorf("%s: %d, want %d", path, res.Status, want)
		}
	}
	if res := c.Get(t, "/traces", "Accept: text/html"); res.Status != 303 || !strings.HasPrefix(res.Header.Get("Location"), "/login?") {
		t.Errorf("a page: %d %v", res.Status, res.Header)
	}
	link, ok := strings.CutPrefix(s.SignInLink(), "https://playhead.example.com/login?link=")
	if !ok {
		t.Fatalf("link %q", s.SignInLink())
	}
	var printed strings.Builder
	s.Describe(&printed)
	if !strings.Contains(printed.String(), s.SignInLink()) || !strings.Contains(printed.String(), testToken) {
		t.Errorf("printed:\n%s", &printed)
	}
	form := []byte(url.Values{"link": {link}}.Encode())
	const formType = "Content-Type: application/x-www-form-urlencoded"
	if res := c.Do(t, "POST", "/login", form, formType, "Sec-Fetch-Site: cross-site"); res.Status != 403 {
		t.Errorf("from another site: %d", res.Status)
	}
	res := c.Do(t, "POST", "/login", form, formType, "Sec-Fetch-Site: same-origin")
	cookie := res.Header.Get("Set-Cookie")
	for _, want := range []string{"HttpOnly", "SameSite=Lax", "Secure", "Path=/"} {
		if !strings.Contains(cookie, want) {
			t.Errorf("cookie %q has no %s", cookie, want)
		}
	}
	value, _, _ := strings.Cut(cookie, ";")
	for _, path := range []string{"/api/traces", "/metrics", "/traces", "/replay-frame"} {
		if res := c.Get(t, path, "Cookie: "+value); res.Status != 200 {
			t.Errorf("%s, signed in: %d", path, res.Status)
		}
	}
	if res := c.Do(t, "POST", "/login", form, formType); res.Status != 401 {
		t.Errorf("the link a second time: %d", res.Status)
	}
	// The cookie is still valid after a restart.
	stop(t, s)
	_, c = start(t, cfg)
	if res := c.Get(t, "/api/traces", "Cookie: "+value); res.Status != 200 {
		t.Errorf("after a restart: %d", res.Status)
	}
}

func TestScriptsUseThePassword(t *testing.T) {
	cfg := testConfig(t.TempDir())
	cfg.Password = "correct horse"
	_, c := start(t, cfg)
	if res := c.Get(t, "/api/traces"); res.Status != 401 {
		t.Errorf("without: %d", res.Status)
	}
	// base64 of ":correct horse"
	if res := c.Get(t, "/api/traces", "Authorization: Basic OmNvcnJlY3QgaG9yc2U="); res.Status != 200 {
		t.Errorf("with: %d", res.Status)
	}
}
