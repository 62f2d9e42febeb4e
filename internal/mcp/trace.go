package mcp

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/playheadhq/playhead/internal/address"
	"github.com/playheadhq/playhead/internal/query"
)

type traceArguments struct {
	ID     string `json:"id" jsonschema:"the trace's id"`
	Skip   int    `json:"skip,omitempty" jsonschema:"reads on: how many nodes of the span tree to leave out"`
	Budget int    `json:"budget,omitempty" jsonschema:"tokens that the result may have, 300 to 50000; 5000 by default"`
}

func (t *tools) trace(ctx context.Context, in traceArguments) (string, error) {
	a, err := newAnswer(in.Budget)
	if err != nil {
		return "", err
	}
	if in.Skip < 0 {
		return "", bad("skip must not be below 0.")
	}
	d, err := t.query.Trace(ctx, t.scope, in.ID)
	if err != nil {
		return "", err
	}
	row := d.Trace
	row.InputPreview, row.OutputPreview, row.Seen, row.Reaction = "", "", nil, nil // they are written in full below
	a.line("%s", traceRow(&row))
	a.line("%s", facts(used(d.Tokens), "page "+t.traceAddress(d.ID)))
	a.line("User: %s", t.linked(d.Link))
	experienced(a, d.Seen, d.Reaction)
	for i := range d.Feedback {
		a.line("%s", feedbackLine(&d.Feedback[i]))
	}
	if in.Skip == 0 {
		mainMessages(a, &d)
	}
	a.line("Span tree:")
	for i := min(in.Skip, len(d.Nodes)); i < len(d.Nodes); i++ {
		n := &d.Nodes[i]
		if !a.fits(nodeLine(n, d.StartMS)) && i > in.Skip {
			a.end("%d more nodes: call again with skip=%d, or with a larger budget.", len(d.Nodes)-i, i)
			return a.String(), nil
		}
	}
	if d.NodesNext != nil {
		a.end("The tree has more than these %d nodes; search of=generations q=trace:%q kind:generation,embedding,span finds the others.", len(d.Nodes), d.ID)
	}
	a.end("The tool generation reads all messages of a node by its id.")
	return a.String(), nil
}

// mainMessages are the question and the answer of the whole trace, in up to half of the room.
func mainMessages(a *answer, d *query.TraceDetail) {
	main := d.Main
	for i := range d.Nodes {
		if d.MainID != nil && d.Nodes[i].ID == *d.MainID {
			main = &d.Nodes[i]
		}
	}
	if main == nil {
		return
	}
	if main.Content == nil {
		a.line("Asked: %s\nAnswered: %s", short(main.InputPreview, 200), short(main.OutputPreview, 200))
		return
	}
	question := main.Content.Input
	if len(main.Content.InputLast) > 0 {
		question = main.Content.InputLast
	}
	most := a.tokensLeft() / 4
	all := messages(a, "Asked", latest(question), most)
	all = messages(a, "Answered", main.Content.Output, most) && all
	if !all || main.Content.OutputNext != nil {
		a.line("(cut: generation id=%s has all messages)", main.ID)
	}
	if main.Content.Private {
		a.line("The SDK sent no prompts and answers (privacy mode).")
	}
}

// latest are the messages from the last one of the user on.
func latest(messages []query.Message) []query.Message {
	for i := len(messages) - 1; i >= 0; i-- {
		if messages[i].Role == "user" {
			return messages[i:]
		}
	}
	return messages
}

// messages writes the text of messages under a heading, in at most that many tokens, and reports whether it wrote all of it.
func messages(a *answer, heading string, all []query.Message, most int) bool {
	for i := range all {
		m := &all[i]
		text := said(m)
		if text == "" {
			continue
		}
		name := m.Role
		if m.Name != "" {
			name += " " + m.Name
		}
		if heading != "" {
			name = heading + " (" + name + ")"
		}
		text = name + ": " + text
		before := a.tokensLeft()
		if !a.some(text, most) {
			return false
		}
		if most -= before - a.tokensLeft(); most <= 0 {
			return i == len(all)-1
		}
	}
	return true
}

