// Package testport finds ports for the servers of tests, which are killed and started again on the same one. A port from
// the range that the kernel hands to connections, as port 0 gives, may meanwhile belong to some client's end of a
// connection; these lie below it.
package testport

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"syscall"
)

// Between these no kernel that is common takes ports for connections: Linux begins at 32768, others at 49152.
const first, last = 12000, 32000

// Listen listens on a free port of 127.0.0.1.
func Listen() (net.Listener, error) {
	for range 1000 {
		l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(first+rand.IntN(last-first))))
		if !errors.Is(err, syscall.EADDRINUSE) {
			return l, err
		}
	}
	return nil, fmt.Errorf("no free port between %d and %d", first, last)
}

// Free returns n addresses of 127.0.0.1 that nobody listened on a moment ago.
func Free(n int) ([]string, error) {
	var addresses []string
	for range n {
		l, err := Listen()
		if err != nil {
			return nil, fmt.Errorf("find a free port: %w", err)
		}
		defer l.Close() // not before all are found, so that none is found twice
		addresses = append(addresses, l.Addr().String())
	}
	return addresses, nil
}
