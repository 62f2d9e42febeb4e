package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"strings"
)

// simulations are the tests whose worlds have more answers than can be recorded: they need no server.
const simulations = "^(TestConcurrentAnswers|TestPlantedEffects|TestIntervalsHoldTogether|TestThePlaceboCheckFailsWhereSomethingElseIsBehindIt)$"

// measureSimulated runs the simulations, and adds the figures that they report.
func measureSimulated(ctx context.Context, _ options, r *report) error {
	command := exec.CommandContext(ctx, "go", "test", "-count=1", "-v", "-run", simulations, "./internal/link", "./internal/impact")
	out, failed := command.CombinedOutput()
	all, err := reported(string(out))
	if err != nil {
		return err
	}
	for _, f := range all {
		r.add(f.Name, f.Value, f.Unit, f.Goal, f.Data)
	}
	if failed != nil {
		return fmt.Errorf("%v: %w\n%s", command.Args, failed, out)
	}
	return nil
}

// reported are the figures in the output of tests, which report each as an attribute.
func reported(out string) (all []figure, err error) {
	for line := range strings.Lines(out) {
		_, text, is := strings.Cut(line, " figure ")
		if !is || !strings.HasPrefix(strings.TrimSpace(line), "=== ATTR") {
			continue
		}
		var f figure
		if err := json.Unmarshal([]byte(text), &f); err != nil {
			return nil, fmt.Errorf("read the figure %q: %w", text, err)
		}
		all = append(all, f)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("the simulations reported no figures:\n%s", out)
	}
	return all, nil
}