// nodeLine is a node of a span tree, with its start relative to that of the trace.
func nodeLine(n *query.Node, startMS int64) string {
	attempt := ""
	if n.Attempts != nil {
		attempt = fmt.Sprintf("attempt %d of %d", or(n.Attempt, 0), *n.Attempts)
	}
	return fmt.Sprintf("%s+%s %s %s", strings.Repeat("  ", min(n.Depth, 20)), lasted(float64(n.StartMS-startMS)/1000), n.Kind, facts(
		some("%q", n.Name), some("%s", n.Model), seconds("", n.LatencyS), seconds("first token after ", n.FirstTokenS), used(n.Tokens), dollars(n.CostUSD), attempt,
		state(&n.Generation), "id "+n.ID))
}

type generationArguments struct {
	ID     string `json:"id" jsonschema:"the id of the generation, embedding or span"`
	Of     string `json:"of,omitempty" jsonschema:"reads on: input or output"`
	Cursor string `json:"cursor,omitempty" jsonschema:"reads on: what the result before says"`
	Budget int    `json:"budget,omitempty" jsonschema:"tokens that the result may have, 300 to 50000; 5000 by default"`
}

func (t *tools) generation(ctx context.Context, in generationArguments) (string, error) {
	a, err := newAnswer(in.Budget)
	if err != nil {
		return "", err
	}
	if in.Of != "" || in.Cursor != "" {
		return t.moreMessages(ctx, a, in)
	}
	d, err := t.query.Generation(ctx, t.scope, in.ID)
	if err != nil {
		return "", err
	}
	g := d.Generation
	g.InputPreview, g.OutputPreview, g.Seen, g.Reaction = "", "", nil, nil // they are written in full below
	a.line("%s", generationRow(&g))
	if g.Error != nil {
		a.line("Error: %s", *g.Error)
	}
	a.line("%s", facts(some("provider %s", g.Provider), some("stop reason %s", g.StopReason), some("HTTP %d", g.HTTPStatus), some("%.1f tokens/s", g.TokensPerS),
		some("cost %s", g.CostState), some("sent by %s", g.Library), "page "+t.traceAddress(g.TraceID)))
	a.line("User: %s", t.linked(g.Link))
	if d.Kind == "generation" {
		experienced(a, d.Seen, d.Reaction)
	}
	c := &d.Content
	if c.Private {
		a.line("The SDK sent no prompts and answers (privacy mode).")
	}
	if len(c.Parameters) > 0 && string(c.Parameters) != "null" {
		a.line("Parameters: %s", short(string(c.Parameters), 100))
	}
	if len(c.Custom) > 0 && string(c.Custom) != "null" {
		a.line("Properties: %s", short(string(c.Custom), 200))
	}
	if len(c.ToolDefinitions) > 0 {
		var names []string
		for _, tool := range c.ToolDefinitions {
			names = append(names, tool.Name)
		}
		a.line("Tools it could use: %s", short(strings.Join(names, ", "), 150))
	}
	// The output first: it is what most questions are about, and inputs are long.
	outputAll := messages(a, "Output", c.Output, a.tokensLeft()/2) && c.OutputNext == nil
	latestInput := c.Input
	if len(c.InputLast) > 0 {
		latestInput = c.InputLast
	}
	inputAll := len(c.InputLast) == 0 && c.InputNext == nil
	if tail := latest(latestInput); len(tail) < len(latestInput) || !inputAll {
		// The latest turn, then what came before it.
		inputAll = messages(a, "Input, latest turn", tail, a.tokensLeft()/2) && inputAll
		earlier := c.Input
		if len(c.InputLast) == 0 {
			earlier = latestInput[:len(latestInput)-len(tail)]
		}
		inputAll = messages(a, "Input, from the beginning", earlier, a.tokensLeft()) && inputAll
	} else {
		inputAll = messages(a, "Input", latestInput, a.tokensLeft()) && inputAll
	}
	if !outputAll {
		a.end("The output was cut: call again with of=output.")
	}
	if !inputAll {
		a.end("The input was cut: call again with of=input to read it from its beginning.")
	}
	return a.String(), nil
}

