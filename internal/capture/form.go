package capture

import (
	"bytes"
	"encoding/base64"
	"net/http"
	"strings"
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
	if bare := bytes.TrimSpace(b.data); len(bare) > 0 && len(bytes.TrimLeft(bare, base64Letters)) == 0 {
		return b.unwrap(bare)
	}
	return nil // whatever it is, the JSON error will show how it begins
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
	if jsonBegins(value) {
		for i, c := range value {
			if c == '+' {
				value[i] = ' '
			}
		}
		value = unpercent(value)
		b.data = b.data[:copy(b.data, value)]
		return nil
	}
	// Here a plus is a plus, and a space was one before something on the way parsed the form.
	value = plainBase64(unpercent(value))
	size := base64.RawStdEncoding.DecodedLen(len(value))
	if int64(size) > b.limits.Decoded {
		return tooLarge("the body is larger than " + mib(b.limits.Decoded) + " when decoded: send smaller batches, or raise limits.max_decoded")
	}
	data, err := b.work.buffer(int64(size))
	if err != nil {
		return err
	}
	n, err := base64.RawStdEncoding.Decode(data[:size], value)
	if err != nil {
		b.work.drop(data)
		return &problem{status: http.StatusBadRequest, outcome: "bad_base64", public: "the data field is neither JSON nor base64", err: err}
	}
	b.replace(data[:n])
	return nil
}

// jsonBegins says whether a percent-encoded value is JSON.
func jsonBegins(value []byte) bool {
	return isJSON(unpercent(append([]byte(nil), value[:min(len(value), 64)]...)))
}

// plainBase64 rewrites base64 in place into the unpadded standard alphabet.
func plainBase64(b []byte) []byte {
	out := b[:0]
	for _, c := range b {
		switch c {
		case '-', ' ':
			c = '+'
		case '_':
			c = '/'
		case '\r', '\n', '\t':
			continue
		}
		out = append(out, c)
	}
	return bytes.TrimRight(out, "=")
}

// unpercent undoes percent encoding in place. A percent sign that begins no escape stays.
func unpercent(b []byte) []byte {
	first := bytes.IndexByte(b, '%')
	if first < 0 {
		return b
	}
	out := b[:first]
	for i := first; i < len(b); i++ {
		c := b[i]
		if c == '%' && i+2 < len(b) && notHex[b[i+1]]|notHex[b[i+2]] == 0 {
			c = nibble(b[i+1])<<4 | nibble(b[i+2])
			i += 2
		}
		out = append(out, c)
	}
	return out
}

func nibble(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return c&^0x20 - 'A' + 10
}
