package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// slow is a way to hold a connection without using it.
type slow struct {
	connections int
	head        string
	// trickle is how many bytes each connection then sends per second; 0 means none.
	trickle int
}

const (
	postHead = "POST /e/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"

	announcesMuch = postHead + "Content-Length: 60000000\r\n\r\n{"
	neverComes    = postHead + "Transfer-Encoding: chunked\r\n\r\n"
	announcesSome = postHead + "Content-Length: 1000000\r\n\r\n{"
	halfAHead     = postHead + "X-Long: "
)

// hold opens the connections, keeps them until ctx ends, and reopens those that the server closes. It calls begun when each connection was opened or
// could not be opened.
func (a *attackers) hold(ctx context.Context, s slow, begun func()) {
	underWay := wave(s.connections, begun)
	opening := make(chan struct{}, 64) // limits simultaneous attempts
	var all sync.WaitGroup
	for i := range s.connections {
		all.Go(func() {
			first := sync.OnceFunc(underWay)
			defer first()
			for ctx.Err() == nil {
				a.holdOne(ctx, i, s, opening, first)
				first()
				select {
				case <-time.After(time.Second):
				case <-ctx.Done():
				}
			}
		})
	}
	all.Wait()
}

func (a *attackers) holdOne(ctx context.Context, i int, s slow, opening chan struct{}, opened func()) {
	select {
	case opening <- struct{}{}:
	case <-ctx.Done():
		return
	}
	c, err := dialer(a.from(i)).DialContext(ctx, "tcp", a.server.addr)
	<-opening
	if err != nil {
		if ctx.Err() == nil {
			a.count("no connection")
		}
		return
	}
	stop := context.AfterFunc(ctx, func() { _ = c.Close() })
	defer stop()
	defer c.Close()
	if _, err := io.WriteString(c, s.head); err == nil && s.trickle > 0 {
		go func() {
			tick := time.NewTicker(time.Second)
			defer tick.Stop()
			for range tick.C {
				if _, err := io.WriteString(c, strings.Repeat(" ", s.trickle)); err != nil {
					return // closed by either side
				}
			}
		}()
	}
	opened()
	res, err := http.ReadResponse(bufio.NewReaderSize(c, 512), nil)
	switch {
	case ctx.Err() != nil:
	case err != nil:
		a.count("closed")
	default:
		res.Body.Close()
		a.count(res.Status[:3])
	}
}
