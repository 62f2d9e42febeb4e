package cli

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// typed runs the command line and returns what it printed.
func typed(t *testing.T, environ []string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(t.Context(), environment{stdout: &out, stderr: &errs, environ: environ}, args)
	return code, out.String(), errs.String()
}

func TestWords(t *testing.T) {
	for _, test := range []struct {
		args           string
		code           int
		stdout, stderr string
	}{
		{"", 2, "", "Commands:"},
		{"help", 0, "playhead demo", ""},
		{"--help", 0, "Commands:", ""},
		{"help serve", 0, "--listen, PLAYHEAD_LISTEN (default 127.0.0.1:8000)", ""},
		{"serve --help", 0, "--limits-max-event", ""},
		{"serve -h", 0, "(not a flag), PLAYHEAD_PASSWORD", ""},
		{"demo --help", 0, "--app-listen, PLAYHEAD_APP_LISTEN", ""},
		{"version", 0, "playhead ", ""},
		{"--version", 0, "playhead ", ""},
		{"version now", 2, "", `"now" is not understood`},
		{"sevre", 2, "", `there is no command "sevre"`},
		{"serve --listen nowhere --dta x", 2, "", "did you mean --data?"},
		{"serve --app-listen :1", 2, "", "only playhead demo has"},
		{"serve --listen 192.0.2.1:0 --data " + t.TempDir(), 1, "", "no such address"},
		{"doctor --listen 127.0.0.1:0 --limits-min-free 0 --data " + t.TempDir(), 0, "ok    data: 0 events", ""},
		{"doctor --listen 192.0.2.1:0 --data /proc/playhead", 1, "BAD   data directory", ""},
	} {
		code, stdout, stderr := typed(t, nil, strings.Fields(test.args)...)
		if code != test.code || !strings.Contains(stdout, test.stdout) || !strings.Contains(stderr, test.stderr) {
			t.Errorf("playhead %s: %d\n%s%s", test.args, code, stdout, stderr)
		}
		if (stdout == "") == (stderr == "") {
			t.Errorf("playhead %s: words went to the wrong place:\nout: %s\nerr: %s", test.args, stdout, stderr)
		}
	}
}

func TestServeDoesNotKnowTheDemosSettings(t *testing.T) {
	_, stdout, _ := typed(t, nil, "serve", "--help")
	if strings.Contains(stdout, "app-listen") {
		t.Error("serve --help shows --app-listen")
	}
	for line := range strings.Lines(stdout) {
		if len(line) > 110 {
			t.Errorf("too wide: %s", line)
		}
	}
}

// printed collects the output of a running command and signals when a text appears.
type printed struct {
	mu    sync.Mutex
	text  bytes.Buffer
	until string
	seen  chan string
}

func (p *printed) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.text.Write(b)
	if p.until != "" && strings.Contains(p.text.String(), p.until) {
		p.until = ""
		p.seen <- p.text.String()
	}
	return len(b), nil
}

// running starts a command and returns what it printed until it was ready, and a function that ends it.
func running(t *testing.T, until string, args ...string) (text string, end func() int) {
	t.Helper()
	out := &printed{until: until, seen: make(chan string, 1)}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan int, 1)
	go func() { ended <- run(ctx, environment{stdout: out, stderr: t.Output()}, args) }()
	end = func() int { cancel(); return <-ended }
	select {
	case text = <-out.seen:
		return text, end
	case code := <-ended:
		t.Fatalf("playhead %s ended with %d", strings.Join(args, " "), code)
		return "", nil
	}
}

func get(t *testing.T, url string) (int, string) {
	t.Helper()
	c := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := c.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

func TestServe(t *testing.T) {
	text, end := running(t, "Data ", "serve", "--listen", "127.0.0.1:0", "--data", t.TempDir())
	address := regexp.MustCompile(`Open +(http://127\.0\.0\.1:\d+)`).FindStringSubmatch(text)
	if address == nil || !regexp.MustCompile(`Token +phc_[A-Za-z0-9_-]{32}`).MatchString(text) {
		t.Fatalf("printed:\n%s", text)
	}
	if status, _ := get(t, address[1]+"/readyz"); status != 200 {
		t.Errorf("readyz: %d", status)
	}
	if code := end(); code != 0 {
		t.Errorf("ended with %d", code)
	}
}

func TestDemo(t *testing.T) {
	text, end := running(t, "Ask it something", "demo", "--history=false", "--listen", "127.0.0.1:0", "--app-listen", "127.0.0.1:0", "--data", t.TempDir())
	addresses := regexp.MustCompile(`http://127\.0\.0\.1:\d+`).FindAllString(text, -1)
	if len(addresses) != 2 {
		t.Fatalf("printed:\n%s", text)
	}
	if status, body := get(t, addresses[1]+"/"); status != 200 || !strings.Contains(body, "<html") {
		t.Errorf("the chat: %d %.100s", status, body)
	}
	if code := end(); code != 0 {
		t.Errorf("ended with %d", code)
	}
}

// If the chat cannot start, the server ends, too.
func TestDemoWithATakenAddress(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	code, _, stderr := typed(t, nil, "demo", "--listen", "127.0.0.1:0", "--app-listen", l.Addr().String(), "--data", t.TempDir(), "--log-level", "error")
	if code != 1 || !strings.Contains(stderr, l.Addr().String()) || !strings.Contains(stderr, "choose another address with --app-listen") {
		t.Errorf("%d %s", code, stderr)
	}
}
