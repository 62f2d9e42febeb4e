package playhead

import (
	"sync"
	"time"
)

// waiting is an event that waits to be sent.
type waiting struct {
	json []byte
	at   time.Time // when it was captured
}

// queue has events in the order in which they were captured, limited by number and bytes.
type queue struct {
	maxEvents, maxBytes int
	// ready is signalled when there are enough events for a batch.
	ready chan struct{}

	mu     sync.Mutex
	events []waiting
	bytes  int
}

func newQueue(maxEvents, maxBytes int) *queue {
	return &queue{maxEvents: maxEvents, maxBytes: maxBytes, ready: make(chan struct{}, 1)}
}

func (q *queue) len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.events)
}

// add reports whether there was space.
func (q *queue) add(e waiting) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.events) >= q.maxEvents || q.bytes+len(e.json) > q.maxBytes {
		return false
	}
	q.events = append(q.events, e)
	q.bytes += len(e.json)
	if len(q.events) >= batchEvents || q.bytes >= batchBytes {
		select {
		case q.ready <- struct{}{}:
		default: // it is signalled already
		}
	}
	return true
}

// take removes the first events: at most a given number and size, but at least one.
func (q *queue) take(events, bytes int) (batch []waiting) {
	q.mu.Lock()
	defer q.mu.Unlock()
	n, size := 0, 0
	for n < len(q.events) && n < events && (n == 0 || size+len(q.events[n].json) <= bytes) {
		size += len(q.events[n].json)
		n++
	}
	batch = append(batch, q.events[:n]...)
	q.events = append(q.events[:0:0], q.events[n:]...)
	q.bytes -= size
	return batch
}
