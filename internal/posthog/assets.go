package posthog

import (
	"bytes"
	"embed"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/klauspost/compress/gzip"
)

// The browser files are kept compressed, as they are sent. assets/refresh says which they are and why.
//
//go:generate go run ./assets/refresh
//go:embed assets/manifest.json assets/posthog-js/*.js.gz
var embedded embed.FS

// asset is one browser file.
type asset struct {
	gz  []byte
	sum string // SHA-256 of the plain form, hexadecimal
}

// loaded is the manifest's version and its files by name, read once: they are constant.
var loaded = sync.OnceValues(func() (string, map[string]*asset) {
	var manifest struct {
		Version string
		Files   map[string]string
	}
	b, err := embedded.ReadFile("assets/manifest.json")
	if err == nil {
		err = json.Unmarshal(b, &manifest)
	}
	if err != nil {
		panic("posthog: assets/manifest.json: " + err.Error()) // embedded, and tested
	}
	files := make(map[string]*asset, len(manifest.Files))
	for name, sum := range manifest.Files {
		gz, err := embedded.ReadFile("assets/posthog-js/" + name + ".js.gz")
		if err != nil {
			panic("posthog: " + err.Error()) // embedded, and tested
		}
		files[name+".js"] = &asset{gz, sum}
	}
	return manifest.Version, files
})

// script serves a browser file. Whatever version is asked for, it is the embedded one: a page's own copy of posthog-js
// asks for its own version, and a recorder of another one beats none.
func (h *Handler) script(w http.ResponseWriter, r *http.Request) {
	version, files := loaded()
	file := r.PathValue("file")
	if file == "" {
		file = "array.js" // /array/{token}/array.js
	}
	a, ok := files[file]
	if !ok {
		h.metrics.requests.WithLabelValues("/static/", "not_found").Inc()
		http.Error(w, "no such file: posthog-js "+version+" is served here", http.StatusNotFound)
		return
	}
	h.metrics.requests.WithLabelValues("/static/", "ok").Inc()
	header := w.Header()
	header.Set("Content-Type", "text/javascript; charset=utf-8")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Vary", "Accept-Encoding")
	if r.PathValue("version") == version {
		header.Set("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		header.Set("Cache-Control", "public, max-age=300")
	}
	if acceptsGzip(r.Header) {
		header.Set("Content-Encoding", "gzip")
		header.Set("ETag", `"`+a.sum+`-gz"`)
		if r.Header.Get("If-None-Match") == "" {
			header.Set("Content-Length", strconv.Itoa(len(a.gz))) // ServeContent leaves it out of encoded answers
		}
		r.Header.Del("Range") // parts of a compressed file are of no use
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(a.gz))
		return
	}
	plain, err := a.plain()
	if err != nil {
		h.fail(w, r, "/static/", err)
		return
	}
	header.Set("ETag", `"`+a.sum+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(plain))
}

// plain inflates the file. Every browser takes gzip; what does not is rare enough to be served without a cache.
func (a *asset) plain() ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(a.gz))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}

// acceptsGzip reads Accept-Encoding.
func acceptsGzip(header http.Header) bool {
	for _, part := range strings.Split(strings.Join(header.Values("Accept-Encoding"), ","), ",") {
		name, params, _ := strings.Cut(part, ";")
		if name = strings.TrimSpace(name); name != "gzip" && name != "*" {
			continue
		}
		quality, found := strings.CutPrefix(strings.ReplaceAll(params, " ", ""), "q=")
		if !found {
			return true
		}
		q, err := strconv.ParseFloat(quality, 64)
		return err == nil && q > 0
	}
	return false
}
