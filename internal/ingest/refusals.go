package ingest

import (
	"cmp"
	"slices"

	"github.com/playheadhq/playhead/internal/model"
)

// refusals are added up by kind: one row for each would be a hundred times as large as a refused element of three bytes.
type refusals struct {
	list []model.Refusal
	at   map[refusalKind]int
}

type refusalKind struct {
	project        string
	reason         model.Reason
	event, library string
}

// maxRefusalKinds limits the names of events and libraries that are counted separately. Beyond it, refusals are counted only by project and reason.
const maxRefusalKinds = 64

// add counts a refusal. The latest detail is kept.
func (r *refusals) add(in model.Refusal) {
	kind := refusalKind{in.Project, in.Reason, in.Event, in.Library}
	i, ok := r.at[kind]
	if !ok && len(r.list) >= maxRefusalKinds {
		kind.event, kind.library = "", ""
		in.Event, in.Library = "", ""
		i, ok = r.at[kind]
	}
	if !ok {
		if r.at == nil {
			r.at = map[refusalKind]int{}
		}
		r.at[kind] = len(r.list)
		r.list = append(r.list, in)
		return
	}
	sum := &r.list[i]
	sum.Count = max(sum.Count, 1) + max(in.Count, 1)
	sum.Bytes += in.Bytes
	if in.AtMS >= sum.AtMS {
		sum.AtMS, sum.Detail = in.AtMS, in.Detail
	}
}

// sumRefusals adds up the refusals of several requests.
func sumRefusals(requests []*request) []model.Refusal {
	var sum refusals
	for _, q := range requests {
		for _, r := range q.rows.batch.Refusals {
			sum.add(r)
		}
	}
	slices.SortStableFunc(sum.list, func(a, b model.Refusal) int { return cmp.Compare(a.AtMS, b.AtMS) })
	return sum.list
}
