package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

// report is what one run measured, and where.
type report struct {
	Commit   string        `json:"commit"`
	When     string        `json:"when"`
	Hardware string        `json:"hardware"`
	Go       string        `json:"go"`
	Command  string        `json:"command"`
	Figures  []figure      `json:"figures"`
	Tables   []*comparison `json:"tables,omitempty"`
	// Series are the samples of a soak, if there was one.
	Series []sample `json:"series,omitempty"`

	part string // the part that is being measured
}

// figure is one measurement and its goal.
type figure struct {
	Part string `json:"part"`
	Name string `json:"name"`
	// Of is one of several things that are compared, for example an engine; "" if there is only one.
	Of    string  `json:"of,omitempty"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
	// Goal is "" if there is none.
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

// addOf adds a figure about one of several things that are compared.
func (r *report) addOf(of, name string, value float64, unit, goal, data string) {
	r.Figures = append(r.Figures, figure{r.part, name, of, value, unit, goal, data})
	fmt.Fprintf(os.Stderr, "%-15s %-58s %10s %-15s %s\n", of, name, number(value), unit, goal)
}

// addLatencies adds the median and the 95th percentile of a set of requests.
func (r *report) addLatencies(name string, took []time.Duration, goal, data string) {
	median, p95 := percentiles(took)
	data = fmt.Sprintf("%s; %d requests", data, len(took))
	r.add(name+", median", median, "ms", "", data)
	r.add(name+", p95", p95, "ms", goal, data)
}

// addAsked adds the median (with a goal) and the 95th percentile of a set of questions, and the processor time, of which cpu is the sum in seconds.
func (r *report) addAsked(of, name string, took []time.Duration, cpu float64, goal, data string) {
	median, p95 := percentiles(took)
	r.addOf(of, name+", median", median, "ms", goal, data)
	r.addOf(of, name+", p95", p95, "ms", "", data)
	r.addOf(of, name+", server's processor time", cpu/float64(len(took))*1000, "ms", "", data)
}

// percentiles are in milliseconds.
func percentiles(took []time.Duration) (median, p95 float64) {
	slices.Sort(took)
	at := func(q float64) float64 {
		return float64(took[min(int(q*float64(len(took))), len(took)-1)].Microseconds()) / 1000
	}
	return at(0.50), at(0.95)
}

// number has three significant digits.
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
	var alone []figure
	var parts []string
	for _, f := range r.Figures {
		if f.Of == "" {
			alone = append(alone, f)
		} else if !slices.Contains(parts, f.Part) {
			parts = append(parts, f.Part)
		}
	}
	if len(alone) > 0 {
		b.WriteString("\n| figure | measured | asked for | data set |\n| --- | ---: | --- | --- |\n")
	}
	for _, f := range alone {
		fmt.Fprintf(&b, "| %s | %s %s | %s | %s |\n", f.Name, number(f.Value), f.Unit, f.Goal, f.Data)
	}
	for _, p := range parts {
		r.sideBySide(&b, p)
	}
	for _, t := range r.Tables {
		t.markdown(&b)
	}
	return b.String()
}

// sideBySide is a table with a column for each of the things that a part compares, and one with the ratio of the last one's number to the first
// one's.
func (r *report) sideBySide(b *strings.Builder, part string) {
	var columns, names, data []string
	rows := map[string]figure{}
	values := map[[2]string]float64{}
	for _, f := range r.Figures {
		if f.Part != part || f.Of == "" {
			continue
		}
		if !slices.Contains(columns, f.Of) {
			columns = append(columns, f.Of)
		}
		if _, known := rows[f.Name]; !known {
			names, rows[f.Name] = append(names, f.Name), f
		}
		values[[2]string{f.Name, f.Of}] = f.Value
	}
	first, last := columns[0], columns[len(columns)-1]
	fmt.Fprintf(b, "\n| %s | unit | %s | %s : %s | asked for | data |\n| --- | --- |%s ---: | --- | --- |\n",
		part, strings.Join(columns, " | "), last, first, strings.Repeat(" ---: |", len(columns)))
	for _, name := range names {
		row := rows[name]
		fmt.Fprintf(b, "| %s | %s |", name, row.Unit)
		for _, c := range columns {
			if v, measured := values[[2]string{name, c}]; measured {
				b.WriteString(" " + number(v))
			}
			b.WriteString(" |")
		}
		if v, measured := values[[2]string{name, last}]; measured && values[[2]string{name, first}] > 0 {
			fmt.Fprintf(b, " %.2f", v/values[[2]string{name, first}])
		}
		note := slices.Index(data, row.Data)
		if note < 0 {
			note, data = len(data), append(data, row.Data)
		}
		fmt.Fprintf(b, " | %s | %d |\n", row.Goal, note+1)
	}
	b.WriteString("\nData:\n\n")
	for i, d := range data {
		fmt.Fprintf(b, "%d. %s\n", i+1, d)
	}
}

// write writes the results so far into a JSON file, and beside it as Markdown; "" writes nothing.
func (r *report) write(file string) error {
	if file == "" {
		return nil
	}
	raw, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(file, append(raw, '\n'), 0o644); err != nil {
		return err
	}
	return os.WriteFile(strings.TrimSuffix(file, ".json")+".md", []byte(r.markdown()), 0o644)
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
	load := "unknown"
	if raw, err := os.ReadFile("/proc/loadavg"); err == nil {
		load, _, _ = strings.Cut(string(raw), " ")
	}
	return fmt.Sprintf("%d cores of %s, shared by server and load generator, with a load of %s before the run", runtime.NumCPU(), cpu, load)
}

func output(name string, args ...string) string {
	raw, err := exec.Command(name, args...).Output()
	if err != nil {
		return "unknown"
	}
	return strings.TrimSpace(string(raw))
}
