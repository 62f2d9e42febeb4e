package derive

import (
	"container/list"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/activity"
	"github.com/playheadhq/playhead/internal/dom"
	"github.com/playheadhq/playhead/internal/link/words"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/replay"
)

// inWork is the state of reading a window between two of its blocks.
type inWork struct {
	track  *activity.Track
	page   *page
	screen words.Screen
	// read is how many blocks of the window were read, by rank, and last is the last of them.
	read int
	last uuid.UUID
	// stored is the first rank whose rows were stored. Earlier blocks were read only for the state.
	stored int
	// framed says that in the last block the document of a frame of another site, whose recorder hands it to the page around it, became part of the page.
	framed bool
}

func newInWork() *inWork {
	p := &page{}
	return &inWork{track: activity.New(p), page: p}
}

// block reads the block with a rank, from a line on. lines is nil if the block is lost. changed, unless it is nil, is called with each event that
// changes the page.
func (w *inWork) block(rank int, b *model.Block, lines *replay.Lines, lost string, from int, derivedMS int64, changed func(project, session string, event []byte)) error {
	w.track.Begin(b, derivedMS)
	w.framed = false
	if lines != nil {
		for i := from; i < lines.Len(); i++ {
			event := lines.Line(i)
			w.page.rank, w.page.line = rank, i
			effect := w.track.Event(i, lines.TimeMS(i), event)
			w.page.event(effect, event)
			w.framed = w.framed || effect == activity.Mutation && dom.FromFrame(event)
			if changed != nil && effect != activity.None {
				changed(b.Project, b.SessionID, event)
			}
			w.screen.Event(lines.TimeMS(i), event)
		}
	}
	w.track.End(b, lost)
	w.page.keep()
	return w.page.failed
}

// page is a window's page. It is built only when somebody asks about it; until then its changes wait. In many windows nobody clicks before the next
// full snapshot.
type page struct {
	tree    *dom.Tree
	waiting [][]byte
	bytes   int // of waiting
	own     int // how many of waiting are copies
	// forgotten is true for a page that was dropped and must be loaded when somebody asks about it. load calls a function with each event of the
	// window that changes the page, from the last full snapshot to the event before a rank and line.
	forgotten  bool
	load       func(rank, line int, each func(activity.Effect, []byte)) error
	rank, line int
	failed     error // the error of load
}

// maxWaiting is how many bytes of changes may wait before they are applied.
const maxWaiting = 1 << 20

// event receives an event that changes the page. The event is not copied until keep.
func (p *page) event(e activity.Effect, event []byte) {
	switch e {
	case activity.None:
		return
	case activity.Snapshot:
		clear(p.waiting)
		p.waiting, p.bytes, p.own, p.forgotten = p.waiting[:0], 0, 0, false
	case activity.Mutation:
		if p.tree == nil && len(p.waiting) == 0 {
			return // there is no page yet, or it was dropped
		}
	}
	p.waiting = append(p.waiting, event)
	if p.bytes += len(event); p.bytes > maxWaiting && e != activity.Snapshot {
		p.build()
	}
}

// keep copies the waiting events, so that they do not hold a whole block in memory.
func (p *page) keep() {
	size := 0
	for _, event := range p.waiting[p.own:] {
		size += len(event)
	}
	if size == 0 {
		return
	}
	if p.bytes > maxWaiting {
		p.build()
		return
	}
	all := make([]byte, 0, size)
	for i := p.own; i < len(p.waiting); i++ {
		at := len(all)
		all = append(all, p.waiting[i]...)
		p.waiting[i] = all[at:len(all):len(all)]
	}
	p.own = len(p.waiting)
}

// forget drops the page.
func (p *page) forget() {
	p.forgotten = p.forgotten || p.tree != nil || len(p.waiting) > 0
	p.tree, p.waiting, p.bytes, p.own, p.load = nil, nil, 0, 0, nil
}

// ready builds the page in its current state.
func (p *page) ready() bool {
	if p.forgotten && p.load != nil && p.failed == nil {
		p.forgotten = false
		p.failed = p.load(p.rank, p.line, p.event)
	}
	p.build()
	return p.tree != nil
}

// build applies the waiting changes. Changes that cannot be applied are left out, as a replayer does.
func (p *page) build() {
	if len(p.waiting) == 0 {
		return
	}
	if p.tree == nil {
		p.tree = dom.New(dom.Limits{})
	}
	for _, event := range p.waiting {
		_ = p.tree.Apply(event)
	}
	clear(p.waiting)
	p.waiting, p.bytes, p.own = p.waiting[:0], 0, 0
}

