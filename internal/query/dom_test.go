package query

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// domPage is the full snapshot of a page with a title, a button 10, a masked field 12 and a list 13.
const domPage = `{"type":0,"id":1,"childNodes":[{"type":2,"tagName":"html","attributes":{},"id":2,"childNodes":[
	{"type":2,"tagName":"head","attributes":{},"id":3,"childNodes":[{"type":2,"tagName":"title","attributes":{},"id":4,"childNodes":[{"type":3,"textContent":"Orders","id":5}]}]},
	{"type":2,"tagName":"body","attributes":{},"id":6,"childNodes":[{"type":2,"tagName":"button","attributes":{"role":"tab"},"id":10,"childNodes":[{"type":3,"textContent":"Send","id":11}]},
	{"type":2,"tagName":"input","attributes":{"value":"****"},"id":12,"childNodes":[]},{"type":2,"tagName":"ul","attributes":{},"id":13,"childNodes":[]}]}]}]}`

func domEvents(items int) []json.RawMessage {
	events := []json.RawMessage{
		json.RawMessage(fmt.Sprintf(`{"type":4,"data":{"href":"https://shop.example/orders","width":1280,"height":720},"timestamp":%d}`, hourAgo)),
		json.RawMessage(fmt.Sprintf(`{"type":2,"data":{"node":%s},"timestamp":%d}`, domPage, hourAgo)),
	}
	for i := range items {
		events = append(events, json.RawMessage(fmt.Sprintf(`{"type":3,"data":{"source":0,"adds":[{"parentId":13,"nextId":null,"node":{"type":2,"tagName":"li","attributes":{},"childNodes":[],"id":%d}},
			{"parentId":%d,"nextId":null,"node":{"type":3,"textContent":"item %d","id":%d}}]},"timestamp":%d}`, 100+2*i, 100+2*i, i, 101+2*i, hourAgo+int64(i+1)*10)))
	}
	return events
}

func TestDOM(t *testing.T) {
	w := newWorld(t)
	w.block("s", "a", domEvents(6000))
	w.record("other", "w", 0, 5000, true) // whose full snapshot has no page
	w.commit()
	d, err := w.DOM(t.Context(), scope, DOMRequest{SessionID: "s", AtMS: hourAgo + 25})
	if err != nil {
		t.Fatal(err)
	}
	if d.AtMS != hourAgo+25 || d.WindowID != "a" || d.URL != "https://shop.example/orders" || d.Title != "Orders" || d.Width != 1280 || d.Height != 720 ||
		d.Text != "Send ****\nitem 0\nitem 1" || d.Truncated || d.NodesNext != nil || len(d.Nodes) != 7 {
		t.Errorf("%+v", d)
	}
	if got, want := d.Nodes[2], (DOMNode{ID: 10, Tag: "button", Label: "Send", Text: "Send", Parent: 6, Role: "tab"}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got, want := d.Nodes[3], (DOMNode{ID: 12, Tag: "input", Value: "****", Parent: 6, Masked: true}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	// All elements, in several answers.
	var ids []int
	texts := 0
	for r, more := (DOMRequest{SessionID: "s", WindowID: "a", AtMS: hourAgo + 100_000}), true; more; {
		d, err := w.DOM(t.Context(), scope, r)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range d.Nodes {
			ids = append(ids, n.ID)
		}
		if d.Text != "" {
			texts++
		}
		if more = d.NodesNext != nil; more {
			r.After = *d.NodesNext
		}
		if more && !d.Truncated {
			t.Error("more follows, and it is not said to be cut")
		}
	}
	if len(ids) != 6005 || !slices.IsSorted(ids) || texts != 1 {
		t.Errorf("%d elements, %d texts", len(ids), texts)
	}
	if first, err := w.DOM(t.Context(), scope, DOMRequest{SessionID: "s"}); err != nil || first.AtMS != hourAgo || strings.Contains(first.Text, "item") {
		t.Errorf("the beginning: %+v, %v", first, err)
	}
	for _, r := range []DOMRequest{{SessionID: "x"}, {SessionID: "s", WindowID: "z"}, {SessionID: "other"}} {
		var e *Error
		if _, err := w.DOM(t.Context(), scope, r); !errors.As(err, &e) || e.Code != CodeNotFound {
			t.Errorf("%+v: %v", r, err)
		}
	}
}

// A seek far behind the only full snapshot returns a checkpoint instead of all events in between.
func TestSnapshotsBeginWithACheckpoint(t *testing.T) {
	w := newWorld(t)
	w.block("s", "a", domEvents(3000))
	w.commit()
	lines, err := w.Snapshots(t.Context(), scope, SnapshotsRequest{SessionID: "s", WindowID: "a", AtMS: hourAgo + 20_005})
	if err != nil {
		t.Fatal(err)
	}
	made, rest := 0, 0
	for line, err := range lines {
		if err != nil {
			t.Fatal(err)
		}
		switch checkpoint := strings.HasSuffix(string(line), `"checkpoint":true}`); {
		case checkpoint && rest == 0:
			made++
		case checkpoint:
			t.Error("a checkpoint among the events")
		default:
			rest++
		}
	}
	if made != 2 || rest != 1000 {
		t.Errorf("%d events of a checkpoint, then %d", made, rest)
	}
}
