package query

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/access"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/rawjson"
)

// Some clients send the messages of a call as events of their own: OpenTelemetry's instrumentations do with logs. Such an event has the call as its
// parent, and a message as its input or output. They arrive before the call or after it, in other requests, so they are put together when they are read. So are measurements of calls that
// were sent with metrics.

const (
	// apartAtOnce is how many of these events are read together, and apartMost the maximum for one call.
	apartAtOnce = 8
	apartMost   = 512
	// apartTraces is how many traces are searched for them together, and apartEvents how many events of each trace: a light row takes about a
	// kilobyte.
	apartTraces = 16
	apartEvents = 2000
	// apartShown is how many of the latest messages of a call are looked at for its preview.
	apartShown = 32
)

// sentApart are the events of each of some calls, by trace and span, that were sent apart from it, in the order of their times.
func sentApart(events []model.Event, lacking func(trace, span string) bool) map[[2]string][]*model.Event {
	of := map[[2]string][]*model.Event{}
	for i := range events {
		e := &events[i]
		if call := [2]string{e.TraceID, e.ParentID}; e.Kind == model.KindOther && e.ParentID != "" && len(of[call]) < apartMost && lacking(e.TraceID, e.ParentID) {
			of[call] = append(of[call], e)
		}
	}
	for _, apart := range of {
		slices.SortFunc(apart, func(a, b *model.Event) int {
			return cmp.Or(cmp.Compare(a.TimeMS, b.TimeMS), cmp.Compare(a.ReceivedMS, b.ReceivedMS), cmp.Compare(a.Order, b.Order))
		})
	}
	return of
}

// joinApart completes the contents of calls of which neither input nor output was sent, by the messages that were sent apart from them.
func (s *Service) joinApart(ctx context.Context, scope access.Scope, events []*model.Event, contentOf func(*model.Event) *model.Content) error {
	lacking := map[[2]string]*model.Content{} // by trace and span
	var traces []string
	for _, e := range events {
		if c := contentOf(e); e.Kind.IsCall() && e.TraceID != "" && e.SpanID != "" && len(c.Input) == 0 && len(c.Output) == 0 {
			lacking[[2]string{e.TraceID, e.SpanID}] = c
			traces = append(traces, e.TraceID)
		}
	}
	if len(lacking) == 0 {
		return nil
	}
	for some := range slices.Chunk(distinct(traces), apartTraces) {
		all, err := s.store.TraceEvents(ctx, scope.Project, some, apartEvents)
		if err != nil {
			return wrap(err, "read events of traces")
		}
		for call, messages := range sentApart(all, func(trace, span string) bool { return lacking[[2]string{trace, span}] != nil }) {
			if err := s.join(ctx, scope, lacking[call], messages); err != nil {
				return err
			}
		}
	}
	return nil
}

// openTelemetry reports whether an id of a trace is one of OpenTelemetry's. Nobody else sends parts of a call apart from it, so other traces need not be searched.
func openTelemetry(trace string) bool {
	return len(trace) == 32 && strings.Trim(trace, "0123456789abcdef") == ""
}

// inTrace is an event of a trace.
type inTrace struct {
	trace string
	id    uuid.UUID
}

