package posthog

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
)

// remoteConfigFields is the configuration of browsers. It has every key whose absence would leave the value of an earlier session in force, or would
// make posthog-js fetch a script for nothing.
func remoteConfigFields(rec Recording) map[string]any {
	fields := map[string]any{
		// posthog-js compresses only with this literal, which also avoids the preflight.
		"supportedCompression": []string{"gzip-js"},
		"hasFeatureFlags":      false,
		// Autocapture runs only with an explicit false.
		"autocapture_opt_out":   false,
		"elementsChainAsString": true,
		"defaultIdentifiedOnly": true,
		"autocaptureExceptions": false,
		"errorTracking":         map[string]any{"autocaptureExceptions": false, "suppressionRules": []any{}},
		"heatmaps":              false,
		"surveys":               nil, // false makes 1.449.2 fetch surveys.js without using it
		"captureDeadClicks":     false,
		"productTours":          false,
		"conversations":         false,
		"logs":                  map[string]any{"captureConsoleLogs": false},
		"siteApps":              []any{},
		"sessionRecording":      false,
		// If it is on, it must be an object: true would make posthog-js fetch web-vitals.js.
		"capturePerformance": false,
	}
	if rec.Off {
		return fields
	}
	recording := map[string]any{
		"endpoint":                    "/s/",
		"consoleLogRecordingEnabled":  !rec.NoConsole,
		"recorderVersion":             "v2", // read by versions before 1.300
		"sampleRate":                  nil,
		"minimumDurationMilliseconds": nil,
		"linkedFlag":                  nil,
		"networkPayloadCapture":       nil,
		"urlTriggers":                 []any{},
		"urlBlocklist":                []any{},
		"eventTriggers":               []any{},
	}
	if rec.SampleRate > 0 && rec.SampleRate < 1 {
		recording["sampleRate"] = strconv.FormatFloat(rec.SampleRate, 'f', -1, 64) // a string on the wire
	}
	if !rec.NoNetwork {
		fields["capturePerformance"] = map[string]any{"network_timing": true, "web_vitals": false, "web_vitals_allowed_metrics": nil}
		if rec.NetworkHeaders || rec.NetworkBodies {
			recording["networkPayloadCapture"] = map[string]any{"recordHeaders": rec.NetworkHeaders, "recordBody": rec.NetworkBodies}
		}
	}
	fields["sessionRecording"] = recording
	return fields
}

func remoteConfig(rec Recording) []byte {
	b, err := json.Marshal(remoteConfigFields(rec))
	if err != nil {
		panic("posthog: remote config: " + err.Error()) // constants and numbers
	}
	return b
}

// configJSON serves the remote config as JSON, for posthog-js without a script loader, and for other versions if their script fails to load.
func (h *Handler) configJSON(w http.ResponseWriter, r *http.Request) {
	if h.configured(w, r, "/array/{token}/config") {
		writeJSON(w, h.config)
	}
}

// configScript serves the remote config as a script.
func (h *Handler) configScript(w http.ResponseWriter, r *http.Request) {
	if !h.configured(w, r, "/array/{token}/config.js") {
		return
	}
	var b bytes.Buffer
	b.WriteString("(function(){window._POSTHOG_REMOTE_CONFIG=window._POSTHOG_REMOTE_CONFIG||{};\nwindow._POSTHOG_REMOTE_CONFIG[")
	b.Write(quote(r.PathValue("token")))
	b.WriteString("]={config:")
	b.Write(h.config)
	b.WriteString(",siteApps:[]};})();\n")
	w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(b.Bytes())
}

// configured checks the token in the path. The answer may be cached for a minute, so that a change of settings takes effect soon.
func (h *Handler) configured(w http.ResponseWriter, r *http.Request, path string) bool {
	if err := h.authorize(r.PathValue("token"), r.Header); err != nil {
		h.fail(w, r, path, err)
		return false
	}
	h.gate.Counted(path, "ok")
	w.Header().Set("Cache-Control", "public, max-age=60")
	return true
}
