// Package activity has the rules by which a window's rrweb events become activity: what the user did, and what the page reported meanwhile. The rules
// are pure: they read events in order and ask a Page what its elements are called.
//
// A row belongs to the block of the event that it begins with. The block alone determines which rows it has, whatever comes before or after it: runs of
// keys and scrolls end with their block. The blocks around it change only what its rows say: their labels, their pages, and whether a click was dead.
// So any server can derive a block again, and the new rows replace those before.
//
// At a full snapshot, everything that is kept from one event to the next is forgotten, except the page's address, which the Meta event before it has.
// So the rules can begin at a full snapshot: from there on, they give the same rows as if they had begun at the beginning.
package activity

import (
	"bytes"
	"strconv"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/rawjson"
)

// Page tells what elements are called. It is asked about the page as it is before the event that is being read.
type Page interface {
	// Label is what a person calls an element, masked as recorded; "" when it is not known.
	Label(node int64) string
	// Role is what an element is, according to its role or otherwise its tag: "button", "a", "textbox"; "" when it is not known.
	Role(node int64) string
}

// Effect is what an event does to a Page.
type Effect uint8

// Effects.
const (
	// None: the event changes nothing that a Page tells.
	None Effect = iota
	// Mutation: the event changes the page.
	Mutation
	// Snapshot: the event is the whole page, and nothing before it counts.
	Snapshot
)

const (
	// maxRows is how many rows a block can have. A flush of a browser has tens. If a block was made to have a million clicks, only the first rows are kept.
	maxRows = 2000
	// perLine is how many rows one event can have: a page's first requests come together.
	perLine = 1 << 10
	// maxLabel is the longest label, in bytes.
	maxLabel = 2 << 10
	// maxValue is the longest value of a field that is shown.
	maxValue = 200
)

// Track reads the events of one window. It is for one goroutine.
type Track struct {
	page Page
	// of is what all rows of the block have in common.
	of model.Activity
	// href is the address of the page.
	href                 string
	size                 string
	addressed, restarted bool // whether an address, and then a snapshot, was read since Begin
	// sameAddress means that the last address was the same as the one before it.
	sameAddress bool
	out         []model.Activity
	batch       int // the number of calls of Take
	rows        int // of the block

	nodes nodes
	// endedMS is the end of the block before, 0 if there is none or it is lost.
	endedMS int64

	typing    run
	scrolling run
	selecting run
	texts     map[int64]string // the last text of each field in this block, as it is written
	clicks    []click
}

// New returns a track that has read nothing.
func New(page Page) *Track { return &Track{page: page} }

// Begin begins a block: the events that follow are those of b, which is its row of the index. derivedMS is when the rows are derived.
func (t *Track) Begin(b *model.Block, derivedMS int64) {
	t.of = model.Activity{
		Project: b.Project, UUID: b.UUID, Rules: model.ActivityRules, SessionID: b.SessionID, WindowID: b.WindowID,
		TimeMS: b.LastMS, ReceivedMS: b.ReceivedMS, Status: -1, FirstByteMS: -1, DerivedMS: derivedMS,
	}
	t.rows, t.size, t.addressed, t.restarted = 0, "", false, false
	t.typing, t.scrolling, t.selecting = run{}, run{}, run{}
	t.texts = nil
	t.nodes.begin(b.DroppedMutations > 0 || b.OversizedMutations > 0)
}

// End ends the block b and adds a row which says that the block was derived. lost is why the block cannot be read, "" if it can. If the block shows that
// one before it was lost, the row's label is model.LostUpload, and its time is that between the blocks.
func (t *Track) End(b *model.Block, lost string) {
	if lost != "" {
		t.clicks = t.clicks[:0] // what followed them is not known
		t.nodes.highest, t.endedMS = 0, 0
	}
	t.texts = nil
	a := t.of
	a.Position, a.AtMS, a.EndMS, a.Label, a.Detail = model.BlockPosition, b.FirstMS, b.LastMS, lost, t.size
	if t.nodes.lost && t.endedMS != 0 {
		a.Label, a.AtMS, a.EndMS = model.LostUpload, min(t.endedMS, b.FirstMS), b.FirstMS
	}
	if lost == "" {
		t.endedMS = max(t.endedMS, b.LastMS)
	}
	t.out = append(t.out, a)
}

// Restarted reports whether the rules could begin within the block that ended: it has a full snapshot, and the page's address before it.
func (t *Track) Restarted() bool { return t.restarted }

// Take returns the rows that are new or have changed since the last call, each key once.
func (t *Track) Take() []model.Activity {
	out := t.out
	t.out = nil
	t.batch++
	return out
}

// The beginnings of the most frequent events, as rrweb writes them. These events are long, and in this way they need not be parsed.
var (
	mutationHead = []byte(`{"type":3,"data":{"source":0,`)
	moveHead     = []byte(`{"type":3,"data":{"source":1,`)
)

// dataAt is where the data begin in these events.
const dataAt = len(`{"type":3,"data":`)

