package llm

import (
	"bytes"
	"encoding/base64"
	"errors"
	"strconv"
	"strings"

	"github.com/playheadhq/playhead/internal/rawjson"
)

// inMedia are the names of members of an image, a sound or a file.
var inMedia = setOf(nImageURL, nImage, nResult, nSource, nInlineData, nFileID, nFilename, nInputAudio, nData, nAudio, nFormat, nTranscript,
	nTitle, nName, nFileData, nFileURL, nFile, nMediaType, nURL, nContent)

// image is {image_url:{url}|url}, {image:url|base64}, {inline_data|source:{…}}, {base64|data}, {file_id} or a generated {result}.
func image(o *object) piece {
	m := Media{Name: o.str(nFileID, nFilename)}
	return media(o, PartImage, m, o.get(nImageURL, nImage, nResult, nSource, nInlineData, nData, nURL), "image/png")
}

// audio is {input_audio:{data,format}}, or an answer's {id,data,transcript}.
func audio(o *object) piece {
	s := o.get(nInputAudio, nData, nAudio, nSource, nInlineData, nURL)
	mime := "audio/wav"
	format := o.str(nFormat)
	if o.isObject(s) {
		in := objectOf(o.text, s)
		format = in.str(nFormat)
	}
	if format != "" && !strings.ContainsAny(format, ";, \"<") {
		mime = "audio/" + format
	}
	p := media(o, PartAudio, Media{}, s, mime)
	p.ID = o.str(nID)
	if t := o.get(nTranscript); o.isString(t) && t.len() > len(`""`) {
		p.setText(t)
	}
	return p
}

