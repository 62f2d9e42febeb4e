package disk

import (
	"context"
	"sync"
	"time"
)

// Alarm remembers that a write failed, until a write succeeds again. Without it a storage would look healthy as long as it can be
// read: its free space may not be visible from this machine, and does not show quotas, limits and broken disks. The zero value has no
// alarm. It is safe for concurrent use.
type Alarm struct {
	mu     sync.Mutex
	raised error
	probed time.Time
}

// probeEvery is the least time between two probes.
const probeEvery = 2 * time.Second

// Raise records a failed write.
func (a *Alarm) Raise(why error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.raised, a.probed = why, time.Now()
}

// End records a successful write.
func (a *Alarm) End() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.raised = nil
}

// Check returns the reason why writing fails, nil if none is known. While the alarm is raised, it calls probe every few seconds to
// test writing, so that the alarm can end without a client's data. If probe fails, its error is the reason.
func (a *Alarm) Check(ctx context.Context, probe func(context.Context) error) error {
	a.mu.Lock()
	raised := a.raised
	due := raised != nil && time.Since(a.probed) >= probeEvery
	if due {
		a.probed = time.Now() // others need not probe too
	}
	a.mu.Unlock()
	if !due {
		return raised
	}
	err := probe(ctx)
	a.mu.Lock()
	defer a.mu.Unlock()
	if err == nil && a.raised == raised { //nolint:errorlint // the very alarm that was probed, not one that was raised meanwhile for the same reason
		a.raised = nil
	}
	return err
}