// moreMessages reads all messages of an input or an output, one after another. A cursor consists of query's cursor of a page and of how much of the
// page's text was written: a message can be longer than an answer.
func (t *tools) moreMessages(ctx context.Context, a *answer, in generationArguments) (string, error) {
	at, err := parseCursor(in.Cursor)
	if err != nil {
		return "", err
	}
	r := query.MessagesRequest{Of: in.Of, PageRequest: query.PageRequest{Cursor: at.page}}
	page, err := t.query.Messages(ctx, t.scope, in.ID, r)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for i := range page.Items {
		if text := said(&page.Items[i]); text != "" {
			fmt.Fprintf(&b, "%s: %s\n", page.Items[i].Role, text)
		}
	}
	text := b.String()
	rest := text[min(at.skip, len(text)):]
	part, all := clip(rest, a.tokensLeft()-4)
	a.fits(strings.TrimSuffix(part, "\n"))
	switch {
	case !all:
		readOn(a, cursor{at.skip + len(part), at.page}.String())
	case page.Next != nil:
		readOn(a, cursor{0, *page.Next}.String())
	}
	return a.String(), nil
}

type conversationArguments struct {
	ID     string `json:"id" jsonschema:"the conversation's id"`
	Cursor string `json:"cursor,omitempty" jsonschema:"reads on: what the result before says"`
	Budget int    `json:"budget,omitempty" jsonschema:"tokens that the result may have, 300 to 50000; 5000 by default"`
}

// turnTokens is how much of a turn's question and of its answer is shown each.
const turnTokens = 400

func (t *tools) conversation(ctx context.Context, in conversationArguments) (string, error) {
	a, err := newAnswer(in.Budget)
	if err != nil {
		return "", err
	}
	at, err := parseCursor(in.Cursor)
	if err != nil {
		return "", err
	}
	var turns query.List[query.Turn]
	if in.Cursor == "" {
		c, err := t.query.Conversation(ctx, t.scope, in.ID)
		if err != nil {
			return "", err
		}
		c.Question, c.Answer = "", ""
		a.line("%s", t.conversationRow(&c.Conversation))
		a.line("%s", facts(used(c.Tokens), "page "+t.address+address.Conversation(c.ID, t.project)))
		turns = query.List[query.Turn]{Items: c.TurnList, Next: c.TurnsNext}
	} else if turns, err = t.turns(ctx, in.ID, at); err != nil {
		return "", err
	}
	readOn(a, list(a, turns.Items, turns.Next, at, turnText))
	return a.String(), nil
}

// turns is the page at which a cursor continues. The first page comes with the conversation itself.
func (t *tools) turns(ctx context.Context, id string, at cursor) (query.List[query.Turn], error) {
	if at.page == "" {
		c, err := t.query.Conversation(ctx, t.scope, id)
		return query.List[query.Turn]{Items: c.TurnList, Next: c.TurnsNext}, err
	}
	return t.query.ConversationTurns(ctx, t.scope, id, query.PageRequest{Cursor: at.page})
}

func turnText(turn *query.Turn) string {
	var b strings.Builder
	wait := ""
	if turn.WaitS != nil {
		wait = "after " + lasted(max(0, *turn.WaitS))
	}
	failed := ""
	if turn.Error != nil {
		failed = "error: " + short(*turn.Error, previewTokens)
	}
	fmt.Fprintf(&b, "%s turn, trace %s: %s", iso(turn.StartMS), turn.ID, facts(wait, "took "+lasted(turn.LatencyS), strings.Join(turn.Models, " "), dollars(turn.CostUSD), many(turn.Errors, "error"),
		many(turn.Feedbacks, "feedback"), linkedShortly(turn.Link), experiencedShortly(turn.Seen, turn.Reaction), failed))
	for _, side := range []struct {
		name     string
		messages []query.Message
	}{{"asked", turn.Question}, {"answered", turn.Answer}} {
		left := turnTokens
		for i := range side.messages {
			text := said(&side.messages[i])
			if text == "" || left <= 0 {
				continue
			}
			part, all := clip(text, left)
			left -= tokens(part)
			if !all {
				part += "… (cut, trace id=" + strconv.Quote(turn.ID) + " reads on)"
			}
			fmt.Fprintf(&b, "\n  %s (%s): %s", side.name, side.messages[i].Role, part)
		}
	}
	return b.String()
}
