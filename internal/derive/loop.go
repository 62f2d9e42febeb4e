package derive

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/playheadhq/playhead/internal/store"
)

// pacing has the options that all derivers share. Zero fields get their defaults.
type pacing struct {
	gather      time.Duration
	searchEvery time.Duration
	now         func() time.Time
	logger      *slog.Logger
}

func (p pacing) orDefaults() pacing {
	if p.gather == 0 {
		p.gather = time.Second
	}
	if p.searchEvery == 0 {
		p.searchEvery = time.Minute
	}
	if p.now == nil {
		p.now = time.Now
	}
	if p.logger == nil {
		p.logger = slog.New(slog.DiscardHandler)
	}
	return p
}

// loop derives in its own goroutine: first the committed changes, then what a search finds.
type loop struct {
	pacing
	// failed and again are the log messages for when deriving fails, and when it works again.
	failed, again string
	enough        <-chan struct{}
	work          func(context.Context) error
	metrics       *workMetrics
	failing       bool

	missing missing
	cancel  context.CancelFunc
	ended   chan struct{}
}

// wake tells a loop that there is enough to derive, unless it was told and has not looked yet.
func wake(enough chan<- struct{}) {
	select {
	case enough <- struct{}{}:
	default:
	}
}

// Start derives until Close.
func (l *loop) Start() {
	ctx, cancel := context.WithCancel(context.Background())
	l.cancel, l.ended = cancel, make(chan struct{})
	// Servers that started at the same time should not search at the same time.
	l.missing.next = time.Now().Add(rand.N(l.searchEvery / 4))
	go func() {
		defer close(l.ended)
		l.run(ctx)
	}()
}

// Close stops immediately. The next search of any server finds what was not derived yet.
func (l *loop) Close() {
	if l.cancel != nil {
		l.cancel()
		<-l.ended
	}
}

// longestPause is the longest wait after a failure of the storage.
const longestPause = 15 * time.Second

func (l *loop) run(ctx context.Context) {
	tick := time.NewTicker(l.gather)
	defer tick.Stop()
	pause := time.Duration(0)
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-l.enough: // reading is cheapest while the storage still has the rows in memory
		}
		err := l.work(ctx)
		l.told(ctx, err)
		if err == nil {
			pause = 0
			continue
		}
		pause = min(max(2*pause, l.gather), longestPause)
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
}

// told logs when deriving begins to fail, and when it works again.
func (l *loop) told(ctx context.Context, err error) {
	switch {
	case ctx.Err() != nil:
	case err != nil:
		l.metrics.failures.Inc()
		if !l.failing {
			l.logger.Warn(l.failed, "error", err)
		}
		l.failing = true
	case l.failing:
		l.logger.Info(l.again)
		l.failing = false
	}
}

// missing is the search for rows that no server derived.
type missing struct {
	next    time.Time // when the next search begins
	walk    *walk     // the search in progress
	beganMS int64
	// checkedMS is the time of receipt up to which everything is derived; 0 means unknown.
	checkedMS int64
}

// continueSearch continues a search for a while, or starts one when it is due. begin returns the time of receipt at which it starts, in Unix
// milliseconds. Nobody waits for what a search finds: new rows are derived when they arrive, and a search may have a whole history to derive again.
func (l *loop) continueSearch(ctx context.Context, begin func() (fromMS int64, err error), page func(context.Context, *walk) (done bool, err error)) error {
	ctx = store.Background(ctx)
	m := &l.missing
	if m.walk == nil {
		if time.Now().Before(m.next) {
			return nil
		}
		from, err := begin()
		if err != nil {
			return err
		}
		now := l.now()
		m.beganMS = now.Add(-settle).UnixMilli()
		m.walk = &walk{fromMS: max(from, 0), toMS: m.beganMS, dueMS: now.UnixMilli(), width: time.Hour}
	}
	for until := time.Now().Add(l.gather); time.Now().Before(until); {
		done, err := page(ctx, m.walk)
		if err != nil {
			return err
		}
		if done {
			m.checkedMS, m.walk, m.next = m.beganMS, nil, time.Now().Add(l.searchEvery)
			return nil
		}
	}
	return nil
}

// noticing is a store's writer that reports commits to a deriver.
type noticing struct {
	store.Writer
	notice func(b *store.Batch, at time.Time)
}

// Commit implements store.Writer.
func (w noticing) Commit(ctx context.Context, b *store.Batch) (store.Committed, error) {
	done, err := w.Writer.Commit(ctx, b)
	if err == nil {
		w.notice(b, time.Now())
	}
	return done, err
}
