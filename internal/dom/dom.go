// Package dom is the page of one recorded window at an instant: a tree of its nodes, made from rrweb's events with the meaning that rrweb's own
// replayer gives them. It answers what a node is called, what text a reader saw, and which events would show the same page again.
//
// Recordings are untrusted. An event that no recorder makes is left out and counted, a page that is too large is refused, and no input makes the
// package recurse, or work more than in proportion to the bytes of the input.
package dom

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/playheadhq/playhead/internal/rawjson"
)

// Limits bound a Tree. The zero value has the defaults.
type Limits struct {
	// Bytes is how much memory the page may take, as Bytes estimates it; DefaultBytes when zero. While an event is read, it takes no more than a copy
	// of itself in addition.
	Bytes int
}

// DefaultBytes is enough for a page of 150,000 elements. A tree takes up to 8 times the bytes of the events that made it: the smallest node has 38
// bytes as JSON and takes 250. For usual pages a tree takes 1.5 times the bytes.
const DefaultBytes = 64 << 20

// deepest is how deep nodes may be nested. Deeper ones are left out, as HTML parsers do, and as the player does.
const deepest = 512

// Errors of Apply and Snapshot.
var (
	// ErrNotEvent: the bytes are no rrweb event.
	ErrNotEvent = errors.New("this is no rrweb event: it has no type or no data")
	// ErrNoPage: there was no full snapshot of the page, or the last one could not be used.
	ErrNoPage = errors.New("there is no full snapshot of the page")
	// ErrTooLarge: the page takes more memory than the limit. The tree is empty until the next full snapshot.
	ErrTooLarge = errors.New("the page takes too much memory")
)

// Tree is the page of one window. It is not safe for concurrent use.
type Tree struct {
	limit int
	page
	href          []byte // JSON strings
	width, height float64
	skipped       int
	newest        int // the highest id that a node had
	atMS          int64
	names         map[string]string // names of elements, attributes and properties, each stored once
	stack         []*node           // reused from one walk to the next
	watcher       Watcher
}

// page is the part of a Tree that a full snapshot replaces.
type page struct {
	root    *node
	byID    ids
	labels  labels
	bytes   int
	sheets  sheets
	frames  map[int][]byte // documents of frames that do not exist yet, by the frame's id
	left    map[int][]byte // the style sheets of shadow trees whose hosts left the page: a host that moves keeps them, and recorders do not repeat them
	fonts   [][]byte
	pointer []byte // the last position of the pointer
	// selection is the data of the last selection, focus the data of the event that gave the focus last.
	selection, focus []byte
	inputs           int
	full             bool // it is larger than the limit
	work             int  // how many nodes may still be visited to move nodes that are on the page
}

// New returns an empty tree.
func New(l Limits) *Tree {
	if l.Bytes <= 0 {
		l.Bytes = DefaultBytes
	}
	t := &Tree{limit: l.Bytes, names: map[string]string{}}
	t.reset()
	return t
}

func (t *Tree) reset() {
	t.page = page{labels: newLabels(), sheets: sheets{}, frames: map[int][]byte{}, left: map[int][]byte{}}
}

// Apply applies one event to the page: a valid JSON object as blocks have it. Changes that are impossible, such as those of nodes that do not exist,
// are left out and counted (Skipped). The error is ErrNotEvent, ErrNoPage for a full snapshot without a page, or ErrTooLarge. After the latter two the
// tree is empty, and further events change nothing until the next full snapshot.
func (t *Tree) Apply(event []byte) error {
	kind, data, read := int64(-1), []byte(nil), false
	var err error
	s := rawjson.NewScanner(event, deepestJSON, nil)
	if s.Peek() != '{' {
		return ErrNotEvent
	}
	s.Open()
	for name, more := s.Member(true); more; name, more = s.Member(false) {
		// Full snapshots and mutations are nearly all of the bytes, so they are read where they stand. To find the end of their data first took a seventh of the time.
		if string(name) == "data" && !read && s.Peek() == '{' {
			switch {
			case kind == typeFull:
				err, read = t.begin(&s, len(event)), true
			case kind == typeIncremental && t.root != nil && bytes.HasPrefix(s.Rest(), mutationHead):
				t.work += len(event)
				t.mutate(&s)
				read = true
			}
			if err != nil || t.full {
				break
			}
			if read {
				continue
			}
		}
		v, _ := s.Value()
		switch string(name) {
		case "type":
			kind = small(v)
		case "data":
			data = v
		case "timestamp":
			if f, ok := rawjson.Float(v); ok && f > 0 && f < maxID {
				t.atMS = int64(f)
			}
		}
	}
	if !read {
		err = t.apply(kind, data, len(event))
	}
	if t.full || err == nil && t.bytes > t.limit {
		err = fmt.Errorf("%w: more than %d bytes", ErrTooLarge, t.limit)
	}
	if err != nil && !errors.Is(err, ErrNotEvent) {
		t.reset()
	}
	return err
}

