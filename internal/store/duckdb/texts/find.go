package texts

import (
	"bytes"
	"cmp"
	"container/heap"
	"context"
	"errors"
	"iter"
	"math"
	"runtime"
	"sync"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/textblock"
)

// Query is a search for events by their text.
type Query struct {
	Project string
	// Expr consists only of filter.Search, And, Or and Not. It must not match events without text, because these are unknown here; search for the
	// opposite in that case.
	Expr filter.Expr
	// FromMS and ToMS limit the event time, FromMS <= t < ToMS; a ToMS of 0 means no limit.
	FromMS, ToMS int64
	// Before is where an earlier search ended: only earlier events, in the order of time and uuid, are found. The zero value means no limit.
	Before model.Key
}

// Found is a part of the result.
type Found struct {
	// Keys are matching events, newest first, all of them newer than those of later Founds.
	Keys []model.Key
	// Before is the position at which to continue: everything newer was searched.
	Before model.Key
	// End means that nothing is left to search. The last Found has it.
	End bool
	// Blocks is how many blocks were searched or excluded, and Of how many there are.
	Blocks, Of int
	// Damaged is how many blocks could not be read.
	Damaged int
}

// ErrNotPositive means that the expression matches events without text.
var ErrNotPositive = errors.New("this search holds for events without text")

// Find yields matching events, newest first, as soon as they are known: one Found for each frame with matches, and for each block. Damaged parts are
// left out and counted.
// out and counted.
func (t *Texts) Find(ctx context.Context, q Query) iter.Seq2[Found, error] {
	return func(yield func(Found, error) bool) {
		s := &search{texts: t, query: q, turns: make(chan struct{}, runtime.GOMAXPROCS(0))}
		ctx, cancel := context.WithCancel(ctx)
		defer func() { cancel(); s.ahead.Wait() }()
		s.expr = s.compile(q.Expr)
		if s.expr(func(int) truth { return no }) != no {
			yield(Found{}, ErrNotPositive)
			return
		}
		s.found.Before = q.Before
		for s.begin(); s.Len() > 0; {
			if err := ctx.Err(); err != nil {
				yield(Found{}, err)
				return
			}
			done, err := s.step(ctx)
			switch {
			case errors.Is(err, errReplaced):
				s.ahead.Wait()
				s.query.Before = s.found.Before
				s.begin()
				continue
			case err != nil:
				yield(Found{}, err)
				return
			case !done:
				continue
			}
			if !yield(s.found, nil) {
				return
			}
			s.found.Keys = nil
		}
		s.found.End = true
		yield(s.found, nil)
	}
}

// truth is what is known about a condition.
type truth int

const (
	no truth = iota
	maybe
	yes
)

// condition evaluates an expression from the truth of each of its searches.
type condition func(leaf func(i int) truth) truth

// search is one run. Its heap contains what may have matches, sorted by the newest possible match: blocks, then their frames, then the matches
// themselves. The next entries are read in advance by as many goroutines as there are processors.
type search struct {
	texts    *Texts
	query    Query
	searches []*textblock.Search
	expr     condition
	found    Found
	waiting
	turns chan struct{}
	ahead sync.WaitGroup
}

func (s *search) compile(e filter.Expr) condition {
	parts := func(all []filter.Expr) []condition {
		out := make([]condition, len(all))
		for i := range all {
			out[i] = s.compile(all[i])
		}
		return out
	}
	switch e := e.(type) {
	case filter.And:
		all := parts(e)
		return func(leaf func(int) truth) truth {
			least := yes
			for _, c := range all {
				if least = min(least, c(leaf)); least == no {
					break
				}
			}
			return least
		}
	case filter.Or:
		all := parts(e)
		return func(leaf func(int) truth) truth {
			most := no
			for _, c := range all {
				if most = max(most, c(leaf)); most == yes {
					break
				}
			}
			return most
		}
	case filter.Not:
		c := s.compile(e.Expr)
		return func(leaf func(int) truth) truth { return yes - c(leaf) }
	case filter.Search:
		i := len(s.searches)
		s.searches = append(s.searches, textblock.NewSearch(e))
		return func(leaf func(int) truth) truth { return leaf(i) }
	}
	panic("texts: an expression of something else than searches") // a mistake of the program
}

