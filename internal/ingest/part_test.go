package ingest

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
	"testing/synctest"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// Parts are small enough. Together they have every row that was cut exactly once, and refusals come last.
func TestPartsAreTheWhole(t *testing.T) {
	for seed := range uint64(200) {
		random := rand.New(rand.NewPCG(seed, 1))
		number := func() int { return random.IntN(4) * random.IntN(1500) }
		whole := new(rows)
		b := &whole.batch
		for range number() {
			e := model.Event{UUID: uuid.New()}
			b.Events = append(b.Events, e)
			b.Contents = append(b.Contents, model.Content{UUID: e.UUID, Input: make([]byte, random.IntN(1000)*random.IntN(20))})
		}
		for range number() / 10 {
			b.Blocks = append(b.Blocks, model.Block{UUID: uuid.New()})
			whole.bodies = append(whole.bodies, bytes.Repeat([]byte{1}, random.IntN(1000)*random.IntN(100)))
		}
		for range number() {
			b.Identities = append(b.Identities, model.Identity{UUID: uuid.New()})
		}
		for i := range random.IntN(3) {
			b.Refusals = append(b.Refusals, model.Refusal{Event: fmt.Sprint(i)})
		}
		size := func(r *rows) int64 {
			n := rowBytes * int64(r.count())
			for i := range r.batch.Contents {
				n += contentBytes(&r.batch.Contents[i])
			}
			for _, body := range r.bodies {
				n += int64(len(body))
			}
			return n
		}
		whole.bytes = size(whole)
		left, got, most := *whole, new(rows), []partLimit{littlePart, largePart}[seed%2]
		for !left.empty() {
			part := left.cut(most)
			p := &part.batch
			if part.empty() || part.count() > most.rows || part.bytes != size(part) || part.count() > 1 && part.bytes > most.bytes {
				t.Fatalf("a part of %d rows with %d bytes, counted as %d", part.count(), size(part), part.bytes)
			}
			if len(p.Refusals) > 0 && len(left.batch.Events)+len(left.batch.Blocks)+len(left.batch.Identities) > 0 {
				t.Fatal("refusals come before the last rows")
			}
			got.batch.Events = append(got.batch.Events, p.Events...)
			got.batch.Contents = append(got.batch.Contents, p.Contents...)
			got.batch.Blocks = append(got.batch.Blocks, p.Blocks...)
			got.bodies = append(got.bodies, part.bodies...)
			got.batch.Identities = append(got.batch.Identities, p.Identities...)
			got.batch.Refusals = append(got.batch.Refusals, p.Refusals...)
			got.bytes += part.bytes
		}
		if left.bytes != 0 || !reflect.DeepEqual(got, whole) {
			t.Fatalf("%d rows of %d bytes became %d of %d, and %d bytes are left", whole.count(), whole.bytes, got.count(), got.bytes, left.bytes)
		}
	}
}

// A small request that comes after a large one is stored after one part of the large one, not after all of its parts.
func TestASmallRequestDoesNotWaitForALargeOne(t *testing.T) {
	m := newMemory()
	inBubble(t, Limits{}, m, func(t *testing.T, p *Pipeline, open func()) {
		var many []model.Arrival
		for n := range 5 * largePart.rows {
			many = append(many, event(n+1))
		}
		large := send(t, t.Context(), p, many...)
		also := send(t, t.Context(), p, event(1_000_000))
		m.Gate <- struct{}{}
		m.Gate <- struct{}{}
		synctest.Wait()
		select {
		case err := <-also:
			if err != nil {
				t.Error(err)
			}
		default:
			t.Error("the small one waits")
		}
		select {
		case err := <-large:
			t.Errorf("the large one was answered before all of it was stored: %v", err)
		default:
		}
		open()
		if err := <-large; err != nil {
			t.Error(err)
		}
		if n := len(m.Events); n != 5*largePart.rows+1 {
			t.Errorf("%d events are stored", n)
		}
	})
}

// When a part of a large request cannot be stored, its sender is told once to send the whole request again.
func TestAPartThatFailsFailsTheRequest(t *testing.T) {
	m := newMemory()
	commits := 0
	m.OnCommit = func(*store.Batch) error {
		if commits++; commits == 2 {
			return store.ErrUnavailable
		}
		return nil
	}
	inBubble(t, Limits{}, m, func(t *testing.T, p *Pipeline, open func()) {
		var many []model.Arrival
		for n := range 3 * largePart.rows {
			many = append(many, event(n+1))
		}
		answer := send(t, t.Context(), p, many...)
		open()
		if err := <-answer; !errors.Is(err, model.ErrUnavailable) {
			t.Errorf("answered with %v", err)
		}
		if commits != 2 {
			t.Errorf("%d commits", commits)
		}
	})
}
