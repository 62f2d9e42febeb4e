package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// attackers send from loopback addresses of their own to a server that the bench has started.
type attackers struct {
	server    *server
	addresses int // that they come from

	mu      sync.Mutex
	answers map[string]int
}

func newAttackers(s *server, addresses int) *attackers {
	return &attackers{server: s, addresses: addresses, answers: map[string]int{}}
}

// from is the ith attacker's address.
func (a *attackers) from(i int) net.IP { return net.IPv4(127, 0, 0, byte(66+i%a.addresses)) }

// dialer connects from an address.
func dialer(from net.IP) *net.Dialer {
	return &net.Dialer{LocalAddr: &net.TCPAddr{IP: from}, Timeout: 30 * time.Second}
}

// clientFrom is a client with an address, and connections, of its own.
func clientFrom(from net.IP) *http.Client {
	return &http.Client{Transport: &http.Transport{DialContext: dialer(from).DialContext, MaxIdleConnsPerHost: 64, DisableCompression: true}}
}

func (a *attackers) count(answer string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.answers[answer]++
}

// summary is what the attackers were answered, by status and how often, and forgets it.
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
	attacking = 8 // at once
	// An attacker begins a request not more often, so that one that is turned away at once does not keep the machine busy, which is
	// the server's too.
	attackEvery = 50 * time.Millisecond
)

// repeat sends what next makes from all attackers until ctx ends. It tells sent of each body that has left.
func (a *attackers) repeat(ctx context.Context, next func(n int) request, sent func()) {
	_ = atOnce(attacking, func(i int) error {
		c := clientFrom(a.from(i))
		defer c.CloseIdleConnections()
		pause := time.NewTicker(attackEvery)
		defer pause.Stop()
		for n := i; ctx.Err() == nil; n += attacking {
			status, err := send(ctx, c, a.server, next(n), sent)
			if ctx.Err() != nil {
				return nil // cut off by us
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

// send makes a request once and takes its answer.
func send(ctx context.Context, c *http.Client, s *server, r request, sent func()) (status int, err error) {
	body := r.body()
	if sent != nil {
		body = &signalling{body, sent}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url()+r.path, body)
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

// signalling says when a reader has been read to its end.
type signalling struct {
	io.Reader
	end func()
}

func (s *signalling) Read(p []byte) (int, error) {
	n, err := s.Reader.Read(p)
	if err == io.EOF && s.end != nil {
		s.end()
		s.end = nil
	}
	return n, err
}
