package clustertest_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/playheadhq/playhead/internal/clustertest"
	"github.com/playheadhq/playhead/internal/servertest"
)

// load is what SDKs and browsers send to a cluster while faults happen.
type load struct {
	t       *testing.T
	cluster *clustertest.Cluster
	sources []*source
	stop    chan struct{}
	running sync.WaitGroup
}

// source is one sender, with the values that the test may read in the meantime.
type source struct {
	*servertest.Sender
	client *servertest.Client
	tab    bool
	acked  atomic.Int64
	last   atomic.Int64 // the status of its last answer, 0 when there was none
}

const (
	sessions = 3
	// patience is how long a sender waits for an answer: less than SDKs wait, so that it sends again requests that may still be stored.
	patience = 3 * time.Second
	// within is how long anything may take on a machine that is busy.
	within = 90 * time.Second
	// mostMB is the promised limit of a node's memory.
	mostMB = 512
)

// send starts the load: each session has a browser tab and the SDK of a backend.
func send(t *testing.T, c *clustertest.Cluster) *load {
	l := &load{t: t, cluster: c, stop: make(chan struct{})}
	began := time.Now().Add(-24 * time.Hour)
	for i := range sessions {
		name := fmt.Sprintf("s%d", i)
		l.sources = append(l.sources,
			&source{Sender: servertest.NewSender(name, began, servertest.Recording), tab: true},
			&source{Sender: servertest.NewSender(name, began, servertest.Timed, servertest.Untimed)})
	}
	for _, s := range l.sources {
		s.client = servertest.NewClient(t, c.URL)
		s.client.HTTP.Timeout = patience
		l.running.Go(func() { l.run(s) })
	}
	t.Cleanup(l.end)
	return l
}

// run sends until the load ends, and then sends the pending request until it is acknowledged.
func (l *load) run(s *source) {
	for {
		select {
		case <-l.stop:
			if s.Pending() == nil {
				return
			}
		default:
		}
		res, err := s.Try(l.t.Context(), s.client)
		if err == nil {
			s.last.Store(int64(res.Status))
		} else {
			s.last.Store(0)
		}
		switch {
		case l.t.Context().Err() != nil:
			return
		case err == nil && res.Status == http.StatusOK:
			s.acked.Add(1)
			continue
		case err == nil && res.Status != http.StatusServiceUnavailable && res.Status != http.StatusBadGateway:
			l.t.Errorf("%s: %d %s", s.Session, res.Status, res.Body)
			return
		case err == nil && res.Header.Get("Retry-After") == "":
			l.t.Errorf("%s: %d does not say when to come again", s.Session, res.Status)
		}
		<-time.After(100 * time.Millisecond) // as SDKs do, but sooner
	}
}

// end lets every sender finish the request that it has begun, and returns when all are acknowledged.
func (l *load) end() {
	select {
	case <-l.stop:
	default:
		close(l.stop)
	}
	l.running.Wait()
}

// more waits until every source, or every one of a kind, has had n more requests acknowledged.
func (l *load) more(n int64, which ...func(*source) bool) {
	l.t.Helper()
	var want []int64
	for _, s := range l.sources {
		want = append(want, s.acked.Load()+n)
	}
	began := time.Now()
	eventually(l.t, within, fmt.Sprintf("%d more acknowledged to each", n), func() error {
		if l.t.Failed() {
			l.t.FailNow()
		}
		for i, s := range l.sources {
			if len(which) > 0 && !which[0](s) {
				continue
			}
			if has := s.acked.Load(); has < want[i] {
				return fmt.Errorf("a source of %s (tab: %t) lacks %d", s.Session, s.tab, want[i]-has)
			}
		}
		return nil
	})
	l.t.Logf("%d more acknowledged to each after %v", n, time.Since(began).Round(time.Millisecond))
}

// refused returns nil when the last answer to every tab had this status.
func (l *load) refused(status int64) error {
	for _, s := range l.sources {
		if last := s.last.Load(); s.tab && last != status {
			return fmt.Errorf("the last answer to the tab of %s was %d", s.Session, last)
		}
	}
	return nil
}

// acknowledged returns how many requests of one kind of source were acknowledged.
func (l *load) acknowledged(which func(*source) bool) (n int64) {
	for _, s := range l.sources {
		if which(s) {
			n += s.acked.Load()
		}
	}
	return n
}

func tabs(s *source) bool     { return s.tab }
func backends(s *source) bool { return !s.tab }

// check ends the load and asks every node for everything. Nothing may be lost, nothing counted twice, and no node may have used more memory than
// promised.
func (l *load) check() {
	l.t.Helper()
	l.end()
	var all []*servertest.Sender
	requests, retries := 0, 0
	for _, s := range l.sources {
		all = append(all, s.Sender)
		requests += len(s.Acked)
		retries += s.Retries
	}
	for i, n := range l.cluster.Nodes {
		if err := n.Ready(l.t.Context()); err != nil {
			l.t.Fatal(err)
		}
		servertest.CheckAll(l.t, servertest.NewClient(l.t, n.URL), all)
		if rss := peak(l.t, n.PID()); rss > mostMB {
			l.t.Errorf("node %d took %d MB", i, rss)
		}
	}
	l.t.Logf("%d requests acknowledged, %d tried again; given to nodes: %v", requests, retries, l.cluster.Balancer.Served())
}

var highWater = regexp.MustCompile(`VmHWM:\s+(\d+) kB`)

// peak is the most memory that a process has had, in MB.
func peak(t *testing.T, pid int) int {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	found := highWater.FindSubmatch(status)
	if found == nil {
		t.Fatalf("no VmHWM in %s", status)
	}
	kb, err := strconv.Atoi(string(found[1]))
	if err != nil {
		t.Fatal(err)
	}
	return kb >> 10
}

// saysAway waits until every node reports on /readyz that a storage is unavailable.
func saysAway(t *testing.T, c *clustertest.Cluster, dependency string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	var all sync.WaitGroup // at once, because each may take seconds to find out
	for _, n := range c.Nodes {
		client := servertest.NewClient(t, n.URL)
		all.Go(func() {
			if err := away(ctx, client, dependency); err != nil {
				t.Errorf("readyz of %s while %s is away: %v", n.URL, dependency, err)
			}
		})
	}
	all.Wait()
	for _, n := range c.Nodes {
		if res := servertest.NewClient(t, n.URL).Get(t, "/healthz"); res.Status != http.StatusOK {
			t.Errorf("healthz of %s: %d", n.URL, res.Status)
		}
	}
}

func away(ctx context.Context, c *servertest.Client, dependency string) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		res, err := ask(ctx, c, "/readyz")
		switch {
		case err != nil:
			return err
		case res.Status == http.StatusServiceUnavailable && bytes.Contains(res.Body, []byte(`"dependency":"`+dependency+`"`)):
			return nil
		case res.Status != http.StatusOK:
			return fmt.Errorf("%d %s", res.Status, res.Body)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return errors.New("200 for half a minute")
		}
	}
}

// notNow checks that every node answers with 503 for data that it cannot show now.
func notNow(t *testing.T, c *clustertest.Cluster, path string) {
	t.Helper()
	for _, n := range c.Nodes {
		if res := servertest.NewClient(t, n.URL).Get(t, path); res.Status != http.StatusServiceUnavailable {
			t.Errorf("%s%s: %d %.200s", n.URL, path, res.Status, res.Body)
		}
	}
}

func ask(ctx context.Context, c *servertest.Client, path string) (*servertest.Reply, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, c.Base+path, nil)
	if err != nil {
		return nil, err
	}
	return c.Send(r)
}
