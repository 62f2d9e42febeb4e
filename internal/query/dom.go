package query

import (
	"context"

	"github.com/playheadhq/playhead/internal/access"
)

// DOMRequest asks for the page of one window at an instant.
type DOMRequest struct {
	SessionID string
	// WindowID is the tab; "" means the one that is shown at AtMS.
	WindowID string
	// AtMS is the instant. Zero, or an instant before the first full snapshot, means the first instant that can be reconstructed.
	AtMS int64
	// After is the id of the element after which the list of elements continues; zero starts at the beginning.
	After int
}

// DOM is the page that a window showed at an instant, as it was recorded: what the recorder masked is masked.
type DOM struct {
	AtMS     int64  `json:"at_ms" doc:"The instant: that of the request, or the first one that can be reconstructed."`
	WindowID string `json:"window_id"`
	URL      string `json:"url"`
	Title    string `json:"title"`
	Width    int    `json:"width" doc:"Of the viewport, CSS pixels; 0 when unknown."`
	Height   int    `json:"height"`
	Text     string `json:"text" doc:"The text as a reader sees it, each block on its own line, fields with their values, at most 256 KiB. Empty when the request continues after an element."`
	// Nodes are the elements of the page in document order, without those that are hidden by their own attributes.
	Nodes     []DOMNode `json:"nodes"`
	NodesNext *int      `json:"nodes_next" doc:"The value of after that continues the list of nodes; null at its end."`
	Truncated bool      `json:"truncated" doc:"Whether the text was cut, or nodes follow."`
}

// DOMNode is one element of a page.
type DOMNode struct {
	ID      int    `json:"id" doc:"The recorder's id, by which its events name the element."`
	Tag     string `json:"tag"`
	Label   string `json:"label" doc:"The accessible name of elements that can be pressed or filled in, and of images."`
	Text    string `json:"text" doc:"Its own text, without that of elements in it, at most 1,000 bytes."`
	Parent  int    `json:"parent" doc:"The id of the element that it is in; 0 for the first."`
	Role    string `json:"role"`
	Value   string `json:"value" doc:"The value of a field."`
	Checked bool   `json:"checked"`
	Masked  bool   `json:"masked" doc:"Whether the recorder masked or left out the content."`
}

// Limits of one DOM.
const (
	maxDOMText  = 256 << 10
	maxDOMNodes = 5000
	maxDOMBytes = 1 << 20
)

// DOM returns the page of a window at an instant.
func (s *Service) DOM(ctx context.Context, scope access.Scope, r DOMRequest) (DOM, error) {
	if r.After < 0 {
		return DOM{}, badInput("after", "after (%d) must be the id of an element.", r.After)
	}
	rec, err := s.recorded(ctx, scope, r.SessionID, r.WindowID, r.AtMS)
	if err != nil {
		return DOM{}, err
	}
	at := max(r.AtMS, rec.window.FirstSnapshotMS)
	src := rec.source(ctx, at)
	defer src.Close()
	page, err := s.checkpoints.Page(ctx, src, rec.key(), rec.rows, at)
	if err != nil {
		return DOM{}, wrap(err, "read recording of session "+r.SessionID)
	}
	if page == nil {
		return DOM{}, notFound("The page of session %q cannot be made at this instant: its full snapshot is damaged, or the page is larger than a browser could show.", r.SessionID)
	}
	d := DOM{AtMS: at, WindowID: rec.window.ID, URL: page.URL(), Title: page.Title(), Nodes: []DOMNode{}}
	d.Width, d.Height = page.Size()
	if r.After == 0 {
		text, whole := page.TextUpTo(maxDOMText)
		d.Text, d.Truncated = text, !whole
	}
	elements, more := page.Outline(r.After, maxDOMNodes, maxDOMBytes)
	for _, e := range elements {
		d.Nodes = append(d.Nodes, DOMNode(e))
	}
	if more {
		d.Truncated, d.NodesNext = true, &d.Nodes[len(d.Nodes)-1].ID
	}
	return d, nil
}
