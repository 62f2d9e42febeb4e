//go:build cgo

package duckdb

import (
	"hash/maphash"
	"math"
	"slices"
	"sync"

	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/table"
)

// index knows when the data of an id were received: the events of a trace, session or conversation, the events that say whether a session is
// recorded, and the blocks of a session. With it a statement skips all row groups except those of that time: scanning a column of ids costs 12 ms in
// a million events, the few remaining row groups 1 ms. Times are the server's own: they increase from row to row, whatever clients' clocks say.
//
// The index only narrows a search, so it may be inexact. Another id may have the same fingerprint, and a commit is entered before it is tried: the
// time is then wider than necessary, but never too narrow. Until the index has read the rows stored before, it returns all times. It takes about 5
// bytes for each trace, and as many for each session and conversation.
type index struct {
	seed maphash.Seed

	mu sync.RWMutex
	// entering is true once commits enter their rows, which they do from the start of reading.
	entering bool
	complete bool
	loading  bool
	closed   bool
	load     sync.WaitGroup

	eventPlaces
	recorded places
}

// eventPlaces are the places of events.
type eventPlaces struct{ traces, sessions, reported, conversations places }

// span is a time between two instants, both included; it is empty when the first is after the last.
type span struct{ first, last int64 }

var (
	always = span{math.MinInt64, math.MaxInt64}
	never  = span{math.MaxInt64, math.MinInt64}
)

func (s span) with(o span) span { return span{min(s.first, o.first), max(s.last, o.last)} }
func (s span) empty() bool      { return s.first > s.last }

// enter adds the rows that a commit is about to store.
func (x *index) enter(b *store.Batch) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if !x.entering {
		return
	}
	for i := range b.Events {
		e := &b.Events[i]
		x.event(&x.eventPlaces, e.ReceivedMS, table.Clean(e.Project), table.Clean(e.TraceID), table.Clean(e.SessionID), table.Clean(e.ConversationID), e.RecordingStatus != "")
	}
	for i := range b.Blocks {
		k := &b.Blocks[i]
		x.recorded.add(k.ReceivedMS, x.print(table.Clean(k.Project), table.Clean(k.SessionID)))
	}
}

// event adds one event. The caller holds the lock, or nobody else uses to.
func (x *index) event(to *eventPlaces, receivedMS int64, project, trace, session, conversation string, reports bool) {
	if trace != "" {
		to.traces.add(receivedMS, x.print(project, trace))
	}
	if conversation != "" {
		to.conversations.add(receivedMS, x.print(project, conversation))
	}
	if session == "" {
		return
	}
	print := x.print(project, session)
	to.sessions.add(receivedMS, print)
	if reports {
		to.reported.add(receivedMS, print)
	}
}

// merge adds what was read while commits continued. nil means nothing.
func (x *index) merge(events *eventPlaces, recorded *places) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if events != nil {
		x.traces.merge(&events.traces)
		x.sessions.merge(&events.sessions)
		x.reported.merge(&events.reported)
		x.conversations.merge(&events.conversations)
	}
	if recorded != nil {
		x.recorded.merge(recorded)
	}
}

// print is the fingerprint of an id in a project.
func (x *index) print(project, id string) uint32 {
	var h maphash.Hash
	h.SetSeed(x.seed)
	h.WriteString(project)
	h.WriteByte(0)
	h.WriteString(id)
	return uint32(h.Sum64())
}

// around is the time range of all known rows of a project's ids in one of the index's places.
func (x *index) around(p *places, project string, ids ...string) span {
	x.mu.RLock()
	defer x.mu.RUnlock()
	if !x.complete {
		return always
	}
	whole := never
	for _, id := range ids {
		whole = whole.with(p.around(x.print(table.Clean(project), table.Clean(id))))
	}
	return whole
}

// places are chunks of consecutive rows, with the ids that occur in them.
type places struct {
	chunks []chunk
	// The following fields are the chunk that is being filled.
	rows   int
	within span
	open   map[uint32]struct{}
}

// chunk is the time range of some rows, and the fingerprints of the ids that occur in them, ascending.
type chunk struct {
	span
	prints []uint32
}

// chunkRows is a quarter of the size of DuckDB's row groups. Smaller chunks skip slightly more, but there are more of them to search.
const chunkRows = 1 << 15

func (p *places) add(receivedMS int64, print uint32) {
	if p.open == nil {
		p.open, p.within = map[uint32]struct{}{}, never
	}
	p.open[print] = struct{}{}
	p.within = p.within.with(span{receivedMS, receivedMS})
	if p.rows++; p.rows == chunkRows {
		p.seal()
	}
}

// seal ends the chunk that is being filled.
func (p *places) seal() {
	if p.rows == 0 {
		return
	}
	prints := make([]uint32, 0, len(p.open))
	for print := range p.open {
		prints = append(prints, print)
	}
	slices.Sort(prints)
	p.chunks = append(p.chunks, chunk{p.within, prints})
	p.rows, p.open = 0, nil
}

func (p *places) merge(from *places) {
	from.seal()
	p.chunks = append(p.chunks, from.chunks...)
}

func (p *places) around(print uint32) span {
	whole := never
	if _, ok := p.open[print]; ok {
		whole = p.within
	}
	for i := range p.chunks {
		c := &p.chunks[i]
		if c.first >= whole.first && c.last <= whole.last {
			continue // it does not widen the range
		}
		if _, ok := slices.BinarySearch(c.prints, print); ok {
			whole = whole.with(c.span)
		}
	}
	return whole
}
