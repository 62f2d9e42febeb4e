package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/playheadhq/playhead/internal/blocks/s3/s3test"
)

const (
	// storedBytes is how much the part stored sends, as it is on the wire.
	storedBytes = 20e6
	// compactAfter is the shortest time that the setting allows.
	compactAfter = time.Minute
	// passesWithin is longer than the time between two passes of compaction, which is compactAfter, and the time of a pass.
	passesWithin = compactAfter + 20*time.Second
)

// measureStored compares the bytes of recordings that are in use with the bytes that browsers sent: in a directory, where blocks stay where they were
// written, and in S3 before and after compaction.
func measureStored(ctx context.Context, o options, r *report) error {
	all, err := makeRecordings(storedBytes)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp(o.dir, "playhead-bench-stored-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if err := storedIn(ctx, o, r, all, "a directory", filepath.Join(dir, "directory")); err != nil {
		return fmt.Errorf("a directory: %w", err)
	}
	s3, err := s3test.Start(ctx, filepath.Join(dir, "objects"))
	if err != nil {
		return err
	}
	defer func() { _ = s3.Close() }()
	for _, pair := range s3test.Environ() { // the server inherits it
		name, value, _ := strings.Cut(pair, "=")
		if err := os.Setenv(name, value); err != nil {
			return err
		}
	}
	if err := storedIn(ctx, o, r, all, "S3", filepath.Join(dir, "s3"), "--blocks", s3.URL("", ""), "--s3-compact-after", compactAfter.String()); err != nil {
		return fmt.Errorf("S3: %w", err)
	}
	return nil
}

// storedIn measures one store. With args, the server compacts.
func storedIn(ctx context.Context, o options, r *report, all *recordings, name, dir string, args ...string) error {
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	s, err := start(ctx, o, dir, args...)
	if err != nil {
		return err
	}
	defer func() { _ = s.stop() }()
	sent, err := sendRecordings(ctx, o, s.client, all, time.Hour)
	if err != nil {
		return err
	}
	if sent.bytes != all.wire {
		return fmt.Errorf("%d of %d bytes were sent", sent.bytes, all.wire)
	}
	data := o.recordingData()
	ratio := func(when string) error {
		bytes, err := bytesInUse(ctx, s.client, all.minutes)
		r.add("recordings in "+name+", stored bytes : gzip bytes sent"+when, float64(bytes)/float64(all.wire), "", "0.5 at most", data)
		return err
	}
	if err := ratio(""); err != nil || len(args) == 0 {
		return err
	}
	// A session whose blocks already lie in one object is not rewritten. Compaction has ended when all are rewritten, or when a pass has rewritten nothing.
	last, since := 0.0, time.Now().Add(compactAfter)
	for {
		now, err := s.counters(ctx)
		if err != nil {
			return err
		}
		if rewritten := now["playhead_compact_sessions_total"]; rewritten != last {
			last, since = rewritten, time.Now()
		}
		if last == float64(all.minutes) || time.Since(since) > passesWithin {
			if failed := now["playhead_compact_failures_total"]; last == 0 || failed > 0 {
				return fmt.Errorf("of %d sessions, %v were rewritten, with %v failures", all.minutes, last, failed)
			}
			r.add("recordings in "+name+": sessions that compaction rewrote", 100*last/float64(all.minutes), "%", "", data)
			return ratio(", after compaction")
		}
		time.Sleep(time.Second)
	}
}

// bytesInUse adds up what the sessions' recordings take.
func bytesInUse(ctx context.Context, c *client, sessions int64) (bytes int64, err error) {
	count := int64(0)
	for cursor := ""; ; {
		var page struct {
			Items []struct {
				Bytes int64 `json:"bytes"`
			} `json:"items"`
			Next *string `json:"next"`
		}
		if _, err := c.getJSON(ctx, "/api/sessions?limit=100&cursor="+url.QueryEscape(cursor), &page); err != nil {
			return 0, err
		}
		for _, s := range page.Items {
			count++
			bytes += s.Bytes
		}
		if page.Next == nil || *page.Next == "" {
			break
		}
		cursor = *page.Next
	}
	if count != sessions {
		return 0, errors.New(fmt.Sprint(count, " sessions are listed, ", sessions, " were sent"))
	}
	return bytes, nil
}
