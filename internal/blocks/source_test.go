package blocks

import (
	"context"
	"errors"
	"testing"

	"github.com/google/uuid"

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

// Nor does a block that the index names in another project when it is read again.
func TestABlockThatMovedToAnotherProjectIsNotRead(t *testing.T) {
	row := model.Block{Project: "shop", UUID: uuid.New(), Location: model.Location{Key: "shop/2026-11-20/000001", Length: 6}}
	theirs := row
	theirs.Location.Key = "support/2026-11-20/000001"
	s := NewSource(t.Context(), SourceOptions{
		Blocks: except{row.Location}, Project: "shop", Rows: []model.Block{row}, Index: func(context.Context) ([]model.Block, error) { return []model.Block{theirs}, nil },
	})
	defer s.Close()
	if body, err := s.Read(t.Context(), row.Location); !errors.Is(err, ErrNotFound) {
		t.Errorf("%q, %v", body, err)
	}
}

// except has bytes at each location but one.
type except struct{ model.Location }

func (e except) Read(ctx context.Context, at model.Location) ([]byte, error) {
	if at == e.Location {
		return nil, ErrNotFound
	}
	return everywhere{}.Read(ctx, at)
}

// everywhere has bytes at each location.
type everywhere struct{}

func (everywhere) Read(_ context.Context, at model.Location) ([]byte, error) {
	return make([]byte, at.Length), nil
}