// Event reads the line-th event of the block, and returns its effect on the Page. The Page must be told of the event after this call.
func (t *Track) Event(line int, ms int64, event []byte) Effect {
	t.settle(ms)
	switch {
	case bytes.HasPrefix(event, mutationHead):
		t.followed(ms)
		t.nodes.mutation(event)
		return Mutation
	case bytes.HasPrefix(event, moveHead):
		return None
	}
	kind, data := int64(-1), []byte(nil)
	for key, v := range rawjson.Members(event) {
		switch string(key) {
		case "type":
			kind = whole(v)
		case "data":
			data = v
		}
	}
	switch kind {
	case 0, 1: // the page has loaded
		t.followed(ms)
	case 2:
		t.snapshot()
		t.nodes.snapshot(event)
		t.loaded(line, ms, data)
		return Snapshot
	case 3:
		effect := t.incremental(line, ms, data)
		if effect == Mutation {
			t.nodes.mutation(event)
		}
		return effect
	case 4:
		t.meta(line, ms, data)
	case 5:
		t.custom(line, ms, data)
	case 6:
		t.plugin(line, ms, data)
	}
	return None
}

// snapshot forgets what came before, so that the rules may begin here.
func (t *Track) snapshot() {
	t.clicks = t.clicks[:0]
	t.typing, t.scrolling, t.selecting = run{}, run{}, run{}
	t.restarted = t.restarted || t.addressed
}

// firstNode is the number that a recorder gives to the document when its page has loaded. In later snapshots of the page the document has another one.
const firstNode = 1

// loaded reads whether the page of a snapshot is new. If its address is the same as before, the user has reloaded it. Otherwise the row has no kind:
// the block alone does not tell which address was before, so there is a row in both cases.
func (t *Track) loaded(line int, ms int64, data []byte) {
	if whole(rawjson.Path(data, "node", "id")) != firstNode {
		return
	}
	if a, ok := t.row(line, 0, ms, ""); ok && t.sameAddress {
		a.Kind, a.Label, a.Detail = model.ActivityNavigation, t.href, model.DetailReload
	}
}

// row begins a row, which the caller fills in; false if the block has enough rows.
func (t *Track) row(line, part int, ms int64, kind string) (*model.Activity, bool) {
	if t.rows >= maxRows || part >= perLine {
		return nil, false
	}
	t.rows++
	a := t.of
	a.Position, a.AtMS, a.EndMS, a.Kind, a.Page = int64(line)*perLine+int64(part), ms, ms, kind, t.href
	t.out = append(t.out, a)
	return &t.out[len(t.out)-1], true
}

// about sets which element a row is about.
func (t *Track) about(a *model.Activity, node int64) {
	a.Node = node
	a.Label = rawjson.Clip(t.page.Label(node), maxLabel)
}

// meta reads the page's address and size, which come before each full snapshot.
func (t *Track) meta(line int, ms int64, data []byte) {
	t.sized(data)
	t.moved(line, ms, rawjson.Scalar(rawjson.Member(data, "href"), model.MaxURL))
}

// moved reads an address. If it is the same as before, the row has no kind: whether it is the same depends on what came before the block, so there is a
// row in both cases.
func (t *Track) moved(line int, ms int64, href string) {
	if href == "" {
		return
	}
	changed := href != t.href
	t.href, t.addressed, t.sameAddress = href, true, !changed
	if changed {
		t.followed(ms)
	}
	if a, ok := t.row(line, 0, ms, ""); ok && changed {
		a.Kind, a.Label = model.ActivityNavigation, href
	}
}

func (t *Track) sized(data []byte) {
	var width, height int64
	for key, v := range rawjson.Members(data) {
		switch string(key) {
		case "width":
			width = whole(v)
		case "height":
			height = whole(v)
		}
	}
	if width > 0 && height > 0 && width < 1<<16 && height < 1<<16 {
		t.size = strconv.FormatInt(width, 10) + "x" + strconv.FormatInt(height, 10)
	}
}

// whole reads a number without its fraction; -1 if v is no number or its size is absurd.
func whole(v []byte) int64 {
	f, ok := rawjson.Float(v)
	if !ok || f < -1<<40 || f > 1<<40 {
		return -1
	}
	return int64(f)
}

// Begins reports whether the rules may begin with an event: it has the address of a page, and the page follows it.
func Begins(event []byte) bool {
	return whole(rawjson.Member(event, "type")) == 4 && rawjson.Scalar(rawjson.Path(event, "data", "href"), 1) != ""
}

// EffectOf returns the effect of an event on a Page, the same as Track.Event.
func EffectOf(event []byte) Effect {
	switch {
	case bytes.HasPrefix(event, mutationHead):
		return Mutation
	case bytes.HasPrefix(event, moveHead):
		return None
	}
	switch whole(rawjson.Member(event, "type")) {
	case 2:
		return Snapshot
	case 3:
		if whole(rawjson.Path(event, "data", "source")) == sourceMutation {
			return Mutation
		}
	}
	return None
}
