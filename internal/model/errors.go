package model

import "errors"

// ErrUnavailable means that data could not be made durable now and must be sent again later. It is answered with 503.
var ErrUnavailable = errors.New("cannot accept data now")
