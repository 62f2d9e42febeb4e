package main

import (
	"context"
	"time"
)

// calm waits until the server is nearly idle, at most a minute. It returns the processor time that it used until then, in seconds, and whether it
// became idle.
func (s *server) calm(ctx context.Context) (cpu float64, calm bool) {
	const step, little = 500 * time.Millisecond, 0.05
	begun, first := time.Now(), s.cpuSeconds()
	for last := first; time.Since(begun) < time.Minute && ctx.Err() == nil && !s.dead(); {
		time.Sleep(step)
		now := s.cpuSeconds()
		if now-last <= little {
			return now - first, true
		}
		last = now
	}
	return s.cpuSeconds() - first, false
}
