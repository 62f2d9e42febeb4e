package storetest

import (
	"os"
	"slices"
	"strings"
)

// Asked reports whether Env names a backend: for tests elsewhere that need its server.
func Asked(name string) bool { return slices.Contains(strings.Split(os.Getenv(Env), ","), name) }
