package query

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/model"
)

func priced(dollars float64) func(*model.Event) {
	return func(e *model.Event) {
		e.Cost = model.Cost{State: model.CostPriced, Nanos: int64(dollars * 1e9)}
	}
}

// talks is a world with two conversations of two people, with tools, errors, prompts and feedback.
func talks(t *testing.T) (w *world, ids map[string]uuid.UUID) {
	t.Helper()
	w, ids = newWorld(t), map[string]uuid.UUID{}
	chat := func(id string) func(*model.Event) { return func(e *model.Event) { e.ConversationID = id } }
	prompt := func(name, version string) func(*model.Event) {
		return func(e *model.Event) { e.PromptName, e.PromptVersion = name, version }
	}
	answeredBy := func(name string) func(*model.Event) { return func(e *model.Event) { e.Model = name } }
	fails := func(text, group string) func(*model.Event) {
		return func(e *model.Event) { e.IsError, e.Error, e.ErrorGroup = true, text, group }
	}
	tool := func(tools, server string) func(*model.Event) {
		return func(e *model.Event) { e.Tools, e.MCPServer = tools, server }
	}
	ids["ask"] = w.event(model.KindGeneration, "t1", 0, chat("c1"), by("ada"), answeredBy("gpt-4o"), priced(0.5), prompt("greet", "1"), tool("search\nfetch", ""), in("s1", "w"))
	w.event(model.KindSpan, "t1", 1000, chat("c1"), by("ada"), tool("search", "github"))
	w.event(model.KindSpan, "t1", 2000, chat("c1"), by("ada"), tool("search", "github"), fails("timeout after 3 s", "timeout after <n> s"), func(e *model.Event) { e.LatencyMS = 3000 })
	ids["answer"] = w.event(model.KindGeneration, "t1", 6000, chat("c1"), by("ada"), answeredBy("gpt-4o"), priced(0.25), prompt("greet", "1"))
	ids["again"] = w.event(model.KindGeneration, "t2", 20_000, chat("c1"), by("ada@work"), answeredBy("claude"), priced(1), prompt("greet", "2"))
	w.event(model.KindGeneration, "t3", 30_000, chat("c2"), by("bob"), answeredBy("gpt-4o"), fails("limit 17 of org-1", "limit <n> of org-<n>"), func(e *model.Event) { e.Cost.State = model.CostUnpriced })
	w.event(model.KindEmbedding, "t4", 40_000, chat("c2"), by("bob"), answeredBy("embed"), fails("limit 18 of org-2", "limit <n> of org-<n>"))
	w.event(model.KindGeneration, "t5", 50_000, by("eve"), fails("", ""))
	w.event(model.KindFeedback, "t2", 60_000, by("ada"), in("s1", "w"), func(e *model.Event) { e.MetricValue = "good" })
	w.event(model.KindMetric, "t2", 61_000, by("ada"), func(e *model.Event) { e.MetricName, e.MetricValue, e.Score, e.Scored = "stars", "4", 4, true })
	w.event(model.KindEvaluation, "t1", 62_000, func(e *model.Event) {
		e.MetricName, e.MetricValue, e.Score, e.Scored, e.ParentID = "polite", "true", 1, true, ids["answer"].String()
	})
	ids["judged"] = w.batch.Events[len(w.batch.Events)-1].UUID
	w.identity("ada", "ada@work", "Ada", "ada@example.com")
	w.content(ids["ask"], `[{"role":"system","content":"be nice"},{"role":"user","content":"first question"}]`, `[{"role":"assistant","content":"calling"}]`)
	w.content(ids["answer"], `[{"role":"user","content":"first question"}]`, `[{"role":"assistant","content":"first answer"}]`)
	w.content(ids["again"], `[{"role":"user","content":"first question"},{"role":"assistant","content":"first answer"},{"role":"user","content":"second question"}]`, `[{"role":"assistant","content":"second answer"}]`)
	w.content(ids["judged"], "", `"It says \"please\".\nTwice."`)
	for i := range w.batch.Contents {
		c := &w.batch.Contents[i]
		c.InputPreview, c.OutputPreview = "asked "+c.UUID.String(), "said "+c.UUID.String()
	}
	w.commit()
	return w, ids
}

