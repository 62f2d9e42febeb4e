package main

import (
	"context"
	"fmt"
	"maps"
	"time"
)

// meter has what an engine had used at the beginning of a load.
type meter struct {
	e        *engine
	cpu      map[string]float64
	each     []float64 // of each ClickHouse server
	counters counters
}

// usage is what a load has used.
type usage struct {
	cpu   map[string]float64 // seconds, by kind of process
	each  []float64          // seconds of each of ClickHouse's servers
	grown counters           // of the nodes and of ClickHouse
	// peakNode and peakClickHouse are the largest memory of a node and of a ClickHouse server, in MB.
	peakNode, peakClickHouse float64
}

func (e *engine) startMeter(ctx context.Context) (*meter, error) {
	if err := e.forgetPeaks(); err != nil {
		return nil, err
	}
	counted, err := e.counted(ctx)
	return &meter{e, e.cpuSeconds(), e.clickhouseSeconds(), counted}, err
}

func (m *meter) read(ctx context.Context) (*usage, error) {
	u := &usage{
		cpu: m.e.cpuSeconds(), each: m.e.clickhouseSeconds(),
		peakNode: largest(m.e.nodes, process.peakMB), peakClickHouse: largest(m.e.clickhouse, process.peakMB),
	}
	for kind := range u.cpu {
		u.cpu[kind] -= m.cpu[kind]
	}
	for i := range u.each {
		u.each[i] -= m.each[i]
	}
	counted, err := m.e.counted(ctx)
	u.grown = counted.since(m.counters)
	return u, err
}

// settled reads the meter after ClickHouse has merged the data.
func (m *meter) settled(ctx context.Context) (*usage, error) {
	if err := settle(ctx, m.e.cluster, len(m.e.clickhouse)); err != nil {
		return nil, err
	}
	return m.read(ctx)
}

// counted are the counters of all processes that have some.
func (e *engine) counted(ctx context.Context) (counters, error) {
	all, err := e.counters(ctx)
	if err != nil || e.cluster == nil {
		return all, err
	}
	servers, err := serverCounters(ctx, e.cluster, len(e.clickhouse))
	maps.Copy(all, servers)
	return all, err
}

// clickhouseSeconds is the processor time of each server.
func (e *engine) clickhouseSeconds() []float64 {
	var all []float64
	for _, p := range e.clickhouse {
		all = append(all, p.cpuSeconds())
	}
	return all
}

// report adds processor time for each unit of the load, of which there were n, and the peaks of memory.
func (u *usage) report(c column, load string, n float64, unit, data string) {
	for _, k := range c.kinds() {
		if len(k.all) > 0 {
			c.add(load+": processor time of "+k.name, u.cpu[k.name]/n, unit, "", data)
		}
	}
	for i, seconds := range u.each {
		if len(u.each) > 1 {
			c.add(fmt.Sprintf("%s: of that, server %d", load, i+1), seconds/n, unit, "", data)
		}
	}
	c.add(load+": peak memory of a node", u.peakNode, "MB", "512 at most", data)
	if u.peakClickHouse > 0 {
		c.add(load+": peak memory of a ClickHouse server", u.peakClickHouse, "MB", "", data)
	}
}

// reportCommits adds the size of the nodes' commits.
func (u *usage) reportCommits(c column, load string, took time.Duration, data string) {
	rows, commits := u.grown.mean("playhead_ingest_commit_rows")
	seconds, _ := u.grown.mean("playhead_ingest_commit_seconds")
	c.add(load+": commits of a node", commits/float64(len(c.nodes))/took.Seconds(), "per second", "", data)
	c.add(load+": rows of one commit", rows, "rows", "", data)
	c.add(load+": time of one commit", seconds*1000, "ms", "", data)
}
