package store

import (
	"context"
	"sync"
)

// Together runs independent reads at the same time. The first error cancels the others and is returned after all have ended.
func Together(ctx context.Context, reads ...func(context.Context) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var (
		wg    sync.WaitGroup
		once  sync.Once
		first error
	)
	for _, read := range reads {
		wg.Go(func() {
			if err := read(ctx); err != nil {
				once.Do(func() {
					first = err
					cancel()
				})
			}
		})
	}
	wg.Wait()
	return first
}
