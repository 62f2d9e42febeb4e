package query

import (
	"context"
	"time"

	"golang.org/x/sync/semaphore"
)

// reading bounds how much all readers hold at the same time: bytes of content, or parts of lists.
type reading struct {
	most  int64
	wait  time.Duration
	what  string // of which too many are read, in the plural
	bytes *semaphore.Weighted
}

func newReading(most int64, wait time.Duration, what string) *reading {
	return &reading{most: most, wait: wait, what: what, bytes: semaphore.NewWeighted(most)}
}

// acquire waits for memory for a number of bytes. If it takes too long, the client is asked to retry.
func (r *reading) acquire(ctx context.Context, bytes int64) error {
	waiting, cancel := context.WithTimeout(ctx, r.wait)
	defer cancel()
	if r.bytes.Acquire(waiting, min(bytes, r.most)) == nil {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return &Error{Code: CodeUnavailable, Message: "Too many " + r.what + " are being read at once. Try again in a few seconds."}
}

func (r *reading) release(bytes int64) { r.bytes.Release(min(bytes, r.most)) }
