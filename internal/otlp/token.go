package otlp

import (
	"net/http"
	"strings"

	"github.com/playheadhq/playhead/internal/intake"
)

// claim returns the token of a request and its project. A token is in a header or in the query; of several the first that is known counts. Exporters
// of Langfuse send two keys as a user and a password: either of them may be the token.
func (h *Handler) claim(r *http.Request) (token, project string, err error) {
	var sent []string
	if bearer, is := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); is {
		sent = append(sent, bearer)
	}
	if user, password, is := r.BasicAuth(); is {
		sent = append(sent, user, password)
	}
	sent = append(sent, r.Header.Get("X-Posthog-Token"))
	if r.URL.RawQuery != "" {
		sent = append(sent, r.URL.Query().Get("token"))
	}
	first := ""
	for _, token := range sent {
		if token = strings.TrimSpace(token); token == "" {
			continue
		}
		if project, known := h.projectOf(token); known {
			return token, project, nil
		}
		if first == "" {
			first = token
		}
	}
	if first == "" {
		return "", "", intake.Unauthorized("the request carries no project token: set OTEL_EXPORTER_OTLP_HEADERS to \"authorization=Bearer phc_…\" (some exporters need %20 for the space)")
	}
	return "", "", intake.UnknownToken(first)
}
