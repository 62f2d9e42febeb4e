package waiting

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/playheadhq/playhead/internal/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// Every call returns ErrUnavailable while there is no store, and is passed to the store when there is one.
func TestEveryQuestion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var there atomic.Bool
		asked := &asked{}
		s, err := Open(t.Context(), Options{Try: func(context.Context) (store.Store, error) {
			if !there.Load() {
				return nil, fmt.Errorf("dial: %w", store.ErrUnavailable)
			}
			return asked, nil
		}})
		if err != nil {
			t.Fatal(err)
		}
		port := reflect.TypeFor[store.Store]()
		call := func(name string) error {
			method := reflect.ValueOf(s).MethodByName(name)
			var in []reflect.Value
			for i := range method.Type().NumIn() {
				in = append(in, reflect.Zero(method.Type().In(i)))
			}
			out := method.Call(in)
			err, _ := out[len(out)-1].Interface().(error)
			return err
		}
		for i := range port.NumMethod() {
			if name := port.Method(i).Name; name != "Close" {
				if err := call(name); !errors.Is(err, store.ErrUnavailable) {
					t.Errorf("%s: %v", name, err)
				}
			}
		}
		there.Store(true)
		time.Sleep(time.Minute)
		for i := range port.NumMethod() {
			name := port.Method(i).Name
			if name == "Close" {
				continue
			}
			func() {
				// The store below has no methods: a call that reaches it is a call of nil.
				defer func() {
					if recover() == nil {
						t.Errorf("%s was not asked of the store", name)
					}
				}()
				_ = call(name)
			}()
		}
		if err := s.Close(); err != nil || asked.closed != 1 {
			t.Errorf("close: %v, %d", err, asked.closed)
		}
	})
}

var errDown = fmt.Errorf("%w: down", store.ErrUnavailable)

func options(try func() (store.Store, error)) Options {
	return Options{Try: func(context.Context) (store.Store, error) { return try() }}
}

func TestThere(t *testing.T) {
	c := &asked{}
	x, err := Open(t.Context(), options(func() (store.Store, error) { return c, nil }))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := x.get(); got != c || err != nil {
		t.Errorf("got %v, %v", got, err)
	}
	if err := x.Close(); err != nil || c.closed != 1 {
		t.Errorf("close: %v, %d", err, c.closed)
	}
}

func TestWrongForGood(t *testing.T) {
	wrong := errors.New("no such database")
	if _, err := Open(t.Context(), options(func() (store.Store, error) { return nil, wrong })); !errors.Is(err, wrong) {
		t.Errorf("got %v", err)
	}
}

func TestThereLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &asked{}
		start, tries := time.Now(), []time.Duration{}
		x, err := Open(t.Context(), options(func() (store.Store, error) {
			tries = append(tries, time.Since(start))
			if len(tries) < 7 {
				return nil, fmt.Errorf("try %d: %w", len(tries), errDown)
			}
			return c, nil
		}))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := x.get(); !errors.Is(err, errDown) {
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
		if got, err := x.get(); got != c || err != nil {
			t.Errorf("got %v, %v", got, err)
		}
		if err := x.Close(); err != nil || c.closed != 1 {
			t.Errorf("close: %v, %d", err, c.closed)
		}
	})
}

func TestClosedWhileWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x, err := Open(t.Context(), options(func() (store.Store, error) { return nil, errDown }))
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Second)
		if err := errors.Join(x.Close(), x.Close()); err != nil {
			t.Error(err)
		}
		if _, err := x.get(); !errors.Is(err, errClosed) {
			t.Errorf("got %v", err)
		}
	})
}

func TestFoundToBeWrongLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		newer := errors.New("newer")
		var failed error
		answers := []error{errDown, newer}
		o := options(func() (store.Store, error) {
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
		if _, err := x.get(); !errors.Is(failed, newer) || !errors.Is(err, newer) {
			t.Errorf("failed: %v, %v", failed, err)
		}
		if err := x.Close(); err != nil {
			t.Error(err)
		}
	})
}

// The first attempt hangs. Nobody waits for it, and it may still succeed.
func TestSilentAtFirst(t *testing.T) {
	for name, says := range map[string]error{"there at last": nil, "away": errDown, "wrong": errors.New("newer")} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var failed error
				c, tries := &asked{}, 0
				o := options(func() (store.Store, error) {
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
				if _, err := x.get(); !errors.Is(err, errSilent) {
					t.Errorf("meanwhile: %v", err)
				}
				time.Sleep(time.Minute)
				synctest.Wait()
				switch got, err := x.get(); name {
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
		c, o := &asked{}, options(nil)
		o.Try = func(ctx context.Context) (store.Store, error) {
			<-ctx.Done()
			return c, nil // all the same
		}
		if _, err := Open(ctx, o); !errors.Is(err, context.DeadlineExceeded) || c.closed != 1 {
			t.Errorf("got %v; closed %d times", err, c.closed)
		}
	})
}

type asked struct {
	store.Store
	closed int
}

func (a *asked) Close() error { a.closed++; return nil }
