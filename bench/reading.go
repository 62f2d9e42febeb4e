package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"sync"

	"github.com/tidwall/gjson"
)

// storedEvent is the nth event of package heavy, with its addresses in the API.
type storedEvent int64

func (n storedEvent) id() string         { return fmt.Sprint(int64(1e11) + int64(n)) }
func (n storedEvent) trace() string      { return "/api/traces/heavy-" + n.id() }
func (n storedEvent) generation() string { return "/api/generations/01990000-0000-7000-8000-" + n.id() }

// mostPages is how many pages of one list are read: nobody reads all pages of millions of empty messages.
const mostPages = 10

// reading is what readers got, and what it cost the server.
type reading struct {
	mu        sync.Mutex
	answers   int
	largestMB float64
	dearest   float64 // the largest processor time for one answer, in seconds, with one reader

	cpu, grownMB float64 // in total
	failed       error   // the first failed answer
}

func (r *reading) get(ctx context.Context, s *server, path string) ([]byte, error) {
	cpu := s.cpuSeconds()
	status, raw, err := s.get(ctx, path)
	if err != nil {
		return nil, err
	}
	if status != http.StatusOK {
		return nil, fmt.Errorf("GET %s: %d %.200s", path, status, raw)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answers++
	r.largestMB = max(r.largestMB, float64(len(raw))/1e6)
	r.dearest = max(r.dearest, s.cpuSeconds()-cpu)
	return raw, nil
}

func (r *reading) readTrace(ctx context.Context, s *server, e storedEvent) error {
	_, err := r.get(ctx, s, e.trace())
	return err
}

// readGeneration reads a generation, and the rest of its messages and content as long as there is more.
func (r *reading) readGeneration(ctx context.Context, s *server, e storedEvent) error {
	raw, err := r.get(ctx, s, e.generation())
	if err != nil {
		return err
	}
	for _, of := range []string{"input", "output"} {
		for _, from := range []string{of + "_next", of + "_last_next"} {
			cursor := gjson.GetBytes(raw, "content."+from).String()
			if err := r.readOn(ctx, s, e.generation()+"/messages?of="+of+"&cursor=", cursor); err != nil {
				return err
			}
		}
		if gjson.GetBytes(raw, "content."+of+"_bytes").Int() > 0 {
			if err := r.readOn(ctx, s, e.generation()+"/raw?of="+of+"&offset=", "0"); err != nil {
				return err
			}
		}
	}
	return nil
}

// readOn reads pages from a cursor on; "" is the end.
func (r *reading) readOn(ctx context.Context, s *server, path, cursor string) error {
	for n := 0; cursor != "" && n < mostPages; n++ {
		raw, err := r.get(ctx, s, path+url.QueryEscape(cursor))
		if err != nil {
			return err
		}
		cursor = gjson.GetBytes(raw, "next").String()
	}
	return nil
}
