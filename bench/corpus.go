package main

import (
	"bytes"
	"math/rand/v2"
	"sync"

	"github.com/playheadhq/playhead/internal/zipf"
)

// corpus is text from which events take theirs, so that no two of a load have the same: writing it word by word would take more of
// the machine than sending it.
var corpus = sync.OnceValue(func() []byte { return []byte(zipf.NewWriter(1).Text(16 << 20)) })

// fillWithText makes b words of the corpus from somewhere, the last one followed by spaces.
func fillWithText(random *rand.Rand, b []byte) {
	all := corpus()
	at := random.IntN(len(all) - 2*len(b) - 1024)
	at += bytes.IndexByte(all[at:], ' ') + 1
	copy(b, all[at:])
	for i := len(b) - 1; i >= 0 && b[i] != ' '; i-- {
		b[i] = ' '
	}
}
