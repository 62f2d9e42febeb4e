package auth

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/playheadhq/playhead/internal/remote"
)

// site is a gate before a page that says "inside", with a clock that tests move.
type site struct {
	*Gate
	now     time.Time
	handler http.Handler
}

func newSite(t *testing.T, o Options) *site {
	t.Helper()
	s := &site{now: time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)}
	o.Now = func() time.Time { return s.now }
	if o.Key == nil {
		o.Key = bytes.Repeat([]byte{7}, 32)
	}
	if o.Lifetime == 0 {
		o.Lifetime = 24 * time.Hour
	}
	s.Gate = New(o)
	mux := http.NewServeMux()
	s.Register(mux)
	mux.Handle("/", s.Protect(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("inside")) })))
	s.handler = mux
	return s
}

type request struct {
	method, target, host, accept, from, basic string
	form                                      url.Values
	cookie                                    *http.Cookie
	headers                                   map[string]string
}

func (s *site) do(q request) *http.Response {
	if q.method == "" {
		q.method = "GET"
	}
	r := httptest.NewRequest(q.method, q.target, strings.NewReader(q.form.Encode()))
	if q.form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if q.host != "" {
		r.Host = q.host
	}
	if q.accept != "" {
		r.Header.Set("Accept", q.accept)
	}
	if q.from != "" {
		r.RemoteAddr = q.from
	}
	if q.basic != "" {
		r.SetBasicAuth("", q.basic)
	}
	if q.cookie != nil {
		r.AddCookie(q.cookie)
	}
	for name, value := range q.headers {
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	return w.Result()
}

// signIn posts the form and returns the cookie, nil when refused.
func (s *site) signIn(form url.Values) (*http.Response, *http.Cookie) {
	res := s.do(request{method: "POST", target: "/login", form: form})
	for _, c := range res.Cookies() {
		return res, c
	}
	return res, nil
}

func linkSecret(t *testing.T, link string) string {
	t.Helper()
	u, err := url.Parse(link)
	if err != nil || u.Query().Get("link") == "" {
		t.Fatalf("not a link: %q", link)
	}
	return u.Query().Get("link")
}

func TestHostsWithoutSignIn(t *testing.T) {
	s := newSite(t, Options{Hosts: []string{"box.lan", "playhead.example.com"}})
	for host, want := range map[string]int{
		"127.0.0.1:8000": 200, "127.9.9.9": 200, "[::1]:8000": 200, "localhost:8000": 200, "LOCALHOST.": 200,
		"a.localhost": 200, "playhead.test:8000": 200, "box.lan:8000": 200, "PLAYHEAD.example.com": 200,
		"evil.example.com": 403, "evil.example.com:8000": 403, "127.0.0.1.evil.com": 403, "localhost.evil.com": 403,
		"192.168.1.7:8000": 403, "0.0.0.0:8000": 403, "test": 403, "localhostx": 403,
	} {
		if res := s.do(request{target: "/api/traces", host: host}); res.StatusCode != want {
			t.Errorf("%s: %d, want %d", host, res.StatusCode, want)
		}
	}
}

func TestWithoutSignInEverybodyIsAskedToSignIn(t *testing.T) {
	s := newSite(t, Options{Required: true, Password: "correct horse"})
	if res := s.do(request{target: "/traces?q=a&b", accept: "text/html,*/*"}); res.StatusCode != 303 || res.Header.Get("Location") != "/login?next=%2Ftraces%3Fq%3Da%26b" {
		t.Errorf("a person is sent to the page: %d %s", res.StatusCode, res.Header.Get("Location"))
	}
	res := s.do(request{target: "/api/traces", accept: "text/html"})
	if res.StatusCode != 401 || res.Header.Get("Content-Type") != "application/problem+json" || res.Header.Get("WWW-Authenticate") == "" {
		t.Errorf("a program gets a problem: %d %v", res.StatusCode, res.Header)
	}
	res = s.do(request{target: "/api/traces", headers: map[string]string{"Sec-Fetch-Mode": "cors"}})
	if res.StatusCode != 401 || res.Header.Get("WWW-Authenticate") != "" {
		t.Errorf("the UI's requests open no dialogue: %d %v", res.StatusCode, res.Header)
	}
}

func TestTheLinkWorksOnce(t *testing.T) {
	s := newSite(t, Options{Required: true})
	secret := linkSecret(t, s.NewLink())
	// Opening the link does not use it up.
	if res := s.do(request{target: "/login?link=" + secret, accept: "text/html"}); res.StatusCode != 200 || len(res.Cookies()) != 0 {
		t.Fatalf("GET: %d, cookies %v", res.StatusCode, res.Cookies())
	}
	if res, cookie := s.signIn(url.Values{"link": {secret + "x"}}); cookie != nil || res.StatusCode != 401 {
		t.Errorf("a wrong link: %d %v", res.StatusCode, cookie)
	}
	res, cookie := s.signIn(url.Values{"link": {secret}, "next": {"/traces?q=1"}})
	if cookie == nil || res.StatusCode != 303 || res.Header.Get("Location") != "/traces?q=1" {
		t.Fatalf("%d %v %s", res.StatusCode, cookie, res.Header.Get("Location"))
	}
	if !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode || cookie.Path != "/" || cookie.MaxAge != 86400 || cookie.Secure {
		t.Errorf("cookie: %+v", cookie)
	}
	if res := s.do(request{target: "/api/traces", cookie: cookie}); res.StatusCode != 200 {
		t.Errorf("with the cookie: %d", res.StatusCode)
	}
	if res, again := s.signIn(url.Values{"link": {secret}}); again != nil || res.StatusCode != 401 {
		t.Errorf("the second time: %d %v", res.StatusCode, again)
	}
	if _, c := s.signIn(url.Values{"link": {""}, "password": {""}}); c != nil {
		t.Error("an empty password signed in where none is configured")
	}
}

func TestTheLinkExpires(t *testing.T) {
	s := newSite(t, Options{Required: true})
	secret := linkSecret(t, s.NewLink())
	s.now = s.now.Add(LinkLifetime)
	if _, cookie := s.signIn(url.Values{"link": {secret}}); cookie != nil {
		t.Error("signed in after its time")
	}
}

func TestPassword(t *testing.T) {
	s := newSite(t, Options{Required: true, Password: "correct horse", Secure: true})
	if res, cookie := s.signIn(url.Values{"password": {"wrong"}}); cookie != nil || res.StatusCode != 401 {
		t.Errorf("wrong: %d %v", res.StatusCode, cookie)
	}
	_, cookie := s.signIn(url.Values{"password": {"correct horse"}})
	if cookie == nil || !cookie.Secure {
		t.Fatalf("right: %v", cookie)
	}
	if res := s.do(request{target: "/", cookie: cookie}); res.StatusCode != 200 {
		t.Errorf("with the cookie: %d", res.StatusCode)
	}
	if res := s.do(request{target: "/api/traces", basic: "correct horse"}); res.StatusCode != 200 {
		t.Errorf("basic: %d", res.StatusCode)
	}
	if res := s.do(request{target: "/api/traces", basic: "incorrect horse"}); res.StatusCode != 401 {
		t.Errorf("wrong basic: %d", res.StatusCode)
	}
	// The cookie expires.
	s.now = s.now.Add(24 * time.Hour)
	if res := s.do(request{target: "/", cookie: cookie}); res.StatusCode != 401 {
		t.Errorf("after its time: %d", res.StatusCode)
	}
}

func TestCookiesOfOthersAreRefused(t *testing.T) {
	s := newSite(t, Options{Required: true, Password: "correct horse"})
	_, good := s.signIn(url.Values{"password": {"correct horse"}})
	other := newSite(t, Options{Required: true, Password: "correct horse", Key: bytes.Repeat([]byte{8}, 32)})
	_, foreign := other.signIn(url.Values{"password": {"correct horse"}})
	changed := newSite(t, Options{Required: true, Password: "another horse"})
	_, old := changed.signIn(url.Values{"password": {"another horse"}})
	if good.Name == foreign.Name {
		t.Error("two servers on one host would sign each other out")
	}
	if good.Name != old.Name {
		t.Error("one server has two cookies")
	}
	for name, value := range map[string]string{
		"another server's": foreign.Value, "of another password": old.Value, "empty": "", "garbage": "!!",
		"cut": good.Value[:len(good.Value)-2], "longer": good.Value + "AA", "later end": "AAAB" + good.Value[4:],
	} {
		if res := s.do(request{target: "/", cookie: &http.Cookie{Name: good.Name, Value: value}}); res.StatusCode != 401 {
			t.Errorf("%s: %d", name, res.StatusCode)
		}
	}
}

// guess sends a password and returns the status and how long it took. It is only for synctest, where time passes only while all goroutines wait.
func (s *site) guess(password, from string) (status int, took time.Duration) {
	start := time.Now()
	res := s.do(request{target: "/api/status", basic: password, from: from})
	return res.StatusCode, time.Since(start)
}

// inTime runs a test with a gate whose clock is synctest's.
func inTime(t *testing.T, test func(t *testing.T, s *site)) {
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t, Options{Required: true, Password: "correct horse"})
		s.Gate.o.Now = time.Now
		s.Gate.limit.now = time.Now
		test(t, s)
	})
}

