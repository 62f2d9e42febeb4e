package ingest

import (
	"context"
	"slices"
	"testing"

	"github.com/playheadhq/playhead/internal/model"
)

// A trace's events are in its conversation, whichever of them names it.
func TestInheritConversation(t *testing.T) {
	for _, c := range []struct {
		name string
		// trace and conversation of each event, and the conversations that are stored
		events [][2]string
		want   []string
	}{
		{"the last one names it", [][2]string{{"t1", ""}, {"t2", ""}, {"t1", "c1"}}, []string{"c1", "", "c1"}},
		{"the first one names it", [][2]string{{"t1", "c1"}, {"t1", ""}}, []string{"c1", "c1"}},
		{"each its own", [][2]string{{"t1", ""}, {"t2", ""}, {"t2", "c2"}, {"t1", "c1"}}, []string{"c1", "c2", "c2", "c1"}},
		{"two are named", [][2]string{{"t1", "c1"}, {"t1", ""}, {"t1", "c2"}, {"t1", "c2"}}, []string{"c1", "", "c2", "c2"}},
		{"without a trace", [][2]string{{"", "c1"}, {"", ""}}, []string{"c1", ""}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := newMemory()
			p := open(t, m, Limits{})
			d := &model.Delivery{Source: "/v1/traces", ReceivedMS: received}
			var all given
			for i, e := range c.events {
				a := event(i)
				a.Event.TraceID, a.Event.ConversationID = e[0], e[1]
				all = append(all, a)
			}
			d.Arrivals = all
			if _, err := p.Ingest(context.Background(), d); err != nil {
				t.Fatal(err)
			}
			var got []string
			for i := range all {
				got = append(got, m.Events[all[i].Event.UUID].ConversationID)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("conversations %q, want %q", got, c.want)
			}
		})
	}
}
