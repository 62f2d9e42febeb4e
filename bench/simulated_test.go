package main

import "testing"

func TestReportedFigures(t *testing.T) {
	all, err := reported("=== RUN   TestX\n=== ATTR  TestX figure {\"name\":\"linked\",\"value\":9949,\"unit\":\"of 9949\",\"goal\":\"≥ 95 %\",\"data\":\"d\"}\n--- PASS: TestX (0.1s)\n")
	if err != nil || len(all) != 1 || all[0] != (figure{Name: "linked", Value: 9949, Unit: "of 9949", Goal: "≥ 95 %", Data: "d"}) {
		t.Errorf("%+v, %v", all, err)
	}
	for _, out := range []string{"PASS\n", "=== ATTR  TestX figure many\n"} {
		if all, err := reported(out); err == nil {
			t.Errorf("%q: %+v", out, all)
		}
	}
}
