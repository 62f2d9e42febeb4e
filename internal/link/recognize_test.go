package link

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/playheadhq/playhead/internal/link/words"
	"github.com/playheadhq/playhead/internal/model"
)

const (
	questionText = "How do I return the red shoes that I bought last week?"
	answerText   = "You can return the shoes within thirty days of delivery, and we refund the whole amount to your card."
)

// screen are the clues of a recording that showed a text at an instant after base.
func screen(session string, atMS int64, texts ...string) (all []model.Clue) {
	for _, text := range texts {
		for _, c := range words.Of(text) {
			if c.Indexed() {
				all = append(all, model.Clue{Hash: c.Hash, SessionID: session, WindowID: "w-" + session, AtMS: base + atMS, EndMS: base + atMS})
			}
		}
	}
	return all
}

// of returns the clue of an id that a recording has from one instant to another.
func of(session string, kind words.Kind, id string, fromMS, toMS int64) []model.Clue {
	return []model.Clue{{Hash: words.ID(kind, id), SessionID: session, WindowID: "w-" + session, AtMS: base + fromMS, EndMS: base + toMS}}
}

func TestRecognize(t *testing.T) {
	traits := func() *Traits {
		return &Traits{StartMS: base, EndMS: base + 4000, Questions: []string{questionText}, Answers: []string{answerText}, Persons: []string{"ada"}}
	}
	tests := []struct {
		name       string
		traits     *Traits
		found      []model.Clue
		session    string
		method     Method
		candidates []string
	}{
		{name: "nothing", traits: traits()},
		{name: "the words on one screen", traits: traits(), found: screen("a", -1000, questionText, answerText), session: "a", method: Screen},
		{name: "the question alone", traits: traits(), found: screen("a", -1000, questionText), session: "a", method: Screen},
		{name: "another question with the same answer", traits: traits(), found: slices.Concat(screen("a", -500, questionText, answerText), screen("b", 900, answerText)), session: "a", method: Screen},
		{name: "the same on two screens at once", traits: traits(), found: slices.Concat(screen("a", -500, questionText, answerText), screen("b", -600, questionText, answerText)), candidates: []string{"a", "b"}},
		{name: "the same on two screens, one of the person", traits: traits(),
			found: slices.Concat(screen("a", -500, questionText, answerText), screen("b", -600, questionText, answerText), of("b", words.Person, "ada", -60_000, 60_000)), session: "b", method: Screen},
		{name: "the same on two screens, a minute apart", traits: traits(), found: slices.Concat(screen("a", -60_000, questionText, answerText), screen("b", -600, questionText, answerText)), session: "b", method: Screen},
		{name: "a question that came to the screen after the call", traits: traits(), found: screen("a", 9000, questionText)},
		{name: "a question alone, long before the call", traits: traits(), found: screen("a", -45_000, questionText)},
		{name: "an answer that was there before the call", traits: traits(), found: screen("a", -20_000, answerText)},
		{name: "an answer alone, long after the call", traits: traits(), found: screen("a", 60_000, answerText)},
		{name: "an answer long after the call, of which the question was there", traits: traits(), found: slices.Concat(screen("a", -500, questionText), screen("a", 60_000, answerText)), session: "a", method: Screen},
		{name: "long before", traits: traits(), found: screen("a", -20*60_000, questionText, answerText)},
		{name: "a question on one screen, the answer on another", traits: traits(), found: slices.Concat(screen("a", -500, questionText), screen("b", 900, answerText)), candidates: []string{"a", "b"}},
		{name: "two screens show questions that begin alike", traits: &Traits{StartMS: base, EndMS: base + 10, Questions: []string{"What should I do when the boiler in the old house shows late frost until it rests near the window and nobody is there to look after it in the long dark nights?"}},
			found: slices.Concat(screen("a", -600, "What should I do when the boiler in the old house smells?"), screen("b", -30_000, "What should I do when the boiler in the old house leaks?"))},
		{name: "one screen shows a question that begins alike", traits: &Traits{StartMS: base, EndMS: base + 10, Questions: []string{"What should I do when the boiler in the old house shows late frost until it rests near the window and nobody is there to look after it in the long dark nights?"}},
			found: screen("a", -600, "What should I do when the boiler in the old house shows late smoke?")},
		{name: "one screen shows phrases of the answer", traits: &Traits{StartMS: base, EndMS: base + 4000, Questions: []string{"How do I send it back?"}, Answers: []string{answerText}},
			found: screen("a", 2000, "Cancel the order today, and we refund the whole amount to your voucher.")},
		{name: "one screen shows most of the answer", traits: &Traits{StartMS: base, EndMS: base + 4000, Questions: []string{"How do I send it back?"}, Answers: []string{answerText}},
			found: screen("a", 2000, "You can return the shoes within thirty days of delivery, and we refund the whole"), session: "a", method: Screen},
		{name: "one screen shows a question that begins alike, and an answer that says the rest of it", traits: &Traits{StartMS: base, EndMS: base + 10, Questions: []string{"What should I do when a wool coat needs a thin crust at low tide, case 64882?"}},
			found: slices.Concat(screen("a", -25_000, "What should I do when a wool coat shows its own shade after two days, case 65487?"), screen("a", -22_000, "A rented kayak gives a thin crust at low tide and loses four litres in small steps."))},
		{name: "a short question is on many screens", traits: &Traits{StartMS: base, EndMS: base + 10, Questions: []string{"ok"}, Answers: []string{"Done."}}, found: screen("a", 0, "ok", "Done.")},
		{name: "the person's only recording", traits: traits(), found: of("a", words.Person, "ada", -60_000, 60_000), session: "a", method: ByPerson},
		{name: "two recordings of the person", traits: traits(), found: slices.Concat(of("a", words.Person, "ada", -60_000, 60_000), of("b", words.Person, "ada", -60_000, 60_000)), candidates: []string{"a", "b"}},
		{name: "two recordings of the person, one over", traits: traits(), found: slices.Concat(of("a", words.Person, "ada", -900_000, -600_000), of("b", words.Person, "ada", -60_000, 60_000)), session: "b", method: ByPerson},
		{name: "the id of the trace in a request", traits: &Traits{StartMS: base, EndMS: base, Requests: []string{"abc"}}, found: of("a", words.Request, "abc", 0, 0), session: "a", method: Request},
		{name: "an id that is a session's", traits: &Traits{StartMS: base, EndMS: base, Sessions: []string{"a"}}, found: of("a", words.Session, "a", -60_000, 60_000), session: "a", method: Attribute},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := Recognize(Choice{StartMS: base}, tt.traits, tt.found)
			var offered []string
			for _, c := range got.Candidates.All() {
				offered = append(offered, c.SessionID)
			}
			slices.Sort(offered)
			if got.SessionID != tt.session || got.Method != tt.method || !slices.Equal(offered, tt.candidates) {
				t.Errorf("got %q by %q, candidates %v; want %q by %q, candidates %v", got.SessionID, got.Method, offered, tt.session, tt.method, tt.candidates)
			}
			l := Resolve(got, Evidence{NowMS: base, Recording: recording(tab("w-"+tt.session, -70_000, 70_000))})
			switch {
			case tt.session != "" && (l.State != Linked || l.Confidence < 0.5 || l.Confidence > 1 || l.Detail == ""):
				t.Errorf("linked: %+v", l)
			case tt.candidates != nil && (l.Reason != Ambiguous || l.State != None || len(l.Candidates.All()) != len(tt.candidates)):
				t.Errorf("ambiguous: %+v", l)
			}
		})
	}
	if got := Recognize(Choice{SessionID: "own", Method: Exact}, traits(), screen("a", 0, questionText, answerText)); got.SessionID != "own" {
		t.Errorf("an id that was sent is ignored: %+v", got)
	}
}

