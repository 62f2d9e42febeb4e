package clickhouse

import (
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/model"
)

// columns are how a table's columns are made of rows, by name: each is a function of []*T to a slice.
type columns[T any] map[string]func([]*T) any

// of makes a column of one field.
func of[T, V any](field func(*T) V) func([]*T) any {
	return func(rows []*T) any {
		all := make([]V, len(rows))
		for i, r := range rows {
			all[i] = field(r)
		}
		return all
	}
}

// str makes a column of one text.
func str[T any](field func(*T) string) func([]*T) any {
	return of(func(r *T) string { return text(field(r)) })
}

var eventColumns = columns[model.Event]{
	"uuid":               of(func(e *model.Event) uuid.UUID { return e.UUID }),
	"sort_ms":            of(sortMS),
	"name":               str(func(e *model.Event) string { return e.Name }),
	"kind":               of(func(e *model.Event) uint8 { return uint8(e.Kind) }),
	"time_ms":            of(func(e *model.Event) int64 { return e.TimeMS }),
	"received_ms":        of(func(e *model.Event) int64 { return e.ReceivedMS }),
	"sent_ms":            of(func(e *model.Event) int64 { return e.SentMS }),
	"distinct_id":        str(func(e *model.Event) string { return e.DistinctID }),
	"personless":         of(func(e *model.Event) bool { return e.Personless }),
	"session_id":         str(func(e *model.Event) string { return e.SessionID }),
	"window_id":          str(func(e *model.Event) string { return e.WindowID }),
	"url":                str(func(e *model.Event) string { return e.URL }),
	"recording_status":   str(func(e *model.Event) string { return e.RecordingStatus }),
	"library":            str(func(e *model.Event) string { return e.Library }),
	"trace_id":           str(func(e *model.Event) string { return e.TraceID }),
	"span_id":            str(func(e *model.Event) string { return e.SpanID }),
	"parent_id":          str(func(e *model.Event) string { return e.ParentID }),
	"conversation_id":    str(func(e *model.Event) string { return e.ConversationID }),
	"title":              str(func(e *model.Event) string { return e.Title }),
	"model":              str(func(e *model.Event) string { return e.Model }),
	"provider":           str(func(e *model.Event) string { return e.Provider }),
	"start_ms":           of(func(e *model.Event) int64 { return e.StartMS }),
	"latency_ms":         of(func(e *model.Event) float64 { return e.LatencyMS }),
	"first_token_ms":     of(func(e *model.Event) float64 { return e.FirstTokenMS }),
	"input_tokens":       of(func(e *model.Event) int64 { return e.Tokens.Input }),
	"output_tokens":      of(func(e *model.Event) int64 { return e.Tokens.Output }),
	"total_tokens":       of(func(e *model.Event) int64 { return e.Tokens.Total }),
	"cache_read_tokens":  of(func(e *model.Event) int64 { return e.Tokens.CacheRead }),
	"cache_write_tokens": of(func(e *model.Event) int64 { return e.Tokens.CacheWrite }),
	"reasoning_tokens":   of(func(e *model.Event) int64 { return e.Tokens.Reasoning }),
	"http_status":        of(func(e *model.Event) int32 { return e.HTTPStatus }),
	"is_error":           of(func(e *model.Event) bool { return e.IsError }),
	"error":              str(func(e *model.Event) string { return e.Error }),
	"stop_reason":        str(func(e *model.Event) string { return e.StopReason }),
	"input_preview":      str(func(e *model.Event) string { return e.InputPreview }),
	"output_preview":     str(func(e *model.Event) string { return e.OutputPreview }),
	"metric_name":        str(func(e *model.Event) string { return e.MetricName }),
	"metric_value":       str(func(e *model.Event) string { return e.MetricValue }),
	"truncated":          of(func(e *model.Event) bool { return e.Truncated }),
	"untimed":            of(func(e *model.Event) bool { return e.Untimed }),
}

// content is a row of contents. It lies where its event lies.
type content struct {
	*model.Content
	event *model.Event
}

var contentColumns = columns[content]{
	"uuid":       of(func(c *content) uuid.UUID { return c.UUID }),
	"sort_ms":    of(func(c *content) int64 { return sortMS(c.event) }),
	"time_ms":    of(func(c *content) int64 { return c.TimeMS }),
	"input":      str(func(c *content) string { return string(c.Input) }),
	"output":     str(func(c *content) string { return string(c.Output) }),
	"tools":      str(func(c *content) string { return string(c.Tools) }),
	"properties": str(func(c *content) string { return string(c.Properties) }),
}

