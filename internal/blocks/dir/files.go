package dir

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"slices"
	"sync"

	"github.com/playheadhq/playhead/internal/blocks"
	"github.com/playheadhq/playhead/internal/model"
)

// cached is how many segments stay open for reading: playing one recording reads from one or two.
const cached = 32

// files keeps the most recently read segments open.
type files struct {
	root *os.Root

	mu     sync.Mutex
	open   map[string]*os.File
	order  []string // least recently used first
	closed bool
}

// read reads without holding the lock: if the file is closed meanwhile, started reads finish, and later ones fail
// and are retried.
func (f *files) read(at model.Location) ([]byte, error) {
	for {
		file, err := f.file(at.Key)
		if err != nil {
			return nil, err
		}
		body, err := readAt(file, at)
		if !errors.Is(err, fs.ErrClosed) {
			return body, err
		}
	}
}

// fewBytes is the largest length that is read without first checking the length of the file. A search of text reads 64 bytes some thousands of times.
const fewBytes = 4 << 10

func readAt(file *os.File, at model.Location) ([]byte, error) {
	// Checked before memory is allocated: a location may come from a damaged index.
	if at.Length == 0 || at.Length > fewBytes {
		info, err := file.Stat()
		if err != nil {
			return nil, err
		}
		if at.Length > info.Size() || at.Offset > info.Size()-at.Length {
			return nil, blocks.ErrNotFound
		}
	}
	body := make([]byte, at.Length)
	n, err := file.ReadAt(body, at.Offset)
	switch {
	case n == len(body):
		return body, nil
	case errors.Is(err, io.EOF):
		return nil, blocks.ErrNotFound
	}
	return nil, err
}

func (f *files) file(key string) (*os.File, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return nil, errors.New("closed")
	}
	if file := f.open[key]; file != nil {
		f.use(key)
		return file, nil
	}
	file, err := f.root.Open(key + suffix)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, blocks.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	if f.open == nil {
		f.open = map[string]*os.File{}
	}
	if len(f.order) == cached {
		_ = f.open[f.order[0]].Close() // opened for reading: nothing can be lost
		delete(f.open, f.order[0])
		f.order = f.order[1:]
	}
	f.open[key] = file
	f.order = append(f.order, key)
	return file, nil
}

// use makes key the most recently used.
func (f *files) use(key string) {
	i := slices.Index(f.order, key)
	copy(f.order[i:], f.order[i+1:])
	f.order[len(f.order)-1] = key
}

// forget closes a segment that will be removed, because its space would otherwise stay in use.
func (f *files) forget(key string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if file := f.open[key]; file != nil {
		_ = file.Close() // opened for reading: nothing can be lost
		delete(f.open, key)
		f.order = slices.DeleteFunc(f.order, func(k string) bool { return k == key })
	}
}

func (f *files) close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	var errs []error
	for _, file := range f.open {
		errs = append(errs, file.Close())
	}
	f.open, f.order = nil, nil
	return errors.Join(errs...)
}
