package impact

import (
	"fmt"
	"math"
	"strings"
	"testing"
)

// A wait is split as far as it is known, and the parts add up to it.
func TestParts(t *testing.T) {
	for _, tt := range []struct {
		sent, queue, arrived float64
		want                 string
	}{
		{-1, -1, -1, "before_call 1.0±, model 2.0, network_and_rendering 0.5±"},
		{0.2, -1, -1, "page 0.2, network_and_queue 0.8±, model 2.0, network_and_rendering 0.5±"},
		{0.2, 0.7, -1, "page 0.2, network_there 0.1±, queue 0.7, model 2.0, network_and_rendering 0.5±"},
		{0.2, 0.7, 3.1, "page 0.2, network_there 0.1±, queue 0.7, model 2.0, network_back 0.1±, rendering 0.4"},
	} {
		var got []string
		sum := 0.0
		for _, p := range Parts(Timing{Wait: 3.5, Before: 1, Model: 2, Sent: tt.sent, Queue: tt.queue, Arrived: tt.arrived}) {
			text := fmt.Sprintf("%s %.1f", p.Kind, p.S)
			if p.AcrossClocks {
				text += "±"
			}
			got, sum = append(got, text), sum+p.S
		}
		if s := strings.Join(got, ", "); s != tt.want || math.Abs(sum-3.5) > 1e-9 {
			t.Errorf("%v, %v, %v: %s, together %v, want %s", tt.sent, tt.queue, tt.arrived, s, sum, tt.want)
		}
	}
}
