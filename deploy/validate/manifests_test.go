package validate

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/playheadhq/playhead/internal/config"
)

// container is the container of the node.
func (r *release) container() corev1.Container { return r.deployment.Spec.Template.Spec.Containers[0] }

// References from one manifest to another are valid.
func TestManifestsFitTogether(t *testing.T) {
	for _, name := range valueFiles(t) {
		t.Run(name, func(t *testing.T) {
			r := installed(t, name)
			pod := r.deployment.Spec.Template
			selector := map[string]map[string]string{
				"deployment": r.deployment.Spec.Selector.MatchLabels,
				"service":    r.service.Spec.Selector,
			}
			if r.budget != nil {
				selector["budget"] = r.budget.Spec.Selector.MatchLabels
			}
			if r.monitor != nil {
				selector["monitor"] = r.monitor.Spec.Selector.MatchLabels
			}
			for i, c := range pod.Spec.TopologySpreadConstraints {
				selector[fmt.Sprint("spread ", i)] = c.LabelSelector.MatchLabels
			}
			for who, s := range selector {
				if len(s) == 0 || !labels.SelectorFromSet(s).Matches(labels.Set(pod.Labels)) {
					t.Errorf("the %s selects %v, nodes have %v", who, s, pod.Labels)
				}
				if labels.SelectorFromSet(s).Matches(labels.Set(r.test.Labels)) {
					t.Errorf("the %s selects the pod of helm test, too", who)
				}
			}

			ports := map[string]int32{}
			for _, p := range r.container().Ports {
				ports[p.Name] = p.ContainerPort
			}
			c := nodeConfig(t, r)
			if ports["http"] == 0 || c.Listen != fmt.Sprintf(":%d", ports["http"]) {
				t.Errorf("nodes listen on %s, their ports are %v", c.Listen, ports)
			}
			for _, p := range r.service.Spec.Ports {
				if ports[p.TargetPort.StrVal] == 0 {
					t.Errorf("the service sends to port %s", &p.TargetPort)
				}
			}
			if r.ingress != nil {
				for _, rule := range r.ingress.Spec.Rules {
					backend := rule.HTTP.Paths[0].Backend.Service
					if backend.Name != r.service.Name || backend.Port.Name != r.service.Spec.Ports[0].Name {
						t.Errorf("%s goes to %+v", rule.Host, backend)
					}
				}
			}
			if r.autoscaler != nil && (r.autoscaler.Spec.ScaleTargetRef.Name != r.deployment.Name || r.deployment.Spec.Replicas != nil) {
				t.Errorf("the autoscaler and the deployment differ: %+v, %v replicas", r.autoscaler.Spec.ScaleTargetRef, r.deployment.Spec.Replicas)
			}
			if r.serviceAccount.Name != pod.Spec.ServiceAccountName {
				t.Errorf("nodes run as %s, there is %s", pod.Spec.ServiceAccountName, r.serviceAccount.Name)
			}
			if r.test.Spec.Containers[0].Args[1] != fmt.Sprintf("http://%s:%d", r.service.Name, r.service.Spec.Ports[0].Port) {
				t.Errorf("helm test asks %v", r.test.Spec.Containers[0].Args)
			}
			if !strings.Contains(r.notes, "deployment/"+r.deployment.Name) {
				t.Errorf("the notes say\n%s", r.notes)
			}
			r.checkVolumes(t)
			r.checkSecrets(t)
			r.checkStopping(t, c)
		})
	}
}

func (r *release) checkVolumes(t *testing.T) {
	t.Helper()
	pod := r.deployment.Spec.Template.Spec
	for _, m := range r.container().VolumeMounts {
		if !slices.ContainsFunc(pod.Volumes, func(v corev1.Volume) bool { return v.Name == m.Name }) {
			t.Errorf("there is no volume %s for %s", m.Name, m.MountPath)
		}
	}
	if pod.Volumes[0].ConfigMap.Name != r.settings.Name {
		t.Errorf("the settings lie in %s, nodes read %s", r.settings.Name, pod.Volumes[0].ConfigMap.Name)
	}
}

