package clustertest_test

import (
	"testing"
	"time"

	"github.com/playheadhq/playhead/internal/blocks/s3/s3test"
	"github.com/playheadhq/playhead/internal/clustertest"
	"github.com/playheadhq/playhead/internal/servertest"
)

// some is how many requests each source sends before and after each fault.
const some = 3

// must fails the test at once.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestNodeKilled(t *testing.T) {
	c := start(t, clustertest.Options{})
	l := send(t, c)
	for i, n := range c.Nodes {
		l.more(some)
		must(t, n.Kill())
		l.more(some)
		must(t, n.Start(t.Context()))
		t.Logf("node %d is back", i)
	}
	l.more(some)
	l.check()
}

// Nodes restart one after the other, as in an upgrade.
func TestNodesRestartInTurn(t *testing.T) {
	c := start(t, clustertest.Options{})
	l := send(t, c)
	for _, n := range c.Nodes {
		l.more(1)
		must(t, n.Stop(t.Context()))
		l.more(1)
		must(t, n.Start(t.Context()))
		must(t, n.Ready(t.Context()))
	}
	l.more(1)
	l.check()
}

func TestShardKilled(t *testing.T) {
	c := start(t, clustertest.Options{})
	l := send(t, c)
	for i := range 2 { // the first is the one that nodes speak to
		l.more(some)
		must(t, c.ClickHouse.At(i).Kill())
		saysAway(t, c, "store")
		notNow(t, c, "/api/generations") // an answer without this shard's rows would be wrong
		must(t, c.ClickHouse.At(i).Start(t.Context()))
		l.more(some)
	}
	l.check()
}

func TestShardHangs(t *testing.T) {
	c := start(t, clustertest.Options{})
	l := send(t, c)
	for i := range 2 {
		l.more(some)
		must(t, c.ClickHouse.At(i).Pause())
		// A node also starts while a shard hangs.
		must(t, c.Nodes[i].Kill())
		began := time.Now()
		must(t, c.Nodes[i].Start(t.Context()))
		t.Logf("node %d serves after %v", i, time.Since(began).Round(time.Millisecond))
		saysAway(t, c, "store")
		must(t, c.ClickHouse.At(i).Resume())
		l.more(some)
	}
	l.check()
}

func TestS3Away(t *testing.T) {
	c := start(t, clustertest.Options{})
	l := send(t, c)
	l.more(some)
	must(t, c.S3Proxy.Refuse())
	saysAway(t, c, "blocks")
	l.more(some, backends) // events do not need S3
	notNow(t, c, "/api/sessions/s0/snapshots?window="+servertest.Window)
	must(t, c.S3Proxy.Accept())
	l.more(some)
	l.check()
}

func TestS3Slow(t *testing.T) {
	c := start(t, clustertest.Options{})
	l := send(t, c)
	l.more(some)
	c.S3Proxy.Set(s3test.Faults{Delay: 300 * time.Millisecond})
	l.more(some)
	c.S3Proxy.Set(s3test.Faults{})
	l.check()
}

func TestS3Cut(t *testing.T) {
	c := start(t, clustertest.Options{})
	l := send(t, c)
	for _, f := range []s3test.Faults{{CutUp: 1 << 10}, {CutDown: 100}, {Swallow: true}} {
		l.more(some)
		c.S3Proxy.Set(f)
		l.more(some, backends)
		c.S3Proxy.Set(s3test.Faults{})
	}
	for range 20 {
		c.S3Proxy.Cut()
		l.more(1, tabs)
	}
	l.check()
}

func TestEverythingRestarts(t *testing.T) {
	c := start(t, clustertest.Options{})
	l := send(t, c)
	l.more(some)
	for _, n := range c.Nodes {
		must(t, n.Kill())
	}
	for i := range 2 {
		must(t, c.ClickHouse.At(i).Kill())
	}
	must(t, c.S3.Kill())
	for _, n := range c.Nodes { // they wait for their storages
		must(t, n.Start(t.Context()))
	}
	saysAway(t, c, "store")
	must(t, c.S3.Start(t.Context()))
	for i := range 2 {
		must(t, c.ClickHouse.At(i).Start(t.Context()))
	}
	l.more(some)
	l.check()
}
