// Package assets has the stylesheets, fonts and images that recorded pages refer to: it finds them in recordings, fetches each once from the hosts that an
// operator allows, and keeps them, so that a replay shows the page as it was without asking another host.
//
// Recordings are untrusted: a stranger who knows the project token chooses the addresses. So nothing is fetched from a host that is not on the list, nor, whatever its name
// resolves to, from an address that is not public; and what is fetched is bounded and of a type that a page shows. See docs/adr/0026-assets.md.
package assets

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"

	"github.com/playheadhq/playhead/internal/blocks"
)

// Kind is what a page wants of an address.
type Kind int

// What is wanted: a style sheet, an image, or what a style sheet shows, which is an image or a font.
const (
	Stylesheet Kind = iota
	Image
	InSheet
)

// Asset is one that was fetched.
type Asset struct {
	// Address is where it lay after redirects: what a style sheet refers to is relative to it.
	Address string
	// Type is its media type, one of those of types.
	Type string
	Data []byte
}

// IsStylesheet says whether it may refer to others.
func (a *Asset) IsStylesheet() bool { return a.Type == cssType }

const cssType = "text/css"

// types are the media types that are fetched and served, and what each can be wanted as.
var types = map[string][]Kind{
	cssType:         {Stylesheet},
	"image/png":     {Image, InSheet},
	"image/jpeg":    {Image, InSheet},
	"image/gif":     {Image, InSheet},
	"image/webp":    {Image, InSheet},
	"image/avif":    {Image, InSheet},
	"image/bmp":     {Image, InSheet},
	"image/x-icon":  {Image, InSheet},
	"image/svg+xml": {Image, InSheet},
	"font/woff2":    {InSheet},
	"font/woff":     {InSheet},
	"font/ttf":      {InSheet},
	"font/otf":      {InSheet},
}

// otherNames are names of the same types that servers send.
var otherNames = map[string]string{
	"image/jpg": "image/jpeg", "image/vnd.microsoft.icon": "image/x-icon", "application/font-woff2": "font/woff2", "application/font-woff": "font/woff",
	"application/x-font-woff": "font/woff", "application/x-font-ttf": "font/ttf", "application/x-font-otf": "font/otf", "font/sfnt": "font/ttf", "font/opentype": "font/otf",
}

// fontStarts are the first bytes of fonts, whose types many servers do not know.
var fontStarts = map[string]string{"wOF2": "font/woff2", "wOFF": "font/woff", "OTTO": "font/otf", "\x00\x01\x00\x00": "font/ttf", "true": "font/ttf"}

// Hosts are those that may be asked.
type Hosts []string

// ParseHosts reads the names of an operator: cdn.example.com, *.example.com for every host below it, or with a port (cdn.example.com:8443) when it is not that of the scheme.
func ParseHosts(names []string) (Hosts, error) {
	var all Hosts
	for _, name := range names {
		name = strings.ToLower(strings.TrimSpace(name))
		host := name
		if h, port, err := net.SplitHostPort(name); err == nil && port != "" {
			host = h
		}
		host = strings.TrimPrefix(host, "*.")
		if host == "" || strings.ContainsAny(host, "*/@?# ") || strings.Contains(name, "://") || !strings.Contains(host, ".") && !strings.Contains(host, ":") {
			return nil, fmt.Errorf("%q is not a host such as cdn.example.com or *.example.com", name)
		}
		all = append(all, name)
	}
	return all, nil
}

// Allow says whether an address is on one of the hosts.
func (h Hosts) Allow(u *url.URL) bool {
	if canonical(u) == "" {
		return false
	}
	host := strings.ToLower(u.Hostname())
	asked := []string{host}
	if port := u.Port(); port != "" && port != map[string]string{"http": "80", "https": "443"}[u.Scheme] {
		asked = []string{net.JoinHostPort(host, port)}
	}
	for _, name := range h {
		for _, a := range asked {
			if below, ok := strings.CutPrefix(name, "*."); a == name || ok && strings.HasSuffix(a, "."+below) {
				return true
			}
		}
	}
	return false
}

// allowed returns the one text of an address on one of the hosts, "" for others.
func (h Hosts) allowed(address string) string {
	u, err := url.Parse(address)
	if err != nil || !h.Allow(u) {
		return ""
	}
	return canonical(u)
}

// mention says whether a text can have an address on one of the hosts. It is what all of a recording costs when assets are fetched.
func (h Hosts) mention(text []byte) bool {
	for _, name := range h {
		if bytes.Contains(text, []byte(strings.TrimPrefix(name, "*."))) {
			return true
		}
	}
	return false
}

// ErrNotKept: there is no such asset.
var ErrNotKept = errors.New("this asset was not fetched")

// Reader reads what was fetched.
type Reader struct {
	From  blocks.Named
	Hosts Hosts
}

// Asset returns what was fetched of an address, for a project. Errors: ErrNotKept, also when its host is not allowed any more; those of blocks.Named.
func (r *Reader) Asset(ctx context.Context, project, address string) (Asset, error) {
	if address = r.Hosts.allowed(address); address == "" {
		return Asset{}, ErrNotKept
	}
	body, _, err := r.From.Kept(ctx, project, nameOf(address))
	if errors.Is(err, blocks.ErrNotFound) {
		return Asset{}, ErrNotKept
	}
	if err != nil {
		return Asset{}, err
	}
	return unpack(body)
}

// nameOf is the name under which what was fetched of an address is kept.
func nameOf(address string) string {
	sum := sha256.Sum256([]byte(address))
	return hex.EncodeToString(sum[:])
}

// about is the first line of what is kept, as JSON; the data follow.
type about struct {
	URL  string `json:"url"`
	Type string `json:"type"`
}

func pack(a Asset) ([]byte, error) {
	line, err := json.Marshal(about{a.Address, a.Type})
	if err != nil {
		return nil, err
	}
	return append(append(line, '\n'), a.Data...), nil
}

func unpack(body []byte) (Asset, error) {
	line, data, found := bytes.Cut(body, []byte{'\n'})
	var of about
	if err := json.Unmarshal(line, &of); err != nil || !found {
		return Asset{}, fmt.Errorf("%w: what was kept is damaged", ErrNotKept)
	}
	if types[of.Type] == nil {
		return Asset{}, ErrNotKept
	}
	return Asset{Address: of.URL, Type: of.Type, Data: data}, nil
}

// Rewrite returns the data of a style sheet with other addresses in place of those that it loads, see the function; other assets are returned as they are.
func (a *Asset) Rewrite(to func(address string, kind Kind) string) []byte {
	if !a.IsStylesheet() {
		return a.Data
	}
	base, err := url.Parse(a.Address)
	if err != nil {
		base = nil
	}
	return []byte(Rewrite(string(a.Data), base, to))
}
