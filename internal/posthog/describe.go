package posthog

import "github.com/playheadhq/playhead/internal/rawjson"

// maxDescribed is how long each of what Described returns may be.
const maxDescribed = 64 << 10

// Described are, of an event's other properties as they are stored, the parameters of the call, and the properties that the program added,
// which are those without a $. Each is a JSON object, nil where it would be empty; what makes it longer than 64 KiB is left out.
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
