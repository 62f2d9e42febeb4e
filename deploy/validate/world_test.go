package validate

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/playheadhq/playhead/internal/store/clickhouse/chtest"
	"github.com/playheadhq/playhead/internal/testport"
)

// world has the programs of compose.yaml on this machine: each with the command, the environment and the files that it would have in Compose. Only
// the addresses differ, because without an engine's network no names stand for containers.
type world struct {
	env        map[string]string // .env
	project    *types.Project
	clickhouse *chtest.Servers
	storages   []*process
	// addresses has this machine's address for each name and port of compose.yaml, such as "clickhouse1:9000".
	addresses map[string]string
	ended     sync.Once
}

// shared is started by the first test that needs it.
var shared world

var startShared sync.Once
var sharedErr error

// storages starts ClickHouse and S3, once.
func storages(t *testing.T) *world {
	t.Helper()
	startShared.Do(func() {
		shared.env = makeEnv(t)
		shared.project = project(t, shared.env)
		shared.addresses = map[string]string{}
		sharedErr = errors.Join(shared.startClickHouse(), shared.startS3())
	})
	if sharedErr != nil {
		t.Fatal(sharedErr)
	}
	return &shared
}

func (w *world) close() {
	for _, p := range w.storages {
		_ = p.cmd.Process.Kill()
		<-p.ended
	}
	if w.clickhouse != nil {
		_ = w.clickhouse.Close()
	}
}

// here replaces the addresses of compose.yaml in a text. Each of them must occur.
func (w *world) here(text string, names ...string) (string, error) {
	for _, name := range names {
		if !strings.Contains(text, name) {
			return "", fmt.Errorf("there is no %s in %s", name, text)
		}
		text = strings.ReplaceAll(text, name, w.addresses[name])
	}
	return text, nil
}

// usersOfImage are the parts of ClickHouse's own users.xml that deploy's adds to.
const usersOfImage = `<clickhouse>
  <profiles><default/></profiles>
  <users><default><password/><networks><ip>::/0</ip></networks><profile>default</profile><quota>default</quota><access_management>1</access_management></default></users>
  <quotas><default><interval><duration>3600</duration><queries>0</queries><errors>0</errors><result_rows>0</result_rows><read_rows>0</read_rows><execution_time>0</execution_time></interval></default></quotas>
</clickhouse>
`

// configOfImage are the relevant parts of ClickHouse's own config.xml.
const configOfImage = `<clickhouse>
  <users_config>users.xml</users_config>
  <query_log><database>system</database><table>query_log</table></query_log>
  <metric_log><database>system</database><table>metric_log</table></metric_log>
</clickhouse>
`

// startClickHouse starts both shards with the files that compose.yaml mounts, which ClickHouse merges with its own.
func (w *world) startClickHouse() (err error) {
	services := []string{"clickhouse1", "clickhouse2"}
	for name, value := range w.project.Services[services[0]].Environment {
		if err := os.Setenv(name, *value); err != nil { // the servers are our child processes
			return err
		}
	}
	// The servers run with another time zone than the nodes, which a node must be able to handle.
	if err := os.Setenv("TZ", "Europe/Berlin"); err != nil {
		return err
	}
	dir := filepath.Join(work, "clickhouse")
	ctx := context.Background()
	// First start them as other tests do, to learn the addresses, which stay the same after a restart.
	if w.clickhouse, err = chtest.Start(ctx, dir, len(services)); err != nil {
		return err
	}
	for i, name := range services {
		w.addresses[name+":9000"] = w.clickhouse.At(i).Addr
	}
	for i, name := range services {
		if err := w.clickhouse.At(i).Kill(); err != nil {
			return err
		}
		own := filepath.Join(dir, fmt.Sprint(i))
		if err := write(filepath.Join(own, "users.xml"), usersOfImage); err != nil {
			return err
		}
		if err := write(filepath.Join(own, "settings.d/image.xml"), configOfImage); err != nil {
			return err
		}
		for _, v := range w.project.Services[name].Volumes {
			if v.Type != types.VolumeTypeBind {
				continue
			}
			text, err := os.ReadFile(v.Source)
			if err != nil {
				return err
			}
			for _, other := range services {
				host, port, _ := net.SplitHostPort(w.addresses[other+":9000"])
				text = []byte(strings.ReplaceAll(string(text), "<host>"+other+"</host><port>9000</port>", "<host>"+host+"</host><port>"+port+"</port>"))
			}
			// settings.d stands beside the settings.xml of chtest in the same way as config.d beside config.xml.
			target := strings.Replace(strings.TrimPrefix(v.Target, "/etc/clickhouse-server/"), "config.d/", "settings.d/", 1)
			if err := write(filepath.Join(own, target), string(text)); err != nil {
				return err
			}
		}
	}
	for i := range services {
		if err := w.clickhouse.At(i).Start(ctx); err != nil {
			return err
		}
	}
	return nil
}

