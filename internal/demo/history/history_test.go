package history

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/playheadhq/playhead/internal/link/seen"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	end   = time.Date(2026, 11, 26, 17, 20, 0, 0, time.UTC)
	small = Size{Sessions: 90, Generations: 1200}
)

func parcel(t *testing.T, h *History, i int) []byte {
	t.Helper()
	raw, err := json.Marshal(h.Story(i))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// The same day gives the same history, in whatever order its stories are requested. At another time of the day only the later stories differ.
func TestTheSameDayGivesTheSameHistory(t *testing.T) {
	few := Size{Sessions: 30, Generations: 450}
	h, again, earlier := New(end, few), New(end, few), New(end.Add(-8*time.Hour), few)
	if h.Len() != again.Len() || h.Len() <= earlier.Len() {
		t.Fatalf("%d stories, then %d; eight hours earlier %d", h.Len(), again.Len(), earlier.Len())
	}
	for i := h.Len() - 1; i >= 0; i-- {
		made := parcel(t, again, i)
		if !bytes.Equal(parcel(t, h, i), made) {
			t.Fatalf("story %d differs", i)
		}
		if i < earlier.Len() && !bytes.Equal(parcel(t, earlier, i), made) {
			t.Fatalf("story %d differs from the one of a history that ends earlier", i)
		}
	}
	if bytes.Equal(parcel(t, h, 0), parcel(t, New(end.AddDate(0, 0, 1), few), 0)) {
		t.Error("the next day has the same history")
	}
}

// The figures for the whole days are those in the documentation; the stories of today are additional.
func TestFigures(t *testing.T) {
	h := New(end, Full)
	today := end.Truncate(24 * time.Hour)
	sessions, generations, later := 0, 0, 0
	for i := range h.stories {
		s := &h.stories[i]
		switch {
		case s.at.Before(today.AddDate(0, 0, -Days)) || s.at.After(end.Add(-longest)):
			t.Errorf("story %d begins at %s", i, s.at)
		case s.at.Before(today):
			generations += s.generations()
			if s.recorded {
				sessions++
			}
		default:
			later++
		}
	}
	if generations != Full.Generations || sessions != Full.Sessions || later == 0 {
		t.Errorf("%d generations and %d sessions in thirty days, %d stories today", generations, sessions, later)
	}
	for _, f := range h.Finds() {
		t.Logf("%s: %d × %s", f.Title, f.Count, f.Query)
		if f.Count < 10 || f.Count > 250 {
			t.Errorf("%s: %d rows", f.Title, f.Count)
		}
	}
}

// Each story contains what the plan counts, every id occurs once, and the finds' queries match only their own rows.
func TestStoriesAreAsPlanned(t *testing.T) {
	h := New(end, small)
	ids := map[string]bool{}
	slow, loops, complaints := 0, 0, map[any]bool{}
	questions := map[string]int{}
	for i := range h.Len() {
		s, p := &h.stories[i], h.Story(i)
		if p.Generations() != s.generations() {
			t.Errorf("story %d has %d generations, planned are %d", i, p.Generations(), s.generations())
		}
		if (len(p.Recording) > 0) != s.recorded {
			t.Errorf("story %d: %d parts of a recording", i, len(p.Recording))
		}
		released := map[any]any{}
		calls := map[any]int{}
		for _, e := range slices.Concat(p.AI, p.Browser, p.Recording) {
			if ids[e.UUID] || e.UUID == "" || e.DistinctID == "" {
				t.Fatalf("%s %q of %q", e.Event, e.UUID, e.DistinctID)
			}
			ids[e.UUID] = true
			if e.Timestamp.Before(s.at) || e.Timestamp.After(s.at.Add(longest+time.Minute)) {
				t.Errorf("story %d begins at %s and has %s at %s", i, s.at, e.Event, e.Timestamp)
			}
			at := e.Properties["$ai_trace_id"]
			switch e.Event {
			case "$ai_generation":
				calls[at]++
				released[at] = e.Properties["$ai_release"]
				if e.Properties["feature"] == "support" && e.Properties["$ai_latency"].(float64) > slowest.Seconds() {
					slow++
				}
			case "$ai_trace":
				questions[e.Properties["$ai_input_state"].(string)]++
			case "$ai_feedback":
				if released[at] == badRelease {
					complaints[at] = true
				}
			}
		}
		for _, n := range calls {
			if n > many {
				loops++
			}
		}
	}
	for i, want := range []int{slow, len(complaints), loops} {
		if f := h.Finds()[i]; f.Count != want || want == 0 {
			t.Errorf("%s promises %d rows, there are %d", f.Title, f.Count, want)
		}
	}
	if len(questions) < 180 {
		t.Errorf("only %d different questions", len(questions))
	}
	for question, n := range questions {
		if strings.ContainsAny(question, "{}") {
			t.Errorf("a slot is left in %q", question)
		}
		if n > 40 {
			t.Errorf("%q is asked %d times", question, n)
		}
	}
}

// Recordings can be played, and show each question and its answer at the times of the question and the answer.
func TestRecordingsShowWhatWasAskedAndAnswered(t *testing.T) {
	h := New(end, small)
	checked := map[string]int{}
	clicks := 0
	for i := range h.Len() {
		p := h.Story(i)
		if len(p.Recording) == 0 {
			continue
		}
		clicks += strings.Count(string(parcel(t, h, i)), `"$rageclick"`)
		session := p.Recording[0].Properties["$session_id"]
		screens := map[string]*screen{}
		var lines []line
		for _, part := range p.Recording {
			if part.Properties["$session_id"] != session {
				t.Fatalf("story %d has parts of two sessions", i)
			}
			for _, e := range part.Properties["$snapshot_data"].([]recorded) {
				lines = append(lines, line{part.Properties["$window_id"].(string), e})
			}
		}
		slices.SortStableFunc(lines, func(a, b line) int { return int(a.e.Timestamp - b.e.Timestamp) })
		at := 0
		until := func(ms int64) {
			for ; at < len(lines) && lines[at].e.Timestamp <= ms; at++ {
				if screens[lines[at].window] == nil {
					screens[lines[at].window] = &screen{texts: map[int]string{}, parents: map[int]int{}}
				}
				screens[lines[at].window].play(t, i, lines[at].e)
			}
		}
		for _, e := range p.AI {
			if e.Event != "$ai_trace" || e.Properties["$ai_is_error"] == true {
				continue
			}
			if e.Properties["$session_id"] != session {
				t.Fatalf("story %d: a trace of another session", i)
			}
			question, answer := e.Properties["$ai_input_state"].(string), e.Properties["$ai_output_state"].(string)
			took := time.Duration(e.Properties["$ai_latency"].(float64) * float64(time.Second))
			window := e.Properties["$window_id"].(string)
			until(e.Timestamp.Add(-took).UnixMilli() - 250)
			before := screens[window].text()
			until(e.Timestamp.UnixMilli() + 1)
			after := screens[window].text()
			last := plain(answer)
			last = last[max(0, len(last)-30):]
			if !strings.Contains(before, question) {
				t.Errorf("story %d: %q is not on the screen before it is sent: %s", i, question, before)
			}
			if !strings.Contains(after, question) || !strings.Contains(plain(after), last) {
				t.Errorf("story %d: the screen does not show %q after %q: %s", i, last, question, after)
			}
			checked[e.Properties["feature"].(string)]++
		}
		until(1 << 62)
	}
	if len(checked) != 3 || clicks == 0 {
		t.Errorf("checked %v, %d rage clicks", checked, clicks)
	}
}

// The page of an agent follows what the agent says and does. Nobody scrolls away from it.
func TestNobodyScrollsAway(t *testing.T) {
	h := New(end, small)
	calls := 0
	for i := range h.Len() {
		p := h.Story(i)
		var answers []seen.Answer
		began := map[any]int64{}
		for _, e := range p.AI {
			if e.Event != "$ai_generation" || e.Properties["feature"] != "coder" || len(p.Recording) == 0 {
				continue
			}
			trace, ended := e.Properties["$ai_trace_id"], e.Timestamp.UnixMilli()
			a := seen.Answer{EndMS: ended, StartMS: ended - int64(e.Properties["$ai_latency"].(float64)*1000)}
			if said := e.Properties["$ai_output_choices"].([]message); len(said) > 0 {
				a.Text, _ = said[0]["content"].([]message)[0]["text"].(string)
			}
			if began[trace] == 0 {
				began[trace] = a.StartMS
			}
			a.BeganMS = began[trace]
			answers = append(answers, a)
		}
		w := seen.NewWatch(answers)
		for _, part := range p.Recording {
			for _, e := range part.Properties["$snapshot_data"].([]recorded) {
				raw, err := json.Marshal(e)
				if err != nil {
					t.Fatal(err)
				}
				w.Event(raw)
			}
		}
		for k := range answers {
			calls++
			if away := w.Context(k).Scrolled; away != nil {
				t.Errorf("story %d: scrolled away %d ms after the call began", i, away[0]-answers[k].StartMS)
			}
		}
	}
	if calls == 0 {
		t.Error("no agent was recorded")
	}
}

type line struct {
	window string
	e      recorded
}

func plain(text string) string {
	return strings.Join(strings.Fields(strings.NewReplacer("**", "", "`", "", "\n- ", " ", "\n1. ", " ", "\n2. ", " ", "\n3. ", " ").Replace(text)), "")
}

// screen plays a recording like a player, as far as texts are concerned, and knows which nodes exist.
type screen struct {
	texts   map[int]string
	parents map[int]int
	order   []int
}

type played struct {
	ID          int      `json:"id"`
	TextContent string   `json:"textContent"`
	ChildNodes  []played `json:"childNodes"`
}

func (s *screen) add(parent int, n played) {
	s.parents[n.ID], s.texts[n.ID] = parent, n.TextContent
	s.order = append(s.order, n.ID)
	for _, child := range n.ChildNodes {
		s.add(n.ID, child)
	}
}

// text is all text on the page, including the values of fields.
func (s *screen) text() string {
	var b strings.Builder
	for _, id := range s.order {
		if _, there := s.parents[id]; there {
			b.WriteString(s.texts[id])
		}
	}
	return b.String()
}

func (s *screen) remove(id int) {
	delete(s.parents, id)
	for child, parent := range s.parents {
		if parent == id {
			s.remove(child)
		}
	}
}

func (s *screen) play(t *testing.T, story int, e recorded) {
	t.Helper()
	var d struct {
		Source *int
		Node   *played
		Adds   []struct {
			ParentID int
			Node     played
		}
		Removes []struct{ ID int }
		Texts   []struct {
			ID    int
			Value string
		}
		Attributes []struct{ ID int }
		ID         int
		Text       *string
	}
	if err := json.Unmarshal(e.Data, &d); err != nil {
		t.Fatalf("story %d: %v in %s", story, err, e.Data)
	}
	known := func(id int) {
		if _, there := s.parents[id]; !there {
			t.Fatalf("story %d: node %d is not there at %d: %s", story, id, e.Timestamp, e.Data)
		}
	}
	switch {
	case e.Type == fullSnapshot:
		s.add(0, *d.Node)
	case e.Type != incremental:
	case *d.Source == sourceMutation:
		for _, r := range d.Removes {
			known(r.ID)
			s.remove(r.ID)
		}
		for _, a := range d.Adds {
			known(a.ParentID)
			if _, there := s.parents[a.Node.ID]; there {
				t.Fatalf("story %d: node %d is there twice", story, a.Node.ID)
			}
			s.add(a.ParentID, a.Node)
		}
		for _, c := range d.Texts {
			known(c.ID)
			s.texts[c.ID] = c.Value
		}
		for _, c := range d.Attributes {
			known(c.ID)
		}
	case *d.Source == sourceMove:
	default:
		known(d.ID)
		if d.Text != nil {
			s.texts[d.ID] = *d.Text
		}
	}
}
