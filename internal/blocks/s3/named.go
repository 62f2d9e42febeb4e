package s3

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/minio/minio-go/v7"

	"github.com/playheadhq/playhead/internal/blocks"
)

var _ blocks.Named = (*Store)(nil)

// named returns the object's name for a named body. The object is beside the days of its project: prefix/default/named/SUM.
func (at location) named(project, name string) string { return at.prefix + project + "/named/" + name }

// Keep implements blocks.Named.
func (s *Store) Keep(ctx context.Context, project, name string, body []byte) error {
	if err := errors.Join(ctx.Err(), blocks.CheckName(project, name)); err != nil {
		return err
	}
	size, sum := int64(len(body)), sha256.Sum256(body)
	put := minio.PutObjectOptions{ContentType: "application/octet-stream", DisableContentSha256: true} // the checksum is passed to PutObject instead
	err := s.try(ctx, s.options.WriteTimeout, size, func(ctx context.Context) error {
		_, err := s.client.PutObject(ctx, s.at.bucket, s.at.named(project, name), newBodies([][]byte{body}), size, "", hex.EncodeToString(sum[:]), put)
		return err
	})
	if err != nil {
		return fmt.Errorf("keep %s of %s in %s: %w", name, project, s.at, err)
	}
	return nil
}

// maxNamed limits the bytes that are read into memory. No body that is kept under a name is that large.
const maxNamed = 256 << 20

// Kept implements blocks.Named.
func (s *Store) Kept(ctx context.Context, project, name string) (body []byte, at time.Time, err error) {
	if err := errors.Join(ctx.Err(), blocks.CheckName(project, name)); err != nil {
		return nil, time.Time{}, err
	}
	err = s.try(ctx, s.options.ReadTimeout, 0, func(ctx context.Context) error {
		from, info, _, err := s.client.GetObject(ctx, s.at.bucket, s.at.named(project, name), minio.GetObjectOptions{})
		if err != nil {
			return err
		}
		defer from.Close()
		at = info.LastModified
		if body, err = io.ReadAll(io.LimitReader(from, maxNamed+1)); err == nil && len(body) > maxNamed {
			return fmt.Errorf("it has more than %d bytes, which is too large to be read", maxNamed)
		}
		return err
	})
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("read %s of %s: %w", name, project, err)
	}
	return body, at, nil
}

// Drop implements blocks.Named.
func (s *Store) Drop(ctx context.Context, project string, before time.Time) (dropped int, err error) {
	if err := blocks.CheckProject(project); err != nil {
		return 0, err
	}
	if s.closed.Load() {
		return 0, errClosed
	}
	for object := range s.client.ListObjectsIter(ctx, s.at.bucket, minio.ListObjectsOptions{Prefix: s.at.named(project, ""), Recursive: true}) {
		if object.Err != nil {
			return dropped, fmt.Errorf("list what %s keeps by name in %s: %w", project, s.at, classify(object.Err))
		}
		if !object.LastModified.Before(before) {
			continue
		}
		err := s.try(ctx, s.options.ReadTimeout, 0, func(ctx context.Context) error {
			return s.client.RemoveObject(ctx, s.at.bucket, object.Key, minio.RemoveObjectOptions{})
		})
		if err != nil && !errors.Is(err, blocks.ErrNotFound) {
			return dropped, fmt.Errorf("drop %s from %s: %w", object.Key, s.at, err)
		}
		dropped++
	}
	return dropped, nil
}
