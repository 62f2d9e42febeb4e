// Package s3 keeps blocks in any object store that speaks S3.
//
//	prefix/default/2025-10-09/23/node-1/0199c…-….blocks   bodies of the project "default", one after the other
//
// One Write is one object, which never changes: its name says the project, the hour (UTC) and the node that wrote it, and ends in a
// version 7 uuid, so no two writers ever need to agree. A body's location is the object's name without prefix and ".blocks",
// offset and length, and is read with a range request. Objects need no format of their own. Unused objects, including those of
// crashed writers, are found by listing (see package compact).
//
// Every upload is signed over the SHA-256 of its content, which every server checks before it answers.
package s3

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"github.com/playheadhq/playhead/internal/blocks"
	"github.com/playheadhq/playhead/internal/disk"
	"github.com/playheadhq/playhead/internal/model"
)

// Options of Open. The zero value has good defaults.
type Options struct {
	// Node identifies the writer in the names of objects, for operators; "" means the host's name.
	Node string
	// WriteTimeout and ReadTimeout end a Write or Read with all of its attempts; 0 is the default of 30 s and 20 s.
	WriteTimeout, ReadTimeout time.Duration
	// AttemptTimeout ends one attempt, beside the time that its bytes may take at 4 MiB/s; 0 is the default of 5 s.
	AttemptTimeout time.Duration
	// Attempts is the largest number of attempts of a request; 0 is the default of 4.
	Attempts int
	// Credentials, nil for AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, then the shared credentials file
	// (AWS_SHARED_CREDENTIALS_FILE, AWS_PROFILE), then the machine's or pod's role.
	Credentials *credentials.Credentials
	// Wait lets Open succeed even if the server cannot be reached now, or does not answer one attempt: each request retries. An
	// answer of the server (no such bucket, no permission) is still an error.
	Wait bool
	// Now is the clock, time.Now when nil.
	Now func() time.Time
	// Logger gets messages for operators: that the server cannot be reached yet. Nil discards them.
	Logger *slog.Logger
}

// Store implements blocks.Store. Its methods are safe for concurrent use, Write too.
type Store struct {
	at        location
	node      string
	options   Options
	client    minio.Core
	transport *http.Transport
	closed    atomic.Bool
	room      disk.Alarm
}

var _ blocks.Store = (*Store)(nil)

