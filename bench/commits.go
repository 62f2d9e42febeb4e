package main

import (
	"context"
	"fmt"
)

// measureCommits sends the same events from few connections and from many to one cluster: the number of rows in a commit determines what an event
// costs ClickHouse.
func measureCommits(ctx context.Context, o options, r *report) error {
	e, err := shards(2, "")(ctx, o)
	if err != nil {
		return err
	}
	defer func() { _ = e.close() }()
	sent := int64(0)
	o.events /= 20
	for _, o.connections = range []int{4, 16, 64, 256} {
		e.name = fmt.Sprintf("%d connections", o.connections)
		if err := fillEvents(ctx, o, column{r, e}); err != nil {
			return err
		}
		sent += o.sends()
		t, err := e.totals(ctx)
		if err != nil {
			return err
		}
		if t.Generations != sent {
			return fmt.Errorf("%d generations acknowledged, %d queryable", sent, t.Generations)
		}
	}
	return nil
}
