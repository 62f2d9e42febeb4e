package assets

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net"
	"sync"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/playheadhq/playhead/internal/blocks"
)

// Options of NewWorker. To and Hosts are required.
type Options struct {
	To    blocks.Named
	Hosts Hosts
	// MaxBytes is the size of the largest asset, decompressed; 4 MiB when zero.
	MaxBytes int64
	// Timeout is how long a host may take for one asset, with all redirects; 10 s when zero.
	Timeout time.Duration
	// PerSession is how many addresses of one session may be queued; 200 when zero.
	PerSession int
	// RetentionDays is after how many days a project's recordings are dropped. An asset is dropped too if no recording has referred to it for that long.
	RetentionDays map[string]int
	Now           func() time.Time
	Logger        *slog.Logger
	Registerer    prometheus.Registerer

	// control and resolver are set only by tests. There is no setting for them.
	control  func(network, address string, c syscall.RawConn) error
	resolver *net.Resolver
}

const (
	// workers is how many assets are fetched at a time.
	workers = 4
	// waiting is how many addresses may wait. Those beyond it are found again when a page refers to them the next time.
	waiting = 1000
	// remembered is how many addresses, and sessions, are known without asking the storage, about 100 bytes each.
	remembered = 50_000
	// keptFor is how long an address is not looked at again after it was fetched or permanently refused, and failedFor after a failure that may pass.
	keptFor   = 24 * time.Hour
	failedFor = time.Hour
)

// Worker fetches the assets that recordings refer to. Several servers may fetch the same asset: it is kept once.
type Worker struct {
	options Options
	fetcher *fetcher
	queue   chan job
	cancel  context.CancelFunc
	running sync.WaitGroup

	mu sync.Mutex
	// next is when an address of a project is looked at again.
	next recent[key, time.Time]
	// led is how many addresses a session led to.
	led    recent[key, int]
	counts map[Outcome]int64
}

// key is an address, or a session, of a project.
type key struct{ project, of string }

type job struct {
	project, session string
	Reference
}

// NewWorker returns a Worker that fetches nothing until Start.
func NewWorker(o Options) *Worker {
	o.MaxBytes = cmp.Or(o.MaxBytes, 4<<20)
	o.Timeout = cmp.Or(o.Timeout, 10*time.Second)
	o.PerSession = cmp.Or(o.PerSession, 200)
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	w := &Worker{options: o, fetcher: newFetcher(o.Hosts, o.MaxBytes, o.Timeout, o.control, o.resolver), queue: make(chan job, waiting), counts: map[Outcome]int64{}}
	if o.Registerer != nil {
		for _, outcome := range Outcomes {
			o.Registerer.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{
				Namespace: "playhead", Name: "assets_total", Help: "What became of stylesheets, fonts and images that recorded pages refer to.", ConstLabels: prometheus.Labels{"outcome": string(outcome)},
			}, func() float64 { return float64(w.Counts()[outcome]) }))
		}
	}
	return w
}

// Start fetches until Close.
func (w *Worker) Start() {
	ctx, cancel := context.WithCancel(context.Background())
	w.cancel = cancel
	for range workers {
		w.running.Go(func() {
			for {
				select {
				case <-ctx.Done():
					return
				case j := <-w.queue:
					w.fetch(ctx, j)
				}
			}
		})
	}
	w.running.Go(func() {
		daily := time.NewTicker(keptFor)
		defer daily.Stop()
		for {
			w.drop(ctx)
			select {
			case <-ctx.Done():
				return
			case <-daily.C:
			}
		}
	})
}

// Close stops at once. An asset that was not fetched is fetched when a page refers to it again.
func (w *Worker) Close() {
	if w.cancel != nil {
		w.cancel()
		w.running.Wait()
	}
	w.fetcher.client.CloseIdleConnections()
}

// Event takes an event of a recording, and returns at once.
func (w *Worker) Event(project, session string, event []byte) {
	w.options.Hosts.References(event, func(r Reference) { w.want(job{project, session, r}) })
}

// Counts is how many addresses had each outcome since the start.
func (w *Worker) Counts() map[Outcome]int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := make(map[Outcome]int64, len(w.counts))
	for outcome, n := range w.counts {
		all[outcome] = n
	}
	return all
}

