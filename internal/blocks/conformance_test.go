package blocks_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/playheadhq/playhead/internal/blocks"
	"github.com/playheadhq/playhead/internal/blocks/blockstest"
	"github.com/playheadhq/playhead/internal/blocks/dir"
	"github.com/playheadhq/playhead/internal/blocks/s3"
	"github.com/playheadhq/playhead/internal/blocks/s3/s3test"
)

// TestConformance runs the identical suite on every implementation that is asked for.
func TestConformance(t *testing.T) {
	var server *s3test.Server
	data, prefixes := t.TempDir(), 0
	blockstest.Backends(t, map[string]blockstest.Factory{
		"dir": func(t *testing.T) func(*testing.T) blocks.Store {
			path := filepath.Join(t.TempDir(), "blocks")
			return func(t *testing.T) blocks.Store {
				s, err := dir.Open(path, dir.Options{})
				if err != nil {
					t.Fatal(err)
				}
				return s
			}
		},
		"s3": func(t *testing.T) func(*testing.T) blocks.Store {
			if server == nil {
				var err error
				if server, err = s3test.Start(context.Background(), data); err != nil {
					t.Fatal(err)
				}
			}
			prefixes++
			url := server.URL("", fmt.Sprintf("test/%d", prefixes))
			return func(t *testing.T) blocks.Store {
				s, err := s3.Open(t.Context(), url, s3.Options{Credentials: s3test.Credentials()})
				if err != nil {
					t.Fatal(err)
				}
				return s
			}
		},
	})
	if server != nil {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	}
}
