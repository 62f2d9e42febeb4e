package query

import (
	"context"
	"errors"
	"fmt"

	"github.com/playheadhq/playhead/internal/blocks"
	"github.com/playheadhq/playhead/internal/store"
)

// Code is the kind of failure of an Error, so that HTTP and MCP can each map it to a status in one place.
type Code uint8

// Codes.
const (
	// CodeBadInput: the request is invalid; Field and Message say what to change.
	CodeBadInput Code = iota + 1
	// CodeNotFound: the requested thing does not exist (any more, or yet).
	CodeNotFound
	// CodeTooMuch: the request asks for more than is allowed; a smaller request works.
	CodeTooMuch
	// CodeUnavailable: the storage cannot answer now; it is safe to ask again later.
	CodeUnavailable
)

// Error is a failure with a public part (Field, Message) for the client and a private part (Err) for the log. Any other error of a use case is an
// error of the context or a fault of the server.
type Error struct {
	Code Code
	// Field is the name in the API of the parameter that CodeBadInput is about: "cursor".
	Field string
	// Message is a sentence or two for people: what is wrong and what to do about it.
	Message string
	// Position is the index of the character, from 0, at which the parameter cannot be parsed; nil if the error is about the whole parameter.
	Position *int
	Err      error
}

// Error is the public part followed by the private one.
func (e *Error) Error() string {
	switch {
	case e.Err == nil:
		return e.Message
	default:
		return fmt.Sprintf("%s: %v", e.Message, e.Err)
	}
}

// Unwrap is the private part.
func (e *Error) Unwrap() error { return e.Err }

func badInput(field, format string, args ...any) error {
	return &Error{Code: CodeBadInput, Field: field, Message: fmt.Sprintf(format, args...)}
}

func notFound(format string, args ...any) error {
	return &Error{Code: CodeNotFound, Message: fmt.Sprintf(format, args...)}
}

// wrap describes a failure of the storage. It does not handle not-found errors, because only the use case knows what was requested.
func wrap(err error, doing string) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.Is(err, store.ErrTooMuch):
		return &Error{
			Code:    CodeTooMuch,
			Message: "This query needs more memory, or has more groups, than allowed. Use a shorter range, a longer step of time, or fewer groups and measures.",
			Err:     fmt.Errorf("%s: %w", doing, err),
		}
	case errors.Is(err, store.ErrUnavailable), errors.Is(err, blocks.ErrUnavailable):
		return &Error{
			Code:    CodeUnavailable,
			Message: "The storage cannot answer right now. Try again in a few seconds.",
			Err:     fmt.Errorf("%s: %w", doing, err),
		}
	default:
		return fmt.Errorf("%s: %w", doing, err)
	}
}

// shortened is a value from a request, cut to the length that a message may quote.
func shortened(s string) string {
	const most = 100
	if len(s) > most {
		return s[:most] + "…"
	}
	return s
}
