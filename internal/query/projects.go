package query

import (
	"slices"
	"strings"

	"github.com/playheadhq/playhead/internal/access"
)

// Scope returns the scope of a request about a project: "" is the first project.
func (s *Service) Scope(project string) (access.Scope, error) {
	if project == "" {
		project = s.projects[0]
	}
	if !slices.Contains(s.projects, project) {
		return access.Scope{}, notFound("There is no project %q. Use one of these: %s.", shortened(project), strings.Join(s.projects, ", "))
	}
	return access.Scope{Project: project}, nil
}

// Projects lists the projects that there are. The first one is meant where none is named.
func (s *Service) Projects() List[Project] {
	all := List[Project]{Items: make([]Project, len(s.projects))}
	for i, name := range s.projects {
		all.Items[i].Name = name
	}
	return all
}

// inAddress is the project in addresses of pages: "" for the default project.
func (s *Service) inAddress(scope access.Scope) string {
	if scope.Project == s.projects[0] {
		return ""
	}
	return scope.Project
}