func shownAs(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// pages reads a list of groups to its end, two rows at a time.
func pages[V any](t *testing.T, read func(ListRequest) (Groups[V], error), r ListRequest) (all []V) {
	t.Helper()
	for r.Limit = 2; ; {
		page, err := read(r)
		if err != nil {
			t.Fatal(err)
		}
		if all = append(all, page.Items...); page.Next == nil || len(all) > 100 {
			return all
		}
		r.Cursor = *page.Next
	}
}

func TestPeople(t *testing.T) {
	w, _ := talks(t)
	list := func(r ListRequest) (Groups[PersonRow], error) { return w.People(t.Context(), scope, r) }
	all := pages(t, list, ListRequest{Sort: "-cost_usd"})
	if len(all) != 3 {
		t.Fatalf("%d people: %s", len(all), shownAs(t, all))
	}
	ada := all[0]
	if ada.Person.ID != "ada" || *ada.Person.Name != "Ada" || ada.Generations != 3 || ada.Traces != 2 || ada.Conversations != 1 || ada.Sessions != 1 ||
		*ada.CostUSD != 1.75 || ada.Errors != 0 || ada.InputTokens != 30 || ada.LastMS-ada.FirstMS != 20_000 {
		t.Errorf("Ada, by all of her ids: %s", shownAs(t, ada))
	}
	if i := slices.IndexFunc(all, func(p PersonRow) bool { return p.Person.ID == "bob" }); all[i].CostUSD != nil || all[i].Unpriced != 1 || *all[i].ErrorRate != 1 {
		t.Errorf("calls without a known price must not cost 0: %s", shownAs(t, all[i]))
	}
	found, err := w.Generations(t.Context(), scope, ListRequest{Narrowing: Narrowing{Q: ada.Q}})
	if err != nil || len(found.Items) != 3 {
		t.Errorf("%s finds %d generations, %v; want all three", ada.Q, len(found.Items), err)
	}
	narrowed := pages(t, list, ListRequest{Narrowing: Narrowing{Q: "model:claude"}})
	if len(narrowed) != 1 || narrowed[0].Generations != 1 {
		t.Errorf("of one model: %s", shownAs(t, narrowed))
	}
}

func TestErrorGroups(t *testing.T) {
	w, _ := talks(t)
	all := pages(t, func(r ListRequest) (Groups[ErrorGroup], error) { return w.Errors(t.Context(), scope, r) }, ListRequest{Sort: "-count"})
	if len(all) != 3 {
		t.Fatalf("%d groups: %s", len(all), shownAs(t, all))
	}
	limit := all[0]
	if *limit.Message != "limit <n> of org-<n>" || *limit.Example != "limit 18 of org-2" || limit.Count != 2 || limit.People != 1 ||
		!slices.Equal(limit.Models, []string{"embed", "gpt-4o"}) || *limit.TraceID != "t4" || limit.LastMS-limit.FirstMS != 10_000 {
		t.Errorf("the limit: %s", shownAs(t, limit))
	}
	for _, g := range all {
		found, err := w.Generations(t.Context(), scope, ListRequest{Narrowing: Narrowing{Q: g.Q}})
		if err != nil || int64(len(found.Items)) != g.Count {
			t.Errorf("%s finds %d, %v; the group has %d", g.Q, len(found.Items), err, g.Count)
		}
		if g.Message == nil && (g.Count != 1 || *g.TraceID != "t5") {
			t.Errorf("failures without a text: %s", shownAs(t, g))
		}
	}
}

func TestTools(t *testing.T) {
	w, _ := talks(t)
	all := pages(t, func(r ListRequest) (Groups[Tool], error) { return w.Tools(t.Context(), scope, r) }, ListRequest{})
	if len(all) != 2 || all[0].Name != "search" || all[1].Name != "fetch" {
		t.Fatalf("tools: %s", shownAs(t, all))
	}
	if s := all[0]; s.Calls != 2 || s.Answers != 1 || s.Runs != 2 || s.Failures != 1 || *s.FailureRate != 0.5 || *s.LatencyP50S != 2 || !slices.Equal(s.MCPServers, []string{"github"}) {
		t.Errorf("search: %s", shownAs(t, s))
	}
	if f := all[1]; f.Calls != 1 || f.Runs != 0 || f.FailureRate != nil || f.LatencyP95S != nil || len(f.MCPServers) != 0 {
		t.Errorf("fetch, whose runs are not traced: %s", shownAs(t, f))
	}
}

// The servers of many tools are looked up at once.
func TestManyTools(t *testing.T) {
	w := newWorld(t)
	for i := range 30 {
		w.event(model.KindSpan, fmt.Sprint("t", i), int64(i), func(e *model.Event) { e.Tools, e.MCPServer = fmt.Sprint("tool", i), fmt.Sprint("server", i) })
	}
	w.commit()
	all, err := w.Tools(t.Context(), scope, ListRequest{})
	if err != nil || len(all.Items) != 30 {
		t.Fatalf("%d tools, %v", len(all.Items), err)
	}
	for _, tool := range all.Items {
		if !slices.Equal(tool.MCPServers, []string{strings.Replace(tool.Name, "tool", "server", 1)}) {
			t.Errorf("%s is of %v", tool.Name, tool.MCPServers)
		}
	}
}

func TestPrompts(t *testing.T) {
	w, _ := talks(t)
	all := pages(t, func(r ListRequest) (Groups[Prompt], error) { return w.Prompts(t.Context(), scope, r) }, ListRequest{Sort: "prompt_version"})
	if len(all) != 2 {
		t.Fatalf("prompts: %s", shownAs(t, all))
	}
	one, two := all[0], all[1]
	if one.Name != "greet" || *one.Version != "1" || one.Generations != 2 || *one.CostUSD != 0.75 || one.Feedback != 0 || *one.Score != 1 {
		t.Errorf("the first version: %s", shownAs(t, one))
	}
	if *two.Version != "2" || two.Generations != 1 || two.Feedback != 1 || *two.Score != 4 || *two.LatencyP50S != 1 {
		t.Errorf("the second version: %s", shownAs(t, two))
	}
}

func TestProviders(t *testing.T) {
	w, _ := talks(t)
	served := func(by, name string) func(*model.Event) {
		return func(e *model.Event) { e.Provider, e.Model = by, name }
	}
	w.event(model.KindGeneration, "p1", 70_000, served("openai", "gpt-4o"), priced(0.5))
	w.event(model.KindGeneration, "p1", 71_000, served("openai", "gpt-5"), priced(0.25), func(e *model.Event) { e.IsError = true })
	w.event(model.KindEmbedding, "p2", 72_000, served("openai", "embed"), func(e *model.Event) { e.Cost.State = model.CostUnpriced })
	w.event(model.KindGeneration, "p3", 73_000, served("anthropic", "claude"), priced(2))
	w.event(model.KindSpan, "p3", 74_000, served("anthropic", "claude"))
	w.commit()
	all := pages(t, func(r ListRequest) (Groups[Provider], error) { return w.Providers(t.Context(), scope, r) }, ListRequest{})
	if len(all) != 3 {
		t.Fatalf("providers: %s", shownAs(t, all))
	}
	if first := all[0]; *first.Provider != "anthropic" || first.Calls != 1 || *first.CostUSD != 2 || first.Models != 1 {
		t.Errorf("the most expensive one, without its span: %s", shownAs(t, first))
	}
	if none := all[1]; none.Provider != nil || none.Calls != 6 || *none.CostUSD != 1.75 || none.Errors != 3 {
		t.Errorf("calls that name no provider: %s", shownAs(t, none))
	}
	if o := all[2]; *o.Provider != "openai" || o.Calls != 3 || *o.CostUSD != 0.75 || o.Unpriced != 1 || o.Models != 3 || o.Errors != 1 || *o.ErrorRate != 1.0/3 ||
		o.InputTokens != 30 || o.LastMS-o.FirstMS != 2000 {
		t.Errorf("openai: %s", shownAs(t, o))
	}
	for _, p := range all {
		found, err := w.Generations(t.Context(), scope, ListRequest{Narrowing: Narrowing{Q: p.Q}})
		if err != nil || int64(len(found.Items)) != p.Calls {
			t.Errorf("%s finds %d, %v; the row has %d", p.Q, len(found.Items), err, p.Calls)
		}
	}
	if failed := pages(t, func(r ListRequest) (Groups[Provider], error) { return w.Providers(t.Context(), scope, r) }, ListRequest{Sort: "-errors"}); failed[0].Provider != nil {
		t.Errorf("by errors: %s", shownAs(t, failed))
	}
}

func TestOpinions(t *testing.T) {
	w, ids := talks(t)
	list := func(r ListRequest) []Opinion {
		t.Helper()
		l, err := w.Opinions(t.Context(), scope, r)
		if err != nil {
			t.Fatal(err)
		}
		return l.Items
	}
	all := list(ListRequest{})
	if len(all) != 3 || all[0].Kind != "evaluation" || *all[0].About != ids["answer"].String() || *all[0].Score != 1 || all[1].Value != "4" || all[2].Value != "good" || all[2].Score != nil {
		t.Errorf("all: %s", shownAs(t, all))
	}
	if *all[0].Explanation != "said "+ids["judged"].String() || all[1].Explanation != nil || all[2].Explanation != nil || all[2].About != nil {
		t.Errorf("the list has the beginnings of explanations: %s", shownAs(t, all))
	}
	one, err := w.Opinion(t.Context(), scope, all[0].ID)
	if err != nil || *one.Explanation != "It says \"please\".\nTwice." || one.Value != "true" || *one.About != ids["answer"].String() || *one.TraceID != "t1" {
		t.Errorf("alone, with all of its explanation: %s, %v", shownAs(t, one), err)
	}
	if plain, err := w.Opinion(t.Context(), scope, all[2].ID); err != nil || plain.Explanation != nil || plain.Value != "good" {
		t.Errorf("feedback alone: %s, %v", shownAs(t, plain), err)
	}
	for id, code := range map[string]Code{"x": CodeBadInput, uuid.Nil.String(): CodeNotFound, ids["answer"].String(): CodeNotFound} {
		if _, err := w.Opinion(t.Context(), scope, id); !is(err, code) {
			t.Errorf("%s: %v, want %v", id, err, code)
		}
	}
	d, err := w.Trace(t.Context(), scope, "t1")
	if err != nil || len(d.Feedback) != 1 || *d.Feedback[0].About != ids["answer"].String() || *d.Feedback[0].Explanation != *all[0].Explanation {
		t.Errorf("in its trace: %s, %v", shownAs(t, d.Feedback), err)
	}
	if found := list(ListRequest{Narrowing: Narrowing{Q: "please"}}); len(found) != 1 || found[0].ID != all[0].ID {
		t.Errorf("by a word of its explanation: %s", shownAs(t, found))
	}
	if *all[2].SessionID != "s1" || *all[2].TraceID != "t2" || all[2].Person.ID != "ada" {
		t.Errorf("the feedback: %s", shownAs(t, all[2]))
	}
	if best := list(ListRequest{Sort: "-score", Narrowing: Narrowing{Q: "score:>=1"}}); len(best) != 2 || *best[0].Name != "stars" {
		t.Errorf("by score: %s", shownAs(t, best))
	}
	table, err := w.Aggregate(t.Context(), scope, SumRequest{Of: "feedback", Measures: "count,avg(score)", By: "kind"})
	if err != nil || len(table.Rows) != 3 {
		t.Errorf("summed up: %s, %v", shownAs(t, table), err)
	}
	if found, err := w.Traces(t.Context(), scope, ListRequest{Narrowing: Narrowing{Q: "score:>3"}}); err != nil || len(found.Items) != 1 || found.Items[0].ID != "t2" {
		t.Errorf("traces with a high score: %s, %v", shownAs(t, found), err)
	}
}

func TestConversations(t *testing.T) {
	w, ids := talks(t)
	l, err := w.Conversations(t.Context(), scope, ListRequest{Sort: "start", Count: true})
	if err != nil || len(l.Items) != 2 || *l.Total != 2 {
		t.Fatalf("conversations: %s, %v", shownAs(t, l), err)
	}
	c := l.Items[0]
	if c.ID != "c1" || c.Turns != 2 || c.Generations != 3 || c.Spans != 2 || c.Errors != 1 || *c.CostUSD != 1.75 || *c.Tokens.Input != 30 ||
		c.DurationS != 21 || !slices.Equal(c.Models, []string{"gpt-4o", "claude"}) || len(c.Persons) != 1 || *c.Persons[0].Name != "Ada" {
		t.Errorf("c1: %s", shownAs(t, c))
	}
	if c.Question != "asked "+ids["ask"].String() || c.Answer != "said "+ids["again"].String() {
		t.Errorf("it begins and ends with %q and %q", c.Question, c.Answer)
	}
	if other := l.Items[1]; other.CostUSD != nil || other.Unpriced != 1 || other.Errors != 2 {
		t.Errorf("c2: %s", shownAs(t, other))
	}
	d, err := w.Conversation(t.Context(), scope, "c1")
	if err != nil || len(d.TurnList) != 2 || d.TurnsNext != nil {
		t.Fatalf("its turns: %s, %v", shownAs(t, d), err)
	}
	first, second := d.TurnList[0], d.TurnList[1]
	said := func(m []Message) (text string) {
		for _, x := range m {
			for _, p := range x.Parts {
				text += x.Role + ": " + p.Text + ". "
			}
		}
		return text
	}
	if said(first.Question) != "user: first question. " || said(first.Answer) != "assistant: first answer. " || first.WaitS != nil || *first.AnswerID != ids["answer"].String() {
		t.Errorf("the first turn: %s", shownAs(t, first))
	}
	if said(second.Question) != "user: second question. " || said(second.Answer) != "assistant: second answer. " || *second.WaitS != 13 {
		t.Errorf("the second turn, 13 s after the first: %s", shownAs(t, second))
	}
	page, err := w.ConversationTurns(t.Context(), scope, "c1", PageRequest{Limit: 1})
	if err != nil || page.Next == nil {
		t.Fatalf("a page of one turn: %s, %v", shownAs(t, page), err)
	}
	page, err = w.ConversationTurns(t.Context(), scope, "c1", PageRequest{Limit: 1, Cursor: *page.Next})
	if err != nil || len(page.Items) != 1 || page.Items[0].ID != "t2" || *page.Items[0].WaitS != 13 || page.Next != nil {
		t.Errorf("the next page: %s, %v", shownAs(t, page), err)
	}
	if _, err := w.Conversation(t.Context(), scope, "none"); !is(err, CodeNotFound) {
		t.Errorf("a conversation that is not there: %v", err)
	}
}

func is(err error, code Code) bool {
	var e *Error
	return errors.As(err, &e) && e.Code == code
}

func TestBadGroupRequests(t *testing.T) {
	w, _ := talks(t)
	page, err := w.People(t.Context(), scope, ListRequest{Limit: 1, Sort: "-cost_usd"})
	if err != nil || page.Next == nil {
		t.Fatal(err)
	}
	for what, r := range map[string]ListRequest{
		"limit": {Limit: MaxLimit + 1}, "below": {Limit: -1}, "sort": {Sort: "-nothing"}, "q": {Narrowing: Narrowing{Q: "nothing:x"}}, "cursor": {Cursor: "x"},
		"cursor of another order": {Sort: "cost_usd", Cursor: *page.Next}, "from": {Narrowing: Narrowing{From: "yesterday"}},
	} {
		if _, err := w.People(t.Context(), scope, r); !is(err, CodeBadInput) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := w.Tools(t.Context(), scope, ListRequest{Cursor: *page.Next}); !is(err, CodeBadInput) {
		t.Errorf("a cursor of another list: %v", err)
	}
	if _, err := w.ConversationTurns(t.Context(), scope, "c1", PageRequest{Limit: mostTurns + 1}); !is(err, CodeBadInput) {
		t.Errorf("too many turns: %v", err)
	}
	if _, err := w.Opinions(t.Context(), scope, ListRequest{Narrowing: Narrowing{ErrorsOnly: true}}); !is(err, CodeBadInput) {
		t.Errorf("feedback that failed: %v", err)
	}
}
