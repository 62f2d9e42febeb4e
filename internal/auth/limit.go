package auth

import (
	"context"
	"sync"
	"time"

	"github.com/playheadhq/playhead/internal/remote"
)

// Passwords are guessed by asking. Each attempt of an address that has guessed wrong lately is answered later, right ones
// like wrong ones: if right ones came at once, whoever guesses would take each answer that does not come at once for a no and go
// on, as many at a time as he likes. The right one is never refused, though. docs/adr/0005-sign-in.md has the reasons.
const (
	// free wrong attempts are answered at once; one is forgotten every forgotten.
	free      = 5
	forgotten = time.Minute
	// apart is the time between two answers to one address, so that asking twice at a time is no faster than once.
	apart = time.Second
	// longest is how long an answer takes, as a rule: scripts that share an address with somebody who guesses wait no longer. Past
	// it, answers are crowded apart: that many a second are the most that one address can learn.
	longest = 5 * time.Second
	crowded = 25 * time.Millisecond
	// maxClients bounds the memory that many addresses can use. Past it all new ones count as one.
	maxClients = 10_000
)

// limiter delays attempts by address.
type limiter struct {
	now     func() time.Time
	mu      sync.Mutex
	clients map[remote.Address]*guesses
	swept   time.Time // when those that are forgotten were removed last
}

// guesses are the attempts of one address.
type guesses struct {
	// until is when the last of them is forgotten: each adds forgotten to it.
	until time.Time
	// last is when the last that was delayed is answered.
	last time.Time
	// said is when the log was told last of those that were delayed.
	said time.Time
}

func newLimiter(now func() time.Time) *limiter {
	return &limiter{now: now, clients: map[remote.Address]*guesses{}}
}

// try says whether an attempt is right, when it may be said. loud is whether a wrong one is worth a line in the log: one a minute for
// who keeps on guessing. It fails when ctx ends before: then nothing may be said.
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

// begin judges an attempt at once, or says by how much to delay that.
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
	// As if it were wrong: nobody may see whether it is. No more than twice what is free, so that nobody who shares an address waits
	// for hours until another's guesses are forgotten.
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
