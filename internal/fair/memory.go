package fair

import (
	"errors"
	"sync"

	"github.com/playheadhq/playhead/internal/remote"
)

// Why a reservation is refused. Whoever asks is to come again later: he holds the data, and a queue here would only be memory.
var (
	// ErrBusy: requests in flight hold as much as they may.
	ErrBusy = errors.New("too much data is in flight")
	// ErrAddress: those of this address hold as much as one address may.
	ErrAddress = errors.New("this address has too much data in flight")
	// ErrToken: those with this token hold as much as one token may.
	ErrToken = errors.New("this project token has too much data in flight")
)

// keptBack is the part of a budget, one in so many, that a request larger than its address's share leaves to others.
const keptBack = 8

// Budget bounds the bytes that all requests in flight hold together.
//
// An address may hold share/(1-share) times what is free after it has taken it: with a share of one half, as much as is still
// free. So the first address gets half of the budget at most, the next one half of what is left, and as requests come and go, n
// of them an (n+1)th each: there is something left for the next one. Fixed halves would let two addresses fill all of it.
//
// One request at a time may exceed the share of its address, when it has wholly arrived and only work is left: otherwise large
// ones of one address would keep each other from ever being done. It leaves one eighth of the budget to others. When nobody
// else holds anything, a request may exceed all of it, up to its own limits, or its sender would be told for ever to try again. It may
// then take up to one eighth more than the budget while others hold no more than the eighth that is theirs: it would never end otherwise.
// So all requests together hold at most the budget, or one eighth more than the largest of them.
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

// NewBudget divides max bytes. The shares are more than 0 and at most 1, which is none.
func NewBudget(max int64, share, tokenShare float64) *Budget {
	return &Budget{max: max, share: share, tokenShare: tokenShare, of: map[remote.Address]int64{}, tokens: map[string]int64{}}
}

// InFlight is how many bytes are held, and by how many leases.
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

// Lease is what one request holds of a budget. It is for one goroutine at a time.
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

// Count adds n bytes that exist already.
func (l *Lease) Count(n int64) {
	l.budget.mu.Lock()
	defer l.budget.mu.Unlock()
	l.add(n)
}

// Release gives n bytes back.
func (l *Lease) Release(n int64) { l.Count(-n) }

// Arrived says that the request takes no more time but that of the work it is.
func (l *Lease) Arrived() {
	l.budget.mu.Lock()
	defer l.budget.mu.Unlock()
	l.arrived = true
}

// Charge counts the lease for a token as well, which is known only when the request was read. It fails with ErrToken when
// others with the token hold too much already.
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

// Close gives everything back.
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

// add forgets who holds nothing, so that the maps are no larger than what is in flight.
func add[K comparable](held map[K]int64, key K, n int64) {
	if held[key] += n; held[key] == 0 {
		delete(held, key)
	}
}

// refuse says why a lease may not hold n more bytes.
func (b *Budget) refuse(l *Lease, n int64) error {
	if l.token != "" && b.overToken(l.token, b.tokens[l.token]-l.held, l.held+n) {
		return ErrToken
	}
	least := b.max / keptBack
	room, used, mine := b.max, b.used, b.of[l.address]+n
	if b.large != nil && b.large != l {
		// Others share what it leaves, those of its own address too: it may be that of a proxy.
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

// within says whether an address may hold so much while so much is free.
func (b *Budget) within(mine, free int64) bool {
	return b.share >= 1 || float64(mine)*(1-b.share) <= float64(free)*b.share
}

// overToken says whether a token may not hold want bytes beside what its other requests hold. A request that is alone with
// its token may.
func (b *Budget) overToken(token string, others, want int64) bool {
	return b.tokenShare < 1 && others > 0 && float64(others+want) > b.tokenShare*float64(b.max)
}
