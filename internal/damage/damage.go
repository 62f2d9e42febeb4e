// Package damage describes lost data and how to continue without them, and keeps the damaged files.
//
// A damaged file is never changed before an operator decides: damage is reported with a code, and a start with this code
// continues. Each loss has its own code, so that a forgotten setting accepts no other loss.
package damage

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/playheadhq/playhead/internal/disk"
)

// Loss is a loss of acknowledged data.
type Loss struct {
	// What describes what is damaged and how, as a sentence without its full stop.
	What string `json:"what"`
	// Commits is the number of lost commits of the database. Events and Blocks are the numbers of events and of blocks of recordings in them. Unknown
	// means that more may be lost.
	Commits int64 `json:"commits,omitempty"`
	Events  int64 `json:"events,omitempty"`
	Blocks  int64 `json:"blocks,omitempty"`
	Unknown bool  `json:"unknown,omitempty"`
	// Texts is the number of events that lost only their text.
	Texts int64 `json:"texts,omitempty"`
	// Sessions is the number of sessions of the lost blocks, if the index of recordings is intact.
	Sessions int64 `json:"sessions,omitempty"`
	// FromMS and ToMS are the times of the first and the last lost data: when they were acknowledged or, for recordings, when they took place. 0 means
	// unknown.
	FromMS int64 `json:"from_ms,omitempty"`
	ToMS   int64 `json:"to_ms,omitempty"`
	// Saved describes the remaining data, as a sentence without its full stop.
	Saved string `json:"saved,omitempty"`
	// Lengths are the lengths of damaged files of recordings, by key, -1 for a missing file. If a file is shorter later, that is a new loss.
	Lengths map[string]int64 `json:"lengths,omitempty"`

	// AcceptedMS is when an operator accepted the loss.
	AcceptedMS int64 `json:"accepted_ms,omitempty"`
	// Kept is the directory with the damaged files as they were found, relative to the data directory.
	Kept string `json:"kept,omitempty"`
}

// Code identifies this loss. It does not depend on Saved, which may change when several losses are accepted one after the other.
func (l *Loss) Code() string {
	lost := *l
	lost.Saved = ""
	text, err := json.Marshal(lost)
	if err != nil {
		panic(err) // plain fields
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:4])
}

// Text describes how much is lost, and since when.
func (l *Loss) Text() string {
	var parts []string
	add := func(n int64, one, many string) {
		switch {
		case n == 1:
			parts = append(parts, "1 "+one)
		case n > 1:
			parts = append(parts, fmt.Sprintf("%d %s", n, many))
		}
	}
	add(l.Commits, "commit", "commits")
	add(l.Events, "event", "events")
	add(l.Texts, "event's text", "events' text")
	add(l.Blocks, "block of recordings", "blocks of recordings")
	add(l.Sessions, "session", "sessions")
	text := strings.Join(parts, ", ")
	switch {
	case text == "":
		text = "an unknown amount"
	case l.Unknown:
		text = "at least " + text
	}
	from, to := instant(l.FromMS), instant(l.ToMS)
	switch {
	case l.FromMS == 0:
	case from == to:
		text += ", of " + from
	default:
		text += ", from " + from + " to " + to
	}
	return text
}

func instant(ms int64) string { return time.UnixMilli(ms).UTC().Format("2006-01-02 15:04:05 UTC") }

// Error is a loss that has not been accepted. Nothing has been changed.
type Error struct {
	Loss
	// Dir is the data directory.
	Dir string
	// Accepted are the codes of losses that were accepted before.
	Accepted []string
	// Cause is the engine's error, nil if there is none.
	Cause error
}

func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "the data in %s are damaged, and nothing was changed.\n\n", e.Dir)
	fmt.Fprintf(&b, "  Damaged  %s.\n  Lost     %s.\n", e.What, e.Text())
	if e.Saved != "" {
		fmt.Fprintf(&b, "  Saved    %s.\n", e.Saved)
	}
	if e.Cause != nil {
		fmt.Fprintf(&b, "  Cause    %v\n", e.Cause)
	}
	fmt.Fprintf(&b, "\nRestore the directory from a backup, or continue without what is lost:\n\n  playhead serve --accept-loss %s\n\n", strings.Join(append(slices.Clone(e.Accepted), e.Code()), ","))
	fmt.Fprintf(&b, "with otherwise the same settings. The damaged files are copied to %s first.", filepath.Join(e.Dir, directory))
	return b.String()
}

func (e *Error) Unwrap() error { return e.Cause }

const (
	directory = "damaged"
	lossFile  = "loss.json"
)

// Keep copies files of a data directory into a new directory in it, each under its own name, together with the loss, and
// returns the loss as accepted. Missing files are skipped. Everything is durable when it returns.
func Keep(dir string, l Loss, now time.Time, files ...string) (Loss, error) {
	l.AcceptedMS = now.UnixMilli()
	at, err := makeDirectory(dir, now)
	if err != nil {
		return l, fmt.Errorf("keep the damaged files: %w", err)
	}
	l.Kept = filepath.Join(directory, filepath.Base(at))
	for _, name := range files {
		if err := copyFile(filepath.Join(at, filepath.Base(name)), name); err != nil {
			return l, fmt.Errorf("keep the damaged files: %w", err)
		}
	}
	text, err := json.MarshalIndent(l, "", "  ")
	if err == nil {
		err = writeFile(filepath.Join(at, lossFile), func(f *os.File) error { _, err := f.Write(append(text, '\n')); return err })
	}
	if err = errors.Join(err, disk.SyncDir(at)); err != nil {
		return l, fmt.Errorf("keep the damaged files: %w", err)
	}
	return l, nil
}

// makeDirectory makes a directory named after the time, or after the next second that is not taken.
func makeDirectory(dir string, now time.Time) (string, error) {
	all := filepath.Join(dir, directory)
	if err := os.MkdirAll(all, 0o700); err != nil {
		return "", err
	}
	for {
		at := filepath.Join(all, now.UTC().Format("2006-01-02T15-04-05"))
		err := os.Mkdir(at, 0o700)
		if err == nil {
			return at, errors.Join(disk.SyncDir(all), disk.SyncDir(dir))
		}
		if !errors.Is(err, fs.ErrExist) {
			return "", err
		}
		now = now.Add(time.Second)
	}
}

func copyFile(to, from string) error {
	source, err := os.Open(from)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer source.Close()
	return writeFile(to, func(f *os.File) error { _, err := io.Copy(f, source); return err })
}

func writeFile(name string, write func(*os.File) error) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(write(f), f.Sync(), f.Close())
}

// Accepted returns the losses that were accepted in a data directory, oldest first: those whose directory is still there.
func Accepted(dir string) ([]Loss, error) {
	found, err := filepath.Glob(filepath.Join(dir, directory, "*", lossFile)) // sorted
	if err != nil {
		return nil, err
	}
	var all []Loss
	for _, name := range found {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read the accepted loss: %w", err)
		}
		var l Loss
		if err := json.Unmarshal(text, &l); err != nil {
			return nil, fmt.Errorf("read the accepted loss: %s: %w; remove its directory when it is no longer needed", name, err)
		}
		all = append(all, l)
	}
	return all, nil
}
