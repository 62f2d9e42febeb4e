//go:build cgo

package duckdb

import (
	"context"
	"database/sql/driver"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/duckdb/journal"
	"github.com/playheadhq/playhead/internal/store/table"
)

var _ store.Costs = (*Store)(nil)

// Calls implements store.Costs.
func (s *Store) Calls(ctx context.Context, r store.CallRange, after *model.Event, limit int) (all []model.Event, err error) {
	v := values{"from_ms": r.FromMS, "to_ms": r.ToMS, "project": "", "uuid": uuid.Nil.String(), "limit": int64(limit)}
	if after != nil {
		v["from_ms"], v["project"], v["uuid"] = after.StartMS, table.Clean(after.Project), after.UUID.String()
	}
	return rowsRead(ctx, s.read, "calls", table.Events, "calls", v)
}

// SetCosts implements store.Costs, in one transaction. Like Commit, it cannot be cancelled once it has begun.
func (s *Store) SetCosts(ctx context.Context, events []model.Event) error {
	if err := ctx.Err(); err != nil || len(events) == 0 {
		return err
	}
	var projects, uuids, prices []string
	var states []int32
	var nanos []int64
	first, last := events[0].StartMS, events[0].StartMS
	for i := range events {
		e := &events[i]
		projects, uuids, prices = append(projects, table.Clean(e.Project)), append(uuids, e.UUID.String()), append(prices, table.Clean(e.Cost.Price))
		states, nanos = append(states, int32(e.Cost.State)), append(nanos, e.Cost.Nanos)
		first, last = min(first, e.StartMS), max(last, e.StartMS)
	}
	given := map[string]any{"projects": projects, "uuids": uuids, "prices": prices, "states": states, "nanos": nanos, "from_ms": first, "to_ms": last}
	err := s.change(ctx, fmt.Sprintf("set costs of %d events", len(events)), "costs_set", given)
	s.recent.changed(events)
	s.hoursChanged(events, nil)
	return err
}

// SetReports implements store.Costs, in one transaction like SetCosts.
func (s *Store) SetReports(ctx context.Context, events []model.Event) error {
	if err := ctx.Err(); err != nil || len(events) == 0 {
		return err
	}
	given := map[string]any{}
	var projects, uuids []string
	first, last := events[0].StartMS, events[0].EndMS()
	began := map[string][]int64{}
	for i := range events {
		e := &events[i]
		project := table.Clean(e.Project)
		projects, uuids = append(projects, project), append(uuids, e.UUID.String())
		first, last = min(first, e.StartMS), max(last, e.EndMS())
		for ms := e.StartMS; ms <= e.EndMS()+time.Hour.Milliseconds(); ms += time.Hour.Milliseconds() { // it began in one of these hours before
			began[project] = append(began[project], ms)
		}
	}
	for name, column := range map[string]func(*model.Event) int64{
		"kinds": func(e *model.Event) int64 { return int64(e.Kind) }, "starts": func(e *model.Event) int64 { return e.StartMS },
		"inputs": func(e *model.Event) int64 { return e.Tokens.Input }, "outputs": func(e *model.Event) int64 { return e.Tokens.Output },
		"totals": func(e *model.Event) int64 { return e.Tokens.Total }, "cache_reads": func(e *model.Event) int64 { return e.Tokens.CacheRead },
		"cache_writes": func(e *model.Event) int64 { return e.Tokens.CacheWrite }, "reasonings": func(e *model.Event) int64 { return e.Tokens.Reasoning },
		"cache_writes_hour": func(e *model.Event) int64 { return e.Tokens.CacheWrite1h }, "cache_read_audios": func(e *model.Event) int64 { return e.Tokens.CacheReadAudio },
		"audio_inputs": func(e *model.Event) int64 { return e.Tokens.InputAudio }, "audio_outputs": func(e *model.Event) int64 { return e.Tokens.OutputAudio },
		"image_inputs": func(e *model.Event) int64 { return e.Tokens.InputImage }, "image_outputs": func(e *model.Event) int64 { return e.Tokens.OutputImage },
		"states": func(e *model.Event) int64 { return int64(e.Cost.State) }, "nanos": func(e *model.Event) int64 { return e.Cost.Nanos },
	} {
		given[name] = valuesOf(events, column)
	}
	for name, column := range map[string]func(*model.Event) string{
		"tools": func(e *model.Event) string { return table.Clean(e.Tools) }, "servers": func(e *model.Event) string { return table.Clean(e.MCPServer) },
		"tiers": func(e *model.Event) string { return table.Clean(e.ServiceTier) }, "prices": func(e *model.Event) string { return table.Clean(e.Cost.Price) },
	} {
		given[name] = valuesOf(events, column)
	}
	given["latencies"] = valuesOf(events, func(e *model.Event) float64 { return e.LatencyMS })
	given["first_tokens"] = valuesOf(events, func(e *model.Event) float64 { return e.FirstTokenMS })
	given["projects"], given["uuids"], given["from_ms"], given["to_ms"] = projects, uuids, first, last
	err := s.change(ctx, fmt.Sprintf("set reports of %d events", len(events)), "reports_set", given)
	s.recent.changed(events)
	for project, began := range began {
		s.hours.Changed(project, began)
	}
	return err
}

func valuesOf[V any](events []model.Event, value func(*model.Event) V) []V {
	all := make([]V, len(events))
	for i := range events {
		all[i] = value(&events[i])
	}
	return all
}

// change runs a statement that updates rows without adding any.
func (s *Store) change(ctx context.Context, what, name string, given map[string]any) error {
	var args []driver.NamedValue
	for i, parameter := range parameters[name] {
		args = append(args, driver.NamedValue{Name: parameter, Ordinal: i + 1, Value: given[parameter]})
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	if err := s.room(); err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx)
	var used *engine
	err := s.use(ctx, func(e *engine) error {
		used = e
		if _, err := e.writer.ExecContext(ctx, queries[name], args); err != nil {
			return err
		}
		return e.journal.Record(journal.Changed, 0, 0)
	})
	if err != nil {
		s.broken(used, err) // as after a failed commit, it is not known whether it is stored
		return fmt.Errorf("%s: %w", what, classify(err))
	}
	return nil
}
