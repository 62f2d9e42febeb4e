package posthog

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/playheadhq/playhead/internal/fair"
	"github.com/playheadhq/playhead/internal/intake"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/remote"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// sink records deliveries. It answers with err, or with the results of outcome.
type sink struct {
	mu         sync.Mutex
	deliveries []*model.Delivery
	err        error
	outcome    func(i int, in incoming) model.Outcome
}

func (s *sink) Ingest(_ context.Context, d *model.Delivery) ([]model.Outcome, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if d.Turn != nil {
		d.Turn.End()
	}
	d.Turn, d.Reserve = nil, nil // not compared
	if a, ok := d.Arrivals.(*arrivals); ok {
		a.pace = nil
	}
	s.deliveries = append(s.deliveries, d)
	if s.err != nil {
		return nil, s.err
	}
	outcomes := make([]model.Outcome, len(eventsOf(d)))
	for i, in := range eventsOf(d) {
		outcomes[i].ID = in.id
		if s.outcome != nil {
			outcomes[i] = s.outcome(i, in)
		}
	}
	return outcomes, nil
}

// eventsOf returns the events of a delivery as they were sent.
func eventsOf(d *model.Delivery) []incoming {
	if a, ok := d.Arrivals.(*arrivals); ok {
		return a.events
	}
	return nil
}

// now is the clock of tests.
var now = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)

// projectOf returns the part before the dot as the project of a token with a dot, and "p" for all other tokens except phc_unknown.
func projectOf(token string) (project string, known bool) {
	if project, _, dotted := strings.Cut(token, "."); dotted {
		return project, true
	}
	return "p", token != "phc_unknown" && token != ""
}

// newServer returns a handler with every route, and the sink that records its deliveries. Projects are those of projectOf.
func newServer(change func(*options)) (*http.ServeMux, *sink) {
	s := &sink{}
	o := options{
		Options: Options{Sink: s, Project: projectOf, Now: func() time.Time { return now }},
		Gate:    intake.Options{Logger: slog.New(slog.DiscardHandler)},
	}
	if change != nil {
		change(&o)
	}
	o.Options.Gate = intake.New(o.Gate)
	mux := http.NewServeMux()
	New(o.Options).Register(mux)
	return mux, s
}

// options are the options of a handler and of its gate.
type options struct {
	Options
	Gate intake.Options
}

// alone returns the work of a request that has a server for itself.
func alone() *intake.Work { return aloneIn(context.Background()) }

func aloneIn(ctx context.Context) *intake.Work {
	return intake.NewWork(ctx, fair.NewBudget(1<<30, 1, 1).Lease(remote.Address{}))
}

// bodyOf returns a body that has been received.
func bodyOf(work *intake.Work, data []byte) *body {
	limits := intake.New(intake.Options{}).Limits
	return &body{intake.NewBody(limits, work, data), limits, work}
}

// fixture is a request that a real client sent.
type fixture struct {
	name string
	*http.Request
	body []byte
}

func fixtures(t testing.TB) []fixture {
	t.Helper()
	paths, err := filepath.Glob("testdata/wire/*.req")
	if err != nil || len(paths) == 0 {
		t.Fatal("no fixtures", err)
	}
	var all []fixture
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(b)))
		if err != nil {
			t.Fatal(path, err)
		}
		_, body, _ := bytes.Cut(b, []byte("\r\n\r\n"))
		all = append(all, fixture{filepath.Base(path), r, body})
	}
	return all
}

// with returns the same request with another body.
func (f fixture) with(body []byte) *http.Request {
	r := httptest.NewRequest(f.Method, f.URL.String(), bytes.NewReader(body))
	r.Header = f.Header.Clone()
	return r
}

func serve(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func gzipped(data []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := z.Write(data)
	if err := errors.Join(err, z.Close()); err != nil {
		panic(err)
	}
	return b.Bytes()
}
