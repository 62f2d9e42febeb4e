package validate

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/playheadhq/playhead/internal/testport"
)

// balancer is HAProxy with deploy's file.
type balancer struct {
	*process
	url, health string
}

// haproxy is the program; deploy/validate/haproxy.sh installs it.
func haproxy(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"haproxy", "/usr/sbin/haproxy"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Fatal("there is no haproxy: run deploy/validate/haproxy.sh")
	return ""
}

// startBalancer runs deploy's file with other addresses.
func startBalancer(t *testing.T, nodes ...string) *balancer {
	t.Helper()
	free, err := testport.Free(2)
	if err != nil {
		t.Fatal(err)
	}
	text := file(t, "deploy/haproxy/haproxy.cfg")
	replace := map[string]string{"bind :8000": "bind " + free[0], "bind 127.0.0.1:8404": "bind " + free[1]}
	for i, address := range nodes {
		replace[fmt.Sprintf("node%d:8000", i+1)] = address
	}
	for name, here := range replace {
		if !strings.Contains(text, name) {
			t.Fatalf("there is no %s in haproxy.cfg", name)
		}
		text = strings.ReplaceAll(text, name, here)
	}
	path := filepath.Join(t.TempDir(), "haproxy.cfg")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	b := &balancer{url: "http://" + free[0], health: "http://" + free[1] + "/ready"}
	// It runs with the limit that compose.yaml sets.
	files := project(t, makeEnv(t)).Services["balancer"].Ulimits["nofile"].Hard
	b.process = during(t, exec.Command("/bin/sh", "-c", fmt.Sprintf("ulimit -n %d && exec \"$@\"", files), "sh", haproxy(t), "-db", "-f", path))
	eventually(t, "the balancer listens", func() bool {
		select {
		case <-b.ended:
			t.Fatalf("haproxy ended: %s", b.said.last(4000))
		default:
		}
		response, err := client.Get(b.health)
		if err == nil {
			response.Body.Close()
		}
		return err == nil
	})
	return b
}

// healthy is the result of the container's health check.
func (b *balancer) healthy() bool {
	response, err := client.Get(b.health)
	if err != nil {
		return false
	}
	response.Body.Close()
	return response.StatusCode == http.StatusOK
}

// fake is a node that behaves as a test wants.
type fake struct {
	*httptest.Server
	ready, asked atomic.Int64 // ready is the status of /readyz
	alive        atomic.Int64 // that of /healthz
	serve        http.HandlerFunc
}

func newFake(t *testing.T, serve http.HandlerFunc) *fake {
	t.Helper()
	f := &fake{serve: serve}
	f.ready.Store(http.StatusOK)
	f.alive.Store(http.StatusOK)
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/readyz":
			w.WriteHeader(int(f.ready.Load()))
		case "/healthz":
			w.WriteHeader(int(f.alive.Load()))
		default:
			f.asked.Add(1)
			f.serve(w, r)
		}
	}))
	t.Cleanup(f.Server.Close)
	return f
}

func (f *fake) address() string { return f.Listener.Addr().String() }

func three(t *testing.T, serve http.HandlerFunc) ([]*fake, *balancer) {
	t.Helper()
	var all []*fake
	var addresses []string
	for range 3 {
		f := newFake(t, serve)
		all = append(all, f)
		addresses = append(addresses, f.address())
	}
	b := startBalancer(t, addresses...)
	eventually(t, "the balancer finds a node", b.healthy)
	return all, b
}

// HAProxy accepts the unchanged file of the repository, with names that do not exist here.
func TestBalancerFile(t *testing.T) {
	said, err := exec.Command(haproxy(t), "-c", "-f", "deploy/haproxy/haproxy.cfg").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	for line := range strings.Lines(string(said)) {
		if strings.Contains(line, "[WARNING]") && !strings.Contains(line, "could not resolve address 'node") {
			t.Error(line)
		}
	}
	broken := strings.Replace(file(t, "deploy/haproxy/haproxy.cfg"), "balance leastconn", "balance leastcon", 1)
	path := filepath.Join(t.TempDir(), "haproxy.cfg")
	if err := os.WriteFile(path, []byte(broken), 0o644); err != nil {
		t.Fatal(err)
	}
	if exec.Command(haproxy(t), "-c", "-f", path).Run() == nil {
		t.Error("a mistake passes")
	}
}

