package mcp

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/playheadhq/playhead/internal/address"
	"github.com/playheadhq/playhead/internal/llm"
	"github.com/playheadhq/playhead/internal/query"
)

// cursor is where reading continues: after a number of rows of the page that query returns for its own cursor.
type cursor struct {
	skip int
	page string
}

func (c cursor) String() string { return strconv.Itoa(c.skip) + "." + c.page }

func parseCursor(text string) (c cursor, err error) {
	if text == "" {
		return c, nil
	}
	skip, page, ok := strings.Cut(text, ".")
	if c.skip, err = strconv.Atoi(skip); err != nil || !ok || c.skip < 0 {
		return c, bad("cursor is the one that an earlier result of this tool named, with the same other arguments; begin without one.")
	}
	c.page = page
	return c, nil
}

// list writes rows of a page from a cursor on, as many as there is room for, and returns the cursor that reads on, "" at the end.
func list[T any](a *answer, items []T, next *string, at cursor, row func(*T) string) string {
	for i := min(at.skip, len(items)); i < len(items); i++ {
		switch text := row(&items[i]); {
		case a.fits(text):
		case i == at.skip:
			a.line("%s", text) // a row that never fits is cut, so that reading on can reach the end
		default:
			return cursor{i, at.page}.String()
		}
	}
	if next == nil {
		return ""
	}
	return cursor{0, *next}.String()
}

// or is what a pointer points to, or else another value.
func or[T any](p *T, other T) T {
	if p == nil {
		return other
	}
	return *p
}

// facts joins what is known, with commas.
func facts(all ...string) string {
	var known []string
	for _, fact := range all {
		if fact != "" {
			known = append(known, fact)
		}
	}
	return strings.Join(known, ", ")
}

// some is a fact with its value, "" where there is no value.
func some[T any](format string, value *T) string {
	if value == nil {
		return ""
	}
	return fmt.Sprintf(format, *value)
}

