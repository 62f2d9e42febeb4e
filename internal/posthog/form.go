package posthog

import (
	"bytes"
	"encoding/base64"
	"net/http"
	"slices"
	"strings"

	"github.com/playheadhq/playhead/internal/intake"
	"github.com/playheadhq/playhead/internal/rawjson"
)

// unform takes JSON or base64 from a form's data field (posthog-js without compression, and its beacons). It also accepts a body that is only base64.
// A body that begins like JSON is JSON whatever its Content-Type, because curl -d calls everything a form.
func (b *body) unform(header http.Header) error {
	if len(b.Data) == 0 || intake.IsJSON(b.Data) {
		return nil
	}
	if bytes.HasPrefix(b.Data, []byte("data=")) || strings.HasPrefix(header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		value, found := formData(b.Data)
		if !found {
			return intake.BadRequest("bad_form", "the form has no field named data")
		}
		return b.unwrap(value)
	}
	bare := bytes.TrimSpace(b.Data)
	for piece := range slices.Chunk(bare, intake.Breath) {
		if len(bytes.TrimLeft(piece, base64Letters)) > 0 {
			return nil // not base64 either; the JSON error will show how it begins
		}
		if err := b.work.Pause(); err != nil {
			return err
		}
	}
	if len(bare) > 0 {
		return b.unwrap(bare)
	}
	return nil
}

// base64Letters are the letters of both alphabets, padding, and white space, because base64 may have line breaks.
const base64Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_= \r\n\t"

// formData finds the data field of a form, still percent-encoded.
func formData(form []byte) (value []byte, found bool) {
	for len(form) > 0 {
		field, rest, _ := bytes.Cut(form, []byte("&"))
		if value, found := bytes.CutPrefix(field, []byte("data=")); found {
			return value, true
		}
		form = rest
	}
	return nil, false
}

// unwrap replaces the body with the content of value, which is a part of it: JSON, or base64 in either alphabet, padded or not.
func (b *body) unwrap(value []byte) error {
	json := jsonBegins(value)
	value, err := unpercent(value, json, b.work.Pause)
	if err != nil {
		return err
	}
	if json {
		b.Data = b.Data[:copy(b.Data, value)]
		return nil
	}
	if value, err = plainBase64(value, b.work.Pause); err != nil {
		return err
	}
	size := base64.RawStdEncoding.DecodedLen(len(value))
	if int64(size) > b.limits.Decoded {
		return b.TooFar()
	}
	data, err := b.work.Buffer(int64(size))
	if err != nil {
		return err
	}
	n := 0
	for piece := range slices.Chunk(value, intake.Breath) { // Breath is a multiple of the four letters that are decoded together
		made, err := base64.RawStdEncoding.Decode(data[n:size], piece)
		if err != nil {
			err = &intake.Failure{Status: http.StatusBadRequest, Outcome: "bad_base64", Public: "the data field is neither JSON nor base64", Err: err}
		} else {
			err = b.work.Pause()
		}
		if err != nil {
			b.work.Drop(data)
			return err
		}
		n += made
	}
	b.Replace(data[:n])
	return nil
}

// jsonBegins reports whether a percent-encoded value is JSON.
func jsonBegins(value []byte) bool {
	start, _ := unpercent(bytes.Clone(value[:min(len(value), 64)]), true, nil)
	return intake.IsJSON(start)
}

// plainBase64 converts base64 in place to the unpadded standard alphabet.
func plainBase64(b []byte, pause func() error) ([]byte, error) {
	out := b[:0]
	for i, c := range b {
		if i%intake.Breath == intake.Breath-1 {
			if err := pause(); err != nil {
				return nil, err
			}
		}
		switch c {
		case '-', ' ': // a space was a plus before something between client and server parsed the form
			c = '+'
		case '_':
			c = '/'
		case '\r', '\n', '\t':
			continue
		}
		out = append(out, c)
	}
	return bytes.TrimRight(out, "="), nil
}

// unpercent decodes percent encoding in place. A percent sign that does not begin an escape stays. A plus is a space in a form, and a plus in base64.
func unpercent(b []byte, plusIsSpace bool, pause func() error) ([]byte, error) {
	if !plusIsSpace && bytes.IndexByte(b, '%') < 0 {
		return b, nil
	}
	out := b[:0]
	for i, rest := 0, intake.Breath; i < len(b); i++ {
		if i >= rest {
			rest = i + intake.Breath
			if err := pause(); err != nil {
				return nil, err
			}
		}
		c := b[i]
		switch {
		case c == '+' && plusIsSpace:
			c = ' '
		case c == '%' && i+2 < len(b) && rawjson.HexDigit(b[i+1])|rawjson.HexDigit(b[i+2]) <= 15:
			c = rawjson.HexDigit(b[i+1])<<4 | rawjson.HexDigit(b[i+2])
			i += 2
		}
		out = append(out, c)
	}
	return out, nil
}
