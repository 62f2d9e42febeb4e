package clustertest_test

import (
	"bytes"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/playheadhq/playhead/internal/clustertest"
	"github.com/playheadhq/playhead/internal/servertest"
)

// Many clients send large requests to a node whose storage hangs. They give up after some seconds, as SDKs do, and try again. The node holds as much
// as its limits allow, refuses the rest, stays within its memory, and continues when its storage does.
func TestMemoryOfANodeWithoutItsStorage(t *testing.T) {
	c := start(t, clustertest.Options{Nodes: 1})
	node := servertest.NewClient(t, c.Nodes[0].URL)
	node.HTTP.Timeout = 2 * patience
	for i := range 2 {
		must(t, c.ClickHouse.At(i).Pause())
	}
	bodies := map[string][]byte{"/batch/": manyGenerations(4 << 20), "/s/": longRecording(4 << 20)}
	var senders sync.WaitGroup
	for range 60 {
		for path, body := range bodies {
			senders.Go(func() {
				for range 2 {
					r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, node.Base+path, bytes.NewReader(body))
					if err != nil {
						t.Error(err)
						return
					}
					if res, err := node.Send(r); err == nil && res.Status != http.StatusServiceUnavailable {
						t.Errorf("%s: %d %s", path, res.Status, res.Body)
					}
				}
			})
		}
	}
	senders.Wait()
	if rss := peak(t, c.Nodes[0].PID()); rss > mostMB {
		t.Errorf("the node took %d MB", rss)
	} else {
		t.Logf("the node took %d MB", rss)
	}
	for i := range 2 {
		must(t, c.ClickHouse.At(i).Resume())
	}
	must(t, c.Nodes[0].Ready(t.Context()))
	l := send(t, c)
	l.more(1)
}

// manyGenerations returns a body of about size bytes, in generations of 20 kB.
func manyGenerations(size int) []byte {
	const each = 20 << 10
	var events []servertest.Event
	for range size / each {
		events = append(events, servertest.Generation(time.Now(), "bulky", map[string]any{"$ai_input": strings.Repeat("prompt ", each/7)}))
	}
	return servertest.Batch(events...)
}

// longRecording returns a body of about size bytes, with one part of a recording.
func longRecording(size int) []byte {
	return servertest.Batch(servertest.Snapshot(time.Now(), "bulky", servertest.Window, true, strings.Repeat("mutation ", size/9)))
}
