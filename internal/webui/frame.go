package webui

import "net/http"

// FramePath is the document in which the UI mounts the replayer.
const FramePath = "/replay-frame"

// A recording is a stranger's page, so it is rebuilt inside a document that can run nothing: no script-src, and a sandbox
// without allow-scripts, which holds even when the document is opened by itself. The frames that the replayer makes inside it
// are about:blank and inherit its policy; frame-src is about other frames, of which a recording needs none. The UI, which is of the
// same origin, reaches in from outside.
//
// The policy is the second wall. Browsers look hosts up and connect before they ask it: for frames and for links that say so
// (measured: docs/adr/0006-replayer.md). So the UI takes what leads elsewhere out of a recording first (web/src/features/replay/gate.ts).
const (
	framePolicy = "default-src 'none'; script-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; " + frameRest
	// remoteFramePolicy also loads what the recorded page showed from elsewhere, which tells those servers that it is being watched.
	remoteFramePolicy = "default-src 'none'; script-src 'none'; style-src 'unsafe-inline' data: blob: http: https:; img-src data: blob: http: https:; " +
		"font-src data: http: https:; media-src data: blob: http: https:; " + frameRest
	// copiesFramePolicy also loads copies of what the page showed from elsewhere, from this server.
	copiesFramePolicy = "default-src 'none'; script-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; " + frameRest
	frameRest         = "connect-src 'none'; frame-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; " +
		"sandbox allow-same-origin"
)

const frameHTML = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<title>Replay</title>
<style>html, body { margin: 0; height: 100%; overflow: hidden; background: transparent; }</style>
</head>
<body></body>
</html>
`

// Frame serves the document. With ?remote=1 it may load images, styles, fonts and media from other servers, with ?copies=1 from this one.
func Frame() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		policy := framePolicy
		switch asked := r.URL.Query(); {
		case asked.Get("remote") == "1":
			policy = remoteFramePolicy
		case asked.Get("copies") == "1":
			policy = copiesFramePolicy
		}
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Frame-Options", "SAMEORIGIN")
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Cache-Control", "no-cache")
		w.Write([]byte(frameHTML))
	})
}
