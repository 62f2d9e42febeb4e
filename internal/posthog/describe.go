package posthog

import "github.com/playheadhq/playhead/internal/rawjson"

// maxDescribed is the largest length in bytes of each result of Described.
const maxDescribed = 64 << 10

// Described returns, from an event's other properties as they are stored, the parameters of the call and the properties that the application added
// (those without a $). Each is a JSON object, or nil if it would be empty. Members beyond 64 KiB are left out.
func Described(properties []byte) (parameters, custom []byte) {
	for key, v := range rawjson.Members(rawjson.Trim(properties)) {
		switch {
		case string(key) == "$ai_model_parameters" && isObject(v):
			parameters = nil
			for name, p := range rawjson.Members(v) {
				if given(p) != nil {
					parameters = appendMember(parameters, name, p)
				}
			}
		case len(key) > 0 && key[0] != '$' && string(key) != "token" && string(key) != "distinct_id":
			custom = appendMember(custom, key, v)
		}
	}
	return closed(parameters), closed(custom)
}

func appendMember(object, name, v []byte) []byte {
	if len(object)+len(name)+len(v) > maxDescribed-len(`,"":}`) {
		return object
	}
	before := byte(',')
	if object == nil {
		before = '{'
	}
	return append(append(append(append(object, before, '"'), name...), `":`...), v...)
}

func closed(object []byte) []byte {
	if object == nil {
		return nil
	}
	return append(object, '}')
}
