package store

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
)

func TestTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		boom := errors.New("boom")
		ended := false
		err := Together(t.Context(),
			func(ctx context.Context) error {
				<-ctx.Done() // ends only because the other one fails
				ended = true
				return ctx.Err()
			},
			func(context.Context) error { return boom })
		if !errors.Is(err, boom) || !ended {
			t.Errorf("error %v, the other read ended: %t; want the first error, after all have ended", err, ended)
		}
		var a, b int
		meet := make(chan struct{})
		err = Together(t.Context(),
			func(context.Context) error { a = 1; meet <- struct{}{}; return nil },
			func(context.Context) error { b = 2; <-meet; return nil })
		if err != nil || a+b != 3 {
			t.Errorf("%d and %d, %v", a, b, err)
		}
	})
}
