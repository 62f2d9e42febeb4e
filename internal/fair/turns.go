package fair

import (
	"context"
	"errors"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/playheadhq/playhead/internal/remote"
)

const (
	// halfLife is how fast processor time that was used is forgotten.
	halfLife = 10 * time.Second
	// light is how little lately used processor time lets an address in beside those who have turns.
	light = 50 * time.Millisecond
	// slice is how long a turn is held at least before it goes to another address. Handing over costs some microseconds.
	slice = 2 * time.Millisecond
	// ownSlice is the same among requests of one address. It is longer because each request that has begun holds what
	// it has decoded.
	ownSlice = 50 * time.Millisecond
	// long is how much processor time makes work long. What browsers and SDKs send takes a few milliseconds.
	long = 50 * time.Millisecond
	// much is how much processor time lately makes all work of an address long: 7 % of a processor, if it goes on.
	much = time.Second
	// rest is how long long work rests after a slice, in times of what that took.
	rest = 2
	// lately is for how long somebody counts as there after a request.
	lately = time.Second
	// maxWaiting is how many requests of one address may wait. They hold memory of its share as well.
	maxWaiting = 1024
)

// ErrCrowded: too many requests of this address wait for a processor already.
var ErrCrowded = errors.New("too many requests of this address wait for a processor")

// Turns lets as many requests work at a time as there are processors. While others wait, the address that has lately used the
// least processor time goes first; while nobody waits, anybody may use all. It cannot interrupt: work that takes long calls
// Pause every few milliseconds.
//
// Some work cannot pause as often. So that nobody waits for it who wants little, as many turns again are for addresses that
// have lately used next to nothing; the scheduler of the operating system and Go's divide the processors then, and whoever
// pauses next steps aside until there are no more turns than processors.
//
// Long work, and all work of an address that has lately used much, has only half of the processors, at least one, while somebody
// is there who has not. With all of them taken by goroutines that go on, Go looks for what has arrived every 10 ms alone, and a short
// request that passes through several goroutines waits as long at each: 219 ms at the 95th percentile instead of 15. And it rests after
// each slice: a short request, and what it wakes (the commit, the garbage collector, whose pauses wait for every thread that runs), then
// finds a processor free most of the time.
//
// A turn's time is that on the clock: there is no other for a goroutine. It does not wait for anything while it has a turn.
type Turns struct {
	processors int

	mu      sync.Mutex
	running int
	// long is how many of those that run have worked for long.
	long int
	// restsUntil is until when long work rests while others are there; wake is then set.
	restsUntil time.Time
	wake       *time.Timer
	// last is who of those that have not used much began last, at lastAt; beforeAt is when another of them did.
	last             *client
	lastAt, beforeAt time.Time
	waiting          int       // turns
	queued           []*client // those with turns that wait, in the order in which they began to
	clients          map[remote.Address]*client
	sweepAt          int // how many clients there are when it is time to forget some
	// epoch is when a score is worth its own value. A score is processor time in seconds, times 2 for each half-life
	// between the epoch and its use: so older time weighs less without touching it, and scores compare as they are.
	epoch time.Time
}

// NewTurns makes as many turns as given.
func NewTurns(processors int) *Turns {
	return &Turns{processors: processors, clients: map[remote.Address]*client{}, sweepAt: 1024, epoch: time.Now()}
}

// client is one address.
type client struct {
	score   float64
	running int
	queue   []*Turn
}

// Turn is the right to use a processor. It is for one goroutine; methods of a nil Turn do nothing.
type Turn struct {
	turns  *Turns
	client *client
	since  time.Time // when it began or was charged last
	began  time.Time // when it was given last
	used   time.Duration
	has    bool
	long   bool          // see Turns
	given  chan struct{} // closed when it is given
}

