package posthog

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"net/http"
	"time"
)

// probeSource is the optional script that a page of a chat may load beside posthog-js. It adds two events to the recording:
//
//	playhead.shown {"node", "chars", "seen"}: the element node shows an answer of chars characters; seen of them were in the viewport at some time
//	playhead.copy {"node", "chars"}: somebody copied so many characters of the answer
//
// It sends nothing itself, and never the text. Answers are the elements that the attribute data-answers of its script tag selects.
//
//go:embed assets/probe.js
var probeSource []byte

// probe is the script as it is served: on one line, because a fifth of the source is indentation. This works because each statement ends with a
// semicolon and no string spans two lines.
var probe = func() (p struct {
	plain []byte
	etag  string
}) {
	for line := range bytes.Lines(probeSource) {
		p.plain = append(p.plain, bytes.TrimSpace(line)...)
	}
	sum := sha256.Sum256(p.plain)
	p.etag = `"` + hex.EncodeToString(sum[:]) + `"`
	return p
}()

// serveProbe serves the script uncompressed, because it is too short to gain from compression.
func (h *Handler) serveProbe(w http.ResponseWriter, r *http.Request) {
	h.gate.Counted("/static/", "ok")
	header := w.Header()
	header.Set("Content-Type", "text/javascript; charset=utf-8")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Cache-Control", "public, max-age=300")
	header.Set("ETag", probe.etag)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(probe.plain))
}
