package derive

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/playheadhq/playhead/internal/link"
	"github.com/playheadhq/playhead/internal/link/seen"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// loadedMS is when the page of a chat was loaded.
const loadedMS = int64(1_795_000_000_000)

// chat writes the recording of one tab: a list of messages (id 10), a field (20) and a button (21).
type chat struct {
	bodies bodies
	window string
	events []string
	next   int // the last id that an element got
	blocks []model.Block
}

func newChat(b bodies, window string) *chat {
	c := &chat{bodies: b, window: window, next: 1000}
	c.snapshot(loadedMS, 1)
	return c
}

func quoted(s string) string {
	b, _ := json.Marshal(s)
	return string(b)
}

// snapshot is a full snapshot of the page in its first state.
func (c *chat) snapshot(at int64, document int) {
	c.events = append(c.events, fmt.Sprintf(`{"type":4,"data":{"href":"http://a/","width":1000,"height":800},"timestamp":%d}`, at),
		fmt.Sprintf(`{"type":2,"data":{"node":{"type":0,"id":%d,"childNodes":[{"type":2,"tagName":"html","attributes":{},"id":%d,"childNodes":[{"type":2,"tagName":"body","attributes":{},"id":3,"childNodes":[`+
			`{"type":2,"tagName":"div","attributes":{"role":"log"},"childNodes":[],"id":10},{"type":2,"tagName":"textarea","attributes":{},"childNodes":[],"id":20},`+
			`{"type":2,"tagName":"button","attributes":{},"childNodes":[{"type":3,"textContent":"Send","id":22}],"id":21}]}]}]}},"timestamp":%d}`, document, document+1, at))
}

func (c *chat) data(at int64, format string, args ...any) {
	c.events = append(c.events, fmt.Sprintf(`{"type":3,"data":{%s},"timestamp":%d}`, fmt.Sprintf(format, args...), at))
}

// message adds an element with a text to the list.
func (c *chat) message(at int64, tag, s string) (element, inside int) {
	c.next += 2
	element, inside = c.next-1, c.next
	c.data(at, `"source":0,"texts":[],"attributes":[],"removes":[],"adds":[{"parentId":10,"nextId":null,"node":{"type":2,"tagName":%q,"attributes":{},"childNodes":[],"id":%d}},`+
		`{"parentId":%d,"nextId":null,"node":{"type":3,"textContent":%s,"id":%d}}]`, tag, element, element, quoted(s), inside)
	return element, inside
}

// ask types a question and presses Send.
func (c *chat) ask(at int64, question string) {
	c.data(at-400, `"source":5,"text":%s,"isChecked":false,"id":20`, quoted(question))
	c.data(at, `"source":2,"type":2,"id":21,"x":5,"y":5`)
	c.data(at+5, `"source":5,"text":"","isChecked":false,"id":20`)
	c.message(at+8, "h4", question)
}

// stream shows an answer, one word every 100 ms. It returns its element and the time of the last word.
func (c *chat) stream(from int64, answer string) (element int, last int64) {
	words := strings.SplitAfter(answer, " ")
	element, inside := c.message(from, "p", words[0])
	last = from
	for i := 1; i < len(words); i++ {
		last += 100
		c.data(last, `"source":0,"attributes":[],"removes":[],"adds":[],"texts":[{"id":%d,"value":%s}]`, inside, quoted(strings.Join(words[:i+1], "")))
	}
	return element, last
}

func (c *chat) custom(at int64, tag string) {
	c.events = append(c.events, fmt.Sprintf(`{"type":5,"data":{"tag":%q,"payload":{}},"timestamp":%d}`, tag, at))
}

// cut makes a block of the events since the last block.
func (c *chat) cut(t *testing.T) {
	t.Helper()
	k := c.bodies.add(t, len(c.blocks), "s "+c.window, []byte("["+strings.Join(c.events, ",")+"]"))
	k.SessionID, k.WindowID, k.DroppedMutations = "s", c.window, 0
	c.blocks, c.events = append(c.blocks, k), nil
}

// answered is a call with its question and answer.
func answered(n int, trace, question, answer string, startMS, endMS int64) (model.Event, model.Content) {
	e := model.Event{
		Project: "default", UUID: uuid.NewSHA1(uuid.Nil, fmt.Append(nil, "call ", n)), Name: "generation", Kind: model.KindGeneration, TraceID: trace, SpanID: fmt.Sprint("span ", n),
		SessionID: "s", WindowID: "w", StartMS: startMS, TimeMS: endMS, LatencyMS: float64(endMS - startMS), FirstTokenMS: -1, ReceivedMS: endMS + 50, SentMS: endMS, Tokens: model.UnknownTokens(),
	}
	c := model.Content{
		Project: e.Project, UUID: e.UUID, TimeMS: e.TimeMS, Input: []byte(`[{"role":"system","content":"Be brief."},{"role":"user","content":` + quoted(question) + `}]`),
		Output: []byte(`[{"role":"assistant","content":` + quoted(answer) + `}]`),
	}
	return e, c
}

// server are the derivers of one server.
type server struct {
	t           *testing.T
	s           store.Store
	links       *Deriver
	recordings  *Recordings
	experiences *Experiences
}

func newServer(t *testing.T, s store.Store, b bodies, c *setClock) *server {
	t.Helper()
	x := NewExperiences(ExperienceOptions{Store: s, Blocks: b, Now: c.now, Registerer: prometheus.NewRegistry()})
	return &server{
		t: t, s: s, experiences: x, links: New(Options{Store: x.Links(s), Now: c.now, Registerer: prometheus.NewRegistry()}),
		recordings: NewRecordings(RecordingOptions{Store: x.Activity(s), Blocks: b, Now: c.now, Registerer: prometheus.NewRegistry()}),
	}
}

func (v *server) commit(b *store.Batch) {
	v.t.Helper()
	if _, err := v.experiences.Writer(v.recordings.Writer(v.links.Writer(v.s))).Commit(v.t.Context(), b); err != nil {
		v.t.Fatal(err)
	}
}

