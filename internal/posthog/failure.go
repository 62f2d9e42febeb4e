package posthog

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/playheadhq/playhead/internal/fair"
	"github.com/playheadhq/playhead/internal/model"
)

// failure is why a request is not answered with 200: what its sender is told, and what the log is.
//
// Its status decides whether the sender tries again. posthog-js drops what a 4xx answers and repeats 5xx ten times;
// posthog-node and posthog-python repeat 5xx, 408 and 429, posthog-node halves its batch on 413; posthog-go repeats
// everything. So 4xx is for what could never succeed, and 503 for everything that may.
type failure struct {
	status int
	// outcome is its name in metrics and logs.
	outcome string
	// public is the body of the answer: plain text, no secrets.
	public string
	// err is the cause, nil when public says all there is.
	err error
}

func (p *failure) Error() string {
	if p.err != nil {
		return p.public + ": " + p.err.Error()
	}
	return p.public
}

func (p *failure) Unwrap() error { return p.err }

func badRequest(outcome, public string) *failure {
	return &failure{status: http.StatusBadRequest, outcome: outcome, public: public}
}

func tooLarge(public string) *failure {
	return &failure{status: http.StatusRequestEntityTooLarge, outcome: "too_large", public: public}
}

func unsupported(public string) *failure {
	return &failure{status: http.StatusUnsupportedMediaType, outcome: "unsupported", public: public}
}

func unauthorized(public string) *failure {
	return &failure{status: http.StatusUnauthorized, outcome: "unauthorized", public: public}
}

// refused is what a sender is told whose request gets no memory or processor now, and the name under which it is counted.
func refused(err error) *failure {
	p := &failure{status: http.StatusServiceUnavailable, outcome: "busy", public: "too much data is waiting to be stored: send this again later"}
	switch {
	case errors.Is(err, fair.ErrAddress):
		p.outcome, p.public = "address_share", "too much data from this address is waiting to be stored: send this again later, and less at a time"
	case errors.Is(err, fair.ErrToken):
		p.outcome, p.public = "token_share", "too much data with this project token is waiting to be stored: send this again later, and less at a time"
	case errors.Is(err, fair.ErrCrowded):
		p.outcome, p.public = "crowded", "too many requests from this address are waiting: send this again later, and less at a time"
	}
	return p
}

// failureOf sorts any error into a failure.
func failureOf(err error) *failure {
	var p *failure
	switch {
	case errors.As(err, &p):
		return p
	case errors.Is(err, context.Canceled):
		return gone(err) // before the next: whoever leaves says nothing of storage
	case errors.Is(err, model.ErrUnavailable), errors.Is(err, context.DeadlineExceeded):
		return &failure{status: http.StatusServiceUnavailable, outcome: "unavailable", public: "data cannot be stored now: send this again later", err: err}
	}
	return &failure{status: http.StatusInternalServerError, outcome: "error", public: "internal error: see the server's log", err: err}
}

// mib writes a limit for people.
func mib(n int64) string {
	if n%(1<<20) == 0 {
		return fmt.Sprintf("%d MiB", n>>20)
	}
	return fmt.Sprintf("%d bytes", n)
}
