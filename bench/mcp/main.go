// Command mcp asks some eighty questions about recorded sessions by MCP, and counts how many of the facts that answer them are in the results. What happened
// is the demo's history of a fixed day, so the facts are known from what was sent, not from what the server says of it. Then it measures how much
// longer than the API the tools take.
//
//	go run ./bench/mcp -bin bin/playhead > bench/results/NAME.md
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/playheadhq/playhead/internal/demo/history"
)

const (
	token = "phc_bench"
	// mostBytes is what the results of one question may have, wantedShare of the facts must be in them. The aim is at most 20,000 tokens. A token of any
	// vocabulary of bytes has at least one byte, so these results have at most as many tokens as bytes, whatever model reads them. How many fewer is not measured.
	mostBytes   = 20_000
	wantedShare = 0.9
	patience    = 5 * time.Minute
)

func main() {
	bin := flag.String("bin", "bin/playhead", "the server")
	rounds := flag.Int("rounds", 40, "how often each pair is asked for the comparison with the API")
	shown := flag.Bool("v", false, "show the results of questions of which facts are missing")
	flag.Parse()
	if err := run(context.Background(), os.Stdout, *bin, *rounds, *shown); err != nil {
		fmt.Fprintln(os.Stderr, "bench/mcp:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer, bin string, rounds int, shown bool) error {
	base, stop, err := serve(ctx, bin)
	if err != nil {
		return err
	}
	defer stop()
	h := history.New(time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC), history.Size{Sessions: 160, Generations: 2200})
	if err := h.Send(ctx, history.Target{URL: base, Token: token, HTTP: http.DefaultClient}, func(int) {}); err != nil {
		return err
	}
	all := truth(h)
	if err := settled(ctx, base, all); err != nil {
		return err
	}
	session, err := sdk.NewClient(&sdk.Implementation{Name: "bench", Version: "1"}, nil).Connect(ctx, &sdk.StreamableClientTransport{Endpoint: base + "/mcp"}, nil)
	if err != nil {
		return err
	}
	defer session.Close()
	right, err := score(ctx, out, session, questions(h, all), shown)
	if err != nil {
		return err
	}
	if err := compare(ctx, out, session, base, all, rounds); err != nil {
		return err
	}
	if right < wantedShare {
		return fmt.Errorf("%.0f %% of the facts are in the results, of %.0f", 100*right, 100*wantedShare)
	}
	return nil
}

// serve runs a server with nothing in it.
func serve(ctx context.Context, bin string) (base string, stop func(), err error) {
	dir, err := os.MkdirTemp("", "bench-mcp-*")
	if err != nil {
		return "", nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	address := l.Addr().String()
	_ = l.Close()
	if bin, err = filepath.Abs(bin); err != nil {
		return "", nil, err
	}
	server := exec.CommandContext(ctx, bin, "serve", "--listen", address, "--data", filepath.Join(dir, "data"), "--token", token, "--log-level", "error")
	server.Stderr = os.Stderr
	if err := server.Start(); err != nil {
		return "", nil, err
	}
	base = "http://" + address
	stop = func() {
		_ = server.Process.Signal(os.Interrupt)
		_ = server.Wait()
		_ = os.RemoveAll(dir)
	}
	err = until(ctx, "the server is ready", func() (bool, error) {
		response, err := http.Get(base + "/readyz")
		if err != nil {
			return false, nil //nolint:nilerr // it does not listen yet
		}
		return response.StatusCode == http.StatusOK, response.Body.Close()
	})
	if err != nil {
		stop()
		return "", nil, err
	}
	return base, stop, nil
}

// until asks again until something holds.
func until(ctx context.Context, what string, holds func() (bool, error)) error {
	for end := time.Now().Add(patience); ; {
		ok, err := holds()
		if ok || err != nil {
			return err
		}
		if time.Now().After(end) {
			return errors.New("it took too long until " + what)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
}

func get(ctx context.Context, address string, into any) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s %s", address, response.Status, body)
	}
	if err != nil || into == nil {
		return err
	}
	return json.Unmarshal(body, into)
}

// settled waits until links and activity are stored.
func settled(ctx context.Context, base string, all []*trace) error {
	total := func(q string) (n int, err error) {
		var list struct{ Total int }
		err = get(ctx, base+"/api/generations?limit=1&count=true&q="+url.QueryEscape(q), &list)
		return list.Total, err
	}
	err := until(ctx, "all links are stored", func() (bool, error) {
		linked, err := total("link:linked,none")
		if err != nil {
			return false, err
		}
		whole, err := total("")
		return linked == whole, err
	})
	if err != nil {
		return err
	}
	for _, t := range all {
		if !t.recorded {
			continue
		}
		err := until(ctx, "activity is stored", func() (bool, error) {
			var page struct{ Activity []any }
			err := get(ctx, base+"/api/sessions/"+t.session+"/activity?limit=1&kinds=key", &page)
			return len(page.Activity) > 0, err
		})
		if err != nil {
			return err
		}
	}
	return until(ctx, "what users saw of the answers in linked traces is stored", func() (bool, error) {
		var known, linked struct{ Total int }
		traces := base + "/api/traces?limit=1&count=true&q="
		err := errors.Join(get(ctx, traces+url.QueryEscape("link:linked seen:*"), &known), get(ctx, traces+url.QueryEscape("link:linked"), &linked))
		return known.Total == linked.Total, err
	})
}

// ask is the text of a tool's result.
func ask(ctx context.Context, s *sdk.ClientSession, tool string, arguments map[string]any) (string, error) {
	result, err := s.CallTool(ctx, &sdk.CallToolParams{Name: tool, Arguments: arguments})
	if err != nil {
		return "", fmt.Errorf("%s %v: %w", tool, arguments, err)
	}
	var b strings.Builder
	for _, c := range result.Content {
		if text, ok := c.(*sdk.TextContent); ok {
			b.WriteString(text.Text)
		}
	}
	return b.String(), nil
}

// score asks all questions and writes a table. It returns the share of facts that were in the results.
func score(ctx context.Context, out io.Writer, s *sdk.ClientSession, all []question, shown bool) (share float64, err error) {
	fmt.Fprintf(out, "# %d questions about recorded sessions, by MCP\n\n| question | calls | bytes | facts | missing |\n| --- | --- | ---: | ---: | --- |\n", len(all))
	facts, found, most := 0, 0, 0
	for _, q := range all {
		results := ""
		var calls []string
		for _, call := range q.calls {
			arguments := call.arguments(results)
			text, err := ask(ctx, s, call.tool, arguments)
			if err != nil {
				return 0, err
			}
			calls = append(calls, call.tool)
			results += text + "\n"
		}
		var missing []string
		for _, fact := range q.facts {
			facts++
			if strings.Contains(folded(results), folded(fact)) && len(results) <= mostBytes {
				found++
			} else {
				missing = append(missing, fact)
			}
		}
		n := len(results)
		most = max(most, n)
		fmt.Fprintf(out, "| %s | %s | %d | %d of %d | %s |\n", q.text, strings.Join(calls, ", "), n, len(q.facts)-len(missing), len(q.facts), strings.Join(missing, "; "))
		if shown && len(missing) > 0 {
			fmt.Fprintf(os.Stderr, "%s\nmissing %q in\n%s\n\n", q.text, missing, results)
		}
	}
	share = float64(found) / float64(facts)
	fmt.Fprintf(out, "\n%d of %d facts are in the results: %.1f %% (target: at least %.0f %%). The longest results of a question have %d bytes, which are at most as many tokens (target: at most %d). Tokens were not counted.\n", found, facts, 100*share, 100*wantedShare, most, mostBytes)
	return share, nil
}

// folded is text without what differs by layout: white space, case and Markdown.
func folded(text string) string {
	text = strings.NewReplacer("*", "", "`", "", "#", "", "\\\"", "\"").Replace(strings.ToLower(text))
	return strings.Join(strings.Fields(text), " ")
}

// compare measures tools beside the API's routes that answer with the same rows.
func compare(ctx context.Context, out io.Writer, s *sdk.ClientSession, base string, all []*trace, rounds int) error {
	one := all[slices.IndexFunc(all, func(t *trace) bool { return t.recorded })]
	pairs := []struct {
		tool      string
		arguments map[string]any
		path      string
	}{
		{"search", map[string]any{"of": "traces", "limit": 20}, "/api/traces?limit=20&count=true"},
		{"search", map[string]any{"of": "generations", "limit": 20, "q": "error:true"}, "/api/generations?limit=20&count=true&q=error:true"},
		{"aggregate", map[string]any{"of": "generations", "measure": "count,p95(latency)", "by": "model"}, "/api/aggregate?of=generations&measure=count,p95(latency)&by=model"},
		{"trace", map[string]any{"id": one.id}, "/api/traces/" + one.id},
		{"generation", map[string]any{"id": one.last().UUID}, "/api/generations/" + one.last().UUID},
		{"conversation", map[string]any{"id": one.conversation}, "/api/conversations/" + one.conversation},
		{"impact", map[string]any{"by": "release"}, "/api/impact?by=release"},
		{"doctor", map[string]any{"from": "2026-10-01"}, "/api/doctor?from=2026-10-01T00:00:00Z"},
		{"on_the_screen", map[string]any{"session": one.session, "at": fmt.Sprint(one.endMS)}, fmt.Sprintf("/api/sessions/%s/dom?t=%d", one.session, one.endMS)},
	}
	fmt.Fprintf(out, "\n## Beside the API\n\nThe fastest of %d rounds each, taken in turns over loopback: other load on the machine adds to some rounds, and never takes away.\n\n| tool | ms | route | ms | more |\n| --- | ---: | --- | ---: | ---: |\n", rounds)
	for _, p := range pairs {
		var tool, route []time.Duration
		byTool := func() error {
			began := time.Now()
			_, err := ask(ctx, s, p.tool, p.arguments)
			tool = append(tool, time.Since(began))
			return err
		}
		byRoute := func() error {
			began := time.Now()
			err := get(ctx, base+p.path, nil)
			route = append(route, time.Since(began))
			return err
		}
		for i := range rounds {
			first, second := byTool, byRoute
			if i%2 == 1 { // whoever is second finds in caches what the first one read
				first, second = second, first
			}
			if err := errors.Join(first(), second()); err != nil {
				return err
			}
		}
		a, b := fastest(tool), fastest(route)
		fmt.Fprintf(out, "| %s | %.1f | %s | %.1f | %+.1f |\n", p.tool, a, strings.ReplaceAll(strings.ReplaceAll(p.path, one.id, "{id}"), one.session, "{id}"), b, a-b)
	}
	return nil
}

// fastest is the least of some durations, in milliseconds.
func fastest(all []time.Duration) float64 {
	return float64(slices.Min(all).Microseconds()) / 1000
}

// plainJSON is a value as JSON has it: texts, numbers, lists and maps.
func plainJSON(v any, into any) error {
	var b bytes.Buffer
	if err := json.NewEncoder(&b).Encode(v); err != nil {
		return err
	}
	return json.NewDecoder(&b).Decode(into)
}
