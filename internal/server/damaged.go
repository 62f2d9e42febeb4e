package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"path/filepath"
	"slices"
	"time"

	"github.com/playheadhq/playhead/internal/damage"
	"github.com/playheadhq/playhead/internal/query"
	"github.com/playheadhq/playhead/internal/replay"
	"github.com/playheadhq/playhead/internal/store"
)

// segmentIndex is an index of recordings with the files that contain them. Recordings in S3 are whole objects, which exist or do not exist.
type segmentIndex interface {
	Segments(ctx context.Context) (map[string]int64, error)
	LostBlocks(ctx context.Context, lengths, until map[string]int64, l *damage.Loss) error
}

// segments is the store of those files.
type segments interface {
	Length(key string) (int64, error)
}

// compareRecordings compares the files of recordings with their index: each file must be at least as long as when its last block was acknowledged. It
// returns nil if there is no loss, or if the loss was accepted before. It reads two columns of the index once and the length of each file.
func (s *storages) compareRecordings(ctx context.Context, dataDir string) (*damage.Loss, error) {
	index, known := s.store.(segmentIndex)
	files, ok := s.blocks.(segments)
	if !known || !ok {
		return nil, nil
	}
	needed, err := index.Segments(ctx)
	if err != nil {
		return nil, err
	}
	accepted, err := damage.Accepted(dataDir)
	if err != nil {
		return nil, err
	}
	before := map[string]int64{}
	for _, l := range accepted {
		for key, length := range l.Lengths {
			before[key] = length
		}
	}
	lengths, until := map[string]int64{}, map[string]int64{}
	gone := 0
	for key, need := range needed {
		length, err := files.Length(key)
		if err != nil {
			return nil, err
		}
		if length >= need {
			continue
		}
		most := int64(math.MaxInt64)
		if then, ok := before[key]; ok {
			most = then
		}
		if length >= most {
			continue
		}
		if lengths[key], until[key] = length, most; length < 0 {
			gone++
		}
	}
	if len(lengths) == 0 {
		return nil, nil
	}
	l := &damage.Loss{
		What:    fmt.Sprintf("of the %d files of recordings, %d are missing and %d are too short", len(needed), gone, len(lengths)-gone),
		Lengths: lengths,
		Saved:   "all events, and all other blocks of recordings. A replay marks missing parts",
	}
	return l, index.LostBlocks(ctx, lengths, until, l)
}

// acceptRecordings returns a *damage.Error when recordings are lost and the loss has not been accepted.
func (s *storages) acceptRecordings(ctx context.Context, dataDir string, codes []string, logger *slog.Logger) error {
	l, err := s.compareRecordings(ctx, dataDir)
	if err != nil {
		return fmt.Errorf("compare the recordings with their index: %w", err)
	}
	if l == nil {
		return nil
	}
	if !slices.Contains(codes, l.Code()) {
		return &damage.Error{Loss: *l, Dir: dataDir, Accepted: codes}
	}
	logger.Warn("continuing without the lost data", "damaged", l.What, "lost", l.Text())
	_, err = damage.Keep(dataDir, *l, time.Now())
	return err
}

// lossWarnings are the status page's warnings about accepted losses.
func lossWarnings(dataDir, node string, accepted []damage.Loss) []query.Warning {
	var all []query.Warning
	for _, l := range accepted {
		all = append(all, query.Warning{Kind: "loss", Node: node, Detail: fmt.Sprintf(
			"%s. Lost: %s. Accepted %s. To end this notice, remove %s when it is no longer needed.",
			upperFirst(l.What), l.Text(), time.UnixMilli(l.AcceptedMS).UTC().Format("2006-01-02 15:04 UTC"), filepath.Join(dataDir, l.Kept))})
	}
	return all
}

func upperFirst(s string) string {
	if s != "" && s[0] >= 'a' && s[0] <= 'z' {
		return string(s[0]-'a'+'A') + s[1:]
	}
	return s
}

// checkStep is how many rows a full check reads at a time.
const checkStep = 500

// readAll reads every row and every block, and compares each block with its checksum and its row. The error describes the damage.
func (s *storages) readAll(ctx context.Context, report func(rows int64)) (found string, err error) {
	var rows, bytes int64
	reasons := map[string]int{}
	var first string
	for next, more := "", true; more; more = next != "" {
		var b *store.Batch
		if b, next, err = s.store.Dump(ctx, next, checkStep); err != nil {
			return "", fmt.Errorf("after %d rows the database cannot be read: %w", rows, err)
		}
		rows += int64(len(b.Events) + len(b.Identities) + len(b.Blocks))
		for i := range b.Blocks {
			block := &b.Blocks[i]
			bytes += block.Location.Length
			body, err := s.blocks.Read(ctx, block.Location)
			if err == nil {
				_, err = replay.DecodeBlock(block, body)
			}
			if ctx.Err() != nil {
				return "", ctx.Err()
			}
			if reason := replay.GapReason(err); reason != "" {
				if len(reasons) == 0 {
					first = fmt.Sprintf("the first is block %s of session %s, at %d in %s", block.UUID, block.SessionID, block.Location.Offset, block.Location.Key)
				}
				reasons[reason]++
			}
		}
		report(rows)
	}
	found = fmt.Sprintf("%d rows and %s of recordings are intact", rows, roughly(uint64(bytes)))
	if len(reasons) == 0 {
		return found, nil
	}
	text := ""
	for _, reason := range []string{"missing", "corrupt", "unreadable"} {
		if n := reasons[reason]; n > 0 {
			text += fmt.Sprintf("%d blocks of recordings are %s, ", n, reason)
		}
	}
	return "", errors.New(text + first + ". A replay marks them as missing; restore them from a backup")
}
