package server

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/playheadhq/playhead/internal/blocks/dir"
	"github.com/playheadhq/playhead/internal/blocks/s3"
	"github.com/playheadhq/playhead/internal/compact"
	"github.com/playheadhq/playhead/internal/config"
)

// openBlocks opens the storage of recordings. With wait, S3 need not be reachable yet.
func (s *storages) openBlocks(ctx context.Context, c *config.Config, dataDir string, minFree int64, logger *slog.Logger, wait bool) error {
	if !c.BlocksInS3() {
		path := cmp.Or(c.Blocks, filepath.Join(dataDir, "recordings"))
		opened, err := dir.Open(path, dir.Options{MinFreeBytes: minFree})
		if err != nil {
			return storeError(path, err)
		}
		s.blocks, s.objects, s.named = opened, opened, opened
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, openPatience)
	defer cancel()
	opened, err := s3.Open(ctx, c.Blocks, s3.Options{Wait: wait, Logger: logger})
	if err != nil {
		return fmt.Errorf("open recordings: %w", err)
	}
	s.blocks, s.objects, s.named, s.inS3 = opened, opened, opened, true
	return nil
}

// directoryWindow is how long recordings for a directory are collected for one commit. The delay does not matter for a browser's upload, and even a
// small commit costs some milliseconds.
const directoryWindow = 50 * time.Millisecond

// window is how long recordings are collected before they are written together.
func (s *Server) window() time.Duration {
	if !s.inS3 {
		return directoryWindow
	}
	return time.Duration(s.config.S3.Window)
}

// blocksAtOnce is how many requests to S3 one reader makes at a time. With 8 requests, 8 blocks of a scattered recording take as long as one, and use
// at most 8 MiB.
func (s *Server) blocksAtOnce() int {
	if !s.inS3 {
		return 0
	}
	return 8
}

// startCompacting rewrites recordings in S3, and deletes unused objects. In a directory, only retention leaves unused files.
func (s *Server) startCompacting() {
	after, dropped := time.Duration(s.config.S3.CompactAfter), retention(s.config)
	rewrite := s.inS3 && after > 0
	if !rewrite && len(dropped.Projects()) == 0 {
		return
	}
	s.compactor = compact.New(compact.Options{
		Index: s.store, Objects: s.objects, After: after, SweepOnly: !rewrite, Grace: time.Duration(s.config.S3.Grace), Retention: dropped,
		Logger: s.logger, Registerer: s.metrics,
	})
	s.compactor.Start()
}

// recorded reports whether a session has a recording. It returns false if that cannot be read.
func (s *Server) recorded(ctx context.Context, project, sessionID string) bool {
	all, err := s.store.Recordings(ctx, project, []string{sessionID})
	return err == nil && len(all) > 0
}