// checkSecrets finds keys that no Secret would have. For existing Secrets the comment in values.yaml lists the keys.
func (r *release) checkSecrets(t *testing.T) {
	t.Helper()
	existing := regexp.MustCompile(`(?s)existingSecret:.*`).ReplaceAllString(file(t, chartDir+"/values.yaml"), "")
	used := map[string]bool{}
	refer := func(ref corev1.SecretKeySelector, optional bool) {
		used[ref.Key] = true
		switch {
		case r.secret == nil && !strings.Contains(existing, ref.Key):
			t.Errorf("values.yaml does not say that an existing Secret needs %s", ref.Key)
		case r.secret != nil && (ref.Name != r.secret.Name || r.secret.StringData[ref.Key] == "" && !optional):
			t.Errorf("there is no %s in Secret %s", ref.Key, ref.Name)
		}
	}
	for _, e := range r.container().Env {
		if e.ValueFrom != nil {
			ref := e.ValueFrom.SecretKeyRef
			refer(*ref, ref.Optional != nil && *ref.Optional)
		}
	}
	if r.monitor != nil {
		refer(r.monitor.Spec.PodMetricsEndpoints[0].BasicAuth.Username, false)
		refer(r.monitor.Spec.PodMetricsEndpoints[0].BasicAuth.Password, false)
	}
	if r.secret != nil {
		for key := range r.secret.StringData {
			if !used[key] {
				t.Errorf("nobody reads %s of the Secret", key)
			}
		}
	}
}

// checkStopping checks the order: first balancers notice, then the node finishes its requests, then it is killed.
func (r *release) checkStopping(t *testing.T, c *config.Config) {
	t.Helper()
	if grace := *r.deployment.Spec.Template.Spec.TerminationGracePeriodSeconds; float64(grace) < seconds(c.ShutdownTimeout)+5 || r.container().Lifecycle != nil {
		t.Errorf("killed after %d s, while stopping takes %v", grace, time.Duration(c.ShutdownTimeout))
	}
	if v := defaultValues(t); v["shutdownDelaySeconds"] == nil || c.ShutdownDelay >= c.ShutdownTimeout {
		t.Errorf("it serves for %v of the %v that stopping takes", time.Duration(c.ShutdownDelay), time.Duration(c.ShutdownTimeout))
	}
	if rolling := r.deployment.Spec.Strategy.RollingUpdate; *rolling.MaxUnavailable != intstr.FromInt32(0) {
		t.Errorf("an upgrade takes %v nodes away before others are there", rolling.MaxUnavailable)
	}
}

func TestManifestsAreConfined(t *testing.T) {
	for _, name := range valueFiles(t) {
		r := installed(t, name)
		for who, pod := range map[string]corev1.PodSpec{"node": r.deployment.Spec.Template.Spec, "test": r.test.Spec} {
			p, c := pod.SecurityContext, pod.Containers[0].SecurityContext
			if !*p.RunAsNonRoot || *p.RunAsUser == 0 || p.SeccompProfile.Type != corev1.SeccompProfileTypeRuntimeDefault || !*c.ReadOnlyRootFilesystem ||
				*c.AllowPrivilegeEscalation || !reflect.DeepEqual(c.Capabilities.Drop, []corev1.Capability{"ALL"}) {
				t.Errorf("%s: %s may more than it needs", name, who)
			}
			if *pod.AutomountServiceAccountToken || *pod.EnableServiceLinks {
				t.Errorf("%s: %s hears of Kubernetes", name, who)
			}
			if want := made(t).user; want != fmt.Sprintf("%d:%d", *p.RunAsUser, *p.RunAsGroup) {
				t.Errorf("%s: %s runs as %d:%d, the image is made for %s", name, who, *p.RunAsUser, *p.RunAsGroup, want)
			}
		}
		limits := r.container().Resources.Limits
		memory := limits.Memory().Value()
		for _, e := range r.container().Env {
			if e.Name != "GOMEMLIMIT" {
				continue
			}
			var limit config.Bytes
			if err := limit.UnmarshalText([]byte(e.Value)); err != nil || int64(limit) >= memory {
				t.Errorf("%s: GOMEMLIMIT %s of %d, %v", name, e.Value, memory, err)
			}
		}
	}
}

