package cli

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestReady(t *testing.T) {
	status, body := http.StatusOK, `{"status":"ok"}`
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/readyz" {
			t.Errorf("asked for %s", r.URL.Path)
		}
		w.WriteHeader(status)
		w.Write([]byte(body))
	}))
	t.Cleanup(server.Close)
	_, port, _ := strings.Cut(server.Listener.Addr().String(), ":")

	for _, args := range [][]string{{server.URL}, {server.URL + "/"}, {"--listen", "127.0.0.1:" + port}, {"--listen", ":" + port}, {"--listen", "0.0.0.0:" + port}} {
		if code, stdout, stderr := typed(t, nil, append([]string{"ready"}, args...)...); code != 0 || !strings.Contains(stdout, "is ready") {
			t.Errorf("%v: %d %s%s", args, code, stdout, stderr)
		}
	}
	status, body = http.StatusServiceUnavailable, `{"status":"unavailable","reason":"the server is stopping"}`
	if code, _, stderr := typed(t, nil, "ready", server.URL); code != 1 || !strings.Contains(stderr, "503") || !strings.Contains(stderr, "the server is stopping") {
		t.Errorf("not ready: %d %s", code, stderr)
	}
	server.Close()
	if code, _, stderr := typed(t, nil, "ready", server.URL); code != 1 || !strings.Contains(stderr, "ask "+server.URL) {
		t.Errorf("not there: %d %s", code, stderr)
	}
	for _, args := range [][]string{{"http://"}, {"surplus"}, {"--listn", ":1"}} {
		if code, _, stderr := typed(t, nil, append([]string{"ready"}, args...)...); code != 2 {
			t.Errorf("%v: %d %s", args, code, stderr)
		}
	}
}
