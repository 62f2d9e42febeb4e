package posthog

import (
	"bytes"
	"embed"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/klauspost/compress/gzip"
)

// The browser files are stored compressed, as they are sent. assets/refresh lists them with the reason for each.
//
//go:generate go run ./assets/refresh
//go:embed assets/manifest.json assets/posthog-js/*.js.gz
var embedded embed.FS

// asset is one browser file.
type asset struct {
	gz  []byte
	sum string // SHA-256 of the plain form, hexadecimal
}

// browserFiles is posthog-js as it is served.
type browserFiles struct {
	version string
	files   map[string]*asset // by name
	// older are the files that earlier versions need instead, oldest first.
	older []olderFiles
}

// olderFiles are the files for clients older than a version.
type olderFiles struct {
	before release
	files  map[string]*asset
}

// loaded reads the embedded files once. They are constant.
var loaded = sync.OnceValue(func() browserFiles {
	type files struct {
		Version, Before string
		Files           map[string]string
	}
	var manifest struct {
		files
		Older []files
	}
	b, err := embedded.ReadFile("assets/manifest.json")
	if err == nil {
		err = json.Unmarshal(b, &manifest)
	}
	if err != nil {
		panic("posthog: assets/manifest.json: " + err.Error()) // embedded, and tested
	}
	read := func(f files, suffix string) map[string]*asset {
		all := make(map[string]*asset, len(f.Files))
		for name, sum := range f.Files {
			gz, err := embedded.ReadFile("assets/posthog-js/" + name + suffix + ".js.gz")
			if err != nil {
				panic("posthog: " + err.Error()) // embedded, and tested
			}
			all[name+".js"] = &asset{gz, sum}
		}
		return all
	}
	l := browserFiles{version: manifest.Version, files: read(manifest.files, "")}
	for _, f := range manifest.Older {
		before, ok := parseRelease(f.Before)
		if !ok {
			panic("posthog: assets/manifest.json: " + f.Before + " is not a version") // embedded, and tested
		}
		l.older = append(l.older, olderFiles{before, read(f, "-"+f.Version)})
	}
	return l
})

// file returns a file for a client of some version, which is "" or malformed if the client does not name it.
func (l browserFiles) file(name, client string) (*asset, bool) {
	if v, ok := parseRelease(client); ok {
		for _, o := range l.older {
			if a, ok := o.files[name]; ok && slices.Compare(v[:], o.before[:]) < 0 {
				return a, true
			}
		}
	}
	a, ok := l.files[name]
	return a, ok
}

// release is a version of posthog-js: major, minor, patch.
type release [3]int

func parseRelease(text string) (r release, ok bool) {
	parts := strings.Split(text, ".")
	if len(parts) != len(r) {
		return r, false
	}
	for i, part := range parts {
		n, err := strconv.ParseUint(part, 10, 31)
		if err != nil {
			return r, false
		}
		r[i] = int(n)
	}
	return r, true
}

// script serves a browser file. A page's own copy of posthog-js names its version in the path, or in v before 1.250. It gets the embedded version's file,
// because a recorder of another version is better than none, unless older versions need another one.
func (h *Handler) script(w http.ResponseWriter, r *http.Request) {
	l := loaded()
	file := r.PathValue("file")
	if file == "" {
		file = "array.js" // /array/{token}/array.js
	}
	client := r.PathValue("version")
	if client == "" {
		client = r.URL.Query().Get("v")
	}
	a, ok := l.file(file, client)
	if !ok {
		h.gate.Counted("/static/", "not_found")
		http.Error(w, "no such file: posthog-js "+l.version+" is served here", http.StatusNotFound)
		return
	}
	h.gate.Counted("/static/", "ok")
	header := w.Header()
	header.Set("Content-Type", "text/javascript; charset=utf-8")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Vary", "Accept-Encoding")
	if r.PathValue("version") == l.version {
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

// plain decompresses the file. Every browser accepts gzip; other clients are too rare for a cache.
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
