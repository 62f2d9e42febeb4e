// Package clock estimates by how much a client's clock is ahead of the server's, from the times at which requests were sent (client's clock) and
// received (server's clock). Its functions are pure.
//
// A request takes some time, so a clock is ahead by at least sent - received, and by about this much if the request was quick. The largest of these
// differences is the best bound, as in NTP's filter of minimal delay. Clocks drift, so only requests near an instant count. People and programs set
// clocks, so a clock is divided into pieces between its jumps.
package clock

import (
	"slices"

	"github.com/playheadhq/playhead/internal/model"
)

// Offset is by how much one clock is ahead of another, and the possible error of this value, in milliseconds. UncertaintyMS is 0 if nothing is known.
type Offset struct{ MS, UncertaintyMS int64 }

// Known reports whether anything is known of the clock.
func (o Offset) Known() bool { return o.UncertaintyMS > 0 }

const (
	// around is how far from an instant requests may be to count for it. Clocks of computers drift by up to 100 ppm: 60 ms in this time.
	around = 10 * 60 * 1000
	// few is the number of requests that always count for an instant, however far away they are.
	few = 3
	// jump is the smallest change that counts as a jump and not as a slow request.
	jump = 2000
	// slowest is how late a request can be because the network is slow, or because it was sent again.
	slowest = 60_000
	// Requests within a minute may all be slow, because the machine is busy while a page loads: two of them took more than 0.8 s.
	atOnce     = 60_000
	slowAtOnce = 1000
	// usual is the time that a quick request takes.
	usual = 40
)

// piece is a client's clock between two jumps.
type piece struct{ uploads []model.Upload }

// Clock is a client's clock.
type Clock struct{ pieces []piece }

func ahead(u model.Upload) int64 { return u.SentMS - u.ReceivedMS }

// Of returns the clock of the client that made the uploads. They must be in the order in which they were received.
func Of(uploads []model.Upload) Clock {
	var c Clock
	for i, u := range uploads {
		if n := len(c.pieces); n > 0 && !jumped(&c.pieces[n-1], uploads[i:]) {
			p := &c.pieces[n-1]
			p.uploads = append(p.uploads, u)
			continue
		}
		c.pieces = append(c.pieces, piece{uploads: []model.Upload{u}})
	}
	return c
}

// jumped reports whether the clock was set before the first of the next requests.
func jumped(p *piece, next []model.Upload) bool {
	last := p.uploads[max(0, len(p.uploads)-8):] // a clock may have drifted since earlier requests
	best := ahead(last[0])
	for _, u := range last {
		best = max(best, ahead(u))
	}
	change := ahead(next[0]) - best
	switch {
	case change > jump:
		// No request arrives before it is sent, but all earlier requests may have been slow.
		return len(p.uploads) >= few || change > slowest/4
	case change >= -jump:
		return false
	case change < -slowest:
		return true
	}
	// Either this request is slow, or the clock was set back. If it was set back, the following requests are late by the same amount.
	if len(next) < few {
		return false
	}
	for _, u := range next[1:few] {
		if d := ahead(u) - ahead(next[0]); d > jump/2 || d < -jump/2 {
			return false
		}
	}
	return true
}

// Period is a time during which nobody set a clock, as far as the requests show. FromMS and ToMS are when its first and its last request were received.
type Period struct {
	FromMS, ToMS int64
	Offset
	Requests int
}

// Periods returns the times between which the clock seems to have been set, in their order. One request that is very late has a period of its own.
func (c Clock) Periods() []Period {
	all := make([]Period, len(c.pieces))
	for i := range c.pieces {
		p := &c.pieces[i]
		from, to := p.uploads[0].ReceivedMS, p.uploads[len(p.uploads)-1].ReceivedMS
		all[i] = Period{from, to, p.at(from + (to-from)/2), len(p.uploads)}
	}
	return all
}

// At returns by how much the clock was ahead at an instant of the server's clock.
func (c Clock) At(serverMS int64) Offset {
	if len(c.pieces) == 0 {
		return Offset{}
	}
	at := &c.pieces[0]
	for i := range c.pieces[1:] {
		p := &c.pieces[i+1]
		if p.uploads[0].ReceivedMS > serverMS && !between(at, p, serverMS) {
			break
		}
		at = p
	}
	return at.at(serverMS)
}

// between reports whether an instant between two pieces belongs to the later one. A block is sent some seconds after the events in it, so a jump more
// likely happened soon after the last request of the earlier piece than just before the first request of the later one.
func between(before, after *piece, serverMS int64) bool {
	last, first := before.uploads[len(before.uploads)-1].ReceivedMS, after.uploads[0].ReceivedMS
	return serverMS > last && first-serverMS < serverMS-last
}

func (p *piece) at(serverMS int64) Offset {
	near := func(u model.Upload) int64 { return max(u.ReceivedMS-serverMS, serverMS-u.ReceivedMS) }
	counted := p.uploads
	if len(counted) > few {
		from, _ := slices.BinarySearchFunc(counted, serverMS-around, byReceived)
		to, _ := slices.BinarySearchFunc(counted, serverMS+around, byReceived)
		if to-from >= few {
			counted = counted[from:to]
		} else {
			counted = slices.Clone(counted)
			slices.SortFunc(counted, func(a, b model.Upload) int { return int(min(max(near(a)-near(b), -1), 1)) })
			counted = counted[:few]
		}
	}
	low, firstMS, lastMS := ahead(counted[0]), counted[0].ReceivedMS, counted[0].ReceivedMS
	for _, u := range counted {
		low, firstMS, lastMS = max(low, ahead(u)), min(firstMS, u.ReceivedMS), max(lastMS, u.ReceivedMS)
	}
	slack := int64(slowAtOnce) // the longest time that the quickest of the requests probably took
	switch n := len(counted); {
	case n >= 8:
		slack = 200
	case n >= few:
		slack = 400
	}
	most := slack
	if lastMS-firstMS < atOnce {
		most = slowAtOnce
	}
	if low <= 0 && low+most >= 0 {
		// Most clocks are right, so an offset of zero is assumed if it is possible.
		return Offset{0, max(-low, slack/2)}
	}
	return Offset{low + usual, max(slack/2, usual)}
}

func byReceived(u model.Upload, ms int64) int {
	switch {
	case u.ReceivedMS < ms:
		return -1
	case u.ReceivedMS > ms:
		return 1
	}
	return 0
}

// rightWithin is by how much a backend's clock may seem to be behind and still count as right. Backends collect events and retry failed requests, and
// their clocks are usually synchronised by the network.
const rightWithin = 2000

// Sender returns by how much the clock of the backend that sent a few events is ahead of the server's.
func Sender(uploads []model.Upload) Offset {
	low, known := int64(0), false
	for _, u := range uploads {
		if u.SentMS == 0 {
			continue
		}
		if d := ahead(u); !known || d > low {
			low, known = d, true
		}
	}
	switch {
	case !known:
		return Offset{}
	case low <= 0 && low >= -rightWithin:
		return Offset{0, min(max(-low, 50), 500)}
	}
	return Offset{low + usual, 250}
}

// Minus returns the offset of o's clock relative to the clock whose offset is b. The uncertainties are added.
func (o Offset) Minus(b Offset) Offset {
	return Offset{o.MS - b.MS, o.UncertaintyMS + b.UncertaintyMS}
}
