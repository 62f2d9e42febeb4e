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

// rrweb's sources of incremental events that are the user's doing, and the interaction that is a click.
const (
	sourceMouseMove   = 1
	sourceInteraction = 2
	sourceScroll      = 3
	sourceInput       = 5
	sourceTouchMove   = 6
	sourceDrag        = 12

	interactionClick = 2
)

// consolePlugin begins the name of the recorder's console plugin, whose version follows it.
const consolePlugin = "rrweb/console@"

// describe adds one event, the line-th of its block, to the block's sums. Meta is the line of the Meta event that no full
// snapshot has followed yet, -1 when there is none; the new one is returned.
func describe(b *model.Block, ev *event, line, meta int32) int32 {
	switch ev.kind {
	case typeMeta:
		if b.URL == "" {
			b.URL = rawjson.Text(rawjson.Member(ev.data, "href"))
		}
		return line
	case typeFullSnapshot:
		if ev.opaque || !ev.compressed && rawjson.KindOf(ev.data) != rawjson.Object {
			return meta // nothing can be shown from it
		}
		from := line
		if meta >= 0 {
			from = meta
		}
		b.Snapshots = append(b.Snapshots, model.Snapshot{AtMS: ev.ms, Line: from})
		return -1
	case typeIncremental:
		if !ev.compressed { // only mutations and style sheet changes are, and neither is the user's doing
			describeInput(b, ev)
		}
	case typePlugin:
		plugin := rawjson.Member(ev.data, "plugin")
		if bytes.HasPrefix(plugin, []byte(`"`+consolePlugin)) && string(rawjson.Path(ev.data, "payload", "level")) == `"error"` {
			b.ConsoleErrors++
		}
	}
	return meta
}

func describeInput(b *model.Block, ev *event) {
	source, interaction := int64(-1), int64(-1)
	for key, v := range rawjson.Members(ev.data) {
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
		b.FirstInputMS = ev.ms
	}
	b.LastInputMS = ev.ms
}
