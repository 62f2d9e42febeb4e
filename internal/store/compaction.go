package store

import (
	"context"

	"github.com/playheadhq/playhead/internal/model"
)

// Compaction is the part of the index that rewriting recordings needs (package compact). Any number of nodes may use it at once, also for the same
// session.
type Compaction interface {
	// Scattered lists sessions that are stored under more keys than necessary, by the time at which they ended.
	Scattered(ctx context.Context, f Scattered) ([]ScatteredSession, error)
	// Relocate changes the locations of blocks. blocks are rows as Blocks returned them, with only their locations changed; their bytes must be
	// durable at the new locations. Of two relocations of one block, the later one is kept, and a relocation is kept if the block is committed again.
	// If it fails, some of the blocks may have been moved. Blocks that are no longer stored may reappear until they are dropped again.
	Relocate(ctx context.Context, blocks []model.Block) error
	// Referenced returns those of the keys that are the current location of a block, in no order.
	Referenced(ctx context.Context, keys []string) ([]string, error)
}

// Scattered is the condition for listed sessions.
type Scattered struct {
	// FromMS and ToMS limit when the last block of a session was received: FromMS <= t < ToMS.
	FromMS, ToMS int64
	// PackBytes is how many bytes are packed under one key. Packing whole blocks in order needs at most 1 + 2*(sum/PackBytes) keys; a session with
	// more keys is listed.
	PackBytes int64
	Limit     int
}

// ScatteredSession is a session that can be rewritten.
type ScatteredSession struct {
	Project string
	ID      string
	// LastMS is the time at which its last block was received.
	LastMS int64
}