// Begin waits for a turn of an address. It fails with ErrCrowded, or with the context's cause.
func (t *Turns) Begin(ctx context.Context, address remote.Address) (*Turn, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	t.mu.Lock()
	now := time.Now()
	t.age(now)
	c := t.client(address, now)
	turn := &Turn{turns: t, client: c, long: t.usedMuch(c, now)}
	t.note(c, now)
	free := t.running < t.processors && (!turn.long || t.long < t.longRoom(c, now))
	switch {
	case free, t.mayJoin(c, now):
		t.give(turn, now)
		t.mu.Unlock()
		return turn, nil
	case len(c.queue) >= maxWaiting:
		t.mu.Unlock()
		return nil, ErrCrowded
	}
	t.enqueue(turn)
	t.wakeAfterRest(now)
	t.mu.Unlock()
	if err := turn.wait(ctx); err != nil {
		return nil, err
	}
	return turn, nil
}

// Waiting is how many requests wait for a turn.
func (t *Turns) Waiting() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.waiting
}

// Pause lets others go first who have used less, and returns when it is this one's turn again. It fails when ctx has ended: then
// the work is to stop, and the turn may be gone already.
func (u *Turn) Pause(ctx context.Context) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if u == nil {
		return nil
	}
	now := time.Now()
	if !u.has || now.Sub(u.since) < slice {
		return nil
	}
	t := u.turns
	t.mu.Lock()
	t.charge(u, now)
	if !t.stepsAside(u, now) {
		t.hand(now) // to long work that nobody else is there for any more
		t.mu.Unlock()
		return nil
	}
	t.take(u)
	t.enqueue(u)
	t.hand(now)
	t.mu.Unlock()
	return u.wait(ctx)
}

// End gives the turn back: what is left of the request is waiting. It may be called again.
func (u *Turn) End() {
	if u == nil || !u.has {
		return
	}
	t := u.turns
	t.mu.Lock()
	defer t.mu.Unlock()
	now := time.Now()
	t.charge(u, now)
	t.take(u)
	t.hand(now)
}

// wait returns when the turn was given.
func (u *Turn) wait(ctx context.Context) error {
	select {
	case <-u.given:
		return nil
	case <-ctx.Done():
	}
	t := u.turns
	t.mu.Lock()
	defer t.mu.Unlock()
	if u.has { // given at the same moment
		t.take(u)
		t.hand(time.Now())
	} else {
		t.dequeue(u)
	}
	return context.Cause(ctx)
}

// stepsAside says whether somebody else should have the turn.
func (t *Turns) stepsAside(u *Turn, now time.Time) bool {
	if t.running > t.processors && !t.isLight(u.client, now) {
		return true
	}
	if u.long { // seen as if it were among those that wait
		t.long--
		defer func() { t.long++ }()
		if t.long >= t.longRoom(u.client, now) {
			return true
		}
	}
	next, _ := t.next(now)
	switch {
	case next == nil:
		return false
	case next == u.client:
		return now.Sub(u.began) >= ownSlice
	}
	return next.score < u.client.score
}

// next is the waiting client that has used least, of equal ones the first, and the first of its turns that may go on. There
// are no more of them than connections.
func (t *Turns) next(now time.Time) (least *client, turn *Turn) {
	for _, c := range t.queued {
		if least != nil && c.score >= least.score {
			continue
		}
		room := t.long < t.longRoom(c, now)
		if i := slices.IndexFunc(c.queue, func(u *Turn) bool { return room || !u.long }); i >= 0 {
			least, turn = c, c.queue[i]
		}
	}
	return least, turn
}

// hand gives what turns there are to those who wait.
func (t *Turns) hand(now time.Time) {
	for {
		c, u := t.next(now)
		if c == nil || t.running >= t.processors && !t.mayJoin(c, now) {
			t.wakeAfterRest(now)
			return
		}
		t.dequeue(u)
		t.give(u, now)
		close(u.given)
	}
}

// wakeAfterRest has those go on who wait because long work rests.
func (t *Turns) wakeAfterRest(now time.Time) {
	if t.waiting == 0 || t.wake != nil || !now.Before(t.restsUntil) {
		return
	}
	t.wake = time.AfterFunc(t.restsUntil.Sub(now), func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.wake = nil
		t.hand(time.Now())
	})
}

