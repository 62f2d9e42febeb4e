package assets

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/playheadhq/playhead/internal/blocks"
	"github.com/playheadhq/playhead/internal/blocks/blockstest"
	"github.com/playheadhq/playhead/internal/blocks/dir"
	"github.com/playheadhq/playhead/internal/blocks/s3"
	"github.com/playheadhq/playhead/internal/blocks/s3/s3test"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestHosts(t *testing.T) {
	hosts, err := ParseHosts([]string{"cdn.example.com", "*.Fonts.example", "app.example:8443"})
	if err != nil {
		t.Fatal(err)
	}
	for address, want := range map[string]bool{
		"https://cdn.example.com/a.css": true, "http://cdn.example.com:80/a": true, "https://CDN.example.com:443/a": true, "https://a.b.fonts.example/x": true, "https://app.example:8443/": true,
		"https://cdn.example.com:8443/a": false, "https://fonts.example/x": false, "https://app.example/": false, "https://cdn.example.com.evil.example/": false, "https://evil.example/cdn.example.com": false,
		"https://cdn.example.com@evil.example/": false, "https://me:secret@cdn.example.com/": false, "ftp://cdn.example.com/a": false, "//cdn.example.com/a": false, "https:cdn.example.com": false, "": false,
	} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if hosts.Allow(u) != want {
			t.Errorf("%s: %v", address, !want)
		}
	}
	for _, bad := range []string{"", "*", "*.com*", "https://cdn.example.com", "cdn.example.com/path", "a b.example", "localhost"} {
		if _, err := ParseHosts([]string{bad}); err == nil {
			t.Errorf("%q is taken for a host", bad)
		}
	}
}

