// Command plan computes the tables of docs/cluster.md about the size and the cost of a cluster: from the measurements of bench (-results), from
// assumptions (assumed.go), and with the formulas of model.go. A test compares the document.
//
//	go run ./bench/plan                         prints the tables
//	go run ./bench/plan -write docs/cluster.md  puts them between their markers
package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
)

// results are the runs that the document uses.
const results = "bench/results/2026-11-23-cluster.json,bench/results/2026-11-23-commits.json,bench/results/2026-11-23-growth.json"

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "plan:", err)
		os.Exit(1)
	}
}

func run() error {
	from := flag.String("results", results, "what bench measured: runs of -only cluster, commits and growth, in one file or several with commas between them")
	into := flag.String("write", "", "the document to put the tables into")
	flag.Parse()
	m, err := read(strings.Split(*from, ",")...)
	if err != nil {
		return err
	}
	tables, err := m.tables()
	if err != nil {
		return err
	}
	if *into == "" {
		for _, t := range tables {
			fmt.Printf("%s:\n\n%s\n", t.name, t.text)
		}
		return nil
	}
	document, err := os.ReadFile(*into)
	if err != nil {
		return err
	}
	written, err := put(string(document), tables)
	if err != nil {
		return fmt.Errorf("%s: %w", *into, err)
	}
	return os.WriteFile(*into, []byte(written), 0o644)
}
