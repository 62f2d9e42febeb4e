package filter_test

import (
	"slices"
	"testing"

	"github.com/playheadhq/playhead/internal/filter"
)

func parse(t *testing.T, q string) filter.Expr {
	t.Helper()
	e, err := filter.Parse(filter.Generations, q)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// A facet's own terms are removed, also if shortcuts or bounds of time were added beside the expression.
func TestWithout(t *testing.T) {
	beside := parse(t, "kind:span")
	for q, want := range map[string]string{
		`refund model:a`:                  `(refund) kind:span`,
		`model:a`:                         `kind:span`,
		`-model:a error:true model:b`:     `(error:true) kind:span`,
		`(model:a OR model:b) refund`:     `(refund) kind:span`,
		`(model:a OR error:true) model:b`: `((model:a OR error:true)) kind:span`,
		`(model:a error:true) OR refund`:  `((model:a error:true) OR refund) kind:span`,
	} {
		if got := filter.String(filter.Without(filter.And{parse(t, q), beside}, "model")); got != want {
			t.Errorf("%s without model is %s, want %s", q, got, want)
		}
	}
}

// What is negated cannot be the reason of a match.
func TestAffirmed(t *testing.T) {
	q, err := filter.Parse(filter.Sessions, `refund (clicked:Send OR "no thanks") -cancel -(page:*/cart OR late)`)
	if err != nil {
		t.Fatal(err)
	}
	conds, searches := filter.Affirmed(q)
	if len(conds) != 1 || conds[0].Field.Name != "clicked" || len(searches) != 2 || !slices.Equal(searches[0].Words, []string{"refund"}) || !slices.Equal(searches[1].Words, []string{"no", "thanks"}) {
		t.Errorf("%+v, %+v", conds, searches)
	}
}
