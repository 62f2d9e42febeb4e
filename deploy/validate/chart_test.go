package validate

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/common/util"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	chartutil "helm.sh/helm/v4/pkg/chart/v2/util"
	"helm.sh/helm/v4/pkg/engine"
	"sigs.k8s.io/json"
	"sigs.k8s.io/yaml"
)

const chartDir = "deploy/helm/playhead"

// render does the same as helm template: it returns the manifests and the notes.
func render(values map[string]any) (manifests map[string]string, notes string, err error) {
	chart, err := loader.Load(chartDir)
	if err != nil {
		return nil, "", err
	}
	capabilities := common.DefaultCapabilities.Copy()
	all, err := util.ToRenderValues(chart, values, common.ReleaseOptions{Name: "test", Namespace: "observability", Revision: 1, IsInstall: true}, capabilities)
	if err != nil {
		return nil, "", err
	}
	// As in helm lint, a missing value that a template names is an error.
	manifests, err = engine.Engine{Strict: true}.Render(chart, all)
	if err != nil {
		return nil, "", err
	}
	for name, text := range manifests {
		if strings.HasSuffix(name, "NOTES.txt") {
			notes = text
			delete(manifests, name)
		} else if strings.TrimSpace(text) == "" || strings.HasSuffix(name, ".tpl") {
			delete(manifests, name)
		}
	}
	return manifests, notes, nil
}

