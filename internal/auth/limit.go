package auth

import (
	"context"
	"sync"
	"time"

	"github.com/playheadhq/playhead/internal/remote"
)

// Guessing of passwords is slowed down. After wrong passwords from an address, every attempt from that address is answered with a delay, even a right
// one. If right ones were answered at once, an attacker would treat every delayed answer as wrong and try the next, many at the same time. The right
// password is never refused. docs/adr/0005-sign-in.md has the reasons.
const (
	// free is the number of wrong attempts that are answered at once; one of them is forgotten after each period `forgotten`.
	free      = 5
	forgotten = time.Minute
	// apart is the time between two answers to one address, so that parallel attempts are not faster.
	apart = time.Second
	// longest is the usual limit of the delay, also for scripts that share an address with an attacker. Beyond it, answers are
	// `crowded` apart, which limits how many answers a second one address can get.
	longest = 5 * time.Second
	crowded = 25 * time.Millisecond
	// maxClients limits the memory for many addresses. Beyond it, all new ones count as one.
	maxClients = 10_000
)

// limiter delays attempts by address.
type limiter struct {
	now     func() time.Time
	mu      sync.Mutex
	clients map[remote.Address]*guesses
	swept   time.Time // when the forgotten clients were last removed
}

// guesses are the attempts of one address.
type guesses struct {
	// until is when the last wrong attempt is forgotten: each wrong attempt adds `forgotten` to it.
	until time.Time
	// last is when the last of the delayed attempts is answered.
	last time.Time
	// said is the time of the last log line about delayed attempts.
	said time.Time
}

func newLimiter(now func() time.Time) *limiter {
	return &limiter{now: now, clients: map[remote.Address]*guesses{}}
}

// try reports after the delay whether an attempt is right. loud is whether a wrong one should be logged: once a minute for continued guessing. It
// fails when ctx ends during the delay: then the result must not be revealed.
func (l *limiter) try(ctx context.Context, from remote.Address, check func() bool) (right, loud bool, err error) {
	delay, right, loud := l.begin(from, check)
	if delay == 0 {
		return right, loud, nil
	}
	t := time.NewTimer(delay)
	defer t.Stop()
	select {
	case <-t.C:
		return check(), loud, nil
	case <-ctx.Done():
		return false, false, context.Cause(ctx)
	}
}

// begin judges an attempt at once, or returns the delay.
func (l *limiter) begin(from remote.Address, check func() bool) (delay time.Duration, right, loud bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	g := l.client(from, now)
	if g.until.Before(now) {
		g.until = now
	}
	if g.until.Sub(now) <= (free-1)*forgotten {
		if !check() {
			g.until = g.until.Add(forgotten)
			return 0, false, true
		}
		return 0, true, false
	}
	next := now.Add(apart)
	if after := g.last.Add(apart); after.After(next) {
		next = after
	}
	if most := now.Add(longest); next.After(most) {
		next = most
		if after := g.last.Add(crowded); after.After(next) {
			next = after
		}
	}
	g.last = next
	// Count every delayed attempt as wrong, so that the timing does not reveal whether it is. The count is at most twice `free`, so that others with the
	// same address need not wait for hours until the guesses are forgotten.
	if most := now.Add(2 * free * forgotten); g.until.Add(forgotten).Before(most) {
		g.until = g.until.Add(forgotten)
	}
	if loud = now.Sub(g.said) >= time.Minute; loud {
		g.said = now
	}
	return next.Sub(now), false, loud
}

func (l *limiter) client(from remote.Address, now time.Time) *guesses {
	if g, ok := l.clients[from]; ok {
		return g
	}
	if len(l.clients) >= maxClients && now.Sub(l.swept) >= apart {
		l.swept = now
		for address, g := range l.clients {
			if !g.until.After(now) {
				delete(l.clients, address)
			}
		}
	}
	if len(l.clients) >= maxClients {
		from = remote.Address{}
		if g, ok := l.clients[from]; ok {
			return g
		}
	}
	g := new(guesses)
	l.clients[from] = g
	return g
}
