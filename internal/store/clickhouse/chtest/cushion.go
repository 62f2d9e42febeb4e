package chtest

import (
	"context"
	"fmt"
	"io"
	"net"
	"sync"
)

// cushion stands before a server. Of a client that is killed it lets the server know by an orderly end, and takes what the
// server still has to say: the library that the server is made of aborts when its client is gone while it answers a
// greeting, which a ClickHouse does not. Bytes pass within the kernel, where it can do that.
type cushion struct {
	addr, to string // where clients connect to, and the server
	listener net.Listener
	cancel   context.CancelFunc
	running  sync.WaitGroup

	mu    sync.Mutex
	conns map[net.Conn]struct{} // nil when it is closed
}

// openCushion listens at addr for the server at to.
func openCushion(addr, to string) (*cushion, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("stand before clickhouse at %s: %w", to, err)
	}
	c := &cushion{addr: addr, to: to, listener: l, conns: map[net.Conn]struct{}{}}
	ctx, cancel := context.WithCancel(context.Background())
	c.cancel = cancel
	c.running.Go(func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return // closed
			}
			if c.keep(client) {
				c.running.Go(func() { c.pass(ctx, client) })
			}
		}
	})
	return c, nil
}

// keep makes sure that close ends a connection.
func (c *cushion) keep(conn net.Conn) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.conns == nil {
		_ = conn.Close()
		return false
	}
	c.conns[conn] = struct{}{}
	return true
}

func (c *cushion) end(conn net.Conn) {
	_ = conn.Close()
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.conns, conn)
}

func (c *cushion) pass(ctx context.Context, client net.Conn) {
	defer c.end(client)
	var d net.Dialer
	up, err := d.DialContext(ctx, "tcp", c.to)
	if err != nil || !c.keep(up) {
		return // the client sees its connection end, as when a server ends that just accepted it
	}
	defer c.end(up)
	c.running.Go(func() {
		_, _ = io.Copy(up, client) // ends in an error when the client is killed
		_ = up.(*net.TCPConn).CloseWrite()
	})
	if _, err := io.Copy(client, up); err != nil {
		_, _ = io.Copy(io.Discard, up)
	}
}

// close refuses connections and ends those there are. It is no error when it was closed before, or never opened.
func (c *cushion) close() {
	if c == nil {
		return
	}
	_ = c.listener.Close() // it only fails when it was closed
	c.cancel()
	c.mu.Lock()
	conns := c.conns
	c.conns = nil
	c.mu.Unlock()
	for conn := range conns {
		_ = conn.Close()
	}
	c.running.Wait()
}
