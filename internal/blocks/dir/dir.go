// Package dir keeps blocks in a directory of append-only segment files.
//
//	default/2025-10-09/000001.blocks   bodies of the project "default", one after the other
//	default/2025-10-09/000002.blocks
//
// A body's location is its segment ("default/2025-10-09/000001"), offset and length, which the index keeps; the segments need no format of their own.
// A segment belongs to the day (UTC) of its first write, takes up to RollBytes, and is never written to again by a later process: what a crash left
// at its end stays there, unread. So deleting a day of a project is deleting a directory, and a copy of the directory that is older than a copy of
// the index lacks only the newest bodies. Segments that no location refers to any more are found by listing (see package compact).
package dir

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"sync"
	"sync/atomic"
	"time"

	"github.com/playheadhq/playhead/internal/blocks"
	"github.com/playheadhq/playhead/internal/disk"
	"github.com/playheadhq/playhead/internal/model"
)

// Options of Open. The zero value has good defaults.
type Options struct {
	// MinFreeBytes is the free space that a write requires on the file system; with less it returns blocks.ErrFull.
	// Less than 0 means no minimum, 0 is the default of 256 MiB.
	MinFreeBytes int64
	// RollBytes is the length from which a segment is not continued; 0 is the default of 128 MiB.
	RollBytes int64
	// Alone means that no other process writes to the directory: a segment is finished when the next one begins.
	Alone bool
	// Now is the clock, time.Now when nil.
	Now func() time.Time
}

// Store implements blocks.Store.
type Store struct {
	path    string
	options Options
	root    *os.Root // no key can point outside of it
	reading files

	writing sync.Mutex
	current map[string]*segment // by project; none before the first write and after a failed one
	closed  bool
	// refusing is raised from a failed write until the next successful one.
	refusing disk.Alarm
	// unfinished numbers the temporary files of named bodies, so that their names differ.
	unfinished atomic.Int64
}

var _ blocks.Store = (*Store)(nil)

const suffix = ".blocks"

// keys matches all keys that this store returns.
var keys = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,62}/\d{4,}-\d{2}-\d{2}/\d{6,}$`)

// Open opens or creates the directory. Recordings show what people did, so no other user of the machine may read them.
func Open(path string, o Options) (*Store, error) {
	o.MinFreeBytes = cmp.Or(o.MinFreeBytes, 256<<20)
	o.RollBytes = cmp.Or(o.RollBytes, 128<<20)
	if o.Now == nil {
		o.Now = time.Now
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("blocks directory: %w", err)
	}
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, fmt.Errorf("make blocks directory: %w", err)
	}
	if err := disk.SyncDir(filepath.Dir(path)); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, fmt.Errorf("open blocks directory: %w", err)
	}
	return &Store{path: path, options: o, root: root, reading: files{root: root}, current: map[string]*segment{}}, nil
}

// Write implements blocks.Store: one fsync for all bodies. Once begun it is not cancelled.
func (s *Store) Write(ctx context.Context, project string, bodies [][]byte) ([]model.Location, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := blocks.CheckProject(project); err != nil {
		return nil, err
	}
	if len(bodies) == 0 {
		return nil, nil
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	if s.closed {
		return nil, fmt.Errorf("write blocks: %w: closed", blocks.ErrUnavailable)
	}
	if err := s.room(); err != nil {
		return nil, err
	}
	locations, err := s.append(project, bodies)
	if err != nil {
		s.refusing.Raise(err)
		return nil, err
	}
	s.refusing.End()
	return locations, nil
}

func (s *Store) append(project string, bodies [][]byte) ([]model.Location, error) {
	current, err := s.roll(project)
	if err != nil {
		return nil, fmt.Errorf("begin segment: %w", classify(err))
	}
	locations, err := current.write(bodies)
	if err != nil {
		if current.broken {
			_ = current.file.Close() // it failed already
			delete(s.current, project)
		}
		return nil, fmt.Errorf("write %d blocks: %w", len(bodies), classify(err))
	}
	return locations, nil
}

// Ping returns nil when writes are possible.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.room(); err != nil {
		return err
	}
	return s.refusing.Check(ctx, func(ctx context.Context) error {
		if err := disk.Probe(ctx, s.path); err != nil {
			return classify(err)
		}
		return nil
	})
}

// room returns blocks.ErrFull when the file system is about to be full.
func (s *Store) room() error {
	if s.options.MinFreeBytes < 0 {
		return nil
	}
	free, err := disk.Free(s.path)
	if err != nil {
		return fmt.Errorf("%w: %w", blocks.ErrUnavailable, err)
	}
	if free < uint64(s.options.MinFreeBytes) {
		return fmt.Errorf("%w: %d MiB free on the file system of %s, at least %d MiB are needed",
			blocks.ErrFull, free>>20, s.path, s.options.MinFreeBytes>>20)
	}
	return nil
}

// roll returns the project's segment of today, with space left.
func (s *Store) roll(project string) (*segment, error) {
	day := s.options.Now().UTC().Format(time.DateOnly)
	if c := s.current[project]; c != nil {
		if c.day == day && c.end < s.options.RollBytes {
			return c, nil
		}
		delete(s.current, project)
		if err := c.file.Close(); err != nil {
			return nil, err
		}
	}
	c, err := create(s.path, s.root, project, day)
	if err != nil {
		return nil, err
	}
	s.current[project] = c
	return c, nil
}

// Read implements blocks.Store.
func (s *Store) Read(ctx context.Context, at model.Location) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if !keys.MatchString(at.Key) || at.Offset < 0 || at.Length < 0 {
		return nil, fmt.Errorf("read block at %+v: %w", at, blocks.ErrNotFound)
	}
	body, err := s.reading.read(at)
	if err != nil {
		if !errors.Is(err, blocks.ErrNotFound) {
			err = classify(err)
		}
		return nil, fmt.Errorf("read block at %+v: %w", at, err)
	}
	return body, nil
}

// Length returns the length of a segment, -1 when it does not exist. All locations that Write returned must lie within it.
func (s *Store) Length(key string) (int64, error) {
	if !keys.MatchString(key) {
		return -1, nil
	}
	info, err := s.root.Stat(key + suffix)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return -1, nil
	case err != nil:
		return 0, fmt.Errorf("length of %s: %w", key, classify(err))
	}
	return info.Size(), nil
}

// Close implements blocks.Store. Written blocks are already durable.
func (s *Store) Close() error {
	s.writing.Lock()
	defer s.writing.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	err := s.reading.close()
	for _, c := range s.current {
		err = errors.Join(err, c.file.Close())
	}
	return errors.Join(err, s.root.Close())
}

func classify(err error) error {
	if disk.IsFull(err) {
		return fmt.Errorf("%w: %w", blocks.ErrFull, err)
	}
	return fmt.Errorf("%w: %w", blocks.ErrUnavailable, err)
}
