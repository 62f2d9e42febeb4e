package clustertest_test

import (
	"bytes"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/playheadhq/playhead/internal/clustertest"
	"github.com/playheadhq/playhead/internal/servertest"
)

// Many send much to a node whose storage hangs. It holds what it may, turns the rest away, and stays within its memory.
func TestMemoryOfANodeWithoutItsStorage(t *testing.T) {
	c := start(t, clustertest.Options{Nodes: 1})
	must(t, c.ClickHouse.At(0).Pause())
	must(t, c.ClickHouse.At(1).Pause())
	client := servertest.NewClient(t, c.Nodes[0].URL)
	client.HTTP.Timeout = 0
	body := bulky(4 << 20)
	var (
		senders sync.WaitGroup
		mu      sync.Mutex
		answers = map[int]int{}
	)
	began := time.Now()
	for range 150 {
		senders.Go(func() {
			for range 3 {
				r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, client.Base+"/batch/", bytes.NewReader(body))
				if err != nil {
					t.Error(err)
					return
				}
				res, err := client.Send(r)
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				answers[res.Status]++
				mu.Unlock()
			}
		})
	}
	senders.Wait()
	t.Logf("answers after %v: %v; %d MB", time.Since(began), answers, peak(t, c.Nodes[0].PID()))
}

// bulky is a body of about so many bytes, in generations of 20 kB.
func bulky(size int) []byte {
	var events []servertest.Event
	for n := 0; n < size; n += 20 << 10 {
		events = append(events, servertest.Generation(time.Now(), "bulky", map[string]any{"$ai_input": string(bytes.Repeat([]byte("prompt "), 20<<10/7))}))
	}
	return servertest.Batch(events...)
}
