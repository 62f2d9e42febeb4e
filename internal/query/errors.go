package query

import (
	"context"
	"errors"
	"fmt"

	"github.com/playheadhq/playhead/internal/blocks"
	"github.com/playheadhq/playhead/internal/store"
)

// Code says what kind of failure an Error is, so that each face (HTTP, MCP) can map it once.
type Code uint8

// Codes.
const (
	// CodeBadInput: the request cannot be meant; Field and Message say what to change.
	CodeBadInput Code = iota + 1
	// CodeNotFound: there is no such thing (any more, or yet).
	CodeNotFound
	// CodeTooMuch: the request asks for more than one may; asking for less helps.
	CodeTooMuch
	// CodeUnavailable: storage cannot answer now; asking again later is safe.
	CodeUnavailable
)

// Error is a failure with a public half (Field, Message) for whoever asked and a private half (Err) for the log. Every
// other error a use case returns is either the context's or a fault of the server.
type Error struct {
	Code Code
	// Field is the parameter that CodeBadInput is about, by its name in the API: "cursor".
	Field string
	// Message is a sentence or two for people: what is wrong and what to do about it.
	Message string
	// Position is the character of the parameter at which it cannot be read, from 0; nil when it is about the whole.
	Position *int
	Err      error
}

// Error is the public half followed by the private one.
func (e *Error) Error() string {
	switch {
	case e.Err == nil:
		return e.Message
	default:
		return fmt.Sprintf("%s: %v", e.Message, e.Err)
	}
}

// Unwrap is the private half.
func (e *Error) Unwrap() error { return e.Err }

func badInput(field, format string, args ...any) error {
	return &Error{Code: CodeBadInput, Field: field, Message: fmt.Sprintf(format, args...)}
}

func notFound(format string, args ...any) error {
	return &Error{Code: CodeNotFound, Message: fmt.Sprintf(format, args...)}
}

// wrap puts a storage failure into words. Not-found is not handled here, because only the use case knows what was
// asked for.
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

// shortened is what somebody asked with, as far as a message quotes it.
func shortened(s string) string {
	const most = 100
	if len(s) > most {
		return s[:most] + "…"
	}
	return s
}
