//go:build !linux

package heavy

import "time"

var began = time.Now()

// threadTime is the clock, where the system does not say what one thread has used.
func threadTime() time.Duration { return time.Since(began) }
