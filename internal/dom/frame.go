package dom

import "bytes"

var (
	// handedOver is how rrweb begins an event that the recorder of a frame of another site has handed to the recorder of the page around it
	// (IframeManager.transformCrossOriginEvent, from posthog-js 1.240 to 1.449): of the page's own events, the time is the last member.
	handedOver = []byte(`{"timestamp":`)
	// frameAttached is how it ends an event that brings the document of a frame into the page.
	frameAttached = []byte(`"isAttachIframe":true`)
)

// FromFrame reports whether an event brings the document of a frame of another site into the page. The page's recorder cannot read such a document; the
// frame's own recorder has sent it.
func FromFrame(event []byte) bool {
	return bytes.HasPrefix(event, handedOver) && bytes.Contains(event[max(0, len(event)-100):], frameAttached)
}
