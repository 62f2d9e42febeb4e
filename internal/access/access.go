// Package access says for whom something is read. A Scope is the first argument of every use case, so that nothing can be asked
// without saying whose it is.
package access

// DefaultProject is the project of the settings token and tokens, and of a server that is told of no project.
const DefaultProject = "default"

// Scope is what somebody may see: one project.
type Scope struct {
	Project string
}
