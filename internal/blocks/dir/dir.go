// Package dir keeps blocks in a directory: segment files to which bodies are appended. A place is a segment's name and the
// offset and length in it.
package dir

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"github.com/playheadhq/playhead/internal/blocks"
	"github.com/playheadhq/playhead/internal/disk"
	"github.com/playheadhq/playhead/internal/model"
)

// Options of Open.
type Options struct {
	// MinFreeBytes is the room that must be left on the file system; below it Write answers blocks.ErrFull. 0 or less is no minimum.
	MinFreeBytes int64
}

const (
	suffix      = ".blocks"
	segmentSize = 256 << 20 // a segment that has grown past it gets no more
)

// Store implements blocks.Store.
type Store struct {
	path    string
	minFree int64

	mu      sync.Mutex // of what follows, which only Write and Close change
	next    int        // number of the next segment
	segment *os.File   // the one written to, nil before the first Write and after a failed one
	name    string
	size    int64
	buffer  []byte
}

// Open makes the directory when it is missing. A segment of an earlier process is never appended to: whatever a crash left at its end
// stays there unread.
func Open(path string, o Options) (*Store, error) {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, fmt.Errorf("make directory of recordings: %w", err)
	}
	s := &Store{path: path, minFree: o.MinFreeBytes}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, fmt.Errorf("read directory of recordings: %w", err)
	}
	for _, entry := range entries {
		number, ok := strings.CutSuffix(entry.Name(), suffix)
		if n, err := strconv.Atoi(number); ok && err == nil {
			s.next = max(s.next, n+1)
		}
	}
	return s, disk.SyncDir(filepath.Dir(path))
}

// Write implements blocks.Store.
func (s *Store) Write(_ context.Context, bodies [][]byte) ([]model.Place, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(bodies) == 0 {
		return nil, nil
	}
	if err := s.prepare(); err != nil {
		return nil, err
	}
	places := make([]model.Place, len(bodies))
	s.buffer = s.buffer[:0]
	for i, body := range bodies {
		places[i] = model.Place{Key: s.name, Offset: s.size + int64(len(s.buffer)), Length: int64(len(body))}
		s.buffer = append(s.buffer, body...)
	}
	_, err := s.segment.WriteAt(s.buffer, s.size)
	if err == nil {
		err = s.segment.Sync()
	}
	if err != nil {
		// After a failed fsync nothing is known of the file any more, so it is left. Cutting it gives the room back.
		return nil, errors.Join(classify(fmt.Errorf("write recording: %w", err)), s.segment.Truncate(s.size), s.leave())
	}
	s.size += int64(len(s.buffer))
	return places, nil
}

// prepare makes sure that there is room and a segment to write to.
func (s *Store) prepare() error {
	if s.minFree > 0 {
		free, err := disk.Free(s.path)
		if err != nil {
			return fmt.Errorf("%w: %w", blocks.ErrUnavailable, err)
		}
		if free < uint64(s.minFree) {
			return fmt.Errorf("%w: %d bytes are free, %d are to be left", blocks.ErrFull, free, s.minFree)
		}
	}
	if s.segment != nil && s.size < segmentSize {
		return nil
	}
	if err := s.leave(); err != nil {
		return classify(fmt.Errorf("close segment: %w", err))
	}
	name := fmt.Sprintf("%08d%s", s.next, suffix)
	f, err := os.OpenFile(filepath.Join(s.path, name), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return classify(fmt.Errorf("make segment: %w", err))
	}
	s.next++
	if err := disk.SyncDir(s.path); err != nil {
		return errors.Join(classify(err), f.Close())
	}
	s.segment, s.name, s.size = f, name, 0
	return nil
}

func (s *Store) leave() error {
	if s.segment == nil {
		return nil
	}
	err := s.segment.Close()
	s.segment = nil
	return err
}

// Read implements blocks.Store.
func (s *Store) Read(_ context.Context, at model.Place) ([]byte, error) {
	if at.Key != filepath.Base(at.Key) || !strings.HasSuffix(at.Key, suffix) || at.Offset < 0 || at.Length < 0 {
		return nil, fmt.Errorf("%w: %q at %d, %d bytes", blocks.ErrNotFound, at.Key, at.Offset, at.Length)
	}
	f, err := os.Open(filepath.Join(s.path, at.Key))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: no segment %s", blocks.ErrNotFound, at.Key)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", blocks.ErrUnavailable, err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", blocks.ErrUnavailable, err)
	}
	if at.Offset > info.Size() || at.Length > info.Size()-at.Offset {
		return nil, fmt.Errorf("%w: segment %s has %d bytes, not %d at %d", blocks.ErrNotFound, at.Key, info.Size(), at.Length, at.Offset)
	}
	body := make([]byte, at.Length)
	if _, err := f.ReadAt(body, at.Offset); err != nil && err != io.EOF {
		return nil, fmt.Errorf("%w: %w", blocks.ErrUnavailable, err)
	}
	return body, nil
}

// Close implements blocks.Store.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.leave()
}

func classify(err error) error {
	if disk.IsFull(err) {
		return fmt.Errorf("%w: %w", blocks.ErrFull, err)
	}
	return fmt.Errorf("%w: %w", blocks.ErrUnavailable, err)
}
