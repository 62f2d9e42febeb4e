package ingest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/playheadhq/playhead/internal/heavy"
	"github.com/playheadhq/playhead/internal/model"
)

// counted is a turn that counts its pauses, and fails from one of them on.
type counted struct {
	pauses int
	last   int // the first pause that fails, 0 for none
}

var errGone = errors.New("gone")

func (c *counted) Pause(context.Context) error {
	if c.pauses++; c.last > 0 && c.pauses >= c.last {
		return errGone
	}
	return nil
}

func (c *counted) End() {}

// Other requests get their turn while one large event is processed. If its client has left, the work ends and nothing is kept.
func TestOneLargeEventPauses(t *testing.T) {
	const size = 3 << 20
	m := newMemory()
	p := open(t, m, Limits{EventBytes: 1 << 20})
	for name, made := range map[string]func(value []byte) model.Arrival{
		"content": func(value []byte) model.Arrival { return generation(string(value)) },
		"properties": func(value []byte) model.Arrival {
			return arrival(func(a *model.Arrival) { a.Properties = fmt.Appendf(nil, `{"custom":%s}`, value) })
		},
		"a recording": func(value []byte) model.Arrival {
			a := recording(1)
			a.Recording = fmt.Appendf(nil, `[{"type":3,"timestamp":1795418943000,"data":%s}]`, value)
			return a
		},
	} {
		for _, s := range heavy.Shapes {
			a := made(s.Value(size))
			turn := new(counted)
			take := func() error {
				d := delivery(a)
				d.Turn = turn
				_, err := p.Ingest(t.Context(), d)
				return err
			}
			if turn.last = 2; !errors.Is(take(), errGone) || turn.pauses > 2 || len(m.Events)+len(m.Blocks)+len(m.Refusals) > 0 {
				t.Errorf("%s in %s: the work goes on after %d pauses, %d events, %d blocks", s.Name, name, turn.pauses, len(m.Events), len(m.Blocks))
			}
			*turn = counted{}
			if err := take(); err != nil || turn.pauses < size>>20-1 {
				t.Errorf("%s in %s: %d pauses, %v", s.Name, name, turn.pauses, err)
			}
			m.Events, m.Contents, m.Blocks, m.Refusals, m.Bodies = newMemory().Events, newMemory().Contents, newMemory().Blocks, nil, nil
		}
	}
}
