package clickhouse

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"testing"

	ch "github.com/ClickHouse/clickhouse-go/v2"

	"github.com/playheadhq/playhead/internal/store"
)

func TestClassify(t *testing.T) {
	for _, c := range []struct {
		err  error
		want error
	}{
		{&ch.Exception{Code: 243, Message: "Cannot reserve 1.00 MiB, not enough space"}, store.ErrFull},
		{&ch.Exception{Code: 75, Message: "Cannot write to file /var/lib/clickhouse/x, errno: 28, strerror: No space left on device"}, store.ErrFull},
		{fmt.Errorf("insert_events: %w", &ch.Exception{Code: 1000, Message: "Disk quota exceeded"}), store.ErrFull},
		{&ch.Exception{Code: 252, Message: "Too many parts"}, store.ErrUnavailable},
		{&ch.Exception{Code: 279, Message: "All connection tries failed"}, store.ErrUnavailable},
		{io.EOF, store.ErrUnavailable},
		{&net.OpError{Op: "dial", Err: errors.New("connection refused")}, store.ErrUnavailable},
		{ch.ErrAcquireConnTimeout, store.ErrUnavailable},
		{context.DeadlineExceeded, store.ErrUnavailable}, // our timeout, not the caller's
		{fmt.Errorf("%w: version 9", store.ErrNewer), store.ErrNewer},
	} {
		got := classify(c.err)
		for _, is := range []error{store.ErrFull, store.ErrUnavailable, store.ErrNewer} {
			if errors.Is(got, is) != errors.Is(c.want, is) {
				t.Errorf("%v is %v: %t", got, is, !errors.Is(c.want, is))
			}
		}
		if !errors.Is(got, c.err) {
			t.Errorf("%v lost its cause %v", got, c.err)
		}
	}
}
