package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// attackers send from different loopback addresses to a server that the bench has started.
type attackers struct {
	server    *server
	addresses int // number of addresses

	mu      sync.Mutex
	answers map[string]int
}

func newAttackers(s *server, addresses int) *attackers {
	if err := ownServer(s); err != nil {
		panic("bench: " + err.Error()) // nothing else may ever be attacked
	}
	return &attackers{server: s, addresses: addresses, answers: map[string]int{}}
}

// ownServer checks that a server may be the target of an attack: it must be a process that this one has started, that still runs, and that other
// machines cannot reach.
func ownServer(s *server) error {
	if s.dead() {
		return errors.New("the server to be attacked has ended")
	}
	at, err := netip.ParseAddrPort(s.addr)
	if err != nil || !at.Addr().IsLoopback() || s.urls[0] != "http://"+s.addr {
		return fmt.Errorf("%q is no address of a server that was started here", s.addr)
	}
	return nil
}

// from is the ith attacker's address.
func (a *attackers) from(i int) net.IP { return net.IPv4(127, 0, 0, byte(66+i%a.addresses)) }

// dialer connects from an address.
func dialer(from net.IP) *net.Dialer {
	return &net.Dialer{LocalAddr: &net.TCPAddr{IP: from}, Timeout: 30 * time.Second}
}

// clientFrom is a client with its own address and connections.
func clientFrom(from net.IP) *http.Client {
	return &http.Client{Transport: &http.Transport{DialContext: dialer(from).DialContext, MaxIdleConnsPerHost: 64, DisableCompression: true}}
}

func (a *attackers) count(answer string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.answers[answer]++
}

// summary is how often the attackers got each status, and resets these counts.
func (a *attackers) summary() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	var all []string
	for _, status := range slices.Sorted(maps.Keys(a.answers)) {
		all = append(all, fmt.Sprintf("%s: %d", status, a.answers[status]))
	}
	clear(a.answers)
	return strings.Join(all, ", ")
}

const (
	together = 8 // attackers
	// attackEvery is the shortest time between two requests of an attacker, so that attackers who are refused at once do not use up the machine,
	// which is also the server's.
	attackEvery = 50 * time.Millisecond
)

// wave returns a function that each of n callers calls when it is active. When all of them are active, begun is called.
func wave(n int, begun func()) (underWay func()) {
	var left atomic.Int64
	left.Store(int64(n))
	return func() {
		if left.Add(-1) == 0 {
			begun()
		}
	}
}

// repeat sends the requests that next makes from all attackers until ctx ends. It calls begun when each has sent a body, or tried to.
func (a *attackers) repeat(ctx context.Context, next func(n int) request, begun func()) {
	underWay := wave(together, begun)
	_ = atOnce(together, func(i int) error {
		c := clientFrom(a.from(i))
		defer c.CloseIdleConnections()
		first := sync.OnceFunc(underWay)
		defer first()
		traced := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteRequest: func(httptrace.WroteRequestInfo) { first() }})
		pause := time.NewTicker(attackEvery)
		defer pause.Stop()
		for n := i; ctx.Err() == nil; n += together {
			status, err := send(traced, c, a.server, next(n))
			first()
			if ctx.Err() != nil {
				return nil // we have ended the connection
			}
			if err != nil {
				a.count("no answer")
			} else {
				a.count(fmt.Sprint(status))
			}
			select {
			case <-pause.C:
			case <-ctx.Done():
			}
		}
		return nil
	})
}

// send makes a request once and reads its answer.
func send(ctx context.Context, c *http.Client, s *server, r request) (status int, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url()+r.path, r.body())
	if err != nil {
		return 0, err
	}
	req.ContentLength = r.size()
	req.Header.Set("Content-Type", r.contentType)
	if r.encoding != "" {
		req.Header.Set("Content-Encoding", r.encoding)
	}
	res, err := c.Do(req)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	_, err = io.Copy(io.Discard, res.Body)
	return res.StatusCode, err
}
