package words

import (
	"fmt"
	"strings"
	"testing"
)

func hashes(all []Clue) map[int64]bool {
	set := map[int64]bool{}
	for _, c := range all {
		set[c.Hash] = true
	}
	return set
}

func common(a, b []Clue) (n int) {
	set := hashes(a)
	for _, c := range b {
		if set[c.Hash] {
			n++
		}
	}
	return n
}

// The same words have the same clues, regardless of formatting.
func TestSameWords(t *testing.T) {
	for _, pair := range [][2]string{
		{"**Paris** is the capital of *France*.", "Paris is the capital of France."},
		{"How  do I\nget a refund?", "how do i get a refund"},
		{"# Steps\n\n1. Open `settings.json` now", "Steps 1 Open settings.json now"},
		{"我想退款，请问怎么办？", "我想退款 请问怎么办"},
		{"كيف أسترد أموالي من المتجر؟", "كيف أسترد أموالي من المتجر"},
		{"ÄPFEL kaufen", "äpfel kaufen"},
		{"🎉🎉 ok", "🎉🎉 OK!"},
	} {
		a, b := Of(pair[0]), Of(pair[1])
		if len(a) == 0 || len(a) != len(b) || common(a, b) != len(a) {
			t.Errorf("%q and %q have %d and %d clues, %d in common", pair[0], pair[1], len(a), len(b), common(a, b))
		}
	}
	if n := common(Of("I want to cancel my order today"), Of("Where is the parcel I sent last week")); n != 0 {
		t.Errorf("other words have %d clues in common", n)
	}
	if n := len(Of("**** *** **")); n != 0 {
		t.Errorf("masked text has %d clues", n)
	}
}

// A preview that was cut has no clue of its last word, nor of the whole text.
func TestCutText(t *testing.T) {
	whole := "one two three four five six seven eightfold nine"
	cut := Of("one two three four five six seven eight…")
	if n := common(Of(whole), cut); n != len(cut) || n == 0 {
		t.Errorf("%d of %d clues are of the whole text", n, len(cut))
	}
}

// change is an rrweb event that changes a text.
func change(text string) []byte {
	return fmt.Appendf(nil, `{"type":3,"data":{"source":0,"texts":[{"id":7,"value":%q}],"attributes":[],"removes":[],"adds":[]},"timestamp":1}`, text)
}

func added(texts ...string) []byte {
	var nodes []string
	for i, text := range texts {
		nodes = append(nodes, fmt.Sprintf(`{"parentId":1,"nextId":null,"node":{"type":3,"textContent":%q,"id":%d}}`, text, i+10))
	}
	return fmt.Appendf(nil, `{"type":3,"data":{"source":0,"texts":[],"attributes":[],"removes":[],"adds":[%s]},"timestamp":1}`, strings.Join(nodes, ","))
}

func shownBy(events ...[]byte) map[int64]bool {
	var s Screen
	for i, e := range events {
		s.Event(int64(i), e)
	}
	set := map[int64]bool{}
	for _, x := range s.Take() {
		set[x.Hash] = true
	}
	return set
}

const answer = `You can return the shoes within thirty days of delivery, and we refund the whole amount to your card as soon as they have arrived.`

// A screen that shows an answer has its clues, however the text arrived.
func TestScreen(t *testing.T) {
	var growing, spans [][]byte
	words := strings.Fields(answer)
	for i := range words {
		growing = append(growing, change(strings.Join(words[:i+1], " ")))
		spans = append(spans, added(words[i]+" "))
	}
	growing = append(growing, change(answer))
	for name, events := range map[string][][]byte{
		"at once": {added("Hello", answer)}, "growing": growing, "a node for each word": spans, "in two halves": {change(answer[:60]), change(answer)},
		"of the page": {fmt.Appendf(nil, `{"type":2,"data":{"node":{"type":0,"childNodes":[{"type":3,"textContent":%q,"id":4}]}},"timestamp":1}`, answer)},
	} {
		set, n := shownBy(events...), 0
		for _, c := range Of(answer) {
			if set[c.Hash] {
				n++
			}
		}
		wanted := 6
		if name == "of the page" {
			wanted = 1
		}
		if n < wanted {
			t.Errorf("%s: only %d of %d clues are shown", name, n, len(Of(answer)))
		}
	}
	// The members are in another order.
	if set := shownBy(fmt.Appendf(nil, `{"timestamp":1,"data":{"texts":[{"id":7,"value":%q}],"source":0},"type":3}`, answer)); len(set) < 6 {
		t.Errorf("members in another order show %d clues", len(set))
	}
	const question = "Why so expensive?"
	input := fmt.Appendf(nil, `{"type":3,"data":{"source":5,"text":%q,"isChecked":false,"id":3},"timestamp":1}`, question)
	if set := shownBy(input); !set[Of(question)[0].Hash] {
		t.Error("what was typed is not shown")
	}
	if set := shownBy([]byte(`{"type":6,"data":{"plugin":"rrweb/network@1","payload":{"requests":[{"name":"https://h/chat","requestHeaders":{"traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}}]}},"timestamp":1}`)); !set[ID(Request, "0af7651916cd43dd8448eb211c80319c")] {
		t.Error("the trace of a request is not shown")
	}
	if set := shownBy([]byte(`{"type":2,"data":{"node":{"type":3,"textContent":"a { color : red } b { color : blue }","isStyle":true,"id":4}},"timestamp":1}`)); len(set) != 0 {
		t.Error("style sheets are shown")
	}
}

// Words of an earlier block that come again do not change the times of this block's clues.
func TestTimesOfABlock(t *testing.T) {
	var s Screen
	s.Event(1, change("one two three four five six seven eight nine ten"))
	s.Take()
	s.Event(2, change(answer))
	s.Event(3, change("unlike any of these, and longer than most of them are"))
	s.Event(4, change("first one two three four five six seven eight nine ten"))
	first := Of("one two three four five")[0].Hash
	for _, x := range s.Take() {
		if x.Hash == first || x.FromMS != x.ToMS && x.FromMS != 4 {
			t.Errorf("a clue %+v", x)
		}
	}
}

// A window does not repeat clues that it already had, and text inside a string is not read as a member.
func TestScreenSaysOnce(t *testing.T) {
	var s Screen
	s.Event(1, change(answer))
	first := len(s.Take())
	s.Event(2, added(answer))
	if n := len(s.Take()); first == 0 || n > 1 {
		t.Errorf("%d clues first, %d again", first, n)
	}
	if set := shownBy(change(`he said "textContent":"these are all words of a trap" and went`)); set[Of("these are all words of a trap")[0].Hash] {
		t.Error("a string in a string was read as a member")
	}
}

func FuzzScreen(f *testing.F) {
	f.Add(change(answer), added("a", "b"))
	f.Add([]byte(`{"type":3,"data":{"source":0,"textContent":"abc\`), []byte(`{"type":2,"textContent":"`))
	f.Fuzz(func(_ *testing.T, a, b []byte) {
		var s Screen
		s.Event(1, a)
		s.Event(2, b)
		s.Take()
	})
}
