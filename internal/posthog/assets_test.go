package posthog

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/playheadhq/playhead/internal/testfile"
)

// TestManifest checks that the embedded files are byte for byte those in the manifest. To check that they are the npm package's, run: go run
// ./assets/refresh -check
func TestManifest(t *testing.T) {
	files := maps.Clone(loaded().files)
	for i, o := range loaded().older {
		for name, a := range o.files {
			files[fmt.Sprint("older ", i, " ", name)] = a
		}
	}
	committed, err := fs.Glob(embedded, "assets/posthog-js/*.js.gz")
	if err != nil || len(committed) != len(files) {
		t.Errorf("%d files embedded, %d in the manifest, %v", len(committed), len(files), err)
	}
	for name, a := range files {
		plain, err := a.plain()
		if err != nil {
			t.Fatal(name, err)
		}
		sum := sha256.Sum256(plain)
		if got := hex.EncodeToString(sum[:]); a.sum != got {
			t.Errorf("%s: SHA-256 %s, in the manifest %s", name, got, a.sum)
		}
	}
}

func TestScripts(t *testing.T) {
	mux, _ := newServer(nil)
	version, files := loaded().version, loaded().files
	if !bytes.Contains(mustPlain(t, files["array.js"]), []byte(version)) {
		t.Errorf("array.js does not name version %s", version)
	}
	const year = "public, max-age=31536000, immutable"
	for _, sc := range []struct {
		path, accept string
		status       int
		cache        string
	}{
		{"/static/array.js", "gzip, deflate, br", 200, "public, max-age=300"},
		{"/static/array.js?v=1.240.0", "gzip", 200, "public, max-age=300"},
		{"/static/" + version + "/lazy-recorder.js", "br, gzip;q=0.5", 200, year},
		{"/static/" + version + "/lazy-recorder.js", "", 200, year},
		{"/static/1.0.0/recorder.js", "gzip;q=0", 200, "public, max-age=300"},
		{"/static/" + version + "/tracing-headers.js", "*", 200, year},
		{"/array/phc_x/array.js", "gzip", 200, "public, max-age=300"},
		{"/static/" + version + "/toolbar.js", "gzip", 404, ""},
		{"/static/..%2farray.js", "gzip", 404, ""},
	} {
		r := httptest.NewRequest("GET", sc.path, nil)
		r.Header.Set("Accept-Encoding", sc.accept)
		w := serve(mux, r)
		header := w.Header()
		if w.Code != sc.status || header.Get("Access-Control-Allow-Origin") != "*" || header.Get("Cache-Control") != sc.cache {
			t.Errorf("%s: %d %v", sc.path, w.Code, header)
			continue
		}
		if sc.status != 200 {
			continue
		}
		body := w.Body.Bytes()
		zipped := header.Get("Content-Encoding") == "gzip"
		if zipped {
			body = testfile.Gunzip(t, body)
		}
		name := sc.path[strings.LastIndexByte(sc.path, '/')+1:]
		name, _, _ = strings.Cut(name, "?")
		if zipped != acceptsGzip(r.Header) || !bytes.Equal(body, mustPlain(t, files[name])) || header.Get("Content-Type") != "text/javascript; charset=utf-8" {
			t.Errorf("%s for %q: %d bytes, %v", sc.path, sc.accept, len(body), header)
		}
		// The same file is not sent again for its ETag, but it is sent in the other encoding.
		r.Header.Set("If-None-Match", header.Get("ETag"))
		if w := serve(mux, r); w.Code != http.StatusNotModified || w.Body.Len() > 0 {
			t.Errorf("%s again: %d, %d bytes", sc.path, w.Code, w.Body.Len())
		}
		if zipped {
			r.Header.Del("Accept-Encoding")
			if w := serve(mux, r); w.Code != http.StatusOK {
				t.Errorf("%s again, not compressed: %d", sc.path, w.Code)
			}
		}
	}
}

func mustPlain(t *testing.T, a *asset) []byte {
	t.Helper()
	plain, err := a.plain()
	if err != nil {
		t.Fatal(err)
	}
	return plain
}

// A page's own copy of posthog-js calls tracing-headers.js with other arguments before 1.254.0 and before 1.257.2. It gets the file that takes them.
func TestOlderVersionsGetTheirTracingHeaders(t *testing.T) {
	mux, _ := newServer(nil)
	const sessionOnly, withDistinctID, current = "_patchFetch:e=>", "_patchFetch:(e,r)=>", ""
	for path, want := range map[string]string{
		"/static/1.240.0/tracing-headers.js":   sessionOnly,
		"/static/tracing-headers.js?v=1.240.0": sessionOnly,
		"/static/1.253.4/tracing-headers.js":   sessionOnly,
		"/static/1.254.0/tracing-headers.js":   withDistinctID,
		"/static/1.257.1/tracing-headers.js":   withDistinctID,
		"/static/1.257.2/tracing-headers.js":   current,
		"/static/1.300.0/tracing-headers.js":   current,
		"/static/tracing-headers.js":           current,
		"/static/next/tracing-headers.js":      current,
		"/static/1.240.0/lazy-recorder.js":     current,
	} {
		w := serve(mux, httptest.NewRequest("GET", path, nil))
		body := w.Body.Bytes()
		name := path[strings.LastIndexByte(path, '/')+1:]
		name, _, _ = strings.Cut(name, "?")
		if embeds := bytes.Equal(body, mustPlain(t, loaded().files[name])); w.Code != 200 || embeds != (want == current) || !bytes.Contains(body, []byte(want)) {
			t.Errorf("%s: %d, the newest file: %v, want %q in it", path, w.Code, embeds, want)
		}
	}
}
