package derive

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/reports"
)

// joinReports changes the events of traces so that calls that are reported several times count once, and stores the changes. Reports in one request were
// joined before they were stored; these arrived in different requests. This comes before links are derived: the link of a call that became a span is
// never stored.
//
// Two servers that saw different parts of a trace may decide differently. So a trace that was changed is derived again, from what both stored.
func (d *Deriver) joinReports(ctx context.Context, project string, traces [][]model.Event, known map[model.LinkKey]model.Link) error {
	var changed []model.Event
	for _, events := range traces {
		if !severalReports(events) {
			continue
		}
		linked := func(i int) bool {
			_, ok := known[model.LinkKey{TraceID: events[i].TraceID, UUID: events[i].UUID}]
			return ok
		}
		// Few traces have calls that are reported twice: only theirs are read again, with messages.
		if len(reports.Join(slices.Clone(events), reports.Known{Linked: linked})) == 0 {
			continue
		}
		said, err := d.said(ctx, events)
		if err != nil {
			return err
		}
		for _, i := range reports.Join(events, reports.Known{Said: func(i int) bool { return said[events[i].UUID] }, Linked: linked}) {
			changed = append(changed, events[i])
		}
	}
	if len(changed) == 0 {
		return nil
	}
	if err := d.options.Store.SetReports(ctx, changed); err != nil {
		return fmt.Errorf("join reports of calls: %w", err)
	}
	d.metrics.joined.Add(float64(len(changed)))
	again := map[changeOf]time.Time{}
	for i := range changed {
		again[changeOf{Subject: model.Subject{Project: project, TraceID: changed[i].TraceID}}] = time.Now()
	}
	d.changed.addAll(again)
	return nil
}

// severalReports reports whether a trace has several calls, which may be reports of one.
func severalReports(events []model.Event) bool {
	calls := 0
	for i := range events {
		if reports.Reports(&events[i]) {
			calls++
		}
	}
	return calls > 1
}

// said are the calls of a trace that have messages.
func (d *Deriver) said(ctx context.Context, events []model.Event) (map[uuid.UUID]bool, error) {
	var keys []model.Key
	for i := range events {
		if events[i].Kind.IsCall() {
			keys = append(keys, model.Key{Project: events[i].Project, UUID: events[i].UUID, TimeMS: events[i].TimeMS})
		}
	}
	previews, err := d.options.Store.Previews(ctx, keys)
	if err != nil {
		return nil, fmt.Errorf("read messages of %d calls: %w", len(keys), err)
	}
	said := make(map[uuid.UUID]bool, len(previews))
	for _, p := range previews {
		said[p.UUID] = p.Input != "" || p.Output != ""
	}
	return said, nil
}
