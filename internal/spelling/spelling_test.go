package spelling

import "testing"

func TestNearest(t *testing.T) {
	names := []string{"model", "provider", "latency", "link"}
	for written, want := range map[string]string{
		"model": "model", "modle": "model", "latencyy": "latency", "lnk": "link", "prvidr": "provider", "xyz": "", "": "", "person": "",
	} {
		if got := Nearest(written, 2, names); got != want {
			t.Errorf("%q: %q, want %q", written, got, want)
		}
	}
}
