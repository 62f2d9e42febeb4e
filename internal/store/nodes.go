package store

import (
	"context"
	"time"

	"github.com/playheadhq/playhead/internal/model"
)

// Nodes records which nodes use the same data.
type Nodes interface {
	// Beat records that a node is running and returns every node that was running within the given time, including itself, sorted by id. It sets
	// SeenMS and the clock fields of n by comparing n's clock with the storage's, which is the same for all nodes.
	Beat(ctx context.Context, n model.Node, within time.Duration) ([]model.Node, error)
}
