package mcp

import (
	"context"
	"fmt"
	"strings"

	"github.com/playheadhq/playhead/internal/impact"
	"github.com/playheadhq/playhead/internal/query"
)

type impactArguments struct {
	Q      string `json:"q,omitempty" jsonschema:"only these generations, an expression of the query language"`
	From   string `json:"from,omitempty" jsonschema:"only what began then or later: 2026-05-04T13:30:00Z, 2026-05-04, or a duration before now such as 24h or 7d"`
	To     string `json:"to,omitempty" jsonschema:"only what began before then"`
	By     string `json:"by,omitempty" jsonschema:"a field by whose values the answers are also grouped, such as release, prompt_version or model"`
	Limit  int    `json:"limit,omitempty" jsonschema:"values of by, at most 100; 10 by default"`
	Budget int    `json:"budget,omitempty" jsonschema:"tokens that the result may have, 300 to 50000; 5000 by default"`
}

func (t *tools) impact(ctx context.Context, in impactArguments) (string, error) {
	a, n, err := t.begin(in.Budget, in.Q, in.From, in.To)
	if err != nil {
		return "", err
	}
	r, err := t.query.Impact(ctx, t.scope, query.ImpactRequest{Narrowing: n, By: in.By, Limit: in.Limit})
	if err != nil {
		return "", err
	}
	a.line("%s of which it is known how long somebody waited and what they saw.", manyOrNone(r.Answers, "answer"))
	if r.SearchedToMS != nil {
		a.line("Only since %s, because too much text matches.", iso(*r.SearchedToMS))
	}
	a.line("Verdict about waits of %g s or longer: %s.", r.LimitS, r.Verdict)
	for _, s := range r.Sentences {
		a.line("- %s", s)
	}
	if r.Answers > 0 {
		a.line("By the wait (ended badly: asked again, retried, raged, switched away, reloaded, stopped, thumbs down, complained, or left):")
	}
	for _, w := range r.Waits {
		if w.Answers > 0 {
			a.line("  %s: %s", waitRange(w), facts(many(w.Answers, "answer"), proportion("bad", w.Bad), proportion("good", w.Good)))
		}
	}
	for _, w := range r.Worth {
		if w.Extra != nil {
			a.line("Waits of %g s or longer may have caused %d bad endings (%d to %d).", w.AboveS, w.Extra.Count, w.Extra.Low, w.Extra.High)
		}
	}
	for _, u := range r.Unseen {
		a.line("seen:%s: %s; q=%s", u.Seen, facts(many(u.Answers, "answer"), fmt.Sprintf("%d of %d output tokens unseen", u.UnseenTokens, u.OutputTokens), dollars(u.CostUSD)), u.Q)
	}
	t.waits(a, &r.Latency)
	if in.By != "" {
		a.line("By %s:", in.By)
	}
	for i, g := range r.Groups {
		text := fmt.Sprintf("  %s: %s; q=%s", cell(g.Value, false), facts(many(g.Answers, "answer"), seconds("mean wait ", g.WaitS), proportion("bad", g.Bad), proportion("good", g.Good),
			difference(g.Difference, r.LimitS)), g.Q)
		if !a.fits(text) {
			a.end("%d more values were cut: ask with a larger budget.", len(r.Groups)-i)
			return a.String(), nil
		}
	}
	if r.Others {
		a.line("  There are more values than limit.")
	}
	for _, l := range r.Lists {
		a.line("The %s ones: search of=generations q=%s sort=%s", listWords[l.Name], l.Q, l.Sort)
	}
	return a.String(), nil
}

var listWords = map[string]string{"slowest": "slowest", "most_harmful": "most harmful", "most_loved": "most loved"}

// waits writes the latencies that backends measured beside the waits of users.
func (t *tools) waits(a *answer, l *query.ImpactLatency) {
	if l.Answers == 0 {
		return
	}
	a.line("Perceived wait, from asking to the first words on the screen: %s. The backends measured: %s.",
		facts(seconds("p50 ", l.WaitP50S), seconds("p95 ", l.WaitP95S)),
		facts(seconds("first token p50 ", l.TTFTP50S), seconds("p95 ", l.TTFTP95S), seconds("whole call p50 ", l.LatencyP50S), seconds("p95 ", l.LatencyP95S)))
	for _, x := range l.Explanations {
		kind := "not streamed"
		if x.Streamed {
			kind = "streamed"
		}
		var parts []string
		for _, part := range x.Parts {
			parts = append(parts, strings.ReplaceAll(part.Kind, "_", " ")+" "+signed(part.S))
		}
		a.line("  mean of %d %s: %s", x.Answers, kind, strings.Join(parts, ", "))
	}
}

