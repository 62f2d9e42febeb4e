package config

import (
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite docs/config.md")

const referenceFile = "../../docs/config.md"

// TestReference compares docs/config.md with the struct. Run `go generate ./internal/config` after changing a setting.
func TestReference(t *testing.T) {
	got := Reference()
	if *update {
		if err := os.MkdirAll("../../docs", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(referenceFile, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(referenceFile)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Error("docs/config.md is not what the code says: run go generate ./internal/config")
	}
}

// The example file in the reference must load. It contains store_password, so the test uses a storage that has a password.
func TestTheReferencesFileLoads(t *testing.T) {
	file := regexp.MustCompile("(?s)```yaml\n(.*)```").FindStringSubmatch(Reference())
	if file == nil {
		t.Fatal("no file in the reference")
	}
	c, _, err := load(t, file[1], nil, "--config", "p.yaml", "--store", "clickhouse://u@h/d")
	if err != nil {
		t.Fatal(err)
	}
	if c.Password == "" || c.PublicURL == "" || len(c.Tokens) != 2 || c.Limits != Default().Limits {
		t.Errorf("got %+v", c)
	}
}

func TestEverySettingIsDescribed(t *testing.T) {
	for _, s := range Settings() {
		if !strings.HasSuffix(s.Doc, ".") || s.Default == "" && s.Example == "" {
			t.Errorf("%s is not described", s.Key)
		}
	}
}