func write(name, text string) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, []byte(text), 0o644)
}

// startS3 runs the services bucket and s3.
func (w *world) startS3() error {
	gateway := exec.Command("go", "build", "-o", filepath.Join(work, "versitygw"), "github.com/versity/versitygw/cmd/versitygw")
	gateway.Dir = "internal/blocks/s3/s3test/versitygw"
	gateway.Env = append(os.Environ(), "GOFLAGS=-mod=readonly", "GOWORK=off", "CGO_ENABLED=0")
	if said, err := gateway.CombinedOutput(); err != nil {
		return fmt.Errorf("build versitygw: %w: %s", err, said)
	}
	data := filepath.Join(work, "s3")
	bucket := w.project.Services["bucket"]
	for _, service := range []types.ServiceConfig{bucket, w.project.Services["s3"]} {
		if len(service.Volumes) != 1 || service.Volumes[0].Source != "s3" || service.Volumes[0].Target != "/data" {
			return fmt.Errorf("%s: its volume is not that of s3 at /data", service.Name)
		}
	}
	args := strings.Split(strings.ReplaceAll(strings.Join(bucket.Entrypoint, "\x00"), "/data", data), "\x00")
	if said, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
		return fmt.Errorf("%v: %w: %s", args, err, said)
	}
	free, err := testport.Free(1)
	if err != nil {
		return err
	}
	w.addresses["s3:7070"] = free[0]
	service := w.project.Services["s3"]
	server := exec.Command(filepath.Join(work, "versitygw"), strings.ReplaceAll(strings.Join(service.Command, " "), "/data", data))
	server.Args = append(server.Args[:1], strings.Fields(server.Args[1])...)
	for _, pair := range environ(service) {
		server.Env = append(server.Env, strings.Replace(pair, "VGW_PORT=:7070", "VGW_PORT="+free[0], 1))
	}
	p, err := startProcess(server)
	if err != nil {
		return err
	}
	w.storages = append(w.storages, p)
	return answers("http://" + free[0] + "/health") // the path of its health check, which TestHealthChecks compares
}

// answers waits for a 200.
func answers(url string) error {
	var last error
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); {
		response, err := client.Get(url)
		if err == nil {
			response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return nil
			}
			err = errors.New(response.Status)
		}
		last = err
		<-time.After(20 * time.Millisecond)
	}
	return fmt.Errorf("%s does not answer: %w", url, last)
}

// client makes a new connection for each request, so that a balancer chooses a node each time.
var client = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: time.Minute}

// node is a running node of compose.yaml or the chart.
type node struct {
	*process
	url string
}

// startNode starts the image with a node's arguments and environment, whose addresses are already replaced by this machine's.
func startNode(t *testing.T, args, environ []string) *node {
	t.Helper()
	free, err := testport.Free(1)
	if err != nil {
		t.Fatal(err)
	}
	return startNodeAt(t, free[0], args, environ)
}

func startNodeAt(t *testing.T, address string, args, environ []string) *node {
	t.Helper()
	i := made(t)
	if len(args) == 0 {
		args = i.cmd
	}
	// The last argument is the flag with the address, which must differ here.
	cmd := i.command(environ, append(append(append([]string{}, i.entrypoint...), args...), "--listen", address)...)
	return &node{during(t, cmd), "http://" + address}
}

// status is the status of the answer for a path, 0 if there is no answer.
func (n *node) status(path string) int {
	response, err := client.Get(n.url + path)
	if err != nil {
		return 0
	}
	response.Body.Close()
	return response.StatusCode
}

func (n *node) ready(t *testing.T) {
	t.Helper()
	eventually(t, "ready", func() bool {
		select {
		case <-n.ended:
			t.Fatalf("it ended: %s", n.said.last(4000))
		default:
		}
		return n.status("/readyz") == http.StatusOK
	})
}

func (n *node) terminate(t *testing.T) {
	t.Helper()
	if err := n.stop(syscall.SIGTERM, 45*time.Second); err != nil || n.cmd.ProcessState.ExitCode() != 0 {
		t.Errorf("stopping: %v, %v", err, n.cmd.ProcessState)
	}
}
