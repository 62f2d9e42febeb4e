package storetest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// Resent sends deliveries of every kind several times, each time through any of the nodes and at the same time as others, with the differences
// between attempts: the times of receipt, and the event times that clients do not send. Each event, content, fact and block must be there once, as in
// one of the attempts, and must not change when everything is sent again. The nodes share an empty storage.
func Resent(t *testing.T, nodes ...store.Store) {
	random := rand.New(rand.NewPCG(11, 11))
	var deliveries []*store.Batch
	for n := range 20 {
		deliveries = append(deliveries, delivery(random, n))
	}
	tries := slices.Concat(deliveries, deliveries, deliveries)
	random.Shuffle(len(tries), func(i, j int) { tries[i], tries[j] = tries[j], tries[i] })
	work := make(chan *store.Batch)
	var wg sync.WaitGroup
	for n := range 4 {
		node := nodes[n%len(nodes)]
		wg.Go(func() {
			for b := range work {
				if _, err := node.Commit(t.Context(), b); err != nil {
					t.Errorf("Commit: %v", err)
				}
			}
		})
	}
	for n, b := range tries {
		// Sometimes two waiting deliveries are committed together, like requests.
		b = again(b, int64(n)*1000)
		if n%5 == 4 {
			other := &store.Batch{}
			join(other, again(tries[n-1], int64(n)*1000+1))
			join(other, b)
			b = other
		}
		work <- b
	}
	close(work)
	wg.Wait()

	all := &store.Batch{}
	for _, b := range deliveries {
		join(all, b)
	}
	first := once(t, nodes[0], all)
	for n, b := range deliveries {
		if _, err := nodes[n%len(nodes)].Commit(t.Context(), again(b, 1_000_000)); err != nil {
			t.Fatal(err)
		}
	}
	same(t, "after all of it came again", once(t, nodes[len(nodes)-1], all), first)
}

func testResent(t *testing.T, f Factory) { Resent(t, opened(t, f)) }

// delivery makes the data of one request.
func delivery(random *rand.Rand, n int) *store.Batch {
	b := &store.Batch{}
	for i := range 1 + random.IntN(6) {
		nth := 100*n + i
		e := call(nth, fmt.Sprint("trace-", random.IntN(6)), day+int64(random.IntN(3))*40*86_400_000+int64(nth))
		e.SessionID = fmt.Sprint("session-", random.IntN(9))
		e.Kind = model.Kind(random.IntN(7))
		e.Untimed = random.IntN(2) == 0
		switch random.IntN(3) {
		case 0: // uuids of today's clients, which contain a time that is not the event's
			ms := uint64(day - random.IntN(100_000))
			for i := range 6 {
				e.UUID[i] = byte(ms >> (40 - 8*i))
			}
			e.UUID[6] = e.UUID[6]&0x0f | 0x70
		case 1: // uuids that the server makes for events without one
			e.UUID = uuid.NewSHA1(uuid.NameSpaceOID, e.UUID[:])
		}
		b.Events = append(b.Events, e)
		if random.IntN(2) == 0 {
			b.Contents = append(b.Contents, model.Content{Project: project, UUID: e.UUID, TimeMS: e.TimeMS, Input: fmt.Appendf(nil, `"%d"`, nth)})
		}
		if random.IntN(4) == 0 {
			b.Identities = append(b.Identities, model.Identity{Project: project, UUID: e.UUID, TimeMS: e.TimeMS, ID: "ada", OtherID: fmt.Sprint("anonymous-", nth)})
		}
		if random.IntN(4) == 0 {
			b.Blocks = append(b.Blocks, block(50_000+nth, e.SessionID, "w", e.TimeMS))
		}
	}
	return b
}

// again is a delivery as it arrives when it is sent again some time later.
func again(b *store.Batch, laterMS int64) *store.Batch {
	c := &store.Batch{}
	join(c, b)
	moved := map[uuid.UUID]int64{}
	for i := range c.Events {
		e := &c.Events[i]
		e.ReceivedMS += laterMS
		if e.Untimed {
			e.TimeMS, e.StartMS = e.TimeMS+laterMS, e.StartMS+laterMS
		}
		moved[e.UUID] = e.TimeMS
	}
	for i := range c.Contents {
		c.Contents[i].TimeMS = moved[c.Contents[i].UUID]
	}
	for i := range c.Identities {
		c.Identities[i].TimeMS = moved[c.Identities[i].UUID]
	}
	for i := range c.Blocks {
		c.Blocks[i].ReceivedMS += laterMS
		c.Blocks[i].Location.Key = fmt.Sprint("written at ", laterMS)
	}
	return c
}

// once checks that everything sent is there once, in every kind of read, and returns it.
func once(t *testing.T, s store.Store, sent *store.Batch) *store.Batch {
	t.Helper()
	ctx := t.Context()
	dumped := sorted(dumpAll(t, s, 100))
	same(t, "rows dumped", [4]int{len(dumped.Events), len(dumped.Contents), len(dumped.Identities), len(dumped.Blocks)},
		[4]int{len(sent.Events), len(sent.Contents), len(sent.Identities), len(sent.Blocks)})
	same(t, "rows found by their keys", sorted(must[*store.Batch](t)(s.Stored(ctx, dumped))), dumped)
	tried := map[uuid.UUID]model.Event{}
	for _, e := range sent.Events {
		tried[e.UUID] = e
	}
	generations, traces, sessions := 0, map[string]int{}, map[string]int64{}
	keys := make([]model.Key, len(dumped.Events))
	for i, e := range dumped.Events {
		keys[i] = model.Key{Project: project, UUID: e.UUID, TimeMS: e.TimeMS}
	}
	found := &store.Batch{Contents: must[[]model.Content](t)(s.Contents(ctx, keys))}
	same(t, "contents of all events", sorted(found).Contents, dumped.Contents)
	for i, e := range dumped.Events {
		was := tried[e.UUID]
		if e.Untimed { // the first attempt counts
			late := e.TimeMS - was.TimeMS
			was.TimeMS, was.StartMS, was.ReceivedMS = was.TimeMS+late, was.StartMS+late, was.ReceivedMS+late
		}
		was.ReceivedMS = e.ReceivedMS
		same(t, "event", e, was)
		if i%10 == 0 {
			same(t, "Event", must[model.Event](t)(s.Event(ctx, project, e.UUID)), e)
		}
		if e.Kind == model.KindGeneration || e.Kind == model.KindEmbedding {
			generations++
		}
		traces[e.TraceID]++
		sessions[e.SessionID]++
	}
	same(t, "Totals.Events", must[model.Totals](t)(s.Totals(ctx, project)).Events, int64(len(sent.Events)))
	same(t, "Totals.Blocks", must[model.Totals](t)(s.Totals(ctx, project)).Blocks, int64(len(sent.Blocks)))
	listed := Generations(t, s, project, filter.Everything, 30)
	same(t, "generations listed", len(listed), generations)
	for id, n := range traces {
		same(t, "events of "+id, len(must[[]model.Event](t)(s.TraceEvents(ctx, project, []string{id}, 1000))), n)
	}
	listedTraces := Traces(t, s, project, filter.Everything, 30)
	same(t, "traces listed", len(listedTraces), len(traces))
	for _, x := range Sessions(t, s, project, filter.Everything, 30) {
		same(t, "events of "+x.ID, x.Events, sessions[x.ID])
	}
	return dumped
}
