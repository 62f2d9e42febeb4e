package posthog

import (
	"encoding/json"
	"net/http"

	"github.com/google/uuid"
)

// flags answers /flags and its predecessor /decide. There are no feature flags here, but SDKs wait for this answer. The answer has the fields of all
// versions: v2 reads flags, older ones featureFlags. Clients that get their configuration together with the flags (/decide, and /flags with
// config=true) get it.
func (h *Handler) flags(legacy bool) http.HandlerFunc {
	path := "/flags/"
	if legacy {
		path = "/decide/"
	}
	return func(w http.ResponseWriter, r *http.Request) {
		work := h.gate.Work(r)
		defer work.Close()
		text, err := h.read(w, r, path, work)
		if err == nil {
			p := h.parser(text, &route{path: path}, work)
			p.maxEvents = 1
			if err = p.parse(); err == nil {
				_, _, err = p.claim.decide(r.Header, false)
			}
		}
		if err != nil {
			h.fail(w, r, path, err)
			return
		}
		answer := map[string]any{}
		if legacy || r.URL.Query().Get("config") == "true" {
			for name, value := range remoteConfigFields(h.recording) {
				answer[name] = value
			}
			answer["config"] = map[string]any{"enable_collect_everything": true}
			answer["toolbarParams"] = map[string]any{}
			answer["isAuthenticated"] = false
		}
		answer["featureFlags"] = map[string]any{}
		answer["featureFlagPayloads"] = map[string]any{}
		answer["errorsWhileComputingFlags"] = false
		if !legacy {
			answer["flags"] = map[string]any{}
			answer["requestId"] = uuid.NewString()
		}
		b, err := json.Marshal(answer)
		if err != nil {
			h.fail(w, r, path, err)
			return
		}
		h.gate.Counted(path, "ok")
		w.Header().Set("Cache-Control", "no-store")
		writeJSON(w, b)
	}
}

// authorize checks the token of a request for a browser's configuration.
func (h *Handler) authorize(token string, header http.Header) error {
	c := claim{projectOf: h.projectOf, top: token}
	_, _, err := c.decide(header, false)
	return err
}

// surveys answers with an empty list of surveys.
func (h *Handler) surveys(w http.ResponseWriter, r *http.Request) {
	if err := h.authorize(r.URL.Query().Get("token"), r.Header); err != nil {
		h.fail(w, r, "/api/surveys/", err)
		return
	}
	h.gate.Counted("/api/surveys/", "ok")
	writeJSON(w, []byte(`{"surveys":[]}`))
}
