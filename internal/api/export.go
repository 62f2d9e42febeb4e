package api

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/klauspost/compress/gzhttp"

	"github.com/playheadhq/playhead/internal/export"
	"github.com/playheadhq/playhead/internal/query"
)

type exported struct {
	NarrowingParams
	List    string `path:"list" enum:"conversations,errors,feedback,generations,models,people,prompts,providers,sessions,tools,traces" doc:"Which list."`
	Format  string `query:"format" enum:"csv,jsonl,parquet" default:"csv" doc:"The format of the file."`
	Sort    string `query:"sort" example:"-latency" doc:"The sort of the list. By default the newest rows come first."`
	Columns string `query:"columns" example:"id,start,model,input,output,prop.tenant" doc:"Columns separated by commas: id and the fields of the list, for generations also input and output, for lists of groups their figures. By default all except input, output and custom properties."`
	Count   bool   `query:"count" doc:"Whether the header Playhead-Rows has the number of rows. Counting delays the first row."`
}

// exportPatience is how long a client may take for one batch of an export.
const exportPatience = 2 * time.Minute

// patient gives the client of a long answer more time. Both deadlines count: when that for reading expires, net/http takes the client for gone. The
// recorders of tests have none.
func patient(c *http.ResponseController, more time.Duration) {
	until := time.Now().Add(more)
	_ = c.SetReadDeadline(until)
	_ = c.SetWriteDeadline(until)
}

func (a *api) export(ctx context.Context, in *exported) (*huma.StreamResponse, error) {
	scope, err := a.query.Scope(in.project())
	if err != nil {
		return nil, a.fail(ctx, err)
	}
	format, err := export.FormatOf(in.Format)
	if err != nil {
		return nil, a.fail(ctx, &query.Error{Code: query.CodeBadInput, Field: "format", Message: err.Error() + "."})
	}
	list, err := a.query.Export(ctx, scope, query.ExportRequest{List: in.List, Narrowing: in.narrowing(), Sort: in.Sort, Columns: in.Columns})
	if err != nil {
		return nil, a.fail(ctx, err)
	}
	count := ""
	if in.Count {
		n, err := a.query.ExportCount(ctx, scope, in.List, in.narrowing())
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		count = strconv.FormatInt(n, 10)
	}
	// Read the first rows before the answer begins: most errors occur here, and can still be answered with a status.
	next, stop := iter.Pull2(list.Rows)
	rows, err, ok := next()
	if err != nil {
		stop()
		return nil, a.fail(ctx, err)
	}
	name := fmt.Sprintf("playhead-%s-%s-%s.%s", scope.Project, in.List, a.now().UTC().Format("20060102T150405Z"), format.Name)
	return &huma.StreamResponse{Body: func(hc huma.Context) {
		defer stop()
		hc.SetHeader("Content-Type", format.ContentType)
		hc.SetHeader("Content-Disposition", "attachment; filename="+strconv.Quote(name))
		hc.SetHeader("Playhead-Columns", strconv.Itoa(len(list.Columns)))
		if count != "" {
			hc.SetHeader("Playhead-Rows", count)
		}
		if format.Compressed {
			hc.SetHeader(gzhttp.HeaderNoCompression, "true")
		}
		_, answer := humago.Unwrap(hc)
		connection := http.NewResponseController(answer)
		w := format.Open(hc.BodyWriter(), list.Columns)
		for ok {
			// A client that keeps reading is not cut off, however long the list is.
			patient(connection, exportPatience)
			if w.Write(rows) != nil {
				return // the client disconnected
			}
			_ = connection.Flush() // so that progress is visible; the next write returns an error, too
			if rows, err, ok = next(); err != nil {
				a.logger.ErrorContext(ctx, "an export ended early", "list", in.List, "error", err)
				// Cut the connection, so that the client does not mistake the part for the whole.
				panic(http.ErrAbortHandler)
			}
		}
		_ = w.Close() // an error means that the client disconnected
	}}, nil
}
