package derive

import (
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/model"
)

// windowKey identifies a window.
type windowKey struct{ project, session, window string }

// fresh are the blocks of one window whose activity must be derived, and the time at which the first of them was acknowledged.
type fresh struct {
	blocks []uuid.UUID
	since  time.Time
}

// mostArrived limits how many blocks wait to be derived: 16 bytes each, and some 100 bytes for each window. The next search finds blocks beyond the
// limit.
const mostArrived = 100_000

// arrived are the committed blocks whose activity is not derived yet.
type arrived struct {
	mu  sync.Mutex
	all map[windowKey]*fresh
	n   int
	// taken is how many blocks are being derived.
	taken int
}

func newArrived() arrived { return arrived{all: map[windowKey]*fresh{}} }

func (a *arrived) len() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.n
}

func (a *arrived) take() map[windowKey]*fresh {
	a.mu.Lock()
	defer a.mu.Unlock()
	all := a.all
	a.all, a.n, a.taken = map[windowKey]*fresh{}, 0, a.n
	return all
}

// done records that the blocks taken last were derived or put back.
func (a *arrived) done() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.taken = 0
}

// waiting is how many blocks are not derived yet.
func (a *arrived) waiting() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.n + a.taken
}

func (a *arrived) notice(blocks []model.Block, at time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for i := range blocks {
		if a.n < mostArrived {
			a.n++
			addTo(a.all, &blocks[i], at)
		}
	}
}

func (a *arrived) putBack(all map[windowKey]*fresh) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for key, f := range all {
		if a.n += len(f.blocks); a.all[key] == nil {
			a.all[key] = f
			continue
		}
		a.all[key].blocks = append(f.blocks, a.all[key].blocks...)
		a.all[key].since = f.since
	}
}

func addTo(all map[windowKey]*fresh, b *model.Block, at time.Time) {
	key := windowKey{b.Project, b.SessionID, b.WindowID}
	f := all[key]
	if f == nil {
		f = &fresh{since: at}
		all[key] = f
	}
	f.blocks = append(f.blocks, b.UUID)
}
