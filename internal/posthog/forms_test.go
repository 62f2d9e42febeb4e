package posthog

import (
	"bytes"
	"compress/flate"
	"compress/zlib"
	"encoding/base64"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
)

// forms are all the ways in which JSON text may be sent. Each puts it into the request.
var forms = map[string]func(r *http.Request, plain []byte){
	"plain":             func(r *http.Request, plain []byte) { send(r, "application/json", plain) },
	"plain with a mark": func(r *http.Request, plain []byte) { send(r, "", append([]byte("\xef\xbb\xbf"), plain...)) },
	"plain, but called a form": func(r *http.Request, plain []byte) {
		send(r, "application/x-www-form-urlencoded", plain)
	},
	"gzip without a header": func(r *http.Request, plain []byte) { send(r, "text/plain", gzipped(plain)) },
	"gzip":                  func(r *http.Request, plain []byte) { send(r, "", gzipped(plain), "gzip") },
	"gzip in two members":   func(r *http.Request, plain []byte) { send(r, "", twoMembers(plain)) },
	"gzip twice":            func(r *http.Request, plain []byte) { send(r, "text/plain", gzipped(gzipped(plain)), "gzip") },
	"gzip in name only":     func(r *http.Request, plain []byte) { send(r, "application/json", plain, "gzip") },
	"deflate":               func(r *http.Request, plain []byte) { send(r, "", zlibbed(plain), "deflate") },
	"bare deflate":          func(r *http.Request, plain []byte) { send(r, "", deflated(plain), "deflate") },
	"zstd":                  func(r *http.Request, plain []byte) { send(r, "", zstded(plain), "zstd") },
	"zstd streamed":         func(r *http.Request, plain []byte) { send(r, "", zstdStreamed(plain), "ZSTD") },
	"brotli":                func(r *http.Request, plain []byte) { send(r, "", brotlied(plain), "br") },
	"two encodings":         func(r *http.Request, plain []byte) { send(r, "", zstded(zlibbed(plain)), "deflate, zstd") },
	"identity":              func(r *http.Request, plain []byte) { send(r, "", plain, "identity") },
	"form":                  func(r *http.Request, plain []byte) { form(r, base64.StdEncoding.EncodeToString(plain), true) },
	"form, plus left alone": func(r *http.Request, plain []byte) { form(r, base64.StdEncoding.EncodeToString(plain), false) },
	"form, plus became space": func(r *http.Request, plain []byte) {
		form(r, strings.ReplaceAll(base64.StdEncoding.EncodeToString(plain), "+", " "), false)
	},
	"form, unpadded":     func(r *http.Request, plain []byte) { form(r, base64.RawStdEncoding.EncodeToString(plain), true) },
	"form, url alphabet": func(r *http.Request, plain []byte) { form(r, base64.URLEncoding.EncodeToString(plain), true) },
	"form, gzip":         func(r *http.Request, plain []byte) { form(r, base64.StdEncoding.EncodeToString(gzipped(plain)), true) },
	"form, JSON":         func(r *http.Request, plain []byte) { form(r, string(plain), true) },
	"form after other fields": func(r *http.Request, plain []byte) {
		body := url.Values{"compression": {"base64"}, "data": {base64.StdEncoding.EncodeToString(plain)}, "ip": {"1"}}
		send(r, "application/x-www-form-urlencoded; charset=utf-8", []byte(body.Encode()))
	},
	"beacon form": func(r *http.Request, plain []byte) {
		send(r, "text/plain", []byte("data="+url.QueryEscape(base64.StdEncoding.EncodeToString(plain))))
	},
	"bare base64": func(r *http.Request, plain []byte) {
		send(r, "text/plain", []byte(base64.StdEncoding.EncodeToString(plain)))
	},
}

func send(r *http.Request, contentType string, body []byte, encoding ...string) {
	r.Header["Content-Encoding"] = encoding
	r.Header.Set("Content-Type", contentType)
	r.Body = io.NopCloser(bytes.NewReader(body))
	r.ContentLength = int64(len(body))
}

func form(r *http.Request, data string, escape bool) {
	if escape {
		data = url.QueryEscape(data)
	}
	send(r, "application/x-www-form-urlencoded", []byte("data="+data))
}

func twoMembers(plain []byte) []byte {
	half := len(plain) / 2
	return append(gzipped(plain[:half]), gzipped(plain[half:])...)
}

func zlibbed(plain []byte) []byte {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	_, _ = z.Write(plain)
	_ = z.Close()
	return b.Bytes()
}

func deflated(plain []byte) []byte {
	var b bytes.Buffer
	z, _ := flate.NewWriter(&b, 6)
	_, _ = z.Write(plain)
	_ = z.Close()
	return b.Bytes()
}

func brotlied(plain []byte) []byte {
	var b bytes.Buffer
	z := brotli.NewWriter(&b)
	_, _ = z.Write(plain)
	_ = z.Close()
	return b.Bytes()
}

func zstded(plain []byte) []byte {
	z, _ := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	defer z.Close()
	return z.EncodeAll(plain, nil)
}

func zstdStreamed(plain []byte) []byte {
	var b bytes.Buffer
	z, _ := zstd.NewWriter(&b, zstd.WithEncoderConcurrency(1))
	_, _ = io.Copy(z, bytes.NewReader(plain))
	_ = z.Close()
	return b.Bytes()
}
