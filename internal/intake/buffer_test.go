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
	if runtime.GOOS == "linux" {
		grown, ok := s.grow(b, 8*largeBuffer)
		if !ok || string(grown) != "another" || cap(grown) != 8*largeBuffer {
			t.Fatalf("%v, a buffer of %d bytes that says %q", ok, cap(grown), grown)
		}
		if grown = append(grown, make([]byte, 7*largeBuffer)...); string(grown[:7]) != "another" || len(s.mapped) != 1 {
			t.Errorf("it says %q, and %d are in use", grown[:7], len(s.mapped))
		}
	}
	if grown, ok := s.grow([]byte("the caller's"), 100); ok {
		t.Errorf("the heap's bytes became %q", grown)
	}
	s.close()
	s.close()
	if len(s.mapped) != 0 {
		t.Errorf("%d are left", len(s.mapped))
	}
}
