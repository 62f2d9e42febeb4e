package nodes

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"

	"github.com/playheadhq/playhead/internal/model"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func node(id string, change func(*model.Node)) model.Node {
	n := model.Node{ID: id, Name: "host-" + id, Version: "1.0", Settings: map[string]string{"token": "t", "password": "p"}}
	if change != nil {
		change(&n)
	}
	return n
}

func TestCompare(t *testing.T) {
	for name, test := range map[string]struct {
		other model.Node
		self  func(*model.Node)
		want  string // kinds and what the details must say, by kind
	}{
		"alike":            {other: node("b", nil)},
		"version":          {other: node("b", func(n *model.Node) { n.Version = "1.1" }), want: "version:Server host-b (b) runs version 1.1, server host-a (a) version 1.0."},
		"settings":         {other: node("b", func(n *model.Node) { n.Settings = map[string]string{"token": "u", "password": "p"} }), want: "settings:Server host-b (b) has other settings than server host-a (a): token."},
		"unknown settings": {other: node("b", func(n *model.Node) { n.Settings = map[string]string{"token": "t", "new": "p"} }), want: "settings:host-a (a): new, password."},
		"clock ahead":      {other: node("b", func(n *model.Node) { n.ClockMS = 2600; n.ClockErrorMS = 500 }), want: "clock:host-b (b) is 2.6 s ahead of"},
		"clock behind":     {other: node("b", func(n *model.Node) { n.ClockMS = -90_000 }), want: "clock:90.0 s behind"},
		"a slow answer":    {other: node("b", func(n *model.Node) { n.ClockMS = 4000; n.ClockErrorMS = 2500 })},
		"its own clock":    {other: node("b", nil), self: func(n *model.Node) { n.ClockMS = 5000 }, want: "clock:host-a (a) is 5.0 s ahead"},
	} {
		got := Compare([]model.Node{node("a", test.self), test.other})
		kind, says, _ := strings.Cut(test.want, ":")
		switch {
		case test.want == "" && len(got) > 0, test.want != "" && len(got) != 1:
			t.Errorf("%s: %+v", name, got)
		case test.want != "" && (string(got[0].Kind) != kind || !strings.Contains(got[0].Detail, says)):
			t.Errorf("%s: %+v, want %s", name, got, test.want)
		}
	}
}

// Whoever compares, it is the same node that is not right: the one that is alone, or that came later.
func TestCompareWithMost(t *testing.T) {
	newer := func(startedMS int64) func(*model.Node) {
		return func(n *model.Node) { n.Version, n.StartedMS = "1.1", startedMS }
	}
	for name, test := range map[string]struct {
		all  []model.Node
		want string // the nodes that are warned of
	}{
		"nobody":          {},
		"most are newer":  {all: []model.Node{node("a", nil), node("b", newer(1)), node("c", newer(2))}, want: "a"},
		"most are older":  {all: []model.Node{node("a", newer(0)), node("b", nil), node("c", nil)}, want: "a"},
		"half, and later": {all: []model.Node{node("a", newer(2)), node("b", func(n *model.Node) { n.StartedMS = 1 })}, want: "a"},
		"half, at once":   {all: []model.Node{node("a", nil), node("b", newer(0))}, want: "b"},
	} {
		var got []string
		for _, w := range Compare(test.all) {
			got = append(got, w.Node)
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%s: warned of %v, want %s", name, got, test.want)
		}
	}
}

// script is a storage that answers as told.
type script struct {
	mu    sync.Mutex
	beats int
	all   []model.Node
	err   error
}

func (s *script) Beat(ctx context.Context, n model.Node, within time.Duration) ([]model.Node, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.beats++
	return append([]model.Node{n}, s.all...), s.err
}

func (s *script) set(err error, all ...model.Node) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all, s.err = all, err
}

// lines is what was logged.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

// take returns what was logged since the last time.
func (l *lines) take() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	defer l.text.Reset()
	return l.text.String()
}

func TestWatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log lines
		s := &script{}
		w := Start(Options{Store: s, Self: node("a", nil), Logger: slog.New(slog.NewTextHandler(&log, nil)), Registerer: prometheus.NewRegistry()})
		next := func(nodes, warnings int, want ...string) {
			t.Helper()
			synctest.Wait()
			log.take()
			time.Sleep(3 * every)
			synctest.Wait()
			all, warned := w.Known()
			if len(all) != nodes || len(warned) != warnings {
				t.Errorf("%d nodes, %+v", len(all), warned)
			}
			logged := log.take()
			if strings.Count(logged, "\n") != len(want) {
				t.Errorf("logged %s", logged)
			}
			for _, line := range want {
				if !strings.Contains(logged, line) {
					t.Errorf("logged %s without %q", logged, line)
				}
			}
		}
		next(1, 0)
		s.set(nil, node("b", func(n *model.Node) { n.Version = "2"; n.ClockMS = 3000 }))
		next(2, 2, "runs version 2", "3.0 s ahead")
		s.set(nil, node("b", func(n *model.Node) { n.Version = "2"; n.ClockMS = 3500 }))
		next(2, 2) // the same, if not by the same amount
		s.set(errors.New("down"))
		next(2, 2, "down")
		s.set(nil, node("b", nil))
		next(2, 0, "agree again")
		w.Close()
	})
}
