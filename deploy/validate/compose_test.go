package validate

import (
	"bytes"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/compose-spec/compose-go/v2/dotenv"
	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"

	"github.com/playheadhq/playhead/internal/config"
)

// makeEnv runs deploy/make-env in a new directory and reads the result like Compose.
func makeEnv(t *testing.T) map[string]string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"make-env", ".env.example"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(file(t, "deploy/"+name)), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if said, err := exec.Command(filepath.Join(dir, "make-env")).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	path := filepath.Join(dir, ".env")
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others can read the secrets: %v, %v", info.Mode(), err)
	}
	before := file(t, path)
	if said, err := exec.Command(filepath.Join(dir, "make-env")).CombinedOutput(); err == nil || !strings.Contains(string(said), "there already") || file(t, path) != before {
		t.Errorf("it makes new secrets over old ones: %v, %s", err, said)
	}
	env, err := dotenv.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	return env
}

// load reads a compose file like docker compose: unknown keys and variables without a value are errors.
func load(t *testing.T, text string, env map[string]string) (*types.Project, error) {
	t.Helper()
	dir, err := filepath.Abs("deploy")
	if err != nil {
		t.Fatal(err)
	}
	return loader.LoadWithContext(t.Context(), types.ConfigDetails{
		WorkingDir: dir, Environment: env,
		ConfigFiles: []types.ConfigFile{{Filename: filepath.Join(dir, "compose.yaml"), Content: []byte(text)}},
	})
}

func project(t *testing.T, env map[string]string) *types.Project {
	t.Helper()
	p, err := load(t, file(t, "deploy/compose.yaml"), env)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// nodes are the services that run Playhead, by name.
func nodes(p *types.Project) []types.ServiceConfig {
	var all []types.ServiceConfig
	for _, name := range slices.Sorted(maps.Keys(p.Services)) {
		if strings.HasPrefix(name, "node") {
			all = append(all, p.Services[name])
		}
	}
	return all
}

func environ(s types.ServiceConfig) []string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(s.Environment)) {
		if value := s.Environment[name]; value != nil {
			all = append(all, name+"="+*value)
		}
	}
	return all
}

// If a secret is missing, the message names it and says what to do.
func TestComposeRefusesWithoutSecrets(t *testing.T) {
	text, env := file(t, "deploy/compose.yaml"), makeEnv(t)
	secrets := 0
	for name := range env {
		_, empty, _ := strings.Cut(file(t, "deploy/.env.example"), "\n"+name+"=")
		if !strings.HasPrefix(empty, "\n") || name == "PLAYHEAD_PUBLIC_URL" || name == "PLAYHEAD_PROJECTS" {
			continue
		}
		secrets++
		for _, without := range []func(map[string]string){
			func(e map[string]string) { delete(e, name) },
			func(e map[string]string) { e[name] = "" },
		} {
			fewer := maps.Clone(env)
			without(fewer)
			if _, err := load(t, text, fewer); err == nil || !strings.Contains(err.Error(), name) || !strings.Contains(err.Error(), "make-env") {
				t.Errorf("without %s: %v", name, err)
			}
		}
	}
	// This holds for every service, so that none starts alone without its secret.
	for _, m := range regexp.MustCompile(`\$\{([A-Z0-9_]+)(:\?|)`).FindAllStringSubmatch(text, -1) {
		if empty := env[m[1]] != "" && strings.Contains(file(t, "deploy/.env.example"), "\n"+m[1]+"=\n"); empty && m[2] == "" {
			t.Errorf("%s is used without a message for who has not set it", m[1])
		}
	}
	if secrets != 6 {
		t.Errorf("%d secrets are asked for", secrets)
	}
	if _, err := load(t, strings.Replace(text, "    read_only: true", "    read_onyl: true", 1), env); err == nil {
		t.Error("a key that does not exist passes")
	}
}