// Open connects to s3://bucket/prefix?endpoint=https://host:port&region=name and checks that the bucket can be reached. The default endpoint is
// Amazon's. The URL never contains credentials.
func Open(ctx context.Context, url string, o Options) (*Store, error) {
	at, err := parse(url)
	if err != nil {
		return nil, err
	}
	o.WriteTimeout = cmp.Or(o.WriteTimeout, 30*time.Second)
	o.ReadTimeout = cmp.Or(o.ReadTimeout, 20*time.Second)
	o.AttemptTimeout = cmp.Or(o.AttemptTimeout, 5*time.Second)
	o.Attempts = cmp.Or(o.Attempts, 4)
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Credentials == nil {
		if o.Credentials, err = ambient(); err != nil {
			return nil, err
		}
	}
	s := &Store{at: at, node: nodeName(o.Node), options: o, transport: newTransport(o.AttemptTimeout)}
	client, err := minio.New(at.host, &minio.Options{
		Creds: o.Credentials, Secure: at.secure, Region: at.region, BucketLookup: at.lookup,
		Transport:  s.transport,
		MaxRetries: 1, // this package makes the attempts, each with its own time limit
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", at, err)
	}
	s.client.Client = client
	patience := o.ReadTimeout
	if o.Wait {
		patience = o.AttemptTimeout
	}
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := s.Ping(limited); err != nil {
		if !o.Wait || ctx.Err() != nil || final(err) {
			return nil, errors.Join(err, s.Close())
		}
		o.Logger.Warn("recordings cannot be stored yet; their senders will retry", "error", err)
	}
	return s, nil
}

// Ping returns nil when the bucket can be reached and is not known to be full.
func (s *Store) Ping(ctx context.Context) error {
	err := s.try(ctx, s.options.ReadTimeout, 0, func(ctx context.Context) error {
		exists, err := s.client.BucketExists(ctx, s.at.bucket)
		if err == nil && !exists {
			err = minio.ErrorResponse{StatusCode: http.StatusNotFound, Code: minio.NoSuchBucket, Message: "there is no such bucket"}
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("reach bucket %s: %w", s.at, err)
	}
	return s.room.Check(ctx, s.probe)
}

// probeBytes is about the size of a usual write: the recordings that are collected during the setting s3.window.
const probeBytes = 1 << 20

// probeProject is the project of a probe's object. It need not exist.
const probeProject = "probe"

// probe writes an object and removes it. If the removal fails, it is swept like every unused object.
func (s *Store) probe(ctx context.Context) error {
	locations, err := s.Write(ctx, probeProject, [][]byte{make([]byte, probeBytes)})
	if err != nil {
		return err
	}
	return s.Delete(ctx, locations[0].Key)
}

// Write implements blocks.Store: all bodies are one object.
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
	key, err := newKey(project, s.options.Now(), s.node)
	if err != nil {
		return nil, err
	}
	locations, size, hash := make([]model.Location, len(bodies)), int64(0), sha256.New()
	for i, body := range bodies {
		locations[i] = model.Location{Key: key, Offset: size, Length: int64(len(body))}
		size += int64(len(body))
		hash.Write(body)
	}
	sum := hex.EncodeToString(hash.Sum(nil))
	put := minio.PutObjectOptions{ContentType: "application/octet-stream", DisableContentSha256: true} // the checksum is passed to PutObject instead
	err = s.try(ctx, s.options.WriteTimeout, size, func(ctx context.Context) error {
		// A reader for each attempt: an abandoned connection may still use the previous one.
		_, err := s.client.PutObject(ctx, s.at.bucket, s.at.object(key), newBodies(bodies), size, "", sum, put)
		return err
	})
	if err != nil {
		err = fmt.Errorf("write %d blocks of %d bytes to %s: %w", len(bodies), size, s.at, err)
		if errors.Is(err, blocks.ErrFull) {
			s.room.Raise(err)
		}
		return nil, err
	}
	s.room.End()
	return locations, nil
}

// Read implements blocks.Store.
func (s *Store) Read(ctx context.Context, at model.Location) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if !keys.MatchString(at.Key) || at.Offset < 0 || at.Length < 0 || at.Offset+at.Length < at.Offset {
		return nil, fmt.Errorf("read block at %+v: %w", at, blocks.ErrNotFound)
	}
	var body []byte
	err := s.try(ctx, s.options.ReadTimeout, at.Length, func(ctx context.Context) (err error) {
		body, err = s.get(ctx, at)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read block at %+v: %w", at, err)
	}
	return body, nil
}

// get is one attempt of Read.
func (s *Store) get(ctx context.Context, at model.Location) ([]byte, error) {
	if at.Length == 0 { // a range cannot be empty
		info, err := s.client.StatObject(ctx, s.at.bucket, s.at.object(at.Key), minio.StatObjectOptions{})
		if err == nil && at.Offset > info.Size {
			err = errTooShort
		}
		return nil, err
	}
	var o minio.GetObjectOptions
	if err := o.SetRange(at.Offset, at.Offset+at.Length-1); err != nil {
		return nil, err
	}
	from, _, header, err := s.client.GetObject(ctx, s.at.bucket, s.at.object(at.Key), o)
	if err != nil {
		return nil, err
	}
	defer from.Close()
	// Checked before memory is allocated: a location may come from a damaged index.
	var first, last int64
	if _, err := fmt.Sscanf(header.Get("Content-Range"), "bytes %d-%d/", &first, &last); err != nil || first != at.Offset {
		return nil, fmt.Errorf("the server answers %q to a range request", header.Get("Content-Range"))
	}
	if last != at.Offset+at.Length-1 {
		return nil, errTooShort
	}
	body := make([]byte, at.Length)
	if _, err := io.ReadFull(from, body); err != nil {
		return nil, err
	}
	return body, nil
}

// errTooShort: the object ends before the location does.
var errTooShort = fmt.Errorf("%w: the object is too short", blocks.ErrNotFound)

// Keys lists the keys of all objects, in order.
func (s *Store) Keys(ctx context.Context) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		if s.closed.Load() {
			yield("", errClosed)
			return
		}
		for object := range s.client.ListObjectsIter(ctx, s.at.bucket, minio.ListObjectsOptions{Prefix: s.at.prefix, Recursive: true}) {
			if object.Err != nil {
				yield("", fmt.Errorf("list %s: %w", s.at, cmp.Or(ctx.Err(), classify(object.Err))))
				return
			}
			key, ok := s.at.key(object.Key)
			if ok && !yield(key, nil) {
				return
			}
		}
	}
}

// Delete removes an object. A missing object is not an error.
func (s *Store) Delete(ctx context.Context, key string) error {
	if !keys.MatchString(key) {
		return fmt.Errorf("delete %q: not a key of this store", key)
	}
	err := s.try(ctx, s.options.ReadTimeout, 0, func(ctx context.Context) error {
		return s.client.RemoveObject(ctx, s.at.bucket, s.at.object(key), minio.RemoveObjectOptions{})
	})
	if err != nil && !errors.Is(err, blocks.ErrNotFound) {
		return fmt.Errorf("delete %s from %s: %w", key, s.at, err)
	}
	return nil
}

// Close implements blocks.Store. Written blocks are already durable.
func (s *Store) Close() error {
	s.closed.Store(true)
	s.transport.CloseIdleConnections()
	return nil
}

// String returns the address without secrets.
func (s *Store) String() string { return strings.TrimSuffix(s.at.String(), "/") }