// The balancer's nodes are those of compose.yaml, and its health check uses the right address.
func TestBalancerAndCompose(t *testing.T) {
	text, p := file(t, "deploy/haproxy/haproxy.cfg"), project(t, makeEnv(t))
	for _, s := range nodes(p) {
		if strings.Count(text, "    server "+s.Name+" "+s.Name+":8000\n") != 2 {
			t.Errorf("%s is not in both backends", s.Name)
		}
	}
	if n := strings.Count(text, "    server "); n != 2*len(nodes(p)) {
		t.Errorf("%d servers for %d nodes", n, len(nodes(p)))
	}
	check := strings.Join(p.Services["balancer"].HealthCheck.Test, " ")
	if !strings.HasSuffix(check, "http://127.0.0.1:8404/ready") || !strings.Contains(text, "bind 127.0.0.1:8404\n") || !strings.Contains(text, "monitor-uri /ready\n") {
		t.Errorf("the balancer is asked by %s", check)
	}
	check = strings.Join(p.Services["s3"].HealthCheck.Test, " ")
	if s3 := p.Services["s3"].Environment; !strings.HasSuffix(check, "http://127.0.0.1"+*s3["VGW_PORT"]+*s3["VGW_HEALTH"]) {
		t.Errorf("S3 is asked by %s", check)
	}
}

// A body of the largest size that a node accepts arrives completely, and the node gets the host name that the client used.
func TestBalancerPassesLargeBodies(t *testing.T) {
	body := bytes.Repeat([]byte("0123456789abcdef"), 64<<20/16)
	want := sha256.Sum256(body)
	_, b := three(t, func(w http.ResponseWriter, r *http.Request) {
		sum := sha256.New()
		n, err := io.Copy(sum, r.Body)
		fmt.Fprintf(w, "%s %d %x %v", r.Host, n, sum.Sum(nil), err)
	})
	request, err := http.NewRequestWithContext(t.Context(), "POST", b.url+"/s/", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Host = "playhead.example.com"
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	got, err := io.ReadAll(response.Body)
	if want := fmt.Sprintf("playhead.example.com %d %x <nil>", len(body), want); err != nil || string(got) != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
}

// A node learns the client's address, whatever the client itself has written into the header.
func TestBalancerSaysWhoCame(t *testing.T) {
	_, b := three(t, func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, strings.Join(r.Header.Values("X-Forwarded-For"), ", "))
	})
	request, err := http.NewRequestWithContext(t.Context(), "POST", b.url+"/batch/", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("X-Forwarded-For", "1.2.3.4")
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if said, err := io.ReadAll(response.Body); err != nil || string(said) != "1.2.3.4, 127.0.0.1" {
		t.Errorf("the node hears of %s, %v", said, err)
	}
}

// The first part of an answer arrives before the node sends the next one.
func TestBalancerStreams(t *testing.T) {
	more := make(chan struct{})
	_, b := three(t, func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(w, "first")
		w.(http.Flusher).Flush()
		<-more
		fmt.Fprintln(w, "second")
	})
	response, err := client.Get(b.url + "/api/traces")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	lines := bufio.NewScanner(response.Body)
	if !lines.Scan() || lines.Text() != "first" {
		t.Errorf("got %q, %v", lines.Text(), lines.Err())
	}
	close(more)
	if !lines.Scan() || lines.Text() != "second" {
		t.Errorf("got %q, %v", lines.Text(), lines.Err())
	}
}

