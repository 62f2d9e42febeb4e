package config

import (
	"errors"
	"io/fs"
	"log/slog"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

func load(t *testing.T, file string, environ []string, args ...string) (*Config, []string, error) {
	t.Helper()
	return Load(Source{
		Command: "serve", Args: args, Environ: environ,
		ReadFile: func(name string) ([]byte, error) {
			if name != "p.yaml" {
				return nil, fs.ErrNotExist
			}
			return []byte(file), nil
		},
	})
}

func TestLaterSourcesWin(t *testing.T) {
	file := "listen: 127.0.0.1:1\ndata: /from/file\ntoken: phc_file\nlimits:\n  max_event: 1MiB\n  max_body: 2 MB\n"
	c, warnings, err := load(t, file,
		[]string{"PLAYHEAD_DATA=/from/env", "PLAYHEAD_TOKEN=phc_env", "PLAYHEAD_PASSWORD=", "PLAYHEAD_PORT=tcp://10.0.0.1:80", "HOME=/"},
		"--config", "p.yaml", "--token=phc_flag", "-sign-in-lifetime", "1d", "--tokens", "a,b", "--tokens", "c")
	if err != nil {
		t.Fatal(err)
	}
	want := Default()
	want.Listen, want.Data, want.Token, want.Tokens = "127.0.0.1:1", "/from/env", "phc_flag", []string{"a", "b", "c"}
	want.Limits.MaxEvent, want.Limits.MaxBody = 1<<20, 2e6
	want.SignInLifetime = Duration(24 * time.Hour)
	if !reflect.DeepEqual(c, want) {
		t.Errorf("got  %+v\nwant %+v", c, want)
	}
	if len(warnings) != 1 || !strings.HasPrefix(warnings[0], "PLAYHEAD_PORT ") {
		t.Errorf("warnings: %q", warnings)
	}
}

func TestEveryProblemIsReportedAtOnceByTheNameTheUserWrote(t *testing.T) {
	file := `listen: 127.0.0.1
limit:
  max_body: 1MiB
limits:
  max_event: many
  max_evnt: 1MiB
tokens: [good, "b d"]
log: loud
sign_in_lifetime: [1d]
`
	_, _, err := load(t, file,
		[]string{"PLAYHEAD_CONFIG=p.yaml", "PLAYHEAD_LIMITS_MAX_BODY=1GiB", "PLAYHEAD_LOG_LEVEL=loud", "PLAYHEAD_PASSWORD=short", "PLAYHEAD_PUBLIC_URL=example.com"},
		"--listn", ":0", "surplus", "--password", "secret", "--app-listen", ":1", "--shutdown-timeout=0s", "--token")
	wantProblems(t, err,
		"p.yaml:1: listen: \"127.0.0.1\" is not an address",
		"p.yaml:2: limit: no such setting",
		"p.yaml:5: limits.max_event: \"many\" is not a size",
		"p.yaml:6: limits.max_evnt: no such setting; did you mean limits.max_event?",
		"p.yaml:7: tokens: \"b d\" is not a token",
		"p.yaml:8: log: expected settings",
		"p.yaml:9: sign_in_lifetime: expected one value, not a list",
		"PLAYHEAD_LIMITS_MAX_BODY: max_decoded (256MiB) is less than max_body (1GiB)",
		"PLAYHEAD_LOG_LEVEL: \"loud\" is not a log level",
		"PLAYHEAD_PASSWORD: too short",
		"PLAYHEAD_PUBLIC_URL: \"example.com\" is not an address",
		"--listn: no such setting; did you mean --listen?",
		"surplus: not understood",
		"--password: this is not a flag",
		"--app-listen: only playhead demo has this setting",
		"--shutdown-timeout: 0s is out of range",
		"--token: a value is missing",
	)
}

// wantProblems fails the test unless err has exactly these problems. Each one in wanted is the beginning of a problem's text.
func wantProblems(t *testing.T, err error, wanted ...string) {
	t.Helper()
	var problems Problems
	if !errors.As(err, &problems) {
		t.Fatalf("got %v", err)
	}
	var got []string
	for _, p := range problems {
		got = append(got, p.String())
	}
	for _, want := range wanted {
		at := slices.IndexFunc(got, func(line string) bool { return strings.HasPrefix(line, want) })
		if at < 0 {
			t.Errorf("missing: %s", want)
			continue
		}
		got = slices.Delete(got, at, at+1)
	}
	for _, line := range got {
		t.Errorf("unexpected: %s", line)
	}
}

func TestFiles(t *testing.T) {
	for name, test := range map[string]struct{ file, problem string }{
		"empty":               {"", ""},
		"only comments":       {"# listen: x\n", ""},
		"a commented section": {"limits:\n#  max_event: 1\nlog:\n  level: debug\n", ""},
		"json":                {`{"listen": "127.0.0.1:2", "tokens": ["a"], "limits": {"max_event": 1048576}}`, ""},
		"not a mapping":       {"- a\n", "expected settings"},
		"syntax":              {"listen: [", "not valid YAML"},
		"twice":               {"listen: :1\nlisten: :2\n", "p.yaml"},
		"two documents":       {"listen: :1\n---\nlisten: :2\n", "2 YAML documents"},
		"no value":            {"listen:\n", "the value is missing"},
		"mapping as a value":  {"listen:\n  a: b\n", "expected a value"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := load(t, test.file, nil, "--config=p.yaml")
			switch {
			case test.problem == "" && err != nil:
				t.Error(err)
			case test.problem != "" && (err == nil || !strings.Contains(err.Error(), test.problem)):
				t.Errorf("got %v, want %q", err, test.problem)
			}
		})
	}
	if _, _, err := load(t, "", nil, "--config", "other.yaml"); err == nil || !strings.Contains(err.Error(), "--config: there is no file other.yaml") {
		t.Errorf("got %v", err)
	}
}

