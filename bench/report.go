package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"time"
)

// report is what one run measured, and where.
type report struct {
	Commit   string   `json:"commit"`
	When     string   `json:"when"`
	Hardware string   `json:"hardware"`
	Go       string   `json:"go"`
	Command  string   `json:"command"`
	Figures  []figure `json:"figures"`
}

// figure is one measured number beside what was asked of it.
type figure struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
	// Goal is "" where nothing was asked.
	Goal string `json:"goal"`
	Data string `json:"data"`
}

func newReport() *report {
	return &report{
		Commit:   output("git", "describe", "--always", "--dirty", "--abbrev=12"),
		When:     time.Now().UTC().Format("2006-01-02 15:04 UTC"),
		Hardware: hardware(),
		Go:       runtime.Version(),
		Command:  "go run ./bench " + strings.Join(os.Args[1:], " "),
	}
}

func (r *report) add(name string, value float64, unit, goal, data string) {
	r.Figures = append(r.Figures, figure{name, value, unit, goal, data})
	fmt.Fprintf(os.Stderr, "%-52s %10.1f %-9s %s\n", name, value, unit, goal)
}

// addLatencies adds the median and the 95th percentile of a set of requests.
func (r *report) addLatencies(name string, took []time.Duration, goal, data string) {
	slices.Sort(took)
	at := func(q float64) float64 {
		return float64(took[min(int(q*float64(len(took))), len(took)-1)].Microseconds()) / 1000
	}
	data = fmt.Sprintf("%s; %d requests", data, len(took))
	r.add(name+", median", at(0.50), "ms", "", data)
	r.add(name+", p95", at(0.95), "ms", goal, data)
}

func (r *report) markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Commit %s, %s. %s, %s.\n\n    %s\n\n", r.Commit, r.When, r.Hardware, r.Go, r.Command)
	b.WriteString("| figure | measured | asked for | data set |\n| --- | ---: | --- | --- |\n")
	for _, f := range r.Figures {
		value := fmt.Sprintf("%.0f", f.Value)
		if f.Value < 100 {
			value = fmt.Sprintf("%.1f", f.Value)
		}
		fmt.Fprintf(&b, "| %s | %s %s | %s | %s |\n", f.Name, value, f.Unit, f.Goal, f.Data)
	}
	return b.String()
}

func hardware() string {
	cpu := "unknown processor"
	if raw, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for line := range strings.Lines(string(raw)) {
			if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
				cpu = strings.TrimSpace(value)
				break
			}
		}
	}
	return fmt.Sprintf("%d cores of %s, shared by server and load generator", runtime.NumCPU(), cpu)
}

func output(name string, args ...string) string {
	raw, err := exec.Command(name, args...).Output()
	if err != nil {
		return "unknown"
	}
	return strings.TrimSpace(string(raw))
}
