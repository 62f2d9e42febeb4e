package api

import (
	"encoding/json"
	"log/slog"
	"testing"

	"github.com/playheadhq/playhead/internal/access"
	"github.com/playheadhq/playhead/internal/problem"
	"github.com/playheadhq/playhead/internal/query"
)

func TestProblemNamesThePosition(t *testing.T) {
	a := &api{logger: slog.New(slog.DiscardHandler)}
	_, err := query.New(query.Options{}).Aggregate(t.Context(), access.Scope{Project: access.DefaultProject}, query.SumRequest{Of: "traces", Measures: "count", Narrowing: query.Narrowing{Q: "ü modle:x"}})
	text, jsonErr := json.Marshal(a.fail(t.Context(), err))
	if jsonErr != nil {
		t.Fatal(jsonErr)
	}
	var p struct {
		Status, Position int
		Type, Detail     string
		Errors           []struct{ Location string }
	}
	if err := json.Unmarshal(text, &p); err != nil || p.Status != 422 || p.Position != 2 || p.Type != problem.Type("bad-parameter") ||
		p.Detail != `q, at character 3: There is no field "modle". Did you mean "model"? To search for text with a colon, put it into quotes.` || p.Errors[0].Location != "query.q" {
		t.Errorf("%s, error %v", text, err)
	}
}
