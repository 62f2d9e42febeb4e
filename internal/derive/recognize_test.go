package derive

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// idless is a recorded chat whose backend sends no ids. Links and clues are derived step by step.
type idless struct {
	t          *testing.T
	store      store.Store
	links      *Deriver
	recordings *Recordings
	bodies     bodies
	events     []model.Event
}

// chatAt is the server's time at which chats begin.
const chatAt = int64(1_795_418_800_000)

func newIDless(t *testing.T) *idless {
	c := &setClock{ms: chatAt + 60_000}
	d, s := deriver(t, c)
	b := bodies{}
	r := recordings(t, s, b, 0)
	r.options.Shown = d.Shown
	return &idless{t: t, store: s, links: d, recordings: r, bodies: b}
}

// record commits a recording of a page that shows texts one second apart, by a browser whose clock is ahead by some milliseconds.
func (c *idless) record(session, person string, aheadMS int64, texts ...string) {
	c.t.Helper()
	c.recordAnd(session, person, aheadMS, nil, texts...)
}

// recordAnd does what record does, and adds events to the recording.
func (c *idless) recordAnd(session, person string, aheadMS int64, more []byte, texts ...string) {
	c.t.Helper()
	at := chatAt + aheadMS
	data := fmt.Appendf(nil, `[{"type":4,"data":{"href":"https://app/chat","width":800,"height":600},"timestamp":%d},`, at)
	data = fmt.Appendf(data, `{"type":2,"data":{"node":{"type":0,"id":1,"childNodes":[{"type":2,"tagName":"html","attributes":{},"id":2,"childNodes":[{"type":2,"tagName":"body","attributes":{},"id":3,"childNodes":[]}]}]},"initialOffset":{"left":0,"top":0}},"timestamp":%d}`, at)
	for i, text := range texts {
		data = fmt.Appendf(data, `,{"type":3,"data":{"source":0,"texts":[],"attributes":[],"removes":[],"adds":[{"parentId":3,"nextId":null,"node":{"type":3,"textContent":%q,"id":%d}}]},"timestamp":%d}`, text, 10+i, at+int64(i+1)*1000)
	}
	data = append(data, more...)
	k := c.bodies.add(c.t, len(c.bodies), session, append(data, ']'))
	k.DistinctID, k.SentMS, k.ReceivedMS = person, at+5000, chatAt+5060
	committed(c.t, c.links.Writer(c.recordings.Writer(c.store)), k)
}

// requested is the event of a page that called an address from some milliseconds after chatAt on, by its own clock, as posthog-js records it.
func requested(address string, fromMS, tookMS int64) []byte {
	method, path, found := strings.Cut(address, " ")
	if !found {
		method, path = "", address
	}
	return fmt.Appendf(nil, `,{"type":6,"data":{"plugin":"rrweb/network@1","payload":{"requests":[{"name":"https://app%s?v=1","method":%q,"initiatorType":"fetch","timestamp":%d,"startTime":5000,"responseStart":5300,"duration":%d,"status":200}]}},"timestamp":%d}`,
		path, method, chatAt+fromMS, tookMS, chatAt+fromMS+tookMS)
}

// served commits a call of a backend that names no ids, inside the span of its HTTP server, which begins some milliseconds after chatAt.
func (c *idless) served(trace, path string, fromMS, tookMS int64, question, answer string) {
	c.t.Helper()
	span := model.Event{
		Project: "default", UUID: uuid.NewSHA1(uuid.Nil, []byte("server of "+trace)), Kind: model.KindSpan, TraceID: trace, StartMS: chatAt + fromMS, TimeMS: chatAt + fromMS, LatencyMS: float64(tookMS),
		FirstTokenMS: -1, ReceivedMS: chatAt + 3000, SentMS: chatAt + 2950, Properties: []model.Property{{Name: "http.request.method", Value: "POST"}, {Name: "url.path", Value: path}},
	}
	if _, err := c.links.Writer(c.recordings.Writer(c.store)).Commit(c.t.Context(), &store.Batch{Events: []model.Event{span}, Contents: []model.Content{{Project: span.Project, UUID: span.UUID, TimeMS: span.TimeMS}}}); err != nil {
		c.t.Fatal(err)
	}
	c.callOf(trace, trace, "", 0, question, answer)
}

