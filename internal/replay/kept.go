package replay

import (
	"container/list"
	"slices"
	"sort"
	"sync"
)

// kept are the checkpoints in memory. The least recently used are removed first.
type kept struct {
	most int

	mu       sync.Mutex
	bytes    int
	order    *list.List // of *entry, the last used in front
	byWindow map[string][]*list.Element
}

type entry struct {
	window string
	*checkpoint
}

// entryBytes is the memory of an entry in addition to its body and the name of its window.
const entryBytes = 256

func (e *entry) size() int { return len(e.body) + len(e.window) + entryBytes }

func newKept(most int) kept {
	return kept{most: most, order: list.New(), byWindow: map[string][]*list.Element{}}
}

// find returns a window's last checkpoint at or after fromMS and before atMS that was made from exactly the current blocks; nil if there is none.
func (k *kept) find(window string, fromMS, atMS int64, p *playback) *checkpoint {
	k.mu.Lock()
	defer k.mu.Unlock()
	all := k.byWindow[window]
	for i := sort.Search(len(all), func(i int) bool { return msOf(all[i]) >= atMS }) - 1; i >= 0; i-- {
		e := all[i].Value.(*entry)
		if e.ms < fromMS {
			return nil
		}
		if e.before == p.before(e.ms) {
			k.order.MoveToFront(all[i])
			return e.checkpoint
		}
		k.remove(all[i]) // a block arrived late
	}
	return nil
}

func msOf(e *list.Element) int64 { return e.Value.(*entry).ms }

// add keeps a checkpoint and replaces one of the same time. It does not keep a checkpoint larger than a quarter of the limit.
func (k *kept) add(window string, c *checkpoint) {
	e := &entry{window, c}
	if e.size() > k.most/4 {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	all := k.byWindow[window]
	i := sort.Search(len(all), func(i int) bool { return msOf(all[i]) >= c.ms })
	if i < len(all) && msOf(all[i]) == c.ms {
		k.remove(all[i])
		all = k.byWindow[window]
	}
	k.byWindow[window] = slices.Insert(all, i, k.order.PushFront(e))
	k.bytes += e.size()
	for k.bytes > k.most {
		k.remove(k.order.Back())
	}
}

func (k *kept) remove(element *list.Element) {
	e := k.order.Remove(element).(*entry)
	k.bytes -= e.size()
	all := k.byWindow[e.window]
	if all = slices.DeleteFunc(all, func(x *list.Element) bool { return x == element }); len(all) == 0 {
		delete(k.byWindow, e.window)
	} else {
		k.byWindow[e.window] = all
	}
}
