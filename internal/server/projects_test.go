package server

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/playheadhq/playhead/internal/config"
)

// Each project's clients send with its token. A request with events of two projects is refused as a whole.
func TestTokensOfSeveralProjects(t *testing.T) {
	cfg := testConfig(t.TempDir())
	cfg.Projects = []config.Project{{Name: "shop", Tokens: []string{"phc_shop", "phc_old"}, RetentionDays: -1}}
	s, c := start(t, cfg)
	for _, test := range []struct {
		body   string
		status int
		says   string
	}{
		{`{"api_key":"` + testToken + `","batch":[{"event":"a","distinct_id":"u"}]}`, 200, "Ok"},
		{`{"api_key":"phc_shop","batch":[{"event":"a","distinct_id":"u"}]}`, 200, "Ok"},
		{`[{"event":"a","distinct_id":"u","properties":{"token":"phc_old"}},{"event":"a","distinct_id":"u","properties":{"token":"phc_shop"}}]`, 200, "Ok"},
		{`[{"event":"a","distinct_id":"u","properties":{"token":"phc_old"}},{"event":"a","distinct_id":"u","properties":{"token":"` + testToken + `"}}]`, 400, `two projects, "shop" and "default"`},
		{`{"api_key":"phc_none","batch":[{"event":"a","distinct_id":"u"}]}`, 401, "unknown project token"},
	} {
		if res := c.Do(t, "POST", "/batch/", []byte(test.body)); res.Status != test.status || !strings.Contains(string(res.Body), test.says) {
			t.Errorf("%s: %d %s", test.body, res.Status, res.Body)
		}
	}
	var printed bytes.Buffer
	s.Describe(&printed)
	for _, want := range []string{testToken + " (project default)", "phc_shop (project shop)"} {
		if !strings.Contains(printed.String(), want) {
			t.Errorf("%q is not printed:\n%s", want, &printed)
		}
	}
	var found []string
	for _, f := range Check(t.Context(), cfg, nil) {
		found = append(found, f.Name+": "+f.Found)
	}
	if all := strings.Join(found, "\n"); !strings.Contains(all, "project shop: 2 tokens, keeps everything") || !strings.Contains(all, "project default: one token") {
		t.Errorf("found %s", all)
	}
}

// The token that a server created for itself cannot be given to another project later: the data that were sent with it belong to the first.
func TestTheTokenThatWasMadeIsOfOneProject(t *testing.T) {
	cfg := testConfig(t.TempDir())
	cfg.Token = ""
	cfg.Projects = []config.Project{{Name: "default", RetentionDays: -1}, {Name: "shop", Tokens: []string{"phc_made"}, RetentionDays: -1}}
	if err := os.WriteFile(filepath.Join(cfg.Data, tokenFile), []byte("phc_made\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Start(t.Context(), Options{Config: cfg, Version: "test"})
	if err == nil || !strings.Contains(err.Error(), "also belongs to project shop") {
		t.Errorf("%v", err)
	}
}

// Nodes that assign a token to another project, or keep data for another time, are reported as different.
func TestNodesMustHaveTheSameProjects(t *testing.T) {
	prints := func(change func(c *config.Config)) map[string]string {
		c := testConfig("")
		c.Projects = []config.Project{{Name: "shop", Tokens: []string{"a", "b"}, RetentionDays: -1}, {Name: "help", Tokens: []string{"c"}, RetentionDays: 7}}
		change(c)
		return fingerprints(c)
	}
	same := prints(func(*config.Config) {})
	for setting, change := range map[string]func(c *config.Config){
		"token": func(c *config.Config) {
			c.Projects[0].Tokens, c.Projects[1].Tokens = []string{"a"}, []string{"b", "c"}
		},
		"retention": func(c *config.Config) { c.Projects[1].RetentionDays = 8 },
	} {
		for name, print := range prints(change) {
			if (print != same[name]) != (name == setting) {
				t.Errorf("with another %s, %s is %s, it was %s", setting, name, print, same[name])
			}
		}
	}
}