// call commits a call of a backend that names neither session nor person.
func (c *idless) call(trace, person, question, answer string) {
	c.t.Helper()
	c.callOf(trace, person, "", 0, question, answer)
}

// callOf commits a call that names a session, or "", and begins some milliseconds later than usual.
func (c *idless) callOf(trace, person, session string, laterMS int64, question, answer string) {
	c.t.Helper()
	e := model.Event{
		Project: "default", UUID: uuid.NewSHA1(uuid.Nil, []byte(trace)), Kind: model.KindGeneration, TraceID: trace, DistinctID: person, SessionID: session,
		StartMS: chatAt + 1500 + laterMS, TimeMS: chatAt + 2500 + laterMS, LatencyMS: 1000, FirstTokenMS: -1, ReceivedMS: chatAt + 3000, SentMS: chatAt + 2950,
	}
	c.events = append(c.events, e)
	b := &store.Batch{Events: []model.Event{e}, Contents: []model.Content{{
		Project: e.Project, UUID: e.UUID, TimeMS: e.TimeMS, Input: []byte(`"x"`), Output: []byte(`"y"`), InputPreview: question, OutputPreview: answer,
	}}}
	if _, err := c.links.Writer(c.recordings.Writer(c.store)).Commit(c.t.Context(), b); err != nil {
		c.t.Fatal(err)
	}
}

// derived is one round of both derivers.
func (c *idless) derived() {
	c.t.Helper()
	changesDerived(c.t, c.links)
	if err := c.recordings.changes(c.t.Context()); err != nil {
		c.t.Fatal(err)
	}
	if err := c.links.recordingsShown(c.t.Context()); err != nil {
		c.t.Fatal(err)
	}
}

// link is the stored link of a trace, which must equal that of its call.
func (c *idless) link(trace string) model.Link {
	c.t.Helper()
	links, err := c.store.Links(c.t.Context(), "default", []model.Subject{{TraceID: trace}})
	if err != nil || len(links) != 2 {
		c.t.Fatalf("%d links, error %v", len(links), err)
	}
	if links[0].SessionID != links[1].SessionID || links[0].MomentMS != links[1].MomentMS || links[0].Method != links[1].Method {
		c.t.Errorf("the trace and its call are linked differently:\n%+v\n%+v", links[0], links[1])
	}
	return links[slices.IndexFunc(links, func(l model.Link) bool { return l.UUID == uuid.Nil })]
}

const (
	askedText    = "How do I return the red shoes that I bought last week?"
	answeredText = "You can return the shoes within thirty days of delivery, and we refund the whole amount to your card."
)

// Without any id, the words link a call to its recording, whichever arrives first, and whatever the browser's clock says.
func TestWordsLink(t *testing.T) {
	for _, aheadMS := range []int64{0, 3_600_000, -3_600_000} {
		for _, first := range []string{"recording", "call", "together"} {
			t.Run(fmt.Sprint(first, " first, browser ahead by ", aheadMS), func(t *testing.T) {
				c := newIDless(t)
				record := func() {
					c.record("s", "anonymous", aheadMS, askedText, answeredText)
					c.record("other", "somebody", 0, "Where is my parcel?", "It is on its way and arrives tomorrow before noon at your door.")
				}
				if first != "call" {
					record()
				}
				if first == "recording" {
					c.derived()
				}
				c.call("t", "t", askedText, answeredText)
				if first == "call" {
					c.derived()
					if l := c.link("t"); l.State != "none" || l.Reason != "no_session_id" {
						t.Fatalf("before the recording: %+v", l)
					}
					record()
				}
				c.derived()
				l := c.link("t")
				if l.State != "linked" || l.SessionID != "s" || l.Method != "screen" || l.Confidence < 0.8 || l.Person != "anonymous" {
					t.Fatalf("%+v", l)
				}
				// Five seconds before the call began is before the recording, whose first snapshot is the nearest.
				if l.MomentMS != chatAt+aheadMS || l.ClockOffsetMS < aheadMS-500 || l.ClockOffsetMS > aheadMS+500 {
					t.Errorf("moment %d ms, offset %d", l.MomentMS-chatAt, l.ClockOffsetMS)
				}
			})
		}
	}
}

