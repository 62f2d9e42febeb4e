package capture

import "sync/atomic"

// budget bounds the bytes that all requests in flight hold together. Past it requests are refused at once rather than
// queued: their senders hold the data and send them again, and a queue here would only be memory. A request that is
// alone is never refused, however little the budget, or its sender would be told for ever to try again.
type budget struct {
	max  int64
	used atomic.Int64
}

// lease is one request's share of a budget. It is not safe for concurrent use.
type lease struct {
	budget *budget
	held   int64
}

// reserve adds n bytes to the lease, or fails with errBusy and changes nothing.
func (l *lease) reserve(n int64) error {
	if used := l.budget.used.Add(n); used > l.budget.max && used-n != l.held {
		l.budget.used.Add(-n)
		return errBusy
	}
	l.held += n
	return nil
}

// count adds n bytes that exist already.
func (l *lease) count(n int64) {
	l.held += n
	l.budget.used.Add(n)
}

// release gives n bytes back.
func (l *lease) release(n int64) {
	l.held -= n
	l.budget.used.Add(-n)
}

// close gives everything back.
func (l *lease) close() { l.release(l.held) }
