package heavy

import (
	"bytes"
	"strconv"
)

// Properties are where a value is put into an LLM event: each is read by other code.
var Properties = []string{"$ai_input", "$ai_output_choices", "$ai_tools", "$ai_error", "$ai_output_state", "$set", "custom"}

// Event is one LLM event with the value as a property. Its uuid, trace and distinct id are made of n.
func Event(n int, property string, value []byte) []byte {
	id := strconv.FormatInt(1e11+int64(n), 10)
	b := make([]byte, 0, len(value)+400)
	b = append(b, `{"event":"$ai_generation","uuid":"01990000-0000-7000-8000-`...)
	b = append(b, id...)
	b = append(b, `","distinct_id":"heavy-`+id+`","properties":{"$ai_trace_id":"heavy-`+id+`","$ai_model":"m","$ai_latency":1,"`...)
	b = append(b, property...)
	b = append(b, `":`...)
	b = append(b, value...)
	return append(b, `}}`...)
}

// Batch is the body of a request to /batch/ with these events.
func Batch(token string, events ...[]byte) []byte {
	b := []byte(`{"api_key":` + strconv.Quote(token) + `,"batch":[`)
	b = append(b, bytes.Join(events, []byte{','})...)
	return append(b, `]}`...)
}
