package store

import (
	"context"
	"time"

	"github.com/playheadhq/playhead/internal/model"
)

// Nodes knows who uses the same data.
type Nodes interface {
	// Beat says that a node is alive and returns every node that was within the given time, itself always, by id. It sets
	// SeenMS and the clock fields of n by comparing n's clock with the storage's, which is one for all nodes.
	Beat(ctx context.Context, n model.Node, within time.Duration) ([]model.Node, error)
}
