package blocks

import (
	"context"
	"errors"
	"testing"

	"github.com/playheadhq/playhead/internal/model"
)

// An index that was tampered with, or damaged, does not lead into another project's recordings.
func TestABlockOfAnotherProjectIsNotRead(t *testing.T) {
	theirs := model.Location{Key: "support/2026-11-20/000001", Length: 6}
	for _, atOnce := range []int{0, 2} {
		rows := []model.Block{{Project: "shop", Location: theirs}}
		s := NewSource(t.Context(), SourceOptions{
			Blocks: everywhere{}, Project: "shop", Rows: rows, AtOnce: atOnce, Index: func(context.Context) ([]model.Block, error) { return rows, nil },
		})
		if body, err := s.Read(t.Context(), theirs); !errors.Is(err, ErrNotFound) {
			t.Errorf("%q, %v", body, err)
		}
		if _, err := s.Read(t.Context(), model.Location{Key: "shop/2026-11-20/000001", Length: 6}); err != nil {
			t.Errorf("their own: %v", err)
		}
		s.Close()
	}
}

// everywhere has bytes at each location.
type everywhere struct{}

func (everywhere) Read(_ context.Context, at model.Location) ([]byte, error) {
	return make([]byte, at.Length), nil
}