// What a page loads is found wherever a recorder writes it. What a page links to is not.
func TestReferences(t *testing.T) {
	hosts, _ := ParseHosts([]string{"cdn.example.com"})
	const at = "https://cdn.example.com/"
	node := func(tag, attributes string) string {
		return `{"type":2,"data":{"node":{"type":0,"childNodes":[{"type":2,"tagName":"` + tag + `","attributes":{` + attributes + `},"childNodes":[],"id":2}],"id":1}}}`
	}
	for _, test := range []struct{ name, event, want string }{
		{"style sheet", node("link", `"href":"`+at+`a.css#x","rel":"stylesheet"`), "0 a.css"},
		{"preload", node("link", `"rel":"preload","href":"`+at+`a.css"`), ""},
		{"link", node("a", `"href":"`+at+`logout"`), ""},
		{"frame", node("iframe", `"src":"`+at+`page.html"`), ""},
		{"script", node("script", `"src":"`+at+`a.js"`), ""},
		{"form", node("form", `"action":"`+at+`delete"`), ""},
		{"data attribute", node("div", `"data-src":"`+at+`a.png"`), ""},
		{"image", node("img", `"src":"`+at+`a.png"`), "1 a.png"},
		{"image with escapes", node("img", `"src":"https:\/\/cdn.example.com\/a\u002epng"`), "1 a.png"},
		{"candidates", node("img", `"srcset":"`+at+`a,b.png 1x, `+at+`c.png 2x,`+at+`d.png, `+at+`e.png"`), "1 a,b.png|1 c.png|1 d.png|1 e.png"},
		{"SVG", node("image", `"xlink:href":"`+at+`a.svg"`), "1 a.svg"},
		{"other host", node("img", `"src":"https://other.example/cdn.example.com"`), ""},
		{"inline style", node("div", `"style":"background: url(`+at+`a.png)"`), "2 a.png"},
		{"sheet in a link", node("link", `"_cssText":"@import url(`+at+`b.css); @font-face { src: url('`+at+`f.woff2') format('woff2') }"`), "0 b.css|2 f.woff2"},
		{"style element", `{"type":2,"data":{"node":{"type":2,"tagName":"style","attributes":{},"childNodes":[{"type":3,"textContent":"a{background:url(` + at + `a.png)}","id":3}],"id":2}}}`, "2 a.png"},
		{"text of a page", `{"type":2,"data":{"node":{"type":2,"tagName":"p","attributes":{},"childNodes":[{"type":3,"textContent":"url(` + at + `a.png)","id":3}],"id":2}}}`, ""},
		{"added", `{"type":3,"data":{"source":0,"adds":[{"parentId":1,"node":{"type":2,"tagName":"IMG","attributes":{"src":"` + at + `a"},"childNodes":[],"id":9}}]}}`, "1 a"},
		{"changed", `{"type":3,"data":{"source":0,"attributes":[{"id":4,"attributes":{"src":"` + at + `a.webp?w=2","style":{"background-image":["url(` + at + `b.png)","important"],"color":false}}}]}}`, "1 a.webp?w=2|2 b.png"},
		{"changed source of unknown kind", `{"type":3,"data":{"source":0,"attributes":[{"id":4,"attributes":{"src":"` + at + `page"}}]}}`, ""},
		{"rule", `{"type":3,"data":{"source":8,"adds":[{"rule":".a{background:url(` + at + `a.png)}","index":0}]}}`, "2 a.png"},
		{"declaration", `{"type":3,"data":{"source":13,"set":{"property":"background","value":"url(` + at + `a.png)"}}}`, "2 a.png"},
		{"adopted", `{"type":3,"data":{"source":15,"styles":[{"styleId":1,"rules":[{"rule":"a{background:url(` + at + `a.png)}"}]}]}}`, "2 a.png"},
		{"font", `{"type":3,"data":{"source":10,"family":"x","fontSource":"url(` + at + `f.woff)","buffer":false}}`, "2 f.woff"},
		{"a tag behind its attributes", `{"type":2,"data":{"node":{"attributes":{"href":"` + at + `a.css","rel":"stylesheet"},"childNodes":[],"tagName":"link","type":2}}}`, "0 a.css"},
		{"broken", `{"type":3,"data":{"attributes":[{"attributes":{"src":"` + at + `a.png`, ""},
		{"no object", `"` + at + `"`, ""},
	} {
		var found []string
		hosts.References([]byte(test.event), func(r Reference) {
			found = append(found, fmt.Sprint(int(r.Kind), " ", strings.TrimPrefix(r.Address, at)))
		})
		if got := strings.Join(found, "|"); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
	deep := strings.Repeat(`{"childNodes":[`, 100_000) + `"cdn.example.com"` + strings.Repeat("]}", 100_000)
	hosts.References([]byte(deep), func(Reference) { t.Error("found something") })
}

// Every address of a style sheet is replaced, however it is written.
func TestRewrite(t *testing.T) {
	base, _ := url.Parse("https://cdn.example.com/css/a.css")
	for css, want := range map[string]string{
		`a{background:url(x.png)}`:                                            `a{background:url("[2 https://cdn.example.com/css/x.png]")}`,
		`a{background:URL( "/x" )}`:                                           `a{background:URL( "[2 https://cdn.example.com/x]" )}`,
		`@import "b.css" screen;`:                                             `@import "[0 https://cdn.example.com/css/b.css]" screen;`,
		`@import url(//o.example/b)`:                                          `@import url("[0 https://o.example/b]")`,
		`@\69mport 'b';`:                                                      `@\69mport "[0 https://cdn.example.com/css/b]";`,
		`a{b:u\72 l(x\29 y)}`:                                                 `a{b:url("[2 https://cdn.example.com/css/x)y]")}`,
		`a{b:image-set("x" 1x, url(y) 2x)} a::after{content:"z"}`:             `a{b:image-set("[2 https://cdn.example.com/css/x]" 1x, url("[2 https://cdn.example.com/css/y]") 2x)} a::after{content:"z"}`,
		`a{b:url(data:image/png;base64,AA)} c{d:url(#e)}`:                     `a{b:url(data:image/png;base64,AA)} c{d:url(#e)}`,
		`/* url(x) */a{b:"url(y)"} @namespace url(http://www.w3.org/1999/x);`: `/* url(x) */a{b:"url(y)"} @namespace url(http://www.w3.org/1999/x);`,
		`a{b:url(javascript:alert(1))}`:                                       `a{b:url("data:,"))}`,
		`a{b:url(x`:                                                           `a{b:url("[2 https://cdn.example.com/css/x]")`,
		`a{b:url("x`:                                                          `a{b:url("[2 https://cdn.example.com/css/x]"`,
		`a{b:url("\22);c{d:url(http://o.example/`:                             `a{b:url("data:,"`,
		`\`: `\`,
	} {
		got := Rewrite(css, base, func(address string, kind Kind) string { return fmt.Sprintf("[%d %s]", kind, address) })
		if got != want {
			t.Errorf("%s:\n%s, want\n%s", css, got, want)
		}
	}
	if got := Rewrite(`a{b:url(x)}`, base, func(string, Kind) string { return `"); evil` }); got != `a{b:url("\22 ); evil")}` {
		t.Error(got)
	}
}

