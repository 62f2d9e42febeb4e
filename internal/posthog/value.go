package posthog

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/rawjson"
)

// scalar returns the text of a string, number or boolean: as ids, 12 and "12" are equal for clients. For any other value it returns "".
func scalar(v []byte, most int) string { return rawjson.Scalar(v, most) }

// beginning is rawjson.Clip for bytes that are not a string yet: it copies no more than it returns.
func beginning(v []byte, most int) string {
	return rawjson.Clip(string(v[:min(len(v), most+utf8.UTFMax)]), most)
}

// number reads a number, also one that was sent as a string.
func number(v []byte) (float64, bool) {
	if f, ok := rawjson.Float(v); ok {
		return f, true
	}
	if rawjson.KindOf(v) != rawjson.String || len(v) > 40 {
		return 0, false
	}
	f, err := strconv.ParseFloat(strings.TrimSpace(rawjson.Text(v)), 64)
	return f, err == nil && f == f
}

// count32 reads a count, 0 if it is not a valid one.
func count32(v []byte) int32 {
	n, ok := number(v)
	if !ok || n < 0 {
		return 0
	}
	return int32(min(n, 1<<30))
}

// firstText returns the first text that is not empty.
func firstText(most int, values ...[]byte) string {
	for _, v := range values {
		if text := scalar(v, most); text != "" {
			return text
		}
	}
	return ""
}

// truth reads a boolean, also one that was sent as a string or number.
func truth(v []byte) bool {
	switch strings.ToLower(scalar(v, 8)) {
	case "true", "1":
		return true
	}
	return false
}

func falsehood(v []byte) bool {
	switch strings.ToLower(scalar(v, 8)) {
	case "false", "0":
		return true
	}
	return false
}

// given returns v unless it is null or absent.
func given(v []byte) []byte {
	if k := rawjson.KindOf(v); k == rawjson.Null || k == rawjson.Invalid {
		return nil
	}
	return v
}

// firstGiven returns the first value that is neither null nor absent.
func firstGiven(values ...[]byte) []byte {
	for _, v := range values {
		if given(v) != nil {
			return v
		}
	}
	return nil
}

func isObject(v []byte) bool { return rawjson.KindOf(v) == rawjson.Object }

// or returns a, or the text of v if a is empty.
func or(a string, v []byte) string {
	if a != "" {
		return rawjson.Clip(a, model.MaxID)
	}
	return scalar(v, model.MaxID)
}
