package disk

import (
	"context"
	"sync"
	"time"
)

// Alarm remembers that a write failed, until one shows that writing works again. Without it a storage would seem well for as
// long as it can be read: its free space is not to be seen from another machine, nor does a free-space reckoning tell of quotas, limits
// and broken disks. The zero value is silent. It may be used by several goroutines at once.
type Alarm struct {
	mu     sync.Mutex
	raised error
	probed time.Time
}

// probeEvery is how often an alarm is looked into at most.
const probeEvery = 2 * time.Second

// Raise is told of a write that failed.
func (a *Alarm) Raise(why error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.raised, a.probed = why, time.Now()
}

// End is told of a write that succeeded.
func (a *Alarm) End() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.raised = nil
}

// Check returns why nothing can be written, nil when nothing says so. While the alarm is raised it writes something by way of
// probe, every few seconds, so that nobody's data are needed to end it: probe's own error says why that is still so.
func (a *Alarm) Check(ctx context.Context, probe func(context.Context) error) error {
	a.mu.Lock()
	raised := a.raised
	due := raised != nil && time.Since(a.probed) >= probeEvery
	if due {
		a.probed = time.Now() // others need not try, too
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
