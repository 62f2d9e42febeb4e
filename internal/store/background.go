package store

import "context"

type backgroundKey struct{}

// Background marks a context: nobody waits for what is read with it, so an engine may let other reads go first.
func Background(ctx context.Context) context.Context {
	return context.WithValue(ctx, backgroundKey{}, true)
}

// IsBackground says that nobody waits for what is read with a context.
func IsBackground(ctx context.Context) bool { return ctx.Value(backgroundKey{}) != nil }
