package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
	"time"
)

const token = "phc_bench_0000000000000000000000000000"

// client sends its requests to one node after the other, like a load balancer. Its methods are safe for concurrent use.
type client struct {
	http *http.Client
	// urls are the addresses of the nodes; a single server has one.
	urls []string
	next atomic.Int64
}

func newClient(urls ...string) *client {
	return &client{urls: urls, http: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 2048, DisableCompression: true}}}
}

// url is the address of the next node.
func (c *client) url() string { return c.urls[int(c.next.Add(1))%len(c.urls)] }

func (c *client) get(ctx context.Context, path string) (int, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.url()+path, nil)
	if err != nil {
		return 0, nil, err
	}
	res, err := c.http.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	return res.StatusCode, raw, err
}

// getJSON reads path into v and returns the duration of the whole request.
func (c *client) getJSON(ctx context.Context, path string, v any) (time.Duration, error) {
	begun := time.Now()
	status, raw, err := c.get(ctx, path)
	took := time.Since(begun)
	if err != nil {
		return 0, err
	}
	if status != http.StatusOK {
		return 0, fmt.Errorf("GET %s: %d: %.200s", path, status, raw)
	}
	if v == nil {
		return took, nil
	}
	return took, json.Unmarshal(raw, v)
}

// post sends a body until it is acknowledged, and retries after a 503. It returns the number of retries.
func (c *client) post(ctx context.Context, path, contentType string, body []byte) (retries int, err error) {
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url()+path, bytes.NewReader(body))
		if err != nil {
			return retries, err
		}
		req.Header.Set("Content-Type", contentType)
		res, err := c.http.Do(req)
		if err != nil {
			return retries, err
		}
		answer, _ := io.ReadAll(res.Body)
		res.Body.Close()
		switch res.StatusCode {
		case http.StatusOK:
			return retries, nil
		case http.StatusServiceUnavailable:
			retries++
			time.Sleep(20 * time.Millisecond)
		default:
			return retries, fmt.Errorf("POST %s: %d: %.200s", path, res.StatusCode, answer)
		}
	}
}

// totals is the part of /api/status that the bench reads.
type totals struct {
	Events      int64 `json:"events"`
	Generations int64 `json:"generations"`
	Recordings  int64 `json:"recordings"`
}

func (c *client) totals(ctx context.Context) (t totals, err error) {
	_, err = c.getJSON(ctx, "/api/status", &t)
	return t, err
}
