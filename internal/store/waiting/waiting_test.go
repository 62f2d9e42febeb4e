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

// Every question is answered with ErrUnavailable while there is no store, and asked of the store when there is one.
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
				// The store below has no such method: that it is reached shows as a call of nil.
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

type asked struct {
	store.Store
	closed int
}

func (a *asked) Close() error { a.closed++; return nil }
