// Package clustertest runs a whole cluster for tests: nodes that are processes of the real program, over real ClickHouse shards and a real S3 server,
// behind a load balancer that gives each request to the next node. Each part can be killed, stopped, or cut off, and started again. It needs what
// packages chtest and s3test need. All processes that it starts end with the process that started them, even if that is killed.
package clustertest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/playheadhq/playhead/internal/blocks/s3/s3test"
	"github.com/playheadhq/playhead/internal/store/clickhouse/chtest"
	"github.com/playheadhq/playhead/internal/testport"
)

// Options of Start. Dir and Bin are needed.
type Options struct {
	// Dir holds all data and logs. It must exist.
	Dir string
	// S3Dir holds what the S3 server stores; "" is a directory in Dir.
	S3Dir string
	// Bin is the program that nodes run, see Build.
	Bin string
	// Shards and Nodes are the numbers of shards and nodes; 0 means the defaults, 2 and 3.
	Shards, Nodes int
	// Args and Env are additional flags and environment variables (NAME=value) of every node.
	Args, Env []string
	// Direct connects nodes and shards without proxies: for measurements in which nothing is killed.
	Direct bool
}

// Cluster is a running cluster.
type Cluster struct {
	// URL is the balancer's address, without a slash at its end; Token is what clients send.
	URL, Token string
	Nodes      []*Node
	ClickHouse *chtest.Servers
	S3         *s3test.Server
	// S3Proxy is the proxy between the nodes and S3, nil when there is none.
	S3Proxy  *s3test.Proxy
	Balancer *Balancer
}

// token is always the same, so that a script works with every cluster.
const token = "phc_cluster"

// Start starts everything and returns when every node is ready.
func Start(ctx context.Context, o Options) (_ *Cluster, err error) {
	c := &Cluster{Token: token}
	defer func() {
		if err != nil {
			err = errors.Join(err, c.Close())
		}
	}()
	startServers := chtest.Start
	if o.Direct {
		startServers = chtest.StartDirect
	}
	if o.Dir, err = filepath.Abs(o.Dir); err != nil {
		return nil, err
	}
	if c.ClickHouse, err = startServers(ctx, filepath.Join(o.Dir, "clickhouse"), cmp.Or(o.Shards, 2)); err != nil {
		return nil, err
	}
	if c.S3, err = s3test.Start(ctx, cmp.Or(o.S3Dir, filepath.Join(o.Dir, "s3"))); err != nil {
		return nil, err
	}
	if !o.Direct {
		if c.S3Proxy, err = s3test.NewProxy(c.S3.Addr); err != nil {
			return nil, err
		}
	}
	addresses, err := testport.Free(cmp.Or(o.Nodes, 3))
	if err != nil {
		return nil, err
	}
	environ := append(c.environ(), o.Env...)
	for i, address := range addresses {
		c.Nodes = append(c.Nodes, newNode(address, o.Bin, filepath.Join(o.Dir, fmt.Sprintf("node-%d.log", i)), o.Args, environ))
	}
	if err := c.each(func(n *Node) error { return errors.Join(n.Start(ctx), n.Ready(ctx)) }); err != nil {
		return nil, err
	}
	if c.Balancer, err = newBalancer(c.Nodes); err != nil {
		return nil, err
	}
	c.URL = c.Balancer.URL
	return c, nil
}

// each calls do for all nodes at the same time.
func (c *Cluster) each(do func(*Node) error) error {
	errs := make(chan error)
	for _, n := range c.Nodes {
		go func() { errs <- do(n) }()
	}
	var all error
	for range c.Nodes {
		all = errors.Join(all, <-errs)
	}
	return all
}

// Close ends everything at once. The data and the logs stay.
func (c *Cluster) Close() error {
	var errs []error
	if c.Balancer != nil {
		errs = append(errs, c.Balancer.Close())
	}
	errs = append(errs, c.each((*Node).Kill))
	if c.S3Proxy != nil {
		errs = append(errs, c.S3Proxy.Close())
	}
	if c.S3 != nil {
		errs = append(errs, c.S3.Close())
	}
	if c.ClickHouse != nil {
		errs = append(errs, c.ClickHouse.Close())
	}
	return errors.Join(errs...)
}

// S3URL is the address of recordings that nodes use.
func (c *Cluster) S3URL() string {
	through := ""
	if c.S3Proxy != nil {
		through = c.S3Proxy.Addr()
	}
	return c.S3.URL(through, "cluster")
}

// StoreURL is the address of events that nodes use.
func (c *Cluster) StoreURL() string { return c.ClickHouse.URL("playhead") }

// environ is the environment of every node: that of this process without variables of Playhead and S3, and with those of the cluster.
func (c *Cluster) environ() []string {
	var all []string
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "PLAYHEAD_") && !strings.HasPrefix(v, "AWS_") {
			all = append(all, v)
		}
	}
	all = append(all, s3test.Environ()...)
	return append(all, "PLAYHEAD_STORE="+c.StoreURL(), "PLAYHEAD_BLOCKS="+c.S3URL(), "PLAYHEAD_TOKEN="+token)
}

// Build builds the program of the repository that the working directory lies in, as nodes run it: without cgo.
func Build(ctx context.Context, bin string) error {
	build := exec.CommandContext(ctx, "go", "build", "-o", bin, "github.com/playheadhq/playhead/cmd/playhead")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if said, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build the program of the nodes: %w: %s", err, said)
	}
	return nil
}
