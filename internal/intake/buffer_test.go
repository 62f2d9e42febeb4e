package intake

import (
	"runtime"
	"testing"
)

func TestBuffers(t *testing.T) {
	var s buffers
	a, b, small := s.make(largeBuffer), s.make(2*largeBuffer), s.make(100)
	if len(a) != 0 || cap(a) != largeBuffer || cap(b) != 2*largeBuffer || cap(small) < 100 {
		t.Fatalf("buffers of %d, %d and %d bytes", cap(a), cap(b), cap(small))
	}
	a, b = append(a, "a text"...), append(b, "another"...)
	s.drop(small)
	s.drop(a[:0])
	if string(b) != "another" {
		t.Errorf("what is still in use says %q", b)
	}
	if runtime.GOOS == "linux" && len(s.mapped) != 1 {
		t.Errorf("%d are in use", len(s.mapped))
	}
	s.close()
	s.close()
	if len(s.mapped) != 0 {
		t.Errorf("%d are left", len(s.mapped))
	}
}
