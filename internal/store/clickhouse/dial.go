package clickhouse

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"sync"
)

// dial connects to a server. When ctx ends before the server has said anything the connection ends: the driver would wait for its
// greeting as long as for any other, whoever has left.
func dial(ctx context.Context, addr string, secured *tls.Config) (net.Conn, error) {
	plain, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	tcp, ok := plain.(*net.TCPConn)
	if !ok {
		return nil, fmt.Errorf("connection to %s is a %T", addr, plain) // of a network named tcp
	}
	conn := &greeted{TCPConn: tcp, stop: context.AfterFunc(ctx, func() { _ = tcp.Close() })}
	if secured == nil {
		return conn, nil
	}
	if secured.ServerName == "" {
		secured = secured.Clone()
		if secured.ServerName, _, err = net.SplitHostPort(addr); err != nil {
			return nil, err
		}
	}
	client := tls.Client(conn, secured)
	if err := client.HandshakeContext(ctx); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return client, nil
}

// greeted is a connection that ends with what it was made for only until something was read from it. It is a TCP connection to the
// driver, which looks whether the other side has closed an idle one.
type greeted struct {
	*net.TCPConn
	once sync.Once
	stop func() bool
}

func (g *greeted) Read(b []byte) (int, error) {
	n, err := g.TCPConn.Read(b)
	if n > 0 {
		g.once.Do(func() { g.stop() })
	}
	return n, err
}