func TestAGuessCostsTime(t *testing.T) {
	inTime(t, func(t *testing.T, s *site) {
		for i := range free {
			if status, took := s.guess("guess", "203.0.113.5:1"); status != 401 || took != 0 {
				t.Errorf("guess %d: %d after %v", i, status, took)
			}
		}
		for range 10 {
			if status, took := s.guess("guess", "203.0.113.5:1"); status != 401 || took != apart {
				t.Errorf("one more: %d after %v", status, took)
			}
		}
		if status, took := s.guess("guess", "203.0.113.6:1"); status != 401 || took != 0 {
			t.Errorf("another address: %d after %v", status, took)
		}
		time.Sleep(2 * free * forgotten)
		if _, took := s.guess("guess", "203.0.113.5:1"); took != 0 {
			t.Errorf("after a while: %v", took)
		}
	})
}

// Many guesses at a time are not answered fast either: beyond the longest delay, the answers to one address are `crowded` apart.
func TestGuessingInParallelIsNoFaster(t *testing.T) {
	inTime(t, func(t *testing.T, s *site) {
		for range free {
			s.guess("guess", "203.0.113.5:1")
		}
		const parallel = 1000
		start := time.Now()
		var guesses sync.WaitGroup
		for range parallel {
			guesses.Go(func() { s.guess("guess", "203.0.113.5:1") })
		}
		guesses.Wait()
		if took := time.Since(start); took < (parallel-10)*crowded {
			t.Errorf("%d guesses took %v", parallel, took)
		}
	})
}

