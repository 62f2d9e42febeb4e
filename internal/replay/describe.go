package replay

import (
	"bytes"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/rawjson"
)

// rrweb's event types.
const (
	typeFullSnapshot = 2
	typeIncremental  = 3
	typeMeta         = 4
	typeCustom       = 5
	typePlugin       = 6
)

// rrweb's sources of incremental events that the user causes, and the interaction that is a click.
const (
	sourceMouseMove   = 1
	sourceInteraction = 2
	sourceScroll      = 3
	sourceInput       = 5
	sourceTouchMove   = 6
	sourceDrag        = 12

	interactionClick = 2
)

// maxURL is the longest URL of a page that is kept, in bytes.
const maxURL = 2048

// consolePlugin begins the name of the recorder's console plugin, whose version follows it.
const consolePlugin = "rrweb/console@"

// describe adds one event with its data, the line-th of its block, to the block's totals. meta is the line of a Meta event that no full snapshot has
// followed yet, -1 if there is none. The new value is returned.
func describe(pace *rawjson.Pace, b *model.Block, ev *event, data []byte, line, meta int32) int32 {
	switch ev.kind {
	case typeMeta:
		if b.URL == "" {
			b.URL = rawjson.Scalar(pace.Member(data, "href"), maxURL)
		}
		return line
	case typeFullSnapshot:
		if ev.opaque || !ev.compressed && isNothing(pace.Member(data, "node")) {
			return meta // it cannot be shown, and playback that starts with it would never reach one that can be shown
		}
		from := line
		if meta >= 0 {
			from = meta
		}
		addSnapshot(b, model.Snapshot{AtMS: ev.ms, Line: from})
		return -1
	case typeIncremental:
		if !ev.compressed { // only mutations and style sheet changes are compressed, and the user causes neither
			describeInput(pace, b, ev.ms, data)
		}
	case typePlugin:
		plugin := pace.Member(data, "plugin")
		if bytes.HasPrefix(plugin, []byte(`"`+consolePlugin)) && string(pace.Member(pace.Member(data, "payload"), "level")) == `"error"` {
			b.ConsoleErrors++
		}
	}
	return meta
}

// maxSnapshots limits the positions in a block at which playback can begin. Usually there is one, and a few after resizing.
const maxSnapshots = 256

// addSnapshot adds a snapshot. If there are too many, every second one is removed: playback then begins a little earlier.
func addSnapshot(b *model.Block, s model.Snapshot) {
	if len(b.Snapshots) == maxSnapshots {
		kept := b.Snapshots[:0]
		for i := 0; i < maxSnapshots; i += 2 {
			kept = append(kept, b.Snapshots[i])
		}
		b.Snapshots = kept
	}
	b.Snapshots = append(b.Snapshots, s)
}

func isNothing(v []byte) bool { return len(v) == 0 || string(v) == "null" }

func describeInput(pace *rawjson.Pace, b *model.Block, ms int64, data []byte) {
	source, interaction := int64(-1), int64(-1)
	for key, v := range pace.Members(data) {
		switch string(key) {
		case "source":
			if source = smallInt(v); source == 0 {
				return // a mutation, which may be long
			}
		case "type":
			interaction = smallInt(v)
		}
	}
	switch source {
	case sourceInteraction:
		if interaction == interactionClick {
			b.Clicks++
		}
	case sourceInput:
		b.Keys++
	case sourceMouseMove, sourceScroll, sourceTouchMove, sourceDrag:
	default:
		return
	}
	if b.FirstInputMS == 0 {
		b.FirstInputMS = ms
	}
	b.LastInputMS = ms
}