func (v *server) derive() {
	v.t.Helper()
	changesDerived(v.t, v.links)
	derived(v.t, v.recordings)
	if err := v.experiences.changes(v.t.Context()); err != nil {
		v.t.Fatal(err)
	}
}

// search runs one complete search of each deriver.
func (v *server) search() {
	v.t.Helper()
	searched(v.t, v.links)
	lookedAt(v.t, v.recordings)
	x := v.experiences
	x.missing.next = time.Time{}
	for begun := false; !begun || x.missing.walk != nil; begun = true {
		if err := x.search(v.t.Context()); err != nil {
			v.t.Fatal(err)
		}
	}
	v.derive()
}

// experiencesOf are the stored experiences of traces, by trace and uuid, without the time at which they were derived.
func experiencesOf(t *testing.T, s store.Store, traces []string, events []model.Event) map[string]model.Experience {
	t.Helper()
	ids := []uuid.UUID{uuid.Nil}
	for i := range events {
		ids = append(ids, events[i].UUID)
	}
	rows, err := s.Experiences(t.Context(), "default", traces, ids)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]model.Experience{}
	for _, x := range rows {
		x.DerivedMS, x.ReceivedMS = 0, 0
		key := fmt.Sprint(x.TraceID, " ", x.UUID)
		if _, twice := all[key]; twice {
			t.Errorf("%s is there twice", key)
		}
		all[key] = x
	}
	return all
}

const (
	firstQuestion  = "Where is my order 4711?"
	secondQuestion = "And can I still change its address to Oak Street?"
	firstAnswer    = "Your order left the warehouse this morning and should arrive on Thursday before noon."
	secondAnswer   = "The carrier can change the address until tomorrow evening, please use the link in the mail that we sent."
)

// dialogue is a session with two questions, a copy of the first answer, and a tool loop for the second one.
func dialogue(t *testing.T, b bodies) (batch *store.Batch, asked, last [2]int64) {
	t.Helper()
	c := newChat(b, "w")
	asked[0] = loadedMS + 10_000
	c.cut(t)
	c.ask(asked[0], firstQuestion)
	c.cut(t)
	var element int
	element, last[0] = c.stream(asked[0]+2000, firstAnswer)
	c.data(last[0]+2000, `"source":14,"ranges":[{"start":%d,"startOffset":0,"end":%d,"endOffset":10}]`, element+1, element+1)
	c.cut(t)
	asked[1] = last[0] + 20_000
	c.ask(asked[1], secondQuestion)
	c.cut(t)
	c.snapshot(asked[1]+3000, 1)
	c.cut(t)
	_, last[1] = c.stream(asked[1]+6000, secondAnswer)
	c.cut(t)
	c.custom(last[1]+4000, "window hidden")
	c.cut(t)
	batch = &store.Batch{Blocks: c.blocks}
	add := func(e model.Event, text model.Content) {
		batch.Events, batch.Contents = append(batch.Events, e), append(batch.Contents, text)
	}
	add(answered(1, "t1", firstQuestion, firstAnswer, asked[0]+50, last[0]))
	call, text := answered(2, "t2", secondQuestion, "Let me look.", asked[1]+50, asked[1]+2000)
	add(call, text)
	add(answered(3, "t2", secondQuestion, secondAnswer, asked[1]+4000, last[1]))
	return batch, asked, last
}

func kindsOf(x model.Experience) (kinds []string) {
	for _, s := range x.Reaction.Signals {
		kinds = append(kinds, s.Kind)
	}
	slices.Sort(kinds)
	return kinds
}

// What users saw and did is found. The experience of a trace is that of its answer.
func TestExperiences(t *testing.T) {
	b := bodies{}
	batch, asked, last := dialogue(t, b)
	s := opened(t)
	v := newServer(t, s, b, &setClock{loadedMS + 3_600_000})
	v.commit(batch)
	v.derive()
	got := experiencesOf(t, s, []string{"t1", "t2"}, batch.Events)
	if len(got) != 5 {
		t.Fatalf("%d experiences of three generations and two traces: %+v", len(got), got)
	}
	near := func(what string, got, want int64) {
		t.Helper()
		if got < want-150 || got > want+150 {
			t.Errorf("%s: %d ms off", what, got-want)
		}
	}
	for i, trace := range []string{"t1", "t2"} {
		whole := got[trace+" "+uuid.Nil.String()]
		if whole.Seen.State != model.SeenAll || whole.SessionID != "s" || whole.WindowID != "w" {
			t.Errorf("%s: %+v", trace, whole.Seen)
		}
		near(trace+" asked", whole.Seen.AskedMS, asked[i])
		near(trace+" last words", whole.Seen.LastWordsMS, last[i])
		answer := got[trace+" "+batch.Events[2*i].UUID.String()]
		answer.UUID, answer.TimeMS, answer.Of = whole.UUID, whole.TimeMS, model.CopiedCall{} // which is of a generation
		if !reflect.DeepEqual(answer, whole) {
			t.Errorf("the trace %s has not what its answer has:\n%+v\n%+v", trace, whole, answer)
		}
	}
	if kinds := kindsOf(got["t1 "+uuid.Nil.String()]); !slices.Contains(kinds, model.SignalWentOn) || !slices.Contains(kinds, model.SignalSelected) {
		t.Errorf("the first answer: %v", kinds)
	}
	if kinds := kindsOf(got["t2 "+uuid.Nil.String()]); !slices.Contains(kinds, model.SignalLeft) {
		t.Errorf("the second answer: %v", kinds)
	}
	if x := got["t2 "+batch.Events[1].UUID.String()]; x.Seen.State != model.SeenNotShown || x.AnswerWaitMS != -1 {
		t.Errorf("what was said before the tool: %+v, wait for an answer %d ms", x.Seen, x.AnswerWaitMS)
	}
	if x := got["t2 "+batch.Events[2].UUID.String()]; x.AnswerWaitMS < 0 || x.AnswerWaitMS != x.Seen.WaitMS {
		t.Errorf("what was said after it: wait for the answer %d ms, perceived wait %d ms", x.AnswerWaitMS, x.Seen.WaitMS)
	}
}

