package llm

import (
	"fmt"
	"strings"

	"github.com/playheadhq/playhead/internal/rawjson"
)

// maxMedia is up to how many bytes an image, a sound or a file is part of a message. A larger one is named.
const maxMedia = 512 << 10

// image is {image_url:{url}|url}, {image:url|base64}, {inline_data|source:{…}}, {file_id} or a generated {result}.
func image(o *object) piece {
	m := Media{Name: o.str(nFileID, nFilename)}
	s := o.get(nImageURL, nImage, nResult, nSource, nInlineData, nInlineDataCamel)
	known := setOf(nImageURL, nImage, nResult, nSource, nInlineData, nInlineDataCamel, nFileID, nFilename)
	return media(o, PartImage, m, s, "image/png", known)
}

// audio is {input_audio:{data,format}}, or {id,data,transcript} of an answer.
func audio(o *object) piece {
	s := o.get(nInputAudio, nData, nAudio, nSource, nInlineData, nInlineDataCamel)
	mime := "audio/wav"
	format := o.str(nFormat)
	if o.isObject(s) {
		in := objectOf(o.text, s)
		format = in.str(nFormat)
	}
	if format != "" && !strings.ContainsAny(format, ";, \"<") {
		mime = "audio/" + format
	}
	p := media(o, PartAudio, Media{}, s, mime, setOf(nInputAudio, nData, nAudio, nSource, nInlineData, nInlineDataCamel, nFormat, nTranscript))
	p.ID = o.str(nID)
	if t := o.get(nTranscript); o.isString(t) && t.len() > len(`""`) {
		p.setText(t)
	}
	return p
}

// file is {file:{filename,file_data,file_id}}, {filename,file_data|file_url|file_id} or {source:{…}}.
func file(o *object) piece {
	f := o
	if s := o.get(nFile); o.isObject(s) {
		in := objectOf(o.text, s)
		f = &in
	}
	known := setOf(nFilename, nTitle, nName, nFileID, nFileData, nFileURL, nSource, nInlineData, nInlineDataCamel, nData)
	m := Media{Name: f.str(nFilename, nTitle, nName, nFileID)}
	s := f.get(nFileData, nFileURL, nSource, nInlineData, nInlineDataCamel, nData)
	p := media(f, PartFile, m, s, "application/octet-stream", known)
	if f != o && p.Type == PartJSON {
		return o.unknown()
	}
	if f != o && (p.Raw != nil || p.raw.to > 0 || !o.lacks(setOf(nFile))) {
		p.setRaw(o.text, o.span)
	}
	if p.Type == PartFile && f.str(nFileID) != "" && m.Name != f.str(nFileID) {
		p.setRaw(o.text, o.span)
	}
	return p
}

// media makes a part of the data in s: a URL, base64, a note of what an SDK redacted, or an object with one of these.
func media(o *object, kind PartType, m Media, s span, mime string, known set) piece {
	p := piece{Part: Part{Type: kind}}
	o.keep(&p, known)
	data := s
	if o.isObject(s) {
		d := objectOf(o.text, s)
		m.MIME = d.str(nMediaType, nMIMEType, nMIMETypeCamel)
		data = d.get(nURL, nData, nFileURI)
		if !d.lacks(setOf(nMediaType, nMIMEType, nMIMETypeCamel, nURL, nData, nFileURI, nFormat)) {
			p.setRaw(o.text, o.span)
		}
	}
	if m.MIME != "" {
		mime = m.MIME
	}
	if data.to > 0 && !o.isString(data) || s.to > 0 && data.to == 0 {
		return o.unknown()
	}
	if data.len() > maxMedia {
		m.Note = fmt.Sprintf("[%s of %d bytes: too long to be shown in a message]", mime, data.len()-len(`""`))
		m.MIME = mime
		p.Media = &m
		return p
	}
	switch d := rawjson.Text(data.in(o.text)); {
	case d == "" && m.Name == "":
		if p.Raw == nil && p.raw.to == 0 && !o.has(nTranscript) {
			return o.unknown()
		}
	case d == "":
	case strings.HasPrefix(d, "["):
		m.Note = d
		if m.MIME == "" {
			m.MIME = noted(d)
		}
	case strings.HasPrefix(d, "data:"):
		m.URL = d
		if head, _, ok := strings.Cut(d[len("data:"):], ","); ok && m.MIME == "" {
			m.MIME, _, _ = strings.Cut(head, ";")
		}
	case strings.Contains(d[:min(len(d), 20)], "://"):
		m.URL = d
	default:
		m.MIME, m.URL = mime, "data:"+mime+";base64,"+d
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