// Two recordings that show the same at the same time are both offered as candidates. If one of them turns out to be the person's, it is linked.
func TestTwoScreensAreOffered(t *testing.T) {
	c := newIDless(t)
	c.record("a", "ada", 0, askedText, answeredText)
	c.record("b", "bob", 0, askedText, answeredText)
	c.call("t", "t", askedText, answeredText)
	c.call("u", "bob", askedText, answeredText)
	c.derived()
	if l := c.link("t"); l.State != "none" || l.Reason != "ambiguous" || l.Candidates == "" || l.Confidence != 0 {
		t.Errorf("%+v", l)
	}
	if l := c.link("u"); l.State != "linked" || l.SessionID != "b" || l.Method != "screen" {
		t.Errorf("%+v", l)
	}
}

// People who are not recorded ask the same as somebody who is recorded, at the same time. Their calls are not linked to this recording: another call
// names it or began nearer to its question, or the two are known to be different people.
func TestUnrecordedPeople(t *testing.T) {
	identify := func(c *idless, id, anonymous string) {
		one := model.Identity{Project: "default", UUID: uuid.New(), TimeMS: chatAt, ID: id, OtherID: anonymous}
		if _, err := c.store.Commit(t.Context(), &store.Batch{Identities: []model.Identity{one}}); err != nil {
			t.Fatal(err)
		}
	}
	t.Run("a call names the session", func(t *testing.T) {
		c := newIDless(t)
		c.record("s", "ada", 0, askedText, answeredText)
		c.callOf("own", "own", "s", 0, askedText, answeredText)
		c.call("t", "t", askedText, answeredText)
		c.derived()
		if l := c.link("t"); l.State != "none" {
			t.Errorf("%+v", l)
		}
		if l := c.link("own"); l.SessionID != "s" || l.Method != "exact" {
			t.Errorf("its own: %+v", l)
		}
	})
	t.Run("a call began nearer to the question", func(t *testing.T) {
		c := newIDless(t)
		c.record("s", "ada", 0, askedText, answeredText)
		c.callOf("own", "own", "", -400, askedText, answeredText)
		c.derived()
		c.call("t", "t", askedText, answeredText)
		c.derived()
		if l := c.link("t"); l.State != "none" {
			t.Errorf("%+v", l)
		}
		if l := c.link("own"); l.SessionID != "s" || l.Method != "screen" {
			t.Errorf("its own: %+v", l)
		}
	})
	t.Run("the people are known to differ", func(t *testing.T) {
		c := newIDless(t)
		identify(c, "ada", "browser-1")
		identify(c, "bob", "browser-2")
		c.record("s", "browser-1", 0, askedText, answeredText)
		c.call("t", "bob", askedText, answeredText)
		c.call("u", "nobody-knows", askedText, answeredText)
		c.derived()
		if l := c.link("t"); l.State != "none" {
			t.Errorf("%+v", l)
		}
		if l := c.link("u"); l.SessionID != "s" {
			t.Errorf("an id about which nothing is known: %+v", l)
		}
	})
	t.Run("of two screens, one is somebody else's", func(t *testing.T) {
		c := newIDless(t)
		identify(c, "ada", "browser-1")
		identify(c, "bob", "browser-2")
		c.record("a", "browser-1", 0, askedText, answeredText)
		c.record("b", "browser-3", 0, askedText, answeredText)
		c.call("t", "bob", askedText, answeredText)
		c.derived()
		if l := c.link("t"); l.SessionID != "b" || l.Method != "screen" {
			t.Errorf("%+v", l)
		}
	})
}

// Somebody who waits asks the same again, and the page shows the answers to both calls. Both are theirs.
func TestAskedAgainWithoutIDs(t *testing.T) {
	const other = "Open the page of your orders, choose the red pair, and print the label for the parcel there."
	c := newIDless(t)
	c.record("s", "ada", 0, askedText, answeredText, other)
	c.callOf("first", "first", "", -400, askedText, answeredText)
	c.derived()
	c.call("second", "second", askedText, other)
	c.derived()
	for _, trace := range []string{"first", "second"} {
		if l := c.link(trace); l.SessionID != "s" || l.Method != "screen" {
			t.Errorf("%s: %+v", trace, l)
		}
	}
}

