package assets

import (
	"net/url"
	"path"
	"strings"

	"github.com/playheadhq/playhead/internal/rawjson"
)

// Reference is an address in a recording that a page loads something from.
type Reference struct {
	Address string
	Kind    Kind
}

// References calls found for each address on one of the hosts that an rrweb event refers to: of stylesheets, of images and of what styles load. It
// reads every byte at most three times, without recursion. When an attribute changes, its element is not known; then the ending of the address decides
// the kind.
func (h Hosts) References(event []byte, found func(Reference)) {
	if !h.mention(event) {
		return
	}
	r := references{hosts: h, found: found, scanner: rawjson.NewScanner(event, 10_000, nil)}
	r.walk()
}

type references struct {
	hosts   Hosts
	found   func(Reference)
	scanner rawjson.Scanner
	stack   []container
}

// container is an open object or array, with its name. If it is the object of an element, its tag may follow its attributes.
type container struct {
	object, begun bool
	name, tag     string
	attributes    []byte
}

func (r *references) walk() {
	s := &r.scanner
	if s.Peek() != '{' {
		return
	}
	r.open("")
	for len(r.stack) > 0 {
		top := &r.stack[len(r.stack)-1]
		first := !top.begun
		top.begun = true
		name := top.name
		if top.object {
			member, more := s.Member(first)
			if !more {
				if top.attributes != nil {
					r.attributes(top.tag, top.attributes)
				}
				r.stack = r.stack[:len(r.stack)-1]
				continue
			}
			name = string(member)
		} else if !s.Element(first) {
			r.stack = r.stack[:len(r.stack)-1]
			continue
		}
		switch c := s.Peek(); {
		case c == '{' && name == "attributes" && top.object:
			top.attributes, _ = s.Value() // an error is seen below
		case c == '{' || c == '[':
			r.open(name)
		default:
			v, ok := s.Value()
			if !ok {
				return
			}
			r.value(top, name, v)
		}
		if s.Err() != nil {
			return
		}
	}
}

func (r *references) open(name string) {
	r.stack = append(r.stack, container{object: r.scanner.Peek() == '{', name: name})
	r.scanner.Open()
}

// value reads a text. Texts of a style element, of rules and of fonts are style sheets or parts of them.
func (r *references) value(in *container, name string, v []byte) {
	switch name {
	case "tagName":
		in.tag = strings.ToLower(rawjson.Scalar(v, 64))
	case "textContent":
		if n := len(r.stack); n < 3 || r.stack[n-3].tag != "style" {
			return
		}
		r.css(v)
	case "rule", "replace", "replaceSync", "fontSource":
		r.css(v)
	case "value":
		if in.name == "set" || in.name == "texts" {
			r.css(v)
		}
	}
}

func (r *references) css(v []byte) {
	if rawjson.KindOf(v) == rawjson.String && r.hosts.mention(v) {
		Rewrite(rawjson.Text(v), nil, func(address string, kind Kind) string {
			r.add(address, kind)
			return ""
		})
	}
}

func (r *references) add(address string, kind Kind) {
	if one := r.hosts.allowed(strings.TrimSpace(address)); one != "" {
		r.found(Reference{one, kind})
	}
}

// attributes reads the attributes of an element; tag is "" for a change of attributes.
func (r *references) attributes(tag string, all []byte) {
	href, rel := "", ""
	for member, v := range rawjson.Members(all) {
		name := strings.ToLower(string(member))
		if name == "rel" {
			rel = rawjson.Scalar(v, 64)
			continue
		}
		if !r.hosts.mention(v) {
			continue
		}
		if name == "style" && rawjson.KindOf(v) == rawjson.Object { // the properties that changed, by name
			for _, set := range rawjson.Members(v) {
				if rawjson.KindOf(set) == rawjson.Array {
					for part := range rawjson.Items(set) {
						set = part
						break
					}
				}
				r.css(set)
			}
			continue
		}
		if rawjson.KindOf(v) != rawjson.String {
			continue
		}
		switch name {
		case "style", "_csstext":
			r.css(v)
		case "href", "xlink:href":
			if href = rawjson.Text(v); tag == "image" {
				r.add(href, Image)
			}
		case "poster", "background":
			r.add(rawjson.Text(v), Image)
		case "srcset":
			for _, address := range candidates(rawjson.Text(v)) {
				r.add(address, Image)
			}
		case "src":
			if address := rawjson.Text(v); tag == "img" || tag == "input" || tag == "" && endsAsImage(address) {
				r.add(address, Image)
			}
		}
	}
	if tag == "link" && href != "" && IsStylesheetLink(rel) {
		r.add(href, Stylesheet)
	}
}

// IsStylesheetLink says whether a link with this rel attribute is a style sheet that applies.
func IsStylesheetLink(rel string) bool {
	return strings.EqualFold(strings.TrimSpace(rel), "stylesheet")
}

// candidates are the addresses of a srcset (https://html.spec.whatwg.org/multipage/images.html#parse-a-srcset-attribute).
func candidates(srcset string) (all []string) {
	for rest := srcset; ; {
		rest = strings.TrimLeft(rest, ", \t\n\f\r")
		if rest == "" {
			return all
		}
		end := strings.IndexAny(rest, " \t\n\f\r")
		if end < 0 {
			end = len(rest)
		}
		address := rest[:end]
		rest = rest[end:]
		if cut := strings.TrimRight(address, ","); cut != address {
			all = append(all, cut)
			continue
		}
		all = append(all, address)
		if end = strings.IndexByte(rest, ','); end < 0 {
			return all
		}
		rest = rest[end:]
	}
}

// endsAsImage says whether the ending of an address is that of an image. Scripts and frames have an attribute with the same name.
func endsAsImage(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	switch strings.ToLower(path.Ext(u.Path)) {
	case ".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".bmp", ".ico", ".svg":
		return true
	}
	return false
}
