package playhead

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	// The maximum number of events of a batch, and its approximate maximum size before compression.
	batchEvents, batchBytes = 100, 2 << 20
	firstPause, longPause   = 250 * time.Millisecond, 30 * time.Second
)

// send sends batches until ctx ends.
func (c *Client) send(ctx context.Context) {
	tick := time.NewTicker(c.config.Every)
	defer tick.Stop()
	for {
		var flushed chan struct{}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-c.events.ready:
		case flushed = <-c.flushes:
		}
		for {
			batch := c.events.take(batchEvents, batchBytes)
			if len(batch) == 0 {
				break
			}
			if !c.deliver(ctx, batch) {
				return
			}
		}
		if flushed != nil {
			close(flushed)
		}
	}
}

// deliver sends a batch until it is stored, refused for good, or too old. It returns false if ctx ended before that.
func (c *Client) deliver(ctx context.Context, batch []waiting) bool {
	for pause := firstPause; ; pause = min(2*pause, longPause) {
		r := c.post(ctx, batch)
		switch {
		case r.stored:
			c.mu.Lock()
			c.stats.Sent += int64(len(batch))
			c.mu.Unlock()
			return true
		case r.tooLarge && len(batch) > 1:
			half := len(batch) / 2
			return c.deliver(ctx, batch[:half]) && c.deliver(ctx, batch[half:])
		case ctx.Err() != nil:
			c.drop(DroppedClosed, len(batch), r.detail)
			return false
		case !r.again:
			c.drop(DroppedRefused, len(batch), r.detail)
			return true
		}
		fresh := batch[:0:0]
		for _, e := range batch {
			if c.now().Sub(e.at) < c.config.GiveUp {
				fresh = append(fresh, e)
			}
		}
		c.drop(DroppedTimeout, len(batch)-len(fresh), r.detail)
		if batch = fresh; len(batch) == 0 {
			return true
		}
		wait := time.NewTimer(max(pause, r.after))
		select {
		case <-wait.C:
		case <-ctx.Done():
			wait.Stop()
			c.drop(DroppedClosed, len(batch), r.detail)
			return false
		}
	}
}

// result is the result of a request.
type result struct {
	stored, again, tooLarge bool
	after                   time.Duration // how long the server asks to wait
	detail                  string
}

func (c *Client) post(ctx context.Context, batch []waiting) result {
	body, err := c.body(batch)
	if err != nil {
		return result{detail: err.Error()}
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.config.Host+"/batch/", bytes.NewReader(body))
	if err != nil {
		return result{detail: err.Error()}
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Content-Encoding", "gzip")
	r.Header.Set("User-Agent", library+"/"+Version)
	response, err := c.config.HTTP.Do(r)
	if err != nil {
		return result{again: true, detail: err.Error()}
	}
	defer response.Body.Close()
	said, _ := io.ReadAll(io.LimitReader(response.Body, 2<<10)) // only for the detail
	out := result{detail: fmt.Sprintf("%s answered %s: %s", c.config.Host, response.Status, strings.TrimSpace(string(said)))}
	switch status := response.StatusCode; {
	case status/100 == 2:
		out.stored = true
	case status == http.StatusRequestEntityTooLarge:
		out.tooLarge = true
	case status == http.StatusRequestTimeout || status == http.StatusTooManyRequests || status >= 500:
		out.again = true
		if seconds, err := strconv.Atoi(response.Header.Get("Retry-After")); err == nil && seconds > 0 {
			out.after = min(time.Duration(seconds)*time.Second, 5*time.Minute)
		}
	}
	return out
}

// body is the compressed body of a request.
func (c *Client) body(batch []waiting) ([]byte, error) {
	token, err := json.Marshal(c.config.Token)
	if err != nil {
		return nil, err
	}
	var body bytes.Buffer
	z, err := gzip.NewWriterLevel(&body, gzip.BestSpeed)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(z, `{"api_key":%s,"sent_at":%q,"batch":[`, token, c.now().UTC().Format(time.RFC3339Nano))
	for i, e := range batch {
		if i > 0 {
			_, _ = z.Write([]byte{','})
		}
		_, _ = z.Write(e.json) // writing to memory does not fail
	}
	_, _ = z.Write([]byte("]}"))
	if err := z.Close(); err != nil {
		return nil, err
	}
	return body.Bytes(), nil
}
