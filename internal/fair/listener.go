package fair

import (
	"container/list"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/playheadhq/playhead/internal/remote"
)

// Why a connection is turned away or ended, as metrics and the log call it.
const (
	tooManyConnections = "too_many_connections" // as many as there may be, and none of them waits for a request
	addressConnections = "address_connections"  // the same of one address
	noFiles            = "no_files"             // the operating system gives this process, or all of them, no more open files
)

// ListenerOptions are what a Listener needs.
type ListenerOptions struct {
	// Max is how many connections there may be.
	Max int
	// Share of them may be of one address, more than 0 and at most 1. Proxies are exempt: all come by them.
	Share   float64
	Proxies remote.Proxies
	// Refusal is what a connection that is turned away gets to read before it is closed.
	Refusal    []byte
	Logger     *slog.Logger
	Registerer prometheus.Registerer
}

// Listener bounds how many connections there are. When there are as many as may be, the one that has waited longest for
// its next request is closed for the new one: browsers keep connections for minutes that they may never use again, and open
// another one when they find it closed.
//
// The server that accepts must report to ConnState.
type Listener struct {
	net.Listener
	o          ListenerOptions
	perAddress int
	turned     *prometheus.CounterVec
	evicted    prometheus.Counter
	closed     chan struct{}
	once       sync.Once

	mu    sync.Mutex
	conns int
	of    map[remote.Address]int
	// waiting are the connections without a request, new ones included, those that have waited longest first.
	waiting *list.List
	said    map[string]*said
}

// said is when a reason was logged last, and how often it has come since.
type said struct {
	at    time.Time
	count int
}

// Listen bounds the connections of l.
func Listen(l net.Listener, o ListenerOptions) *Listener {
	b := &Listener{
		Listener: l, o: o, perAddress: max(1, int(o.Share*float64(o.Max))), closed: make(chan struct{}),
		of: map[remote.Address]int{}, waiting: list.New(), said: map[string]*said{},
		turned: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "playhead_connections_turned_away_total", Help: "Connections that were turned away, by reason.",
		}, []string{"reason"}),
		evicted: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "playhead_connections_evicted_total", Help: "Connections without a request that were closed to make room for new ones.",
		}),
	}
	for _, reason := range []string{tooManyConnections, addressConnections, noFiles} {
		b.turned.WithLabelValues(reason)
	}
	o.Registerer.MustRegister(b.turned, b.evicted,
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "playhead_connections", Help: "Open connections."}, func() float64 {
			b.mu.Lock()
			defer b.mu.Unlock()
			return float64(b.conns)
		}),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "playhead_connections_max", Help: "How many connections there may be."}, func() float64 { return float64(o.Max) }),
	)
	return b
}

// connection is one that was let in.
type connection struct {
	net.Conn
	listener *Listener
	address  remote.Address
	place    *list.Element // in the list of those that wait, nil for others
	gone     bool
}

// Accept returns the next connection that may be.
func (l *Listener) Accept() (net.Conn, error) {
	pause := 5 * time.Millisecond
	for {
		c, err := l.Listener.Accept()
		if errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) {
			// net/http would wait and try again without a word. Files may be taken by others than connections, and come back.
			l.noFiles(err)
			select {
			case <-l.closed:
			case <-time.After(pause):
			}
			pause = min(2*pause, time.Second)
			continue
		}
		if err != nil {
			return nil, err
		}
		pause = 5 * time.Millisecond
		if admitted := l.admit(c); admitted != nil {
			return admitted, nil
		}
	}
}

// Close ends accepting. Connections stay.
func (l *Listener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return l.Listener.Close()
}

// admit lets a connection in, or turns it away and returns nil.
func (l *Listener) admit(c net.Conn) net.Conn {
	ip := remote.IP(c.RemoteAddr().String())
	address, proxy := remote.Of(ip), l.o.Proxies.Trusts(ip)
	l.mu.Lock()
	defer l.mu.Unlock()
	if !proxy && l.perAddress < l.o.Max && l.of[address] >= l.perAddress && !l.evict(func(other *connection) bool { return other.address == address }) {
		l.turnAway(c, addressConnections, "address", address.String(), "connections", l.perAddress)
		return nil
	}
	if l.conns >= l.o.Max && !l.evict(func(*connection) bool { return true }) {
		l.turnAway(c, tooManyConnections, "connections", l.o.Max)
		return nil
	}
	admitted := &connection{Conn: c, listener: l, address: address}
	l.conns++
	l.of[address]++
	return admitted
}

// turnAway closes a connection with an answer, if its client has time to read it: the kernel takes some hundred bytes without
// waiting.
func (l *Listener) turnAway(c net.Conn, reason string, details ...any) {
	l.turned.WithLabelValues(reason).Inc()
	l.say(reason, "connections are turned away", details...)
	_ = c.SetWriteDeadline(time.Now().Add(time.Second))
	_, _ = c.Write(l.o.Refusal)
	_ = c.Close()
}

// noFiles notes that there are no files for a connection, and makes room.
func (l *Listener) noFiles(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.turned.WithLabelValues(noFiles).Inc()
	l.say(noFiles, "connections wait: there are no more open files. Raise the limit (ulimit -n, LimitNOFILE), or lower limits.max_connections", "error", err, "connections", l.conns)
	l.evict(func(*connection) bool { return true })
}

// evict closes the connection that has waited longest of those meant, and says whether there was one.
func (l *Listener) evict(meant func(*connection) bool) bool {
	for e := l.waiting.Front(); e != nil; e = e.Next() {
		if c := e.Value.(*connection); meant(c) {
			l.forget(c)
			l.evicted.Inc()
			_ = c.Conn.Close()
			return true
		}
	}
	return false
}

// say logs a reason at once, and then once a minute with how often it came.
func (l *Listener) say(reason, message string, details ...any) {
	s, known := l.said[reason]
	if !known {
		s = new(said)
		l.said[reason] = s
	}
	s.count++
	if now := time.Now(); now.Sub(s.at) >= time.Minute {
		l.o.Logger.Warn(message, append([]any{"reason", reason, "times", s.count}, details...)...)
		s.at, s.count = now, 0
	}
}

// ConnState is for http.Server.ConnState.
func (l *Listener) ConnState(c net.Conn, state http.ConnState) {
	if c, ok := c.(*connection); ok {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.leave(c)
		if waits := state == http.StateNew || state == http.StateIdle; waits && !c.gone {
			c.place = l.waiting.PushBack(c)
		}
	}
}

// Close ends the connection and makes room for another.
func (c *connection) Close() error {
	c.listener.mu.Lock()
	c.listener.forget(c)
	c.listener.mu.Unlock()
	return c.Conn.Close()
}

// forget takes a connection out of all counts, once.
func (l *Listener) forget(c *connection) {
	l.leave(c)
	if c.gone {
		return
	}
	c.gone = true
	l.conns--
	if l.of[c.address]--; l.of[c.address] == 0 {
		delete(l.of, c.address)
	}
}

func (l *Listener) leave(c *connection) {
	if c.place != nil {
		l.waiting.Remove(c.place)
		c.place = nil
	}
}
