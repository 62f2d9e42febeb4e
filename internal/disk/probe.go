package disk

import (
	"context"
	"errors"
	"fmt"
	"os"
)

// probeBytes is about the size of a large commit.
const probeBytes = 1 << 20

// Probe writes a file to a directory, makes it durable and removes it.
func Probe(ctx context.Context, dir string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".try-*")
	if err != nil {
		return fmt.Errorf("test writing to %s: %w", dir, err)
	}
	_, err = f.Write(make([]byte, probeBytes))
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close(), os.Remove(f.Name())); err != nil {
		return fmt.Errorf("test writing to %s: %w", dir, err)
	}
	return nil
}
