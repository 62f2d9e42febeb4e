// Package webui serves the built UI, which is part of the binary. dist and clip are built from web/ and committed, so that building Playhead does not
// need Node.
package webui

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"regexp"
	"strings"
	"time"
)

//go:embed all:dist
var dist embed.FS

//go:embed clip/clip.js
var clip []byte

// ContentSecurityPolicy is the policy for every page and answer of the UI. Inline styles are allowed because the UI sets them for positions on its
// timelines. Scripts and workers may only be files of this server.
const ContentSecurityPolicy = "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; media-src 'self'; " +
	"font-src 'self' data:; connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// Files are the path prefixes of what pages load besides their data. These files are the same for everybody.
var Files = []string{"/assets/", "/retry.js"}

// hashed matches names with a hash of the file's content, as the bundler writes them. These files never change.
var hashed = regexp.MustCompile(`^assets/.+-[A-Za-z0-9_-]{8}\.[a-z0-9]+$`)

// Handler serves the files of dist, and index.html for every other path, which the UI's router reads. It returns an error if the UI is not built into
// the binary.
func Handler() (http.Handler, error) {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		return nil, err
	}
	return handler(files)
}

func handler(files fs.FS) (http.Handler, error) {
	index, err := fs.ReadFile(files, "index.html")
	if err != nil {
		return nil, fmt.Errorf("the UI is not built into this binary: %w", err)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
			return
		}
		name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
		if name != "index.html" && name != "" {
			switch content, err := fs.ReadFile(files, name); {
			case err == nil:
				if hashed.MatchString(name) {
					w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
				} else {
					w.Header().Set("Cache-Control", "no-cache")
				}
				http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(content))
				return
			case !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrInvalid) && !isDir(files, name):
				http.Error(w, "cannot read the file", http.StatusInternalServerError)
				return
			case strings.HasPrefix(name, "assets/"):
				// Not the page: a browser that has an old page open would read it as a script.
				http.Error(w, "no such file; reload the page", http.StatusNotFound)
				return
			}
		}
		w.Header().Set("Cache-Control", "no-cache")
		http.ServeContent(w, r, "index.html", time.Time{}, bytes.NewReader(index))
	}), nil
}

// ClipScript returns the script of the player in a clip.
func ClipScript() []byte { return clip }

func isDir(files fs.FS, name string) bool {
	info, err := fs.Stat(files, name)
	return err == nil && info.IsDir()
}
