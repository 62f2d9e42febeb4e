package query

import (
	"context"
	"slices"

	"github.com/playheadhq/playhead/internal/access"
	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// Conversation is a row of the list of conversations: traces that belong to one chat.
type Conversation struct {
	ID          string   `json:"id"`
	StartMS     int64    `json:"start_ms"`
	EndMS       int64    `json:"end_ms"`
	DurationS   float64  `json:"duration_s"`
	Turns       int64    `json:"turns" doc:"traces"`
	Generations int64    `json:"generations" doc:"generations and embeddings"`
	Spans       int64    `json:"spans"`
	Errors      int64    `json:"errors"`
	LatencyS    *float64 `json:"latency_s" doc:"the sum of the latencies of all generations"`
	CostUSD     *float64 `json:"cost_usd" doc:"null when nothing has a price"`
	Unpriced    int64    `json:"unpriced" doc:"generations whose cost is not known"`
	Tokens      Tokens   `json:"tokens"`
	Models      []string `json:"models" nullable:"false" doc:"at most 10"`
	Agents      []string `json:"agents" nullable:"false" doc:"at most 10"`
	Persons     []Person `json:"persons" nullable:"false" doc:"at most 10"`
	// Question and Answer are how it begins and ends.
	Question string `json:"question" doc:"the beginning of the first question"`
	Answer   string `json:"answer" doc:"the beginning of the last answer"`
	// Linked is where to watch it.
	Linked *LinkedTrace `json:"linked" doc:"the latest of its traces that is linked to a recording; null if none is, or if it would take too long to find it"`
}

// ConversationDetail is a conversation with its first turns.
type ConversationDetail struct {
	Conversation
	TurnList  []Turn  `json:"turn_list" nullable:"false" doc:"the first turns, by start"`
	TurnsNext *string `json:"turns_next" doc:"where /api/conversations/{id}/turns reads on, null when turn_list holds all"`
}

// Turn is a trace of a conversation: its question and its answer.
type Turn struct {
	Trace
	WaitS *float64 `json:"wait_s" doc:"from the end of the previous turn to the start of this one: negative if they overlap, null for the first turn"`
	Spoken
}

// Spoken is the question and the answer of a trace. Both are cut if the response has no room for more.
type Spoken struct {
	Question     []Message `json:"question" nullable:"false" doc:"the question: the latest turn of the user in the input of the trace's first generation"`
	QuestionNext *string   `json:"question_next" doc:"where /api/generations/{question_id}/messages?of=input reads on; null when question holds all"`
	QuestionID   *string   `json:"question_id" doc:"the generation that the question is from"`
	Answer       []Message `json:"answer" nullable:"false" doc:"the answer: the output of the trace's last generation"`
	AnswerNext   *string   `json:"answer_next" doc:"where /api/generations/{answer_id}/messages?of=output reads on; null when answer holds all"`
	AnswerID     *string   `json:"answer_id" doc:"the generation that the answer is from"`
}

// conversationFigures are computed for each conversation: some from the conversations, some from their generations.
var (
	conversationFigures = newGrouping(0, filter.Conversations, "", "conversation", "conversation",
		figure{"start_ms", "min(start)", ""}, figure{"duration_s", "max(duration)", ""}, figure{"turns", "sum(turns)", ""},
		figure{"generations", "sum(generations)", ""}, figure{"spans", "sum(spans)", ""}, figure{"errors", "sum(errors)", ""},
		figure{"latency_s", "max(latency)", ""}, figure{"cost_usd", "max(cost)", ""}, figure{"input_tokens", "max(input_tokens)", ""},
		figure{"output_tokens", "max(output_tokens)", ""}, figure{"total_tokens", "max(total_tokens)", ""}, figure{"cache_read_tokens", "max(cache_read_tokens)", ""},
		figure{"cache_write_tokens", "max(cache_write_tokens)", ""}, figure{"reasoning_tokens", "max(reasoning_tokens)", ""})
	conversationTraces = newGrouping(0, filter.Generations, "", "conversation", "conversation",
		figure{"first", "first(trace)", ""}, latestTrace, figure{"unpriced", "count", "cost_state:unpriced"})
)

// Conversations lists conversations, latest activity first unless another order is requested.
func (s *Service) Conversations(ctx context.Context, scope access.Scope, r ListRequest) (List[Conversation], error) {
	p, err := r.part(listConversations, filter.Conversations)
	if err != nil {
		return List[Conversation]{}, err
	}
	a, err := s.understand(ctx, scope, filter.Conversations, r.Narrowing)
	if err != nil {
		return List[Conversation]{}, err
	}
	var rows []Conversation
	var positions []store.Position
	var searched *store.Searched
	total, err := s.total(ctx, r, a, func(ctx context.Context) error {
		found, err := s.find(ctx, scope, a, p)
		if err != nil {
			return err
		}
		searched = found.Searched
		rows, err = s.conversationsNamed(ctx, scope, store.IDs(found.Rows))
		rows, positions = inOrder(found.Rows, rows, func(c *Conversation) string { return c.ID })
		return err
	})
	if err != nil {
		return List[Conversation]{}, err
	}
	return list(listConversations, r, p, rows, positions, searched, total, func(c *Conversation) Conversation { return *c }), nil
}

// named returns all rows of a grouping whose first field has one of the given values.
func (s *Service) named(ctx context.Context, scope access.Scope, g *grouping, ids []string) (grouped, error) {
	f := g.by[0].Field
	c := filter.Cond{Field: f, Op: filter.Equal}
	for _, id := range ids {
		c.Values = append(c.Values, filter.Value{Text: id})
	}
	in := grouped{sum: filter.Sum{Measures: g.measures, By: g.by}}
	in.asked.Question = store.Question{Project: scope.Project, Weights: s.weights, Of: g.of, Where: filter.And{g.terms, c}}
	var err error
	if in.asked.People, err = s.people(ctx, scope); err != nil {
		return in, err
	}
	t, err := s.store.Sum(ctx, in.asked.Question, in.sum, filter.Span{})
	for _, cells := range t.Rows {
		in.rows = append(in.rows, groupRow{g, cells})
	}
	return in, wrap(err, "sum up "+string(g.of))
}

// conversationsNamed sums up the named conversations, in no order.
func (s *Service) conversationsNamed(ctx context.Context, scope access.Scope, ids []string) ([]Conversation, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var sums, traces grouped
	err := store.Together(ctx, func(ctx context.Context) (err error) {
		sums, err = s.named(ctx, scope, conversationFigures, ids)
		return err
	}, func(ctx context.Context) (err error) {
		traces, err = s.named(ctx, scope, conversationTraces, ids)
		return err
	})
	if err != nil {
		return nil, err
	}
	ends := map[string]groupRow{}
	var named, persons []string
	for _, row := range traces.rows {
		ends[row.key(0)] = row
		for _, name := range []string{"first", "trace_id"} {
			if id := row.text(name); id != nil {
				named = append(named, *id)
			}
		}
	}
	var models, agents, who map[string][]string
	var texts previews
	var linked map[string]*LinkedTrace
	of := map[string]model.TraceSummary{}
	err = store.Together(ctx, func(ctx context.Context) (err error) {
		models, err = s.beside(ctx, traces, "model", mostBeside)
		return err
	}, func(ctx context.Context) (err error) {
		agents, err = s.beside(ctx, traces, "agent", mostBeside)
		return err
	}, func(ctx context.Context) (err error) {
		who, err = s.beside(ctx, traces, "person", mostBeside)
		return err
	}, func(ctx context.Context) (err error) {
		linked, err = s.linkedTraces(ctx, scope, traces.asked.Question, traces.rows)
		return err
	}, func(ctx context.Context) error {
		rows, _, err := s.store.TracesNamed(ctx, scope.Project, distinct(named), 0)
		if err != nil {
			return wrap(err, "read traces")
		}
		for _, t := range rows {
			of[t.ID] = t
		}
		texts, err = s.previewsOfTraces(ctx, scope, rows)
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, list := range who {
		persons = append(persons, list...)
	}
	known, err := s.peopleOf(ctx, scope, persons)
	if err != nil {
		return nil, err
	}
	all := make([]Conversation, 0, len(sums.rows))
	for _, row := range sums.rows {
		c := Conversation{
			ID: row.key(0), StartMS: row.int("start_ms"), Turns: row.int("turns"), Generations: row.int("generations"), Spans: row.int("spans"),
			Errors: row.int("errors"), LatencyS: row.number("latency_s"), CostUSD: row.number("cost_usd"),
			Tokens: Tokens{
				Input: row.tokens("input_tokens"), Output: row.tokens("output_tokens"), Total: row.tokens("total_tokens"),
				CacheRead: row.tokens("cache_read_tokens"), CacheWrite: row.tokens("cache_write_tokens"), Reasoning: row.tokens("reasoning_tokens"),
			},
			Models: orNone(models[row.key(0)]), Agents: orNone(agents[row.key(0)]), Persons: []Person{},
		}
		if d := row.number("duration_s"); d != nil {
			c.DurationS = *d
		}
		c.EndMS = c.StartMS + int64(c.DurationS*1000+0.5)
		for _, id := range who[c.ID] {
			c.Persons = append(c.Persons, *known.of(id))
		}
		if end, ok := ends[c.ID]; ok {
			c.Unpriced = end.int("unpriced")
			if first := end.text("first"); first != nil {
				c.Question = texts[of[*first].FirstGeneration.UUID].Input
			}
			c.Linked = linked[end.keys()]
			if last := end.text("trace_id"); last != nil {
				c.Answer = texts[of[*last].LastGeneration.UUID].Output
			}
		}
		all = append(all, c)
	}
	return all, nil
}

// tokens is a count, or null when not reported.
func (r groupRow) tokens(name string) *int64 {
	if n := r.number(name); n != nil {
		whole := int64(*n)
		return &whole
	}
	return nil
}

const (
	// firstTurns is how many turns the answer about a conversation has, and mostTurns the maximum for a page.
	firstTurns, mostTurns = 20, 50
	// turnsBytes is how many bytes of an answer are for turns.
	turnsBytes = 3 << 20
)

// Conversation returns one conversation with its first turns.
func (s *Service) Conversation(ctx context.Context, scope access.Scope, id string) (ConversationDetail, error) {
	if id == "" {
		return ConversationDetail{}, badInput("id", "A conversation's id must not be empty.")
	}
	found, err := s.conversationsNamed(ctx, scope, []string{id})
	if err != nil {
		return ConversationDetail{}, err
	}
	if len(found) == 0 {
		return ConversationDetail{}, notFound("There is no conversation with the id %q. Its events may not have arrived yet.", shortened(id))
	}
	turns, err := s.ConversationTurns(ctx, scope, id, PageRequest{Limit: firstTurns})
	return ConversationDetail{Conversation: found[0], TurnList: turns.Items, TurnsNext: turns.Next}, err
}

// ConversationTurns returns the next page of the turns of a conversation.
func (s *Service) ConversationTurns(ctx context.Context, scope access.Scope, id string, r PageRequest) (List[Turn], error) {
	list := ListRequest{Sort: "start", Limit: r.Limit, Cursor: r.Cursor}
	switch {
	case r.Limit == 0:
		list.Limit = mostTurns
	case r.Limit < 0 || r.Limit > mostTurns:
		return List[Turn]{}, badInput("limit", "limit must be between 1 and %d; read further turns with the cursor in \"next\".", mostTurns)
	}
	p, err := list.part(listTurns, filter.Traces)
	if err != nil {
		return List[Turn]{}, err
	}
	conversation, _ := filter.Find(filter.Traces, "conversation")
	kind, _ := filter.Find(filter.Traces, "kind")
	a := asked{Question: store.Question{Project: scope.Project, Weights: s.weights, Of: filter.Traces, Where: filter.And{
		filter.Cond{Field: conversation, Op: filter.Equal, Values: []filter.Value{{Text: id}}}, filter.Cond{Field: kind, Op: filter.Has},
	}}}
	rows, positions, first, _, err := s.tracesAsked(ctx, scope, a, p)
	if err != nil {
		return List[Turn]{}, err
	}
	// The end of the turn before a page determines the wait before the page's first turn.
	var before int64
	if p.After != nil {
		summed, _, err := s.store.TracesNamed(ctx, scope.Project, []string{p.After.ID}, 0)
		if err != nil {
			return List[Turn]{}, wrap(err, "read traces")
		}
		for _, t := range summed {
			before = max(t.EndMS, t.FirstMS)
		}
	}
	var ctxs contexts
	var texts previews
	var said map[string]Spoken
	err = store.Together(ctx, func(ctx context.Context) (err error) {
		ctxs, texts, err = s.ofRows(ctx, scope, shown(rows, p.Limit), first)
		return err
	}, func(ctx context.Context) (err error) {
		said, err = s.spoken(ctx, scope, shown(rows, p.Limit))
		return err
	})
	if err != nil {
		return List[Turn]{}, err
	}
	out := List[Turn]{Items: []Turn{}}
	for i := range shown(rows, p.Limit) {
		t := &rows[i]
		turn := Turn{Trace: traceView(t, ctxs.traces[t.ID], texts), Spoken: said[t.ID]}
		if before != 0 {
			wait := float64(turn.StartMS-before) / 1000
			turn.WaitS = &wait
		}
		before = turn.EndMS
		out.Items = append(out.Items, turn)
	}
	n := fitting(out.Items, turnsBytes)
	if out.Items = out.Items[:n]; n < len(rows) {
		out.Next = text(formatPosition(listTurns, list.Sort, positions[n-1]))
	}
	return out, nil
}

// spoken reads the questions and answers of traces.
func (s *Service) spoken(ctx context.Context, scope access.Scope, rows []model.TraceSummary) (map[string]Spoken, error) {
	all := map[string]Spoken{}
	for batch := range slices.Chunk(rows, inlineBatch) {
		var events []*model.Event
		for i := range batch {
			t := &batch[i]
			all[t.ID] = Spoken{Question: []Message{}, Answer: []Message{}}
			for _, k := range distinctKeys(t.FirstGeneration, t.LastGeneration) {
				events = append(events, &model.Event{Project: scope.Project, UUID: k.UUID, TimeMS: k.TimeMS, Kind: model.KindGeneration}) // a conversation is between a user and an assistant
			}
		}
		err := s.contents(ctx, scope, events, func(e *model.Event, c *model.Content) error {
			v, err := s.contentView(e, c, inNode)
			if err != nil {
				return err
			}
			for i := range batch {
				t := &batch[i]
				x := all[t.ID]
				if t.FirstGeneration.UUID == e.UUID {
					x.Question, x.QuestionNext, x.QuestionID = latestTurn(v.Input), v.InputNext, text(e.UUID.String())
					if len(v.InputLast) > 0 {
						x.Question, x.QuestionNext = v.InputLast, v.InputLastNext
					}
				}
				if t.LastGeneration.UUID == e.UUID {
					x.Answer, x.AnswerNext, x.AnswerID = v.Output, v.OutputNext, text(e.UUID.String())
				}
				all[t.ID] = x
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

func distinctKeys(keys ...model.Key) (out []model.Key) {
	for _, k := range keys {
		if k != (model.Key{}) && !slices.Contains(out, k) {
			out = append(out, k)
		}
	}
	return out
}

// latestTurn are the messages from the user's last one on.
func latestTurn(messages []Message) []Message {
	for i := len(messages) - 1; i >= 0; i-- {
		if messages[i].Role == "user" {
			return messages[i:]
		}
	}
	return messages
}
