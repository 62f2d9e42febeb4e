package clickhouse

import (
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"

	ch "github.com/ClickHouse/clickhouse-go/v2"

	"github.com/playheadhq/playhead/internal/store"
)

// Codes of ClickHouse's exceptions TABLE_IS_READ_ONLY, NOT_ENOUGH_SPACE and CANNOT_ASSIGN_ALTER.
const (
	codeTableIsReadOnly   = 242
	codeNotEnoughSpace    = 243
	codeCannotAssignAlter = 517
)

// classify converts errors of the client or the server to the errors of the port. An unknown error counts as temporary, because it is about the
// servers and not about the rows.
func classify(err error) error {
	for _, known := range []error{store.ErrFull, store.ErrUnavailable, store.ErrNewer, store.ErrNotFound} {
		if errors.Is(err, known) {
			return err
		}
	}
	var exception *ch.Exception
	if errors.As(err, &exception) {
		// A full disk has its own code only if ClickHouse checked for space before writing.
		if exception.Code == codeNotEnoughSpace || strings.Contains(exception.Message, "No space left on device") ||
			strings.Contains(exception.Message, "Disk quota exceeded") {
			return fmt.Errorf("%w: %w", store.ErrFull, err)
		}
	}
	return fmt.Errorf("%w: %w", store.ErrUnavailable, err)
}

// dead reports whether the connection is the cause, so that another one may work.
func dead(err error) bool {
	var network net.Error
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) || errors.Is(err, syscall.EPIPE) ||
		errors.Is(err, syscall.ECONNRESET) || (errors.As(err, &network) && !network.Timeout())
}
