package ingest

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/playheadhq/playhead/internal/replay"
)

func TestMain(m *testing.M) {
	// The compressor keeps a channel from its first use on, which must not belong to the bubble of one test.
	if _, err := replay.Encode([]byte(`[{"type":5,"timestamp":1795418943000}]`)); err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(m)
}
