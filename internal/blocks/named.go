package blocks

import (
	"context"
	"fmt"
	"regexp"
	"time"
)

// Named keeps bytes under names that the caller chooses, separate from the blocks. No index refers to them, and none is needed to find them. They are
// only for content without which a recording can still be shown. Safe for concurrent use.
type Named interface {
	// Keep makes a body durable under a name of a project, and replaces an earlier body. The time that Kept returns is then the present one. Errors are
	// those of Write and of CheckName.
	Keep(ctx context.Context, project, name string, body []byte) error
	// Kept returns the body that was kept last under a name, and when it was kept. Errors: ErrNotFound, ErrUnavailable.
	Kept(ctx context.Context, project, name string) (body []byte, at time.Time, err error)
	// Drop removes the bodies that a project last kept before an instant, and returns their number.
	Drop(ctx context.Context, project string, before time.Time) (int, error)
}

var nameForm = regexp.MustCompile(`^[0-9a-f]{64}$`)

// CheckName returns an error if name cannot be the name of a body. Names are SHA-256 sums in hexadecimal digits, which every file system and bucket
// stores unchanged.
func CheckName(project, name string) error {
	if err := CheckProject(project); err != nil {
		return err
	}
	if !nameForm.MatchString(name) {
		return fmt.Errorf("%.80q cannot be the name of a body: it must be a SHA-256 sum in hexadecimal digits", name)
	}
	return nil
}
