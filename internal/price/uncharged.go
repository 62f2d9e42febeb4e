package price

import (
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/playheadhq/playhead/internal/model"
)

// uncharged reports whether a provider refused a call, so that it charges nothing for it: the call failed, nothing was counted, no answer had begun, and the
// failure says that the provider turned the call down. A call that failed otherwise may be charged: after a time limit or a broken connection the provider
// goes on, and an answer that the client could not read was complete.
func uncharged(e *model.Event, answered bool) bool {
	t := &e.Tokens
	return e.IsError && !e.Stopped && !answered && e.FirstTokenMS < 0 && max(t.Input, t.Output, t.Total, e.WebSearches) <= 0 && refused(statusOf(e), e.Provider)
}

// refused reports whether a provider that answers with a status has done nothing that it charges for. Azure charges for some calls that fail, for example
// those that a content filter or a limit of the input stops (learn.microsoft.com, "Plan and manage costs for Azure OpenAI").
func refused(status int, provider string) bool {
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusTooManyRequests, http.StatusServiceUnavailable, unreached:
		return true
	case http.StatusRequestTimeout, clientLeft, http.StatusBadGateway, http.StatusGatewayTimeout, proxyTimeout:
		return false // somebody between did not wait for the answer, or lost it
	}
	return status >= 400 && status < 600 && !strings.Contains(strings.ToLower(provider), "azure")
}

const (
	clientLeft   = 499 // nginx: the client left
	proxyTimeout = 524 // Cloudflare: the server behind it took too long
	unreached    = -1  // no connection was made
)

// statusOf is the status with which a provider answered a failed call, 0 if that is not known. Many clients report none, and @posthog/ai writes 500 for all
// errors without a status. In both cases the error's text decides.
func statusOf(e *model.Event) int {
	if e.HTTPStatus != 0 && e.HTTPStatus != http.StatusInternalServerError {
		return int(e.HTTPStatus)
	}
	text := strings.ToLower(e.Error)
	if found := statusInText.FindStringSubmatch(text); found != nil {
		status, _ := strconv.Atoi(slices.MaxFunc(found[1:], func(a, b string) int { return len(a) - len(b) }))
		return status
	}
	for _, name := range errorNames {
		if strings.Contains(text, name.text) {
			return name.status
		}
	}
	return 0
}

// statusInText finds a status in an error's text in lower case: "429 rate limit reached" of the clients for JavaScript and of Gemini's, "error code: 429 - {…}" of those
// for Python, "status code 429" of many.
var statusInText = regexp.MustCompile(`^([45]\d\d)\b|\b(?:error|status)[ _]?code:? ?([45]\d\d)\b|\bhttp(?:/[\d.]+)?(?: status| error)?:? ([45]\d\d)\b`)

// errorNames are names of errors, in lower case, and the statuses that they stand for.
var errorNames = [...]struct {
	text   string
	status int
}{
	{"ratelimiterror", http.StatusTooManyRequests}, {"authenticationerror", http.StatusUnauthorized}, {"permissiondeniederror", http.StatusForbidden},
	{"notfounderror", http.StatusNotFound}, {"badrequesterror", http.StatusBadRequest}, {"internalservererror", http.StatusInternalServerError},
	{"throttlingexception", http.StatusTooManyRequests}, {"accessdeniedexception", http.StatusForbidden}, // Bedrock
	{"resource_exhausted", http.StatusTooManyRequests}, {"unauthenticated", http.StatusUnauthorized}, {"permission_denied", http.StatusForbidden}, // Gemini
	{"econnrefused", unreached}, {"connection refused", unreached}, {"enotfound", unreached}, {"no such host", unreached},
}
