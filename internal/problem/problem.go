// Package problem writes the answers to requests that fail: problem details (RFC 9457) for people's browsers and for programs that read the
// API, plain text for SDKs, which put into their own log whatever they are answered.
package problem

import (
	"encoding/json"
	"io"
	"net/http"
)

// ContentType is the type of an answer in JSON.
const ContentType = "application/problem+json"

// Details is the answer in JSON.
type Details struct {
	Type   string `json:"type"`   // of Type
	Title  string `json:"title"`  // the status in words
	Status int    `json:"status"` // HTTP's
	Detail string `json:"detail"` // what happened and what to do, in sentences
}

// Type is how programs tell problems apart: kind is one or a few words joined by hyphens, such as "not-found".
func Type(kind string) string { return "urn:playhead:problem:" + kind }

// Of makes the answer.
func Of(status int, kind, detail string) Details {
	return Details{Type: Type(kind), Title: http.StatusText(status), Status: status, Detail: detail}
}

// Write answers in JSON.
func Write(w http.ResponseWriter, status int, kind, detail string) {
	header(w, status, ContentType)
	_ = json.NewEncoder(w).Encode(Of(status, kind, detail)) // an error says that the client left
}

// Text answers in plain text, one line.
func Text(w http.ResponseWriter, status int, detail string) {
	header(w, status, "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, detail+"\n") // as above
}

// header begins an answer. What failed now may succeed a second later, so nobody keeps it.
func header(w http.ResponseWriter, status int, contentType string) {
	h := w.Header()
	h.Set("Content-Type", contentType)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
}
