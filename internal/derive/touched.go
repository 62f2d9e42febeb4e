package derive

import (
	"math"
	"sync"
	"time"

	"github.com/playheadhq/playhead/internal/model"
)

// sessionKey identifies a session.
type sessionKey struct{ project, session string }

// touched is what changed in one session.
type touched struct {
	since time.Time // when the first change was acknowledged
	// fromMS and toMS are the range of the changes, by the browser's clock.
	fromMS, toMS int64
	// subjects are derived regardless of that range, because their links are new.
	subjects map[model.Subject]bool
}

func (t *touched) happened(fromMS, toMS int64) {
	t.fromMS, t.toMS = min(t.fromMS, fromMS), max(t.toMS, toMS)
}

func (t *touched) join(o *touched) {
	t.happened(o.fromMS, o.toMS)
	for s := range o.subjects {
		t.subjects[s] = true
	}
	if o.since.Before(t.since) {
		t.since = o.since
	}
}

// touches are changes, of sessions and of subjects without a recording, that are not derived yet.
type touches struct {
	mu       sync.Mutex
	sessions map[sessionKey]*touched
	alone    map[model.Subject]time.Time
	// due are subjects of sessions that change because time passes, with the time of the change.
	due   map[model.Subject]dueOf
	taken int
	// enough receives a token when there are enough subjects without a recording to derive without waiting longer.
	enough chan struct{}
}

type dueOf struct {
	session string
	ms      int64
}

// mostTouched limits how many sessions and subjects wait to be derived, some 200 bytes each. The next search finds those beyond the limit.
const mostTouched = 50_000

func newTouches() touches {
	return touches{sessions: map[sessionKey]*touched{}, alone: map[model.Subject]time.Time{}, due: map[model.Subject]dueOf{}, enough: make(chan struct{}, 1)}
}

// of is the entry of a session, nil when too many wait. The caller holds the lock.
func (t *touches) of(key sessionKey, at time.Time) *touched {
	one := t.sessions[key]
	if one == nil && len(t.sessions) < mostTouched {
		one = newTouched(at)
		t.sessions[key] = one
	}
	return one
}

func newTouched(at time.Time) *touched {
	return &touched{since: at, fromMS: math.MaxInt64, toMS: math.MinInt64, subjects: map[model.Subject]bool{}}
}

// subject marks a subject to be derived, in a session or, without a recording, on its own.
func (t *touches) subject(s model.Subject, session string, at time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if session == "" {
		if _, known := t.alone[s]; !known && len(t.alone) < mostTouched {
			t.alone[s] = at
		}
		if len(t.alone) >= aloneTogether {
			wake(t.enough)
		}
		return
	}
	if one := t.of(sessionKey{s.Project, session}, at); one != nil {
		one.subjects[s] = true
	}
}

// happened records that data of a session were stored.
func (t *touches) happened(key sessionKey, fromMS, toMS int64, at time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if one := t.of(key, at); one != nil {
		one.happened(fromMS, toMS)
	}
}

// later sets the time at which a subject changes because time passes; 0 means never.
func (t *touches) later(s model.Subject, session string, ms int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if ms == 0 {
		delete(t.due, s)
	} else if len(t.due) < mostTouched {
		t.due[s] = dueOf{session, ms}
	}
}

// take returns the waiting changes and the subjects that are due.
func (t *touches) take(now time.Time) (sessions map[sessionKey]*touched, alone map[model.Subject]time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for s, d := range t.due {
		if d.ms > now.UnixMilli() {
			continue
		}
		delete(t.due, s)
		if one := t.of(sessionKey{s.Project, d.session}, time.Now()); one != nil {
			one.subjects[s] = true
		}
	}
	sessions, alone = t.sessions, t.alone
	t.sessions, t.alone = map[sessionKey]*touched{}, map[model.Subject]time.Time{}
	t.taken = len(sessions) + len(alone)
	return sessions, alone
}

// done records that the changes taken last were derived or put back.
func (t *touches) done() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.taken = 0
}

func (t *touches) waiting() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.sessions) + len(t.alone) + t.taken
}

func (t *touches) putBack(sessions map[sessionKey]*touched, alone map[model.Subject]time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for key, one := range sessions {
		if now := t.sessions[key]; now != nil {
			now.join(one)
		} else {
			t.sessions[key] = one
		}
	}
	for s, at := range alone {
		t.alone[s] = at
	}
}