// An answer that an agent begins before it calls a tool has the wait for its first words, and the parts of the call that says them.
func TestTheFirstCallOfALoop(t *testing.T) {
	const begun = "I will look into the shipping records of the warehouse for you now."
	b := bodies{}
	c := newChat(b, "w")
	asked := loadedMS + 10_000
	c.cut(t)
	c.ask(asked, firstQuestion)
	c.cut(t)
	_, said := c.stream(asked+2000, begun)
	_, last := c.stream(asked+30_000, firstAnswer)
	c.cut(t)
	call, callText := answered(1, "t", firstQuestion, begun, asked+500, said)
	call.Tools, call.FirstTokenMS = "search", 1200
	answer, text := answered(2, "t", firstQuestion, firstAnswer, asked+29_000, last)
	answer.FirstTokenMS = 800
	s := opened(t)
	v := newServer(t, s, b, &setClock{loadedMS + 3_600_000})
	v.commit(&store.Batch{Events: []model.Event{call, answer}, Contents: []model.Content{callText, text}, Blocks: c.blocks})
	v.derive()
	got := experiencesOf(t, s, []string{"t"}, []model.Event{call, answer})
	for _, key := range []string{"t " + answer.UUID.String(), "t " + uuid.Nil.String()} {
		x := got[key]
		if x.AnswerWaitMS < 1900 || x.AnswerWaitMS > 2150 || x.First.BeforeMS < 450 || x.First.BeforeMS > 550 || x.First.TokenMS != 1200 || x.First.LatencyMS != said-asked-500 {
			t.Errorf("%s: a wait of %d ms, %+v", key, x.AnswerWaitMS, x.First)
		}
	}
	if x := got["t "+call.UUID.String()]; x.AnswerWaitMS != -1 || x.First != model.UnknownFirstCall {
		t.Errorf("the first call: a wait of %d ms, %+v", x.AnswerWaitMS, x.First)
	}
}

// Of an answer that was shown in part, the tokens of the rest are unseen.
func TestUnseenTokens(t *testing.T) {
	half := strings.Fields(firstAnswer)
	half = half[:len(half)/2]
	for name, tt := range map[string]struct {
		shown    string
		least    int64
		most     int64
		stopped  bool
		reported string
	}{
		"all was shown":                       {firstAnswer, 0, 0, false, firstAnswer},
		"half was shown":                      {strings.Join(half, " "), 45, 55, false, firstAnswer},
		"stopped, the backend has all":        {strings.Join(half, " "), 45, 55, true, firstAnswer},
		"stopped, the backend has what came":  {strings.Join(half, " "), 0, 0, true, strings.Join(half, " ")},
		"something else was shown altogether": {secondAnswer, 100, 100, false, firstAnswer},
	} {
		b := bodies{}
		c := newChat(b, "w")
		asked := loadedMS + 10_000
		c.cut(t)
		c.ask(asked, firstQuestion)
		_, last := c.stream(asked+1000, tt.shown)
		c.data(last+20_000, `"source":1,"positions":[{"x":1,"y":1,"id":5,"timeOffset":0}]`)
		c.cut(t)
		e, text := answered(1, "t", firstQuestion, tt.reported, asked+50, last+100)
		e.Tokens.Output, e.Stopped = 100, tt.stopped
		s := opened(t)
		v := newServer(t, s, b, &setClock{loadedMS + 3_600_000})
		v.commit(&store.Batch{Events: []model.Event{e}, Contents: []model.Content{text}, Blocks: c.blocks})
		v.derive()
		if x := experiencesOf(t, s, []string{"t"}, nil)["t "+uuid.Nil.String()]; x.UnseenTokens < tt.least || x.UnseenTokens > tt.most {
			t.Errorf("%s: %d of 100 tokens are unseen, the answer is %q", name, x.UnseenTokens, x.Seen.State)
		}
	}
}

// An answer has the country of its session, and says whether its person had a session before, under whichever of their ids.
func TestVisitors(t *testing.T) {
	visit := func(session, id, country string, atMS int64) model.Event {
		return model.Event{
			Project: "default", UUID: uuid.NewSHA1(uuid.Nil, []byte(session+id)), Name: "$pageview", Kind: model.KindOther, SessionID: session, DistinctID: id, Country: country,
			TimeMS: atMS, StartMS: atMS, ReceivedMS: atMS + 50, LatencyMS: -1, FirstTokenMS: -1, Tokens: model.UnknownTokens(),
		}
	}
	identified := func(n int, id string) model.Identity {
		return model.Identity{Project: "default", UUID: uuid.NewSHA1(uuid.Nil, []byte(id)), TimeMS: int64(n), ID: "ada", OtherID: id}
	}
	day := int64(86_400_000)
	for name, tt := range map[string]struct {
		before     *model.Event
		identities []model.Identity
		want       string
	}{
		"nobody came before":                         {want: model.VisitorNew},
		"somebody else came before":                  {before: ptr(visit("s0", "anon-1", "FR", loadedMS-day)), want: model.VisitorNew},
		"the same id came before":                    {before: ptr(visit("s0", "anon-2", "FR", loadedMS-day)), want: model.VisitorReturning},
		"the same person came with another id":       {before: ptr(visit("s0", "anon-1", "FR", loadedMS-day)), identities: []model.Identity{identified(1, "anon-1"), identified(2, "anon-2")}, want: model.VisitorReturning},
		"the same person came again only afterwards": {before: ptr(visit("s0", "anon-2", "FR", loadedMS+day)), want: model.VisitorNew},
	} {
		b := bodies{}
		batch, _, _ := dialogue(t, b)
		for i := range batch.Blocks {
			batch.Blocks[i].DistinctID = "anon-2"
		}
		batch.Events, batch.Identities = append(batch.Events, visit("s", "anon-2", "DE", loadedMS)), tt.identities
		if tt.before != nil {
			batch.Events = append(batch.Events, *tt.before)
		}
		s := opened(t)
		v := newServer(t, s, b, &setClock{loadedMS + 3_600_000})
		v.commit(batch)
		v.derive()
		for key, x := range experiencesOf(t, s, []string{"t1", "t2"}, batch.Events) {
			if x.Country != "DE" || x.Visitor != tt.want {
				t.Errorf("%s, %s: country %q, %q visitor; want DE and %s", name, key, x.Country, x.Visitor, tt.want)
			}
		}
	}
}

