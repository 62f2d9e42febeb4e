package posthog

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/playheadhq/playhead/internal/intake"
)

// Senders with wrong tokens are counted separately by token and library. Their number is limited, so nobody can fill the memory with tokens.
func TestStrangers(t *testing.T) {
	clock := now
	h := New(Options{Sink: &sink{}, Project: projectOf, Gate: intake.New(intake.Options{}), Now: func() time.Time { return clock }})
	mux := http.NewServeMux()
	h.Register(mux)
	post := func(body string, header ...string) {
		t.Helper()
		clock = clock.Add(time.Second)
		r := httptest.NewRequest(http.MethodPost, "/batch/", strings.NewReader(body))
		if len(header) > 0 {
			r.Header.Set(header[0], header[1])
		}
		mux.ServeHTTP(httptest.NewRecorder(), r)
	}
	post(`{"api_key":"phc_x","batch":[{"event":"a","distinct_id":"u"}]}`)
	if all := h.gate.Strangers(); len(all) != 0 {
		t.Fatalf("%+v", all)
	}
	node := `{"api_key":"phc_unknown","batch":[{"event":"a","distinct_id":"u"},{"event":"b","distinct_id":"u"}]}`
	post(node, "User-Agent", "posthog-node/5.70.0")
	post(node, "User-Agent", "posthog-node/5.70.0")
	post(`[{"event":"a","properties":{"token":"phc_unknown","$lib":"web","$lib_version":"1.305.0"}}]`)
	post(`{"event":"a","distinct_id":"u"}`)
	all := h.gate.Strangers()
	ms := func(s int) int64 { return now.Add(time.Duration(s) * time.Second).UnixMilli() }
	want := []intake.Stranger{
		{Token: "", Library: "", Events: 1, Requests: 1, FirstMS: ms(5), LastMS: ms(5)}, {Token: "phc_unknown", Library: "web/1.305.0", Events: 1, Requests: 1, FirstMS: ms(4), LastMS: ms(4)}, {Token: "phc_unknown", Library: "posthog-node/5.70.0", Events: 4, Requests: 2, FirstMS: ms(2), LastMS: ms(3)},
	}
	if fmt.Sprint(all) != fmt.Sprint(want) {
		t.Errorf("%+v, want %+v", all, want)
	}

	h.projectOf = func(string) (string, bool) { return "", false }
	for i := range 3 * 30 {
		post(fmt.Sprintf(`{"api_key":"phc_secret_of_something_else_%d","event":"a","distinct_id":"u"}`, 100+i))
	}
	all = h.gate.Strangers()
	if len(all) != 30+1 || all[0].Token != "others" || all[0].Events != int64(2*30+3) {
		t.Errorf("%d strangers, the latest %+v", len(all), all[0])
	}
	if shown := fmt.Sprint(all); strings.Contains(shown, "something_else") || !strings.Contains(shown, "phc_secr…105") {
		t.Errorf("tokens are shown as %s", shown)
	}
}
