package server

import (
	"context"
	"errors"
	"fmt"
	"time"
)

var errStopping = errors.New("the server is stopping")

// stages are how long each stage of stopping may take.
type stages struct {
	serving  time.Duration // /readyz says that the server is stopping, everything is served, and balancers find out
	requests time.Duration // no more begin, those under way may end
	giving   time.Duration // those are told to give up, and answer that their clients come again; then the same with connections cut
	using    time.Duration // whatever else uses the storages lets go of them
	// The rest is for closing the storages: moving the log into the database may take seconds.
	total time.Duration
}

func stagesOf(delay, total time.Duration) stages {
	rest := total - delay
	return stages{serving: delay, requests: rest * 4 / 10, giving: rest / 10, using: rest / 10, total: total - rest/20}
}

func (s *Server) stages() stages {
	return stagesOf(time.Duration(s.config.ShutdownDelay), time.Duration(s.config.ShutdownTimeout))
}

// Close stops the server in the reverse of how it started, within shutdown_timeout, whatever hangs. For shutdown_delay it serves as
// ever. Then, until its data are closed, it goes on listening and asks clients to come back (503 with Retry-After), so that they keep
// what they have instead of seeing a dead socket. When ctx ends it waits for nobody any more; the data are closed in any case.
//
// What was acknowledged is on disk. An error means that the data could not be closed in order, so that the next start has to read the
// log; requests that were cut are none, for their clients come again.
func (s *Server) Close(ctx context.Context) error {
	may, begun := s.stages(), time.Now()
	s.drain.Tell()
	s.logger.Info("stopping", "serves_for", may.serving, "at_most", time.Duration(s.config.ShutdownTimeout))
	s.serveFor(ctx, may.serving)
	s.endRequests(ctx, may)
	err := s.release(may.using, begun.Add(may.total))
	s.logger.Info("stopped", "after", time.Since(begun).Round(time.Millisecond))
	return err
}

func (s *Server) serveFor(ctx context.Context, d time.Duration) {
	ctx, stop := context.WithTimeout(ctx, d)
	defer stop()
	select {
	case <-ctx.Done():
	case err := <-s.served: // nobody is served any more
		s.served <- err
	}
}

// endRequests lets no more requests begin, and ends those under way.
func (s *Server) endRequests(ctx context.Context, may stages) {
	if s.drain.Wait(ctx, may.requests) {
		return
	}
	n, oldest := s.drain.Named()
	s.logger.Warn("requests are cut, their clients will come again", "requests", n, "oldest", oldest)
	s.giveUp(errStopping)
	if s.drain.Wait(context.Background(), may.giving) {
		return
	}
	// What waits for a client's bytes does not look at its context.
	_ = s.http.Close()
	if !s.drain.Wait(context.Background(), may.giving) {
		n, oldest := s.drain.Named()
		s.logger.Warn("requests do not end, the server stops without waiting for them", "requests", n, "oldest", oldest)
	}
}

// release lets go of whatever was built, in the reverse order.
func (s *Server) release(using time.Duration, end time.Time) error {
	err := within(time.Now().Add(using), func(ctx context.Context) error {
		if s.health != nil {
			s.health.Close()
		}
		if s.nodes != nil {
			s.nodes.Close()
		}
		if s.compactor != nil {
			s.compactor.Close()
		}
		var err error
		if s.ingest != nil {
			err = s.ingest.Close(ctx)
		}
		if s.deriver != nil {
			s.deriver.Close()
		}
		return err
	})
	if err != nil {
		// None of it was acknowledged.
		s.logger.Warn("not all that was sent could be stored, its clients will come again", "error", err)
	}
	err = within(end, func(context.Context) error { return s.storages.close() })
	switch {
	case s.http != nil:
		s.closeConnections(end)
	case s.listener != nil:
		err = errors.Join(err, s.listener.Close())
	}
	return err
}

// lingering is how long requests that use no data (the UI's files) may take to end. A connection on which nothing came yet counts as one.
const lingering = time.Second

func (s *Server) closeConnections(end time.Time) {
	ctx, stop := context.WithTimeout(context.Background(), min(lingering, max(time.Until(end), 0)))
	defer stop()
	s.giveUp(errStopping) // requests that only wait, with a sign-in that was refused
	if s.http.Shutdown(ctx) != nil {
		_ = s.http.Close()
	}
	err := <-s.served
	s.served <- err
}

// within runs do, whose context ends somewhat before the end. What has not returned then is left behind, and ends with the process.
func within(end time.Time, do func(context.Context) error) error {
	left := max(time.Until(end), 0)
	ctx, stop := context.WithTimeout(context.Background(), left*3/4)
	defer stop()
	done := make(chan error, 1)
	go func() { done <- do(ctx) }()
	late := time.NewTimer(left)
	defer late.Stop()
	select {
	case err := <-done:
		return err
	case <-late.C:
		return fmt.Errorf("not done in the %v that were left of shutdown_timeout", left.Round(time.Millisecond))
	}
}