var identityColumns = columns[model.Identity]{
	"uuid":     of(func(i *model.Identity) uuid.UUID { return i.UUID }),
	"time_ms":  of(func(i *model.Identity) int64 { return i.TimeMS }),
	"id":       str(func(i *model.Identity) string { return i.ID }),
	"other_id": str(func(i *model.Identity) string { return i.OtherID }),
	"name":     str(func(i *model.Identity) string { return i.Name }),
	"email":    str(func(i *model.Identity) string { return i.Email }),
}

var blockColumns = columns[model.Block]{
	"uuid":           of(func(b *model.Block) uuid.UUID { return b.UUID }),
	"session_id":     str(func(b *model.Block) string { return b.SessionID }),
	"window_id":      str(func(b *model.Block) string { return b.WindowID }),
	"distinct_id":    str(func(b *model.Block) string { return b.DistinctID }),
	"received_ms":    of(func(b *model.Block) int64 { return b.ReceivedMS }),
	"first_ms":       of(func(b *model.Block) int64 { return b.FirstMS }),
	"last_ms":        of(func(b *model.Block) int64 { return b.LastMS }),
	"place_key":      str(func(b *model.Block) string { return b.Place.Key }),
	"place_offset":   of(func(b *model.Block) int64 { return b.Place.Offset }),
	"place_length":   of(func(b *model.Block) int64 { return b.Place.Length }),
	"raw_bytes":      of(func(b *model.Block) int64 { return b.RawBytes }),
	"events":         of(func(b *model.Block) int32 { return b.Events }),
	"clicks":         of(func(b *model.Block) int32 { return b.Clicks }),
	"keys":           of(func(b *model.Block) int32 { return b.Keys }),
	"first_input_ms": of(func(b *model.Block) int64 { return b.FirstInputMS }),
	"last_input_ms":  of(func(b *model.Block) int64 { return b.LastInputMS }),
	"console_errors": of(func(b *model.Block) int32 { return b.ConsoleErrors }),
	"snapshot_ms": of(func(b *model.Block) []int64 {
		at := make([]int64, len(b.Snapshots))
		for i, s := range b.Snapshots {
			at[i] = s.AtMS
		}
		return at
	}),
	"snapshot_line": of(func(b *model.Block) []int32 {
		lines := make([]int32, len(b.Snapshots))
		for i, s := range b.Snapshots {
			lines[i] = s.Line
		}
		return lines
	}),
	"url": str(func(b *model.Block) string { return b.URL }),
}

var refusalColumns = columns[refused]{
	"first_ms": of(func(r *refused) int64 { return r.firstMS }),
	"last_ms":  of(func(r *refused) int64 { return r.AtMS }),
	"reason":   str(func(r *refused) string { return string(r.Reason) }),
	"event":    str(func(r *refused) string { return r.Event }),
	"library":  str(func(r *refused) string { return r.Library }),
	"detail":   str(func(r *refused) string { return r.Detail }),
	"bytes":    of(func(r *refused) int64 { return r.Bytes }),
	"count":    of(func(r *refused) int64 { return r.Count }),
}

// untimedMS is the sort_ms of events that have no time of their own, see sortMS.
const untimedMS = 0

// sortMS is the time by which an event is sorted, which every copy of it must have. The time of an event that was sent
// without one is that of its receipt, another one when it is sent again. Most such clients (posthog-js) send version 7 uuids, which
// hold the time at which the event was made. What the others send lies together in one partition, by uuid alone: it is found
// by its uuid as quickly as the rest, and by time only by looking at all of it.
func sortMS(e *model.Event) int64 {
	if ms, ok := timeIn(e.UUID); ok {
		return ms
	}
	if e.Untimed {
		return untimedMS
	}
	return e.TimeMS
}

// timeIn is the time that a version 7 uuid holds.
func timeIn(id uuid.UUID) (ms int64, ok bool) {
	if id.Version() != 7 || id.Variant() != uuid.RFC4122 {
		return 0, false
	}
	return int64(id[0])<<40 | int64(id[1])<<32 | int64(id[2])<<24 | int64(id[3])<<16 | int64(id[4])<<8 | int64(id[5]), true
}

// text makes a string what the other backends make of it: UTF-8. ClickHouse itself takes any bytes.
func text(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}
