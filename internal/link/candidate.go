package link

import (
	"encoding/json"
	"net/url"

	"github.com/playheadhq/playhead/internal/address"
)

// Candidate is a session that may be the right one.
type Candidate struct {
	SessionID  string  `json:"session_id"`
	WindowID   string  `json:"window_id,omitempty"`
	Confidence float64 `json:"confidence"`
}

// Candidates are sessions that are equally likely, as they are stored: a JSON array, "" for none.
type Candidates string

// mostCandidates is the maximum number of candidates.
const mostCandidates = 10

// NewCandidates encodes candidates, at most ten of them. The result is "" if there are none.
func NewCandidates(all []Candidate) Candidates {
	if len(all) == 0 {
		return ""
	}
	text, err := json.Marshal(all[:min(len(all), mostCandidates)])
	if err != nil {
		return ""
	}
	return Candidates(text)
}

// All decodes the candidates. It returns nil if there are none or the text is not valid JSON.
func (c Candidates) All() (all []Candidate) {
	if c != "" && json.Unmarshal([]byte(c), &all) != nil {
		return nil
	}
	return all
}

// URL is the address of the candidate's page.
func (c Candidate) URL(project string) string {
	q := url.Values{}
	if c.WindowID != "" {
		q.Set("window", c.WindowID)
	}
	return address.Session(c.SessionID, project, q)
}
