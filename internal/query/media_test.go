package query

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/playheadhq/playhead/internal/model"
)

// TestMedia: messages have the addresses of images and files, never their data. The type of the data follows from their bytes, and nothing that a
// browser would run is shown.
func TestMedia(t *testing.T) {
	w := newWorld(t)
	png := "\x89PNG\r\n\x1a\n" + strings.Repeat("\x00picture", 100_000)
	script := "<!doctype html><script>alert(1)</script>"
	url := func(kind, data string) string {
		return `{"type":"image_url","image_url":{"url":"data:` + kind + `;base64,` + base64.StdEncoding.EncodeToString([]byte(data)) + `"}}`
	}
	id := w.event(model.KindGeneration, "t", 0)
	w.content(id, `[{"role":"user","content":[{"type":"text","text":"What?"},`+url("image/png", png)+`,`+url("image/png", script)+`,`+url("image/svg+xml", "<svg/>")+`,`+url("application/pdf", "%PDF-1.4")+`]}]`, `[]`)
	w.commit()
	g, err := w.Generation(t.Context(), scope, id.String())
	if err != nil {
		t.Fatal(err)
	}
	if b, _ := json.Marshal(g.Content.Input); strings.Contains(string(b), "base64") || len(b) > 2000 {
		t.Errorf("the messages have %d bytes: %.300s", len(b), b)
	}
	want := []struct {
		kind  string
		shown bool
		data  string
	}{{"image/png", true, png}, {"application/octet-stream", false, script}, {"application/octet-stream", false, "<svg/>"}, {"application/pdf", false, "%PDF-1.4"}}
	for i, part := range g.Content.Input[0].Parts[1:] {
		at, ok := strings.CutPrefix(part.Media.URL, "/api/generations/"+id.String()+"/media?of=input&at=")
		if !ok {
			t.Fatalf("address %q", part.Media.URL)
		}
		m, err := w.Media(t.Context(), scope, id.String(), MediaRequest{Of: "input", At: at})
		if err != nil || m.Type != want[i].kind || m.Shown != want[i].shown || string(m.Data) != want[i].data {
			t.Errorf("%d: %s, shown %v, %d bytes, error %v", i, m.Type, m.Shown, len(m.Data), err)
		}
	}
	for _, r := range []MediaRequest{{"input", "0"}, {"input", "99999999"}, {"input", "x"}, {"input", ""}, {"output", "1"}, {"tools", "1"}, {"input", "1.1.1.1.1.1"}} {
		var e *Error
		if _, err := w.Media(t.Context(), scope, id.String(), r); !errors.As(err, &e) || e.Code != CodeBadInput && e.Code != CodeNotFound {
			t.Errorf("%+v: %v", r, err)
		}
	}
}
