package later

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type closer struct{ closed int }

func (c *closer) Close() error { c.closed++; return nil }

var errDown = errors.New("down")

func options(try func() (*closer, error)) Options[*closer] {
	return Options[*closer]{
		Try:   func(context.Context) (*closer, error) { return try() },
		Again: func(err error) bool { return errors.Is(err, errDown) },
	}
}

func TestThere(t *testing.T) {
	c := &closer{}
	x, err := Open(t.Context(), options(func() (*closer, error) { return c, nil }))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := x.Get(); got != c || err != nil {
		t.Errorf("got %v, %v", got, err)
	}
	if err := x.Close(); err != nil || c.closed != 1 {
		t.Errorf("close: %v, %d", err, c.closed)
	}
}

func TestWrongForGood(t *testing.T) {
	wrong := errors.New("no such database")
	if _, err := Open(t.Context(), options(func() (*closer, error) { return nil, wrong })); !errors.Is(err, wrong) {
		t.Errorf("got %v", err)
	}
}

func TestThereLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &closer{}
		start, tries := time.Now(), []time.Duration{}
		x, err := Open(t.Context(), options(func() (*closer, error) {
			tries = append(tries, time.Since(start))
			if len(tries) < 7 {
				return nil, fmt.Errorf("try %d: %w", len(tries), errDown)
			}
			return c, nil
		}))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := x.Get(); !errors.Is(err, errDown) {
			t.Errorf("meanwhile: %v", err)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		want := []time.Duration{0, 1, 3, 7, 15, 30, 45}
		for i := range want {
			want[i] *= time.Second
		}
		if !reflect.DeepEqual(tries, want) {
			t.Errorf("tried at %v, want %v", tries, want)
		}
		if got, err := x.Get(); got != c || err != nil {
			t.Errorf("got %v, %v", got, err)
		}
		if err := x.Close(); err != nil || c.closed != 1 {
			t.Errorf("close: %v, %d", err, c.closed)
		}
	})
}

func TestClosedWhileWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x, err := Open(t.Context(), options(func() (*closer, error) { return nil, errDown }))
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Second)
		if err := errors.Join(x.Close(), x.Close()); err != nil {
			t.Error(err)
		}
		if _, err := x.Get(); !errors.Is(err, ErrClosed) {
			t.Errorf("got %v", err)
		}
	})
}

func TestFoundToBeWrongLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		newer := errors.New("newer")
		var failed error
		answers := []error{errDown, newer}
		o := options(func() (*closer, error) {
			err := answers[0]
			answers = answers[1:]
			return nil, err
		})
		o.Failed = func(err error) { failed = err }
		x, err := Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if _, err := x.Get(); !errors.Is(failed, newer) || !errors.Is(err, newer) {
			t.Errorf("failed: %v, %v", failed, err)
		}
		if err := x.Close(); err != nil {
			t.Error(err)
		}
	})
}

// The first try hangs. Nobody waits for it, and it may still succeed.
func TestSilentAtFirst(t *testing.T) {
	for name, says := range map[string]error{"there at last": nil, "away": errDown, "wrong": errors.New("newer")} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var failed error
				c, tries := &closer{}, 0
				o := options(func() (*closer, error) {
					if tries++; tries == 1 {
						time.Sleep(40 * time.Second)
						return c, says
					}
					return c, nil
				})
				o.Failed = func(err error) { failed = err }
				began := time.Now()
				x, err := Open(t.Context(), o)
				if took := time.Since(began); err != nil || took != 10*time.Second {
					t.Fatalf("Open: %v after %v", err, took)
				}
				if _, err := x.Get(); !errors.Is(err, errSilent) {
					t.Errorf("meanwhile: %v", err)
				}
				time.Sleep(time.Minute)
				synctest.Wait()
				switch got, err := x.Get(); name {
				case "wrong":
					if !errors.Is(failed, says) || !errors.Is(err, says) || tries != 1 {
						t.Errorf("failed: %v, %v after %d tries", failed, err, tries)
					}
				default:
					if got != c || err != nil || failed != nil {
						t.Errorf("got %v, %v; failed: %v", got, err, failed)
					}
				}
				if err := x.Close(); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

func TestGivenUpWhileSilent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		c, o := &closer{}, options(nil)
		o.Try = func(ctx context.Context) (*closer, error) {
			<-ctx.Done()
			return c, nil // all the same
		}
		if _, err := Open(ctx, o); !errors.Is(err, context.DeadlineExceeded) || c.closed != 1 {
			t.Errorf("got %v; closed %d times", err, c.closed)
		}
	})
}