func ptr[T any](x T) *T { return &x }

// Calls and parts of the recording arrive in any order and in parts, at two servers, and servers that end miss some of them. In the end the stored rows
// are those that follow from all data at once.
func TestExperiencesDoNotDependOnTheOrder(t *testing.T) {
	b := bodies{}
	batch, _, _ := dialogue(t, b)
	now := &setClock{loadedMS + 3_600_000}
	atOnce := opened(t)
	v := newServer(t, atOnce, b, now)
	v.commit(batch)
	v.derive()
	want := experiencesOf(t, atOnce, []string{"t1", "t2"}, batch.Events)
	for seed := range uint64(4) {
		random := rand.New(rand.NewPCG(seed, 2))
		s := opened(t)
		servers := []*server{newServer(t, s, b, now), newServer(t, s, b, now)}
		parts := make([]*store.Batch, 0, len(batch.Events)+len(batch.Blocks))
		for i := range batch.Events {
			parts = append(parts, &store.Batch{Events: batch.Events[i : i+1], Contents: batch.Contents[i : i+1]})
		}
		for i := range batch.Blocks {
			parts = append(parts, &store.Batch{Blocks: batch.Blocks[i : i+1]})
		}
		random.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
		lost := false
		for _, part := range parts {
			now.ms += 10
			n := random.IntN(2)
			servers[n].commit(part)
			switch random.IntN(4) {
			case 0:
				if seed%2 == 1 { // the server ends before it derives
					servers[n], lost = newServer(t, s, b, now), true
				}
			case 1:
				servers[n].derive()
			}
		}
		for _, v := range servers {
			v.derive()
		}
		// One server may have derived a link that changed with data that the other server received.
		now.ms += 10
		servers[0].search()
		if got := experiencesOf(t, s, []string{"t1", "t2"}, batch.Events); !reflect.DeepEqual(got, want) {
			for key := range want {
				if !reflect.DeepEqual(got[key], want[key]) {
					t.Errorf("seed %d, servers ended %v, %s:\n got %+v\nwant %+v", seed, lost, key, got[key], want[key])
				}
			}
		}
		left, err := s.Unexperienced(t.Context(), store.Which{ToMS: loadedMS * 2, DueMS: 1}, model.Subject{}, 10)
		if err != nil || len(left) > 0 {
			t.Errorf("seed %d: still to be derived: %v, error %v", seed, left, err)
		}
	}
}

// Each part that arrives corrects the stored rows within one turn of the derivers, without a search.
func TestLateDataCorrectExperiences(t *testing.T) {
	b := bodies{}
	batch, _, _ := dialogue(t, b)
	s := opened(t)
	now := &setClock{loadedMS + 3_600_000}
	v := newServer(t, s, b, now)
	whole := func(trace string) model.Experience {
		t.Helper()
		now.ms += 1000
		v.derive()
		return experiencesOf(t, s, []string{trace}, nil)[trace+" "+uuid.Nil.String()]
	}
	v.commit(&store.Batch{Events: batch.Events[:1], Contents: batch.Contents[:1]})
	if x := whole("t1"); x.Seen.State != model.SeenUnknown || x.Seen.Reason != "no_recording" || x.Seen.WaitMS != -1 || x.Seen.Share != -1 {
		t.Errorf("without a recording: %+v", x.Seen)
	}
	v.commit(&store.Batch{Blocks: batch.Blocks[:2]})
	if x := whole("t1"); x.Seen.State != model.SeenNotShown {
		t.Errorf("until the question: %+v", x.Seen)
	}
	v.commit(&store.Batch{Blocks: batch.Blocks[2:3]})
	if x := whole("t1"); x.Seen.State != model.SeenAll || slices.Contains(kindsOf(x), model.SignalWentOn) {
		t.Errorf("until the answer: %+v, %v", x.Seen, kindsOf(x))
	}
	v.commit(&store.Batch{Blocks: batch.Blocks[3:], Events: batch.Events[1:], Contents: batch.Contents[1:]})
	if x := whole("t1"); !slices.Contains(kindsOf(x), model.SignalWentOn) {
		t.Errorf("with the next question: %v", kindsOf(x))
	}
	thumb := model.Event{
		Project: "default", UUID: uuid.NewSHA1(uuid.Nil, []byte("thumb")), Name: "feedback", Kind: model.KindFeedback, TraceID: "t1", MetricValue: "bad", TimeMS: batch.Events[0].TimeMS + 900,
		ReceivedMS: now.ms, LatencyMS: -1, FirstTokenMS: -1, Score: 0, Scored: true, Tokens: model.UnknownTokens(),
	}
	v.commit(&store.Batch{Events: []model.Event{thumb}})
	if x := whole("t1"); !slices.Contains(kindsOf(x), model.SignalThumbsDown) {
		t.Errorf("with feedback: %+v", x.Reaction)
	}
}

