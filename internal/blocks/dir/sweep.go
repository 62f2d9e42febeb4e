package dir

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/playheadhq/playhead/internal/blocks"
)

// Keys lists finished segments in order: those of days that ended at least a day ago. A segment is only written to on its own
// day, by the process that created it. See also Options.Alone.
func (s *Store) Keys(ctx context.Context) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		found, err := fs.Glob(s.root.FS(), "*/*/*"+suffix)
		if err != nil {
			yield("", fmt.Errorf("list %s: %w", s.path, classify(err)))
			return
		}
		slices.Sort(found)
		for _, name := range found {
			key := strings.TrimSuffix(name, suffix)
			if !keys.MatchString(key) || !s.over(key) {
				continue
			}
			if err := ctx.Err(); err != nil {
				yield("", err)
				return
			}
			if !yield(key, nil) {
				return
			}
		}
	}
}

// over reports whether a segment is finished.
func (s *Store) over(key string) bool {
	if s.options.Alone {
		s.writing.Lock()
		defer s.writing.Unlock()
		c := s.current[blocks.ProjectOf(key)]
		return c == nil || c.key != key
	}
	return dayOf(key) < s.options.Now().UTC().AddDate(0, 0, -1).Format(time.DateOnly)
}

func dayOf(key string) string { return path.Base(path.Dir(key)) }

// Delete removes a segment that Keys lists, and the directory of its day after the last one. A missing segment is not an error.
func (s *Store) Delete(ctx context.Context, key string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if !keys.MatchString(key) || !s.over(key) {
		return fmt.Errorf("delete %q: not a finished segment", key)
	}
	s.reading.forget(key)
	if err := s.root.Remove(key + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("delete %s: %w", key, classify(err))
	}
	// This succeeds only for the last segment: before that, the directory is not empty.
	_ = s.root.Remove(path.Dir(key))
	return nil
}