func ask(t *testing.T, b *balancer, times int) (statuses map[int]int) {
	t.Helper()
	statuses = map[int]int{}
	for range times {
		response, err := client.Post(b.url+"/batch/", "application/json", strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		statuses[response.StatusCode]++
	}
	return statuses
}

// A node that is not ready gets no requests, and gets some again when it is ready.
func TestBalancerLeavesOutWhoIsNotReady(t *testing.T) {
	all, b := three(t, func(http.ResponseWriter, *http.Request) {})
	eventually(t, "each node gets requests", func() bool {
		ask(t, b, 6)
		return all[0].asked.Load() > 0 && all[1].asked.Load() > 0 && all[2].asked.Load() > 0
	})
	all[1].ready.Store(http.StatusServiceUnavailable)
	eventually(t, "the balancer has noticed", func() bool {
		before := all[1].asked.Load()
		ask(t, b, 6)
		return all[1].asked.Load() == before
	})
	before := all[1].asked.Load()
	if got := ask(t, b, 60); got[http.StatusOK] != 60 || all[1].asked.Load() != before {
		t.Errorf("%v; who is not ready got %d", got, all[1].asked.Load()-before)
	}
	all[1].ready.Store(http.StatusOK)
	eventually(t, "it takes part again", func() bool { ask(t, b, 6); return all[1].asked.Load() > before })
}

// While no node is ready, requests still go to nodes: they serve the browser files, and answer with the reason. If none runs, the balancer answers
// when to retry, with headers that let pages of other origins read it.
func TestBalancerWithoutNodes(t *testing.T) {
	all, b := three(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	for _, f := range all {
		f.ready.Store(http.StatusServiceUnavailable)
	}
	eventually(t, "the balancer has noticed", func() bool { return !b.healthy() })
	if got := ask(t, b, 6); got[http.StatusTeapot] != 6 {
		t.Errorf("while none is ready: %v", got)
	}
	for _, f := range all {
		f.alive.Store(http.StatusInternalServerError)
	}
	eventually(t, "nobody is asked", func() bool { return ask(t, b, 1)[http.StatusServiceUnavailable] == 1 })
	response, err := client.Get(b.url + "/batch/")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	h := response.Header
	if h.Get("Retry-After") != "5" || h.Get("Access-Control-Allow-Origin") != "*" || h.Get("Content-Type") != "application/problem+json" {
		t.Errorf("it says %v", h)
	}
}

// A request that could not be sent goes to another node. A request that was sent is not sent again, even if there is no answer.
func TestBalancerRetriesOnlyWhatWasNotSent(t *testing.T) {
	all, b := three(t, func(http.ResponseWriter, *http.Request) {})
	all[0].Listener.Close() // nobody listens there from now on; the health check has not noticed yet
	if got := ask(t, b, 12); got[http.StatusOK] != 12 {
		t.Errorf("with a node that is gone: %v", got)
	}
	eventually(t, "the balancer knows", func() bool {
		return strings.Contains(b.said.String(), "Server nodes/node1 is DOWN")
	})
	sent := all[1].asked.Load() + all[2].asked.Load()
	var cut sync.Once
	lost := false
	drop := func(w http.ResponseWriter, _ *http.Request) {
		cut.Do(func() { lost = true; panic(http.ErrAbortHandler) })
	}
	all[1].serve, all[2].serve = drop, drop
	got := ask(t, b, 1)
	if now := all[1].asked.Load() + all[2].asked.Load(); !lost || got[http.StatusBadGateway] != 1 || now != sent+1 {
		t.Errorf("a request was sent %d times, lost: %v, answered: %v", now-sent, lost, got)
	}
}

// checkEvery is how long the balancer takes to notice that a node is not ready: one failed check is enough.
func checkEvery(t *testing.T) time.Duration {
	t.Helper()
	_, nodes, _ := strings.Cut(file(t, "deploy/haproxy/haproxy.cfg"), "\nbackend nodes\n")
	found := regexp.MustCompile(`default-server check inter (\S+) fall 1 `).FindStringSubmatch(nodes)
	if found == nil {
		t.Fatal("haproxy.cfg does not say how often nodes are asked, or one check is not enough")
	}
	every, err := time.ParseDuration(found[1])
	if err != nil {
		t.Fatal(err)
	}
	return every
}

// server is the state of a node in backend nodes according to the balancer's statistics: UP or DOWN, and its number of requests.
func (b *balancer) server(t *testing.T, name string) (status string, running int) {
	t.Helper()
	response, err := client.Get(strings.TrimSuffix(b.health, "/ready") + "/stats;csv")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	rows, err := csv.NewReader(response.Body).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := func(name string) int { return slices.Index(rows[0], name) }
	for _, row := range rows {
		if row[0] == "nodes" && row[column("svname")] == name {
			running, err := strconv.Atoi(row[column("scur")])
			if err != nil {
				t.Fatal(err)
			}
			return row[column("status")], running
		}
	}
	t.Fatalf("the balancer does not know %s", name)
	return "", 0
}

// The nodes of compose.yaml are stopped and started one after the other, as in an upgrade, while clients send: every request is answered with 200,
// and all data are there.
//
// How long the balancer takes to notice depends on the load of the machine, and TestComposeNodes compares the configured times. Here a node continues
// to serve until the balancer says that it sends no more requests to it; then a second signal makes the node stop.
func TestComposeUpgrade(t *testing.T) {
	w := storages(t)
	services := nodes(w.project)
	free, err := testport.Free(len(services))
	if err != nil {
		t.Fatal(err)
	}
	start := func(i int) *node {
		environ := append(w.composeEnviron(t, services[i].Name), "PLAYHEAD_SHUTDOWN_DELAY=1h", "PLAYHEAD_SHUTDOWN_TIMEOUT=2h")
		return startNodeAt(t, free[i], services[i].Command, environ)
	}
	var running []*node
	for i := range services {
		running = append(running, start(i))
	}
	for _, n := range running {
		n.ready(t)
	}
	b := startBalancer(t, free...)
	up := func(name string) {
		t.Helper()
		eventually(t, "the balancer sends to "+name, func() bool { status, _ := b.server(t, name); return status == "UP" })
	}
	for _, s := range services {
		up(s.Name)
	}

	var acknowledged atomic.Int64
	stop := make(chan struct{})
	var sending sync.WaitGroup
	end := sync.OnceFunc(func() { close(stop); sending.Wait() })
	defer end()
	before := stored(t, w)
	for range 4 {
		sending.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if status := capture(t, b.url, w.env["PLAYHEAD_TOKEN"]); status != http.StatusOK {
					t.Errorf("capture: %d", status)
					return
				}
				acknowledged.Add(1)
			}
		})
	}
	for i, s := range services {
		at := acknowledged.Load()
		eventually(t, "some are taken", func() bool { return acknowledged.Load() > at+20 })
		if err := running[i].cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		eventually(t, "the balancer sends nobody to "+s.Name, func() bool {
			status, has := b.server(t, s.Name)
			return strings.HasPrefix(status, "DOWN") && has == 0
		})
		if n := running[i].status("/healthz"); n != http.StatusOK {
			t.Errorf("%s is gone before the balancer knows: %d", s.Name, n)
		}
		running[i].terminate(t)
		running[i] = start(i)
		running[i].ready(t)
		up(s.Name)
	}
	end()
	t.Logf("%d were acknowledged", acknowledged.Load())
	if found := stored(t, w) - before; found != acknowledged.Load() {
		t.Errorf("%d were acknowledged, %d are there", acknowledged.Load(), found)
	}
}

// stored counts the events that tests have captured.
func stored(t *testing.T, w *world) int64 {
	t.Helper()
	text, err := w.clickhouse.At(0).Query(t.Context(), "SELECT uniqExact(uuid) FROM cluster('playhead', playhead.events_local) WHERE name = 'deployed'")
	var n int64
	if _, scanned := fmt.Sscan(text, &n); errors.Join(err, scanned) != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return n
}

// A client that sends slowly does not block others, and is not cut off.
func TestBalancerIsPatient(t *testing.T) {
	_, b := three(t, func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		fmt.Fprint(w, len(body), err)
	})
	c, err := net.Dial("tcp", strings.TrimPrefix(b.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprintf(c, "POST /batch/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 6\r\n\r\nabc")
	if got := ask(t, b, 12); got[http.StatusOK] != 12 {
		t.Errorf("others meanwhile: %v", got)
	}
	fmt.Fprint(c, "def")
	answer, err := io.ReadAll(c)
	if err != nil || !strings.HasSuffix(string(answer), "6 <nil>") {
		t.Errorf("got %s, %v", answer, err)
	}
}