// file is {file:{filename,file_data,file_id}}, {filename,file_data|file_url|file_id} or {source:{…}}; also the forms whose kind follows only from a
// media type: Vercel's {file|data|url, mediaType}, OpenTelemetry's {mime_type,content} and {uri}, Gemini's {inlineData} and {fileData}.
func file(o *object) piece {
	if s := o.get(nDocument); o.isObject(s) { // Cohere's
		in := objectOf(o.text, s)
		if data := in.get(nData, nText); in.isString(data) {
			return o.saying(PartText, data, setOf(nDocument))
		}
	}
	f := o
	if s := o.get(nFile); o.isObject(s) {
		in := objectOf(o.text, s)
		f = &in
	}
	m := Media{Name: f.str(nFilename, nTitle, nName, nFileID)}
	s := f.get(nFileData, nFileURL, nFile, nSource, nInlineData, nData, nURL, nImage)
	if s.to == 0 && f.has(nMediaType) {
		s = f.get(nContent)
	}
	p := media(f, PartFile, m, s, "application/octet-stream")
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

// bedrockMedia is the content of Bedrock's {image:{format,source:{bytes}}} and {document:{name,format,source:{bytes}}}.
func bedrockMedia(kind PartType, major string) func(o *object) piece {
	return func(o *object) piece {
		s := o.get(nSource)
		if !o.isObject(s) {
			return piece{}
		}
		return media(o, kind, Media{Name: o.str(nName)}, s, major+o.str(nFormat))
	}
}

// media makes a part from s: a URL, base64, a note in place of data that an SDK redacted, a text, or an object with one of these. For base64 only the
// position of the data is kept.
func media(o *object, kind PartType, m Media, s span, mime string) piece {
	p := piece{Part: Part{Type: kind}}
	o.keep(&p, inMedia)
	data, d := s, o
	if o.isObject(s) {
		in := objectOf(o.text, s)
		d, data = &in, in.get(nURL, nData)
		if data.to == 0 {
			data = in.get(nContent, nText)
		}
		if !d.lacks(setOf(nMediaType, nURL, nData, nFormat, nContent, nText)) {
			p.setRaw(o.text, o.span)
		}
	}
	if m.MIME = d.str(nMediaType); m.MIME == "" {
		m.MIME = o.str(nMediaType)
	}
	if m.MIME != "" {
		mime = m.MIME
	}
	if data.to > 0 && !o.isString(data) || s.to > 0 && data.to == 0 {
		return o.unknown()
	}
	said := data.in(o.text)
	head := ""
	if data.to > 0 {
		head, _, _ = take(said, 1, len(said)-1, true, 200)
	}
	isText := d.str(nType) == "text" || strings.HasPrefix(mime, "text/")
	switch {
	case head == "" && m.Name == "":
		if p.Raw == nil && p.raw.to == 0 && !o.has(nTranscript) {
			return o.unknown()
		}
	case head == "":
	case strings.HasPrefix(head, "["), strings.HasPrefix(head, "data:") && strings.Contains(head, ",["):
		m.Note = head[strings.IndexByte(head, '['):]
		if m.MIME == "" {
			m.MIME = noted(m.Note)
		}
	case strings.HasPrefix(head, "data:"):
		before, _, ok := strings.Cut(head[len("data:"):], ",")
		if m.MIME == "" && ok {
			m.MIME, _, _ = strings.Cut(before, ";")
		}
		m.Bytes = max(0, data.len()-len(`"data:,"`)-len(before)) * 3 / 4
		p.data = data.from + 1
	case strings.Contains(head[:min(len(head), 20)], "://"):
		m.URL = label(said)
	case isText:
		m.MIME = mime
		p.setText(data)
	default:
		m.MIME, m.Bytes, p.data = mime, (data.len()-len(`""`))*3/4, data.from+1
	}
	p.Media = &m
	if kind == PartFile { // the media type decides, not the type of the block
		switch major, _, _ := strings.Cut(m.MIME, "/"); major {
		case "image", "audio":
			p.Type = PartType(major)
		}
	}
	return p
}

// noted is the media type in a note such as "[base64 image/png redacted]", or "".
func noted(note string) string {
	for _, word := range strings.Fields(strings.Trim(note, "[]")) {
		if strings.Contains(word, "/") {
			return word
		}
	}
	return ""
}

// isMedia reports whether a block is an image, a sound or a file.
func isMedia(v []byte) bool {
	if rawjson.KindOf(v) != rawjson.Object {
		return false
	}
	switch o := objectAt(v, 0); one(&o, o.str(nType)).Type {
	case PartImage, PartAudio, PartFile:
		return true
	}
	return false
}

// Ref is the position of media data in what was sent: the offsets of the strings that contain them, from the outermost to the innermost.
type Ref []int

// String returns the offsets with dots between them: "12" or "12.345".
func (r Ref) String() string {
	parts := make([]string, len(r))
	for i, at := range r {
		parts[i] = strconv.Itoa(at)
	}
	return strings.Join(parts, ".")
}

// ErrRef is returned for a reference to a position without data.
var ErrRef = errors.New("llm: no media at this reference")

// ParseRef parses the result of String.
func ParseRef(s string) (Ref, error) {
	var r Ref
	for part := range strings.SplitSeq(s, ".") {
		at, err := strconv.Atoi(part)
		if err != nil || at < 0 || len(r) > maxStrings {
			return nil, ErrRef
		}
		r = append(r, at)
	}
	return r, nil
}

// MediaAt returns the data at a reference that Read made from the same bytes.
func MediaAt(raw []byte, ref Ref) ([]byte, error) {
	said, err := dataAt(raw, ref)
	if err != nil {
		return nil, err
	}
	if strings.HasPrefix(string(said[:min(len(said), len("data:"))]), "data:") {
		at := bytes.IndexByte(said, ',')
		if at < 0 || !bytes.HasSuffix(said[:at], []byte(";base64")) {
			return nil, ErrRef
		}
		said = said[at+1:]
	}
	n := 0
	for _, c := range said { // both alphabets of base64, with or without padding and line breaks
		switch c {
		case '-':
			c = '+'
		case '_':
			c = '/'
		case '=', '\n', '\r', ' ':
			continue
		}
		said[n] = c
		n++
	}
	data := make([]byte, base64.RawStdEncoding.DecodedLen(n))
	size, err := base64.RawStdEncoding.Decode(data, said[:n])
	if err != nil || size == 0 {
		return nil, ErrRef
	}
	return data[:size], nil
}

// dataAt returns a copy of the string at a reference.
func dataAt(raw []byte, ref Ref) ([]byte, error) {
	text := rawjson.Trim(raw)
	for i, at := range ref {
		last := i == len(ref)-1
		if last {
			at-- // the quote before the data
		}
		if at < 0 || at >= len(text) || text[at] != '"' {
			return nil, ErrRef
		}
		s := spanAt(text, at)
		switch {
		case s.len() < len(`""`), !last && s.len() > maxInside:
			return nil, ErrRef
		case last:
			said := text[s.from+1 : s.to-1]
			return rawjson.AppendText(make([]byte, 0, len(said)), said), nil
		}
		text, _ = unquote(text, s)
	}
	return nil, ErrRef
}
