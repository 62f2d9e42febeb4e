package disk

import (
	"context"
	"sync"
	"time"
)

// Alarm remembers that a write found no room, until one shows that there is some again. It is for storages on other
// machines, whose free space is not to be seen from here: without it they would seem well for as long as they can be
// read. The zero value is silent. It may be used by several goroutines at once.
type Alarm struct {
	mu     sync.Mutex
	raised error
	probed time.Time
}

// probeEvery is how often an alarm is looked into at most.
const probeEvery = 2 * time.Second

// Raise is told of a write for which there was no room.
func (a *Alarm) Raise(full error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.raised, a.probed = full, time.Now()
}

// End is told of a write that succeeded. Others say nothing about room.
func (a *Alarm) End() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.raised = nil
}

// Check returns why there is no room, nil when nothing says so. While the alarm is raised it writes something by way of
// probe, every few seconds, so that nobody's data are needed to end it: probe's own error says why there is still none.
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
	if err == nil && a.raised == raised {
		a.raised = nil
	}
	return err
}