// joinPreviews completes the previews of calls that have none, by those of the messages that were sent apart from them: the latest one of each side.
func (s *Service) joinPreviews(ctx context.Context, scope access.Scope, shown []inTrace, texts previews) error {
	lacking := map[uuid.UUID]bool{}
	var traces []string
	for _, e := range shown {
		if p := texts[e.id]; e.id != uuid.Nil && openTelemetry(e.trace) && p.Input == "" && p.Output == "" {
			lacking[e.id] = true
			traces = append(traces, e.trace)
		}
	}
	for some := range slices.Chunk(distinct(traces), apartTraces) {
		all, err := s.store.TraceEvents(ctx, scope.Project, some, apartEvents)
		if err != nil {
			return wrap(err, "read events of traces")
		}
		calls := map[[2]string]uuid.UUID{}
		for i := range all {
			if e := &all[i]; lacking[e.UUID] && e.Kind.IsCall() && e.SpanID != "" {
				calls[[2]string{e.TraceID, e.SpanID}] = e.UUID
			}
		}
		apart := sentApart(all, func(trace, span string) bool { return calls[[2]string{trace, span}] != uuid.Nil })
		var keys []model.Key
		for call, messages := range apart {
			apart[call] = messages[max(0, len(messages)-apartShown):]
			for _, e := range apart[call] {
				keys = append(keys, model.Key{Project: scope.Project, UUID: e.UUID, TimeMS: e.TimeMS})
			}
		}
		said, err := s.previewsOf(ctx, keys)
		if err != nil {
			return err
		}
		for call, messages := range apart {
			id := calls[call]
			p := texts[id]
			for _, e := range messages {
				p.Input, p.Output = cmp.Or(said[e.UUID].Input, p.Input), cmp.Or(said[e.UUID].Output, p.Output)
			}
			if p.Input != "" || p.Output != "" {
				p.UUID = id
				texts[id] = p
			}
		}
	}
	return nil
}

// measureApart completes calls of a trace by what was measured apart from them: exemplars of metrics have the call as their parent. events are all of the trace.
func measureApart(events []model.Event) {
	calls := map[[2]string]*model.Event{}
	for i := range events {
		if e := &events[i]; lacksMeasures(e) {
			calls[[2]string{e.TraceID, e.SpanID}] = e
		}
	}
	if len(calls) == 0 {
		return
	}
	for call, apart := range sentApart(events, func(trace, span string) bool { return calls[[2]string{trace, span}] != nil }) {
		to := calls[call]
		for _, e := range apart {
			if to.FirstTokenMS < 0 {
				to.FirstTokenMS = e.FirstTokenMS
			}
			for _, n := range []struct{ to, from *int64 }{
				{&to.Tokens.Input, &e.Tokens.Input}, {&to.Tokens.Output, &e.Tokens.Output}, {&to.Tokens.CacheRead, &e.Tokens.CacheRead},
				{&to.Tokens.CacheWrite, &e.Tokens.CacheWrite}, {&to.Tokens.Reasoning, &e.Tokens.Reasoning},
			} {
				if *n.to < 0 {
					*n.to = *n.from
				}
			}
		}
		if t := &to.Tokens; t.Total < 0 && t.Input >= 0 && t.Output >= 0 {
			t.Total = t.Input + t.Output
		}
	}
}

// lacksMeasures reports whether a call may be completed by measurements that were sent apart from it.
func lacksMeasures(e *model.Event) bool {
	return e.Kind.IsCall() && e.SpanID != "" && openTelemetry(e.TraceID) && (e.FirstTokenMS < 0 || e.Tokens.Input < 0 || e.Tokens.Output < 0)
}

// join makes the content of one call.
func (s *Service) join(ctx context.Context, scope access.Scope, to *model.Content, messages []*model.Event) error {
	size := 0
	for part := range slices.Chunk(messages, apartAtOnce) {
		keys := make([]model.Key, len(part))
		for i, e := range part {
			keys[i] = model.Key{Project: scope.Project, UUID: e.UUID, TimeMS: e.TimeMS}
		}
		found, err := s.store.Contents(ctx, keys)
		if err != nil {
			return wrap(err, "read contents")
		}
		for _, e := range part {
			i := slices.IndexFunc(found, func(c model.Content) bool { return c.UUID == e.UUID })
			if i < 0 {
				continue
			}
			if size += len(found[i].Input) + len(found[i].Output); size > contentMost {
				return nil
			}
			to.Input, to.Output = withItems(to.Input, found[i].Input), withItems(to.Output, found[i].Output)
		}
	}
	return nil
}

// withItems is a JSON list, extended by the items of another list.
func withItems(list, more []byte) []byte {
	more = rawjson.Trim(more)
	switch {
	case rawjson.KindOf(more) != rawjson.Array:
		return list
	case list == nil:
		return bytes.Clone(more)
	case len(rawjson.Trim(more[1:len(more)-1])) == 0:
		return list
	}
	return append(append(list[:len(list)-1], ','), more[1:]...)
}
