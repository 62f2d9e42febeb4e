package server

import (
	"errors"
	"io"
	"net"
	"sync"
	"testing"
)

// cushion stands before the ClickHouse of tests, and returns its own address. Of a client that is killed it lets the server know by an orderly
// end, and takes what the server still has to say: the library that the server is made of aborts when its client is gone while it
// answers a greeting, which a ClickHouse does not.
func cushion(t *testing.T, server string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var (
		wg    sync.WaitGroup
		mu    sync.Mutex
		conns = map[net.Conn]bool{}
		ended bool
	)
	keep := func(c net.Conn) bool {
		mu.Lock()
		defer mu.Unlock()
		if ended {
			_ = c.Close()
		}
		conns[c] = true
		return !ended
	}
	pass := func(client net.Conn) {
		defer client.Close()
		up, err := net.Dial("tcp", server)
		if err != nil || !keep(up) {
			return
		}
		defer up.Close()
		wg.Go(func() {
			_, _ = io.Copy(up, client) // ends in an error when the client is killed
			_ = up.(*net.TCPConn).CloseWrite()
		})
		if _, err := io.Copy(client, up); err != nil {
			_, _ = io.Copy(io.Discard, up)
		}
	}
	wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			if keep(c) {
				wg.Go(func() { pass(c) })
			}
		}
	})
	t.Cleanup(func() {
		err := l.Close()
		mu.Lock()
		ended = true
		for c := range conns {
			_ = c.Close()
		}
		mu.Unlock()
		wg.Wait()
		if err != nil && !errors.Is(err, net.ErrClosed) {
			t.Error(err)
		}
	})
	return l.Addr().String()
}