// Label implements activity.Page.
func (p *page) Label(node int64) string {
	if !p.ready() {
		return ""
	}
	return p.tree.Label(int(node))
}

// Role implements activity.Page. An element inside a button or a link is part of it.
func (p *page) Role(node int64) string {
	if !p.ready() {
		return ""
	}
	own := ""
	for id, up := int(node), 0; id != 0 && up < partOf; id, up = p.tree.Parent(id), up+1 {
		role := p.roleOf(id)
		if up == 0 {
			own = role
		}
		if acts[role] {
			return role
		}
	}
	return own
}

// partOf is how many parents of an element are searched for the control that it belongs to.
const partOf = 5

// acts are the roles of controls: a click on a part of one counts as a click on the control.
var acts = map[string]bool{
	"button": true, "link": true, "checkbox": true, "radio": true, "switch": true, "tab": true, "menuitem": true, "option": true, "label": true, "summary": true,
	"textbox": true, "searchbox": true, "combobox": true, "slider": true,
}

// roleOf is an element's role: the one that its attribute gives, or that of its tag, or else the tag.
func (p *page) roleOf(id int) string {
	if role := p.tree.Attribute(id, "role"); role != "" && len(role) <= maxRole {
		return role
	}
	tag := strings.ToLower(p.tree.Tag(id))
	switch tag {
	case "a":
		return "link"
	case "textarea":
		return "textbox"
	case "select":
		return "combobox"
	case "input":
		switch kind := strings.ToLower(p.tree.Attribute(id, "type")); kind {
		case "checkbox", "radio":
			return kind
		case "button", "submit", "reset", "image":
			return "button"
		case "range":
			return "slider"
		}
		return "textbox"
	}
	if strings.HasPrefix(tag, "#") || len(tag) > maxRole {
		return "" // not an element
	}
	return tag
}

// maxRole is the maximum length of a role.
const maxRole = 40

// size is approximately the memory that the page takes, in bytes.
func (p *page) size() int {
	n := p.bytes + 24*cap(p.waiting)
	if p.tree != nil {
		n += p.tree.Bytes()
	}
	return n
}

// kept are windows in work. The pages of those without a new block for the longest time are dropped first, because pages take most of the memory;
// then the windows are dropped.
type kept struct {
	most, bytes int
	all         map[windowKey]*list.Element
	recent      *list.List // of *keptWindow, the latest in front
	pages       *list.List // likewise, windows with a page
}

type keptWindow struct {
	key  windowKey
	at   time.Time // when its last block was read
	work *inWork
	size int // of the page
	page *list.Element
}

const (
	// mostKept is how many windows are kept, some kilobytes each without their pages.
	mostKept = 10_000
	// keptFor is how long a window without new blocks is kept. A browser sends every few seconds while its user is active; a window that continues
	// later is read again from its last full snapshot.
	keptFor = 2 * time.Minute
)

func newKept(most int) kept {
	return kept{most: most, all: map[windowKey]*list.Element{}, recent: list.New(), pages: list.New()}
}

// take removes a window and returns it, nil if it is not there.
func (k *kept) take(key windowKey) *inWork {
	e := k.all[key]
	if e == nil {
		return nil
	}
	k.drop(e)
	return e.Value.(*keptWindow).work
}

func (k *kept) put(key windowKey, w *inWork) {
	w.page.load = nil // load refers to the data that it reads from
	now := time.Now()
	one := &keptWindow{key: key, at: now, work: w, size: w.page.size()}
	k.all[key] = k.recent.PushFront(one)
	one.page = k.pages.PushFront(one)
	k.bytes += one.size
	for k.bytes > k.most && k.pages.Len() > 0 {
		oldest := k.pages.Back().Value.(*keptWindow)
		oldest.work.page.forget()
		k.dropPage(oldest)
	}
	for oldest := k.recent.Back(); k.recent.Len() > mostKept || now.Sub(oldest.Value.(*keptWindow).at) > keptFor; oldest = k.recent.Back() {
		k.drop(oldest)
	}
}

func (k *kept) drop(e *list.Element) {
	one := k.recent.Remove(e).(*keptWindow)
	delete(k.all, one.key)
	k.dropPage(one)
}

func (k *kept) dropPage(one *keptWindow) {
	if one.page != nil {
		k.pages.Remove(one.page)
		k.bytes -= one.size
		one.page = nil
	}
}

func (k *kept) clear() { *k = newKept(k.most) }
