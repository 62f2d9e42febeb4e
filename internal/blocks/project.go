package blocks

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/playheadhq/playhead/internal/model"
)

var projectForm = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,62}$`)

// CheckProject returns an error when a name cannot be the beginning of keys.
func CheckProject(name string) error {
	if !projectForm.MatchString(name) {
		return fmt.Errorf("the project %.80q cannot name a directory: it must have 1 to 63 lower-case letters, digits, _ and -, and begin with a letter or digit", name)
	}
	return nil
}

// ProjectOf returns the project of a key, "" if the key has none.
func ProjectOf(key string) string {
	project, _, _ := strings.Cut(key, "/")
	if CheckProject(project) != nil {
		return ""
	}
	return project
}

// DayOf returns the day (UTC) on which the object of a key was written: the part of the key after the project.
func DayOf(key string) (time.Time, error) {
	_, rest, _ := strings.Cut(key, "/")
	day, _, _ := strings.Cut(rest, "/")
	return time.Parse(time.DateOnly, day)
}

// WriteEach writes bodies of several projects; the i-th body belongs to the i-th project. Bodies of one project are written together. It returns the
// locations in the order of the bodies. After an error no location may be used.
func WriteEach(ctx context.Context, to Writer, projects []string, bodies [][]byte) ([]model.Location, error) {
	locations := make([]model.Location, len(bodies))
	done := map[string]bool{}
	for _, project := range projects {
		if done[project] {
			continue
		}
		done[project] = true
		var own [][]byte
		var at []int
		for i := range bodies {
			if projects[i] == project {
				own, at = append(own, bodies[i]), append(at, i)
			}
		}
		written, err := to.Write(ctx, project, own)
		if err != nil {
			return nil, err
		}
		if len(written) != len(own) {
			return nil, fmt.Errorf("%d locations for %d bodies", len(written), len(own))
		}
		for i, n := range at {
			locations[n] = written[i]
		}
	}
	return locations, nil
}
