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

// Reasons why a connection is refused or closed, as named in metrics and the log.
const (
	tooManyConnections = "too_many_connections" // the limit is reached, and nobody has to give way
	addressConnections = "address_connections"  // the same for one address, or the address with the most connections had to give way
	noFiles            = "no_files"             // the limit of open files of this process or of the system is reached
)

// ListenerOptions are what a Listener needs.
type ListenerOptions struct {
	// Max is the most connections.
	Max int
	// Share is the part of Max that one address may use, more than 0 and at most 1. Proxies are exempt.
	Share   float64
	Proxies remote.Proxies
	// Refusal is the answer that a refused connection gets before it is closed.
	Refusal    []byte
	Logger     *slog.Logger
	Registerer prometheus.Registerer
}

// Listener limits the number of connections. At the limit, a new connection of an address with fewer than its equal part replaces another one.
// Listener closes the connection that has been idle longest, because browsers keep connections open for minutes that they may never use again, and
// open another one when they find it closed. If none is idle, Listener closes the oldest one of the address with the most, so that a few addresses
// that hold all connections cannot keep others out. An address with its equal part or more can only replace its own idle connections.
//
// The http.Server must report to ConnState.
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
	of    map[remote.Address]*holder
	// waiting are the connections without a request, including new ones, in the order in which they became idle.
	waiting *list.List
	said    map[string]*said
}

// holder is an address and its connections.
type holder struct {
	proxy bool
	open  *list.List // *connection, oldest first
}

// said is the time of a reason's last log line, and its count since then.
type said struct {
	at    time.Time
	count int
}

// Listen returns a Listener that limits the connections of l.
func Listen(l net.Listener, o ListenerOptions) *Listener {
	b := &Listener{
		Listener: l, o: o, perAddress: max(1, int(o.Share*float64(o.Max))), closed: make(chan struct{}),
		of: map[remote.Address]*holder{}, waiting: list.New(), said: map[string]*said{},
		turned: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "playhead_connections_turned_away_total", Help: "Refused connections, by reason.",
		}, []string{"reason"}),
		evicted: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "playhead_connections_evicted_total", Help: "Idle connections that were closed in favour of new ones.",
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
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "playhead_connections_max", Help: "The most connections allowed."}, func() float64 { return float64(o.Max) }),
	)
	return b
}

// connection is an accepted connection.
type connection struct {
	net.Conn
	listener *Listener
	address  remote.Address
	place    *list.Element // its element in waiting, nil while it has a request
	held     *list.Element // its element in its holder's list
	gone     bool
}

// Accept returns the next connection within the limits.
func (l *Listener) Accept() (net.Conn, error) {
	pause := 5 * time.Millisecond
	for {
		c, err := l.Listener.Accept()
		if errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) {
			// net/http would wait and retry without a log line. Other things than connections also use files, and free them again.
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

// admit accepts a connection, or refuses it and returns nil.
func (l *Listener) admit(c net.Conn) net.Conn {
	ip := remote.IP(c.RemoteAddr().String())
	address, proxy := remote.Of(ip), l.o.Proxies.Trusts(ip)
	l.mu.Lock()
	defer l.mu.Unlock()
	h, has, addresses := l.of[address], 0, len(l.of)
	if h != nil {
		has = h.open.Len()
	} else {
		addresses++
	}
	own := func(other *connection) bool { return other.address == address }
	if !proxy && l.perAddress < l.o.Max && has >= l.perAddress && !l.evict(own) {
		l.turnAway(c, addressConnections, "address", address.String(), "connections", l.perAddress)
		return nil
	}
	if l.conns >= l.o.Max {
		made := false
		if equal := max(1, l.o.Max/addresses); proxy || has < equal {
			made = l.evict(func(*connection) bool { return true }) || l.takeFromMost(has)
		} else {
			made = l.evict(own)
		}
		if !made {
			l.turnAway(c, tooManyConnections, "connections", l.o.Max)
			return nil
		}
	}
	if h = l.of[address]; h == nil { // the closed connection may have been its only one
		h = &holder{proxy: proxy, open: list.New()}
		l.of[address] = h
	}
	admitted := &connection{Conn: c, listener: l, address: address}
	admitted.held = h.open.PushBack(admitted)
	l.conns++
	return admitted
}

// takeFromMost closes the oldest connection of the address with the most, and reports whether there was one. This address must keep more connections
// than `has`, the number of the address of the new connection. Proxies lose none, because their connections belong to many clients.
func (l *Listener) takeFromMost(has int) bool {
	var most *holder
	var address remote.Address
	for a, h := range l.of { // at most as many as connections: some 50 µs, about as long as accepting one takes
		if !h.proxy && h.open.Len() > has+1 && (most == nil || h.open.Len() > most.open.Len()) {
			most, address = h, a
		}
	}
	if most == nil {
		return false
	}
	l.turned.WithLabelValues(addressConnections).Inc()
	l.say(addressConnections, "the address with the most connections loses some to others", "address", address.String(), "connections", most.open.Len())
	c := most.open.Front().Value.(*connection)
	l.forget(c)
	_ = c.Conn.Close()
	return true
}

// turnAway answers a connection and closes it. It does not wait for the client: the kernel buffers some hundred bytes.
func (l *Listener) turnAway(c net.Conn, reason string, details ...any) {
	l.turned.WithLabelValues(reason).Inc()
	l.say(reason, "connections are refused", details...)
	_ = c.SetWriteDeadline(time.Now().Add(time.Second))
	_, _ = c.Write(l.o.Refusal)
	_ = c.Close()
}

// noFiles reports that no file is left for a connection, and closes an idle one.
func (l *Listener) noFiles(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.turned.WithLabelValues(noFiles).Inc()
	l.say(noFiles, "connections have to wait: the limit of open files is reached. Raise it (ulimit -n, LimitNOFILE), or lower limits.max_connections", "error", err, "connections", l.conns)
	l.evict(func(*connection) bool { return true })
}

// evict closes, of the connections for which meant is true, the one that has been idle longest, and reports whether there was one.
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

// say logs a reason at once, and then once a minute with its count.
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

// Close closes the connection and frees its slot.
func (c *connection) Close() error {
	c.listener.mu.Lock()
	c.listener.forget(c)
	c.listener.mu.Unlock()
	return c.Conn.Close()
}

// forget removes a connection from all counts, once.
func (l *Listener) forget(c *connection) {
	l.leave(c)
	if c.gone {
		return
	}
	c.gone = true
	l.conns--
	h := l.of[c.address]
	if h.open.Remove(c.held); h.open.Len() == 0 {
		delete(l.of, c.address)
	}
}

func (l *Listener) leave(c *connection) {
	if c.place != nil {
		l.waiting.Remove(c.place)
		c.place = nil
	}
}
