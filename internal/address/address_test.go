package address

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

var ids = []string{
	"plain", ".", "..", "...", "~", "~.", "~..", "~~..", "~x", ".~", "~/", "~~/", "a/b", "/", "//", "../x", "a/../b", "%", "%2F", "%2e%2e", "50%", "?", "#", "a?b#c", " ", "\u00a0", "\u200b",
	"ü", "日本", "😀", "\n", "a\\b", "\\..\\", "+", "&=", ";", strings.Repeat("long/", 100),
}

func TestEveryIDComesBack(t *testing.T) {
	seen := map[string]string{}
	for _, id := range ids {
		segment := Segment(id)
		if other, ok := seen[segment]; ok {
			t.Errorf("%q and %q are both %q", id, other, segment)
		}
		seen[segment] = id
		if strings.ContainsAny(segment, "/?#\\ ") {
			t.Errorf("%q is %q, which is no segment", id, segment)
		}
		plain, err := url.PathUnescape(segment)
		if err != nil || ID(plain) != id {
			t.Errorf("%q became %q, which is %q, %v", id, segment, ID(plain), err)
		}
	}
}

// A segment survives what browsers (url.ResolveReference follows the same rules), Go's client and its mux do to paths.
func TestNothingOnTheWayChangesIt(t *testing.T) {
	var got string
	mux := http.NewServeMux()
	mux.HandleFunc("GET /sessions/{id}", func(_ http.ResponseWriter, r *http.Request) { got = ID(r.PathValue("id")) })
	server := httptest.NewServer(mux)
	defer server.Close()
	base, err := url.Parse(server.URL + "/traces/x")
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		to, err := base.Parse(Session(id, "", nil))
		if err != nil {
			t.Fatal(err)
		}
		got = "nothing"
		res, err := http.Get(to.String())
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != http.StatusOK || got != id {
			t.Errorf("%q: %s answered %d for %q", id, to, res.StatusCode, got)
		}
	}
}

func TestAddressesOfBeforeMeanTheSame(t *testing.T) {
	for _, segment := range []string{"x", "~x", "~", "a.b", ".x", "x.."} {
		if got := ID(segment); got != segment {
			t.Errorf("%q is %q", segment, got)
		}
	}
}
