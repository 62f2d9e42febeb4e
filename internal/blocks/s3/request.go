package s3

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"

	"github.com/playheadhq/playhead/internal/blocks"
)

var errClosed = fmt.Errorf("%w: closed", blocks.ErrUnavailable)

// try makes attempts until one succeeds, one fails permanently, their number is reached, or the time is over. Errors are those of the port, or that
// of ctx.
func (s *Store) try(ctx context.Context, timeout time.Duration, size int64, attempt func(context.Context) error) error {
	limited, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	var err error
	for n := range s.options.Attempts {
		if n > 0 && !pause(limited, n) {
			break
		}
		if s.closed.Load() {
			return errClosed
		}
		if err = s.once(limited, size, attempt); err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if final(err) {
			break
		}
	}
	return classify(err)
}

// bytesPerSecond is the least speed of a connection; a slower one is abandoned.
const bytesPerSecond = 4 << 20

func (s *Store) once(ctx context.Context, size int64, attempt func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, s.options.AttemptTimeout+time.Duration(min(size, 1<<32))*time.Second/bytesPerSecond)
	defer cancel()
	return attempt(ctx)
}

// pause waits before the nth attempt, false when the time is over: 50 to 100 ms, then twice that.
func pause(ctx context.Context, n int) bool {
	longest := 100 * time.Millisecond << min(n-1, 4)
	t := time.NewTimer(longest/2 + rand.N(longest/2))
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// final reports whether a retry would get the same answer.
func final(err error) bool {
	var r minio.ErrorResponse
	if !errors.As(err, &r) {
		return errors.Is(err, blocks.ErrNotFound) // all other errors are those of the network
	}
	switch {
	case isFull(r):
		return true
	case r.Code == "ExpiredToken", r.Code == "RequestTimeout", r.Code == "BadDigest", r.Code == "XAmzContentSHA256Mismatch":
		return false // new credentials, or the content was damaged on its way
	}
	return r.StatusCode >= 400 && r.StatusCode < 500 && r.StatusCode != http.StatusTooManyRequests && r.StatusCode != http.StatusRequestTimeout
}

// isFull: the errors of servers that are full. "InsufficientStorage" is versitygw's and Ceph's, XMinio… are MinIO's.
func isFull(r minio.ErrorResponse) bool {
	return r.StatusCode == http.StatusInsufficientStorage || strings.Contains(r.Code, "QuotaExceeded") ||
		r.Code == "XMinioStorageFull" || r.Code == "InsufficientStorage" || r.Code == "InsufficientCapacity"
}

// classify wraps errors of the server or the network in the errors of the port.
func classify(err error) error {
	if errors.Is(err, blocks.ErrNotFound) {
		return err
	}
	var r minio.ErrorResponse
	if errors.As(err, &r) {
		switch {
		case r.Code == minio.NoSuchKey, r.Code == minio.InvalidRange:
			return fmt.Errorf("%w: %w", blocks.ErrNotFound, err)
		case isFull(r):
			return fmt.Errorf("%w: %w", blocks.ErrFull, err)
		}
		return fmt.Errorf("%w: %s: %w", blocks.ErrUnavailable, r.Code, err)
	}
	return fmt.Errorf("%w: %w", blocks.ErrUnavailable, err)
}

func newTransport(timeout time.Duration) *http.Transport {
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         (&net.Dialer{Timeout: timeout, KeepAlive: 15 * time.Second}).DialContext,
		TLSHandshakeTimeout: timeout,
		MaxIdleConnsPerHost: 16,
		IdleConnTimeout:     time.Minute,
		DisableCompression:  true, // recordings are compressed, and ranges count bytes as stored
		ForceAttemptHTTP2:   true,
		// For listing, whose attempts have no separate time limit.
		ResponseHeaderTimeout: 30 * time.Second,
	}
}

// newClient is for the machine's metadata service, which is near or does not exist.
func newClient() *http.Client {
	return &http.Client{Timeout: 3 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
}

// bodies reads several slices as one.
type bodies struct {
	rest [][]byte
	at   int // in the first of them
}

func newBodies(all [][]byte) *bodies { return &bodies{rest: all} }

func (b *bodies) Read(p []byte) (n int, err error) {
	for n < len(p) && len(b.rest) > 0 {
		k := copy(p[n:], b.rest[0][b.at:])
		n, b.at = n+k, b.at+k
		if b.at == len(b.rest[0]) {
			b.rest, b.at = b.rest[1:], 0
		}
	}
	if n == 0 && len(p) > 0 {
		return 0, io.EOF
	}
	return n, nil
}