// Without ids and with masked texts, the request that the page made is recognized by its address and its time, as long as nothing else could have
// caused it.
func TestRequestsLink(t *testing.T) {
	const masked = "*** ** *** ******"
	for _, aheadMS := range []int64{0, 3_600_000} {
		for _, address := range []string{"POST /api/chat", "/api/chat"} {
			for _, first := range []string{"recording", "call"} {
				t.Run(fmt.Sprint(address, ", ahead by ", aheadMS, ", first the ", first), func(t *testing.T) {
					c := newIDless(t)
					record := func() {
						c.recordAnd("s", "ada", aheadMS, requested(address, aheadMS+1300, 1400), masked)
						c.recordAnd("short", "bob", 0, requested(address, 1300, 400), masked)
						c.recordAnd("early", "eve", 0, requested(address, -20_000, 1400), masked)
						c.recordAnd("elsewhere", "joe", 0, requested("POST /api/votes", 1300, 1400), masked)
					}
					if first == "recording" {
						record()
						c.derived()
					}
					c.served("t", "/api/chat", 1400, 1200, askedText, answeredText)
					c.derived()
					if first == "call" {
						record()
						c.derived()
					}
					if l := c.link("t"); l.State != "linked" || l.SessionID != "s" || l.Method != "request" || l.Confidence != 0.8 || !strings.HasPrefix(l.Detail, "Only this recording has a request") {
						t.Errorf("%+v", l)
					}
				})
			}
		}
	}
	// Nothing says whose a request is that could have caused two traces.
	t.Run("two traces, one request", func(t *testing.T) {
		for _, together := range []bool{true, false} {
			c := newIDless(t)
			c.recordAnd("s", "ada", 0, requested("POST /api/chat", 1300, 1400), masked)
			c.served("t", "/api/chat", 1400, 1200, askedText, answeredText)
			if !together {
				c.derived()
			}
			c.served("u", "/api/chat", 1000, 1500, askedText, answeredText)
			c.derived()
			if l := c.link("u"); l.State != "none" {
				t.Errorf("together %v: %+v", together, l)
			}
			if l := c.link("t"); together && l.State != "none" {
				t.Errorf("the first one: %+v", l)
			}
		}
	})
	t.Run("the request of a call that names the session", func(t *testing.T) {
		c := newIDless(t)
		c.recordAnd("s", "ada", 0, requested("POST /api/chat", 1300, 1400), masked)
		c.callOf("own", "own", "s", 0, askedText, answeredText)
		c.served("t", "/api/chat", 1400, 1200, askedText, answeredText)
		c.derived()
		if l := c.link("t"); l.State != "none" {
			t.Errorf("%+v", l)
		}
	})
	t.Run("a screen with other words", func(t *testing.T) {
		c := newIDless(t)
		c.recordAnd("s", "ada", 0, requested("POST /api/chat", 1300, 1400), "Where is my parcel?", "It arrives tomorrow before noon at your own front door.")
		c.served("t", "/api/chat", 1400, 1200, askedText, answeredText)
		c.derived()
		if l := c.link("t"); l.State != "none" {
			t.Errorf("%+v", l)
		}
	})
	t.Run("the same words on two screens", func(t *testing.T) {
		c := newIDless(t)
		c.record("a", "ada", 0, askedText, answeredText)
		c.recordAnd("b", "bob", 0, requested("POST /api/chat", 1300, 1400), askedText, answeredText)
		c.served("t", "/api/chat", 1400, 1200, askedText, answeredText)
		c.derived()
		if l := c.link("t"); l.SessionID != "b" || l.Method != "request" || l.Confidence != 0.9 {
			t.Errorf("%+v", l)
		}
	})
	t.Run("two masked recordings, of which one fits better", func(t *testing.T) {
		c := newIDless(t)
		c.recordAnd("a", "ada", 0, requested("POST /api/chat", 1300, 1400), masked)
		c.recordAnd("b", "bob", 0, requested("POST /api/chat", -1500, 4500), masked)
		c.served("t", "/api/chat", 1400, 1200, askedText, answeredText)
		c.derived()
		if l := c.link("t"); l.SessionID != "a" || l.Method != "request" {
			t.Errorf("%+v", l)
		}
	})
	t.Run("two masked recordings", func(t *testing.T) {
		c := newIDless(t)
		for _, s := range []string{"a", "b"} {
			c.recordAnd(s, s, 0, requested("POST /api/chat", 1300, 1400), masked)
		}
		c.served("t", "/api/chat", 1400, 1200, askedText, answeredText)
		c.derived()
		if l := c.link("t"); l.State != "none" || l.Reason != "ambiguous" || len(l.Candidates) == 0 {
			t.Errorf("%+v", l)
		}
	})
}