// deepestJSON is how deep the JSON of an event may be nested: documents of frames come as a whole. One level of the page takes two levels of JSON.
const deepestJSON = 10_000

// mutationHead is how rrweb begins the data of a mutation.
var mutationHead = []byte(`{"source":0,`)

// apply applies an event of which the type and the data were read.
func (t *Tree) apply(kind int64, data []byte, size int) error {
	if kind < 0 {
		return ErrNotEvent
	}
	if kind >= typeFull && rawjson.KindOf(data) != rawjson.Object {
		return ErrNotEvent
	}
	switch kind {
	case typeFull: // its names are in another order
		s := rawjson.NewScanner(data, deepestJSON, nil)
		return t.begin(&s, size)
	case typeIncremental:
		if t.root == nil {
			t.skipped++
			return nil
		}
		t.work += size
		t.incremental(data)
	case typeMeta:
		t.meta(data)
	case typeCustom:
		// If an application changes its address without loading a page, recorders write an event of their own.
		if href := rawjson.Path(data, "payload", "href"); rawjson.KindOf(href) == rawjson.String {
			t.visit(href)
		}
	}
	return nil
}

// rrweb's types of events, and its sources of incremental ones.
const (
	typeFull        = 2
	typeIncremental = 3
	typeMeta        = 4
	typeCustom      = 5

	sourceMutation    = 0
	sourceMouse       = 1
	sourceInteraction = 2
	sourceScroll      = 3
	sourceResize      = 4
	sourceInput       = 5
	sourceTouch       = 6
	sourceMedia       = 7
	sourceRules       = 8
	sourceFont        = 10
	sourceDrag        = 12
	sourceDeclaration = 13
	sourceSelection   = 14
	sourceAdopted     = 15
)

// Skipped returns how many changes were left out because they are impossible: of nodes that do not exist, of wrong types, nested too deep.
func (t *Tree) Skipped() int { return t.skipped }

// Bytes estimates the memory that the page takes, in bytes.
func (t *Tree) Bytes() int { return t.bytes }

// HasPage reports whether there is a page: a full snapshot came, and it was not too large.
func (t *Tree) HasPage() bool { return t.root != nil }

// AtMS is the time of the last event, Unix milliseconds of the browser's clock.
func (t *Tree) AtMS() int64 { return t.atMS }

// URL is the address of the page.
func (t *Tree) URL() string { return rawjson.Text(t.href) }

// Size is that of the viewport, CSS pixels; zero when unknown.
func (t *Tree) Size() (width, height int) { return int(t.width), int(t.height) }

func (t *Tree) meta(data []byte) {
	if href := rawjson.Member(data, "href"); rawjson.KindOf(href) == rawjson.String {
		t.visit(href)
	}
	t.resize(data)
}

// maxURL is the longest address that is kept, as JSON.
const maxURL = 8 << 10

func (t *Tree) visit(href []byte) {
	if len(href) <= maxURL {
		t.href = append(t.href[:0], href...)
	}
}

// largest is the largest side of a screen, CSS pixels.
const largest = 16_384

func (t *Tree) resize(data []byte) bool {
	width, ok := rawjson.Float(rawjson.Member(data, "width"))
	height, also := rawjson.Float(rawjson.Member(data, "height"))
	if !ok || !also || width < 1 || height < 1 || width > largest || height > largest {
		return false
	}
	t.width, t.height = width, height
	return true
}

// maxID is the number up to which JavaScript's integers are exact.
const maxID = 1 << 53

// idOf reads the id of a node; 0 if v is none.
func idOf(v []byte) int {
	f, ok := rawjson.Float(v)
	if !ok || f < 1 || f >= maxID || f != float64(int(f)) {
		return 0
	}
	return int(f)
}

// small reads a value of one of rrweb's enumerations; -1 if v is none.
func small(v []byte) int64 {
	f, ok := rawjson.Float(v)
	if !ok || f < 0 || f > 127 || f != float64(int(f)) {
		return -1
	}
	return int64(f)
}
