package posthog

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/rawjson"
)

// settle sets Stopped if somebody stopped the described LLM event. Then it is no error, whatever the client reported.
func (f *known) settle(pace *rawjson.Pace, e *model.Event) {
	if !e.Kind.IsNode() || !model.Aborted(e.HTTPStatus, e.StopReason, errorName(pace, f.ai.errorText), e.Error) && !f.streamHasNoEnd(pace, e) {
		return
	}
	e.Stopped, e.IsError = true, false
	if e.Tokens.Input <= 0 && e.Tokens.Output <= 0 {
		e.Tokens = model.UnknownTokens() // the usage comes with the end of a stream; without it wrappers write 0
	}
	if e.HTTPStatus == http.StatusInternalServerError {
		e.HTTPStatus = 0 // the wrapper @posthog/ai writes 500 for an error without a status, and an error of the client has none
	}
}

// streamHasNoEnd reports whether a call was a stream whose end never came. If the caller stops reading a stream, posthog's wrappers report it like a
// complete one, without an error; but then no stop reason has arrived.
func (f *known) streamHasNoEnd(pace *rawjson.Pace, e *model.Event) bool {
	return e.Kind == model.KindGeneration && e.StopReason == "" && !e.IsError && f.namesEnds() && isObject(f.ai.parameters) && truth(pace.Member(f.ai.parameters, "stream"))
}

// namesEnds reports whether a wrapper sends a stop reason for every stream that ended. These versions do, as their recorded events show. For older ones
// it is not known.
func (f *known) namesEnds() bool {
	if scalar(f.ai.lib, 16) != "posthog-ai" {
		return false
	}
	switch scalar(f.lib, 16) {
	case "posthog-node":
		return since(scalar(f.ai.libVersion, 32), 8, 13)
	case "posthog-python":
		return since(scalar(f.ai.libVersion, 32), 7, 91)
	}
	return false
}

// since reports whether a version is at least major.minor.
func since(version string, major, minor int) bool {
	first, rest, _ := strings.Cut(version, ".")
	second, _, _ := strings.Cut(rest, ".")
	a, errA := strconv.Atoi(first)
	b, errB := strconv.Atoi(second)
	return errA == nil && errB == nil && (a > major || a == major && b >= minor)
}

// errorName returns the class of an error that was sent as an object or as its JSON: {"name":"AbortError",…}.
func errorName(pace *rawjson.Pace, v []byte) string {
	v = given(v)
	if rawjson.KindOf(v) == rawjson.String && len(v) <= maxErrorRead {
		text := []byte(strings.TrimSpace(rawjson.Text(v)))
		if len(text) == 0 || text[0] != '{' || !pace.Work(len(text)) || rawjson.Check(text, 64) != nil {
			return ""
		}
		v = text
	}
	if !isObject(v) {
		return ""
	}
	return scalar(pace.Member(v, "name"), 64)
}
