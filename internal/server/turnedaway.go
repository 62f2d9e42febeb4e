package server

import (
	"slices"
	"strings"

	"github.com/playheadhq/playhead/internal/query"
)

// refusedForNow are the outcomes of capture after which clients retry, or should be able to.
var refusedForNow = []string{"busy", "address_share", "token_share", "crowded", "large_body", "slow_client", "unavailable"}

// turnedAway returns the counts of temporarily refused requests and connections by reason, the most common first.
func (s *Server) turnedAway() []query.TurnedAway {
	families, err := s.metrics.Gather()
	if err != nil {
		s.logger.Warn("the metrics cannot be read", "error", err)
	}
	counts := map[string]int64{}
	for _, f := range families {
		label := map[string]string{"playhead_capture_requests_total": "outcome", "playhead_connections_turned_away_total": "reason"}[f.GetName()]
		for _, m := range f.GetMetric() {
			for _, l := range m.GetLabel() {
				if l.GetName() == label && (label == "reason" || slices.Contains(refusedForNow, l.GetValue())) {
					counts[l.GetValue()] += int64(m.GetCounter().GetValue())
				}
			}
		}
	}
	var all []query.TurnedAway
	for reason, n := range counts {
		if n > 0 {
			all = append(all, query.TurnedAway{Reason: reason, Count: n})
		}
	}
	slices.SortFunc(all, func(a, b query.TurnedAway) int {
		if a.Count != b.Count {
			return int(b.Count - a.Count)
		}
		return strings.Compare(a.Reason, b.Reason)
	})
	return all
}
