package blocks

import (
	"context"
	"fmt"
	"regexp"
	"time"
)

// Named keeps bytes under names that the caller chooses, beside the blocks: no index refers to them, and they are found without one. They are for
// what a recording can be shown without. Safe for concurrent use.
type Named interface {
	// Keep makes a body durable under a name of a project, in place of an earlier one, and says that it was kept now. Errors are those of Write, and that of CheckName.
	Keep(ctx context.Context, project, name string, body []byte) error
	// Kept returns what was kept last under a name, and when. Errors: ErrNotFound, ErrUnavailable.
	Kept(ctx context.Context, project, name string) (body []byte, at time.Time, err error)
	// Drop removes what a project kept for the last time before an instant, and returns how many names that were.
	Drop(ctx context.Context, project string, before time.Time) (int, error)
}

var nameForm = regexp.MustCompile(`^[0-9a-f]{64}$`)

// CheckName returns an error for what cannot be the name of a body: names are SHA-256 sums in hexadecimal digits, which no file system or bucket writes otherwise.
func CheckName(project, name string) error {
	if err := CheckProject(project); err != nil {
		return err
	}
	if !nameForm.MatchString(name) {
		return fmt.Errorf("%.80q cannot be the name of a body: it must be a SHA-256 sum in hexadecimal digits", name)
	}
	return nil
}