// values reads a file of values.
func values(t *testing.T, name string) map[string]any {
	t.Helper()
	var v map[string]any
	if err := yaml.UnmarshalStrict([]byte(file(t, "deploy/validate/values/"+name+".yaml")), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func valueFiles(t *testing.T) []string {
	t.Helper()
	entries, err := os.ReadDir("deploy/validate/values")
	if err != nil || len(entries) < 3 {
		t.Fatalf("%d files of values, %v", len(entries), err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".yaml"))
	}
	return names
}

// release has the manifests of the chart, each as the type that Kubernetes would read. Nil means that there is none.
type release struct {
	deployment     *appsv1.Deployment
	service        *corev1.Service
	settings       *corev1.ConfigMap
	secret         *corev1.Secret
	serviceAccount *corev1.ServiceAccount
	test           *corev1.Pod
	ingress        *networkingv1.Ingress
	budget         *policyv1.PodDisruptionBudget
	autoscaler     *autoscalingv2.HorizontalPodAutoscaler
	monitor        *monitoringv1.PodMonitor
	notes          string
}

// decode refuses fields that the type does not have, because Kubernetes would drop or refuse them.
func decode(manifests map[string]string) (*release, error) {
	r := new(release)
	for _, name := range slices.Sorted(maps.Keys(manifests)) {
		text := []byte(manifests[name])
		var kind struct{ APIVersion, Kind string }
		if err := yaml.Unmarshal(text, &kind); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		into, ok := map[string]func() error{
			"apps/v1 Deployment":                     as(text, &r.deployment),
			"v1 Service":                             as(text, &r.service),
			"v1 ConfigMap":                           as(text, &r.settings),
			"v1 Secret":                              as(text, &r.secret),
			"v1 ServiceAccount":                      as(text, &r.serviceAccount),
			"v1 Pod":                                 as(text, &r.test),
			"networking.k8s.io/v1 Ingress":           as(text, &r.ingress),
			"policy/v1 PodDisruptionBudget":          as(text, &r.budget),
			"autoscaling/v2 HorizontalPodAutoscaler": as(text, &r.autoscaler),
			"monitoring.coreos.com/v1 PodMonitor":    as(text, &r.monitor),
		}[kind.APIVersion+" "+kind.Kind]
		if !ok {
			return nil, fmt.Errorf("%s: the tests do not know %s %s", name, kind.APIVersion, kind.Kind)
		}
		if err := into(); err != nil {
			return nil, fmt.Errorf("%s: %w\n%s", name, err, text)
		}
	}
	return r, nil
}

func as[T any](text []byte, to **T) func() error {
	return func() error {
		if *to != nil {
			return fmt.Errorf("there are two")
		}
		*to = new(T)
		object, err := yaml.YAMLToJSONStrict(text)
		if err != nil {
			return err
		}
		// Kubernetes' own decoder also distinguishes upper from lower case.
		unknown, err := json.UnmarshalStrict(object, *to)
		return errors.Join(append(unknown, err)...)
	}
}

func installed(t *testing.T, name string) *release {
	t.Helper()
	return install(t, values(t, name))
}

func install(t *testing.T, v map[string]any) *release {
	t.Helper()
	manifests, notes, err := render(v)
	if err != nil {
		t.Fatal(err)
	}
	r, err := decode(manifests)
	if err != nil {
		t.Fatal(err)
	}
	r.notes = notes
	return r
}

// changed is a copy of the minimal values with one value changed: "ingress.enabled".
func changed(t *testing.T, path string, to any) map[string]any {
	t.Helper()
	v := values(t, "least")
	at, keys := v, strings.Split(path, ".")
	for _, key := range keys[:len(keys)-1] {
		next, ok := at[key].(map[string]any)
		if !ok {
			next = map[string]any{}
			at[key] = next
		}
		at = next
	}
	at[keys[len(keys)-1]] = to
	return v
}

// Helm can install the chart.
func TestChart(t *testing.T) {
	chart, err := loader.Load(chartDir)
	if err != nil {
		t.Fatal(err)
	}
	if err := chart.Validate(); err != nil {
		t.Error(err)
	}
	if chart.Schema == nil {
		t.Error("values are not checked")
	}
	if ok := chartutil.IsCompatibleRange(chart.Metadata.KubeVersion, "v1.27.0-eks-1"); !ok {
		t.Error("a cloud's 1.27 is refused")
	}
	if ok := chartutil.IsCompatibleRange(chart.Metadata.KubeVersion, "v1.26.9"); ok {
		t.Error("1.26 is accepted, which knows no matchLabelKeys")
	}
}

// A manifest with a field that does not exist would be detected.
func TestDecodeIsStrict(t *testing.T) {
	manifests, _, err := render(values(t, "least"))
	if err != nil {
		t.Fatal(err)
	}
	const name = "playhead/templates/deployment.yaml"
	manifests[name] = strings.Replace(manifests[name], "readOnlyRootFilesystem", "readOnlyRootFileSystem", 1)
	if _, err := decode(manifests); err == nil || !strings.Contains(err.Error(), "readOnlyRootFileSystem") {
		t.Errorf("got %v", err)
	}
}

func TestRefusals(t *testing.T) {
	for _, test := range []struct {
		path string
		to   any
		says string
	}{
		{"store", "", "store: write clickhouse://"},
		{"store", "clickhouse://playhead:s3cret@clickhouse:9000/playhead", "/store"},
		{"store", "duckdb", "/store"},
		{"blocks", "", "blocks: write s3://"},
		{"blocks", "/var/lib/recordings", "/blocks"},
		{"blocks", "s3://key:s3cret@bucket", "/blocks"},
		{"publicURL", "playhead.example.com", "/publicURL"},
		{"publicURL", "https://example.com/playhead", "/publicURL"},
		{"image.repository", "", "image.repository: where did you push"},
		{"image.tag", "a b", "/image/tag"},
		{"image.digest", "sha256:1", "/image/digest"},
		{"replicas", 0, "/replicas"},
		{"replicas", "three", "/replicas"},
		{"replica", 3, "replica"},
		{"settings.limits.max_evnt", "1MiB", "max_evnt"},
		{"settings.limits.max_event", "many", "/settings/limits/max_event"},
		{"settings.listen", ":80", "listen"},
		{"settings.token", "phc_x", "token"},
		{"settings.log.level", "loud", "/settings/log/level"},
		{"settings.s3.window", "1 second", "/settings/s3/window"},
		{"secrets.token", "", "secrets.token: the project token"},
		{"secrets.token", "a b", "/secrets/token"},
		{"secrets.password", "", "secrets.password: the password of the UI"},
		{"secrets.password", "short", "/secrets/password"},
		{"secrets.cookieKey", "", "openssl rand -base64 48"},
		{"secrets.cookieKey", "short", "/secrets/cookieKey"},
		{"secrets.s3SecretKey", "", "one without the other"},
		{"secrets.existingSecret", "mine", "secrets.token: secrets.existingSecret is set"},
		{"ingress.enabled", true, "ingress.hosts"},
		{"ingress.enabled", "yes", "/ingress/enabled"},
		{"autoscaling", map[string]any{"enabled": true, "minReplicas": 9, "maxReplicas": 3}, "minReplicas is more than maxReplicas"},
		{"autoscaling.targetCPUUtilizationPercentage", 0, "targetCPUUtilizationPercentage"},
		{"service.port", 70000, "/service/port"},
		{"service.type", "Cluster", "/service/type"},
		{"goMemoryLimit", "lots", "/goMemoryLimit"},
		{"podDisruptionBudget.maxUnavailable", "some", "/podDisruptionBudget/maxUnavailable"},
		{"podDisruptionBudget.maxUnavailable", 0, "/podDisruptionBudget/maxUnavailable"},
		{"shutdownDelaySeconds", -1, "/shutdownDelaySeconds"},
		{"shutdownDelaySeconds", 20, "part of shutdownTimeoutSeconds"},
		{"serviceAccount.annotations", map[string]any{"a": 1}, "/serviceAccount/annotations"},
	} {
		_, _, err := render(changed(t, test.path, test.to))
		if err == nil || !strings.Contains(strings.ReplaceAll(err.Error(), ".", "/"), strings.ReplaceAll(test.says, ".", "/")) {
			t.Errorf("%s: %v: got %v, want %q", test.path, test.to, err, test.says)
		}
	}
	_, _, err := render(nil)
	for _, says := range []string{"image.repository", "store", "blocks", "secrets.token", "secrets.password", "secrets.cookieKey"} {
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("who says nothing is not told about %s: %v", says, err)
		}
	}
}
