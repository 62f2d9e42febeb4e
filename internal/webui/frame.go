package webui

import "net/http"

// FramePath is the path of the document in which the UI mounts the replayer.
const FramePath = "/replay-frame"

// A recording is a page of a stranger, so it is rebuilt inside a document that cannot run anything: it has no script-src, and a sandbox without
// allow-scripts, which also works when the document is opened directly. The frames that the replayer makes inside it are about:blank and inherit its
// policy. frame-src is about other frames, and a recording needs none of these. The UI has the same origin, so it can access the document from outside.
//
// The policy is the second line of defence. For frames and some links, browsers look hosts up and connect before they check the policy (measured:
// docs/adr/0006-replayer.md). So the UI first removes everything from a recording that leads elsewhere (web/src/features/replay/gate.ts).
const (
	framePolicy = "default-src 'none'; script-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; " + frameRest
	// remoteFramePolicy also loads what the recorded page showed from other servers. This tells those servers that the recording is being watched.
	remoteFramePolicy = "default-src 'none'; script-src 'none'; style-src 'unsafe-inline' data: blob: http: https:; img-src data: blob: http: https:; " +
		"font-src data: http: https:; media-src data: blob: http: https:; " + frameRest
	// copiesFramePolicy also loads copies of what the recorded page showed from other servers. The copies are on this server.
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

// Frame serves the document. With ?remote=1 it may load images, styles, fonts and media from other servers; with ?copies=1 only copies from this
// server.
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
		h.Set("Cache-Control", "max-age=600") // the same for everybody; a replay need not wait for it
		w.Write([]byte(frameHTML))
	})
}
