package api

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"html"
	"iter"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/playheadhq/playhead/internal/address"
	"github.com/playheadhq/playhead/internal/query"
)

type clip struct {
	ProjectParam
	ID       string `path:"id" doc:"The browser's session id."`
	WindowID string `query:"window" doc:"The tab; by default the one that is shown at from."`
	FromMS   int64  `query:"from" required:"true" example:"1795418806254" doc:"The first instant, in Unix milliseconds."`
	ToMS     int64  `query:"to" required:"true" example:"1795418836254" doc:"The last instant, in Unix milliseconds, at most 30 minutes later."`
}

const (
	clipType = "text/html"
	// clipHead is the beginning of a clip. Its policy allows its one script, inline styles, and nothing from elsewhere; frames inherit it.
	clipHead = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src 'sha256-"
	clipMeta = "'; style-src 'unsafe-inline' data:; img-src data:; font-src data:; base-uri 'none'; form-action 'none'\">\n<meta name=\"referrer\" content=\"no-referrer\">\n" +
		"<meta name=\"viewport\" content=\"width=device-width\">\n<title>"
)

// clip answers with a file to be saved. Browsers must never show it from this origin, because it contains a script and a recorded page.
func (a *api) clip(ctx context.Context, in *clip) (*huma.StreamResponse, error) {
	scope, err := a.query.Scope(in.project())
	if err != nil {
		return nil, a.fail(ctx, err)
	}
	c, err := a.query.Clip(ctx, scope, query.ClipRequest{SessionID: address.ID(in.ID), WindowID: in.WindowID, FromMS: in.FromMS, ToMS: in.ToMS})
	if err != nil {
		return nil, a.fail(ctx, err)
	}
	next, stop := iter.Pull2(c.Events)
	first, err, ok := next()
	if err != nil {
		stop()
		return nil, a.fail(ctx, err)
	}
	about, err := json.Marshal(c)
	if err != nil {
		stop()
		return nil, err
	}
	script := inScript(a.clipScript)
	sum := sha256.Sum256(script)
	return &huma.StreamResponse{Body: func(hc huma.Context) {
		defer stop()
		hc.SetHeader("Content-Type", clipType+"; charset=utf-8")
		hc.SetHeader("Content-Disposition", `attachment; filename="playhead-clip.html"`)
		hc.SetHeader("X-Content-Type-Options", "nosniff")
		hc.SetHeader("Content-Security-Policy", "default-src 'none'; sandbox")
		w := bufio.NewWriterSize(hc.BodyWriter(), 64<<10)
		for _, part := range []string{
			clipHead, base64.StdEncoding.EncodeToString(sum[:]), clipMeta, html.EscapeString(c.Title), "</title>\n</head>\n<body>\n",
			`<script type="application/json" id="clip">`, string(about), "</script>\n", // json.Marshal escapes < and >
			`<script type="` + linesType + `" id="events">` + "\n",
		} {
			_, _ = w.WriteString(part) // the next write returns the error, too
		}
		for line := first; ok; {
			_, _ = w.Write(bytes.ReplaceAll(line, []byte("<"), []byte(`\u003c`))) // < occurs only in strings
			if w.WriteByte('\n') != nil {
				return // the client disconnected
			}
			if line, err, ok = next(); err != nil {
				a.logger.ErrorContext(ctx, "a clip ended early", "session", in.ID, "error", err)
				panic(http.ErrAbortHandler) // so that the client does not mistake the part for the whole
			}
		}
		inline, err := json.Marshal(c.Assets(ctx))
		if err != nil {
			panic(http.ErrAbortHandler) // texts can always be written
		}
		_, _ = w.WriteString("</script>\n" + `<script type="application/json" id="assets">`)
		_, _ = w.Write(inline)
		_, _ = w.WriteString("</script>\n<script>")
		_, _ = w.Write(script)
		_, _ = w.WriteString("</script>\n</body>\n</html>\n")
		_ = w.Flush() // an error means that the client disconnected
	}}, nil
}

// inScript is a script that can be put between script tags: text that would close the element is only in strings and patterns, where it is escaped.
func inScript(script []byte) []byte {
	return bytes.ReplaceAll(script, []byte("</script"), []byte(`<\/script`))
}
