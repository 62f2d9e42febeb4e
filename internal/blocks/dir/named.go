package dir

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/playheadhq/playhead/internal/blocks"
	"github.com/playheadhq/playhead/internal/disk"
)

var _ blocks.Named = (*Store)(nil)

// Named bodies are files beside the days of a project: default/named/SUM.
const namedDir = "/named"

// Keep implements blocks.Named. The file is written under another name first, so that a crash leaves the old one or the new one.
func (s *Store) Keep(ctx context.Context, project, name string, body []byte) error {
	if err := errors.Join(ctx.Err(), blocks.CheckName(project, name)); err != nil {
		return err
	}
	if err := s.room(); err != nil {
		return err
	}
	if err := s.keep(project, name, body); err != nil {
		return fmt.Errorf("keep %s of %s: %w", name, project, classify(err))
	}
	return nil
}

func (s *Store) keep(project, name string, body []byte) (err error) {
	if err := makeDirs(s.path, s.root, project, project+namedDir); err != nil {
		return err
	}
	// Two processes that keep the same name at the same time must not write into one file.
	path := project + namedDir + "/" + name
	unfinished := fmt.Sprintf("%s.%d-%d", path, os.Getpid(), s.unfinished.Add(1))
	file, err := s.root.OpenFile(unfinished, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.root.Remove(unfinished))
		}
	}()
	_, err = file.Write(body)
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	now := s.options.Now()
	if err = s.root.Chtimes(unfinished, now, now); err != nil {
		return err
	}
	if err = s.root.Rename(unfinished, path); err != nil {
		return err
	}
	return disk.SyncDir(s.path + "/" + project + namedDir)
}

// Kept implements blocks.Named.
func (s *Store) Kept(ctx context.Context, project, name string) ([]byte, time.Time, error) {
	if err := errors.Join(ctx.Err(), blocks.CheckName(project, name)); err != nil {
		return nil, time.Time{}, err
	}
	path := project + namedDir + "/" + name
	info, err := s.root.Stat(path)
	var body []byte
	if err == nil {
		body, err = s.root.ReadFile(path)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, time.Time{}, fmt.Errorf("read %s of %s: %w", name, project, blocks.ErrNotFound)
	case err != nil:
		return nil, time.Time{}, fmt.Errorf("read %s of %s: %w", name, project, classify(err))
	}
	return body, info.ModTime(), nil
}

// Drop implements blocks.Named. It also drops unfinished files that a crash left.
func (s *Store) Drop(ctx context.Context, project string, before time.Time) (dropped int, err error) {
	if err := blocks.CheckProject(project); err != nil {
		return 0, err
	}
	found, err := fs.ReadDir(s.root.FS(), project+namedDir)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("list what %s keeps by name: %w", project, classify(err))
	}
	for _, entry := range found {
		if err := ctx.Err(); err != nil {
			return dropped, err
		}
		info, err := entry.Info()
		if err == nil && !info.ModTime().Before(before) {
			continue
		}
		if err == nil {
			err = s.root.Remove(project + namedDir + "/" + entry.Name())
		}
		if errors.Is(err, fs.ErrNotExist) {
			continue // another process dropped it
		}
		if err != nil {
			return dropped, fmt.Errorf("drop %s of %s: %w", entry.Name(), project, classify(err))
		}
		dropped++
	}
	return dropped, nil
}