func waitRange(w impact.WaitRange) string {
	if w.ToS == nil {
		return fmt.Sprintf("%g s or longer", w.FromS)
	}
	return fmt.Sprintf("%g to %g s", w.FromS, *w.ToS)
}

func proportion(name string, p impact.Proportion) string {
	if p.Share == nil {
		return ""
	}
	return fmt.Sprintf("%s %s (%d; 95 %% interval %s to %s)", name, percent(*p.Share), p.Count, percent(p.Low), percent(p.High))
}

func difference(d impact.Difference, limitS float64) string {
	if d.State == impact.NotEnough {
		return fmt.Sprintf("too few to compare waits at %g s", limitS)
	}
	return fmt.Sprintf("waits of %g s or longer are %s: %+.1f of 100 end badly (%+.1f to %+.1f)", limitS, d.State, 100*d.Estimate, 100*d.Low, 100*d.High)
}

// signed is a duration that can be below 0.
func signed(s float64) string {
	if s < 0 {
		return "-" + lasted(-s)
	}
	return lasted(s)
}

func manyOrNone(n int64, what string) string {
	if n == 0 {
		return "0 " + what + "s"
	}
	return many(n, what)
}

type doctorArguments struct {
	Q      string `json:"q,omitempty" jsonschema:"only these generations, an expression of the query language"`
	From   string `json:"from,omitempty" jsonschema:"only what began then or later: 2026-05-04T13:30:00Z, 2026-05-04, or a duration before now such as 24h or 7d; the last 7 days by default"`
	To     string `json:"to,omitempty" jsonschema:"only what began before then"`
	Budget int    `json:"budget,omitempty" jsonschema:"tokens that the result may have, 300 to 50000; 5000 by default"`
}

func (t *tools) doctor(ctx context.Context, in doctorArguments) (string, error) {
	a, n, err := t.begin(in.Budget, in.Q, in.From, in.To)
	if err != nil {
		return "", err
	}
	d, err := t.query.Doctor(ctx, t.scope, n)
	if err != nil {
		return "", err
	}
	a.line("From %s to %s: %s.", iso(d.FromMS), iso(d.ToMS), linkedShare(&d.Whole))
	for _, m := range d.Methods {
		a.line("  %s by the method %s", many(m.Generations, "generation"), m.Method)
	}
	for _, p := range d.Problems {
		a.line("Not linked, %s: %s%s. %s", p.Reason, many(p.Generations, "generation"), prefixed(" of ", p.Library), p.Detail)
		if p.Fix != "" {
			a.line("  in %s: %s", p.Language, p.Fix)
		}
	}
	for _, of := range []struct {
		name string
		all  []query.LinkedGroup
	}{{"By library", d.Libraries}, {"By service, or by environment where no service is named", d.Services}} {
		if len(of.all) > 0 {
			a.line("%s:", of.name)
		}
		for i := range of.all {
			g := &of.all[i]
			name := g.Name
			if name == "" {
				name = "(no name was sent)"
			}
			if !a.fits(fmt.Sprintf("  %s: %s", name, linkedShare(&g.LinkedShare))) {
				a.end("%d more were cut: ask with a larger budget.", len(of.all)-i)
				return a.String(), nil
			}
		}
	}
	var hour query.LinkedShare
	for i := range d.Live {
		hour.Generations += d.Live[i].Generations
		hour.Linked += d.Live[i].Linked
	}
	a.line("In the last hour: %d of %s linked.", hour.Linked, manyOrNone(hour.Generations, "generation"))
	return a.String(), nil
}

func linkedShare(s *query.LinkedShare) string {
	if s.Share == nil {
		return "no generations"
	}
	waiting := ""
	if s.Pending > 0 {
		waiting = fmt.Sprintf(", %d may still be", s.Pending)
	}
	return fmt.Sprintf("%d of %d generations and embeddings are linked to a recording (%s)%s", s.Linked, s.Generations, percent(*s.Share), waiting)
}
