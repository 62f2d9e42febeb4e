package table

import "github.com/playheadhq/playhead/internal/model"

// RefusalSum is the number of refusals for one reason in one commit, with the latest of them.
type RefusalSum struct {
	model.Refusal
	FirstMS int64 // time of the first refusal
}

// Refusals are sums, one row for each kind of refusal in a commit; readers add them up.
var Refusals = newTable(Table[RefusalSum]{
	Name: "refusals",
	Sort: []string{"project", "last_ms"},
	Columns: []Column[RefusalSum]{
		{Name: "project", Hint: Few, At: func(r *RefusalSum) any { return &r.Project }},
		{Name: "first_ms", Hint: Near, At: func(r *RefusalSum) any { return &r.FirstMS }},
		{Name: "last_ms", Hint: Near, At: func(r *RefusalSum) any { return &r.AtMS }},
		{Name: "reason", Hint: Few, At: func(r *RefusalSum) any { return (*string)(&r.Reason) }},
		{Name: "event", At: func(r *RefusalSum) any { return &r.Event }},
		{Name: "library", Hint: Few, At: func(r *RefusalSum) any { return &r.Library }},
		{Name: "detail", At: func(r *RefusalSum) any { return &r.Detail }},
		{Name: "bytes", At: func(r *RefusalSum) any { return &r.Bytes }},
		{Name: "count", At: func(r *RefusalSum) any { return &r.Count }},
	},
})

// SumRefusals adds up the refusals of one kind, so that a client that sends only invalid data costs one row a commit. A Count of 0 counts as 1.
func SumRefusals(all []model.Refusal) []RefusalSum {
	type kind struct {
		project        string
		reason         model.Reason
		event, library string
	}
	index := map[kind]int{}
	var sums []RefusalSum
	for _, r := range all {
		r.Count = max(r.Count, 1)
		k := kind{r.Project, r.Reason, r.Event, r.Library}
		i, known := index[k]
		if !known {
			index[k] = len(sums)
			sums = append(sums, RefusalSum{r, r.AtMS})
			continue
		}
		sum := &sums[i]
		if r.AtMS >= sum.AtMS {
			sum.AtMS, sum.Detail = r.AtMS, r.Detail
		}
		sum.FirstMS = min(sum.FirstMS, r.AtMS)
		sum.Count += r.Count
		sum.Bytes += r.Bytes
	}
	return sums
}
