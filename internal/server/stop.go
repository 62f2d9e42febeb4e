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
	serving  time.Duration // /readyz says that the server is stopping, requests are still served, and load balancers notice
	requests time.Duration // no more requests begin, open ones may finish
	giving   time.Duration // open ones are cancelled, and answer that clients should retry; then connections are cut too
	using    time.Duration // all other users of the storages stop
	// The remaining time is for closing the storages: a checkpoint of the log may take seconds.
	total time.Duration
}

func stagesOf(delay, total time.Duration) stages {
	rest := total - delay
	return stages{serving: delay, requests: rest * 4 / 10, giving: rest / 10, using: rest / 10, total: total - rest/20}
}

func (s *Server) stages() stages {
	return stagesOf(time.Duration(s.config.ShutdownDelay), time.Duration(s.config.ShutdownTimeout))
}

// Close stops the server in the reverse order of its start, within shutdown_timeout, even if parts hang. For shutdown_delay it serves as usual. Then,
// until its data are closed, it keeps listening and asks clients to retry (503 with Retry-After), so that they keep their data; a closed port could
// make them drop it. When ctx ends, it stops waiting; the data are closed in any case.
//
// Acknowledged data are on disk. An error means that the data could not be closed properly, so the next start has to read the
// log. Requests that were cut off are not an error, because their clients retry.
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
	case err := <-s.served: // no more requests are served
		s.served <- err
	}
}

// endRequests accepts no more requests, and ends the open ones.
func (s *Server) endRequests(ctx context.Context, may stages) {
	if s.drain.Wait(ctx, may.requests) {
		return
	}
	n, oldest := s.drain.Named()
	s.logger.Warn("requests are cut off; their clients will retry", "requests", n, "oldest", oldest)
	s.giveUp(errStopping)
	if s.drain.Wait(context.Background(), may.giving) {
		return
	}
	// Reading a client's bytes does not end with the request's context.
	_ = s.http.Close()
	s.grpc.cut()
	if !s.drain.Wait(context.Background(), may.giving) {
		n, oldest := s.drain.Named()
		s.logger.Warn("requests do not end; the server stops without waiting for them", "requests", n, "oldest", oldest)
	}
}

// release closes everything that was built, in reverse order.
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
			s.recordings.Close()
			s.experiences.Close()
		}
		if s.assets != nil {
			s.assets.Close()
		}
		return err
	})
	if err != nil {
		// None of these data were acknowledged.
		s.logger.Warn("not all received data could be stored; their clients will retry", "error", err)
	}
	err = within(end, func(context.Context) error { return s.storages.close() })
	switch {
	case s.http != nil:
		s.closeConnections(end)
	case s.listener != nil:
		err = errors.Join(err, s.listener.Close())
		s.grpc.close(context.Background())
	}
	return err
}

// lingering is how long requests that use no data (the UI's files) may take to end. A connection that has sent nothing counts as a request.
const lingering = time.Second

func (s *Server) closeConnections(end time.Time) {
	ctx, stop := context.WithTimeout(context.Background(), min(lingering, max(time.Until(end), 0)))
	defer stop()
	s.giveUp(errStopping) // for requests that only wait, after a refused sign-in
	if s.http.Shutdown(ctx) != nil {
		_ = s.http.Close()
	}
	s.grpc.close(ctx)
	err := <-s.served
	s.served <- err
}

// within runs do with a context that ends somewhat before the end. If do has not returned by then, it is abandoned and ends with the process.
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
		return fmt.Errorf("not finished in the remaining %v of shutdown_timeout", left.Round(time.Millisecond))
	}
}
