package model

import "errors"

// ErrUnavailable: what was sent could not be made durable now and must be sent again later. Adapters answer 503.
var ErrUnavailable = errors.New("cannot accept data now")
