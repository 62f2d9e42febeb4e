package archive

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/playheadhq/playhead/internal/disk"
)

// journal is an append-only file of JSON lines: each line is on disk when append returns, and a partial line after a crash is cut off.
type journal struct{ file *os.File }

// openJournal opens or creates a journal and calls each for every existing line.
func openJournal(path string, each func(line []byte) error) (*journal, error) {
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	text = text[:bytes.LastIndexByte(text, '\n')+1]
	for line := range bytes.Lines(text) {
		if err := each(line); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := file.Truncate(int64(len(text))); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	if _, err := file.Seek(int64(len(text)), 0); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	if err := disk.SyncDir(filepath.Dir(path)); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return &journal{file}, nil
}

func (j *journal) append(line any) error {
	text, err := json.Marshal(line)
	if err != nil {
		return err
	}
	if _, err := j.file.Write(append(text, '\n')); err != nil {
		return err
	}
	return j.file.Sync()
}

func (j *journal) close() error { return j.file.Close() }