func FuzzRewrite(f *testing.F) {
	for _, css := range []string{`@import url("a\`, `a{b:image-set(url(x)"y"`, "url(\\\r\n)", `/*`, `\61 url(`, `"\`} {
		f.Add(css)
	}
	// After all addresses were rewritten to nothing, there is nothing left to rewrite.
	f.Fuzz(func(t *testing.T, css string) {
		once := Rewrite(css, nil, func(string, Kind) string { return "" })
		Rewrite(once, nil, func(address string, _ Kind) string {
			t.Errorf("%q became %q, which still leads to %s", css, once, address)
			return ""
		})
	})
}

func TestOnlyPublicAddresses(t *testing.T) {
	for _, private := range []string{
		"127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255", "198.18.0.1", "240.0.0.1",
		"::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1",
	} {
		if IsPublic(netip.MustParseAddr(private)) {
			t.Errorf("%s may be connected to", private)
		}
	}
	for _, public := range []string{"1.1.1.1", "93.184.215.14", "2606:4700::1111", "::ffff:1.1.1.1"} {
		if !IsPublic(netip.MustParseAddr(public)) {
			t.Errorf("%s may not be connected to", public)
		}
	}
	if IsPublic(netip.Addr{}) {
		t.Error("no address may be connected to")
	}
}

// host is a web server on this machine, and a worker that may connect to it.
type host struct {
	*httptest.Server
	asked atomic.Int64
}

func newHost(t *testing.T, h http.HandlerFunc) *host {
	s := &host{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.asked.Add(1)
		if r.Header.Get("Cookie") != "" || r.Header.Get("Authorization") != "" || r.Header.Get("Referer") != "" {
			t.Errorf("%s was asked for with %v", r.URL, r.Header)
		}
		http.SetCookie(w, &http.Cookie{Name: "id", Value: "1", Path: "/"})
		h(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

func (h *host) name() string { return strings.TrimPrefix(h.URL, "http://") }

// anywhere lets tests connect to this machine.
func anywhere(string, string, syscall.RawConn) error { return nil }

func opened(t *testing.T) blocks.Named {
	s, err := dir.Open(t.TempDir(), dir.Options{MinFreeBytes: -1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// all lets a worker do everything that waits.
func (w *Worker) all(ctx context.Context) {
	for {
		select {
		case j := <-w.queue:
			w.fetch(ctx, j)
		default:
			return
		}
	}
}

func image(address string) []byte {
	return []byte(`{"type":3,"data":{"source":0,"adds":[{"node":{"type":2,"tagName":"img","attributes":{"src":"` + address + `"},"id":9}}]}}`)
}

func page(address string) []byte {
	return []byte(`{"type":2,"data":{"node":{"type":2,"tagName":"link","attributes":{"rel":"stylesheet","href":"` + address + `"},"id":9}}}`)
}

// A page's style sheet, what it imports, its font and its image are fetched once, and are the same on both storages.
func TestAPageIsFetchedOnce(t *testing.T) {
	h := newHost(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/a.css":
			http.Redirect(w, r, "/moved/a.css", http.StatusFound)
		case "/moved/a.css":
			w.Header().Set("Content-Type", "text/css; charset=utf-8")
			_, _ = w.Write([]byte(`@import "b.css"; @font-face{src:url(f.woff2)} a{background:url(http://other.example/x.png)}`))
		case "/moved/b.css":
			w.Header().Set("Content-Type", "text/css")
			_, _ = w.Write([]byte(`body{background:url(../i.svg)}`))
		case "/moved/f.woff2":
			w.Header().Set("Content-Type", "application/octet-stream")
			_, _ = w.Write([]byte("wOF2 and so on"))
		case "/i.svg":
			w.Header().Set("Content-Type", "image/svg+xml")
			_, _ = w.Write([]byte("<svg/>"))
		default:
			http.NotFound(w, r)
		}
	})
	run := func(t *testing.T, to blocks.Named) {
		h.asked.Store(0)
		hosts := Hosts{h.name()}
		for range 2 { // a second server, or a later start
			w := NewWorker(Options{To: to, Hosts: hosts, control: anywhere})
			for range 2 {
				w.Event("default", "s", page(h.URL+"/a.css"))
				w.Event("default", "s2", page(h.URL+"/a.css#top"))
				w.all(t.Context())
			}
			w.Close()
		}
		if n := h.asked.Load(); n != 5 {
			t.Errorf("the host was asked %d times, want 5", n)
		}
		reader := Reader{From: to, Hosts: hosts}
		for path, kind := range map[string]string{"/a.css": "text/css", "/moved/b.css": "text/css", "/moved/f.woff2": "font/woff2", "/i.svg": "image/svg+xml"} {
			a, err := reader.Asset(t.Context(), "default", h.URL+path)
			if err != nil || a.Type != kind || len(a.Data) == 0 {
				t.Errorf("%s: %q, %v", path, a.Type, err)
			}
		}
		a, _ := reader.Asset(t.Context(), "default", h.URL+"/a.css")
		if got := string(a.Rewrite(func(address string, _ Kind) string { return strings.TrimPrefix(address, h.URL) })); !strings.HasPrefix(got, `@import "/moved/b.css"`) {
			t.Errorf("the sheet refers to %s", got)
		}
		if _, err := reader.Asset(t.Context(), "shop", h.URL+"/a.css"); !errors.Is(err, ErrNotKept) {
			t.Errorf("another project's asset: %v", err)
		}
		if _, err := (&Reader{From: to}).Asset(t.Context(), "default", h.URL+"/a.css"); !errors.Is(err, ErrNotKept) {
			t.Errorf("an asset of a host that is not allowed any more: %v", err)
		}
	}
	t.Run("dir", func(t *testing.T) { run(t, opened(t)) })
	if blockstest.Asked("s3") {
		t.Run("s3", func(t *testing.T) {
			server, err := s3test.Start(t.Context(), t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			defer server.Close()
			s, err := s3.Open(t.Context(), server.URL("", "assets"), s3.Options{Credentials: s3test.Credentials()})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			run(t, s)
		})
	}
}

// Each reason why something is not fetched is counted, and the address is not tried again with the next block.
func TestWhatIsNotFetched(t *testing.T) {
	slow := make(chan struct{})
	defer close(slow)
	private := newHost(t, func(http.ResponseWriter, *http.Request) { t.Error("a host that is not public was asked") })
	h := newHost(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "image/png")
		switch r.URL.Path {
		case "/slow":
			select {
			case <-slow:
			case <-r.Context().Done():
			}
		case "/slow-body":
			w.WriteHeader(http.StatusOK)
			_ = http.NewResponseController(w).Flush()
			select {
			case <-slow:
			case <-r.Context().Done():
			}
		case "/large":
			_, _ = w.Write(make([]byte, 2000))
		case "/large-unsaid":
			for range 100 {
				_, _ = w.Write(make([]byte, 1000))
				_ = http.NewResponseController(w).Flush()
			}
		case "/page":
			w.Header().Set("Content-Type", "text/html")
			_, _ = w.Write([]byte("<p>"))
		case "/sheet":
			w.Header().Set("Content-Type", "text/css")
			_, _ = w.Write([]byte("a{}"))
		case "/to-private":
			http.Redirect(w, r, private.URL+"/secret", http.StatusFound)
		case "/to-other":
			http.Redirect(w, r, "http://other.example/", http.StatusFound)
		case "/round":
			http.Redirect(w, r, "/round", http.StatusFound)
		default:
			http.NotFound(w, r)
		}
	})
	// On this machine only the address of the host may be connected to. All others get the check that servers make.
	control := func(network, address string, c syscall.RawConn) error {
		if address == h.name() {
			return nil
		}
		return onlyPublic(network, address, c)
	}
	for path, want := range map[string]Outcome{
		"/slow": TooSlow, "/slow-body": TooSlow, "/large": TooLarge, "/large-unsaid": TooLarge, "/page": WrongType, "/sheet": WrongType, "/to-private": Private, "/to-other": OtherHost,
		"/round": TooMany, "/missing": BadStatus,
	} {
		now := time.Now()
		timeout := 10 * time.Second
		if want == TooSlow {
			timeout = 100 * time.Millisecond
		}
		w := NewWorker(Options{To: opened(t), Hosts: Hosts{h.name(), private.name()}, MaxBytes: 1000, Timeout: timeout, control: control, Now: func() time.Time { return now }})
		for range 3 {
			w.Event("default", "s", image(h.URL+path))
			w.all(t.Context())
		}
		if counts := w.Counts(); len(counts) != 1 || counts[want] != 1 {
			t.Errorf("%s: %v, want one %s", path, counts, want)
		}
		now = now.Add(2 * time.Hour)
		w.Event("default", "s", image(h.URL+path))
		w.all(t.Context())
		if again := w.Counts()[want] == 2; again != want.temporary() {
			t.Errorf("%s: tried again after two hours: %v", path, again)
		}
		w.Close()
	}
}

// A name that resolves to a private address is refused when the connection is made, whatever it resolved to before.
func TestANameThatLeadsIntoThePrivateNetwork(t *testing.T) {
	h := newHost(t, func(http.ResponseWriter, *http.Request) { t.Error("the private host was asked") })
	_, port, _ := net.SplitHostPort(h.name())
	names, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer names.Close()
	go answerLoopback(names)
	resolver := &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", names.LocalAddr().String())
	}}
	host := "rebound.example:" + port
	w := NewWorker(Options{To: opened(t), Hosts: Hosts{host}, resolver: resolver})
	defer w.Close()
	w.Event("default", "s", image("http://"+host+"/a.png"))
	w.all(t.Context())
	if counts := w.Counts(); counts[Private] != 1 || len(counts) != 1 {
		t.Errorf("%v, want one %s", counts, Private)
	}
}

// answerLoopback resolves every name to this machine.
func answerLoopback(c net.PacketConn) {
	b := make([]byte, 512)
	for {
		n, from, err := c.ReadFrom(b)
		if err != nil {
			return
		}
		end := slices.Index(b[12:n], 0) + 12 + 5 // of the question
		answer := append([]byte{b[0], b[1], 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0}, b[12:end]...)
		if b[end-3] == 1 { // an IPv4 address is asked for
			answer[7] = 1
			answer = append(answer, 0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 127, 0, 0, 1)
		}
		_, _ = c.WriteTo(answer, from)
	}
}

func TestASessionCannotLeadToEverything(t *testing.T) {
	h := newHost(t, func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Type", "image/png") })
	w := NewWorker(Options{To: opened(t), Hosts: Hosts{h.name()}, PerSession: 3, control: anywhere})
	defer w.Close()
	for i := range 10 {
		w.Event("default", "s", image(fmt.Sprint(h.URL, "/", i)))
	}
	w.Event("default", "another", image(h.URL+"/9"))
	w.all(t.Context())
	if counts := w.Counts(); counts[Fetched] != 4 || counts[SessionLimit] != 1 {
		t.Errorf("%v, want 4 fetched and one session that had more", counts)
	}
	for i := range waiting + 10 {
		w.Event("default", fmt.Sprint("s", i), image(fmt.Sprint(h.URL, "/more", i)))
	}
	if n := w.Counts()[Waiting]; n != 10 {
		t.Errorf("%d had no place in the queue, want 10", n)
	}
}

// An asset stays as long as recordings refer to it, and is dropped with the last of them.
func TestRetention(t *testing.T) {
	now := time.Now()
	clock := func() time.Time { return now }
	to, err := dir.Open(t.TempDir(), dir.Options{MinFreeBytes: -1, Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	defer to.Close()
	h := newHost(t, func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Type", "image/png") })
	o := Options{To: to, Hosts: Hosts{h.name()}, RetentionDays: map[string]int{"default": 30}, control: anywhere, Now: clock}
	w := NewWorker(o)
	defer w.Close()
	reader := Reader{From: to, Hosts: o.Hosts}
	is := func(want bool) {
		t.Helper()
		w.drop(t.Context())
		if _, err := reader.Asset(t.Context(), "default", h.URL+"/a.png"); (err == nil) != want {
			t.Errorf("after %v: %v", now, err)
		}
	}
	for range 3 {
		w.Event("default", "s", image(h.URL+"/a.png"))
		w.all(t.Context())
		is(true)
		now = now.Add(20 * 24 * time.Hour)
	}
	is(true)
	now = now.Add(20 * 24 * time.Hour)
	is(false)
	if n := h.asked.Load(); n != 1 {
		t.Errorf("the host was asked %d times, want 1", n)
	}
}

// What Start begins ends with Close.
func TestStart(t *testing.T) {
	asked := make(chan struct{})
	h := newHost(t, func(_ http.ResponseWriter, r *http.Request) {
		close(asked)
		<-r.Context().Done()
	})
	w := NewWorker(Options{To: opened(t), Hosts: Hosts{h.name()}, control: anywhere})
	w.Start()
	w.Event("default", "s", image(h.URL+"/a.png"))
	<-asked
	w.Close()
	if counts := w.Counts(); len(counts) != 0 {
		t.Errorf("%v", counts)
	}
}