// A question that comes much later is the reaction to the answer before it. A part of a recording that changes nothing is derived by one search only.
func TestMuchLaterDataCorrectExperiences(t *testing.T) {
	b := bodies{}
	c := newChat(b, "w")
	asked := loadedMS + 10_000
	c.ask(asked, firstQuestion)
	_, last := c.stream(asked+1000, firstAnswer)
	const moved = `"source":1,"positions":[{"x":1,"y":1,"id":3,"timeOffset":0}]`
	c.data(last+30_000, moved) // the user has not left
	c.cut(t)
	s := opened(t)
	now := &setClock{loadedMS + 3_600_000}
	v := newServer(t, s, b, now)
	first, text := answered(1, "t1", firstQuestion, firstAnswer, asked+50, last)
	v.commit(&store.Batch{Events: []model.Event{first}, Contents: []model.Content{text}, Blocks: c.blocks})
	v.derive()
	pending := func() int {
		t.Helper()
		left, err := s.Unexperienced(t.Context(), store.Which{ToMS: loadedMS * 2, DueMS: 1}, model.Subject{}, 10)
		if err != nil {
			t.Fatal(err)
		}
		return len(left)
	}
	c.data(last+60_000, moved)
	c.cut(t)
	now.ms += 1000
	v.commit(&store.Batch{Blocks: c.blocks[1:]})
	v.derive()
	if n := pending(); n != 1 {
		t.Errorf("%d are based on less than there is, want 1: what says the same is not written again", n)
	}
	now.ms += 1000
	v.search()
	if n := pending(); n != 0 {
		t.Errorf("%d are left by a search", n)
	}
	later := last + 40*60_000
	c.ask(later, secondQuestion)
	_, end := c.stream(later+1000, secondAnswer)
	c.cut(t)
	now.ms += 3_600_000
	second, text := answered(2, "t2", secondQuestion, secondAnswer, later+50, end)
	v.commit(&store.Batch{Events: []model.Event{second}, Contents: []model.Content{text}, Blocks: c.blocks[2:]})
	v.derive()
	if kinds := kindsOf(experiencesOf(t, s, []string{"t1"}, nil)["t1 "+uuid.Nil.String()]); !slices.Contains(kinds, model.SignalWentOn) {
		t.Errorf("with a question 40 minutes later: %v", kinds)
	}
}

// Without a link nobody knows what the user saw. An opinion of the user about the answer counts anyway.
func TestExperiencesWithoutALink(t *testing.T) {
	s := opened(t)
	v := newServer(t, s, bodies{}, &setClock{loadedMS})
	call, text := answered(1, "t", firstQuestion, firstAnswer, loadedMS, loadedMS+1000)
	alone, aloneText := answered(2, "", firstQuestion, firstAnswer, loadedMS, loadedMS+1000)
	call.SessionID, call.WindowID, alone.SessionID, alone.WindowID = "", "", "", ""
	embedding, span := alone, call
	embedding.UUID, embedding.Kind = uuid.New(), model.KindEmbedding
	span.UUID, span.TraceID, span.Kind = uuid.New(), "u", model.KindSpan
	thumb := span
	thumb.UUID, thumb.TraceID, thumb.Kind, thumb.MetricValue, thumb.Score, thumb.Scored = uuid.New(), "t", model.KindFeedback, "good", 1, true
	v.commit(&store.Batch{Events: []model.Event{call, alone, embedding, span, thumb}, Contents: []model.Content{text, aloneText}})
	v.derive()
	got := experiencesOf(t, s, []string{"t", "u", ""}, []model.Event{call, alone, embedding})
	for key, want := range map[string]string{
		"t " + uuid.Nil.String(): "no_link", "t " + call.UUID.String(): "no_link", " " + alone.UUID.String(): "no_link", "u " + uuid.Nil.String(): "", " " + embedding.UUID.String(): "",
	} {
		x, ok := got[key]
		if !ok || x.Seen.Reason != want || x.Seen.State != map[bool]string{true: "", false: model.SeenUnknown}[want == ""] || x.AgainMS != 0 {
			t.Errorf("%s: %+v", key, x)
		}
	}
	if x := got["t "+uuid.Nil.String()]; !slices.Equal(kindsOf(x), []string{model.SignalThumbsUp}) {
		t.Errorf("feedback: %+v", x.Reaction)
	}
	left, err := s.Unexperienced(t.Context(), store.Which{ToMS: loadedMS * 2, DueMS: 1}, model.Subject{}, 10)
	if err != nil || len(left) > 0 {
		t.Errorf("still to be derived: %v, error %v", left, err)
	}
}

// Many answers without a recording are derived at once, while the storage still has their rows in memory.
func TestManyExperiencesDoNotWait(t *testing.T) {
	s := opened(t)
	v := newServer(t, s, bodies{}, &setClock{loadedMS})
	v.experiences.gather = time.Hour
	b := &store.Batch{}
	for i := range aloneTogether {
		call, text := answered(i, fmt.Sprint("trace ", i), firstQuestion, firstAnswer, loadedMS, loadedMS+1000)
		call.SessionID, call.WindowID = "", ""
		b.Events, b.Contents = append(b.Events, call), append(b.Contents, text)
	}
	v.experiences.Start()
	defer v.experiences.Close()
	v.commit(b)
	changesDerived(t, v.links)
	traces := make([]string, aloneTogether)
	for i := range traces {
		traces[i] = fmt.Sprint("trace ", i)
	}
	for until := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
		got, err := s.Experiences(t.Context(), "default", traces, []uuid.UUID{uuid.Nil})
		if err != nil {
			t.Fatal(err)
		}
		if len(got) == aloneTogether {
			return
		}
		if time.Now().After(until) {
			t.Fatalf("%d of %d traces were derived", len(got), aloneTogether)
		}
	}
}

// meeting is a store in which reads of sessions wait for each other.
type meeting struct {
	store.Store
	missing atomic.Int32
	all     chan struct{}
}

