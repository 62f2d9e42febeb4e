package clustertest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/playheadhq/playhead/internal/testport"
)

// ServedBy is a header of every answer. Its value is the index in Cluster.Nodes of the node that answered.
const ServedBy = "X-Served-By"

const (
	// checkEvery is how often /readyz of each node is asked, and checkPatience how long it may take to answer.
	checkEvery    = 500 * time.Millisecond
	checkPatience = 2 * time.Second
)

// Balancer sends each request to the next ready node, and to any node if none is ready, as many load balancers do. A node that
// cannot be reached is skipped. A request whose connection breaks after it was sent is answered with 502: it is unknown whether
// it was stored, and only the client may send it again.
type Balancer struct {
	URL string // without a slash at its end

	backends  []*backend
	turn      atomic.Uint64
	transport *http.Transport
	server    *http.Server
	cancel    context.CancelFunc
	running   sync.WaitGroup
}

type backend struct {
	index  int
	host   string
	ready  atomic.Bool
	served atomic.Int64
}

func newBalancer(nodes []*Node) (*Balancer, error) {
	l, err := testport.Listen()
	if err != nil {
		return nil, fmt.Errorf("start the balancer: %w", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	b := &Balancer{
		URL: "http://" + l.Addr().String(), cancel: cancel,
		// Keep as many connections as there are requests: dialling would be most of the work.
		transport: &http.Transport{DialContext: (&net.Dialer{Timeout: 2 * time.Second}).DialContext, MaxIdleConnsPerHost: 256, DisableCompression: true},
	}
	for i, n := range nodes {
		at := &backend{index: i, host: strings.TrimPrefix(n.URL, "http://")}
		at.ready.Store(true)
		b.backends = append(b.backends, at)
		b.running.Go(func() { b.watch(ctx, at) })
	}
	b.server = &http.Server{Handler: &httputil.ReverseProxy{
		Rewrite:       func(r *httputil.ProxyRequest) { r.SetXForwarded() },
		Transport:     b,
		FlushInterval: -1, // answers are passed on as they come
		ErrorHandler:  failed,
		ErrorLog:      log.New(io.Discard, "", 0), // tests cause these errors
	}}
	b.running.Go(func() { _ = b.server.Serve(l) }) // until Close
	return b, nil
}

// Served is how many requests each node was given.
func (b *Balancer) Served() []int64 {
	var all []int64
	for _, at := range b.backends {
		all = append(all, at.served.Load())
	}
	return all
}

// Close stops the balancer and cuts off open requests.
func (b *Balancer) Close() error {
	b.cancel()
	err := b.server.Close()
	b.running.Wait()
	b.transport.CloseIdleConnections()
	return err
}

// watch asks a node whether it is ready until ctx ends.
func (b *Balancer) watch(ctx context.Context, at *backend) {
	tick := time.NewTicker(checkEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		limited, cancel := context.WithTimeout(ctx, checkPatience)
		status, _, err := get(limited, "http://"+at.host+"/readyz")
		cancel()
		at.ready.Store(err == nil && status == http.StatusOK)
	}
}

// RoundTrip implements http.RoundTripper: it chooses the node.
func (b *Balancer) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		// A transport closes the body even if it could not connect, and the next node would not get it. The server that the body comes from closes it, too.
		r.Body = io.NopCloser(r.Body)
	}
	var undialled error
	for _, at := range b.next() {
		r.URL.Scheme, r.URL.Host = "http", at.host // the header Host stays the client's
		at.served.Add(1)
		response, err := b.transport.RoundTrip(r)
		if err == nil {
			response.Header.Set(ServedBy, strconv.Itoa(at.index))
			return response, nil
		}
		if !notDialled(err) || r.Context().Err() != nil {
			return nil, err
		}
		at.ready.Store(false) // until the next check
		at.served.Add(-1)
		undialled = err
	}
	return nil, undialled
}

// next lists the nodes in the order in which a request tries them: those that are ready first, beginning with the one whose turn it is.
func (b *Balancer) next() []*backend {
	turn := b.turn.Add(1)
	var ready, rest []*backend
	for _, at := range b.backends {
		if at.ready.Load() {
			ready = append(ready, at)
		} else {
			rest = append(rest, at)
		}
	}
	return append(rotate(ready, turn), rotate(rest, turn)...)
}

func rotate(all []*backend, by uint64) []*backend {
	if len(all) == 0 {
		return nil
	}
	by %= uint64(len(all))
	return append(append([]*backend(nil), all[by:]...), all[:by]...)
}

func notDialled(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "dial"
}

// failed answers in place of a node that did not answer. Retry-After asks clients to retry after a second.
func failed(w http.ResponseWriter, _ *http.Request, err error) {
	status := http.StatusBadGateway
	if notDialled(err) {
		status = http.StatusServiceUnavailable
	}
	w.Header().Set("Retry-After", "1")
	// Pages of other origins must be able to read it too.
	w.Header().Set("Access-Control-Allow-Origin", "*")
	w.Header().Set("Access-Control-Expose-Headers", "Retry-After")
	http.Error(w, "the balancer got no answer from a node", status)
}
