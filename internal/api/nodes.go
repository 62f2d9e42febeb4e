package api

import (
	"bufio"
	"context"
	"encoding/json"
	"iter"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/playheadhq/playhead/internal/address"
)

type traceNodes struct {
	TraceID
	Cursor string `query:"cursor" doc:"The nodes_next of the trace; by default the beginning."`
}

// nodesPatience is how long a client may take for 500 nodes.
const nodesPatience = time.Minute

func (a *api) traceNodes(ctx context.Context, in *traceNodes) (*huma.StreamResponse, error) {
	scope, err := a.query.Scope(in.project())
	if err != nil {
		return nil, a.fail(ctx, err)
	}
	nodes, err := a.query.TraceNodes(ctx, scope, address.ID(in.ID), in.Cursor)
	return a.nodeLines(ctx, in.ID, nodes, err)
}

// nodeLines answers with the nodes of a trace, one on each line.
func (a *api) nodeLines(ctx context.Context, trace string, nodes iter.Seq2[[]Node, error], err error) (*huma.StreamResponse, error) {
	if err != nil {
		return nil, a.fail(ctx, err)
	}
	return &huma.StreamResponse{Body: func(hc huma.Context) {
		hc.SetHeader("Content-Type", linesType)
		_, answer := humago.Unwrap(hc)
		connection := http.NewResponseController(answer)
		w := bufio.NewWriterSize(hc.BodyWriter(), 64<<10)
		lines := json.NewEncoder(w)
		lines.SetEscapeHTML(false)
		for some, err := range nodes {
			if err != nil {
				a.logger.ErrorContext(ctx, "the nodes of a trace ended early", "trace", trace, "error", err)
				// Cut the connection, so that the client does not mistake the part for the whole.
				panic(http.ErrAbortHandler)
			}
			patient(connection, nodesPatience)
			for i := range some {
				if lines.Encode(&some[i]) != nil {
					return // the client disconnected
				}
			}
		}
		_ = w.Flush() // an error means that the client disconnected
	}}, nil
}
