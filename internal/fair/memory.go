package fair

import (
	"errors"
	"sync"

	"github.com/playheadhq/playhead/internal/remote"
)

// Reasons why a reservation is refused. The client retries later: it still has the data, and a queue here would only use memory.
var (
	// ErrBusy: open requests use the whole budget.
	ErrBusy = errors.New("too much data is in flight")
	// ErrAddress: the open requests of this address use its whole share.
	ErrAddress = errors.New("this address has too much data in flight")
	// ErrToken: the open requests with this token use its whole share.
	ErrToken = errors.New("this project token has too much data in flight")
)

// keptBack divides a budget: a request that is larger than its address's share must leave 1/keptBack of the budget to others.
const keptBack = 8

// Budget limits the bytes of all open requests together.
//
// An address may use share/(1-share) times the bytes that are still free afterwards: with a share of one half, as much as stays
// free. So the first address gets at most half of the budget, the next one half of the rest, and over time each of n addresses gets
// an (n+1)th: there is always some left for the next one. With fixed halves, two addresses could fill the budget.
//
// One request at a time may exceed the share of its address when it has arrived completely and only needs work: otherwise several
// large requests of one address would block each other for ever. It leaves one eighth of the budget to others. When no other request
// holds anything, a request may exceed the whole budget, up to its own limits; otherwise its sender would have to retry for ever. It may then
// take up to one eighth more than the budget while others hold no more than their eighth: otherwise it would never end.
// So all requests together use at most the budget, or the size of the largest one plus one eighth of the budget.
type Budget struct {
	max        int64
	share      float64
	tokenShare float64

	mu     sync.Mutex
	used   int64
	leases int
	of     map[remote.Address]int64
	tokens map[string]int64
	large  *Lease // the one that exceeds its share
}

// NewBudget divides max bytes. The shares are more than 0 and at most 1, which means no limit.
func NewBudget(max int64, share, tokenShare float64) *Budget {
	return &Budget{max: max, share: share, tokenShare: tokenShare, of: map[remote.Address]int64{}, tokens: map[string]int64{}}
}

// InFlight returns the number of bytes in use, and the number of open leases.
func (b *Budget) InFlight() (bytes int64, leases int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.used, b.leases
}

// Lease begins a request of an address. It holds nothing yet; Close ends it.
func (b *Budget) Lease(address remote.Address) *Lease {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.leases++
	return &Lease{budget: b, address: address}
}

// Lease is the part of a budget that one request uses. Only one goroutine at a time may use it.
type Lease struct {
	budget  *Budget
	address remote.Address
	token   string // "" until Charge
	arrived bool
	held    int64
}

// Reserve adds n bytes, or fails with ErrBusy, ErrAddress or ErrToken and changes nothing.
func (l *Lease) Reserve(n int64) error {
	b := l.budget
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.refuse(l, n); err != nil {
		return err
	}
	l.add(n)
	return nil
}

// Count adds n bytes that are in memory already. It does not fail.
func (l *Lease) Count(n int64) {
	l.budget.mu.Lock()
	defer l.budget.mu.Unlock()
	l.add(n)
}

// Release frees n bytes.
func (l *Lease) Release(n int64) { l.Count(-n) }

// Arrived marks the request as completely received: from now on only work is left.
func (l *Lease) Arrived() {
	l.budget.mu.Lock()
	defer l.budget.mu.Unlock()
	l.arrived = true
}

// Charge counts the lease for a token as well, which is known only after the request was read. It fails with ErrToken when other
// requests with the token already use too much.
func (l *Lease) Charge(token string) error {
	b := l.budget
	b.mu.Lock()
	defer b.mu.Unlock()
	if token == l.token {
		return nil
	}
	if b.overToken(token, b.tokens[token], l.held) {
		return ErrToken
	}
	held := l.held
	l.add(-held)
	l.token = token
	l.add(held)
	return nil
}

// Close frees everything.
func (l *Lease) Close() {
	b := l.budget
	b.mu.Lock()
	defer b.mu.Unlock()
	l.add(-l.held)
	b.leases--
	if b.large == l {
		b.large = nil
	}
}

func (l *Lease) add(n int64) {
	b := l.budget
	l.held += n
	b.used += n
	add(b.of, l.address, n)
	if l.token != "" {
		add(b.tokens, l.token, n)
	}
}

// add adds n to an entry and removes entries that hold nothing, so that the maps stay as small as the number of open requests.
func add[K comparable](held map[K]int64, key K, n int64) {
	if held[key] += n; held[key] == 0 {
		delete(held, key)
	}
}

// refuse returns the reason why a lease must not take n more bytes.
func (b *Budget) refuse(l *Lease, n int64) error {
	if l.token != "" && b.overToken(l.token, b.tokens[l.token]-l.held, l.held+n) {
		return ErrToken
	}
	least := b.max / keptBack
	room, used, mine := b.max, b.used, b.of[l.address]+n
	if b.large != nil && b.large != l {
		// Other requests share the rest, including those of the large request's address, which may be a proxy's.
		room, used = max(b.max-b.large.held, least), b.used-b.large.held
		if b.large.address == l.address {
			mine -= b.large.held
		}
	}
	if free := room - used - n; b.large != l && free >= 0 && b.within(mine, free) {
		return nil
	}
	alone := b.used == l.held
	fits := l.arrived && b.used+n <= b.max-least
	ends := b.large == l && b.used-l.held <= least && l.held+n <= b.max+least
	if (alone || fits || ends) && (b.large == nil || b.large == l) {
		b.large = l
		return nil
	}
	if float64(mine) > b.share*float64(b.max) {
		return ErrAddress
	}
	return ErrBusy
}

// within reports whether an address may hold this much while this much is free.
func (b *Budget) within(mine, free int64) bool {
	return b.share >= 1 || float64(mine)*(1-b.share) <= float64(free)*b.share
}

// overToken reports whether want bytes more would exceed the share of a token. The only request with a token is always allowed.
func (b *Budget) overToken(token string, others, want int64) bool {
	return b.tokenShare < 1 && others > 0 && float64(others+want) > b.tokenShare*float64(b.max)
}
