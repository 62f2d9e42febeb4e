package otlp

import (
	"encoding/binary"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/playheadhq/playhead/internal/intake"
)

// A unary call of gRPC is a POST over HTTP/2 whose body is one message with five bytes before it, and whose result is in the trailers. It is served
// here and not by google.golang.org/grpc: that package receives a whole message before the program can check whether there is memory for it. So a call
// is admitted, read and counted like any other request.

// GRPC returns a handler for the calls of OTLP/gRPC, over HTTP/2 with or without TLS.
func (h *Handler) GRPC() http.Handler {
	mux := http.NewServeMux()
	for name, of := range map[string]*signal{"trace": traces, "logs": logs, "metrics": metrics} {
		path := "/opentelemetry.proto.collector." + name + ".v1." + of.service + "/Export"
		mux.HandleFunc("POST "+path, h.call("grpc/"+name, of))
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		f := h.gate.NoRoute(w, r, "grpc/unknown", "this address takes OTLP/gRPC alone: traces, logs and metrics")
		endCall(w, nil, grpcUnimplemented, f.Public)
	})
	return mux
}

func (h *Handler) call(path string, of *signal) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		done, err := h.take(w, r, request{path: path, of: of, unframe: func(b *intake.Body) error { return unframe(b, r.Header) }})
		if err != nil {
			f := h.gate.Failed(w, r, path, client(r.Header), err)
			endCall(w, nil, grpcCode(f.Status), f.Public)
			return
		}
		message := response(done)
		frame := binary.BigEndian.AppendUint32([]byte{0}, uint32(len(message)))
		endCall(w, append(frame, message...), 0, "")
	}
}

// Stopping answers a call while the server stops.
func Stopping(w http.ResponseWriter, _ *http.Request) {
	endCall(w, nil, grpcUnavailable, "the server is stopping: send this again in a few seconds")
}

// frameHead is the length of the head of a message: whether the message is compressed, and its length.
const frameHead = 5

// unframe makes the message of a call from its body.
func unframe(b *intake.Body, header http.Header) error {
	if len(b.Data) < frameHead {
		return intake.BadRequest("bad_frame", "the call has no message")
	}
	compressed := b.Data[0]
	if n := binary.BigEndian.Uint32(b.Data[1:]); compressed > 1 || int64(n) != int64(len(b.Data)-frameHead) {
		return intake.BadRequest("bad_frame", fmt.Sprintf("the call has %d bytes after the head of its message, which says %d", len(b.Data)-frameHead, n))
	}
	b.Data = b.Data[:copy(b.Data, b.Data[frameHead:])]
	if compressed == 0 {
		return nil
	}
	return b.Inflate(http.Header{"Content-Encoding": {header.Get("Grpc-Encoding")}})
}

// endCall sends a frame, if there is one, and the result of the call.
func endCall(w http.ResponseWriter, frame []byte, code int, message string) {
	header := w.Header()
	header.Set("Content-Type", "application/grpc")
	header.Set("Trailer", "Grpc-Status, Grpc-Message")
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(frame)
	header.Set("Grpc-Status", strconv.Itoa(code))
	if message != "" {
		header.Set("Grpc-Message", url.PathEscape(message))
	}
}

// Codes of gRPC.
const (
	grpcInvalidArgument   = 3
	grpcResourceExhausted = 8
	grpcUnimplemented     = 12
	grpcInternal          = 13
	grpcUnavailable       = 14
	grpcUnauthenticated   = 16
)

// grpcCode is the code of a failed request. Exporters send again after grpcUnavailable.
func grpcCode(status int) int {
	switch status {
	case http.StatusBadRequest:
		return grpcInvalidArgument
	case http.StatusUnauthorized:
		return grpcUnauthenticated
	case http.StatusRequestEntityTooLarge:
		return grpcResourceExhausted
	case http.StatusUnsupportedMediaType:
		return grpcUnimplemented
	case http.StatusServiceUnavailable, http.StatusRequestTimeout:
		return grpcUnavailable
	}
	return grpcInternal
}