// simulated is a chat: a person asks, and the answer appears on their screen.
type simulated struct {
	traits  *Traits
	session string
	twin    bool // another person asks the same and gets the same answer at the same instant
}

// Within an hour there are ten thousand answers whose backends send no ids: nearly all find their recording, and none finds a wrong one.
func TestConcurrentAnswers(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	vocabulary := make([]string, 3000)
	for i := range vocabulary {
		for range 2 + r.IntN(8) {
			vocabulary[i] += string(rune('a' + r.IntN(26)))
		}
	}
	sentence := func(n int) (s string) {
		for i := range n {
			// Word frequencies are as uneven as in languages.
			s += vocabulary[int(float64(len(vocabulary))*r.Float64()*r.Float64()*r.Float64())]
			if i < n-1 {
				s += " "
			}
		}
		return s
	}
	greetings := []string{"hello", "hi there", "thanks", "yes", "no"}
	openings := []string{"Certainly! Here is what I found for you:", "I am sorry to hear that. Let me help you with this.", "Great question!"}
	byHash := map[int64][]model.Clue{}
	show := func(session string, atMS int64, text string) {
		for _, c := range words.Of(text) {
			if c.Indexed() {
				byHash[c.Hash] = append(byHash[c.Hash], model.Clue{Hash: c.Hash, SessionID: session, WindowID: "w", AtMS: atMS, EndMS: atMS})
			}
		}
	}
	const chats = 10_000
	var all []simulated
	for i := range chats {
		start := base + r.Int64N(3_600_000)
		took := int64(500 + r.IntN(8000))
		question, answer := sentence(3+r.IntN(20)), openings[r.IntN(len(openings))]+" "+sentence(15+r.IntN(20))
		if r.IntN(12) == 0 {
			question = greetings[r.IntN(len(greetings))]
		}
		if r.IntN(10) == 0 {
			answer = sentence(5 + r.IntN(6))
		}
		one := simulated{&Traits{StartMS: start, EndMS: start + took, Questions: []string{question}, Answers: []string{answer}}, fmt.Sprint("s", i), false}
		if i > 0 && r.IntN(200) == 0 {
			one.twin = true
			other := fmt.Sprint("twin", i)
			show(other, start-100, question)
			show(other, start+took/2, answer)
		}
		delay := int64(r.IntN(400))
		show(one.session, start-delay, question)
		show(one.session, start+took/2+delay, answer)
		show(one.session, start-60_000, "Send New chat Settings What can I help you with today? Conversations are private")
		all = append(all, one)
	}
	linked, wrong, twins := 0, 0, 0
	for _, one := range all {
		var found []model.Clue
		for _, h := range one.traits.Hashes() {
			if len(byHash[h]) > 200 {
				continue // package derive leaves out clues that are on every screen, too
			}
			for _, c := range byHash[h] {
				if c.AtMS >= one.traits.StartMS-SeenBefore && c.AtMS < one.traits.EndMS+SeenAfter {
					found = append(found, c)
				}
			}
		}
		switch got := Recognize(Choice{}, one.traits, found); {
		case one.twin:
			twins++
			if got.SessionID != "" {
				wrong++
			}
		case got.SessionID == one.session:
			linked++
		case got.SessionID != "":
			wrong++
		}
	}
	data := fmt.Sprintf("%d answers of one hour without any id, of 3,000 words by uneven frequency, a twelfth of the questions only greetings, a tenth of the answers short; %d of the screens have a twin", chats, twins)
	figure(t, "answers linked to their session", linked, fmt.Sprintf("of %d", chats-twins), "≥ 95 %", data)
	figure(t, "answers linked to a wrong session, or to one of two twins", wrong, fmt.Sprintf("of %d", chats), "0", data)
	if wrong > 0 || 100*linked < 95*(chats-twins) {
		t.Errorf("%d of %d linked, %d wrong", linked, chats-twins, wrong)
	}
}