// Changed settings and secrets replace the nodes; unchanged ones do not.
func TestChecksums(t *testing.T) {
	annotations := func(path string, to any) map[string]string {
		return install(t, changed(t, path, to)).deployment.Spec.Template.Annotations
	}
	same := annotations("replicas", 3)
	for path, to := range map[string]any{"settings.log.level": "debug", "secrets.password": "another password", "publicURL": "https://x.example.com"} {
		if got := annotations(path, to); maps.Equal(got, same) {
			t.Errorf("%s: nodes would not be started anew", path)
		}
	}
	if got := annotations("replicas", 5); !maps.Equal(got, same) {
		t.Errorf("all nodes are started anew for more of them: %v, %v", got, same)
	}
}

// The schema has the settings of the server, except those with their own values.
func TestSettingsInTheSchema(t *testing.T) {
	own := []string{"listen", "data", "store", "blocks", "token", "tokens", "store_password", "public_url", "password", "cookie_key", "shutdown_delay", "shutdown_timeout"}
	for _, s := range config.Settings() {
		if s.Only != "" {
			continue
		}
		value := any(s.Default)
		if n, err := strconv.Atoi(s.Default); err == nil {
			value = n
		} else if b, err := strconv.ParseBool(s.Default); err == nil {
			value = b
		} else if s.Key == "projects" {
			value = []any{map[string]any{"name": "shop", "tokens": []any{"phc_shop"}}}
		} else if s.Key == "prices" {
			value = []any{map[string]any{"model": "acme-large", "since": "2026-05-01", "input": 2.5, "cache_write_1h": 5, "output": 10}}
		} else if s.Key == "read_tokens" {
			value = []any{map[string]any{"name": "claude", "token": "phr_000000000000000000000000"}}
		}
		_, _, err := render(changed(t, "settings."+s.Key, value))
		if known := err == nil; known == slices.Contains(own, s.Key) {
			t.Errorf("settings.%s: known to values.schema.json: %v (%v)", s.Key, known, err)
		}
	}
	var schema property
	if err := json.Unmarshal([]byte(file(t, chartDir+"/values.schema.json")), &schema); err != nil {
		t.Fatal(err)
	}
	for _, key := range schema.Properties["settings"].leaves("") {
		if !slices.ContainsFunc(config.Settings(), func(s config.Setting) bool { return s.Key == key }) {
			t.Errorf("values.schema.json knows settings.%s, the server does not", key)
		}
	}
}

// property is the part of a schema about one value.
type property struct {
	Properties map[string]property `json:"properties"`
}

func (p property) leaves(at string) []string {
	if len(p.Properties) == 0 {
		return []string{at}
	}
	var all []string
	for name, inner := range p.Properties {
		all = append(all, inner.leaves(strings.TrimPrefix(at+"."+name, "."))...)
	}
	return all
}

// README.md of the chart names exactly the existing values.
func TestReadmeOfTheChart(t *testing.T) {
	documented := map[string]bool{}
	for _, m := range regexp.MustCompile("(?m)^\\| `([A-Za-z0-9.]+)` \\|").FindAllStringSubmatch(file(t, chartDir+"/README.md"), -1) {
		documented[m[1]] = true
	}
	defaults := defaultValues(t)
	for name := range defaults {
		if !documented[name] {
			t.Errorf("README.md does not describe %s", name)
		}
	}
	for name := range documented {
		if _, ok := defaults[name]; !ok {
			t.Errorf("README.md describes %s, which values.yaml does not have", name)
		}
	}
}
