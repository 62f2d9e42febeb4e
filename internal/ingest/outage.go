package ingest

import (
	"log/slog"
	"time"
)

// An outage is told of again after so long, and one that begins soon after another not at all.
const (
	remindAfter = time.Minute
	quietFor    = 10 * time.Second
)

// outage tells of a storage that cannot take what is sent: when that begins, once a minute while it lasts, and when it is
// over. A line for every commit would be hundreds a second. It is not safe for concurrent use.
type outage struct {
	log        *slog.Logger
	what, over string // what happens, and that it does no longer

	began    time.Time
	failures int       // since it began, 0 while all is well
	told     time.Time // when the log was last told of any outage
	known    bool      // it was told of this one
}

// failed is told of a commit that failed, and of how many requests it was.
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

// succeeded is told of a commit that did not.
func (o *outage) succeeded() {
	if o.known {
		o.log.Info(o.over, "failures", o.failures, "after", time.Since(o.began).Round(time.Millisecond))
	}
	o.failures, o.known = 0, false
}
