package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/playheadhq/playhead/internal/blocks"
	"github.com/playheadhq/playhead/internal/compact"
	"github.com/playheadhq/playhead/internal/config"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/clickhouse"
	"github.com/playheadhq/playhead/internal/store/duckdb"
	"github.com/playheadhq/playhead/internal/store/waiting"
)

// storages are the storages of a server.
type storages struct {
	store   store.Store
	blocks  blocks.Store
	objects compact.Objects // those of blocks
	named   blocks.Named    // likewise
	inS3    bool            // or in a directory
}

func (s *storages) close() error {
	var errs []error
	if s.blocks != nil {
		if err := s.blocks.Close(); err != nil {
			errs = append(errs, fmt.Errorf("close recordings: %w", err))
		}
	}
	if s.store != nil {
		if err := s.store.Close(); err != nil {
			errs = append(errs, fmt.Errorf("close the store: %w", err))
		}
	}
	return errors.Join(errs...)
}

// open opens the storages that the settings name. With wait, a storage on another machine need not be reachable yet: see package waiting. failed is
// called if such a storage later turns out to be unusable. Opened storages are in s even if an error is returned.
func (s *storages) open(ctx context.Context, c *config.Config, dataDir string, logger *slog.Logger, wait bool, failed func(error)) error {
	minFree := int64(c.Limits.MinFree)
	if minFree == 0 {
		minFree = -1 // means no minimum to the stores
	}
	after := retention(c)
	if !wait {
		after = nil // a tool that reads data must not delete any
	}
	var err error
	switch {
	case !c.Clustered():
		if s.store, err = openDuckDB(ctx, duckdb.Options{
			Dir: dataDir, MinFreeBytes: minFree, Retention: after, AcceptLoss: c.AcceptLoss, Logger: logger,
		}); err != nil {
			return storeError(dataDir, err)
		}
	case wait:
		s.store, err = notNil(waiting.Open(ctx, waiting.Options{
			What: c.StoreName(), Logger: logger, Failed: failed,
			Try: func(ctx context.Context) (store.Store, error) { return openClickHouse(ctx, c, logger, false) },
		}))
	default:
		s.store, err = openSoon(ctx, c, logger)
	}
	if err != nil {
		return fmt.Errorf("open %s: %w", c.StoreName(), err)
	}
	return s.openBlocks(ctx, c, dataDir, minFree, logger, wait)
}

// retention has the number of days for each project.
func retention(c *config.Config) store.Retention {
	days := store.Retention{}
	for _, p := range c.AllProjects() {
		days[p.Name] = p.RetentionDays
	}
	return days
}

// openPatience is how long one attempt to connect to a storage may take, including an update of its schema.
const openPatience = time.Minute

// openClickHouse connects. A tool does not change the database settings that servers make.
func openClickHouse(ctx context.Context, c *config.Config, logger *slog.Logger, tool bool) (store.Store, error) {
	ctx, cancel := context.WithTimeout(ctx, openPatience)
	defer cancel()
	return notNil(clickhouse.Open(ctx, clickhouse.Options{
		URL: c.StoreURL(), Retention: retention(c), TextIndex: c.ClickHouse.TextIndex, AsIs: tool, Logger: logger,
	}))
}

// openSoon tries several times, because a busy server drops connections.
func openSoon(ctx context.Context, c *config.Config, logger *slog.Logger) (store.Store, error) {
	for pause := time.Second; ; pause *= 2 {
		s, err := openClickHouse(ctx, c, logger, true)
		if err == nil || !errors.Is(err, store.ErrUnavailable) || pause > 4*time.Second {
			return s, err
		}
		logger.Warn("storage cannot be reached, retrying", "storage", c.StoreName(), "error", err)
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func openDuckDB(ctx context.Context, o duckdb.Options) (store.Store, error) {
	return notNil(duckdb.Open(ctx, o))
}

// notNil prevents that a nil pointer becomes a store that is not nil.
func notNil[S store.Store](s S, err error) (store.Store, error) {
	if err != nil {
		return nil, err
	}
	return s, nil
}

// needsDirectory reports whether a server stores anything in its data directory.
func needsDirectory(c *config.Config) bool {
	return !c.Clustered() || c.Blocks == ""
}