// A second recording that shows the same, and comes later, makes a link uncertain.
func TestALaterRecordingCorrects(t *testing.T) {
	c := newIDless(t)
	c.record("a", "ada", 0, askedText, answeredText)
	c.call("t", "t", askedText, answeredText)
	c.derived()
	if l := c.link("t"); l.SessionID != "a" {
		t.Fatalf("%+v", l)
	}
	c.record("b", "bob", 0, askedText, answeredText)
	c.derived()
	if l := c.link("t"); l.State != "none" || l.Reason != "ambiguous" {
		t.Errorf("%+v", l)
	}
}

// A person's only recording links a call without matching words, also under another of the person's ids.
func TestPersonLinks(t *testing.T) {
	c := newIDless(t)
	c.call("t", "ada@example.com", "", "")
	c.derived()
	if l := c.link("t"); l.State != "none" {
		t.Fatalf("%+v", l)
	}
	identity := model.Identity{Project: "default", UUID: uuid.New(), TimeMS: chatAt, ID: "ada@example.com", OtherID: "anonymous"}
	if _, err := c.store.Commit(t.Context(), &store.Batch{Identities: []model.Identity{identity}}); err != nil {
		t.Fatal(err)
	}
	c.record("s", "anonymous", 0, "Welcome back")
	c.call("u", "ada@example.com", "", "")
	c.derived()
	if l := c.link("u"); l.SessionID != "s" || l.Method != "person" || l.Confidence > 0.7 {
		t.Errorf("%+v", l)
	}
	// The earlier call gets the identity when it is derived once more.
	again := c.link("t").AgainMS
	if again == 0 {
		t.Fatal("it is not tried again")
	}
	c.links.now = (&setClock{ms: again + 1}).now
	searched(t, c.links)
	if l := c.link("t"); l.SessionID != "s" || l.AgainMS != 0 {
		t.Errorf("tried again: %+v", l)
	}
}

// A session id in a property with its own name links. A property whose meaning is not certain links only if there is such a recording.
func TestAttributesLink(t *testing.T) {
	c := newIDless(t)
	c.record("s", "anonymous", 0, "Welcome")
	for trace, name := range map[string]string{"t": "posthog.session_id", "u": "session.id"} {
		e := model.Event{
			Project: "default", UUID: uuid.NewSHA1(uuid.Nil, []byte(trace)), Kind: model.KindGeneration, TraceID: trace, DistinctID: trace, StartMS: chatAt + 1500, TimeMS: chatAt + 2500,
			LatencyMS: 1000, FirstTokenMS: -1, ReceivedMS: chatAt + 3000, Properties: []model.Property{{Name: name, Value: "s"}},
		}
		if _, err := c.links.Writer(c.store).Commit(t.Context(), &store.Batch{Events: []model.Event{e}}); err != nil {
			t.Fatal(err)
		}
	}
	c.derived()
	for _, trace := range []string{"t", "u"} {
		if l := c.link(trace); l.State != "linked" || l.SessionID != "s" || l.Method != "attribute" {
			t.Errorf("%s: %+v", trace, l)
		}
	}
}

// Clues that a storage cannot look up now are looked up again later.
func TestShownAgainAfterAnOutage(t *testing.T) {
	c := newIDless(t)
	c.call("t", "t", askedText, answeredText)
	c.derived()
	c.record("s", "anonymous", 0, askedText, answeredText)
	if err := c.recordings.changes(t.Context()); err != nil {
		t.Fatal(err)
	}
	f := &failing{Store: c.store, down: true}
	c.links.options.Store = f
	if err := c.links.recordingsShown(t.Context()); err == nil {
		t.Fatal("no error")
	}
	f.down = false
	if err := c.links.recordingsShown(t.Context()); err != nil {
		t.Fatal(err)
	}
	if l := c.link("t"); l.SessionID != "s" {
		t.Errorf("%+v", l)
	}
}
