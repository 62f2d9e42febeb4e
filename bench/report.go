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
	Name string `json:"name"`
	// Of is the engine, "" where there is only one.
	Of    string  `json:"of,omitempty"`
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
	r.addOf("", name, value, unit, goal, data)
}

// addOf adds a figure of one of several engines that are measured side by side.
func (r *report) addOf(engine, name string, value float64, unit, goal, data string) {
	r.Figures = append(r.Figures, figure{name, engine, value, unit, goal, data})
	fmt.Fprintf(os.Stderr, "%-11s %-58s %10s %-15s %s\n", engine, name, number(value), unit, goal)
}

// addLatencies adds the median and the 95th percentile of a set of requests.
func (r *report) addLatencies(name string, took []time.Duration, goal, data string) {
	median, p95 := percentiles(took)
	data = fmt.Sprintf("%s; %d requests", data, len(took))
	r.add(name+", median", median, "ms", "", data)
	r.add(name+", p95", p95, "ms", goal, data)
}

// percentiles are in milliseconds.
func percentiles(took []time.Duration) (median, p95 float64) {
	slices.Sort(took)
	at := func(q float64) float64 {
		return float64(took[min(int(q*float64(len(took))), len(took)-1)].Microseconds()) / 1000
	}
	return at(0.50), at(0.95)
}

// number has three digits that mean something.
func number(v float64) string {
	switch {
	case v >= 100 || v == 0:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.3g", v)
}

func (r *report) markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Commit %s, %s. %s, %s.\n\n    %s\n", r.Commit, r.When, r.Hardware, r.Go, r.Command)
	alone, engines := []figure{}, []string{}
	for _, f := range r.Figures {
		if f.Of == "" {
			alone = append(alone, f)
		} else if !slices.Contains(engines, f.Of) {
			engines = append(engines, f.Of)
		}
	}
	if len(alone) > 0 {
		b.WriteString("\n| figure | measured | asked for | data set |\n| --- | ---: | --- | --- |\n")
	}
	for _, f := range alone {
		fmt.Fprintf(&b, "| %s | %s %s | %s | %s |\n", f.Name, number(f.Value), f.Unit, f.Goal, f.Data)
	}
	if len(engines) > 0 {
		r.sideBySide(&b, engines)
	}
	return b.String()
}

// sideBySide is a table with a column for each engine, and one that says how many times the first one's number the last one's is.
func (r *report) sideBySide(b *strings.Builder, engines []string) {
	first, last := engines[0], engines[len(engines)-1]
	fmt.Fprintf(b, "\n| figure | unit | %s | %s : %s | asked for | data |\n| --- | --- |%s ---: | --- | --- |\n",
		strings.Join(engines, " | "), last, first, strings.Repeat(" ---: |", len(engines)))
	var names, data []string
	for _, f := range r.Figures {
		if f.Of != "" && !slices.Contains(names, f.Name) {
			names = append(names, f.Name)
		}
	}
	for _, name := range names {
		var any figure
		values := map[string]float64{}
		for _, f := range r.Figures {
			if f.Of != "" && f.Name == name {
				any, values[f.Of] = f, f.Value
			}
		}
		fmt.Fprintf(b, "| %s | %s |", name, any.Unit)
		for _, e := range engines {
			if v, ok := values[e]; ok {
				b.WriteString(" " + number(v))
			}
			b.WriteString(" |")
		}
		_, measured := values[last]
		if measured && values[first] > 0 {
			fmt.Fprintf(b, " %.2f", values[last]/values[first])
		}
		note := slices.Index(data, any.Data)
		if note < 0 {
			note, data = len(data), append(data, any.Data)
		}
		fmt.Fprintf(b, " | %s | %d |\n", any.Goal, note+1)
	}
	b.WriteString("\nData:\n\n")
	for i, d := range data {
		fmt.Fprintf(b, "%d. %s\n", i+1, d)
	}
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
