package seen

import (
	"slices"
	"strconv"
	"strings"

	"github.com/playheadhq/playhead/internal/rawjson"
)

// throttled are the nodes of a page of which the recorder left out changes of attributes. posthog-js allows each node 100 such changes at once and 10 a second. It
// never leaves out texts or nodes in this way. It writes into the recording's console of which node it leaves out the first change.
type throttled struct {
	nodes []int
	// since means that the recording was read from the first snapshot of the page, so that all of these nodes are known.
	since bool
}

// throttledLog is how the line of the console begins, before the node's number in quotes.
const throttledLog = "[SessionRecording] Too many mutations on node '"

// logged reads a line of the console.
func (w *Watch) logged(data []byte) {
	if rawjson.Scalar(rawjson.Member(data, "plugin"), 32) != "rrweb/console@1" {
		return
	}
	for line := range rawjson.Items(rawjson.Path(data, "payload", "payload")) {
		_, of, is := strings.Cut(rawjson.Scalar(line, 256), throttledLog)
		number, _, ends := strings.Cut(of, "'")
		if id, err := strconv.Atoi(number); is && ends && err == nil && len(w.nodes) < maxUses {
			w.nodes = append(w.nodes, id)
		}
		return
	}
}

// untouched reports whether it is certain that no attribute that the recorder left out belongs to the element of an answer, to one around it or to one in it: then
// all of the answer's texts are known, and whether they are shown. In a chat that is typed into quickly, these are those of the field.
func (w *Watch) untouched(tr *track) bool {
	if tr == nil || !w.since || len(w.nodes) == 0 || slices.ContainsFunc(w.holes, func(h hole) bool { return h.reason == NotRecorded }) {
		return false
	}
	element := tr.element()
	above := w.above(element)
	if w.tree.Tag(element) == "" {
		return false
	}
	return !slices.ContainsFunc(w.nodes, func(id int) bool {
		return w.tree.Tag(id) == "" || slices.Contains(above, id) || slices.Contains(w.above(id), element)
	})
}
