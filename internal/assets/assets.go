// Package assets keeps the stylesheets, fonts and images that recorded pages refer to. It finds them in recordings and fetches each once, from the
// hosts that an operator allows, so that a replay shows the page as it was without asking another host.
//
// Recordings are untrusted: a stranger who knows the project token chooses the addresses. So nothing is fetched from a host that is not on the list.
// Nothing is fetched from an IP address that is not public either, whatever name leads to it. What is fetched is limited in size and has a type that
// pages show. See docs/adr/0026-assets.md.
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

// Kind is what a page loads from an address.
type Kind int

// The kinds: a style sheet, an image, or what a style sheet loads, which is an image or a font.
const (
	Stylesheet Kind = iota
	Image
	InSheet
)

// Asset is a fetched asset.
type Asset struct {
	// Address is the address after redirects: references in a style sheet are relative to it.
	Address string
	// Type is the media type, a key of types.
	Type string
	Data []byte
}

// IsStylesheet says whether the asset is a style sheet, which may refer to other assets.
func (a *Asset) IsStylesheet() bool { return a.Type == cssType }

const cssType = "text/css"

// types are the media types that are fetched and served, with the kinds that each can be.
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

// otherNames are other names that servers send for the same types.
var otherNames = map[string]string{
	"image/jpg": "image/jpeg", "image/vnd.microsoft.icon": "image/x-icon", "application/font-woff2": "font/woff2", "application/font-woff": "font/woff",
	"application/x-font-woff": "font/woff", "application/x-font-ttf": "font/ttf", "application/x-font-otf": "font/otf", "font/sfnt": "font/ttf", "font/opentype": "font/otf",
}

// fontStarts are the first bytes of fonts: many servers do not know the types of fonts.
var fontStarts = map[string]string{"wOF2": "font/woff2", "wOFF": "font/woff", "OTTO": "font/otf", "\x00\x01\x00\x00": "font/ttf", "true": "font/ttf"}

// Hosts are the hosts from which assets may be fetched.
type Hosts []string

// ParseHosts checks an operator's names: cdn.example.com, *.example.com for every host below it, or with a port (cdn.example.com:8443) if it is not the
// default port of the scheme.
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

// allowed returns the canonical text of an address on one of the hosts, "" for others.
func (h Hosts) allowed(address string) string {
	u, err := url.Parse(address)
	if err != nil || !h.Allow(u) {
		return ""
	}
	return canonical(u)
}

// mention says whether a text can have an address on one of the hosts. For most of a recording, this check is all that fetching assets costs.
func (h Hosts) mention(text []byte) bool {
	for _, name := range h {
		if bytes.Contains(text, []byte(strings.TrimPrefix(name, "*."))) {
			return true
		}
	}
	return false
}

// ErrNotKept says that there is no such asset.
var ErrNotKept = errors.New("this asset was not fetched")

// Reader reads fetched assets.
type Reader struct {
	From  blocks.Named
	Hosts Hosts
}

// Asset returns what was fetched from an address, for a project. Errors: ErrNotKept, also if the host is not allowed any more; those of blocks.Named.
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

// nameOf is the name under which the asset of an address is kept.
func nameOf(address string) string {
	sum := sha256.Sum256([]byte(address))
	return hex.EncodeToString(sum[:])
}

// about is the first line of a kept asset, as JSON; the data follow.
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

// Rewrite returns the data of a style sheet with the addresses that it loads replaced, see the function Rewrite. The data of other assets are returned
// as they are.
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
