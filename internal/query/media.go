package query

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/playheadhq/playhead/internal/access"
	"github.com/playheadhq/playhead/internal/llm"
	"github.com/playheadhq/playhead/internal/model"
)

// MediaRequest asks for an image, a sound or a file of a message.
type MediaRequest struct {
	// Of is "input" or "output", and At is the reference in the message's address.
	Of, At string
}

// Media are the data of an image, a sound or a file.
type Media struct {
	// Type follows from the first bytes of the data, whatever their sender claims: a type that a browser shows without running anything, otherwise
	// application/octet-stream.
	Type string
	// Shown is false if browsers must save the data instead of showing them.
	Shown bool
	Data  []byte
}

// Media reads the data of an image, a sound or a file in a message.
func (s *Service) Media(ctx context.Context, scope access.Scope, id string, r MediaRequest) (Media, error) {
	if r.Of != "input" && r.Of != "output" {
		return Media{}, badInput("of", "of must be input or output; got %q.", shortened(r.Of))
	}
	ref, err := llm.ParseRef(r.At)
	if err != nil {
		return Media{}, badInput("at", "at must be copied from the address of a message's media; got %q.", shortened(r.At))
	}
	e, err := s.node(ctx, scope, id)
	if err != nil {
		return Media{}, err
	}
	var data []byte
	err = s.contents(ctx, scope, []*model.Event{&e}, func(_ *model.Event, c *model.Content) error {
		raw := c.Input
		if r.Of == "output" {
			raw = c.Output
		}
		var bad error
		if data, bad = llm.MediaAt(raw, ref); bad != nil {
			return notFound("There is no image, sound or file at this address. Take the address from the generation's messages.")
		}
		return nil
	})
	if err != nil {
		return Media{}, err
	}
	kind := sniffed(data)
	return Media{Type: kind, Shown: shownTypes[kind], Data: data}, nil
}

// shownTypes are the types that browsers show without running anything. SVG is not among them, because it is a document with scripts.
var shownTypes = map[string]bool{
	"image/png": true, "image/jpeg": true, "image/gif": true, "image/webp": true, "image/avif": true, "image/bmp": true,
	"audio/mpeg": true, "audio/wave": true, "audio/flac": true, "application/ogg": true, "video/mp4": true, "video/webm": true,
}

// sniffed is the media type that follows from the first bytes: application/octet-stream for unknown types and types that are not shown.
// application/pdf is returned, so that the data are saved as a PDF.
func sniffed(data []byte) string {
	kind, _, _ := strings.Cut(http.DetectContentType(data), ";")
	switch {
	case kind == "application/pdf" || shownTypes[kind]:
		return kind
	case bytes.HasPrefix(data, []byte("fLaC")):
		return "audio/flac"
	case len(data) > 2 && data[0] == 0xFF && data[1]&0xE0 == 0xE0: // a frame of MP3 or AAC
		return "audio/mpeg"
	case len(data) > 12 && string(data[4:12]) == "ftypavif":
		return "image/avif"
	}
	return "application/octet-stream"
}

// addressed sets, in messages, the addresses at which the data of their media can be read.
func addressed(messages []Message, e *model.Event, of string) []Message {
	for i := range messages {
		for j := range messages[i].Parts {
			if m := messages[i].Parts[j].Media; m != nil && m.Ref != nil {
				m.URL = "/api/generations/" + e.UUID.String() + "/media?of=" + of + "&at=" + m.Ref.String()
				if e.Project != access.DefaultProject {
					m.URL += "&project=" + url.QueryEscape(e.Project)
				}
			}
		}
	}
	return messages
}
