package server

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/playheadhq/playhead/internal/edge"
	"github.com/playheadhq/playhead/internal/otlp"
)

// grpcServer serves OTLP over gRPC. It is nil if no address is configured for it.
type grpcServer struct {
	listener net.Listener
	http     *http.Server
	served   chan struct{}
}

// listenGRPC reserves the address for gRPC.
func (s *Server) listenGRPC(ctx context.Context) error {
	if s.config.OTLPGRPC == "" {
		return nil
	}
	l, err := listen(ctx, s.config.OTLPGRPC, "--otlp-grpc")
	if err != nil {
		return err
	}
	s.grpc = &grpcServer{listener: l}
	return nil
}

// serveGRPC starts serving gRPC.
func (s *Server) serveGRPC(requests context.Context) {
	if s.grpc == nil {
		return
	}
	connections := s.limitConnections(s.grpc.listener, prometheus.WrapRegistererWithPrefix("otlp_grpc_", s.metrics))
	var protocols http.Protocols
	protocols.SetHTTP1(true) // HTTP/1 requests get an answer that says what this address is for
	protocols.SetUnencryptedHTTP2(true)
	handler := s.drain.Guard(s.otlp.GRPC(), http.HandlerFunc(otlp.Stopping))
	g := s.grpc
	g.http = &http.Server{
		Handler:           s.proxies.Handler(edge.Deadlines(edge.Recovered(s.logger, handler)), s.logger),
		Protocols:         &protocols,
		BaseContext:       func(net.Listener) context.Context { return requests },
		ConnState:         connections.ConnState,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          s.http.ErrorLog,
	}
	g.served = make(chan struct{})
	go func() {
		err := g.http.Serve(connections)
		if !errors.Is(err, http.ErrServerClosed) {
			s.fail(fmt.Errorf("serve OTLP over gRPC on %s: %w", g.listener.Addr(), err))
		}
		close(g.served)
	}()
}

// GRPCAddress is the address for OTLP over gRPC, "" if there is none.
func (s *Server) GRPCAddress() string {
	if s.grpc == nil {
		return ""
	}
	return s.grpc.listener.Addr().String()
}

// cut closes all connections at once.
func (g *grpcServer) cut() {
	if g != nil && g.http != nil {
		_ = g.http.Close()
	}
}

// close closes idle connections, and cuts the others when ctx ends.
func (g *grpcServer) close(ctx context.Context) {
	switch {
	case g == nil:
	case g.http == nil:
		_ = g.listener.Close()
	default:
		if g.http.Shutdown(ctx) != nil {
			_ = g.http.Close()
		}
		<-g.served
	}
}
