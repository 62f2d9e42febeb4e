package waiting

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/playheadhq/playhead/internal/blocks"
	"github.com/playheadhq/playhead/internal/blocks/blockstest"
	"github.com/playheadhq/playhead/internal/blocks/dir"
	"github.com/playheadhq/playhead/internal/model"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestConformance(t *testing.T) {
	blockstest.Run(t, func(t *testing.T) func(*testing.T) blocks.Store {
		path := t.TempDir()
		return func(t *testing.T) blocks.Store {
			s, err := Open(t.Context(), Options{Try: func(context.Context) (blocks.Store, error) { return dir.Open(path, dir.Options{MinFreeBytes: -1}) }})
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
	})
}

func TestNotThereYet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := Open(t.Context(), Options{Try: func(context.Context) (blocks.Store, error) {
			return nil, fmt.Errorf("dial: %w", blocks.ErrUnavailable)
		}})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Second)
		_, wrote := s.Write(t.Context(), [][]byte{{1}})
		_, read := s.Read(t.Context(), model.Place{})
		for _, err := range []error{wrote, read, s.Ping(t.Context())} {
			if !errors.Is(err, blocks.ErrUnavailable) {
				t.Errorf("got %v", err)
			}
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}
