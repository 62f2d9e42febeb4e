package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/playheadhq/playhead/internal/clustertest"
)

// engine is one of the deployments that are compared.
type engine struct {
	name string
	*client
	nodes, clickhouse []process
	s3                []process // none if recordings are in a directory

	// One of server and cluster is nil.
	server  *server
	cluster *clustertest.Cluster
	dir     string // of the cluster
}

// embedded is one server with everything in its data directory.
func embedded(ctx context.Context, o options) (*engine, error) {
	s, err := startEmpty(ctx, o, "embedded")
	if err != nil {
		return nil, err
	}
	return &engine{name: "embedded", client: s.client, nodes: []process{s.process}, server: s}, nil
}

// shards starts a cluster of a number of ClickHouse servers, and three nodes that are used in turn.
func shards(n int, name string) func(context.Context, options) (*engine, error) {
	return clustered(3, n, name)
}

// clustered starts a cluster of a number of nodes and n ClickHouse servers.
func clustered(nodes, n int, name string) func(context.Context, options) (*engine, error) {
	return func(ctx context.Context, o options) (*engine, error) {
		dir, err := os.MkdirTemp(o.dir, "playhead-bench-cluster-")
		if err != nil {
			return nil, err
		}
		bin, err := filepath.Abs(o.bin)
		if err != nil {
			return nil, err
		}
		c, err := clustertest.Start(ctx, clustertest.Options{
			Dir: dir, Bin: bin, Shards: n, Nodes: nodes, Direct: true, Args: []string{"--tokens", token},
		})
		if err != nil {
			return nil, errors.Join(err, os.RemoveAll(dir))
		}
		e := &engine{name: name, cluster: c, dir: dir, s3: []process{process(c.S3.PID())}}
		var urls []string
		for _, node := range c.Nodes {
			urls = append(urls, node.URL)
			e.nodes = append(e.nodes, process(node.PID()))
		}
		for i := range n {
			e.clickhouse = append(e.clickhouse, process(c.ClickHouse.At(i).PID()))
		}
		e.client = newClient(urls...)
		return e, nil
	}
}

// close ends all processes and removes their data.
func (e *engine) close() error {
	if e.server != nil {
		return e.server.close()
	}
	return errors.Join(e.cluster.Close(), os.RemoveAll(e.dir))
}

// kinds are the engine's processes by kind, and the load generator.
func (e *engine) kinds() []kind {
	return []kind{{"the nodes", e.nodes}, {"ClickHouse", e.clickhouse}, {"S3", e.s3}, {"the load generator", []process{self()}}}
}

type kind struct {
	name string
	all  []process
}

// cpuSeconds is the processor time of the processes, by kind.
func (e *engine) cpuSeconds() map[string]float64 {
	used := map[string]float64{}
	for _, k := range e.kinds() {
		for _, p := range k.all {
			used[k.name] += p.cpuSeconds()
		}
	}
	return used
}

// serverSeconds is the processor time of all processes of the engine.
func (e *engine) serverSeconds() float64 {
	used := 0.0
	for _, p := range slices.Concat(e.nodes, e.clickhouse, e.s3) {
		used += p.cpuSeconds()
	}
	return used
}

// forgetPeaks resets the peaks of memory.
func (e *engine) forgetPeaks() error {
	var errs []error
	for _, p := range slices.Concat(e.nodes, e.clickhouse) {
		errs = append(errs, p.forgetPeak())
	}
	return errors.Join(errs...)
}

// largest is the largest value of a measurement among processes.
func largest(all []process, of func(process) float64) float64 {
	most := 0.0
	for _, p := range all {
		most = max(most, of(p))
	}
	return most
}

// objects are the number and the size of the objects in the S3 server.
func (e *engine) objects() (count, bytes int64) {
	_ = filepath.Walk(filepath.Join(e.dir, "s3"), func(path string, info os.FileInfo, err error) error {
		if err == nil && info.Mode().IsRegular() && strings.HasSuffix(path, ".blocks") {
			count, bytes = count+1, bytes+info.Size()
		}
		return nil
	})
	return count, bytes
}
