package server

import (
	"fmt"
	"net"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/playheadhq/playhead/internal/edge"
	"github.com/playheadhq/playhead/internal/fair"
)

const (
	// mostConnections is the limit without a setting. A connection costs some 20 kB, and up to MaxHeaderBytes while its header arrives.
	mostConnections = 4096
	// leastFiles are reserved for the storage: an idle server has some 20 files open, a busy one somewhat more.
	leastFiles = 32
)

// connections returns the limit of connections: the setting, but few enough to leave files for the storage.
func connections(setting, files int) int {
	room := max(1, files-max(leastFiles, files/4))
	if setting > 0 {
		return min(setting, room)
	}
	return min(mostConnections, room)
}

// turnedAway is the answer to a refused connection. Pages of any origin may read it, and posthog-js retries after a 503.
var turnedAway = fmt.Appendf(nil, "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: %s\r\n"+
	"Access-Control-Allow-Origin: *\r\nAccess-Control-Expose-Headers: Retry-After\r\n"+
	"Content-Type: text/plain; charset=utf-8\r\nContent-Length: %d\r\n\r\n%s", edge.RetryAfter, len(crowded), crowded)

const crowded = "There are too many connections. Try again in a few seconds.\n"

// limitConnections limits the connections of one of the server's listeners, and registers their metrics.
func (s *Server) limitConnections(l net.Listener, registerer prometheus.Registerer) *fair.Listener {
	setting, files := s.config.Limits.MaxConnections, openFiles()
	most := connections(setting, files)
	if setting > most {
		s.logger.Warn(fmt.Sprintf("limits.max_connections is more than the system allows: %d are possible. Raise the limit of open files (ulimit -n, LimitNOFILE)", most),
			"max_connections", setting, "files", files)
	}
	return fair.Listen(l, fair.ListenerOptions{
		Max: most, Share: float64(s.config.Limits.AddressShare), Proxies: s.proxies, Refusal: turnedAway, Logger: s.logger, Registerer: registerer,
	})
}
