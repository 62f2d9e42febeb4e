package llm

import (
	"encoding/json"
	"strings"

	"github.com/tidwall/gjson"
)

// image is {image_url:{url}|url}, {image:url|base64}, {inline_data|source:{…}}, {file_id} or a generated {result}.
func image(o object) Part {
	m := Media{Name: o.str("file_id", "filename")}
	v := o.get("image_url", "image", "result", "source", "inline_data", "inlineData")
	known := []string{"image_url", "image", "result", "source", "inline_data", "inlineData", "file_id", "filename"}
	return media(o, PartImage, m, v, "image/png", known)
}

// audio is {input_audio:{data,format}}, or {id,data,transcript} of an answer.
func audio(o object) Part {
	v := o.get("input_audio", "data", "audio", "source", "inline_data", "inlineData")
	mime := "audio/wav"
	format := o.str("format")
	if v.IsObject() {
		format = v.Get("format").Str
	}
	if format != "" && !strings.ContainsAny(format, ";, \"<") {
		mime = "audio/" + format
	}
	p := media(o, PartAudio, Media{}, v, mime,
		[]string{"input_audio", "data", "audio", "source", "inline_data", "inlineData", "format", "transcript"})
	p.ID, p.Text = o.str("id"), o.str("transcript")
	return p
}

// file is {file:{filename,file_data,file_id}}, {filename,file_data|file_url|file_id} or {source:{…}}.
func file(o object) Part {
	f := o
	if v := o.get("file"); v.IsObject() {
		f = objectOf(v)
	}
	known := []string{"filename", "title", "name", "file_id", "file_data", "file_url", "source", "inline_data", "inlineData", "data"}
	m := Media{Name: f.str("filename", "title", "name", "file_id")}
	v := f.get("file_data", "file_url", "source", "inline_data", "inlineData", "data")
	p := media(f, PartFile, m, v, "application/octet-stream", known)
	if f.raw != o.raw && (p.Raw != nil || p.Type == PartJSON || o.rest("file") != nil) {
		p.Raw = json.RawMessage(o.raw)
	}
	if p.Type == PartFile && f.str("file_id") != "" && m.Name != f.str("file_id") {
		p.Raw = json.RawMessage(o.raw)
	}
	return p
}

// media makes a part of the data in v: a URL, base64, a note of what an SDK redacted, or an object with one of these.
func media(o object, kind PartType, m Media, v gjson.Result, mime string, known []string) Part {
	p := o.keep(Part{Type: kind}, known...)
	data := v
	if v.IsObject() {
		d := objectOf(v)
		m.MIME = d.str("media_type", "mime_type", "mimeType")
		data = d.get("url", "data", "file_uri")
		if d.rest("media_type", "mime_type", "mimeType", "url", "data", "file_uri", "format") != nil {
			p.Raw = json.RawMessage(o.raw)
		}
	}
	if m.MIME != "" {
		mime = m.MIME
	}
	switch s := data.Str; {
	case data.Exists() && data.Type != gjson.String, v.Exists() && !data.Exists():
		return unknown(o.raw)
	case s == "" && m.Name == "":
		if p.Raw == nil && !o.has("transcript") {
			return unknown(o.raw)
		}
	case s == "":
	case strings.HasPrefix(s, "["):
		m.Note = s
		if m.MIME == "" {
			m.MIME = noted(s)
		}
	case strings.HasPrefix(s, "data:"):
		m.URL = s
		if head, _, ok := strings.Cut(s[len("data:"):], ","); ok && m.MIME == "" {
			m.MIME, _, _ = strings.Cut(head, ";")
		}
	case strings.Contains(s[:min(len(s), 20)], "://"):
		m.URL = s
	default:
		m.MIME, m.URL = mime, "data:"+mime+";base64,"+s
	}
	p.Media = &m
	return p
}

// noted is the media type in a note such as "[base64 image/png redacted]", "" when it names none.
func noted(note string) string {
	for _, word := range strings.Fields(strings.Trim(note, "[]")) {
		if strings.Contains(word, "/") {
			return word
		}
	}
	return ""
}
