package otlp

import (
	"encoding/json"
	"net/http"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/playheadhq/playhead/internal/intake"
)

// answer is a successful answer: an Export…ServiceResponse, whose only field is partial_success.
func answer(w http.ResponseWriter, asJSON bool, of *signal, done exported) {
	w.Header().Set("X-Content-Type-Options", "nosniff")
	if !asJSON {
		w.Header().Set("Content-Type", "application/x-protobuf")
		_, _ = w.Write(response(done))
		return
	}
	body := map[string]any{}
	if done.refused > 0 {
		body["partialSuccess"] = map[string]any{of.refused: done.refused, "errorMessage": done.detail}
	}
	writeJSON(w, http.StatusOK, body)
}

// response is the protobuf of an Export…ServiceResponse; it is the same for all signals.
func response(done exported) []byte {
	if done.refused == 0 {
		return nil
	}
	var partial []byte
	partial = protowire.AppendTag(partial, 1, protowire.VarintType)
	partial = protowire.AppendVarint(partial, uint64(done.refused))
	partial = protowire.AppendTag(partial, 2, protowire.BytesType)
	partial = protowire.AppendString(partial, done.detail)
	return protowire.AppendBytes(protowire.AppendTag(nil, 1, protowire.BytesType), partial)
}

// answerFailure answers with a google.rpc.Status.
func answerFailure(w http.ResponseWriter, asJSON bool, f *intake.Failure) {
	code := grpcCode(f.Status)
	if asJSON {
		writeJSON(w, f.Status, map[string]any{"code": code, "message": f.Public})
		return
	}
	var b []byte
	b = protowire.AppendTag(b, 1, protowire.VarintType)
	b = protowire.AppendVarint(b, uint64(code))
	b = protowire.AppendTag(b, 2, protowire.BytesType)
	b = protowire.AppendString(b, f.Public)
	w.Header().Set("Content-Type", "application/x-protobuf")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(f.Status)
	_, _ = w.Write(b)
}

func writeJSON(w http.ResponseWriter, status int, v map[string]any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}
