// Package access says who reads and what they may see. A Scope is the first argument of every use case, so no data can be read without naming the
// project.
package access

// DefaultProject is the project of the settings token and tokens, and of a server that has no projects in its settings.
const DefaultProject = "default"

// Scope is what a reader may see: one project.
type Scope struct {
	Project string
}
