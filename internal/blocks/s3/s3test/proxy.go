package s3test

import (
	"errors"
	"io"
	"net"
	"sync"
	"time"

	"github.com/playheadhq/playhead/internal/testport"
)

// Proxy forwards TCP connections, or makes them fail as networks do.
type Proxy struct {
	to string
	// addr stays the same while nothing listens there.
	addr string

	mu       sync.Mutex
	listener net.Listener
	faults   Faults
	open     map[net.Conn]struct{}
	running  sync.WaitGroup
}

// Faults are the faults of every connection that is opened after Set.
type Faults struct {
	// Delay is how long each piece waits in each direction.
	Delay time.Duration
	// CutUp and CutDown break a connection after this many bytes from or to the client; 0 means never.
	CutUp, CutDown int64
	// Swallow forwards requests and drops the answers.
	Swallow bool
}

// NewProxy listens on a free port of 127.0.0.1 and forwards connections to an address.
func NewProxy(to string) (*Proxy, error) {
	l, err := testport.Listen()
	if err != nil {
		return nil, err
	}
	p := &Proxy{to: to, addr: l.Addr().String(), open: map[net.Conn]struct{}{}}
	p.accept(l)
	return p, nil
}

// Addr is where clients connect to.
func (p *Proxy) Addr() string { return p.addr }

// Accept undoes Refuse.
func (p *Proxy) Accept() error {
	l, err := net.Listen("tcp", p.addr)
	if err != nil {
		return err
	}
	p.accept(l)
	return nil
}

func (p *Proxy) accept(l net.Listener) {
	p.mu.Lock()
	p.listener = l
	p.mu.Unlock()
	p.running.Go(func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return // closed
			}
			p.running.Go(func() { p.serve(client) })
		}
	})
}

// Refuse refuses new connections and breaks the open ones.
func (p *Proxy) Refuse() error {
	p.mu.Lock()
	l := p.listener
	p.listener = nil
	p.mu.Unlock()
	p.Cut()
	if l == nil {
		return nil
	}
	return l.Close()
}

// Cut breaks all open connections.
func (p *Proxy) Cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.open {
		abort(c)
	}
}

// Set breaks all open connections. Later ones have these faults.
func (p *Proxy) Set(f Faults) {
	p.mu.Lock()
	p.faults = f
	p.mu.Unlock()
	p.Cut()
}

// Close closes the proxy and its connections.
func (p *Proxy) Close() error {
	err := p.Refuse()
	p.running.Wait()
	return err
}

func (p *Proxy) serve(client net.Conn) {
	server, err := net.Dial("tcp", p.to)
	if err != nil {
		abort(client)
		return
	}
	p.mu.Lock()
	f := p.faults
	p.open[client], p.open[server] = struct{}{}, struct{}{}
	p.mu.Unlock()
	var both sync.WaitGroup
	pass := func(to, from net.Conn, cut int64, lose bool) {
		if err := f.copy(to, from, cut, lose); err != nil {
			abort(client)
			abort(server)
		}
	}
	both.Go(func() { pass(server, client, f.CutUp, false) })
	both.Go(func() { pass(client, server, f.CutDown, f.Swallow) })
	both.Wait()
	p.mu.Lock()
	delete(p.open, client)
	delete(p.open, server)
	p.mu.Unlock()
	_, _ = client.Close(), server.Close()
}

var errCut = errors.New("cut")

func (f Faults) copy(to, from net.Conn, cut int64, lose bool) error {
	buffer := make([]byte, 16<<10)
	passed := int64(0)
	for {
		n, err := from.Read(buffer)
		if n > 0 {
			if f.Delay > 0 {
				time.Sleep(f.Delay)
			}
			if cut > 0 && passed+int64(n) > cut {
				_, _ = to.Write(buffer[:cut-passed])
				return errCut
			}
			passed += int64(n)
			if !lose {
				if _, err := to.Write(buffer[:n]); err != nil {
					return err
				}
			}
		}
		if errors.Is(err, io.EOF) {
			if c, ok := to.(*net.TCPConn); ok {
				return c.CloseWrite() // the other direction ends when its own side does
			}
		}
		if err != nil {
			return err
		}
	}
}

// abort closes a connection with a reset, like a machine that does not know it.
func abort(c net.Conn) {
	if tcp, ok := c.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = c.Close()
}