func (m *meeting) meet(ctx context.Context) error {
	if m.missing.Add(-1) == 0 {
		close(m.all)
	}
	select {
	case <-m.all:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (m *meeting) Activity(ctx context.Context, project string, q store.ActivityQuestion) ([]model.Activity, error) {
	if err := m.meet(ctx); err != nil {
		return nil, err
	}
	return m.Store.Activity(ctx, project, q)
}

func (m *meeting) SessionEvents(ctx context.Context, project, session string, limit int) ([]model.Event, error) {
	if err := m.meet(ctx); err != nil {
		return nil, err
	}
	return m.Store.SessionEvents(ctx, project, session, limit)
}

// Sessions are read at the same time. One after the other, a pass over those of a busy minute took 45 s on a cluster.
func TestSessionsAreReadAtTheSameTime(t *testing.T) {
	m := &meeting{Store: opened(t), all: make(chan struct{})}
	m.missing.Store(2 * readTogether)
	d := newDeriving(NewExperiences(ExperienceOptions{Store: m, Blocks: bodies{}}), "default", false)
	all := map[model.Subject][]*felt{}
	for i := range readTogether {
		subject := model.Subject{Project: "default", TraceID: fmt.Sprint("t", i)}
		d.wanted[subject] = true
		all[subject] = []*felt{{link: &model.Link{State: string(link.Linked), SessionID: fmt.Sprint("s", i)}}}
	}
	patient, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	if err := d.readSessions(patient, all); err != nil {
		t.Errorf("%d reads did not begin: %v", m.missing.Load(), err)
	}
}

// readContents notes whose texts were read.
type readContents struct {
	store.Store
	read map[uuid.UUID]bool
}

func (r readContents) Contents(ctx context.Context, keys []model.Key) ([]model.Content, error) {
	for _, k := range keys {
		r.read[k.UUID] = true
	}
	return r.Store.Contents(ctx, keys)
}

// Without a recording, texts are read only when they decide which of several calls an opinion is about.
func TestTextsAreReadOnlyWhenTheyMatter(t *testing.T) {
	s := readContents{opened(t), map[uuid.UUID]bool{}}
	v := newServer(t, s, bodies{}, &setClock{loadedMS})
	b := &store.Batch{}
	want := map[uuid.UUID]bool{}
	opinion := map[string]bool{"two, liked": true, "one, liked": true}
	answers := map[string]uuid.UUID{}
	for i, trace := range []string{"one", "one, liked", "two", "two", "two, liked", "two, liked", "", "pending and none", "pending and none"} {
		answer := firstAnswer
		if answers[trace] != uuid.Nil {
			answer = "A title"
		}
		call, text := answered(i, trace, firstQuestion, answer, loadedMS+int64(1000*i), loadedMS+int64(1000*i)+500)
		call.SessionID, call.WindowID = "", ""
		if trace == "pending and none" && answer == firstAnswer {
			call.SessionID = "not recorded yet"
		}
		if answer == firstAnswer {
			answers[trace] = call.UUID
		}
		want[call.UUID] = trace == "two, liked"
		b.Events, b.Contents = append(b.Events, call), append(b.Contents, text)
		if opinion[trace] && answer == firstAnswer {
			thumb := call
			thumb.UUID, thumb.SpanID, thumb.Kind, thumb.MetricValue, thumb.Score, thumb.Scored = uuid.New(), "", model.KindFeedback, "good", 1, true
			b.Events = append(b.Events, thumb)
		}
	}
	v.commit(b)
	v.derive()
	for id, read := range want {
		if s.read[id] != read {
			t.Errorf("the text of %s was read: %v", id, s.read[id])
		}
	}
	got := experiencesOf(t, s, []string{"one, liked", "two, liked", "two", "pending and none"}, b.Events)
	for trace := range opinion {
		if x := got[trace+" "+answers[trace].String()]; !slices.Equal(kindsOf(x), []string{model.SignalThumbsUp}) {
			t.Errorf("%s: the opinion is not about the answer: %+v", trace, x)
		}
	}
	for trace, reason := range map[string]string{"two": "no_link", "pending and none": "no_recording"} {
		if got := got[trace+" "+uuid.Nil.String()].Seen.Reason; got != reason {
			t.Errorf("%s: nothing is known because of %s", trace, got)
		}
	}
}

// Whether a user left is known some time after the last data, when nothing else arrives.
func TestWhoLeftIsKnownLater(t *testing.T) {
	b := bodies{}
	batch, _, last := dialogue(t, b)
	s := opened(t)
	now := &setClock{last[1] + 5000}
	v := newServer(t, s, b, now)
	v.commit(batch)
	left := func() bool {
		t.Helper()
		v.derive()
		return slices.Contains(kindsOf(experiencesOf(t, s, []string{"t2"}, nil)["t2 "+uuid.Nil.String()]), model.SignalLeft)
	}
	if left() {
		t.Error("left before anybody can know")
	}
	now.ms += 10_000
	if left() {
		t.Error("left before the session is over")
	}
	now.ms += 15_000
	if !left() {
		t.Error("nobody left")
	}
	// Another server finds with a search that the user left.
	other := opened(t)
	now.ms = last[1] + 5000
	newServer(t, other, b, now).commit(batch)
	v = newServer(t, other, b, now)
	v.search()
	now.ms += 30_000
	v = newServer(t, other, b, now)
	v.search()
	s = other
	if !left() {
		t.Error("the search did not find who left")
	}
}

// A recording in progress is read only once. An answer in another tab is found.
func TestRecordingsAreReadOnce(t *testing.T) {
	b := bodies{}
	batch, _, _ := dialogue(t, b)
	s := opened(t)
	v := newServer(t, s, b, &setClock{loadedMS + 3_600_000})
	v.commit(&store.Batch{Events: batch.Events, Contents: batch.Contents, Blocks: batch.Blocks[:1]})
	v.derive()
	bytes := int64(0)
	for i := range batch.Blocks {
		if i > 0 {
			v.commit(&store.Batch{Blocks: batch.Blocks[i : i+1]})
			v.derive()
		}
		bytes += batch.Blocks[i].RawBytes
	}
	var m = counted(t, v.experiences)
	if int64(m) > 2*bytes { // the first answers were searched for before any part of them was recorded
		t.Errorf("%v bytes were read of %d", m, bytes)
	}

	b = bodies{}
	c := newChat(b, "w2")
	c.cut(t)
	asked := loadedMS + 10_000
	c.ask(asked, firstQuestion)
	_, last := c.stream(asked+1000, firstAnswer)
	c.cut(t)
	d := newChat(b, "w")
	d.cut(t)
	d.data(asked, `"source":2,"type":2,"id":3,"x":5,"y":5`)
	d.cut(t)
	s = opened(t)
	v = newServer(t, s, b, &setClock{loadedMS + 3_600_000})
	e, text := answered(1, "t1", firstQuestion, firstAnswer, asked+50, last)
	v.commit(&store.Batch{Events: []model.Event{e}, Contents: []model.Content{text}, Blocks: append(c.blocks, d.blocks...)})
	v.derive()
	if x := experiencesOf(t, s, []string{"t1"}, nil)["t1 "+uuid.Nil.String()]; x.Seen.State != model.SeenAll || x.WindowID != "w2" {
		t.Errorf("in another tab: %q in %q", x.Seen.State, x.WindowID)
	}
}

// How far the browser's clock is ahead is known better with each upload. What was read before does not keep the earlier, uncertain times: a click counts as
// the one that asked only if the clocks are compared, when nothing else on the page says so.
func TestClocksBecomeKnownLater(t *testing.T) {
	b := bodies{}
	c := newChat(b, "w")
	asked := loadedMS + 10_000
	c.data(asked, `"source":2,"type":2,"id":21,"x":5,"y":5`)
	_, last := c.stream(asked+1000, firstAnswer)
	c.cut(t)
	for i := range int64(5) {
		c.custom(last+2000*(i+1), "later")
		c.cut(t)
	}
	for i := range c.blocks {
		c.blocks[i].SentMS = c.blocks[i].ReceivedMS - 20
	}
	c.blocks[0].SentMS -= 3000 // a slow upload says little
	s := opened(t)
	v := newServer(t, s, b, &setClock{loadedMS + 3_600_000})
	e, text := answered(1, "t1", firstQuestion, firstAnswer, asked+50, last)
	seen := func() model.Seen {
		v.derive()
		v.derive() // experiences follow the links
		return experiencesOf(t, s, []string{"t1"}, nil)["t1 "+uuid.Nil.String()].Seen
	}
	v.commit(&store.Batch{Events: []model.Event{e}, Contents: []model.Content{text}, Blocks: c.blocks[:1]})
	if x := seen(); x.State != model.SeenAll || x.AskedMS != 0 {
		t.Fatalf("before clocks are compared: %+v", x)
	}
	v.commit(&store.Batch{Blocks: c.blocks[1:]})
	if x := seen(); x.State != model.SeenAll || x.AskedMS != asked {
		t.Errorf("after clocks are compared: %+v, want %d", x, asked)
	}
}

// counted is how many bytes of recordings were read.
func counted(t *testing.T, x *Experiences) float64 {
	t.Helper()
	r := prometheus.NewRegistry()
	r.MustRegister(x.metrics.bytes)
	all, err := r.Gather()
	if err != nil {
		t.Fatal(err)
	}
	return all[0].GetMetric()[0].GetCounter().GetValue()
}

// A browser reports that a page closes when its recorder no longer can. Half a minute later it is known that the user left, even if the recording ends
// with a visible tab. A user who loads another page has not left.
func TestWhoClosedTheTabLeft(t *testing.T) {
	for name, c := range map[string]struct {
		closes, loads, left bool
	}{"closed": {true, false, true}, "no word of it": {false, false, false}, "loaded again": {true, true, false}} {
		b := bodies{}
		chat := newChat(b, "w")
		asked := loadedMS + 10_000
		chat.ask(asked, firstQuestion)
		_, last := chat.stream(asked+1000, firstAnswer)
		if c.loads {
			chat.snapshot(last+2500, 1)
		}
		chat.cut(t)
		s := opened(t)
		now := &setClock{last + 5000}
		v := newServer(t, s, b, now)
		v.experiences.options.Leaves = func(event string) bool { return event == "closed" }
		call, text := answered(1, "t", firstQuestion, firstAnswer, asked+50, last)
		v.commit(&store.Batch{Events: []model.Event{call}, Contents: []model.Content{text}, Blocks: chat.blocks})
		v.derive()
		if c.closes {
			v.commit(&store.Batch{Events: []model.Event{{
				Project: "default", UUID: uuid.New(), Name: "closed", Kind: model.KindOther, SessionID: "s", WindowID: "w", TimeMS: last + 2000, ReceivedMS: last + 2100,
				LatencyMS: -1, FirstTokenMS: -1, Tokens: model.UnknownTokens(),
			}}})
			v.derive()
		}
		now.ms = last + 30_000
		v.derive()
		x := experiencesOf(t, s, []string{"t"}, nil)["t "+uuid.Nil.String()]
		if slices.Contains(kindsOf(x), model.SignalLeft) != c.left {
			t.Errorf("%s: %v", name, x.Reaction.Signals)
		}
	}
}

// An answer that no recorded window showed may have been shown in an unrecorded one, if a page was open there while the answer came.
func TestAnswersInAWindowThatIsNotRecorded(t *testing.T) {
	asked := loadedMS + 10_000
	end := asked + 5000
	for name, c := range map[string]struct {
		window string
		atMS   int64
		state  string
	}{
		"another one, meanwhile": {"w2", asked + 1000, model.SeenUnknown},
		"another one, later":     {"w2", end + 60_000, model.SeenNotShown},
		"another one, before":    {"w2", asked - 60_000, model.SeenNotShown},
		"the recorded one":       {"w", asked + 1000, model.SeenNotShown},
	} {
		b := bodies{}
		chat := newChat(b, "w")
		chat.ask(asked, firstQuestion)
		chat.data(end+20_000, `"source":1,"positions":[{"x":1,"y":1,"id":3,"timeOffset":0}]`)
		chat.cut(t)
		s := opened(t)
		v := newServer(t, s, b, &setClock{loadedMS + 3_600_000})
		call, text := answered(1, "t", firstQuestion, firstAnswer, asked+50, end)
		view := model.Event{
			Project: "default", UUID: uuid.New(), Name: "$pageview", Kind: model.KindOther, SessionID: "s", WindowID: c.window, TimeMS: c.atMS, ReceivedMS: c.atMS + 100,
			LatencyMS: -1, FirstTokenMS: -1, Tokens: model.UnknownTokens(),
		}
		v.commit(&store.Batch{Events: []model.Event{call, view}, Contents: []model.Content{text}, Blocks: chat.blocks})
		v.derive()
		x := experiencesOf(t, s, []string{"t"}, nil)["t "+uuid.Nil.String()]
		if reason := map[string]string{model.SeenUnknown: seen.OtherWindow}[c.state]; x.Seen.State != c.state || x.Seen.Reason != reason || x.Seen.AskedMS != asked {
			t.Errorf("%s: %+v", name, x.Seen)
		}
	}
}

// What a model says before it calls a tool is part of the answer if it was shown. A title beside it is not.
func TestAnswersOfSeveralParts(t *testing.T) {
	b := bodies{}
	chat := newChat(b, "w")
	asked := loadedMS + 10_000
	chat.ask(asked, firstQuestion)
	chat.custom(asked+300, "window hidden")
	chat.custom(asked+600, "window visible")
	_, middle := chat.stream(asked+1000, firstAnswer)
	chat.message(asked+1500, "h1", "The state of an order that was placed")
	_, last := chat.stream(middle+3000, secondAnswer)
	slices.SortStableFunc(chat.events, func(a, b string) int {
		at := func(e string) string { return e[strings.LastIndex(e, `"timestamp":`):] }
		return strings.Compare(at(a), at(b))
	})
	chat.cut(t)
	s := opened(t)
	v := newServer(t, s, b, &setClock{loadedMS + 3_600_000})
	batch := &store.Batch{Blocks: chat.blocks}
	for i, one := range []struct {
		answer, tools string
		from, to      int64
	}{{firstAnswer, "search", asked + 50, middle}, {"The state of an order that was placed", "", asked + 60, asked + 1500}, {secondAnswer, "", middle + 2000, last}} {
		e, text := answered(i, "t", firstQuestion, one.answer, one.from, one.to)
		e.Tools = one.tools
		batch.Events, batch.Contents = append(batch.Events, e), append(batch.Contents, text)
	}
	v.commit(batch)
	v.derive()
	got := experiencesOf(t, s, []string{"t"}, batch.Events)
	whole := got["t "+uuid.Nil.String()].Seen
	if whole.State != model.SeenAll || whole.AskedMS != asked || whole.FirstWordsMS != asked+1000 || whole.LastWordsMS != last || whole.WaitMS != 1000 || len(whole.Stalls) != 1 {
		t.Errorf("the trace, %d ms until its last words: %+v", last-asked, whole)
	}
	if x := got["t "+batch.Events[2].UUID.String()].Seen; x.FirstWordsMS != middle+3000 {
		t.Errorf("its last call: %+v", x)
	}
	if first, last, whole := got["t "+batch.Events[0].UUID.String()], got["t "+batch.Events[2].UUID.String()], got["t "+uuid.Nil.String()]; first.Seen.WaitMS < 0 || last.Seen.WaitMS != -1 || whole.Seen.WaitMS != first.Seen.WaitMS || last.AnswerWaitMS != first.Seen.WaitMS {
		t.Errorf("the wait ended with the first words: first call %d ms, last call %d and for the answer %d, trace %d", first.Seen.WaitMS, last.Seen.WaitMS, last.AnswerWaitMS, whole.Seen.WaitMS)
	}
	// What the user did while waiting counts once: for the call that completes the answer, and for the trace.
	for of, want := range map[uuid.UUID]bool{uuid.Nil: true, batch.Events[0].UUID: false, batch.Events[1].UUID: false, batch.Events[2].UUID: true} {
		if kinds := kindsOf(got["t "+of.String()]); slices.Contains(kinds, model.SignalSwitchedAway) != want {
			t.Errorf("%s: %v", of, kinds)
		}
	}
}

// An answer that was stopped before any text came is not unknown: nothing was shown, and its user stopped it.
func TestStoppedBeforeAnythingCame(t *testing.T) {
	b := bodies{}
	chat := newChat(b, "w")
	asked := loadedMS + 10_000
	chat.ask(asked, firstQuestion)
	chat.data(asked+4000, `"source":0,"texts":[],"attributes":[],"removes":[],"adds":[{"parentId":3,"nextId":null,"node":{"type":2,"tagName":"button","attributes":{"aria-label":"Stop"},"childNodes":[],"id":30}}]`)
	chat.data(asked+5000, `"source":2,"type":2,"id":30,"x":5,"y":5`)
	chat.data(asked+20_000, `"source":1,"positions":[{"x":1,"y":1,"id":3,"timeOffset":0}]`)
	chat.cut(t)
	s := opened(t)
	v := newServer(t, s, b, &setClock{loadedMS + 3_600_000})
	call, text := answered(1, "t", firstQuestion, "", asked+50, asked+5050)
	call.Stopped, text.Output = true, nil
	v.commit(&store.Batch{Events: []model.Event{call}, Contents: []model.Content{text}, Blocks: chat.blocks})
	v.derive()
	x := experiencesOf(t, s, []string{"t"}, nil)["t "+uuid.Nil.String()]
	if x.Seen.State != model.SeenNotShown || x.Seen.AskedMS != asked || !slices.Contains(kindsOf(x), model.SignalStopped) {
		t.Errorf("%+v, %v", x.Seen, kindsOf(x))
	}
	if want := asked - 5000; x.MomentMS != want {
		t.Errorf("the moment is %d ms before asking", asked-x.MomentMS)
	}
}
