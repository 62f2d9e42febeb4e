package intake

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/playheadhq/playhead/internal/fair"
	"github.com/playheadhq/playhead/internal/model"
)

// Failure is why a request is not answered with 200: the answer for its sender, and the entry for the log.
//
// Its status determines whether the sender repeats the request. posthog-js drops a request after a 4xx and repeats it ten times after a 5xx;
// posthog-node and posthog-python repeat after 5xx, 408 and 429, and posthog-node halves its batch after a 413; posthog-go repeats everything. So 4xx
// is for requests that can never succeed, and 503 for all that may.
type Failure struct {
	Status int
	// Outcome is its name in metrics and logs.
	Outcome string
	// Public is the body of the answer: plain text, no secrets.
	Public string
	// Err is the cause, nil if Public says everything.
	Err error
	// Token is the project token that nobody has, where that is the reason.
	Token string
}

func (p *Failure) Error() string {
	if p.Err != nil {
		return p.Public + ": " + p.Err.Error()
	}
	return p.Public
}

func (p *Failure) Unwrap() error { return p.Err }

// BadRequest is the failure of a body that is broken.
func BadRequest(outcome, public string) *Failure {
	return &Failure{Status: http.StatusBadRequest, Outcome: outcome, Public: public}
}

// TooLarge is the failure of a request over a limit, whose setting public names.
func TooLarge(public string) *Failure {
	return &Failure{Status: http.StatusRequestEntityTooLarge, Outcome: "too_large", Public: public}
}

// Unsupported is the failure of a body in a form that nobody here reads.
func Unsupported(public string) *Failure {
	return &Failure{Status: http.StatusUnsupportedMediaType, Outcome: "unsupported", Public: public}
}

const outcomeUnauthorized = "unauthorized"

// Unauthorized is the failure of a request without a token.
func Unauthorized(public string) *Failure {
	return &Failure{Status: http.StatusUnauthorized, Outcome: outcomeUnauthorized, Public: public}
}

// UnknownToken is the failure of a request whose project token nobody has.
func UnknownToken(token string) *Failure {
	f := Unauthorized("unknown project token " + strconv.Quote(Shorten(token)) + ": use the one that this server printed when it started, or one of its settings")
	f.Token = token
	return f
}

// Shorten keeps enough of a token to recognise it.
func Shorten(token string) string {
	if len(token) > 64 {
		return token[:64] + "…"
	}
	return token
}

// refused is the answer for a request that gets no memory or processor time now, and the name under which it is counted.
func refused(err error) *Failure {
	p := &Failure{Status: http.StatusServiceUnavailable, Outcome: "busy", Public: "too much data is waiting to be stored: send this again later"}
	switch {
	case errors.Is(err, fair.ErrAddress):
		p.Outcome, p.Public = "address_share", "too much data from this address is waiting to be stored: send this again later, and less at a time"
	case errors.Is(err, fair.ErrToken):
		p.Outcome, p.Public = "token_share", "too much data with this project token is waiting to be stored: send this again later, and less at a time"
	case errors.Is(err, fair.ErrCrowded):
		p.Outcome, p.Public = "crowded", "too many requests from this address are waiting: send this again later, and less at a time"
	}
	return p
}

// failureOf converts any error to a failure.
func failureOf(err error) *Failure {
	var p *Failure
	switch {
	case errors.As(err, &p):
		return p
	case errors.Is(err, context.Canceled):
		return gone(err) // before the next: whoever leaves says nothing of storage
	case errors.Is(err, model.ErrUnavailable), errors.Is(err, context.DeadlineExceeded):
		return &Failure{Status: http.StatusServiceUnavailable, Outcome: "unavailable", Public: "data cannot be stored now: send this again later", Err: err}
	}
	return &Failure{Status: http.StatusInternalServerError, Outcome: "error", Public: "internal error: see the server's log", Err: err}
}

// MiB formats a limit for people.
func MiB(n int64) string {
	if n%(1<<20) == 0 {
		return fmt.Sprintf("%d MiB", n>>20)
	}
	return fmt.Sprintf("%d bytes", n)
}
