package query

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/playheadhq/playhead/internal/derive"
	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// deriveTraces stores the links of traces.
func (w *world) deriveTraces(traces ...string) {
	w.t.Helper()
	var subjects []model.Subject
	for _, id := range traces {
		subjects = append(subjects, model.Subject{Project: scope.Project, TraceID: id})
	}
	d := derive.New(derive.Options{Store: w.store.Writer.(derive.Store), Registerer: prometheus.NewRegistry()})
	if _, err := d.Derive(w.t.Context(), scope.Project, subjects); err != nil {
		w.t.Fatal(err)
	}
}

// linkedRow is a row of a list of groups: what finds its generations, and its latest linked trace.
type linkedRow struct {
	q      string
	linked *LinkedTrace
}

// linkedRows reads all lists whose rows stand for several generations, by their names.
func (w *world) linkedRows() map[string][]linkedRow {
	w.t.Helper()
	all := map[string][]linkedRow{}
	add := func(list string, err error, n int, row func(i int) linkedRow) {
		w.t.Helper()
		if err != nil || n == 0 {
			w.t.Fatalf("%s: %d rows, %v", list, n, err)
		}
		for i := range n {
			all[list] = append(all[list], row(i))
		}
	}
	ctx, r := w.t.Context(), ListRequest{Limit: MaxLimit}
	people, err := w.People(ctx, scope, r)
	add("people", err, len(people.Items), func(i int) linkedRow { return linkedRow{people.Items[i].Q, people.Items[i].Linked} })
	errs, err := w.Errors(ctx, scope, r)
	add("errors", err, len(errs.Items), func(i int) linkedRow { return linkedRow{errs.Items[i].Q, errs.Items[i].Linked} })
	tools, err := w.Tools(ctx, scope, r)
	add("tools", err, len(tools.Items), func(i int) linkedRow { return linkedRow{tools.Items[i].Q, tools.Items[i].Linked} })
	prompts, err := w.Prompts(ctx, scope, r)
	add("prompts", err, len(prompts.Items), func(i int) linkedRow { return linkedRow{prompts.Items[i].Q, prompts.Items[i].Linked} })
	providers, err := w.Providers(ctx, scope, r)
	add("providers", err, len(providers.Items), func(i int) linkedRow { return linkedRow{providers.Items[i].Q, providers.Items[i].Linked} })
	conversations, err := w.Conversations(ctx, scope, r)
	add("conversations", err, len(conversations.Items), func(i int) linkedRow {
		return linkedRow{"conversation:" + conversations.Items[i].ID, conversations.Items[i].Linked}
	})
	models, err := w.Models(ctx, scope, Narrowing{})
	add("models", err, len(models.Models), func(i int) linkedRow {
		m := models.Models[i].key()
		return linkedRow{fmt.Sprintf("provider:%s model:%s", m[0], m[1]), models.Models[i].Linked}
	})
	return all
}

