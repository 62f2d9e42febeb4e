package query

import "github.com/playheadhq/playhead/internal/model"

// siblinghood describes a node among the nodes with the same parent.
type siblinghood struct {
	// parallel is how many of them ran at the same time, including the node; 0 if it ran alone.
	parallel int
	// attempt is the number of the attempt, from 1, and attempts how many there were; both are 0 if there was only one.
	attempt, attempts int
}

const (
	// sameTimeMS is how long two siblings must overlap, and how long each must take at least, to count as running at the same time. Starts are whole
	// milliseconds, and clients measure a duration separately, so a node can seem to begin before the previous one ended.
	sameTimeMS = 5
	// retryWithin is how many later siblings of the same name are compared with a failed node. mostCandidates limits the number of nodes whose input
	// is read for this.
	retryWithin    = 20
	mostCandidates = 2000
)

// siblings returns the nodes with the same parent, by start, as indexes. Nodes are in tree order. Of nodes without a parent only calls count: these
// are often a flat list of calls and of the steps around them, which do not say what contains what.
func siblings(nodes []branch) [][]int {
	at := map[*model.Event]int{}
	var all [][]int
	for i := range nodes {
		n := &nodes[i]
		if n.parent == nil && !n.event.Kind.IsCall() {
			continue
		}
		k, ok := at[n.parent]
		if !ok {
			k = len(all)
			at[n.parent], all = k, append(all, nil)
		}
		all[k] = append(all[k], i)
	}
	return all
}

// parallel marks siblings that ran at the same time: overlapping nodes belong to one group, also if they overlap only through another node of the
// group.
func parallel(nodes []branch, of []int) {
	var together []int
	var end int64
	mark := func() {
		if len(together) > 1 {
			for _, i := range together {
				nodes[i].parallel = len(together)
			}
		}
		together = together[:0]
	}
	for _, i := range of {
		e := nodes[i].event
		if e.EndMS()-e.StartMS <= sameTimeMS {
			continue
		}
		if len(together) > 0 && e.StartMS >= end-sameTimeMS {
			mark()
		}
		if len(together) == 0 {
			end = e.EndMS()
		}
		together, end = append(together, i), max(end, e.EndMS())
	}
	mark()
}

// sameName has what attempts at the same thing share besides their parent. The model is not part of it, because a retry may use another one.
type sameName struct {
	kind  model.Kind
	title string
}

// candidates are the indexes of nodes that may be attempts at the same thing: failed nodes with later siblings of the same name, and the first of
// these siblings.
func candidates(nodes []branch) []int {
	var all []int
	for _, of := range siblings(nodes) {
		named := map[sameName][]int{}
		for _, i := range of {
			e := nodes[i].event
			name := sameName{e.Kind, e.Title}
			named[name] = append(named[name], i)
		}
		for _, i := range of {
			e := nodes[i].event
			same := named[sameName{e.Kind, e.Title}]
			if len(same) == 0 || same[0] != i { // each name once
				continue
			}
			within := 0
			for k, j := range same {
				failed := nodes[j].event.IsError && k+1 < len(same)
				if failed || within > 0 {
					all = append(all, j)
				}
				if within--; failed {
					within = retryWithin
				}
			}
			if len(all) >= mostCandidates {
				return all[:mostCandidates]
			}
		}
	}
	return all
}

// attempts marks attempts at the same thing among siblings: nodes with the same name and input, each of which began after the previous one had
// failed. input returns the input of an event, "" if it is not known.
func attempts(nodes []branch, of []int, input func(*model.Event) string) {
	type asked struct {
		sameName
		input string
	}
	open := map[asked][]int{} // the attempts so far, the last of which failed
	finish := func(tries []int) {
		if len(tries) > 1 {
			for k, i := range tries {
				nodes[i].attempt, nodes[i].attempts = k+1, len(tries)
			}
		}
	}
	for _, i := range of {
		e := nodes[i].event
		what := asked{sameName{e.Kind, e.Title}, input(e)}
		if what.input == "" {
			continue
		}
		tries := open[what]
		if len(tries) > 0 && e.StartMS < nodes[tries[len(tries)-1]].event.EndMS()-sameTimeMS {
			continue // it began before the failure
		}
		tries = append(tries, i)
		if e.IsError {
			open[what] = tries
			continue
		}
		finish(tries)
		delete(open, what)
	}
	for _, tries := range open {
		finish(tries)
	}
}