func TestHelp(t *testing.T) {
	for _, flag := range []string{"-h", "--help", "-help"} {
		if _, _, err := load(t, "", nil, "--listen", ":1", flag); !errors.Is(err, ErrHelp) {
			t.Errorf("%s: %v", flag, err)
		}
	}
}

func TestBytes(t *testing.T) {
	for text, want := range map[string]Bytes{"0": 0, "4096": 4096, "64MiB": 64 << 20, "1.5 GB": 1.5e9, "2k": -1, "1tib": 1 << 40, "7b": 7, "": -1, "-1": -1, "9999999tib": -1, "nan": -1} {
		var got Bytes
		err := got.UnmarshalText([]byte(text))
		if (err != nil) != (want < 0) || err == nil && got != want {
			t.Errorf("%q: %d, %v", text, got, err)
		}
	}
	for b, want := range map[Bytes]string{0: "0", 64 << 20: "64MiB", 1500: "1500", 3 << 30: "3GiB", 1 << 10: "1KiB"} {
		if b.String() != want {
			t.Errorf("%d is written %s", int64(b), b)
		}
	}
}

func TestDefaults(t *testing.T) {
	c, _, err := load(t, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	if c.Listen != "127.0.0.1:8000" || c.Log.Level != slog.LevelInfo || c.Limits.MaxBody != 64<<20 {
		t.Errorf("got %+v", c)
	}
}

func TestStorages(t *testing.T) {
	for _, test := range []struct {
		args, environ   []string
		problem, warned string
		url, name       string
	}{
		{url: "duckdb", name: "duckdb"},
		{environ: []string{"PLAYHEAD_STORE=clickhouse://u:s3cret@h:9000/d?cluster=c&secure=true"}, url: "clickhouse://u:s3cret@h:9000/d?cluster=c&secure=true", name: "clickhouse://h:9000/d?cluster=c"},
		{environ: []string{"PLAYHEAD_STORE=clickhouse://u@h/d", "PLAYHEAD_STORE_PASSWORD=a b/@"}, url: "clickhouse://u:a%20b%2F%40@h/d", name: "clickhouse://h/d"},
		{args: []string{"--store", "clickhouse://u:s3cret@h/d"}, warned: "--store contains a password", url: "clickhouse://u:s3cret@h/d", name: "clickhouse://h/d"},
		{environ: []string{"PLAYHEAD_STORE=clickhouse://u:s3cret@h/d", "PLAYHEAD_STORE_PASSWORD=x"}, problem: "only one of the two"},
		{environ: []string{"PLAYHEAD_STORE_PASSWORD=x"}, problem: "which has no password"},
		{environ: []string{"PLAYHEAD_STORE=postgres://u:s3cret@h/d"}, problem: "PLAYHEAD_STORE: this is not a storage"},
		{environ: []string{"PLAYHEAD_STORE=clickhouse://u:s3cret%@h/d"}, problem: "PLAYHEAD_STORE: this is not a storage"},
		{environ: []string{"PLAYHEAD_STORE=clickhouse://u:s3cret@h"}, problem: "lacks a host or a database"},
		{environ: []string{"PLAYHEAD_STORE=clickhouse://h/d", "PLAYHEAD_TOKEN="}, problem: "a token is needed"},
		{environ: []string{"PLAYHEAD_COOKIE_KEY=short"}, problem: "PLAYHEAD_COOKIE_KEY: too short"},
		{environ: []string{"PLAYHEAD_BLOCKS=s3://bucket/p?endpoint=http://h:9000"}, url: "duckdb", name: "duckdb"},
		{environ: []string{"PLAYHEAD_BLOCKS=/var/lib/recordings"}, url: "duckdb", name: "duckdb"},
		{environ: []string{"PLAYHEAD_BLOCKS=gs://bucket"}, problem: "PLAYHEAD_BLOCKS: this is not a location for recordings"},
		{environ: []string{"PLAYHEAD_BLOCKS=s3:///prefix"}, problem: "PLAYHEAD_BLOCKS: this is not a location for recordings"},
		{environ: []string{"PLAYHEAD_BLOCKS=s3://key:s3cret@bucket"}, problem: "PLAYHEAD_BLOCKS: keys do not belong in the address"},
		{environ: []string{"PLAYHEAD_STORE=clickhouse://u@h/d", "PLAYHEAD_CLICKHOUSE_TEXT_INDEX=true", "PLAYHEAD_RETENTION=90d"}, url: "clickhouse://u@h/d", name: "clickhouse://h/d"},
		{environ: []string{"PLAYHEAD_CLICKHOUSE_TEXT_INDEX=true"}, problem: "which has no such index"},
		{environ: []string{"PLAYHEAD_CLICKHOUSE_TEXT_INDEX=maybe"}, problem: "\"maybe\" is neither true nor false"},
		{environ: []string{"PLAYHEAD_RETENTION=36h"}, problem: "PLAYHEAD_RETENTION: 36h0m0s is not a valid number of days"},
		{environ: []string{"PLAYHEAD_RETENTION=3651d"}, problem: "is not a valid number of days"},
		{environ: []string{"PLAYHEAD_S3_WINDOW=1m"}, problem: "PLAYHEAD_S3_WINDOW: 1m0s is out of range"},
		{environ: []string{"PLAYHEAD_S3_COMPACT_AFTER=1s"}, problem: "PLAYHEAD_S3_COMPACT_AFTER: 1s is out of range"},
		{environ: []string{"PLAYHEAD_S3_GRACE=1m"}, problem: "PLAYHEAD_S3_GRACE: 1m0s is out of range"},
	} {
		c, warnings, err := load(t, "", append([]string{"PLAYHEAD_TOKEN=phc_t"}, test.environ...), test.args...)
		said := strings.Join(warnings, "\n")
		if err != nil {
			said += err.Error()
		}
		if strings.Contains(said, "s3cret") {
			t.Errorf("%v %v: the password is shown: %s", test.environ, test.args, said)
		}
		if (err != nil) != (test.problem != "") || !strings.Contains(said, test.problem) || !strings.Contains(said, test.warned) {
			t.Errorf("%v %v: %s, %v", test.environ, test.args, said, err)
		}
		if err == nil && (c.StoreURL() != test.url || c.StoreName() != test.name) {
			t.Errorf("%v: %s %s", test.environ, c.StoreURL(), c.StoreName())
		}
	}
}
