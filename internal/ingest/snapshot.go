package ingest

import (
	"errors"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/rawjson"
	"github.com/playheadhq/playhead/internal/replay"
)

// snapshotEvent carries a piece of a recording.
const snapshotEvent = "$snapshot"

// snapshot takes a $snapshot: one block, under the event's uuid, and no event. A recording is kept also when it names no
// one; its session is what links it. The error says that the whole delivery is to come again.
func (b *builder) snapshot(in *model.Incoming) (model.Outcome, error) {
	f := readFields(b.pace, rawjson.Trim(in.Properties))
	session := or(in.SessionID, f.sessionID)
	if session == "" {
		return b.refuse(in, &f, model.ReasonNoSessionID, `a recording names no session: send "$session_id" in its properties`), nil
	}
	window := or(in.WindowID, f.windowID)
	if window == "" {
		window = session // apps without windows
	}
	data := f.snapshotData
	if data == nil {
		data = f.snapshotItems
	}
	if b.recordings == nil {
		b.recordings = replay.NewEncoder(b.d.Reserve, b.pace)
	}
	encoded, err := b.recordings.Encode(data)
	switch {
	case errors.Is(err, replay.ErrNotEvents), errors.Is(err, replay.ErrTooLarge):
		return b.refuse(in, &f, model.ReasonBadSnapshot, err.Error()), nil
	case err != nil:
		return model.Outcome{}, err
	}
	b.p.metrics.undecoded.Add(float64(encoded.Failed))
	if encoded.Dropped > 0 {
		r := b.refusal(in.Name, &f, model.ReasonBadSnapshot, "items of a recording are no rrweb events: they have no type", 0)
		r.Count = int64(encoded.Dropped)
		b.refused.add(r)
	}
	block := encoded.Block
	block.Project = b.d.Project
	block.UUID = b.ids.of(b.pace, in.ID, in.Raw)
	if encoded.Body == nil {
		return model.Outcome{ID: block.UUID.String()}, nil // nothing to keep, and nothing to come again for
	}
	block.SessionID, block.WindowID = session, window
	block.DistinctID = distinctID(in, &f)
	block.ReceivedMS = b.receivedMS()
	block.URL = clip(block.URL, maxURL)
	b.rows.batch.Blocks = append(b.rows.batch.Blocks, block)
	b.rows.bodies = append(b.rows.bodies, encoded.Body)
	return model.Outcome{ID: block.UUID.String()}, nil
}
