package api

import (
	"bufio"
	"context"
	"iter"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/playheadhq/playhead/internal/address"
	"github.com/playheadhq/playhead/internal/query"
)

// linesType is the media type of JSON lines.
const linesType = "application/x-ndjson"

type snapshots struct {
	ProjectParam
	ID       string `path:"id" doc:"The browser's session id."`
	WindowID string `query:"window" doc:"The tab; by default the one that is shown at t."`
	AtMS     int64  `query:"t" example:"1795418806254" doc:"The instant to show, in Unix milliseconds. Default or 0: the beginning."`
	UntilMS  int64  `query:"until" doc:"The exclusive end, in Unix milliseconds. Default or 0: the end of the recording."`
}

func (a *api) snapshots(ctx context.Context, in *snapshots) (*huma.StreamResponse, error) {
	scope, err := a.query.Scope(in.project())
	if err != nil {
		return nil, a.fail(ctx, err)
	}
	events, err := a.query.Snapshots(ctx, scope, query.SnapshotsRequest{SessionID: address.ID(in.ID), WindowID: in.WindowID, AtMS: in.AtMS, UntilMS: in.UntilMS})
	return a.lines(ctx, in.ID, events, err)
}

// lines answers with the events of a recording, each on a line; err is the error of the request for them.
func (a *api) lines(ctx context.Context, session string, events iter.Seq2[[]byte, error], err error) (*huma.StreamResponse, error) {
	if err != nil {
		return nil, a.fail(ctx, err)
	}
	// Read the first event before the answer begins: most errors occur here, and can still be answered with a status.
	next, stop := iter.Pull2(events)
	first, err, ok := next()
	if err != nil {
		stop()
		return nil, a.fail(ctx, err)
	}
	return &huma.StreamResponse{Body: func(hc huma.Context) {
		defer stop()
		hc.SetHeader("Content-Type", linesType)
		w := bufio.NewWriterSize(hc.BodyWriter(), 64<<10)
		for line := first; ok; {
			_, _ = w.Write(line) // the next write returns the error, too
			if w.WriteByte('\n') != nil {
				return // the client disconnected
			}
			if line, err, ok = next(); err != nil {
				a.logger.ErrorContext(ctx, "a recording ended early", "session", session, "error", err)
				// Cut the connection, so that the client does not mistake the part for the whole.
				panic(http.ErrAbortHandler)
			}
		}
		_ = w.Flush() // an error means that the client disconnected
	}}, nil
}
