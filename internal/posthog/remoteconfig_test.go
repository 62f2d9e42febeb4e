package posthog

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/tidwall/gjson"
)

// TestRemoteConfig checks what posthog-js 1.449.2 needs, as measured.
func TestRemoteConfig(t *testing.T) {
	for name, sc := range map[string]struct {
		recording Recording
		want      map[string]string
	}{
		"default": {Recording{}, map[string]string{
			"supportedCompression": `["gzip-js"]`, "autocapture_opt_out": "false", "hasFeatureFlags": "false",
			"sessionRecording.endpoint": `"/s/"`, "sessionRecording.consoleLogRecordingEnabled": "true",
			"sessionRecording.sampleRate": "null", "sessionRecording.networkPayloadCapture": "null",
			"capturePerformance.network_timing": "true", "capturePerformance.web_vitals": "false",
			"surveys": "null", "heatmaps": "false", "autocaptureExceptions": "false", "captureDeadClicks": "false", "siteApps": "[]",
		}},
		"off": {Recording{Off: true}, map[string]string{"sessionRecording": "false", "capturePerformance": "false"}},
		"less": {Recording{NoConsole: true, NoNetwork: true, SampleRate: 0.25}, map[string]string{
			"sessionRecording.consoleLogRecordingEnabled": "false", "capturePerformance": "false", "sessionRecording.sampleRate": `"0.25"`,
		}},
		"more": {Recording{NetworkHeaders: true, NetworkBodies: true}, map[string]string{
			"sessionRecording.networkPayloadCapture": `{"recordBody":true,"recordHeaders":true}`,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			mux, _ := newServer(func(o *options) { o.Recording = sc.recording })
			config := serve(mux, httptest.NewRequest("GET", "/array/phc_x/config", nil)).Body.String()
			if !json.Valid([]byte(config)) {
				t.Fatal(config)
			}
			for path, want := range sc.want {
				if got := gjson.Get(config, path).Raw; got != want {
					t.Errorf("%s: %s, want %s", path, got, want)
				}
			}
			script := serve(mux, httptest.NewRequest("GET", "/array/phc_x/config.js", nil)).Body.String()
			if !strings.Contains(script, `window._POSTHOG_REMOTE_CONFIG["phc_x"]={config:`+config+`,siteApps:[]};`) {
				t.Error(script)
			}
		})
	}
	mux, _ := newServer(nil)
	if script := serve(mux, httptest.NewRequest("GET", "/array/%22%3C%2Fscript%3E/config.js", nil)).Body.String(); strings.Contains(script, "</script>") {
		t.Error(script)
	}
}

func TestFlags(t *testing.T) {
	mux, _ := newServer(nil)
	for _, sc := range []struct {
		path string
		want map[string]string
	}{
		{"/flags/?v=2", map[string]string{"flags": "{}", "featureFlags": "{}", "errorsWhileComputingFlags": "false", "sessionRecording": ""}},
		{"/flags?v=2&config=true", map[string]string{"flags": "{}", "sessionRecording.endpoint": `"/s/"`}},
		{"/decide/?v=4", map[string]string{"flags": "", "featureFlags": "{}", "config": `{"enable_collect_everything":true}`,
			"supportedCompression": `["gzip-js"]`, "sessionRecording.endpoint": `"/s/"`}},
	} {
		for _, body := range []string{`{"token":"phc_x","distinct_id":"u"}`, `{"api_key":"phc_x","distinct_id":"u"}`} {
			w := serve(mux, httptest.NewRequest("POST", sc.path, strings.NewReader(body)))
			if w.Code != 200 || !json.Valid(w.Body.Bytes()) {
				t.Errorf("%s %s: %d %s", sc.path, body, w.Code, w.Body)
			}
			for path, want := range sc.want {
				if got := gjson.GetBytes(w.Body.Bytes(), path).Raw; got != want {
					t.Errorf("%s: %s is %s, want %s", sc.path, path, got, want)
				}
			}
		}
	}
	if w := serve(mux, httptest.NewRequest("GET", "/api/surveys?token=phc_x&_=1", nil)); w.Body.String() != `{"surveys":[]}` {
		t.Errorf("surveys: %s", w.Body)
	}
}