// .env.example names exactly the variables that compose.yaml uses.
func TestComposeVariables(t *testing.T) {
	used := map[string]bool{}
	for _, m := range regexp.MustCompile(`\$\{([A-Z0-9_]+)`).FindAllStringSubmatch(file(t, "deploy/compose.yaml"), -1) {
		used[m[1]] = true
	}
	named := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^([A-Z0-9_]+)=`).FindAllStringSubmatch(file(t, "deploy/.env.example"), -1) {
		named[m[1]] = true
	}
	if !maps.Equal(used, named) {
		t.Errorf("compose.yaml uses %v, .env.example names %v", slices.Sorted(maps.Keys(used)), slices.Sorted(maps.Keys(named)))
	}
}

func TestComposeServices(t *testing.T) {
	p := project(t, makeEnv(t))
	for name, s := range p.Services {
		job := name == "bucket"
		if !job && s.Restart != "unless-stopped" {
			t.Errorf("%s: restart %q", name, s.Restart)
		}
		if s.MemLimit == 0 {
			t.Errorf("%s: no limit of memory", name)
		}
		if _, tag, _ := strings.Cut(s.Image, ":"); !regexp.MustCompile(`\d+\.\d+\.\d+`).MatchString(tag) && s.Build == nil {
			t.Errorf("%s: image %s is not pinned", name, s.Image)
		}
		if !job && (s.Logging == nil || s.Logging.Options["max-size"] == "") {
			t.Errorf("%s: its log grows for ever", name)
		}
		if !job && s.Build == nil && s.HealthCheck == nil {
			t.Errorf("%s: nobody knows whether it is healthy", name)
		}
		for on, d := range s.DependsOn {
			other, ok := p.Services[on]
			if !ok || d.Condition == types.ServiceConditionHealthy && other.HealthCheck == nil && other.Build == nil {
				t.Errorf("%s waits for %s to be %s, which nothing says", name, on, d.Condition)
			}
		}
		for _, v := range s.Volumes {
			if v.Type != types.VolumeTypeBind {
				continue
			}
			if _, err := os.Stat(v.Source); err != nil || !v.ReadOnly {
				t.Errorf("%s: %s: %v, read only: %v", name, v.Source, err, v.ReadOnly)
			}
		}
		if len(s.Ports) > 0 && name != "balancer" {
			t.Errorf("%s is published", name)
		}
	}
	// This also works with an .env that somebody wrote with fewer lines.
	least := makeEnv(t)
	for name := range least {
		if !strings.Contains(file(t, "deploy/.env.example"), "\n"+name+"=\n") {
			delete(least, name)
		}
	}
	for _, port := range append(project(t, least).Services["balancer"].Ports, p.Services["balancer"].Ports...) {
		if port.HostIP != "127.0.0.1" || port.Target != 8000 {
			t.Errorf("the balancer is published as %+v", port)
		}
	}
	if n := len(nodes(p)); n != 3 {
		t.Errorf("%d nodes", n)
	}
}

// A node's environment consists of valid settings, and its limits are larger than the settings need.
func TestComposeNodes(t *testing.T) {
	env := makeEnv(t)
	env["PLAYHEAD_PUBLIC_URL"] = "https://playhead.example.com"
	for _, s := range nodes(project(t, env)) {
		c, warnings, err := config.Load(config.Source{Command: "serve", Args: s.Command, Environ: append(made(t).env, environ(s)...)})
		if err != nil || len(warnings) > 0 {
			t.Fatalf("%s: %v %v", s.Name, err, warnings)
		}
		if !c.Clustered() || !c.BlocksInS3() || c.PublicURL != env["PLAYHEAD_PUBLIC_URL"] || c.Token != env["PLAYHEAD_TOKEN"] {
			t.Errorf("%s: %+v", s.Name, c)
		}
		if s.StopGracePeriod == nil || time.Duration(*s.StopGracePeriod) <= time.Duration(c.ShutdownTimeout) {
			t.Errorf("%s is killed after %v, while it takes %v to stop", s.Name, s.StopGracePeriod, time.Duration(c.ShutdownTimeout))
		}
		if c.ShutdownDelay < config.Duration(3*checkEvery(t)) || c.ShutdownTimeout < 2*c.ShutdownDelay {
			t.Errorf("%s serves for %v of the %v that it takes to stop; the balancer asks every %v", s.Name, time.Duration(c.ShutdownDelay), time.Duration(c.ShutdownTimeout), checkEvery(t))
		}
		var goes config.Bytes
		if err := goes.UnmarshalText([]byte(*s.Environment["GOMEMLIMIT"])); err != nil || int64(goes) >= int64(s.MemLimit) {
			t.Errorf("%s: GOMEMLIMIT %v of %d, %v", s.Name, goes, s.MemLimit, err)
		}
		if !s.ReadOnly || !slices.Contains(s.CapDrop, "ALL") || s.Privileged {
			t.Errorf("%s may more than it needs", s.Name)
		}
	}
}

// The images are those that the tests run; their versions are also written elsewhere in the repository.
func TestComposeVersions(t *testing.T) {
	p := project(t, makeEnv(t))
	library := regexp.MustCompile(`"@chdb/lib-linux-x64-gnu": "([0-9.]+)-stable`).FindStringSubmatch(file(t, "internal/store/clickhouse/chtest/package.json"))
	tested := strings.Split(library[1], ".")
	started, ok := strings.CutPrefix(p.Services["clickhouse1"].Image, "clickhouse/clickhouse-server:")
	if parts := strings.Split(started, "."); !ok || len(parts) != 4 || !slices.Equal(parts[:2], tested[:2]) || parts[2] < tested[2] {
		t.Errorf("ClickHouse is tested as %s, started as %s: the same branch, with no fewer fixes", library[1], started)
	}
	gateway := regexp.MustCompile(`github.com/versity/versitygw (v\S+)`).FindStringSubmatch(file(t, "internal/blocks/s3/s3test/versitygw/go.mod"))
	if got := p.Services["s3"].Image; got != "ghcr.io/versity/versitygw:"+gateway[1] || p.Services["bucket"].Image != got {
		t.Errorf("versitygw is tested as %s, started as %s", gateway[1], got)
	}
}

// ClickHouse refuses a query before the kernel kills the server.
func TestClickHouseMemory(t *testing.T) {
	p := project(t, makeEnv(t))
	most := regexp.MustCompile(`<max_server_memory_usage>(\d+)<`).FindStringSubmatch(file(t, "deploy/clickhouse/server.xml"))
	n, err := strconv.ParseInt(most[1], 10, 64)
	for _, name := range []string{"clickhouse1", "clickhouse2"} {
		if limit := int64(p.Services[name].MemLimit); err != nil || n < limit/2 || n > limit*9/10 {
			t.Errorf("%s: max_server_memory_usage %d of %d", name, n, limit)
		}
	}
}

func TestMakeEnvMakesOthers(t *testing.T) {
	one, other := makeEnv(t), makeEnv(t)
	for name, value := range one {
		if secret := len(value) >= 20; secret && value == other[name] {
			t.Errorf("%s is the same for everybody", name)
		}
		if bytes.ContainsAny([]byte(value), " $'\"\\") {
			t.Errorf("%s would have to be quoted: %s", name, value)
		}
	}
}
