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

// classify wraps what the client or the server says into the errors of the port. Whatever is not known to be something
// else is worth another try: it is about the servers, not about the rows.
func classify(err error) error {
	for _, known := range []error{store.ErrFull, store.ErrUnavailable, store.ErrNewer, store.ErrNotFound} {
		if errors.Is(err, known) {
			return err
		}
	}
	var exception *ch.Exception
	if errors.As(err, &exception) {
		// A full disk has a code of its own only where ClickHouse looked before it wrote.
		if exception.Code == codeNotEnoughSpace || strings.Contains(exception.Message, "No space left on device") ||
			strings.Contains(exception.Message, "Disk quota exceeded") {
			return fmt.Errorf("%w: %w", store.ErrFull, err)
		}
	}
	return fmt.Errorf("%w: %w", store.ErrUnavailable, err)
}

// dead reports whether the connection is at fault, so that another one may do.
func dead(err error) bool {
	var network net.Error
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) || errors.Is(err, syscall.EPIPE) ||
		errors.Is(err, syscall.ECONNRESET) || (errors.As(err, &network) && !network.Timeout())
}
