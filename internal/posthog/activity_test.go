package posthog_test

import (
	"testing"

	"github.com/playheadhq/playhead/internal/ingest"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/posthog"
)

// An exception's error contains its type and message, in the shapes of old and new clients.
func TestExceptions(t *testing.T) {
	for properties, want := range map[string]string{
		`{"$exception_list":[{"type":"TypeError","value":"x is undefined","stacktrace":{}},{"type":"Error","value":"the cause"}]}`: "TypeError: x is undefined",
		`{"$exception_type":"RangeError","$exception_message":"too far"}`:                                                          "RangeError: too far",
		`{"$exception_message":"alone"}`:        "alone",
		`{"$exception_list":[{"type":"Oops"}]}`: "Oops",
		`{"$exception_list":{"a":1}}`:           "",
		`{"$exception_list":[7,null]}`:          "",
	} {
		m, _ := stored(t, ingest.Limits{}, ev("$exception", properties))
		if e, _ := m.One(t); e.Error != want || e.IsError {
			t.Errorf("%s: %q, want %q", properties, e.Error, want)
		}
		m, _ = stored(t, ingest.Limits{}, ev("bought", properties))
		if e, _ := m.One(t); e.Error != "" {
			t.Errorf("%s of another event: %q", properties, e.Error)
		}
	}
}

// The event of a copy has the method and the copied text.
func TestCopies(t *testing.T) {
	m, _ := stored(t, ingest.Limits{}, ev("$copy_autocapture", `{"$copy_type":"cut","$selected_content":"some words"}`))
	if e, _ := m.One(t); e.MetricName != "cut" || e.MetricValue != "some words" {
		t.Errorf("%+v", e)
	}
	m, _ = stored(t, ingest.Limits{}, ev("bought", `{"$copy_type":"cut","$selected_content":"some words"}`))
	if e, _ := m.One(t); e.MetricName != "" || e.MetricValue != "" {
		t.Errorf("of another event: %+v", e)
	}
}

func TestWhereAndWithWhat(t *testing.T) {
	m, _ := stored(t, ingest.Limits{}, ev("$pageview", `{"$browser":"Firefox","$os":"Linux","$device_type":"Desktop","$screen_width":1920,"$screen_height":1080,"$geoip_country_code":"DE","$geoip_country_name":"Germany"}`))
	if e, _ := m.One(t); e.Browser != "Firefox" || e.OS != "Linux" || e.Device != "Desktop" || e.Screen != "1920x1080" || e.Country != "DE" {
		t.Errorf("%+v", e)
	}
	m, _ = stored(t, ingest.Limits{}, ev("$pageview", `{"$browser":{},"$screen_width":1920,"$geoip_country_name":"Germany"}`))
	if e, _ := m.One(t); e.Browser != "" || e.Screen != "" || e.Country != "Germany" {
		t.Errorf("%+v", e)
	}
}

// The recorder reports how many mutations it dropped.
func TestDroppedMutations(t *testing.T) {
	data := `"$session_id":"s","$window_id":"w","$snapshot_data":[{"type":4,"data":{"href":"https://h/"},"timestamp":1795418803389}]`
	for properties, want := range map[string][2]int32{
		`{` + data + `}`: {},
		`{"$sdk_debug_replay_throttled_mutations_dropped":12,"$sdk_debug_replay_oversized_mutations_dropped":3,` + data + `}`:       {12, 3},
		`{"$sdk_debug_replay_throttled_mutations_dropped":-1,"$sdk_debug_replay_oversized_mutations_dropped":"1e300",` + data + `}`: {0, 1 << 30},
	} {
		m, _ := stored(t, ingest.Limits{}, ev("$snapshot", properties))
		for _, b := range m.Blocks {
			if got := [2]int32{b.DroppedMutations, b.OversizedMutations}; got != want {
				t.Errorf("%s: %v, want %v", properties, got, want)
			}
		}
		if len(m.Blocks) != 1 {
			t.Errorf("%d blocks", len(m.Blocks))
		}
	}
}

func TestActivityOf(t *testing.T) {
	for name, want := range map[string]string{
		"$pageview": model.ActivityNavigation, "$exception": model.ActivityPageError, "$copy_autocapture": model.ActivityCopy, "$$heatmap": "", "$set": "", "bought": model.ActivityCustom,
	} {
		if got := posthog.ActivityOf(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}
