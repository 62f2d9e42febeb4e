package posthog

import (
	"strings"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/rawjson"
)

// incoming is one event as a client wrote it. Raw fields are valid UTF-8 JSON of limited depth inside the body. Strings are unescaped.
type incoming struct {
	// id is the client's `uuid`, unparsed; posthog-go sends "".
	id         string
	name       string
	distinctID string
	// timestamp is the client's text, usually RFC 3339; "" if absent.
	timestamp string
	// offsetMS is the age of the event when it was sent; legacy posthog-js sends it instead of a timestamp. -1 if absent.
	offsetMS int64
	// sessionID and windowID are the top-level ids of v1 mode; "" elsewhere, where they are properties.
	sessionID string
	windowID  string
	// properties is a JSON object, {} if absent.
	properties []byte
	// set and setOnce are top-level `$set` and `$set_once` objects, nil if absent.
	set     []byte
	setOnce []byte
	// raw is the whole event as sent. An event without an id gets one derived from it.
	raw []byte
}

// snapshotEvent contains a piece of a recording.
const snapshotEvent = "$snapshot"

// arrivals are the events of one request.
type arrivals struct {
	events []incoming
	pace   *rawjson.Pace
	ids    ids
}

// Len is the number of events.
func (a *arrivals) Len() int { return len(a.events) }

// Size is the length of an event's properties, including those that are added.
func (a *arrivals) Size(i int) (content int, recording bool) {
	in := &a.events[i]
	if in.name == snapshotEvent {
		return 0, true
	}
	return len(in.properties) + len(in.set) + len(in.setOnce) + len(`{},"$set":,"$set_once":`), false
}

// Read converts an event to the model's words. Errors: *intake.Failure, if the client has left.
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

// recording reads a $snapshot. A recording without a person is kept, because its session links it.
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
	to.DroppedMutations, to.OversizedMutations = count32(f.droppedMutations), count32(f.oversizedMutations)
}

// event reads any event except a $snapshot.
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
	switch in.name {
	case exceptionEvent:
		e.Error = f.exception(a.pace)
	case copyEvent:
		e.MetricName, e.MetricValue = scalar(f.copyType, model.MaxName), scalar(f.copiedText, model.MaxValue)
	}
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
		f.settle(a.pace, e)
		if to.AtEnd = f.ai.stampedAtEnd(); in.timestamp == "" && f.timing != nil {
			f.timed(a.pace, e)
		}
		to.Prices = givenPrices(&f.ai.knownUsage)
		to.Input, to.Output, to.Tools = f.ai.content(e.Kind)
	}
}

// distinctID is the event's distinct id: the top-level one, else the one in the properties.
func distinctID(in *incoming, f *known) string {
	if id := strings.TrimSpace(in.distinctID); id != "" {
		return rawjson.Clip(id, model.MaxID)
	}
	return strings.TrimSpace(scalar(f.distinctID, model.MaxID))
}

// activities are the kinds of activity by the names of browser events. The kind is "" for events that SDKs send and that are no action of a person.
var activities = map[string]string{
	"$$heatmap": "", "$web_vitals": "", "$feature_flag_called": "", "$set": "", "$groupidentify": "",
	"$opt_in": "", snapshotEvent: "", "$create_alias": "", "$merge_dangerously": "", leaveEvent: "",
	"$pageview": model.ActivityNavigation, "$autocapture": model.ActivityClick, "$rageclick": model.ActivityRageClick, "$dead_click": model.ActivityDeadClick,
	copyEvent: model.ActivityCopy, exceptionEvent: model.ActivityPageError,
}

// copyEvent means that somebody copied, cut or pasted something, as $copy_type says. posthog-js sends it if capture_copied_text is on, with at most 255
// characters.
const copyEvent = "$copy_autocapture"

// leaveEvent means that a page is closed or replaced by another one. When a tab is closed it is the last event to arrive: the recorder has already sent
// its last part when the browser reports that the page is hidden.
const leaveEvent = "$pageleave"

// Leaves reports, by an event's name, whether it means that the page of its window was closed or left.
func Leaves(name string) bool { return name == leaveEvent }

// exceptionEvent is an error of a page or a backend program.
const exceptionEvent = "$exception"

// ActivityOf returns the kind of activity of an event, by its name. It is "" for events that are no action of a person.
func ActivityOf(name string) string {
	kind, known := activities[name]
	if !known {
		return model.ActivityCustom
	}
	return kind
}
