package waiting

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/playheadhq/playhead/internal/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// pinged is a storage that answers nothing but Ping.
type pinged struct {
	store.Store
	closed int
}

func (*pinged) Ping(context.Context) error { return nil }
func (p *pinged) Close() error             { p.closed++; return nil }

var errDown = fmt.Errorf("dial: %w", store.ErrUnavailable)

func TestThere(t *testing.T) {
	p := &pinged{}
	s, err := Open(t.Context(), Options{Try: func(context.Context) (store.Store, error) { return p, nil }})
	if err != nil || s.Ping(t.Context()) != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil || p.closed != 1 {
		t.Errorf("close: %v, %d", err, p.closed)
	}
}

func TestWrongForGood(t *testing.T) {
	wrong := errors.New("no such database")
	if _, err := Open(t.Context(), Options{Try: func(context.Context) (store.Store, error) { return nil, wrong }}); !errors.Is(err, wrong) {
		t.Errorf("got %v", err)
	}
}

func TestThereLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &pinged{}
		start, tries := time.Now(), []time.Duration{}
		s, err := Open(t.Context(), Options{Try: func(context.Context) (store.Store, error) {
			tries = append(tries, time.Since(start))
			if len(tries) < 7 {
				return nil, errDown
			}
			return p, nil
		}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Commit(t.Context(), &store.Batch{}); !errors.Is(err, store.ErrUnavailable) {
			t.Errorf("commit meanwhile: %v", err)
		}
		time.Sleep(time.Minute)
		want := []time.Duration{0, 1, 3, 7, 15, 30, 45}
		for i := range want {
			want[i] *= time.Second
		}
		if !reflect.DeepEqual(tries, want) {
			t.Errorf("tried at %v, want %v", tries, want)
		}
		if err := s.Ping(t.Context()); err != nil {
			t.Errorf("ping: %v", err)
		}
		if err := errors.Join(s.Close(), s.Close()); err != nil || p.closed != 2 {
			t.Errorf("close: %v", err)
		}
	})
}

func TestClosedWhileWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := Open(t.Context(), Options{Try: func(context.Context) (store.Store, error) { return nil, errDown }})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Second)
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if err := s.Ping(t.Context()); !errors.Is(err, store.ErrUnavailable) {
			t.Errorf("ping: %v", err)
		}
	})
}

func TestFoundToBeWrongLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		newer := fmt.Errorf("%w: 7", store.ErrNewer)
		var failed error
		answers := []error{errDown, newer}
		s, err := Open(t.Context(), Options{Failed: func(err error) { failed = err }, Try: func(context.Context) (store.Store, error) {
			err := answers[0]
			answers = answers[1:]
			return nil, err
		}})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		if !errors.Is(failed, store.ErrNewer) {
			t.Errorf("failed: %v", failed)
		}
		if err := s.Ping(t.Context()); !errors.Is(err, store.ErrUnavailable) || !errors.Is(err, store.ErrNewer) {
			t.Errorf("ping: %v", err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}
