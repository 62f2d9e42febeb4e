package derive

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/playheadhq/playhead/internal/blocks"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/replay"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/duckdb"
)

// bodies are blocks in memory.
type bodies map[model.Location][]byte

// Read implements blocks.Reader.
func (b bodies) Read(_ context.Context, at model.Location) ([]byte, error) {
	body, ok := b[at]
	if !ok {
		return nil, blocks.ErrNotFound
	}
	return body, nil
}

// add makes a block of rrweb events.
func (b bodies) add(t testing.TB, n int, session string, data []byte) model.Block {
	t.Helper()
	encoded, err := replay.NewEncoder(nil, nil).Encode(data)
	if err != nil || encoded.Failed > 0 {
		t.Fatalf("%d events cannot be read, error %v", encoded.Failed, err)
	}
	k := encoded.Block
	k.Project, k.UUID, k.SessionID, k.WindowID = "default", uuid.NewSHA1(uuid.Nil, []byte(fmt.Sprint(session, n))), session, "w"
	k.ReceivedMS = k.LastMS + 100
	k.Location = model.Location{Key: fmt.Sprintf("default/2026-01-01/%s-%d", session, n), Length: int64(len(encoded.Body))}
	b[k.Location] = encoded.Body
	return k
}

var timestamp = regexp.MustCompile(`"timestamp":1[0-9]{12}\b`)

// minute is a real recording of a minute in 20 blocks with one full snapshot, repeated with later times.
func minute(t testing.TB, into bodies, session string, times int) (all []model.Block) {
	t.Helper()
	names, err := filepath.Glob("../../bench/data/minute/*.gz")
	if err != nil || len(names) == 0 {
		t.Fatalf("no recording: %v", err)
	}
	for again := range times {
		for n, name := range names {
			z, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			r, err := gzip.NewReader(bytes.NewReader(z))
			if err != nil {
				t.Fatal(err)
			}
			var events []struct {
				Properties struct {
					Data []json.RawMessage `json:"$snapshot_data"`
				}
			}
			if err := json.NewDecoder(r).Decode(&events); err != nil {
				t.Fatal(err)
			}
			for i := range events {
				lines := events[i].Properties.Data
				for j, line := range lines {
					lines[j] = timestamp.ReplaceAllFunc(line, func(at []byte) []byte {
						ms, _ := strconv.ParseInt(string(at[len(`"timestamp":`):]), 10, 64)
						return fmt.Appendf(nil, `"timestamp":%d`, ms+int64(again)*70_000)
					})
				}
				data, err := json.Marshal(lines)
				if err != nil {
					t.Fatal(err)
				}
				all = append(all, into.add(t, again*1000+n*10+i, session, data))
			}
		}
	}
	return all
}

func recordings(t *testing.T, s store.Store, b blocks.Reader, keep int) *Recordings {
	t.Helper()
	return NewRecordings(RecordingOptions{Store: s, Blocks: b, KeepBytes: keep, Registerer: prometheus.NewRegistry()})
}

