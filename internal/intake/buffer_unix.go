//go:build linux || darwin || freebsd

package intake

import "golang.org/x/sys/unix"

// mapMemory returns n zero bytes outside of the Go heap.
func mapMemory(n int) ([]byte, error) {
	return unix.Mmap(-1, 0, n, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
}

// unmapMemory frees what mapMemory returned.
func unmapMemory(b []byte) {
	if err := unix.Munmap(b); err != nil {
		panic("intake: a buffer was given back twice: " + err.Error())
	}
}