// While somebody guesses from the same address as fast as possible, the right password signs in. Its answer is delayed like that of a guess;
// otherwise the time would reveal that it is right.
func TestTheRightPasswordAlwaysLetsIn(t *testing.T) {
	inTime(t, func(t *testing.T, s *site) {
		var guesses sync.WaitGroup
		for range 50 {
			guesses.Go(func() {
				for range 20 {
					s.guess("guess", "203.0.113.5:1")
				}
			})
		}
		for range 20 {
			if status, took := s.guess("correct horse", "203.0.113.5:2"); status != 200 || took > 2*longest {
				t.Errorf("basic authentication: %d after %v", status, took)
			}
		}
		start := time.Now()
		if res := s.do(request{method: "POST", target: "/login", form: url.Values{"password": {"correct horse"}}, from: "203.0.113.5:3"}); res.StatusCode != 303 {
			t.Errorf("the form: %d", res.StatusCode)
		}
		if took := time.Since(start); took > 2*longest {
			t.Errorf("the form took %v", took)
		}
		// Clients at other addresses, and those with a cookie or the link, are not delayed.
		if status, took := s.guess("correct horse", "203.0.113.6:1"); status != 200 || took != 0 {
			t.Errorf("elsewhere: %d after %v", status, took)
		}
		start = time.Now()
		res := s.do(request{method: "POST", target: "/login", form: url.Values{"link": {linkSecret(t, s.NewLink())}}, from: "203.0.113.5:4"})
		if res.StatusCode != 303 || len(res.Cookies()) == 0 {
			t.Fatalf("the link: %d", res.StatusCode)
		}
		if res := s.do(request{target: "/", cookie: res.Cookies()[0], from: "203.0.113.5:5"}); res.StatusCode != 200 {
			t.Errorf("the cookie: %d", res.StatusCode)
		}
		if took := time.Since(start); took != 0 {
			t.Errorf("the link and the cookie took %v", took)
		}
		guesses.Wait()
	})
}