func opened(t *testing.T) store.Store {
	t.Helper()
	s, err := duckdb.Open(t.Context(), duckdb.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func committed(t *testing.T, w store.Writer, blocks ...model.Block) {
	t.Helper()
	if _, err := w.Commit(t.Context(), &store.Batch{Blocks: blocks}); err != nil {
		t.Fatal(err)
	}
}

// derived derives everything that arrived.
func derived(t *testing.T, r *Recordings) {
	t.Helper()
	for n := 0; r.arrived.len() > 0; n++ {
		if err := r.changes(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n == 1000 {
			t.Fatal("there is no end of it")
		}
	}
}

// rowsOf are the stored rows of a session by key, without the time at which they were derived.
func rowsOf(t *testing.T, s store.Store, session string) (rows []model.Activity) {
	t.Helper()
	rows, err := s.Activity(t.Context(), "default", store.ActivityQuestion{
		SessionID: session, FromMS: math.MinInt64, ToMS: math.MaxInt64, After: store.ActivityPosition{AtMS: math.MinInt64}, Limit: 100_000,
	})
	if err != nil {
		t.Fatal(err)
	}
	about, err := s.BlockActivity(t.Context(), "default", session, 100_000)
	if err != nil {
		t.Fatal(err)
	}
	rows = append(rows, about...)
	for i := range rows {
		rows[i].DerivedMS = 0
	}
	return rows
}

func underived(t *testing.T, s store.Store) int {
	t.Helper()
	left, err := s.Underived(t.Context(), 0, math.MaxInt64, 1000)
	if err != nil {
		t.Fatal(err)
	}
	return len(left)
}

// Blocks may arrive in any order, partly, twice, or without the server noticing, and state may be dropped in between: the rows always equal those of
// a recording that was read from beginning to end.
func TestActivityDoesNotDependOnTheOrder(t *testing.T) {
	b := bodies{}
	all := minute(t, b, "s", 2)
	inOrder := opened(t)
	r := recordings(t, inOrder, b, 0)
	committed(t, r.Writer(inOrder), all...)
	derived(t, r)
	want := rowsOf(t, inOrder, "s")
	kinds := map[string]int{}
	for _, a := range want {
		kinds[a.Kind]++
		if a.Kind == model.ActivityClick && (a.Label == "" || a.Detail == "") {
			t.Errorf("a click on something without a name: %+v", a)
		}
	}
	if kinds[model.ActivityClick] < 10 || kinds[model.ActivityKey] < 10 || kinds[model.ActivityRequest] < 10 || kinds[model.ActivityNavigation] == 0 {
		t.Fatalf("this says little: %v", kinds)
	}
	for seed := range uint64(5) {
		random := rand.New(rand.NewPCG(seed, 1))
		s := opened(t)
		r := recordings(t, s, b, []int{1, 0, 200_000}[seed%3])
		left := slices.Clone(all)
		if seed > 0 {
			random.Shuffle(len(left), func(i, j int) { left[i], left[j] = left[j], left[i] })
		}
		for len(left) > 0 {
			n := 1 + random.IntN(min(len(left), 9))
			switch random.IntN(8) {
			case 0:
				committed(t, s, left[:n]...) // by a server that ends before it derives
			case 1:
				committed(t, r.Writer(s), append(slices.Clone(left[:n]), all[random.IntN(len(all))])...)
				r = recordings(t, s, b, 0)
			default:
				committed(t, r.Writer(s), left[:n]...)
			}
			left = left[n:]
			if random.IntN(2) == 0 {
				derived(t, r)
			}
		}
		derived(t, r)
		lookedAt(t, r)
		if n := underived(t, s); n > 0 {
			t.Errorf("seed %d: %d blocks have no activity", seed, n)
		}
		got := rowsOf(t, s, "s")
		if !slices.Equal(got, want) {
			for i := range min(len(got), len(want)) {
				if got[i] != want[i] {
					t.Errorf("seed %d: row %d of %d and %d:\n got %+v\nwant %+v", seed, i, len(got), len(want), got[i], want[i])
					break
				}
			}
			t.Errorf("seed %d: %d rows, want %d", seed, len(got), len(want))
		}
	}
}

// lookedAt runs one complete search.
func lookedAt(t *testing.T, r *Recordings) {
	t.Helper()
	r.missing.next = time.Time{}
	for begun := false; !begun || r.missing.walk != nil; begun = true {
		if err := r.look(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	derived(t, r)
}

// A lost block becomes a hole, and the activity continues after it.
func TestActivityOfLostBlocks(t *testing.T) {
	b := bodies{}
	all := minute(t, b, "s", 1)
	b[all[3].Location] = []byte("nonsense")
	delete(b, all[5].Location)
	s := opened(t)
	r := recordings(t, s, b, 0)
	committed(t, r.Writer(s), all...)
	derived(t, r)
	about, err := s.BlockActivity(t.Context(), "default", "s", 100)
	if err != nil {
		t.Fatal(err)
	}
	lost := map[uuid.UUID]string{}
	for _, a := range about {
		if a.Label != "" {
			lost[a.UUID] = a.Label
		}
	}
	if len(lost) != 2 || lost[all[3].UUID] != "corrupt" || lost[all[5].UUID] != "missing" {
		t.Errorf("lost: %v", lost)
	}
	if n := underived(t, s); n > 0 {
		t.Errorf("%d blocks have no activity", n)
	}
}

// unreachable is a store of blocks that fails until it is told otherwise.
type unreachable struct {
	bodies
	reached bool
}

func (u *unreachable) Read(ctx context.Context, at model.Location) ([]byte, error) {
	if !u.reached {
		return nil, blocks.ErrUnavailable
	}
	return u.bodies.Read(ctx, at)
}

func TestActivityWaitsForBlocksAndRoom(t *testing.T) {
	b := &unreachable{bodies: bodies{}}
	all := minute(t, b.bodies, "s", 1)
	s := opened(t)
	full := &failing{Store: s}
	r := NewRecordings(RecordingOptions{Store: full, Blocks: b})
	committed(t, r.Writer(s), all...)
	if err := r.changes(t.Context()); err == nil || r.arrived.len() != len(all) {
		t.Errorf("no error while blocks cannot be read, or %d wait", r.arrived.len())
	}
	b.reached = true
	full.down = true
	if err := r.changes(t.Context()); err == nil || r.arrived.len() != len(all) {
		t.Errorf("no error while there is no room, or %d wait", r.arrived.len())
	}
	full.down = false
	derived(t, r)
	if n := underived(t, s); n > 0 || len(rowsOf(t, s, "s")) == 0 {
		t.Errorf("%d blocks have no activity", n)
	}
}

// StoreActivity implements store.Activity.
func (f *failing) StoreActivity(ctx context.Context, rows []model.Activity) error {
	if f.down {
		return store.ErrFull
	}
	return f.Store.StoreActivity(ctx, rows)
}

// A window with many blocks does not keep the other windows waiting.
func TestOneWindowHasItsTurn(t *testing.T) {
	b := bodies{}
	all := minute(t, b, "s", 1)
	for i := range all {
		all[i].RawBytes = windowBytes / 4 // as the index says
	}
	s := opened(t)
	r := recordings(t, s, b, 0)
	committed(t, r.Writer(s), all...)
	if err := r.changes(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := underived(t, s); n != len(all)-4 {
		t.Errorf("%d of %d blocks are left after one turn, want all but four", n, len(all))
	}
	derived(t, r)
	if n := underived(t, s); n != 0 {
		t.Errorf("%d blocks are left", n)
	}
}

func TestRecordingsRun(t *testing.T) {
	b := bodies{}
	all := minute(t, b, "s", 1)
	s := opened(t)
	r := NewRecordings(RecordingOptions{Store: s, Blocks: b, Gather: 5 * time.Millisecond})
	r.Start()
	defer r.Close()
	committed(t, r.Writer(s), all...)
	for until := time.Now().Add(20 * time.Second); underived(t, s) > 0; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(until) {
			t.Fatal("nothing was derived")
		}
	}
}
