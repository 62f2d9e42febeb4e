package auth

import (
	"sync"
	"time"
)

const (
	// burst failed attempts are free; then one is allowed every pause.
	burst = 10
	pause = 6 * time.Second
	// maxClients bounds the memory an attacker with many addresses can use. Past it all new ones share one count.
	maxClients = 10_000
)

// limiter counts failed sign-ins by client.
type limiter struct {
	now func() time.Time
	mu  sync.Mutex
	// debt is when a client's failures will all be forgiven: each adds one pause.
	debt  map[string]time.Time
	swept time.Time // when those without debt were last forgotten
}

func newLimiter(now func() time.Time) *limiter {
	return &limiter{now: now, debt: map[string]time.Time{}}
}

// wait is how long a client must wait before it may try, 0 when it may now.
func (l *limiter) wait(client string) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	end, now := l.debt[l.slot(client)], l.now()
	if !end.After(now) {
		return 0
	}
	return max(0, end.Sub(now)-(burst-1)*pause)
}

func (l *limiter) failed(client string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	if len(l.debt) >= maxClients && now.Sub(l.swept) >= pause {
		l.swept = now
		for name, end := range l.debt {
			if !end.After(now) {
				delete(l.debt, name)
			}
		}
	}
	slot := l.slot(client)
	end := l.debt[slot]
	if end.Before(now) {
		end = now
	}
	// No more than a minute or so, or those who share a count could be locked out for days.
	if most := now.Add(2 * burst * pause); end.Add(pause).Before(most) {
		end = end.Add(pause)
	}
	l.debt[slot] = end
}

func (l *limiter) slot(client string) string {
	if _, known := l.debt[client]; !known && len(l.debt) >= maxClients {
		return "others"
	}
	return client
}
