package posthog

import (
	"bytes"
	"net/http"

	"github.com/playheadhq/playhead/internal/intake"
)

// body is a request's body while it is decoded, layer by layer, to JSON text in valid UTF-8, not yet parsed.
type body struct {
	*intake.Body
	limits intake.Limits
	work   *intake.Work
}

// read receives and decodes a request's body. The work has a turn afterwards. Errors: *intake.Failure, or the error of the connection.
func (h *Handler) read(w http.ResponseWriter, r *http.Request, path string, work *intake.Work) (text []byte, err error) {
	return h.gate.Read(w, r, path, work, func(b *intake.Body) error {
		return (&body{b, h.gate.Limits, work}).decode(r.Header)
	})
}

// decode removes the layers of the body: those of its header, gzip without a header, and base64 in a form. It ignores the query, because only some
// versions of posthog-js send ?compression=.
func (b *body) decode(header http.Header) error {
	if err := b.Inflate(header); err != nil {
		return err
	}
	// A proxy may have compressed a compressed body.
	for range 2 {
		if err := b.Gunzip(); err != nil {
			return err
		}
	}
	if err := b.unform(header); err != nil {
		return err
	}
	if err := b.Gunzip(); err != nil { // compression=gzip-js inside a form
		return err
	}
	if text, found := bytes.CutPrefix(b.Data, []byte("\xef\xbb\xbf")); found {
		b.Data = b.Data[:copy(b.Data, text)]
	}
	return b.Repair()
}
