package clustertest

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/playheadhq/playhead/internal/testport"
)

// fakeNode answers with its name, or as its test wants.
type fakeNode struct {
	*httptest.Server
	ready   atomic.Bool
	answers func(http.ResponseWriter, *http.Request) // nil for its name
}

// behind starts a balancer over nodes called 0, 1, …
func behind(t *testing.T, nodes ...*fakeNode) *Balancer {
	t.Helper()
	var all []*Node
	for i, n := range nodes {
		if n == nil { // no node listens there
			free, err := testport.Free(1)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, &Node{URL: "http://" + free[0]})
			continue
		}
		n.ready.Store(true)
		n.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch {
			case r.URL.Path == "/readyz" && !n.ready.Load():
				w.WriteHeader(http.StatusServiceUnavailable)
			case n.answers != nil && r.URL.Path != "/readyz":
				n.answers(w, r)
			default:
				body, _ := io.ReadAll(r.Body)
				fmt.Fprintf(w, "%d %s %s", i, r.Host, body)
			}
		}))
		t.Cleanup(n.Close)
		all = append(all, &Node{URL: n.URL})
	}
	b, err := newBalancer(all)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

func post(t *testing.T, b *Balancer, body string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, b.URL+"/batch/", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Host = "playhead.example.com"
	r.Close = true
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	said, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(said)
}

// served posts n requests, all of which must be answered, and returns who answered.
func served(t *testing.T, b *Balancer, n int) (by []string) {
	t.Helper()
	for i := range n {
		body := strings.Repeat("x", i)
		res, said := post(t, b, body)
		index := res.Header.Get(ServedBy)
		if want := index + " playhead.example.com " + body; res.StatusCode != http.StatusOK || said != want {
			t.Fatalf("%d %q, want %q", res.StatusCode, said, want)
		}
		by = append(by, index)
	}
	return by
}

func TestEachRequestGoesToTheNextNode(t *testing.T) {
	b := behind(t, &fakeNode{}, &fakeNode{}, &fakeNode{})
	by := served(t, b, 9)
	for i := range by[1:] {
		if by[i] == by[i+1] {
			t.Errorf("one after the other by the same: %v", by)
		}
	}
	if got := b.Served(); !slices.Equal(got, []int64{3, 3, 3}) {
		t.Errorf("Served: %v", got)
	}
}

func TestNodesThatAreNotReadyAreLeftOut(t *testing.T) {
	nodes := []*fakeNode{{}, {}, {}}
	b := behind(t, nodes...)
	is := func(want ...string) {
		t.Helper()
		deadline := time.After(10 * time.Second)
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			by := served(t, b, 6)
			slices.Sort(by)
			if by = slices.Compact(by); slices.Equal(by, want) {
				return
			}
			select {
			case <-tick.C:
			case <-deadline:
				t.Fatalf("served by %v, want %v", by, want)
			}
		}
	}
	nodes[1].ready.Store(false)
	is("0", "2")
	nodes[1].ready.Store(true)
	is("0", "1", "2")
	for _, n := range nodes {
		n.ready.Store(false)
	}
	is("0", "1", "2") // better than no answer
}

func TestNodesThatCannotBeDialledArePassedOver(t *testing.T) {
	b := behind(t, nil, &fakeNode{}, nil)
	for _, by := range served(t, b, 6) {
		if by != "1" {
			t.Errorf("served by %s", by)
		}
	}
	if got := b.Served(); !slices.Equal(got, []int64{0, 6, 0}) {
		t.Errorf("Served: %v", got)
	}
	if res, _ := post(t, behind(t, nil, nil), "x"); res.StatusCode != http.StatusServiceUnavailable || res.Header.Get("Retry-After") == "" {
		t.Errorf("with nobody there: %d", res.StatusCode)
	}
}

// A node that ends while it has a request may have stored it: the client decides whether to send it again.
func TestABrokenRequestIsNotSentToAnother(t *testing.T) {
	breaks := func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
	b := behind(t, &fakeNode{answers: breaks}, &fakeNode{answers: breaks})
	if res, _ := post(t, b, "x"); res.StatusCode != http.StatusBadGateway || res.Header.Get("Retry-After") == "" {
		t.Errorf("%d %v", res.StatusCode, res.Header)
	}
	if got := b.Served(); got[0]+got[1] != 1 {
		t.Errorf("Served: %v", got)
	}
}

func TestAnswersAreStreamed(t *testing.T) {
	goOn := make(chan struct{})
	b := behind(t, &fakeNode{answers: func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "first")
		_ = http.NewResponseController(w).Flush()
		select {
		case <-goOn:
		case <-r.Context().Done():
		}
		fmt.Fprint(w, "second")
	}})
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Close = true
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	first := make([]byte, len("first"))
	if _, err := io.ReadFull(res.Body, first); err != nil {
		t.Fatal(err)
	}
	close(goOn)
	rest, err := io.ReadAll(res.Body)
	if all := append(first, rest...); err != nil || !bytes.Equal(all, []byte("firstsecond")) {
		t.Errorf("%s, %v", all, err)
	}
}
