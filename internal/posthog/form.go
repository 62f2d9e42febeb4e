package posthog

import (
	"bytes"
	"encoding/base64"
	"net/http"
	"slices"
	"strings"

	"github.com/playheadhq/playhead/internal/rawjson"
)

// unform takes JSON or base64 out of a form's data field (posthog-js without compression, and its beacons). A body that
// is bare base64 is taken too. Whatever its Content-Type, a body that begins like JSON is JSON: curl -d says form for
// everything.
func (b *body) unform(header http.Header) error {
	if len(b.data) == 0 || isJSON(b.data) {
		return nil
	}
	if bytes.HasPrefix(b.data, []byte("data=")) || strings.HasPrefix(header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		value, found := formData(b.data)
		if !found {
			return badRequest("bad_form", "the form has no field named data")
		}
		return b.unwrap(value)
	}
	bare := bytes.TrimSpace(b.data)
	for piece := range slices.Chunk(bare, breath) {
		if len(bytes.TrimLeft(piece, base64Letters)) > 0 {
			return nil // whatever it is, the JSON error will show how it begins
		}
		if err := b.work.pause(); err != nil {
			return err
		}
	}
	if len(bare) > 0 {
		return b.unwrap(bare)
	}
	return nil
}

// base64Letters are those of both alphabets, padding, and the white space that base64 is broken with.
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

// unwrap replaces the body with what value, a part of it, holds: JSON, or base64 in either alphabet, padded or not.
func (b *body) unwrap(value []byte) error {
	json := jsonBegins(value)
	value, err := unpercent(value, json, b.work.pause)
	if err != nil {
		return err
	}
	if json {
		b.data = b.data[:copy(b.data, value)]
		return nil
	}
	if value, err = plainBase64(value, b.work.pause); err != nil {
		return err
	}
	size := base64.RawStdEncoding.DecodedLen(len(value))
	if int64(size) > b.limits.Decoded {
		return b.inflatesTooFar()
	}
	data, err := b.work.buffer(int64(size))
	if err != nil {
		return err
	}
	n := 0
	for piece := range slices.Chunk(value, breath) { // which is a multiple of the four letters that are decoded together
		made, err := base64.RawStdEncoding.Decode(data[n:size], piece)
		if err != nil {
			err = &failure{status: http.StatusBadRequest, outcome: "bad_base64", public: "the data field is neither JSON nor base64", err: err}
		} else {
			err = b.work.pause()
		}
		if err != nil {
			b.work.drop(data)
			return err
		}
		n += made
	}
	b.replace(data[:n])
	return nil
}

// jsonBegins says whether a percent-encoded value is JSON.
func jsonBegins(value []byte) bool {
	start, _ := unpercent(bytes.Clone(value[:min(len(value), 64)]), true, nil)
	return isJSON(start)
}

// plainBase64 rewrites base64 in place into the unpadded standard alphabet.
func plainBase64(b []byte, pause func() error) ([]byte, error) {
	out := b[:0]
	for i, c := range b {
		if i%breath == breath-1 {
			if err := pause(); err != nil {
				return nil, err
			}
		}
		switch c {
		case '-', ' ': // a space was a plus before something on the way parsed the form
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

// unpercent undoes percent encoding in place. A percent sign that begins no escape stays. A plus is a space in a form, and a
// plus in base64.
func unpercent(b []byte, plusIsSpace bool, pause func() error) ([]byte, error) {
	if !plusIsSpace && bytes.IndexByte(b, '%') < 0 {
		return b, nil
	}
	out := b[:0]
	for i, rest := 0, breath; i < len(b); i++ {
		if i >= rest {
			rest = i + breath
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
