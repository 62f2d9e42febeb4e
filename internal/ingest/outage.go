package ingest

import (
	"log/slog"
	"time"
)

// An outage is logged again after remindAfter. One that begins within quietFor of another is not logged.
const (
	remindAfter = time.Minute
	quietFor    = 10 * time.Second
)

// outage logs that storage cannot accept data: when that begins, once a minute while it lasts, and when it ends. A line for every commit would be
// hundreds a second. It is not safe for concurrent use.
type outage struct {
	log        *slog.Logger
	what, over string // the messages for its beginning and its end

	began    time.Time
	failures int       // since it began; 0 if there is none
	told     time.Time // when any outage was last logged
	known    bool      // this one was logged
}

// failed records that a commit with this many requests failed.
func (o *outage) failed(requests int, err error) {
	now := time.Now()
	if o.failures == 0 {
		o.began = now
	}
	o.failures++
	quiet := quietFor
	if o.known {
		quiet = remindAfter
	}
	if !o.told.IsZero() && now.Sub(o.told) < quiet {
		o.log.Debug(o.what, "requests", requests, "error", err)
		return
	}
	o.told, o.known = now, true
	o.log.Warn(o.what+"; their senders will retry", "requests", requests, "failures", o.failures, "for", now.Sub(o.began).Round(time.Second), "error", err)
}

// succeeded records that a commit succeeded.
func (o *outage) succeeded() {
	if o.known {
		o.log.Info(o.over, "failures", o.failures, "after", time.Since(o.began).Round(time.Millisecond))
	}
	o.failures, o.known = 0, false
}
