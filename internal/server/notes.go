package server

import (
	"context"

	"github.com/playheadhq/playhead/internal/model"
)

// note stores a note as an event that arrived in a request.
func (s *Server) note(ctx context.Context, project string, e model.Event) error {
	a := model.NewArrival()
	a.Event, a.Properties = e, []byte(`{}`)
	_, err := s.ingest.Ingest(ctx, &model.Delivery{Project: project, Source: "/api/annotations", ReceivedMS: e.TimeMS, Arrivals: oneArrival{a}})
	return err
}

// oneArrival is a request with one event.
type oneArrival struct{ model.Arrival }

func (oneArrival) Len() int { return 1 }

func (o oneArrival) Size(int) (content int, recording bool) { return len(o.Properties), false }

func (o oneArrival) Read(_ int, to *model.Arrival) error {
	*to = o.Arrival
	return nil
}
