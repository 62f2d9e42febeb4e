//go:build cgo

package duckdb

import (
	"database/sql/driver"
	"strings"
	"unicode/utf8"

	"github.com/playheadhq/playhead/internal/model"
)

// The functions below put values in the order of the columns in migrations/. The slice is the caller's, used again for
// every row.

func eventRow(row []driver.Value, e *model.Event) []driver.Value {
	return append(row, e.UUID[:], text(e.Name), uint8(e.Kind), e.TimeMS, e.ReceivedMS, e.SentMS,
		text(e.DistinctID), e.Personless, text(e.SessionID), text(e.WindowID), text(e.URL), text(e.RecordingStatus), text(e.Library),
		text(e.TraceID), text(e.SpanID), text(e.ParentID), text(e.ConversationID), text(e.Title), text(e.Model), text(e.Provider),
		e.StartMS, e.LatencyMS, e.FirstTokenMS,
		e.Tokens.Input, e.Tokens.Output, e.Tokens.Total, e.Tokens.CacheRead, e.Tokens.CacheWrite, e.Tokens.Reasoning,
		e.HTTPStatus, e.IsError, text(e.Error), text(e.StopReason), text(e.InputPreview), text(e.OutputPreview),
		text(e.MetricName), text(e.MetricValue), e.Truncated, e.Untimed)
}

func contentRow(row []driver.Value, c *model.Content) []driver.Value {
	return append(row, c.UUID[:], c.TimeMS, json(c.Input), json(c.Output), json(c.Tools), json(c.Properties))
}

func identityRow(row []driver.Value, i *model.Identity) []driver.Value {
	return append(row, i.UUID[:], i.TimeMS, text(i.ID), text(i.OtherID), text(i.Name), text(i.Email))
}

func blockRow(row []driver.Value, b *model.Block) []driver.Value {
	at, line := make([]int64, len(b.Snapshots)), make([]int32, len(b.Snapshots))
	for i, s := range b.Snapshots {
		at[i], line[i] = s.AtMS, s.Line
	}
	return append(row, b.UUID[:], text(b.SessionID), text(b.WindowID), text(b.DistinctID), b.ReceivedMS, b.FirstMS, b.LastMS,
		text(b.Place.Key), b.Place.Offset, b.Place.Length, b.RawBytes, b.Events, b.Clicks, b.Keys,
		b.FirstInputMS, b.LastInputMS, b.ConsoleErrors, at, line, text(b.URL))
}

func refusalRow(row []driver.Value, r *refusals) []driver.Value {
	return append(row, r.firstMS, r.AtMS, text(string(r.Reason)), text(r.Event), text(r.Library), text(r.Detail), r.Bytes, r.Count)
}

// text makes a string storable: DuckDB takes any bytes here and fails on reading those that are not UTF-8.
func text(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}

// json is text for JSON, where nil is absent.
func json(b []byte) driver.Value {
	if b == nil {
		return nil
	}
	if utf8.Valid(b) {
		return b
	}
	return text(string(b))
}
