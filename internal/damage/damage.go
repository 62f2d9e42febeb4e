// Package damage says which stored data were lost and how to continue without them, and keeps what was damaged.
//
// A damaged file is never touched before somebody has decided: damage is reported with a code, and a start that is
// given the code continues. Each damage has a code of its own, so that a setting that somebody forgot to remove accepts no other loss.
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

// Loss is what was acknowledged and is not there any more.
type Loss struct {
	// What is damaged and how, as a sentence without its full stop.
	What string `json:"what"`
	// Commits of the database that are lost, with the events and blocks of recordings that they brought. Unknown says that
	// there may be more than these.
	Commits int64 `json:"commits,omitempty"`
	Events  int64 `json:"events,omitempty"`
	Blocks  int64 `json:"blocks,omitempty"`
	Unknown bool  `json:"unknown,omitempty"`
	// Texts is of how many events the text is lost, which are there otherwise.
	Texts int64 `json:"texts,omitempty"`
	// Sessions is of how many sessions the blocks are, where the index of recordings is whole.
	Sessions int64 `json:"sessions,omitempty"`
	// FromMS and ToMS are when the first and the last of it were acknowledged or, of recordings, took place. 0 is not known.
	FromMS int64 `json:"from_ms,omitempty"`
	ToMS   int64 `json:"to_ms,omitempty"`
	// Saved is what is still there, as a sentence without its full stop.
	Saved string `json:"saved,omitempty"`
	// Lengths are those of damaged files of recordings, by key, -1 for one that is gone: what is shorter later is a new loss.
	Lengths map[string]int64 `json:"lengths,omitempty"`

	// AcceptedMS is when somebody decided to go on without it.
	AcceptedMS int64 `json:"accepted_ms,omitempty"`
	// Kept is the directory with the damaged files as they were found, from the data directory.
	Kept string `json:"kept,omitempty"`
}

// Code names this loss and no other. What is saved is not part of it: that may change as one loss after the other is accepted.
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

// Text says how much is lost, and since when.
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
		text = "how much is not known"
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

// Error is a loss that nobody has accepted. Nothing has been changed.
type Error struct {
	Loss
	// Dir is the data directory.
	Dir string
	// Accepted are the codes of what was accepted already.
	Accepted []string
	// Cause is what the engine said, if it was asked. May be nil.
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
	fmt.Fprintf(&b, "with the same settings otherwise. What is damaged is copied to %s first.", filepath.Join(e.Dir, directory))
	return b.String()
}

func (e *Error) Unwrap() error { return e.Cause }

const (
	directory = "damaged"
	lossFile  = "loss.json"
)

// Keep copies files of a data directory into a new directory in it, each under its own name, with what is lost by them,
// and returns the loss as accepted. Those that do not exist are left out. All of it is durable when it returns.
func Keep(dir string, l Loss, now time.Time, files ...string) (Loss, error) {
	l.AcceptedMS = now.UnixMilli()
	at, err := makeDirectory(dir, now)
	if err != nil {
		return l, fmt.Errorf("keep what is damaged: %w", err)
	}
	l.Kept = filepath.Join(directory, filepath.Base(at))
	for _, name := range files {
		if err := copyFile(filepath.Join(at, filepath.Base(name)), name); err != nil {
			return l, fmt.Errorf("keep what is damaged: %w", err)
		}
	}
	text, err := json.MarshalIndent(l, "", "  ")
	if err == nil {
		err = writeFile(filepath.Join(at, lossFile), func(f *os.File) error { _, err := f.Write(append(text, '\n')); return err })
	}
	if err = errors.Join(err, disk.SyncDir(at)); err != nil {
		return l, fmt.Errorf("keep what is damaged: %w", err)
	}
	return l, nil
}

// makeDirectory makes one that is named after the time, or after the next second for which there is none.
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
			return nil, fmt.Errorf("read which loss was accepted: %w", err)
		}
		var l Loss
		if err := json.Unmarshal(text, &l); err != nil {
			return nil, fmt.Errorf("read which loss was accepted: %s: %w; remove its directory once it is of no use", name, err)
		}
		all = append(all, l)
	}
	return all, nil
}
