package dir

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/playheadhq/playhead/internal/disk"
	"github.com/playheadhq/playhead/internal/model"
)

// segment is the file that is written to.
type segment struct {
	key  string
	day  string
	file *os.File
	// end is where the next body begins. No location refers to bytes after it.
	end int64
	// broken means that the file must not be written to again.
	broken bool
}

// create makes a project's next segment of the day, and makes its name durable.
func create(path string, root *os.Root, project, day string) (*segment, error) {
	within := project + "/" + day
	if err := makeDirs(path, root, project, within); err != nil {
		return nil, err
	}
	number, err := last(root, within)
	if err != nil {
		return nil, err
	}
	for {
		number++
		key := fmt.Sprintf("%s/%06d", within, number)
		f, err := root.OpenFile(key+suffix, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if errors.Is(err, fs.ErrExist) {
			continue // another process has just created this one
		}
		if err != nil {
			return nil, err
		}
		if err := disk.SyncDir(filepath.Join(path, within)); err != nil {
			return nil, errors.Join(err, f.Close())
		}
		return &segment{key: key, day: day, file: f}, nil
	}
}

// makeDirs makes the directories that do not exist yet, each inside the one before it, and makes their names durable.
func makeDirs(path string, root *os.Root, dirs ...string) error {
	for _, dir := range dirs {
		if err := root.Mkdir(dir, 0o700); err == nil {
			if err := disk.SyncDir(filepath.Dir(filepath.Join(path, dir))); err != nil {
				return err
			}
		} else if !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	return nil
}

// last returns the highest number that a segment in the directory has.
func last(root *os.Root, within string) (int, error) {
	entries, err := fs.ReadDir(root.FS(), within)
	if err != nil {
		return 0, err
	}
	highest := 0
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), suffix)
		if n, err := strconv.Atoi(name); ok && err == nil {
			highest = max(highest, n)
		}
	}
	return highest, nil
}

// write appends bodies and makes them durable. After an error end is unchanged, and the bytes after it are cut off if the
// file system allows it.
func (s *segment) write(bodies [][]byte) ([]model.Location, error) {
	locations := make([]model.Location, len(bodies))
	at := s.end
	for i, body := range bodies {
		if _, err := s.file.WriteAt(body, at); err != nil {
			// Freeing the space matters most on a full disk. A later body overwrites what may be left.
			return nil, errors.Join(err, s.file.Truncate(s.end))
		}
		locations[i] = model.Location{Key: s.key, Offset: at, Length: int64(len(body))}
		at += int64(len(body))
	}
	if err := s.file.Sync(); err != nil {
		// It is unknown which pages reached the disk, and a second fsync would report success.
		s.broken = true
		return nil, err
	}
	s.end = at
	return locations, nil
}
