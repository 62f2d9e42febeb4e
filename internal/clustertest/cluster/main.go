// Command cluster runs a cluster for tests in other languages and for measurements. When it is ready it prints one line of JSON on standard output,
// and it ends everything when its standard input ends, or by SIGINT or SIGTERM.
//
//	go run ./internal/clustertest/cluster [-bin PATH] [-shards 2] [-nodes 3] [-dir DIR] [-env NAME=VALUE …] [-direct] [-- more flags of every node]
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/playheadhq/playhead/internal/blocks/s3/s3test"
	"github.com/playheadhq/playhead/internal/clustertest"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdin, os.Stdout); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "cluster:", err)
		os.Exit(1)
	}
}

// ready is the JSON that is printed.
type ready struct {
	URL        string   `json:"url"`
	Token      string   `json:"token"`
	Nodes      []string `json:"nodes"`
	ClickHouse []string `json:"clickhouse"`
	// Store, S3 and Env are what one more node needs: its store, its blocks, and NAME=value of its environment.
	Store string   `json:"store"`
	S3    string   `json:"s3"`
	Env   []string `json:"env"`
	Dir   string   `json:"dir"`
}

func run(ctx context.Context, args []string, in io.Reader, out io.Writer) (err error) {
	flags := flag.NewFlagSet("cluster", flag.ContinueOnError)
	o := clustertest.Options{}
	flags.StringVar(&o.Bin, "bin", "", "the program of the nodes; built when none is given")
	flags.IntVar(&o.Shards, "shards", 2, "how many shards of ClickHouse")
	flags.IntVar(&o.Nodes, "nodes", 3, "how many nodes")
	flags.StringVar(&o.Dir, "dir", "", "directory for data and logs, which stay; a temporary one when none is given, which does not")
	flags.Func("env", "`NAME=VALUE` of every node's environment, any number of times: for what is no flag", func(v string) error {
		o.Env = append(o.Env, v)
		return nil
	})
	flags.BoolVar(&o.Direct, "direct", false, "nothing between nodes and storages: for measuring")
	if err := flags.Parse(args); err != nil {
		return err
	}
	o.Args = flags.Args()

	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		_, _ = io.Copy(io.Discard, in)
		cancel()
	}()
	if o.Dir == "" {
		if o.Dir, err = os.MkdirTemp("", "playhead-cluster-"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(o.Dir)) }()
	} else if err := os.MkdirAll(o.Dir, 0o755); err != nil {
		return err
	}
	if o.Bin == "" {
		o.Bin = filepath.Join(o.Dir, "playhead")
		if err := clustertest.Build(ctx, o.Bin); err != nil {
			return err
		}
	}
	c, err := clustertest.Start(ctx, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	is := ready{URL: c.URL, Token: c.Token, ClickHouse: c.ClickHouse.Addrs(), Store: c.StoreURL(), S3: c.S3URL(), Env: append(s3test.Environ(), o.Env...), Dir: o.Dir}
	for _, n := range c.Nodes {
		is.Nodes = append(is.Nodes, n.URL)
	}
	if err := json.NewEncoder(out).Encode(is); err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}
