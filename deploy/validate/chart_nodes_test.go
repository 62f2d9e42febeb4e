package validate

import (
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"github.com/playheadhq/playhead/internal/config"
)

func seconds(d config.Duration) float64 { return time.Duration(d).Seconds() }

// containerEnviron is the environment that Kubernetes makes from a container's env and the Secret of the release.
func (r *release) containerEnviron() []string {
	var all []string
	for _, e := range r.container().Env {
		value := e.Value
		if e.ValueFrom != nil {
			value = "0123456789abcdef0123456789abcdef" // an existing Secret has some value
			if r.secret != nil {
				value = r.secret.StringData[e.ValueFrom.SecretKeyRef.Key]
			}
			if value == "" {
				continue // optional
			}
		}
		all = append(all, e.Name+"="+value)
	}
	return all
}

// nodeConfig is the configuration that the server reads from a node's arguments, environment and file.
func nodeConfig(t *testing.T, r *release) *config.Config {
	t.Helper()
	args := r.container().Args
	c, warnings, err := config.Load(config.Source{
		Command: args[0], Args: args[1:], Environ: append(append([]string{}, made(t).env...), r.containerEnviron()...),
		ReadFile: func(name string) ([]byte, error) {
			mount := r.container().VolumeMounts[0]
			text, ok := r.settings.Data[strings.TrimPrefix(name, mount.MountPath+"/")]
			if !ok {
				return nil, os.ErrNotExist
			}
			return []byte(text), nil
		},
	})
	if err != nil || len(warnings) > 0 {
		t.Fatalf("%v %v\n%s", err, warnings, r.settings.Data)
	}
	return c
}

// Each value of the chart has its effect in the node.
func TestChartSettings(t *testing.T) {
	c := nodeConfig(t, installed(t, "everything"))
	projects := []config.Project{
		{Name: "default", Tokens: []string{"phc_test", "phc_old", "phc_other"}}, {Name: "shop", Tokens: []string{"phc_shop"}, RetentionDays: 90},
		{Name: "help-desk", Tokens: []string{"phc_help", "phc_help_old"}},
	}
	if c.Password != `correct: "horse" # battery` || c.StorePassword != "s3cret: 'x' %41/@" || !reflect.DeepEqual(c.AllProjects(), projects) || c.PublicURL != "https://playhead.example.com" ||
		c.Limits.MaxBody != 32<<20 || seconds(c.S3.Window) != 0.5 || seconds(c.ShutdownTimeout) != 20 || seconds(c.ShutdownDelay) != 15 || !c.Clustered() || !c.BlocksInS3() {
		t.Errorf("%+v", c)
	}
	alone := []config.Project{{Name: "shop", Tokens: []string{"phc_shop"}}, {Name: "help-desk", Tokens: []string{"phc_help"}}}
	if c := nodeConfig(t, installed(t, "projects")); !reflect.DeepEqual(c.AllProjects(), alone) {
		t.Errorf("%+v", c.AllProjects())
	}
	if c := nodeConfig(t, installed(t, "existing")); c.Blocks != "s3://playhead/recordings?region=eu-central-1" {
		t.Errorf("%+v", c)
	}
}

// A node of the chart starts as in Kubernetes: in the image, with the file of the ConfigMap, and with the values of the Secret in its environment.
// Its probes pass, helm test passes, and it stops in time.
func TestChartNodeRuns(t *testing.T) {
	w := storages(t)
	v := values(t, "least")
	for _, address := range []string{"store", "blocks"} {
		text, err := w.here(v[address].(string), map[string][]string{"store": {"clickhouse1:9000", "clickhouse2:9000"}, "blocks": {"s3:7070"}}[address]...)
		if err != nil {
			t.Fatal(err)
		}
		v[address] = text
	}
	secrets := v["secrets"].(map[string]any)
	// These are the values of compose.yaml, whose nodes run at the same time: nodes warn about different settings.
	for value, variable := range map[string]string{
		"token": "PLAYHEAD_TOKEN", "password": "PLAYHEAD_PASSWORD", "cookieKey": "PLAYHEAD_COOKIE_KEY", "storePassword": "PLAYHEAD_STORE_PASSWORD", "s3SecretKey": "S3_SECRET_KEY",
	} {
		secrets[value] = w.env[variable]
	}
	r := install(t, v)
	c := r.container()
	for _, m := range c.VolumeMounts {
		for name, text := range r.settings.Data {
			if err := write(filepath.Join(made(t).root, m.MountPath, name), text); err != nil {
				t.Fatal(err)
			}
		}
	}
	n := startNode(t, c.Args, r.containerEnviron())
	n.ready(t)
	for which, p := range map[string]*corev1.Probe{"startup": c.StartupProbe, "liveness": c.LivenessProbe, "readiness": c.ReadinessProbe} {
		if status := n.status(p.HTTPGet.Path); status != http.StatusOK || p.HTTPGet.Port.StrVal != "http" {
			t.Errorf("%s: %s answers %d", which, p.HTTPGet.Path, status)
		}
	}
	if status := capture(t, n.url, secrets["token"].(string)); status != http.StatusOK {
		t.Errorf("capture: %d", status)
	}
	events(t, n.url, secrets["password"].(string))
	test := append(append([]string{}, made(t).entrypoint...), r.test.Spec.Containers[0].Args[0], n.url)
	if said, err := made(t).command(nil, test...).CombinedOutput(); err != nil {
		t.Errorf("helm test: %v: %s", err, said)
	}
	n.terminate(t)
	if said := n.said.String(); strings.Contains(said, `"level":"WARN"`) || strings.Contains(said, `"level":"ERROR"`) {
		t.Errorf("it warns:\n%s", said)
	}
}

// defaultValues are the leaves of values.yaml, by path.
func defaultValues(t *testing.T) map[string]any {
	t.Helper()
	var all map[string]any
	if err := yaml.UnmarshalStrict([]byte(file(t, chartDir+"/values.yaml")), &all); err != nil {
		t.Fatal(err)
	}
	leaves := map[string]any{}
	var walk func(prefix string, at map[string]any)
	walk = func(prefix string, at map[string]any) {
		for key, value := range at {
			// An object with its own schema elsewhere counts as one value.
			if m, ok := value.(map[string]any); ok && len(m) > 0 && prefix+key != "settings" && prefix+key != "resources" {
				walk(prefix+key+".", m)
				continue
			}
			leaves[prefix+key] = value
		}
	}
	walk("", all)
	return leaves
}
