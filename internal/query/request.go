package query

import (
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/store"
)

// Limits of one page of a list.
const (
	DefaultLimit = 50
	MaxLimit     = 500
)

// maxText bounds what is searched for: past it nobody means it and the scan is expensive.
const maxText = 1000

// ListRequest is what every list takes. Zero fields do not narrow the list.
type ListRequest struct {
	// From and To are RFC 3339 instants bounding the event time: From <= t < To.
	From, To string
	// Limit is the number of rows wanted, DefaultLimit when zero, at most MaxLimit.
	Limit int
	// Cursor is the Next of the page before.
	Cursor string
	// Text must occur in an id, name, model, error, prompt or answer.
	Text      string
	TraceID   string
	SessionID string
	// Person is any of a person's ids; when nobody has that id, part of an id, name or email address.
	Person string
	// ErrorsOnly keeps what failed.
	ErrorsOnly bool
}

// narrow checks r and makes the filter and page of it, all but the person.
func (r ListRequest) narrow(kind listKind) (store.Filter, store.Page, error) {
	var (
		f   = store.Filter{TraceID: r.TraceID, SessionID: r.SessionID, Text: strings.TrimSpace(r.Text), ErrorsOnly: r.ErrorsOnly}
		p   = store.Page{Limit: r.Limit}
		err error
	)
	if f.FromMS, err = instant("from", r.From); err != nil {
		return f, p, err
	}
	if f.ToMS, err = instant("to", r.To); err != nil {
		return f, p, err
	}
	if f.FromMS != 0 && f.ToMS != 0 && f.FromMS >= f.ToMS {
		return f, p, badInput("to", "to (%s) must be later than from (%s).", r.To, r.From)
	}
	if len(f.Text) > maxText {
		return f, p, badInput("q", "q is %d bytes long; at most %d are searched for. Shorten it.", len(f.Text), maxText)
	}
	switch {
	case p.Limit == 0:
		p.Limit = DefaultLimit
	case p.Limit < 0 || p.Limit > MaxLimit:
		return f, p, badInput("limit", "limit must be between 1 and %d; read further rows with the cursor in \"next\".", MaxLimit)
	}
	if r.Cursor != "" {
		if p.BeforeMS, p.BeforeID, err = parseCursor(kind, r.Cursor); err != nil {
			return f, p, err
		}
		if kind == listGenerations && uuid.Validate(p.BeforeID) != nil {
			return f, p, badCursor()
		}
	}
	return f, p, nil
}

func instant(field, s string) (int64, error) {
	if s == "" {
		return 0, nil
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		// An unescaped "+" in a query string arrives as a space: the commonest reason for a bad offset.
		return 0, badInput(field, "%s must be an RFC 3339 instant such as 2026-05-04T13:30:00Z (write the + of an offset as %%2B); got %q.", field, s)
	}
	return t.UnixMilli(), nil
}
