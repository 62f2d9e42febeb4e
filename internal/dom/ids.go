package dom

// ids finds the nodes of a page by their numbers. Recorders number nodes one after the other, and go on at a full snapshot, so nearly all nodes are in a
// few sets of consecutive numbers; a map for all of them took an eighth of the time of deriving activity. Numbers far above those of all others are in a
// map: otherwise a page made to have few nodes with high numbers would take more memory than is counted for them.
type ids struct {
	sets []*idSet
	// base is which set of all numbers the first of these is.
	base int
	far  map[int]*node
	n    int
}

// idSet are the nodes with numbers that differ only in the last bits.
type idSet [1 << setBits]*node

const (
	setBits = 8
	// slotsPerNode is how many places there may be in sets for each node. At 8 bytes a place, this is what nodeBytes counts.
	slotsPerNode = 8
)

func (x *ids) len() int { return x.n }

// place is the place of a number in a set, nil if there is none.
func (x *ids) place(id int) **node {
	set := id>>setBits - x.base
	if uint(set) >= uint(len(x.sets)) || x.sets[set] == nil {
		return nil
	}
	return &x.sets[set][id&(1<<setBits-1)]
}

// get returns the node with a number, or nil.
func (x *ids) get(id int) *node {
	if p := x.place(id); p != nil && *p != nil {
		return *p
	}
	if len(x.far) == 0 {
		return nil
	}
	return x.far[id]
}

// put adds a node whose number no other has.
func (x *ids) put(n *node) {
	if len(x.sets) == 0 {
		x.base = max(0, n.id>>setBits-1) // the first node that is read is not the first one of the page
	}
	x.n++
	if set := n.id>>setBits - x.base; set >= 0 && set < 2+x.n*slotsPerNode>>setBits {
		for len(x.sets) <= set {
			x.sets = append(x.sets, nil)
		}
		if x.sets[set] == nil {
			x.sets[set] = new(idSet)
		}
	}
	if p := x.place(n.id); p != nil {
		*p = n
		return
	}
	if x.far == nil {
		x.far = map[int]*node{}
	}
	x.far[n.id] = n
}

// remove removes the node with a number, which there is.
func (x *ids) remove(id int) {
	x.n--
	if p := x.place(id); p != nil && *p != nil {
		*p = nil
		return
	}
	delete(x.far, id)
}
