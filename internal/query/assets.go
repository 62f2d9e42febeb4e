package query

import (
	"context"
	"encoding/base64"
	"errors"
	"iter"
	"net/url"

	"github.com/playheadhq/playhead/internal/access"
	"github.com/playheadhq/playhead/internal/assets"
)

// AssetHosts are the hosts of which something may have been fetched: "cdn.example.com", "*.example.com" or "cdn.example.com:8443".
type AssetHosts struct {
	Hosts []string `json:"hosts" nullable:"false"`
}

// AssetHosts says of which hosts a replay may ask for an asset.
func (s *Service) AssetHosts() AssetHosts { return AssetHosts{append([]string{}, s.assets.Hosts...)} }

// Asset returns what was fetched of an address that a recorded page refers to. In a style sheet the addresses of others lead to this use case too, as references
// relative to where it is served: "?url=…&project=…".
func (s *Service) Asset(ctx context.Context, scope access.Scope, address string) (Media, error) {
	a, err := s.asset(ctx, scope, address)
	if err != nil {
		return Media{}, err
	}
	return Media{Type: a.Type, Shown: true, Data: a.Rewrite(func(address string, _ assets.Kind) string {
		if u, err := url.Parse(address); err != nil || !s.assets.Hosts.Allow(u) {
			return ""
		}
		return "?" + url.Values{"project": {scope.Project}, "url": {address}}.Encode()
	})}, nil
}

func (s *Service) asset(ctx context.Context, scope access.Scope, address string) (assets.Asset, error) {
	a, err := s.assets.Asset(ctx, scope.Project, address)
	switch {
	case errors.Is(err, assets.ErrNotKept):
		return a, notFound("Nothing was fetched from this address. The setting assets.hosts says from which hosts something is, and the Status page what could not be.")
	case err != nil:
		return a, wrap(err, "read an asset")
	}
	return a, nil
}

// maxClipAssets bounds the assets of a clip together, in bytes.
const maxClipAssets = 16 << 20

// clipAssets are the assets that the events of a clip refer to.
type clipAssets struct {
	service *Service
	scope   access.Scope
	seen    map[string]bool
	found   []string
}

// watching yields the same events and notes what they refer to.
func (c *clipAssets) watching(events iter.Seq2[[]byte, error]) iter.Seq2[[]byte, error] {
	if len(c.service.assets.Hosts) == 0 {
		return events
	}
	return func(yield func([]byte, error) bool) {
		for event, err := range events {
			c.service.assets.Hosts.References(event, func(r assets.Reference) {
				if !c.seen[r.Address] {
					c.seen[r.Address] = true
					c.found = append(c.found, r.Address)
				}
			})
			if !yield(event, err) {
				return
			}
		}
	}
}

// inlined returns what was fetched of the addresses, each as a data URL: style sheets with all that they refer to in them. What is too much, or was not fetched, is left out.
func (c *clipAssets) inlined(ctx context.Context) map[string]string {
	all, left := map[string]string{}, maxClipAssets
	for _, address := range c.found {
		if text := c.dataURL(ctx, address, &left, map[string]bool{}); text != "" {
			all[address] = text
		}
	}
	return all
}

// deepestImport is how many style sheets may import one another.
const deepestImport = 4

// dataURL takes its bytes from left. within are the style sheets that it is imported by.
func (c *clipAssets) dataURL(ctx context.Context, address string, left *int, within map[string]bool) string {
	if within[address] || len(within) > deepestImport || *left <= 0 {
		return ""
	}
	a, err := c.service.asset(ctx, c.scope, address)
	if err != nil {
		return ""
	}
	within[address] = true
	data := a.Rewrite(func(address string, _ assets.Kind) string { return c.dataURL(ctx, address, left, within) })
	delete(within, address)
	text := "data:" + a.Type + ";base64," + base64.StdEncoding.EncodeToString(data)
	if *left < len(text) {
		return ""
	}
	*left -= len(text)
	return text
}