// want queues an address that is not known yet.
func (w *Worker) want(j job) {
	w.mu.Lock()
	defer w.mu.Unlock()
	at := key{j.project, j.Address}
	now := w.options.Now()
	if next, known := w.next.value(at); known && now.Before(next) {
		return
	}
	of := key{j.project, j.session}
	n, _ := w.led.value(of)
	if n >= w.options.PerSession {
		if n == w.options.PerSession { // counted once a session
			w.led.put(of, n+1)
			w.counts[SessionLimit]++
		}
		return
	}
	select {
	case w.queue <- j:
		w.led.put(of, n+1)
		w.next.put(at, now.Add(keptFor))
	default:
		w.counts[Waiting]++
	}
}

// fetch fetches an address, unless its asset is kept already.
func (w *Worker) fetch(ctx context.Context, j job) {
	if outcome := w.outcome(ctx, j); ctx.Err() == nil {
		w.mu.Lock()
		defer w.mu.Unlock()
		if outcome != "" {
			w.counts[outcome]++
		}
		if outcome.temporary() {
			w.next.put(key{j.project, j.Address}, w.options.Now().Add(failedFor))
		}
	}
}

// outcome fetches an asset and says what became of it. It is "" for an asset that is kept already.
func (w *Worker) outcome(ctx context.Context, j job) Outcome {
	name := nameOf(j.Address)
	body, at, err := w.options.To.Kept(ctx, j.project, name)
	if err != nil && !errors.Is(err, blocks.ErrNotFound) {
		return w.failed(j, Storage, err)
	}
	if err == nil {
		// The asset stays as long as recordings refer to it: retention counts from the time at which it was last kept.
		if w.options.RetentionDays[j.project] > 0 && w.options.Now().Sub(at) > keptFor {
			if err := w.options.To.Keep(ctx, j.project, name, body); err != nil {
				return w.failed(j, Storage, err)
			}
		}
		if a, err := unpack(body); err == nil {
			w.follow(j, &a) // what it refers to stays, too
		}
		return ""
	}
	a, outcome, err := w.fetcher.fetch(ctx, j.Address, j.Kind)
	if err != nil {
		return w.failed(j, outcome, err)
	}
	if body, err = pack(a); err == nil {
		err = w.options.To.Keep(ctx, j.project, name, body)
	}
	if err != nil {
		return w.failed(j, Storage, err)
	}
	w.follow(j, &a)
	return Fetched
}

// follow queues what a style sheet refers to.
func (w *Worker) follow(j job, a *Asset) {
	a.Rewrite(func(address string, kind Kind) string {
		if address = w.options.Hosts.allowed(address); address != "" {
			w.want(job{j.project, j.session, Reference{address, kind}})
		}
		return ""
	})
}

func (w *Worker) failed(j job, outcome Outcome, err error) Outcome {
	w.options.Logger.Debug("an asset of a recorded page is not fetched", "project", j.project, "address", j.Address, "reason", outcome, "error", err)
	return outcome
}

// drop drops assets that are older than the recordings of their project. It waits two days longer, because an asset in use is kept anew once a day.
func (w *Worker) drop(ctx context.Context) {
	for project, days := range w.options.RetentionDays {
		if days <= 0 {
			continue
		}
		before := w.options.Now().Add(-time.Duration(days)*24*time.Hour - 2*keptFor)
		if _, err := w.options.To.Drop(ctx, project, before); err != nil && ctx.Err() == nil {
			w.options.Logger.Warn("old assets cannot be dropped; this is tried again tomorrow", "project", project, "error", err)
		}
	}
}

// recent is a map that forgets the oldest entries, roughly in the order in which they were put in.
type recent[K comparable, V any] struct{ now, before map[K]V }

func (r *recent[K, V]) value(k K) (V, bool) {
	if v, ok := r.now[k]; ok {
		return v, true
	}
	v, ok := r.before[k]
	return v, ok
}

func (r *recent[K, V]) put(k K, v V) {
	if r.now == nil || len(r.now) >= remembered/2 {
		r.now, r.before = map[K]V{}, r.now
	}
	r.now[k] = v
}
