package webui

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/fstest"
)

func TestFiles(t *testing.T) {
	h, err := handler(fstest.MapFS{
		"index.html":             {Data: []byte("<title>Playhead</title>")},
		"assets/icon.svg":        {Data: []byte("<svg/>")},
		"favicon.svg":            {Data: []byte("<svg/>")},
		"assets/app-Bxofm4Vk.js": {Data: []byte("app()")},
	})
	if err != nil {
		t.Fatal(err)
	}
	const forEver = "public, max-age=31536000, immutable"
	for _, test := range []struct {
		method, path  string
		status        int
		body, caching string
	}{
		{"GET", "/", 200, "<title>Playhead</title>", "no-cache"},
		{"GET", "/index.html", 200, "<title>Playhead</title>", "no-cache"},
		{"GET", "/traces/a.b", 200, "<title>Playhead</title>", "no-cache"},
		{"GET", "/assets", 200, "<title>Playhead</title>", "no-cache"},
		{"GET", "/../../etc/passwd", 200, "<title>Playhead</title>", "no-cache"},
		{"GET", "/favicon.svg", 200, "<svg/>", "no-cache"},
		{"GET", "/assets/app-Bxofm4Vk.js", 200, "app()", forEver},
		{"GET", "/assets/icon.svg", 200, "<svg/>", "no-cache"},
		{"HEAD", "/assets/app-Bxofm4Vk.js", 200, "", forEver},
		{"GET", "/assets/app-0.js", 404, "no such file; reload the page\n", ""},
		{"PUT", "/", 405, "method not allowed\n", ""},
	} {
		r := httptest.NewRequest(test.method, "/", nil)
		r.URL.Path = test.path
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != test.status || w.Body.String() != test.body || w.Header().Get("Cache-Control") != test.caching {
			t.Errorf("%s %s: %d %q %q", test.method, test.path, w.Code, w.Body, w.Header().Get("Cache-Control"))
		}
	}
}

func TestAnUnbuiltUIIsAnError(t *testing.T) {
	if _, err := handler(fstest.MapFS{}); err == nil {
		t.Error("no index.html and no error")
	}
	if _, err := Handler(); err != nil {
		t.Error(err)
	}
}

func TestTheFrameHasThePolicyItsParametersAskFor(t *testing.T) {
	for query, want := range map[string]string{"": framePolicy, "?remote=0": framePolicy, "?remote=1": remoteFramePolicy, "?copies=1": copiesFramePolicy} {
		w := httptest.NewRecorder()
		Frame().ServeHTTP(w, httptest.NewRequest(http.MethodGet, FramePath+query, nil))
		if got := w.Header().Values("Content-Security-Policy"); len(got) != 1 || got[0] != want {
			t.Errorf("%q: %q", query, got)
		}
	}
}
