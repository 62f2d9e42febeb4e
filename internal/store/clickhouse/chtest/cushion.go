package chtest

import (
	"context"
	"fmt"
	"io"
	"net"
	"sync"
)

// cushion is a proxy in front of a server. If a client is killed, it closes the connection to the server properly, and discards what the server still
// sends: the library aborts if its client disappears while it answers a greeting, which a real ClickHouse does not. Bytes are copied within the
// kernel if possible.
type cushion struct {
	addr, to string // addresses for clients, and of the server
	listener net.Listener
	cancel   context.CancelFunc
	running  sync.WaitGroup

	mu    sync.Mutex
	conns map[net.Conn]struct{} // nil after close
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

// keep registers a connection, so that close ends it.
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
		return // the client's connection ends, as if a server ended right after accepting it
	}
	defer c.end(up)
	c.running.Go(func() {
		_, _ = io.Copy(up, client) // returns an error if the client is killed
		_ = up.(*net.TCPConn).CloseWrite()
	})
	if _, err := io.Copy(client, up); err != nil {
		_, _ = io.Copy(io.Discard, up)
	}
}

// close refuses new connections and ends existing ones. It may be called twice, or without open.
func (c *cushion) close() {
	if c == nil {
		return
	}
	_ = c.listener.Close() // it fails only if it was closed before
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
