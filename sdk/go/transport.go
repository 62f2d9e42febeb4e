package playhead

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
	"time"
)

// Transport records calls of language models: requests to the APIs of OpenAI (chat completions, responses, completions, embeddings), Anthropic
// (messages), Gemini (generateContent, streamGenerateContent, embedContent) and Ollama (chat, generate, embed), and to all servers that offer these
// APIs. It recognizes them by their paths; all other requests pass through without being read. base sends the requests; nil means
// http.DefaultTransport.
//
// Recorded calls belong to the session and the trace of the request's context. Bodies pass through as they arrive, and no request fails or waits
// because it is recorded.
func (c *Client) Transport(base http.RoundTripper) http.RoundTripper {
	if base == nil {
		base = http.DefaultTransport
	}
	return &transport{c, base}
}

type transport struct {
	client *Client
	base   http.RoundTripper
}

// recorded is one call, from its request until the end of its answer's body.
type recorded struct {
	client *Client
	api    *api
	ctx    context.Context
	// url is the address without the query, in which Gemini's clients send the key.
	url, base string
	began     time.Time

	request kept // the beginning of the request's body
	// again is the request's GetBody; may be nil.
	again func() (io.ReadCloser, error)

	mu       sync.Mutex
	status   int
	encoding string // of the answer
	answer   kept
	// chunks are the times at which the first bytes of the answer arrived.
	chunks []chunk
	ended  time.Time
	whole  bool // the body was read to its end
	err    error
	done   bool
}

// chunk says that all bytes before an offset had arrived at a time.
type chunk struct {
	end int
	at  time.Time
}

// maxChunks is how many chunks are kept: the first token arrives in one of the first.
const maxChunks = 64

// kept is the beginning of a body.
type kept struct {
	bytes []byte
	most  int
	// cut means that the body was longer.
	cut bool
}

func (k *kept) add(p []byte) {
	n := min(len(p), k.most-len(k.bytes))
	k.bytes = append(k.bytes, p[:n]...)
	k.cut = k.cut || n < len(p)
}

// RoundTrip implements http.RoundTripper.
func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	api := apiOf(r)
	if api == nil || t.client.isClosed() {
		return t.base.RoundTrip(r)
	}
	most := t.client.config.MaxContent
	call := &recorded{
		client: t.client, api: api, ctx: context.WithoutCancel(r.Context()), url: r.URL.Scheme + "://" + r.URL.Host + r.URL.Path, base: r.URL.Scheme + "://" + r.URL.Host,
		began: t.client.now(), request: kept{most: most}, answer: kept{most: most},
	}
	if r.Body != nil && r.Body != http.NoBody {
		again := *r // a RoundTripper must not change the request
		again.Body = &tee{r.Body, call}
		if whole := r.GetBody; whole != nil { // if the request is sent again
			call.again = whole
			again.GetBody = func() (io.ReadCloser, error) {
				body, err := whole()
				if err != nil {
					return nil, err
				}
				call.mu.Lock()
				call.request = kept{most: most}
				call.mu.Unlock()
				return &tee{body, call}, nil
			}
		}
		r = &again
	}
	response, err := t.base.RoundTrip(r)
	if err != nil {
		call.finish(false, err)
		return response, err
	}
	call.status, call.encoding = response.StatusCode, response.Header.Get("Content-Encoding")
	if response.Body == nil || response.Body == http.NoBody {
		call.finish(true, nil)
		return response, nil
	}
	response.Body = &watched{response.Body, call}
	return response, nil
}

// tee keeps the bytes that are read of a request's body.
type tee struct {
	io.ReadCloser
	call *recorded
}

func (b *tee) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.call.mu.Lock()
	b.call.request.add(p[:n])
	b.call.mu.Unlock()
	return n, err
}

// watched keeps the bytes that are read of an answer's body, and records its end.
type watched struct {
	io.ReadCloser
	call *recorded
}

func (b *watched) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if n > 0 {
		b.call.came(p[:n])
	}
	switch {
	case errors.Is(err, io.EOF):
		b.call.finish(true, nil)
	case err != nil:
		b.call.finish(false, err)
	}
	return n, err
}

func (b *watched) Close() error {
	b.call.finish(false, nil) // has no effect if the end was read before
	return b.ReadCloser.Close()
}

func (c *recorded) came(p []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.done {
		return
	}
	c.answer.add(p)
	if len(c.chunks) < maxChunks {
		c.chunks = append(c.chunks, chunk{len(c.answer.bytes), c.client.now()})
	}
}

// finish passes a call on to be read, only once. whole means that all of its answer was read.
func (c *recorded) finish(whole bool, err error) {
	c.mu.Lock()
	if c.done {
		c.mu.Unlock()
		return
	}
	c.done, c.whole, c.err, c.ended = true, whole, err, c.client.now()
	c.mu.Unlock()
	select {
	case c.client.calls <- unread{call: c}:
	default:
		c.client.drop(DroppedFull, 1, "more calls end than can be read")
	}
}

// unread is a call that waits to be read, or a flush that waits for all calls before it.
type unread struct {
	call  *recorded
	flush chan struct{}
}

// readCalls reads calls that have ended, until ctx ends.
func (c *Client) readCalls(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case next := <-c.calls:
			if next.flush != nil {
				close(next.flush)
				continue
			}
			next.call.read()
		}
	}
}
