package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/query"
	"github.com/playheadhq/playhead/internal/store"
)

// failing is a storage that returns a given number of full pages, and then fails.
type failing struct {
	query.Store
	pages int
}

func (f *failing) Read(_ context.Context, _ store.Question, p store.Part, fields []filter.Field) (page store.Page, err error) {
	if f.pages--; f.pages < 0 {
		return page, errors.New("disk on fire")
	}
	for range p.Limit {
		page.Rows, page.Values = append(page.Rows, store.Found{Position: store.Position{ID: uuid.NewString()}}), append(page.Values, make([]filter.Cell, len(fields)))
	}
	page.Next = &store.Position{}
	return page, nil
}

// A client can tell an incomplete export from a complete one: an error before the first row is answered as an error, and a later one ends the
// connection before the body's end, compressed or not.
func TestExportThatFails(t *testing.T) {
	for _, pages := range []int{0, 1, 3} {
		for _, format := range []string{"csv", "jsonl", "parquet"} {
			for _, encoding := range []string{"", "gzip", "zstd"} {
				t.Run(fmt.Sprint(pages, format, encoding), func(t *testing.T) {
					handler, err := New(Options{Query: query.New(query.Options{Store: &failing{pages: pages}})})
					if err != nil {
						t.Fatal(err)
					}
					server := httptest.NewServer(handler)
					defer server.Close()
					request, err := http.NewRequestWithContext(t.Context(), "GET", server.URL+"/api/export/generations?columns=id,model&format="+format, nil)
					if err != nil {
						t.Fatal(err)
					}
					request.Header.Set("Accept-Encoding", encoding)
					answer, err := server.Client().Do(request)
					if err != nil {
						if pages == 0 {
							t.Fatal(err)
						}
						return // nothing of it had been sent yet
					}
					defer answer.Body.Close()
					body, err := io.ReadAll(answer.Body)
					switch {
					case pages == 0 && (err != nil || answer.StatusCode != http.StatusInternalServerError):
						t.Errorf("%d %s, %v", answer.StatusCode, body, err)
					case pages > 0 && err == nil:
						t.Errorf("%d with %d bytes seems whole", answer.StatusCode, len(body))
					}
				})
			}
		}
	}
}

func TestExportSaysWhatItIs(t *testing.T) {
	handler, err := New(Options{Query: query.New(query.Options{Store: &failing{}})})
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"/api/export/generations?format=xlsx": "csv, jsonl, parquet", "/api/export/nothing": "conversations, errors", "/api/export/traces?columns=input": "no column", "/api/export/tools?sort=x": "sort is one of",
		"/api/export/traces?limit=5": "limit",
	} {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %d %s, want %q in it", path, w.Code, w.Body, want)
		}
	}
}
