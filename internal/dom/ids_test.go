package dom

import (
	"math/rand/v2"
	"testing"
)

// Nodes are found by their numbers as in a map: numbers that follow each other, that go on after a removed page, that are far apart, and that are added
// and removed again. Whatever the numbers are, places for nodes take no more memory than is counted for them.
func TestNodesByNumber(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 5))
	for name, next := range map[string]func(i int) int{
		"one after the other": func(i int) int { return i + 1 },
		"after other pages":   func(i int) int { return 5_000_000 - 3 + i },
		"backwards":           func(i int) int { return 70_000 - i },
		"far apart":           func(i int) int { return 1 + i*1_000_003 },
		"in groups":           func(i int) int { return 1 + i/50*10_000 + i%50 },
		"at random":           func(int) int { return 1 + random.IntN(1<<20) },
	} {
		var x ids
		want := map[int]*node{}
		most := 0
		for i := range 20_000 {
			id := next(i)
			if want[id] == nil {
				n := &node{id: id}
				want[id] = n
				x.put(n)
			}
			if random.IntN(3) == 0 {
				for id := range want {
					delete(want, id)
					x.remove(id)
					break
				}
			}
			most = max(most, len(want))
			if probe := next(random.IntN(i + 1)); x.get(probe) != want[probe] || x.len() != len(want) {
				t.Fatalf("%s: node %d is %v, want %v; %d nodes, want %d", name, probe, x.get(probe), want[probe], x.len(), len(want))
			}
		}
		for id, n := range want {
			if x.get(id) != n {
				t.Fatalf("%s: node %d is %v", name, id, x.get(id))
			}
		}
		for _, id := range []int{0, -1, 1 << 40} {
			if n := x.get(id); n != nil && want[id] == nil {
				t.Errorf("%s: there is a node %d", name, id)
			}
		}
		sets := 0
		for _, s := range x.sets {
			if s != nil {
				sets++
			}
		}
		if bytes := sets * 8 << setBits; bytes > 2*8<<setBits+64*most {
			t.Errorf("%s: %d bytes for %d nodes", name, bytes, most)
		}
	}
}
