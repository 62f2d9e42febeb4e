package access

import "context"

type readerKey struct{}

// WithReader returns a context with the name of the reader: the name of a token, or how somebody signed in. It is only for logs; it gives no rights.
func WithReader(ctx context.Context, name string) context.Context {
	return context.WithValue(ctx, readerKey{}, name)
}

// Reader is the name of the reader, "" if it is not known.
func Reader(ctx context.Context) string {
	name, _ := ctx.Value(readerKey{}).(string)
	return name
}
