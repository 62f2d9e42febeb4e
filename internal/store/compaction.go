package store

import (
	"context"

	"github.com/playheadhq/playhead/internal/model"
)

// Compaction is what rewriting recordings asks of the index of their blocks. Who rewrites is package compact. Any number
// of nodes may do it at once, also to the same session.
type Compaction interface {
	// Scattered lists sessions that lie under more keys than they need, by when they ended.
	Scattered(ctx context.Context, f Scattered) ([]ScatteredSession, error)
	// Relocate gives blocks new places. They are rows as Blocks returned them, with nothing but their places changed;
	// their bytes must be durable at the new ones. Of two relocations of one block the later wins, and a relocation wins
	// over the block being committed again. When it fails, some of them may have been moved. Those that are not stored
	// any more may come back until they are dropped again.
	Relocate(ctx context.Context, blocks []model.Block) error
	// Referenced returns those of the keys under which a block lies now, in no order.
	Referenced(ctx context.Context, keys []string) ([]string, error)
}

// Scattered says which sessions are listed.
type Scattered struct {
	// FromMS and ToMS bound when the last block of a session was received: FromMS <= t < ToMS.
	FromMS, ToMS int64
	// PackBytes is how much goes under one key. Packing blocks in order, each whole, takes 1 + 2*(sum/PackBytes) keys at
	// most; a session that has more is listed.
	PackBytes int64
	Limit     int
}

// ScatteredSession is one that can be rewritten.
type ScatteredSession struct {
	Project string
	ID      string
	// LastMS is when its last block was received.
	LastMS int64
}
