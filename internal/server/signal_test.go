//go:build unix

package server

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Whatever hangs, SIGTERM ends the program properly, with exit code 0, and everything that it acknowledged is there. In each case the hanging part
// would never end by itself.
func TestTheProgramStopsWhateverHangs(t *testing.T) {
	for name, hang := range map[string]func(*testing.T) (args []string, begin func(*process)){
		"a body that trickles":          trickle,
		"a client that does not read":   doNotRead,
		"a storage that hangs":          storageHangs,
		"heavy requests":                heavy,
		"connections without a request": connectOnly,
	} {
		t.Run(name, func(t *testing.T) {
			args, begin := hang(t)
			dir := t.TempDir()
			p := run(t, freePort(t), dir, args...)
			e := generation(time.Now(), "t", nil)
			p.Capture(t, "/batch/", e)
			begin(p)
			told := time.Now()
			if err := p.end(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
			t.Logf("gone after %v", time.Since(told))
			if again := run(t, freePort(t), dir); again.All(t, "/api/generations")[e.UUID] != 1 {
				t.Error("what was acknowledged is not there")
			}
		})
	}
}

// soon are the arguments for cases that use all of the allowed time.
var soon = []string{"--shutdown-timeout", "6s"}

func dial(t *testing.T, p *process) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(p.Base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// trickle sends a byte of a body from time to time, as long as the server reads.
func trickle(t *testing.T) ([]string, func(*process)) {
	return soon, func(p *process) {
		c := dial(t, p)
		fmt.Fprintf(c, "POST /batch/ HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: 1000000\r\n\r\n", c.RemoteAddr())
		if _, err := c.Read(make([]byte, 100)); err != nil { // the server reads the body from here on
			t.Fatal(err)
		}
		go func() {
			for {
				if _, err := c.Write([]byte(" ")); err != nil {
					return
				}
				time.Sleep(10 * time.Millisecond)
			}
		}()
	}
}

// doNotRead requests more data than all buffers can hold, and reads nothing.
func doNotRead(t *testing.T) ([]string, func(*process)) {
	return soon, func(p *process) {
		c := dial(t, p)
		const path, counter = "/static/array.js", `playhead_http_requests_total{code="200",method="GET",route="GET /static/{file}"} `
		for range 1000 {
			fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: %s\r\n\r\n", path, c.RemoteAddr())
		}
		count := func() (n int) {
			_, after, found := strings.Cut(string(p.Get(t, "/metrics").Body), counter)
			if _, err := fmt.Sscan(after, &n); err != nil && found {
				t.Fatal(err)
			}
			return n
		}
		// A request counts as blocked if it makes no progress while others do.
		for {
			const others = 5
			before := count()
			for range others {
				if res := p.Get(t, path); res.Status != http.StatusOK {
					t.Fatalf("%s: %d", path, res.Status)
				}
			}
			if n := count(); before > 0 && n == before+others {
				return
			}
		}
	}
}

// storageHangs is an S3 that never answers a write.
func storageHangs(t *testing.T) ([]string, func(*process)) {
	hangs, release := make(chan struct{}, 100), make(chan struct{})
	s3 := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut {
			hangs <- struct{}{}
			<-release
		}
	}))
	t.Cleanup(func() { close(release); s3.Close() })
	t.Setenv("AWS_ACCESS_KEY_ID", "key")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	return []string{"--blocks", "s3://bucket/recordings?endpoint=" + s3.URL + "&region=here", "--s3-window", "1ms", soon[0], soon[1]}, func(p *process) {
		go func() {
			body := bytes.NewReader(batch(snapshot(time.Now(), "s", "w", true, "marker")))
			if res, err := http.Post(p.Base+"/s/", "application/json", body); err == nil {
				res.Body.Close()
				if res.StatusCode == http.StatusOK {
					t.Error("a recording that is not stored was acknowledged")
				}
			}
		}()
		<-hangs
	}
}

// heavy sends bodies that take long to check, eight at a time.
func heavy(t *testing.T) ([]string, func(*process)) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	fmt.Fprintf(z, `{"api_key":%q,"batch":[`, testToken)
	for i := range 8 {
		if i > 0 {
			io.WriteString(z, ",")
		}
		fmt.Fprintf(z, `{"event":"$ai_generation","distinct_id":"d","properties":{"$ai_input":[{"role":"user","content":[%s{}]}]}}`, strings.Repeat(`{"type":"text","text":"x"},`, 40_000))
	}
	io.WriteString(z, "]}")
	z.Close()
	return []string{"--shutdown-timeout", "1m"}, func(p *process) { // longer than checking all of them takes on a busy machine
		begun := make(chan struct{})
		for range 8 {
			go func() {
				r, _ := http.NewRequest("POST", p.Base+"/batch/", io.MultiReader(bytes.NewReader(packed.Bytes()), begins{begun}))
				r.Header.Set("Content-Encoding", "gzip")
				r.Header.Set("Content-Type", "application/json")
				if res, err := http.DefaultClient.Do(r); err == nil {
					res.Body.Close()
				}
			}()
		}
		for range 8 {
			<-begun // the body is sent
		}
	}
}

// begins is the end of a body. It signals when it is reached.
type begins struct{ reached chan<- struct{} }

func (b begins) Read([]byte) (int, error) {
	b.reached <- struct{}{}
	return 0, io.EOF
}

func connectOnly(t *testing.T) ([]string, func(*process)) {
	return soon, func(p *process) {
		for range 50 {
			dial(t, p)
		}
	}
}

// After a second signal, a server does not wait for balancers.
func TestASecondSignalEndsTheDelay(t *testing.T) {
	p := run(t, freePort(t), t.TempDir(), "--shutdown-delay", "1h", "--shutdown-timeout", "2h")
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for p.Get(t, "/readyz").Status == http.StatusOK {
	}
	p.Capture(t, "/batch/", generation(time.Now(), "t", nil))
	if err := p.end(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
}