// A row that stands for several generations names the latest trace that is linked, with the same link as in the list of traces. It names none only if
// none of its generations is linked.
func TestLatestLinkedTraces(t *testing.T) {
	for seed := range uint64(2) {
		r := rand.New(rand.NewPCG(seed, 7))
		w := newWorld(t)
		sessions := []string{"", "s1", "s2", "unrecorded"}
		w.record("s1", "w", 0, 10_000, true)
		w.record("s2", "w", 0, 10_000, true)
		var names []string
		for n := range 20 {
			names = append(names, fmt.Sprint("t", n))
		}
		for i := range 90 {
			n := r.IntN(len(names))
			kind := []model.Kind{model.KindGeneration, model.KindGeneration, model.KindEmbedding, model.KindSpan}[r.IntN(4)]
			w.event(kind, names[n], int64(i)*100, func(e *model.Event) {
				e.SessionID, e.DistinctID = sessions[n%4], fmt.Sprint("user-", r.IntN(8))
				if e.SessionID != "" {
					e.WindowID = "w"
				}
				e.ConversationID = fmt.Sprint("c", n/3)
				e.Provider, e.Model = fmt.Sprint("p", r.IntN(3)), fmt.Sprint("m", r.IntN(4))
				e.PromptName, e.PromptVersion = fmt.Sprint("prompt", r.IntN(3)), fmt.Sprint(r.IntN(5))
				e.Tools = fmt.Sprint("tool", r.IntN(12))
				priced(0.5)(e)
				if kind == model.KindSpan {
					e.Provider, e.Model, e.PromptName, e.PromptVersion = "", "", "", ""
				}
				if r.IntN(3) == 0 {
					cause := fmt.Sprint("cause ", r.IntN(12))
					e.IsError, e.Error, e.ErrorGroup = true, cause, cause
				}
			})
		}
		w.identity("user-0", "user-5", "", "")
		w.identity("user-5", "user-6", "", "")
		w.commit()
		w.deriveTraces(names...)
		traces, err := w.Traces(t.Context(), scope, ListRequest{Limit: MaxLimit})
		if err != nil {
			t.Fatal(err)
		}
		links := map[string]Link{}
		for _, x := range traces.Items {
			links[x.ID] = x.Link
		}
		watchable, unlinked := 0, 0
		for list, rows := range w.linkedRows() {
			for _, row := range rows {
				found, err := w.Generations(t.Context(), scope, ListRequest{Limit: MaxLimit, Narrowing: Narrowing{Q: row.q}})
				if err != nil {
					t.Fatal(err)
				}
				// newest is when the latest linked generation of the row began, and in when the latest one of the named trace began; 0 for never.
				newest, in := int64(0), int64(0)
				for _, g := range found.Items {
					if g.Link.State == "linked" && g.Kind != "span" {
						newest = max(newest, g.StartMS)
					}
					if row.linked != nil && g.TraceID == row.linked.TraceID {
						in = max(in, g.StartMS)
					}
				}
				if row.linked == nil {
					if unlinked++; newest != 0 {
						t.Errorf("seed %d, %s: %s has linked generations, but its row names no linked trace", seed, list, row.q)
					}
					continue
				}
				watchable++
				l := row.linked.Link
				if l.State != "linked" || shownAs(t, l) != shownAs(t, links[row.linked.TraceID]) {
					t.Errorf("seed %d, %s, %s: the link %s of trace %s is not the one in the list of traces", seed, list, row.q, shownAs(t, l), row.linked.TraceID)
				}
				if in == 0 || in < newest {
					t.Errorf("seed %d, %s, %s: %s began at %d, but there is a linked one at %d", seed, list, row.q, row.linked.TraceID, in, newest)
				}
			}
		}
		if watchable < 20 || unlinked < 3 {
			t.Errorf("seed %d: %d rows have a linked trace and %d have none, which tests too little", seed, watchable, unlinked)
		}
	}
}

// No list waits longer for linked traces than a search does.
func TestLinkedTracesAreNotWaitedFor(t *testing.T) {
	w := newWorld(t)
	w.record("s", "w", 0, 10_000, true)
	for i := range 2 {
		w.event(model.KindGeneration, fmt.Sprint("watched", i), 1000, in("s", "w"), by(fmt.Sprint("user-", i)))
	}
	w.event(model.KindGeneration, "not watched", 60_000, by("user-1"))
	w.commit()
	w.deriveTraces("watched0", "watched1", "not watched")
	linked := func() (all []string) {
		t.Helper()
		l, err := w.People(t.Context(), scope, ListRequest{Sort: "person"})
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range l.Items {
			id := "none"
			if p.Linked != nil {
				id = p.Linked.TraceID
			}
			all = append(all, id)
		}
		return all
	}
	if got := linked(); fmt.Sprint(got) != "[watched0 watched1]" {
		t.Errorf("with patience: %v", got)
	}
	w.linkedPatience = 1
	if got := linked(); fmt.Sprint(got) != "[watched0 none]" {
		t.Errorf("without patience: %v; the latest trace of the first person is found without searching", got)
	}
	// A storage notices a deadline by its own clock, possibly before the context ends.
	w.linkedPatience = time.Minute
	w.Service.store = early{w.store}
	if got := linked(); fmt.Sprint(got) != "[watched0 none]" {
		t.Errorf("with a storage that is early: %v", got)
	}
}

// early is a store that ends searches for linked traces before their deadline.
type early struct{ Store }

func (s early) Sum(ctx context.Context, q store.Question, sum filter.Sum, span filter.Span) (store.Table, error) {
	if strings.Contains(filter.String(q.Where), "link:linked") {
		return store.Table{}, fmt.Errorf("sum: %w", context.DeadlineExceeded)
	}
	return s.Store.Sum(ctx, q, sum, span)
}
