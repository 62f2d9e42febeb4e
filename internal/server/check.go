package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strconv"

	"github.com/playheadhq/playhead/internal/auth"
	"github.com/playheadhq/playhead/internal/config"
	"github.com/playheadhq/playhead/internal/damage"
	"github.com/playheadhq/playhead/internal/disk"
)

// Finding is the result of one check of Check.
type Finding struct {
	Name  string
	Found string
	// Err is the problem and what to do about it, nil if there is none.
	Err error
	// Notes are further information.
	Notes []string
}

// Check checks everything that a start depends on, each part even if others fail. If report is not nil, it also reads all stored data, and calls
// report with the number of rows so far.
func Check(ctx context.Context, c *config.Config, report func(rows int64)) []Finding {
	var all []Finding
	add := func(name, found string, err error) { all = append(all, Finding{Name: name, Found: found, Err: err}) }

	l, err := listen(ctx, c.Listen, "--listen")
	if err == nil {
		err = l.Close()
	}
	add("address", c.Listen+" is free", err)
	if auth.Needed(c.Listen, c.PublicURL, c.Password) {
		add("sign-in", "needed; capture is open to everybody with the token", nil)
	} else {
		add("sign-in", "not needed: only this machine can reach the server", nil)
	}

	for _, p := range c.AllProjects() {
		add("project "+p.Name, describeProject(p), nil)
	}
	if err := checkShared(c); err != nil {
		add("shared settings", "", err)
	}
	path, err := filepath.Abs(c.Data)
	if needsDirectory(c) {
		if err == nil {
			err = makeDataDir(path)
		}
		add("data directory", path+" can be written to", err)
		if err != nil && !c.Clustered() {
			return all // the other checks need the data
		}
		free, err := disk.Free(path)
		if err == nil && free < uint64(c.Limits.MinFree) {
			err = fmt.Errorf("%v are free, but limits.min_free requires %v, so nothing would be stored. Free some space, or lower the setting", roughly(free), c.Limits.MinFree)
		}
		add("free space", roughly(free), err)
	}
	unlimited := *c
	unlimited.Limits.MinFree = 0 // free space was checked above
	var s storages
	if err := s.open(ctx, &unlimited, path, slog.New(slog.DiscardHandler), false, nil); err != nil {
		add("data", "", errors.Join(err, s.close()))
		return all
	}
	events, blocks, err := s.store.Size(ctx)
	add("data", fmt.Sprintf("%d events, %d recorded blocks in %s", events, blocks, c.StoreName()), err)
	lost, err := s.compareRecordings(ctx, path)
	if lost != nil {
		err = &damage.Error{Loss: *lost, Dir: path}
	}
	add("recordings", "their files have the lengths that the index requires", err)
	var names []string
	for _, p := range c.AllProjects() {
		names = append(names, p.Name)
	}
	notes, err := s.linking(ctx, names)
	all = append(all, Finding{Name: "links", Found: "what is linked to recordings is known", Err: err, Notes: notes})
	if report != nil {
		found, err := s.readAll(ctx, report)
		add("everything", found, err)
	}
	if err := s.close(); err != nil {
		add("closing the data", "", err)
	}
	return all
}

// describeProject describes the number of a project's tokens, and how long the project keeps its data.
func describeProject(p config.Project) string {
	tokens := strconv.Itoa(len(p.Tokens)) + " tokens"
	switch len(p.Tokens) {
	case 0:
		tokens = "the token that the server creates"
	case 1:
		tokens = "one token"
	}
	if p.RetentionDays == 0 {
		return tokens + ", keeps everything"
	}
	return fmt.Sprintf("%s, keeps %d days", tokens, p.RetentionDays)
}

// roughly formats an amount for people.
func roughly(n uint64) string {
	if n >= 1<<30 {
		return fmt.Sprintf("%.1f GiB", float64(n)/(1<<30))
	}
	return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
}
