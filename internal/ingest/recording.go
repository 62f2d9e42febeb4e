package ingest

import (
	"errors"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/rawjson"
	"github.com/playheadhq/playhead/internal/replay"
)

// recording accepts a piece of a recording: one block with the event's uuid, and no event. An error means that the whole delivery must be sent again.
func (b *builder) recording(a *model.Arrival) (model.Outcome, error) {
	if b.recordings == nil {
		b.recordings = replay.NewEncoder(b.d.Reserve, b.pace)
		b.recordings.ReceivedMS, b.recordings.SentMS = b.receivedMS(), b.d.SentMS
	}
	encoded, err := b.recordings.Encode(a.Recording)
	switch {
	case errors.Is(err, replay.ErrNotEvents), errors.Is(err, replay.ErrTooLarge):
		return b.refuse(a, model.ReasonBadSnapshot, err.Error()), nil
	case err != nil:
		return model.Outcome{}, err
	}
	b.p.metrics.undecoded.Add(float64(encoded.Failed))
	if encoded.Dropped > 0 {
		r := b.refusal(a, model.ReasonBadSnapshot, "items of a recording are not rrweb events: they have no type", 0)
		r.Count = int64(encoded.Dropped)
		b.refused.add(r)
	}
	if encoded.Retimed > 0 {
		r := b.refusal(a, model.ReasonBadTime, "events of a recording have impossible times: before 2000, more than a day after they were received, or more than a day before "+
			"others of the same $snapshot. Correct the clock that they are from", 0)
		r.Count = int64(encoded.Retimed)
		b.refused.add(r)
	}
	e, block := &a.Event, encoded.Block
	outcome := model.Outcome{ID: e.UUID.String()}
	if encoded.Body == nil {
		return outcome, nil // there is nothing to keep, and no reason to send it again
	}
	block.Project, block.UUID = b.d.Project, e.UUID
	block.SessionID, block.WindowID, block.DistinctID = e.SessionID, e.WindowID, e.DistinctID
	block.ReceivedMS, block.SentMS = b.receivedMS(), b.d.SentMS
	if block.SentMS != 0 {
		block.SentMS += encoded.ShiftMS // the same clock as that of its times
	}
	block.DroppedMutations, block.OversizedMutations = a.DroppedMutations, a.OversizedMutations
	block.URL = rawjson.Clip(block.URL, model.MaxURL)
	b.rows.batch.Blocks = append(b.rows.batch.Blocks, block)
	b.rows.bodies = append(b.rows.bodies, encoded.Body)
	return outcome, nil
}
