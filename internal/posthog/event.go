package posthog

import (
	"strings"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/rawjson"
)

// incoming is one event as a client wrote it. Raw fields are valid UTF-8 JSON of bounded depth that lies in the body; strings are unescaped.
type incoming struct {
	// id is the client's `uuid`, unparsed; posthog-go sends "".
	id         string
	name       string
	distinctID string
	// timestamp is the client's text, RFC 3339 as a rule; "" when absent.
	timestamp string
	// offsetMS is the age of the event at sending; legacy posthog-js sends it instead of a timestamp. -1 when absent.
	offsetMS int64
	// sessionID and windowID are the top-level ids of v1 mode; "" elsewhere, where they are properties.
	sessionID string
	windowID  string
	// properties is a JSON object, {} when absent.
	properties []byte
	// set and setOnce are top-level `$set` and `$set_once` objects, nil when absent.
	set     []byte
	setOnce []byte
	// raw is the whole event as sent. Ids of events that came without one are derived from it.
	raw []byte
}

// snapshotEvent carries a piece of a recording.
const snapshotEvent = "$snapshot"

// arrivals are the events of one request.
type arrivals struct {
	events []incoming
	pace   *rawjson.Pace
	ids    ids
}

// Len is the number of events.
func (a *arrivals) Len() int { return len(a.events) }

// Size is that of an event's properties, with what is added to them.
func (a *arrivals) Size(i int) (content int, recording bool) {
	in := &a.events[i]
	if in.name == snapshotEvent {
		return 0, true
	}
	return len(in.properties) + len(in.set) + len(in.setOnce) + len(`{},"$set":,"$set_once":`), false
}

// Read says in the model's words what an event says. Errors: *failure, when the request is not waited for any more.
func (a *arrivals) Read(i int, to *model.Arrival) error {
	in := &a.events[i]
	properties := rawjson.Trim(in.properties)
	var f known
	f.read(a.pace, properties)
	e := &to.Event
	e.Name, e.Library, to.Bytes = rawjson.Clip(in.name, model.MaxName), f.library(), len(in.raw)
	e.DistinctID = distinctID(in, &f)
	e.SessionID, e.WindowID = or(in.sessionID, f.sessionID), or(in.windowID, f.windowID)
	if in.name == snapshotEvent {
		a.recording(in, &f, to)
	} else {
		a.event(in, &f, properties, to)
	}
	return a.pace.Err()
}

// recording reads a $snapshot. A recording is kept also when it names no one; its session is what links it.
func (a *arrivals) recording(in *incoming, f *known, to *model.Arrival) {
	e := &to.Event
	if e.SessionID == "" {
		to.Refused, to.Detail = model.ReasonNoSessionID, `a recording has no session: send "$session_id" in its properties`
		return
	}
	if e.WindowID == "" {
		e.WindowID = e.SessionID // apps without windows
	}
	e.UUID = a.ids.of(a.pace, in.id, in.raw)
	if to.Recording = f.snapshotData; to.Recording == nil {
		to.Recording = f.snapshotItems
	}
}

// event reads any event but a $snapshot.
func (a *arrivals) event(in *incoming, f *known, properties []byte, to *model.Arrival) {
	e := &to.Event
	if in.name == "" {
		to.Refused, to.Detail = model.ReasonNoName, `an event has no name: send it as "event"`
		return
	}
	if e.DistinctID == "" {
		to.Refused, to.Detail = model.ReasonNoDistinctID, `an event names no one: send "distinct_id", beside the event's name or in its properties`
		return
	}
	e.UUID = a.ids.of(a.pace, in.id, in.raw)
	e.Kind = kindOf(in.name)
	if e.TimeMS = parseTime(in.timestamp); in.timestamp == "" {
		to.AgeMS = in.offsetMS
	}
	f.describe(e)
	to.Properties = properties
	if f.set == nil && isObject(in.set) {
		to.More = append(to.More, model.Member{Name: "$set", Value: in.set})
	}
	if f.setOnce == nil && isObject(in.setOnce) {
		to.More = append(to.More, model.Member{Name: "$set_once", Value: in.setOnce})
	}
	to.Identities = identities(a.pace, in, e.DistinctID, f)
	if isAI(in.name) {
		describeAI(a.pace, e, &f.ai)
		if to.AtEnd = f.ai.stampedAtEnd(); in.timestamp == "" && f.timing != nil {
			f.timed(a.pace, e)
		}
		to.Prices = givenPrices(&f.ai.knownUsage)
		to.Input, to.Output, to.Tools = f.ai.content()
	}
}

// distinctID is the event's: the top-level one, else that of the properties.
func distinctID(in *incoming, f *known) string {
	if id := strings.TrimSpace(in.distinctID); id != "" {
		return rawjson.Clip(id, model.MaxID)
	}
	return strings.TrimSpace(scalar(f.distinctID, model.MaxID))
}

// background are events that SDKs send beside what the user did.
var background = map[string]bool{
	"$$heatmap": true, "$web_vitals": true, "$feature_flag_called": true, "$set": true, "$groupidentify": true,
	"$opt_in": true, snapshotEvent: true, "$create_alias": true, "$merge_dangerously": true,
}

// IsBackground says of an event's name that an SDK sends such events by itself: nobody looks for them on a timeline of what a user did.
func IsBackground(name string) bool { return background[name] }
