package history

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/klauspost/compress/gzip"
)

const (
	// connections is how many requests are open at the same time. Two are enough to keep a server busy, and leave capacity for others: on two
	// processors, four connections did not send everything sooner.
	connections = 2
	// together is how many stories go into one request: some 500 kB before compression.
	together = 20
	// tries is how often a request is tried before sending stops. With the waits in between this takes about two minutes.
	tries = 20
)

// Target is where a history goes.
type Target struct {
	// URL is Playhead's address without a slash at its end, Token the project's.
	URL, Token string
	HTTP       *http.Client
}

// Send sends all stories through the routes that SDKs use, and returns when the server has stored them, or with the first error. It ends with ctx.
// sent is called after each request with the number of stories stored so far; calls do not overlap.
func (h *History) Send(ctx context.Context, to Target, sent func(stories int)) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	parts := make(chan int)
	go func() {
		defer close(parts)
		for from := 0; from < h.Len(); from += together {
			select {
			case parts <- from:
			case <-ctx.Done():
				return
			}
		}
	}()
	var workers sync.WaitGroup
	var counting sync.Mutex
	done := 0
	for range connections {
		workers.Go(func() {
			z, err := gzip.NewWriterLevel(nil, gzip.BestSpeed) // one for all requests, because it takes a megabyte
			if err != nil {
				stop(err)
				return
			}
			for from := range parts {
				end := min(from+together, h.Len())
				if err := h.sendPart(ctx, to, z, from, end); err != nil {
					stop(err)
					return
				}
				counting.Lock()
				done += end - from
				sent(done)
				counting.Unlock()
			}
		})
	}
	workers.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return nil
}

func (h *History) sendPart(ctx context.Context, to Target, z *gzip.Writer, from, end int) error {
	var all Parcel
	for i := from; i < end; i++ {
		p := h.Story(i)
		all.AI, all.Browser, all.Recording = append(all.AI, p.AI...), append(all.Browser, p.Browser...), append(all.Recording, p.Recording...)
	}
	for _, part := range []struct {
		route  string
		events []Event
	}{{"/i/v0/ai/batch/", all.AI}, {"/batch/", all.Browser}, {"/s/", all.Recording}} {
		if len(part.events) == 0 {
			continue
		}
		body, err := to.pack(z, part.events)
		if err != nil {
			return err
		}
		if err := to.post(ctx, part.route, body); err != nil {
			return fmt.Errorf("sending the demo's history to %s%s: %w", to.URL, part.route, err)
		}
	}
	return nil
}

// pack makes a body, compressed.
func (t Target) pack(z *gzip.Writer, events []Event) ([]byte, error) {
	var body bytes.Buffer
	z.Reset(&body)
	err := json.NewEncoder(z).Encode(map[string]any{"api_key": t.Token, "batch": events, "sent_at": time.Now().UTC()})
	err = errors.Join(err, z.Close()) // Close writes the rest
	return body.Bytes(), err
}

// post sends a request until it is answered with 200, ctx ends, or it is refused for good.
func (t Target) post(ctx context.Context, route string, body []byte) error {
	for try, pause := 1, 250*time.Millisecond; ; try, pause = try+1, min(2*pause, 8*time.Second) {
		wait, err := t.once(ctx, route, body)
		if err == nil {
			return nil
		}
		if wait < 0 || try == tries || ctx.Err() != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(max(wait, pause)):
		}
	}
}

// once sends a request. After an error it returns how long to wait before the next attempt; negative means that another attempt would not help.
func (t Target) once(ctx context.Context, route string, body []byte) (wait time.Duration, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, t.URL+route, bytes.NewReader(body))
	if err != nil {
		return -1, err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Content-Encoding", "gzip")
	answer, err := t.HTTP.Do(request)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, 4<<10))
	if err != nil {
		return 0, err
	}
	switch {
	case answer.StatusCode == http.StatusOK:
		return 0, nil
	case answer.StatusCode >= 500:
		seconds, _ := strconv.Atoi(answer.Header.Get("Retry-After"))
		wait = min(time.Duration(seconds)*time.Second, 30*time.Second)
	default:
		wait = -1
	}
	return wait, fmt.Errorf("it answered %s: %s", answer.Status, strings.TrimSpace(string(text)))
}
