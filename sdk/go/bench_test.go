//go:build unix

package playhead

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"syscall"
	"testing"
	"time"
)

// BenchmarkTransport measures what recording adds to a call whose provider answers at once with a stream of a thousand events, over loopback. This is
// the worst case, because real models take seconds. The processor time is that of the client, the provider and the server that receives the events
// together. bench/README.md has the figures.
func BenchmarkTransport(b *testing.B) {
	request := []byte(`{"model":"gpt-5-mini","stream":true,"messages":[{"role":"user","content":"` + string(bytes.Repeat([]byte("words of a prompt "), 200)) + `"}]}`)
	piece := []byte(`data: {"id":"chatcmpl-1","object":"chat.completion.chunk","model":"gpt-5-mini","choices":[{"index":0,"delta":{"content":"word "},"finish_reason":null}]}` + "\n\n")
	model := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		for i := range 1000 {
			_, _ = w.Write(piece)
			if i%10 == 9 {
				w.(http.Flusher).Flush()
			}
		}
		_, _ = io.WriteString(w, "data: [DONE]\n\n")
	}))
	defer model.Close()
	s := newServer(b)
	c := newClient(b, s, func(c *Config) { c.MaxEvents = 100_000 })
	for _, with := range []struct {
		name      string
		transport http.RoundTripper
	}{{"plain", http.DefaultTransport}, {"recorded", c.Transport(nil)}} {
		b.Run(with.name, func(b *testing.B) {
			models := &http.Client{Transport: with.transport}
			b.ReportAllocs()
			before := processorTime(b)
			for b.Loop() {
				response, err := models.Post(model.URL+"/v1/chat/completions", "application/json", bytes.NewReader(request))
				if err != nil {
					b.Fatal(err)
				}
				if _, err := io.Copy(io.Discard, response.Body); err != nil {
					b.Fatal(err)
				}
				_ = response.Body.Close()
			}
			if err := c.Flush(b.Context()); err != nil { // this reads all calls
				b.Fatal(err)
			}
			b.ReportMetric(float64((processorTime(b)-before).Microseconds())/float64(b.N), "cpu-µs/op")
		})
	}
}

// processorTime is the processor time of this process, which does not depend on how busy the machine is.
func processorTime(b *testing.B) time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// BenchmarkRead measures the work after a call, in the background: reading a stream of a thousand events.
func BenchmarkRead(b *testing.B) {
	piece := []byte(`data: {"id":"chatcmpl-1","object":"chat.completion.chunk","model":"gpt-5-mini","choices":[{"index":0,"delta":{"content":"word "},"finish_reason":null}]}` + "\n\n")
	s := newServer(b)
	c := newClient(b, s, func(c *Config) { c.MaxEvents = 1 })
	r := httptest.NewRequest(http.MethodPost, "http://api.openai.com/v1/chat/completions", nil)
	body := bytes.Repeat(piece, 1000)
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		call := &recorded{client: c, api: apiOf(r), ctx: b.Context(), began: c.now(), ended: c.now(), status: 200, whole: true, request: kept{most: 1}, answer: kept{bytes: body, most: len(body)}}
		call.read()
	}
}