// begin adds everything that must be searched from the current position on.
func (s *search) begin() {
	s.waiting, s.found.Blocks, s.found.Of, s.found.Damaged = s.waiting[:0], 0, 0, 0
	for _, b := range s.texts.of(s.query.Project) {
		s.found.Of++
		if s.outside(b.FirstMS, b.LastMS) {
			s.found.Blocks++
			continue
		}
		s.waiting = append(s.waiting, candidate{key: s.newest(b.LastMS), block: b})
	}
	heap.Init(&s.waiting)
}

// newest is the newest possible match in a block or frame that ends at a time.
func (s *search) newest(lastMS int64) model.Key {
	key := model.Key{Project: s.query.Project, TimeMS: lastMS, UUID: last}
	if before := s.query.Before; before != (model.Key{}) && newer(key, before) {
		return before
	}
	return key
}

// last is after every uuid.
var last = [16]byte{255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255}

// outside reports whether nothing in a range of time can match.
func (s *search) outside(firstMS, lastMS int64) bool {
	q := &s.query
	return lastMS < q.FromMS || q.ToMS != 0 && firstMS >= q.ToMS || q.Before != (model.Key{}) && firstMS > q.Before.TimeMS
}

// step processes the newest entry. done reports whether there is a result to yield.
func (s *search) step(ctx context.Context) (done bool, err error) {
	c := heap.Pop(&s.waiting).(candidate)
	if c.block == nil {
		s.found.Keys = append(s.found.Keys, c.key)
		s.found.Before = c.key
		// Matches that follow directly are yielded together.
		return s.Len() == 0 || s.waiting[0].block != nil, nil
	}
	s.lookAhead(ctx)
	r := c.result
	if r == nil {
		r = &result{}
		s.look(ctx, &c, r)
	} else {
		<-r.done
	}
	for _, more := range r.found {
		heap.Push(&s.waiting, more)
	}
	err = r.err
	if c.head == nil {
		s.found.Blocks++
		done = true
	}
	if err != nil {
		if err = s.texts.failure(c.block, err); errors.Is(err, errReplaced) || ctx.Err() != nil {
			return false, err
		}
		if errors.Is(err, textblock.ErrCorrupt) {
			s.found.Damaged++
			err = nil
		}
	}
	if !done {
		return false, err
	}
	if s.Len() > 0 && s.waiting[0].block == nil {
		return false, err // it is reported first
	}
	// Everything up to the next entry was searched. A caller that continues there must get further than the beginning of this search.
	at := model.Key{Project: s.query.Project, TimeMS: math.MinInt64}
	if s.Len() > 0 {
		at = s.waiting[0].key
	}
	if s.query.Before != (model.Key{}) && !newer(s.query.Before, at) {
		return false, err
	}
	s.found.Before = at
	return true, err
}

// result is the result for a candidate: further candidates, and matches.
type result struct {
	done  chan struct{} // closed when the rest is set; nil if nobody waits
	found []candidate
	err   error
}

// look searches a block or a frame. It only reads the fields of the search.
func (s *search) look(ctx context.Context, c *candidate, r *result) {
	if c.head == nil {
		r.found, r.err = s.open(ctx, c.block)
		return
	}
	r.found, r.err = s.matches(ctx, c)
}

// lookAhead starts goroutines on approximately the next entries: the first entries of the heap are the newest.
func (s *search) lookAhead(ctx context.Context) {
	for i := range min(2*cap(s.turns)-1, s.Len()) {
		c := &s.waiting[i]
		if c.block == nil || c.result != nil {
			continue
		}
		select {
		case s.turns <- struct{}{}:
		default:
			return
		}
		r := &result{done: make(chan struct{})}
		c.result = r
		task := *c
		s.ahead.Go(func() {
			s.look(ctx, &task, r)
			close(r.done)
			<-s.turns
		})
	}
}

