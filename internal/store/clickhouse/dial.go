package clickhouse

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"sync"
)

// dial connects to a server. If ctx ends before the server has sent anything, the connection is closed: the driver would wait for its greeting for
// the full timeout although the caller has given up.
func dial(ctx context.Context, addr string, secured *tls.Config) (net.Conn, error) {
	plain, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	tcp, ok := plain.(*net.TCPConn)
	if !ok {
		return nil, fmt.Errorf("connection to %s is a %T", addr, plain) // a network that is only named tcp
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

// greeted is a connection that is closed when the context of its dial ends, until something has been read from it. The driver can treat it as a TCP
// connection, to check whether the other side has closed an idle one.
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