// A script that sends the right password, many at a time, is never delayed.
func TestRightPasswordsAreNotCounted(t *testing.T) {
	inTime(t, func(t *testing.T, s *site) {
		var requests sync.WaitGroup
		for range 100 {
			requests.Go(func() {
				if status, took := s.guess("correct horse", "203.0.113.5:1"); status != 200 || took != 0 {
					t.Errorf("%d after %v", status, took)
				}
			})
		}
		requests.Wait()
	})
}

// A client that disconnects before the answer learns nothing.
func TestALateAnswerIsNotForWhoLeaves(t *testing.T) {
	inTime(t, func(t *testing.T, s *site) {
		for range free {
			s.guess("guess", "203.0.113.5:1")
		}
		ctx, cancel := context.WithTimeout(t.Context(), apart/2)
		defer cancel()
		r := httptest.NewRequest("GET", "/api/status", nil).WithContext(ctx)
		r.RemoteAddr = "203.0.113.5:1"
		r.SetBasicAuth("", "correct horse")
		w := httptest.NewRecorder()
		defer func() {
			if recover() != any(http.ErrAbortHandler) || w.Body.Len() > 0 {
				t.Errorf("answered %d %s", w.Code, w.Body)
			}
		}()
		s.handler.ServeHTTP(w, r)
	})
}

func TestGuessersAddresses(t *testing.T) {
	inTime(t, func(t *testing.T, s *site) {
		for i := range free {
			s.guess("guess", "[2001:db8::"+string('a'+rune(i%6))+"]:1")
		}
		if _, took := s.guess("guess", "[2001:db8::99]:1"); took == 0 {
			t.Error("one IPv6 network counts as many")
		}
		wrong := func() bool { return false }
		for i := range maxClients * 2 {
			s.limit.begin(remote.Of(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})), wrong)
		}
		if n := len(s.limit.clients); n > maxClients+1 {
			t.Errorf("%d clients are remembered", n)
		}
		time.Sleep(time.Hour)
		s.limit.begin(remote.Of(netip.MustParseAddr("203.0.113.5")), wrong)
		if n := len(s.limit.clients); n != 1 {
			t.Errorf("%d clients are remembered after an hour", n)
		}
	})
}

func TestNextStaysHere(t *testing.T) {
	for next, want := range map[string]string{
		"": "/", "/traces": "/traces", "/a?b=c": "/a?b=c", "//evil.com": "/", "https://evil.com": "/", `/\evil.com`: "/", "/\t/evil.com": "/", "evil": "/", "/login": "/",
	} {
		if got := local(next); got != want {
			t.Errorf("%q: %q, want %q", next, got, want)
		}
	}
}

func TestLogout(t *testing.T) {
	s := newSite(t, Options{Required: true, Password: "correct horse"})
	res := s.do(request{method: "POST", target: "/logout"})
	if len(res.Cookies()) != 1 || res.Cookies()[0].MaxAge >= 0 {
		t.Errorf("got %v", res.Cookies())
	}
}

func TestThePageEscapes(t *testing.T) {
	s := newSite(t, Options{Required: true})
	res := s.do(request{target: "/login?link=" + url.QueryEscape(`"><script>alert(1)</script>`)})
	var body bytes.Buffer
	body.ReadFrom(res.Body)
	if strings.Contains(body.String(), "<script") {
		t.Error(body.String())
	}
}

func TestNeeded(t *testing.T) {
	for name, test := range map[string]struct {
		listen, publicURL, password string
		want                        bool
	}{
		"loopback":              {"127.0.0.1:8000", "", "", false},
		"loopback 6":            {"[::1]:8000", "", "", false},
		"localhost":             {"localhost:8000", "", "", false},
		"mapped":                {"[::ffff:127.0.0.1]:8000", "", "", false},
		"a password":            {"127.0.0.1:8000", "", "12345678", true},
		"all interfaces":        {":8000", "", "", true},
		"all interfaces 4":      {"0.0.0.0:8000", "", "", true},
		"all interfaces 6":      {"[::]:8000", "", "", true},
		"a host":                {"box.test:8000", "", "", true},
		"behind a proxy":        {"127.0.0.1:8000", "https://playhead.example.com", "", true},
		"behind a local proxy":  {"127.0.0.1:8000", "http://playhead.localhost", "", false},
		"public url of a .test": {"127.0.0.1:8000", "http://playhead.test", "", true},
	} {
		if got := Needed(test.listen, test.publicURL, test.password); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
