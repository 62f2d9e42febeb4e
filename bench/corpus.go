package main

import (
	"bytes"
	"math/rand/v2"
	"sync"

	"github.com/playheadhq/playhead/internal/zipf"
)

// corpus is the source of the events' texts, chosen so that no two texts of a load are equal: writing them word by word would use more of the machine
// than sending them.
var corpus = sync.OnceValue(func() []byte { return []byte(zipf.NewWriter(1).Text(16 << 20)) })

// fillWithText fills b with words of the corpus from a random position, and spaces at the end.
func fillWithText(random *rand.Rand, b []byte) {
	all := corpus()
	at := random.IntN(len(all) - 2*len(b) - 1024)
	at += bytes.IndexByte(all[at:], ' ') + 1
	copy(b, all[at:])
	for i := len(b) - 1; i >= 0 && b[i] != ' '; i-- {
		b[i] = ' '
	}
}
