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
	// halfLife is the time after which used processor time counts half.
	halfLife = 10 * time.Second
	// light is the recent processor time below which an address gets a turn even if all are taken.
	light = 50 * time.Millisecond
	// slice is the least time that a turn is kept before it goes to another address. Passing it on costs some microseconds.
	slice = 2 * time.Millisecond
	// ownSlice is the same between requests of one address. It is longer, because each started request holds its decoded
	// data in memory.
	ownSlice = 50 * time.Millisecond
	// long is the processor time from which work counts as long. Requests of browsers and SDKs take a few milliseconds.
	long = 50 * time.Millisecond
	// much is the recent processor time from which all work of an address counts as long: 7 % of a processor, if it continues.
	much = time.Second
	// rest is the pause of long work after a slice, as a multiple of the slice's time.
	rest = 2
	// lately is how long an address counts as present after a request.
	lately = time.Second
	// maxWaiting is how many requests of one address may wait. They also use memory of its share.
	maxWaiting = 1024
)

// ErrCrowded: too many requests of this address are already waiting for a processor.
var ErrCrowded = errors.New("too many requests of this address are waiting for a processor")

// Turns lets as many requests work at a time as there are processors. The waiting address with the least recent processor time goes
// first; while none waits, one address may use all processors. Work cannot be interrupted, so long work must call Pause every few
// milliseconds.
//
// Some work cannot pause as often. So that small requests need not wait for it, the same number of additional turns is reserved for
// addresses that have recently used almost nothing. The schedulers of the operating system and of Go then divide the processors, and
// work that pauses next gives up its turn until there are no more turns than processors.
//
// Long work, and all work of an address with much recent use, gets only half of the processors (at least one) while an address with
// less use is present. If goroutines that do not pause use all processors, Go polls the network only every 10 ms, and a short request
// waits this long at each of the goroutines that it passes through: 219 ms at the 95th percentile instead of 15. Long work also pauses
// after each slice. A short request and the work that it starts (the commit, and garbage collection, whose pauses wait for every
// running thread) then find a free processor most of the time.
//
// The time of a turn is measured by the clock, because Go has no processor time of a goroutine. Work must not wait for anything during its turn.
type Turns struct {
	processors int

	mu      sync.Mutex
	running int
	// long is the number of running requests whose work is long.
	long int
	// restsUntil is the end of the pause of long work while others are present; wake is then set.
	restsUntil time.Time
	wake       *time.Timer
	// last is the client without much use that began last, at lastAt; beforeAt is when another client without much use last began.
	last             *client
	lastAt, beforeAt time.Time
	waiting          int       // turns
	queued           []*client // its waiting turns, in order
	clients          map[remote.Address]*client
	sweepAt          int // the number of clients at which unused ones are removed
	// epoch is the time at which scores have their own value. A score is processor time in seconds, doubled for each half-life between
	// the epoch and its use. So older use counts less without an update, and scores can be compared directly.
	epoch time.Time
}

// NewTurns returns Turns for a number of processors.
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
	since  time.Time // the time of its begin or last charge
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

// Pause lets addresses with less use go first, and returns when it has a turn again. It fails when ctx has ended: the work must then stop, because
// the turn may be lost already.
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
		t.hand(now) // to long work, because no other client is present any more
		t.mu.Unlock()
		return nil
	}
	t.take(u)
	t.enqueue(u)
	t.hand(now)
	t.mu.Unlock()
	return u.wait(ctx)
}

// End gives the turn back, because the request only has to wait from now on. It may be called again.
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
	if u.has { // it was given at the same time
		t.take(u)
		t.hand(time.Now())
	} else {
		t.dequeue(u)
	}
	return context.Cause(ctx)
}

// stepsAside reports whether another client should get the turn.
func (t *Turns) stepsAside(u *Turn, now time.Time) bool {
	if t.running > t.processors && !t.isLight(u.client, now) {
		return true
	}
	if u.long { // compared as if it were waiting
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

// next returns the waiting client with the least use (the first, of equals), and its first turn that may run. There are never more
// clients than connections.
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

// hand gives free turns to waiting clients.
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

// wakeAfterRest resumes work that waits for the end of the pause.
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

// Spare is the number of additional processors for GOMAXPROCS: as many as long work may use at a time, so that short requests
// find a free one.
func Spare(processors int) int { return max(1, processors/2) }

// usedMuch reports whether a client has so much recent use that all its work counts as long.
func (t *Turns) usedMuch(c *client, now time.Time) bool {
	return c.score >= much.Seconds()*t.weight(now)
}

// longRoom is how many turns long work may have, of this client and others together.
func (t *Turns) longRoom(c *client, now time.Time) int {
	switch {
	case !t.othersThan(c, now):
		return t.processors
	case now.Before(t.restsUntil):
		return 0
	}
	return Spare(t.processors)
}

// othersThan reports whether another client was present recently.
func (t *Turns) othersThan(c *client, now time.Time) bool {
	since := now.Add(-lately)
	return t.last != c && t.lastAt.After(since) || t.last == c && t.beforeAt.After(since)
}

// note records that a client is present, unless it has much use.
func (t *Turns) note(c *client, now time.Time) {
	if t.usedMuch(c, now) {
		return
	}
	if t.last != c {
		t.beforeAt = t.lastAt
	}
	t.last, t.lastAt = c, now
}

// mayJoin reports whether a client may get an additional turn although all are taken.
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

// charge adds the time since the last charge to the client's use.
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

// age moves the epoch before scores become too large to be exact.
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

// sweep removes clients that have used almost nothing and have no requests.
func (t *Turns) sweep(now time.Time) {
	least := time.Millisecond.Seconds() * t.weight(now)
	for address, c := range t.clients {
		if c.running == 0 && len(c.queue) == 0 && c.score < least {
			delete(t.clients, address)
		}
	}
	t.sweepAt = max(1024, 2*len(t.clients))
}
