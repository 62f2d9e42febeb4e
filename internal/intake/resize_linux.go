package intake

import "golang.org/x/sys/unix"

// resizeMemory makes what mapMemory returned larger. Its pages move to the new address; nothing is copied.
func resizeMemory(b []byte, n int) ([]byte, error) { return unix.Mremap(b, n, unix.MREMAP_MAYMOVE) }
