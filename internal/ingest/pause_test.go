package ingest

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"github.com/playheadhq/playhead/internal/heavy"
	"github.com/playheadhq/playhead/internal/model"
)

// counted is a turn that counts its pauses, and fails from one of them on.
type counted struct {
	pauses int
	last   int // the one that fails, 0 is none
}

var errGone = errors.New("gone")

func (c *counted) Pause(context.Context) error {
	if c.pauses++; c.last > 0 && c.pauses >= c.last {
		return errGone
	}
	return nil
}

func (c *counted) End() {}

// Others get their turn also while one large event is taken, and when its client has left the work ends and nothing is kept.
func TestOneLargeEventPauses(t *testing.T) {
	const size = 3 << 20
	m := newMemory()
	p := open(t, m, Limits{EventBytes: 1 << 20})
	for _, property := range []string{"$ai_input", "$ai_output_choices", "$ai_error", "$ai_usage", "$set", "custom", "$snapshot_data"} {
		for _, s := range heavy.Shapes {
			raw := heavy.Event(1, property, s.Value(size))
			at := bytes.Index(raw, []byte(`"properties":`)) + len(`"properties":`)
			in := model.Incoming{Name: "$ai_generation", DistinctID: "d", SessionID: "s", OffsetMS: -1, Properties: raw[at : len(raw)-1], Raw: raw}
			if property == "$snapshot_data" {
				in.Name = snapshotEvent
			}
			turn := new(counted)
			take := func() error {
				_, err := p.Ingest(t.Context(), &model.Delivery{ReceivedMS: received, Turn: turn, Events: []model.Incoming{in}})
				return err
			}
			if turn.last = 2; !errors.Is(take(), errGone) || turn.pauses > 2 || len(m.events)+len(m.blocks)+len(m.refusals) > 0 {
				t.Errorf("%s in %s: the work goes on after %d pauses, %d events, %d blocks", s.Name, property, turn.pauses, len(m.events), len(m.blocks))
			}
			*turn = counted{}
			if err := take(); err != nil || turn.pauses < len(raw)>>20-1 {
				t.Errorf("%s in %s: %d pauses for %d bytes, %v", s.Name, property, turn.pauses, len(raw), err)
			}
			m.events, m.contents, m.blocks, m.refusals, m.bodies = newMemory().events, newMemory().contents, newMemory().blocks, nil, nil
		}
	}
}