// many is a fact that counts, "" for none.
func many(n int64, what string) string {
	switch n {
	case 0:
		return ""
	case 1:
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// counted is many with more words behind it, "" for none.
func counted(n int64, what, more string) string {
	if n == 0 {
		return ""
	}
	return many(n, what) + more
}

func seconds(name string, s *float64) string {
	if s == nil {
		return ""
	}
	return name + lasted(*s)
}

func dollars(usd *float64) string {
	if usd == nil {
		return ""
	}
	return fmt.Sprintf("cost $%.4g", *usd)
}

func used(t query.Tokens) string {
	if t.Input == nil && t.Output == nil {
		return ""
	}
	text := fmt.Sprintf("%d tokens in, %d out", or(t.Input, 0), or(t.Output, 0))
	for _, part := range []struct {
		name string
		n    *int64
	}{{"cached", t.CacheRead}, {"written to cache", t.CacheWrite}, {"reasoning", t.Reasoning}} {
		if n := or(part.n, 0); n > 0 {
			text += fmt.Sprintf(", %d %s", n, part.name)
		}
	}
	return text
}

func who(p *query.Person) string {
	if p == nil {
		return ""
	}
	name := cmp.Or(or(p.Name, ""), or(p.Email, ""))
	switch {
	case name == "" || name == p.ID:
		return "person " + p.ID
	case p.Email != nil && *p.Email != name && *p.Email != p.ID:
		return "person " + p.ID + " (" + name + ", " + *p.Email + ")"
	}
	return "person " + p.ID + " (" + name + ")"
}

// previewTokens is how much of a question or an answer a row of a list shows.
const previewTokens = 50

func preview(name, text string) string { return previewOf(name, text, previewTokens) }

func previewOf(name, text string, tokens int) string {
	if text == "" {
		return ""
	}
	return "\n  " + name + ": " + short(text, tokens)
}

// linked says in one line where the user was.
func (t *tools) linked(l query.Link) string {
	if l.State == "linked" && l.URL != nil {
		return fmt.Sprintf("session %s at %s %s", or(l.SessionID, ""), iso(or(l.MomentMS, 0)), t.address+*l.URL)
	}
	if l.SessionID != nil {
		return fmt.Sprintf("session %s, nothing to watch: %s", *l.SessionID, l.Detail)
	}
	return "no session: " + l.Detail
}

// linkedShortly is linked for rows of lists.
func linkedShortly(l query.Link) string {
	switch {
	case l.State == "linked":
		return fmt.Sprintf("session %s at %s", or(l.SessionID, ""), iso(or(l.MomentMS, 0)))
	case l.SessionID != nil:
		return fmt.Sprintf("session %s (%s)", *l.SessionID, or(l.Reason, l.State))
	}
	return "no session"
}

func traceRow(tr *query.Trace) string {
	failed := ""
	if tr.Error != nil {
		failed = "error: " + short(*tr.Error, previewTokens)
	}
	stopped := ""
	if tr.Stopped > 0 {
		stopped = fmt.Sprintf("%d stopped", tr.Stopped)
	}
	return fmt.Sprintf("%s trace %s: %s", iso(tr.StartMS), tr.ID, facts(
		some("%q", tr.Name), lasted(tr.LatencyS), many(tr.Generations, "generation"), many(tr.Spans, "span"), many(tr.Errors, "error"), stopped,
		strings.Join(tr.Models, " "), dollars(tr.CostUSD), many(tr.Feedbacks, "feedback"), some("conversation %s", tr.ConversationID), who(tr.Person),
		linkedShortly(tr.Link), experiencedShortly(tr.Seen, tr.Reaction), failed)) + preview("asked", tr.InputPreview) + preview("answered", tr.OutputPreview)
}

// state says how a generation ended, "" if it ended well.
func state(g *query.Generation) string {
	switch {
	case g.IsError && g.Error != nil:
		return "failed: " + short(*g.Error, previewTokens)
	case g.IsError:
		return facts("failed", some("HTTP %d", g.HTTPStatus))
	case g.Stopped:
		return "stopped before it was complete"
	}
	return ""
}

func generationRow(g *query.Generation) string {
	return fmt.Sprintf("%s %s %s: %s", iso(g.StartMS), g.Kind, g.ID, facts(
		some("%q", g.Name), some("%s", g.Model), seconds("", g.LatencyS), seconds("first token after ", g.FirstTokenS), used(g.Tokens), dollars(g.CostUSD), state(g),
		"trace "+g.TraceID, who(g.Person), linkedShortly(g.Link), experiencedShortly(g.Seen, g.Reaction))) + preview("asked", g.InputPreview) + preview("answered", g.OutputPreview)
}

func (t *tools) sessionRow(s *query.Session) string {
	watch := "recorded"
	if s.Replay.State != "available" {
		watch = "no recording: " + s.Replay.Detail
	}
	row := fmt.Sprintf("%s session %s: %s", iso(s.StartMS), s.ID, facts(
		lasted(s.DurationS), many(s.Clicks, "click"), many(s.Keypresses, "key"), many(s.Windows, "tab"), many(s.AICalls, "AI call"), many(s.Errors, "failed AI call"),
		dollars(s.CostUSD), who(s.Person), some("began at %s", s.StartURL), watch))
	if s.Matched != nil {
		row += fmt.Sprintf("\n  matched %s at %s: %s", s.Matched.Kind, iso(s.Matched.AtMS), short(s.Matched.Text, previewTokens))
	}
	return row
}

// watch is the line of a group of rows that says where to watch the latest of its traces that has a recording. It is "" if none is known.
func (t *tools) watch(l *query.LinkedTrace) string {
	if l == nil || l.Link.URL == nil {
		return ""
	}
	return fmt.Sprintf("\n  latest with a recording: trace %s, %s", l.TraceID, t.linked(l.Link))
}

func (t *tools) conversationRow(c *query.Conversation) string {
	var persons []string
	for i := range c.Persons {
		persons = append(persons, who(&c.Persons[i]))
	}
	return fmt.Sprintf("%s conversation %s: %s", iso(c.StartMS), c.ID, facts(
		many(c.Turns, "turn"), lasted(c.DurationS), many(c.Generations, "generation"), many(c.Errors, "error"), dollars(c.CostUSD), strings.Join(c.Models, " "),
		strings.Join(persons, ", "))) + preview("first asked", c.Question) + preview("last answered", c.Answer) + t.watch(c.Linked)
}

func feedbackRow(f *query.Opinion) string {
	return fmt.Sprintf("%s %s", feedbackLine(&f.Feedback), facts(some("trace %s", f.TraceID), some("conversation %s", f.ConversationID), linkedShortly(f.Link)))
}

func feedbackLine(f *query.Feedback) string {
	return fmt.Sprintf("%s %s %s", iso(f.AtMS), f.Kind, facts(some("%s", f.Name), "said: "+short(f.Value, 2*previewTokens), some("score %g", f.Score), some("about %s", f.About), who(f.Person))) + previewOf("explained", or(f.Explanation, ""), 4*previewTokens) // a judge gives its reason first or last
}

func (t *tools) personRow(p *query.PersonRow) string {
	return fmt.Sprintf("%s: %s; first %s, last %s; q=%s", who(&p.Person), facts(
		many(p.Generations, "generation"), many(p.Traces, "trace"), many(p.Conversations, "conversation"), many(p.Sessions, "session"), dollars(p.CostUSD), many(p.Errors, "error")),
		iso(p.FirstMS), iso(p.LastMS), p.Q) + t.watch(p.Linked)
}

func (t *tools) errorRow(g *query.ErrorGroup) string {
	return fmt.Sprintf("%s\n  %s; first %s, last %s\n  last example: %s\n  %s; q=%s", or(g.Message, "(errors without a message)"),
		facts(many(g.Count, "failure"), many(g.Traces, "trace"), fmt.Sprintf("people: %d", g.People), strings.Join(g.Models, " ")), iso(g.FirstMS), iso(g.LastMS),
		short(or(g.Example, ""), 2*previewTokens), facts(some("trace %s", g.TraceID), some("session %s", g.SessionID)), g.Q) + t.watch(g.Linked)
}

func (t *tools) toolRow(x *query.Tool) string {
	return fmt.Sprintf("tool %s: %s; first %s, last %s; q=%s", x.Name, facts(
		strings.Join(x.MCPServers, " "), many(x.Calls, "call"), many(x.Runs, "run"), many(x.Failures, "failure"), seconds("runs p50 ", x.LatencyP50S), seconds("p95 ", x.LatencyP95S),
		many(x.Traces, "trace"), fmt.Sprintf("people: %d", x.People)), iso(x.FirstMS), iso(x.LastMS), x.Q) + t.watch(x.Linked)
}

func (t *tools) promptRow(p *query.Prompt) string {
	return fmt.Sprintf("prompt %s: %s; first %s, last %s; q=%s", p.Name, facts(
		some("version %s", p.Version), many(p.Generations, "generation"), fmt.Sprintf("people: %d", p.People), dollars(p.CostUSD), seconds("p50 ", p.LatencyP50S), seconds("p95 ", p.LatencyP95S),
		seconds("first token p50 ", p.TTFTP50S), many(p.Errors, "error"), counted(p.Feedback, "trace", " with feedback"), some("mean score %.3g", p.Score)), iso(p.FirstMS), iso(p.LastMS), p.Q) + t.watch(p.Linked)
}

func (t *tools) modelRow(m *query.Model) string {
	price := "no price is known"
	if m.Price != nil {
		price = ""
	}
	return fmt.Sprintf("model %s: %s; last %s", or(m.Model, "(none)"), facts(
		some("provider %s", m.Provider), many(m.Calls, "call"), dollars(m.CostUSD), fmt.Sprintf("%.0f tokens in, %.0f out", m.InputTokens, m.OutputTokens), counted(m.Unpriced, "call", " of unknown cost"), price),
		iso(m.LastMS)) + t.watch(m.Linked)
}

func (t *tools) providerRow(p *query.Provider) string {
	return fmt.Sprintf("provider %s: %s; first %s, last %s; q=%s", or(p.Provider, "(none)"), facts(
		many(p.Models, "model"), many(p.Calls, "call"), dollars(p.CostUSD), fmt.Sprintf("%d tokens in, %d out", p.InputTokens, p.OutputTokens), many(p.Errors, "error")), iso(p.FirstMS), iso(p.LastMS), p.Q) + t.watch(p.Linked)
}

// said is the text of a message, with each part on a line of its own.
func said(m *query.Message) string {
	var lines []string
	for i := range m.Parts {
		if text := part(&m.Parts[i]); text != "" {
			lines = append(lines, text)
		}
	}
	return strings.Join(lines, "\n")
}

func part(p *llm.Part) string {
	text := strings.TrimSpace(p.Text)
	switch p.Type {
	case llm.PartText, llm.PartRefusal:
		return text
	case llm.PartThinking:
		if p.Redacted {
			return "(thinks, kept back by the provider)"
		}
		return "(thinks) " + text
	case llm.PartToolCall:
		return "calls the tool " + p.Name + " with " + string(p.Arguments)
	case llm.PartToolResult:
		if text == "" {
			text = string(p.Raw)
		}
		if p.Failed {
			return "the tool failed: " + text
		}
		return "the tool answered: " + text
	case llm.PartSearch:
		return "searched for: " + text
	case llm.PartCitations:
		return ""
	case llm.PartImage, llm.PartAudio, llm.PartFile:
		note := "[" + string(p.Type) + "]"
		if p.Media != nil {
			note = "[" + facts(string(p.Type), p.Media.MIME, p.Media.Name, p.Media.Note) + "]"
		}
		return strings.TrimSpace(note + " " + text)
	}
	return cmp.Or(text, string(p.Raw))
}

func (t *tools) traceAddress(id string) string { return t.address + address.Trace(id, t.project) }