// Spare is how many processors Go should be told of beside those that there are: as many as long work may hold
// at a time, so that short requests find one.
func Spare(processors int) int { return max(1, processors/2) }

// usedMuch says whether a client has lately used so much that all its work is long.
func (t *Turns) usedMuch(c *client, now time.Time) bool {
	return c.score >= much.Seconds()*t.weight(now)
}

// longRoom is how many turns may be those of long work, of this client and others together.
func (t *Turns) longRoom(c *client, now time.Time) int {
	switch {
	case !t.othersThan(c, now):
		return t.processors
	case now.Before(t.restsUntil):
		return 0
	}
	return Spare(t.processors)
}

// othersThan says whether somebody else was there lately.
func (t *Turns) othersThan(c *client, now time.Time) bool {
	since := now.Add(-lately)
	return t.last != c && t.lastAt.After(since) || t.last == c && t.beforeAt.After(since)
}

// note remembers that a client is there, unless it has used much.
func (t *Turns) note(c *client, now time.Time) {
	if t.usedMuch(c, now) {
		return
	}
	if t.last != c {
		t.beforeAt = t.lastAt
	}
	t.last, t.lastAt = c, now
}

// mayJoin says whether a client may have a turn although all are taken.
func (t *Turns) mayJoin(c *client, now time.Time) bool {
	return t.running < 2*t.processors && c.running == 0 && t.isLight(c, now)
}

func (t *Turns) isLight(c *client, now time.Time) bool {
	return c.score < light.Seconds()*t.weight(now)
}

func (t *Turns) give(u *Turn, now time.Time) {
	u.has, u.since, u.began = true, now, now
	u.client.running++
	t.running++
	if u.long {
		t.long++
	}
}

func (t *Turns) take(u *Turn) {
	u.has = false
	u.client.running--
	t.running--
	if u.long {
		t.long--
	}
}

func (t *Turns) enqueue(u *Turn) {
	u.given = make(chan struct{})
	if len(u.client.queue) == 0 {
		t.queued = append(t.queued, u.client)
	}
	u.client.queue = append(u.client.queue, u)
	t.waiting++
}

func (t *Turns) dequeue(u *Turn) {
	c := u.client
	c.queue = slices.DeleteFunc(c.queue, func(other *Turn) bool { return other == u })
	if len(c.queue) == 0 {
		t.queued = slices.DeleteFunc(t.queued, func(other *client) bool { return other == c })
	}
	t.waiting--
}

// charge adds the time since the last charge to what the client has used.
func (t *Turns) charge(u *Turn, now time.Time) {
	t.age(now)
	took := now.Sub(u.since)
	u.client.score += took.Seconds() * t.weight(now)
	u.since = now
	u.used += took
	if !u.long && (u.used >= long || t.usedMuch(u.client, now)) {
		u.long = true
		t.long++
	}
	if u.long && t.othersThan(u.client, now) {
		t.restsUntil = now.Add(rest * took / time.Duration(Spare(t.processors)))
	}
}

func (t *Turns) weight(now time.Time) float64 {
	return math.Exp2(now.Sub(t.epoch).Seconds() / halfLife.Seconds())
}

// age moves the epoch before weights become too large to be exact.
func (t *Turns) age(now time.Time) {
	if now.Sub(t.epoch) < 30*halfLife {
		return
	}
	w := t.weight(now)
	for _, c := range t.clients {
		c.score /= w
	}
	t.epoch = now
	t.sweep(now)
}

func (t *Turns) client(address remote.Address, now time.Time) *client {
	if c, ok := t.clients[address]; ok {
		return c
	}
	if len(t.clients) >= t.sweepAt {
		t.sweep(now)
	}
	c := new(client)
	t.clients[address] = c
	return c
}

// sweep forgets who has used next to nothing and wants nothing.
func (t *Turns) sweep(now time.Time) {
	least := time.Millisecond.Seconds() * t.weight(now)
	for address, c := range t.clients {
		if c.running == 0 && len(c.queue) == 0 && c.score < least {
			delete(t.clients, address)
		}
	}
	t.sweepAt = max(1024, 2*len(t.clients))
}
