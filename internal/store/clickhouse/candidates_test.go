package clickhouse

import (
	"fmt"
	"testing"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/store"
)

// Conversations that a question names are looked up by their ids, without a statement to find them.
func TestNamedConversations(t *testing.T) {
	where, err := filter.Parse(filter.Conversations, "conversation:a,b model:m")
	if err != nil {
		t.Fatal(err)
	}
	scope, err := scopeOf(t.Context(), nil, store.Question{Of: filter.Conversations, Where: where})
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprintf("%q %v %v %s", scope.Only, scope.AtOnce, scope.Few(), filter.String(scope.Where)); got != `["a" "b"] true true model:m` {
		t.Errorf("scope: %s", got)
	}
}
