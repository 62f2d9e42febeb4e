//go:build !unix

package cli

// prepareProcess has nothing to do: files inherit the access list of their directory.
func prepareProcess() {}