// figure reports a figure to the part simulated of package bench, which writes it down with the hardware and the commit.
func figure(t *testing.T, name string, value int, unit, goal, data string) {
	t.Attr("figure", fmt.Sprintf(`{"name":%q,"value":%d,"unit":%q,"goal":%q,"data":%q}`, name, value, unit, goal, data))
}

func TestAttributes(t *testing.T) {
	with := func(name, value string) []model.Event {
		return []model.Event{{Kind: model.KindGeneration, TraceID: "t", Properties: []model.Property{{Name: name, Value: value}}}}
	}
	for name, certain := range map[string]bool{
		"posthog.session_id": true, "ai.telemetry.metadata.posthog_session_id": true, "ai.telemetry.metadata.$session_id": true,
		"langfuse.trace.metadata.$posthog_session_id": true, "http.request.header.x-posthog-session-id": true,
		"session.id": false, "ai.telemetry.metadata.sessionId": false, "traceloop.association.properties.session_id": false, "langfuse.session.id": false,
	} {
		events := with(name, "s1")
		c := ChooseTrace(events)
		if certain && (c.SessionID != "s1" || c.Method != Attribute || !Names(&events[0])) {
			t.Errorf("%s: %+v", name, c)
		}
		if !certain && (c.SessionID != "" || !slices.Equal(Perhaps(events), []string{"s1"})) {
			t.Errorf("%s: %+v, perhaps %v", name, c, Perhaps(events))
		}
	}
	if c := ChooseTrace(with("http.request.header.x-posthog-session-id", `["s1"]`)); c.SessionID != "s1" {
		t.Errorf("a header's list: %+v", c)
	}
	if c := ChooseTrace(with("baggage", "tenant=x,posthog.session_id=s%31;ttl=5")); c.SessionID != "s1" {
		t.Errorf("baggage: %+v", c)
	}
	for _, name := range []string{"session_length", "user.id", "conversation_id", "posthog.distinct_id"} {
		if events := with(name, "s1"); ChooseTrace(events).SessionID != "" || len(Perhaps(events)) > 0 {
			t.Errorf("%s is read as a session's id", name)
		}
	}
}
