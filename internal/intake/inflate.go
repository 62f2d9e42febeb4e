package intake

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
)

// maxEncodings is the largest number of encodings of a body.
const maxEncodings = 2

// maxWindow limits the memory that zstd needs to look back; the SDKs' levels need 2 MiB.
const maxWindow = 8 << 20

var (
	unbrotlis = sync.Pool{New: func() any { return new(brotli.Reader) }}
	gunzips   = sync.Pool{New: func() any { return new(gzip.Reader) }}
	unzstds   = sync.Pool{New: func() any {
		d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			panic("intake: zstd decoder options: " + err.Error()) // constant options
		}
		return d
	}}
)

// Inflate undoes the encodings of Content-Encoding, the last one first.
func (b *Body) Inflate(header http.Header) error {
	encodings := strings.FieldsFunc(strings.Join(header.Values("Content-Encoding"), ","), func(r rune) bool { return r == ',' || r == ' ' })
	if len(encodings) > maxEncodings {
		return Unsupported(fmt.Sprintf("more than %d content encodings", maxEncodings))
	}
	for i := len(encodings) - 1; i >= 0; i-- {
		var err error
		switch e := strings.ToLower(encodings[i]); e {
		case "identity":
		case "gzip", "x-gzip":
			// Some proxies decompress a body and keep the header: a body that is plainly JSON is accepted as it is.
			if !isGzip(b.Data) && !IsJSON(b.Data) {
				return BadRequest("bad_gzip", "Content-Encoding is gzip, but the body is not gzip")
			}
			err = b.Gunzip()
		case "deflate":
			err = b.undeflate()
		case "zstd":
			err = b.unzstd()
		case "br":
			err = b.unbrotli()
		default:
			return Unsupported(fmt.Sprintf("content encoding %q is not supported: use gzip, deflate, zstd, br or none", e))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func isGzip(data []byte) bool { return len(data) > 1 && data[0] == 0x1f && data[1] == 0x8b }

// IsJSON reports whether data begins like the body of an event or a batch, after a small amount of white space.
func IsJSON(data []byte) bool {
	data = bytes.TrimLeft(bytes.TrimPrefix(data[:min(len(data), 64<<10)], []byte("\xef\xbb\xbf")), " \t\r\n")
	return len(data) > 0 && (data[0] == '{' || data[0] == '[')
}

// Gunzip decompresses the body if it begins like gzip.
func (b *Body) Gunzip() error {
	if !isGzip(b.Data) {
		return nil
	}
	r := gunzips.Get().(*gzip.Reader)
	defer gunzips.Put(r)
	if err := r.Reset(bytes.NewReader(b.Data)); err != nil {
		return inflateFailure("gzip", err)
	}
	// gzip has its length in its last bytes. There are at least ten bytes, because the header was read. A length that is possible for this many bytes
	// is trusted: a body that is too large is refused without any work, and nothing is copied.
	length, first := int64(binary.LittleEndian.Uint32(b.Data[len(b.Data)-4:])), int64(firstRoom)
	if length > deflateFactor*int64(len(b.Data)) { // the end of the body is missing
		length = 0
	} else {
		first = max(first, length+1)
	}
	return b.inflate("gzip", r, first, length)
}

// deflateFactor is the largest possible ratio of decompressed to compressed size in deflate (RFC 1951: at most 258 bytes for two bits).
const deflateFactor = 1032

// undeflate decompresses HTTP's deflate: zlib, or the bare stream that some clients send under this name.
func (b *Body) undeflate() error {
	var r io.ReadCloser
	if d := b.Data; len(d) > 1 && d[0]&0x0f == 8 && (uint(d[0])<<8|uint(d[1]))%31 == 0 {
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

func (b *Body) unzstd() error {
	r := unzstds.Get().(*zstd.Decoder)
	defer func() {
		_ = r.Reset(nil) // releases the body
		unzstds.Put(r)
	}()
	if err := r.Reset(bytes.NewReader(b.Data)); err != nil {
		return inflateFailure("zstd", err)
	}
	var head zstd.Header
	var hint int64
	if head.Decode(b.Data) == nil && head.HasFCS {
		hint = int64(min(head.FrameContentSize, 1<<62))
	}
	return b.inflate("zstd", r, firstRoom, hint)
}

// unbrotli decompresses Brotli, which posthog-rs sends. Its window has at most 16 MiB (RFC 7932; larger ones are refused).
func (b *Body) unbrotli() error {
	r := unbrotlis.Get().(*brotli.Reader)
	defer func() {
		_ = r.Reset(bytes.NewReader(nil)) // releases the body
		unbrotlis.Put(r)
	}()
	if err := r.Reset(bytes.NewReader(b.Data)); err != nil {
		return inflateFailure("brotli", err)
	}
	return b.inflate("brotli", r, firstRoom, 0)
}

// An inner compressed layer may be at most innerFactor times as large as the received body, or innerFree bytes. Compressing compressed data again
// hardly shrinks it, so a much larger inner layer was made to be expensive.
const (
	innerFactor = 4
	innerFree   = 1 << 20
)

// inflate replaces the body with the output of r. All layers together may have limits.Decoded bytes.
func (b *Body) inflate(encoding string, r io.Reader, first, hint int64) error {
	if b.layers++; b.layers == 1 {
		b.sent = int64(len(b.Data))
	} else if int64(len(b.Data)) > max(innerFree, innerFactor*b.sent) {
		return TooLarge("the body is compressed more than once with a very high ratio: compress it once")
	}
	left := b.limits.Decoded - b.inflated
	if hint > left {
		return b.TooFar()
	}
	data, err := fill(r, first, hint, left, b.work)
	if err != nil {
		b.work.Drop(data)
		var p *Failure
		switch {
		case errors.As(err, &p):
			return p
		case errors.Is(err, errLimit):
			return b.TooFar()
		}
		return inflateFailure(encoding, err)
	}
	b.inflated += int64(len(data))
	b.Replace(data)
	return nil
}

// TooFar is the error for a body that is larger than the limit when decoded.
func (b *Body) TooFar() error {
	return TooLarge("the body is larger than " + MiB(b.limits.Decoded) + " when decoded: send smaller batches, or raise limits.max_decoded")
}

func inflateFailure(encoding string, err error) *Failure {
	public := "the body is not valid " + encoding
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		public += ": it is incomplete"
		err = nil
	}
	return &Failure{Status: http.StatusBadRequest, Outcome: "bad_" + encoding, Public: public, Err: err}
}