// open finds the frames of a block that may have matches. It reads nothing more if the block's filter or vocabulary shows that nothing matches.
func (s *search) open(ctx context.Context, b *Block) (found []candidate, err error) {
	filtered := make([][]bool, len(s.searches)) // for each search, which frames may match it
	for i, one := range s.searches {
		if filtered[i], err = one.May(&b.Extent, s.texts.line(ctx, b)); err != nil {
			return nil, err
		}
	}
	if s.expr(func(i int) truth { return known(filtered[i] != nil) }) == no {
		return nil, nil
	}
	h, err := s.texts.head(ctx, b)
	if err != nil {
		return nil, err
	}
	finders := make([]*textblock.Finder, len(s.searches))
	for i, one := range s.searches {
		if finders[i], err = one.In(h); err != nil {
			return nil, err
		}
	}
	if s.expr(func(i int) truth { return known(finders[i] != nil) }) == no {
		return nil, nil
	}
	for i := range h.Frames {
		f := &h.Frames[i]
		may := s.expr(func(leaf int) truth { return known(finders[leaf] != nil && filtered[leaf] != nil && filtered[leaf][i]) })
		if may != no && !s.outside(f.FirstMS, f.LastMS) {
			found = append(found, candidate{key: s.newest(f.LastMS), block: b, head: h, frame: i, finders: finders})
		}
	}
	return found, nil
}

// known is maybe or no.
func known(may bool) truth {
	if may {
		return maybe
	}
	return no
}

// matches finds the matches in a frame.
func (s *search) matches(ctx context.Context, c *candidate) (found []candidate, err error) {
	if c.block.long() {
		select {
		case s.texts.turn <- struct{}{}:
			defer func() { <-s.texts.turn }()
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	raw, err := s.texts.frame(ctx, c.block, c.head, c.frame)
	if err != nil {
		return nil, err
	}
	frame, err := c.head.Read(c.frame, raw)
	if err != nil {
		return nil, err
	}
	for at := range frame.Events() {
		e := &c.head.Events[at]
		key := model.Key{Project: s.query.Project, UUID: e.UUID, TimeMS: e.TimeMS}
		if s.outside(e.TimeMS, e.TimeMS) || s.query.Before != (model.Key{}) && !newer(s.query.Before, key) {
			continue
		}
		var failed error
		match := s.expr(func(i int) truth {
			if c.finders[i] == nil {
				return no
			}
			has, err := c.finders[i].Has(frame, at)
			if err != nil {
				failed = err
			}
			if has {
				return yes
			}
			return no
		})
		if failed != nil {
			return nil, failed
		}
		if match == yes {
			found = append(found, candidate{key: key})
		}
	}
	return found, nil
}

// candidate is a match, or something that may contain matches; none of them is newer than key.
type candidate struct {
	key     model.Key
	block   *Block // nil for a match
	head    *textblock.Head
	frame   int
	finders []*textblock.Finder
	result  *result // set if a goroutine already searches it
}

// newer reports whether a comes before b.
func newer(a, b model.Key) bool {
	return cmp.Or(cmp.Compare(a.TimeMS, b.TimeMS), bytes.Compare(a.UUID[:], b.UUID[:])) > 0
}

// waiting is a heap of candidates, the newest first.
type waiting []candidate

func (w waiting) Len() int           { return len(w) }
func (w waiting) Less(i, j int) bool { return newer(w[i].key, w[j].key) }
func (w waiting) Swap(i, j int)      { w[i], w[j] = w[j], w[i] }
func (w *waiting) Push(x any)        { *w = append(*w, x.(candidate)) }
func (w *waiting) Pop() any {
	last := (*w)[len(*w)-1]
	(*w)[len(*w)-1] = candidate{}
	*w = (*w)[:len(*w)-1]
	return last
}
