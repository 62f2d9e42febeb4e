package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/playheadhq/playhead/internal/archive"
	"github.com/playheadhq/playhead/internal/config"
	"github.com/playheadhq/playhead/internal/store"
)

// Move has the arguments of Export and Import.
type Move struct {
	Config  *config.Config
	Version string
	Logger  *slog.Logger // nil for no log
	// Report is called often with the progress. May be nil.
	Report func(archive.Progress)
}

// Export writes everything in the storage that the settings name to a directory. No server may be using a data directory.
func Export(ctx context.Context, m Move) (r archive.Result, err error) {
	err = m.with(ctx, func(s *storages, _ string) error {
		r, err = archive.Export(ctx, archive.ExportOptions{Source: s.store, Bodies: s.blocks, Dir: m.Config.Out, Version: m.Version, Report: m.Report})
		return err
	}, true)
	return r, err
}

// Import imports an export into the storage that the settings name, and verifies it. Servers of a cluster may be running.
func Import(ctx context.Context, m Move) (r archive.Result, err error) {
	err = m.with(ctx, func(s *storages, name string) error {
		r, err = archive.Import(ctx, archive.ImportOptions{Target: s.store, Blocks: s.blocks, Dir: m.Config.In, Name: name, Report: m.Report})
		return err
	}, false)
	return r, err
}

// with opens the storages, calls use with them and the name of the target, and closes them.
func (m *Move) with(ctx context.Context, use func(*storages, string) error, mustExist bool) (err error) {
	if m.Logger == nil {
		m.Logger = slog.New(slog.DiscardHandler)
	}
	dir, err := filepath.Abs(m.Config.Data)
	if err != nil {
		return fmt.Errorf("data directory %s: %w", m.Config.Data, err)
	}
	name := m.Config.StoreName()
	if !m.Config.Clustered() {
		name = dir
	}
	if needsDirectory(m.Config) {
		if _, err := os.Stat(dir); mustExist && errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("there is no data directory %s: name it with --data", dir)
		}
		if err := makeDataDir(dir); err != nil {
			return err
		}
	}
	var s storages
	defer func() { err = errors.Join(err, s.close()) }()
	if err := s.open(ctx, m.Config, dir, m.Logger, false, nil); err != nil {
		if errors.Is(err, store.ErrInUse) {
			return fmt.Errorf("stop the server first: only one process at a time can use the embedded storage (nothing is lost, clients retry): %w", err)
		}
		return err
	}
	return use(&s, name)
}
