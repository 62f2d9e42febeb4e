package posthog

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
)

// maxEncodings is how many encodings a body may have on top of each other.
const maxEncodings = 2

// maxWindow is the most memory a zstd body may ask for to look back; the SDKs' levels need 2 MiB.
const maxWindow = 8 << 20

var (
	gunzips = sync.Pool{New: func() any { return new(gzip.Reader) }}
	unzstds = sync.Pool{New: func() any {
		d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			panic("posthog: zstd decoder options: " + err.Error()) // constant options
		}
		return d
	}}
)

// inflateAs undoes what Content-Encoding says, the last first.
func (b *body) inflateAs(header http.Header) error {
	encodings := strings.FieldsFunc(strings.Join(header.Values("Content-Encoding"), ","), func(r rune) bool { return r == ',' || r == ' ' })
	if len(encodings) > maxEncodings {
		return unsupported(fmt.Sprintf("more than %d content encodings", maxEncodings))
	}
	for i := len(encodings) - 1; i >= 0; i-- {
		var err error
		switch e := strings.ToLower(encodings[i]); e {
		case "identity":
		case "gzip", "x-gzip":
			// Proxies have been seen to inflate a body and leave the header: what plainly is JSON is taken as it is.
			if !isGzip(b.data) && !isJSON(b.data) {
				return badRequest("bad_gzip", "Content-Encoding is gzip, but the body is not gzip")
			}
			err = b.gunzip()
		case "deflate":
			err = b.undeflate()
		case "zstd":
			err = b.unzstd()
		default:
			return unsupported(fmt.Sprintf("content encoding %q is not supported: use gzip, deflate, zstd or none", e))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func isGzip(data []byte) bool { return len(data) > 1 && data[0] == 0x1f && data[1] == 0x8b }

// isJSON says whether data begins as the body of an event or a batch does, after no more white space than somebody would write.
func isJSON(data []byte) bool {
	data = bytes.TrimLeft(bytes.TrimPrefix(data[:min(len(data), 64<<10)], []byte("\xef\xbb\xbf")), " \t\r\n")
	return len(data) > 0 && (data[0] == '{' || data[0] == '[')
}

// gunzip undoes gzip where the body begins like it.
func (b *body) gunzip() error {
	if !isGzip(b.data) {
		return nil
	}
	r := gunzips.Get().(*gzip.Reader)
	defer gunzips.Put(r)
	if err := r.Reset(bytes.NewReader(b.data)); err != nil {
		return inflateFailure("gzip", err)
	}
	// Its length is in its last bytes, of which there are ten at least: the header was read. A length that so many bytes can
	// have is believed at once: what does not fit is refused before any work is put into it, and nothing is copied.
	length, first := int64(binary.LittleEndian.Uint32(b.data[len(b.data)-4:])), int64(firstRoom)
	if length > deflateFactor*int64(len(b.data)) { // the end is missing
		length = 0
	} else {
		first = max(first, length+1)
	}
	return b.inflate("gzip", r, first, length)
}

// deflateFactor is how many times as large as what it came as something can be that was compressed with deflate (RFC 1951: at
// most 258 bytes for two bits).
const deflateFactor = 1032

// undeflate undoes HTTP's deflate: zlib, or the bare stream that some send under this name.
func (b *body) undeflate() error {
	var r io.ReadCloser
	if d := b.data; len(d) > 1 && d[0]&0x0f == 8 && (uint(d[0])<<8|uint(d[1]))%31 == 0 {
		z, err := zlib.NewReader(bytes.NewReader(d))
		if err != nil {
			return inflateFailure("deflate", err)
		}
		r = z
	} else {
		r = flate.NewReader(bytes.NewReader(d))
	}
	defer r.Close()
	return b.inflate("deflate", r, firstRoom, 0)
}

func (b *body) unzstd() error {
	r := unzstds.Get().(*zstd.Decoder)
	defer func() {
		_ = r.Reset(nil) // lets go of the body
		unzstds.Put(r)
	}()
	if err := r.Reset(bytes.NewReader(b.data)); err != nil {
		return inflateFailure("zstd", err)
	}
	var head zstd.Header
	var hint int64
	if head.Decode(b.data) == nil && head.HasFCS {
		hint = int64(min(head.FrameContentSize, 1<<62))
	}
	return b.inflate("zstd", r, firstRoom, hint)
}

// What is compressed within what is compressed is at most innerFactor times as large as what came, or innerFree: deflate makes
// little of what is compressed already, so an inner layer that is much larger was made to cost more than its bytes.
const (
	innerFactor = 4
	innerFree   = 1 << 20
)

// inflate replaces the body with what r makes of it. All layers together may have limits.Decoded bytes.
func (b *body) inflate(encoding string, r io.Reader, first, hint int64) error {
	if b.layers++; b.layers == 1 {
		b.sent = int64(len(b.data))
	} else if int64(len(b.data)) > max(innerFree, innerFactor*b.sent) {
		return tooLarge("the body is compressed more than once with a very high ratio: compress it once")
	}
	left := b.limits.Decoded - b.inflated
	if hint > left {
		return b.inflatesTooFar()
	}
	data, err := fill(r, first, hint, left, b.work)
	if err != nil {
		b.work.drop(data)
		var p *failure
		switch {
		case errors.As(err, &p):
			return p
		case errors.Is(err, errLimit):
			return b.inflatesTooFar()
		}
		return inflateFailure(encoding, err)
	}
	b.inflated += int64(len(data))
	b.replace(data)
	return nil
}

func (b *body) inflatesTooFar() error {
	return tooLarge("the body is larger than " + mib(b.limits.Decoded) + " when decoded: send smaller batches, or raise limits.max_decoded")
}

func inflateFailure(encoding string, err error) *failure {
	public := "the body is not valid " + encoding
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		public += ": it is incomplete"
		err = nil
	}
	return &failure{status: http.StatusBadRequest, outcome: "bad_" + encoding, public: public, err: err}
}
