//go:build !unix

package cli

// keepPrivate has nothing to do: files inherit the access list of their directory.
func keepPrivate() {}
