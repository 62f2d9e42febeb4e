package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// counters are the metrics of all nodes, added up, by name with labels.
type counters map[string]float64

// counters asks every node for its metrics.
func (c *client) counters(ctx context.Context) (counters, error) {
	sums := counters{}
	for _, url := range c.urls {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/metrics", nil)
		if err != nil {
			return nil, err
		}
		res, err := c.http.Do(req)
		if err != nil {
			return nil, err
		}
		raw, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil {
			return nil, err
		}
		if res.StatusCode != http.StatusOK {
			return nil, fmt.Errorf("GET %s/metrics: %d", url, res.StatusCode)
		}
		for line := range strings.Lines(string(raw)) {
			at := strings.LastIndexByte(line, ' ')
			if at < 0 || strings.HasPrefix(line, "#") {
				continue
			}
			value, err := strconv.ParseFloat(strings.TrimSpace(line[at:]), 64)
			if err == nil {
				sums[line[:at]] += value
			}
		}
	}
	return sums, nil
}

// since is the increase of the counters.
func (c counters) since(before counters) counters {
	grown := counters{}
	for name, value := range c {
		grown[name] = value - before[name]
	}
	return grown
}

// mean is the mean of a histogram's observations, and their number.
func (c counters) mean(histogram string) (mean, count float64) {
	count = c[histogram+"_count"]
	return c[histogram+"_sum"] / max(count, 1), count
}
