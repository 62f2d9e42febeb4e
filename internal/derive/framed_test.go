package derive

import (
	"fmt"
	"strings"
	"testing"
)

// Where the frame of a page is from.
const (
	ownSite   = `{"type":3,"data":{"source":0,%s},"timestamp":%d}`
	otherSite = `{"timestamp":%[2]d,"type":3,"data":{"source":0,%[1]s}}`
)

// framed are the events of a page with a frame that shows texts one second apart. site is how rrweb writes the event that brings its document.
func framed(site string, texts ...string) (more []byte) {
	more = fmt.Appendf(more, `,{"type":3,"data":{"source":0,"texts":[],"attributes":[],"removes":[],"adds":[{"parentId":3,"nextId":null,"node":{"type":2,"tagName":"iframe","attributes":{},"childNodes":[],"id":50}}]},"timestamp":%d}`, chatAt+100)
	more = append(more, ',')
	more = fmt.Appendf(more, site, `"adds":[{"parentId":50,"nextId":null,"node":{"type":0,"childNodes":[{"type":2,"tagName":"html","attributes":{},"childNodes":[{"type":2,"tagName":"body","attributes":{},"childNodes":[],"rootId":51,"id":53}],"rootId":51,"id":52}],"id":51}}],"removes":[],"texts":[],"attributes":[],"isAttachIframe":true`, chatAt+200)
	for i, text := range texts {
		more = fmt.Appendf(more, `,{"type":3,"data":{"source":0,"texts":[],"attributes":[],"removes":[],"adds":[{"parentId":53,"nextId":null,"node":{"type":3,"textContent":%q,"rootId":51,"id":%d}}]},"timestamp":%d}`, text, 60+i, chatAt+int64(i+1)*1000)
	}
	return more
}

// A frame of another site has its own session, which is never recorded: the page around it records what the frame shows. A call that names the
// frame's session is linked to the page's recording, whichever arrives first.
func TestFramesLink(t *testing.T) {
	for _, first := range []string{"recording", "call", "together"} {
		t.Run(first+" first", func(t *testing.T) {
			c := newIDless(t)
			c.recordAnd("earlier", "bob", 0, framed(otherSite, "Welcome"))
			c.derived()
			record := func() { c.recordAnd("page", "ada", 0, framed(otherSite, askedText, answeredText)) }
			call := func() { c.callOf("t", "somebody", "of the frame", 0, askedText, answeredText) }
			switch first {
			case "recording":
				record()
				c.derived()
				call()
			case "call":
				call()
				c.derived()
				if l := c.link("t"); l.State != "pending" || l.SessionID != "of the frame" {
					t.Errorf("before the recording: %+v", l)
				}
				record()
			case "together":
				call()
				record()
			}
			c.derived()
			l := c.link("t")
			if l.State != "linked" || l.SessionID != "page" || l.Method != "screen" || !strings.Contains(l.Detail, "The session that was sent, of the frame, has no recording of its own.") {
				t.Fatalf("%+v", l)
			}
			// If the session turns out to be recorded, it is the right one.
			c.record("of the frame", "somebody", 0, "Hello")
			c.derived()
			if l := c.link("t"); l.SessionID != "of the frame" || l.Method != "exact" {
				t.Errorf("after the session's own recording: %+v", l)
			}
		})
	}
}

// The words of a call whose session is not recorded are on another's screen: without a frame of another site that proves nothing.
func TestNoFramesNoLink(t *testing.T) {
	for name, c := range map[string]struct {
		more  []byte
		texts []string
	}{
		"a page without frames":                       {nil, []string{askedText, answeredText}},
		"a page with a frame of its own site":         {framed(ownSite, askedText, answeredText), nil},
		"a page with a frame of another site, silent": {framed(otherSite, "Welcome"), nil},
	} {
		t.Run(name, func(t *testing.T) {
			i := newIDless(t)
			i.recordAnd("earlier", "bob", 0, framed(otherSite, "Welcome"))
			i.recordAnd("page", "ada", 0, c.more, c.texts...)
			i.callOf("t", "somebody", "sampled out", 0, askedText, answeredText)
			i.derived()
			i.callOf("u", "somebody", "sampled out", 20, askedText, answeredText)
			i.derived()
			for _, trace := range []string{"t", "u"} {
				if l := i.link(trace); l.State != "pending" || l.SessionID != "sampled out" {
					t.Errorf("%s: %+v", trace, l)
				}
			}
		})
	}
}

// A frame shows the call of a session that is recorded by itself, or of another frame: then it does not show that of a session without a recording.
func TestFramesAreContested(t *testing.T) {
	for _, session := range []string{"page", "of a frame"} {
		t.Run(session, func(t *testing.T) {
			c := newIDless(t)
			c.recordAnd("page", "ada", 0, framed(otherSite, askedText, answeredText))
			c.derived()
			c.callOf("own", "ada", session, 0, askedText, answeredText)
			c.derived()
			if l := c.link("own"); l.State != "linked" || l.SessionID != "page" {
				t.Fatalf("%+v", l)
			}
			c.callOf("t", "somebody", "of another frame", 20, askedText, answeredText)
			c.derived()
			if l := c.link("t"); l.State != "pending" {
				t.Errorf("%+v", l)
			}
		})
	}
}

// The first page with a frame may be recorded after the call, and the part that shows it later still.
func TestFirstFrame(t *testing.T) {
	c := newIDless(t)
	c.links.now = (&setClock{ms: chatAt + 6000}).now
	c.callOf("t", "somebody", "of the frame", 0, askedText, answeredText)
	c.derived()
	c.recordAnd("page", "ada", 0, framed(otherSite, "Welcome"))
	c.derived()
	if l := c.link("t"); l.State != "pending" || l.AgainMS == 0 || l.AgainMS > chatAt+3000+120_000 {
		t.Fatalf("without the words: %+v", l)
	}
	c.record("page", "ada", 0, askedText, answeredText)
	c.derived()
	if l := c.link("t"); l.SessionID != "page" || l.Method != "screen" {
		t.Errorf("%+v", l)
	}
}
