package seen

import (
	"fmt"
	"testing"
)

// Changes of attributes that the recorder left out matter only near the answer, and only if it is known which these were.
func TestThrottled(t *testing.T) {
	for _, c := range []struct {
		name  string
		first int                     // the number of the page's document
		node  func(answer int) string // as the recorder logs it
		more  func(r *recording)
		state string
	}{
		{"of the field", 1, func(int) string { return fmt.Sprint(field) }, nil, "seen"},
		{"of the answer", 1, func(answer int) string { return fmt.Sprint(answer) }, nil, "unknown"},
		{"of what is around it", 1, func(int) string { return fmt.Sprint(body) }, nil, "unknown"},
		{"of what is in it", 1, func(answer int) string { return fmt.Sprint(answer + 1) }, nil, "unknown"},
		{"of a node that left", 1, func(int) string { return "70" }, nil, "unknown"},
		{"of the field, and something was lost", 1, func(int) string { return fmt.Sprint(field) },
			func(r *recording) { r.lost = append(r.lost, hole{t0, t0 + 10, NotRecorded, false}) }, "unknown"},
		{"of the field, in a page whose beginning is not there", 7, func(int) string { return fmt.Sprint(field) }, nil, "unknown"},
		{"of nodes that nobody names", 1, nil, nil, "unknown"},
	} {
		r := newChat()
		r.full(t0+1000, c.first, r.chat()...)
		if c.first != 1 {
			r.events = r.events[2:]
		}
		r.ask()
		element, _, _ := r.stream(asked+1000, plain)
		if c.node != nil {
			r.events = append(r.events, fmt.Sprintf(`{"type":6,"data":{"plugin":"rrweb/console@1","payload":{"level":"warn","trace":[],"payload":[%s]}},"timestamp":%d}`,
				quoted(quoted("[SessionRecording] Too many mutations on node '"+c.node(element)+"'. Rate limiting.")), asked+1200))
		}
		r.lost = append(r.lost, hole{asked + 1200, asked + 1600, MutationsDropped, true})
		if c.more != nil {
			c.more(r)
		}
		if s := r.watch(theAnswer(plain)).Seen(0); s.State != c.state {
			t.Errorf("%s: %s (%s), want %s", c.name, s.State, s.Reason, c.state)
		}
	}
}
