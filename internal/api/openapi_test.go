package api

import (
	"cmp"
	"flag"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
)

var update = flag.Bool("update", false, "rewrite openapi.json")

// TestOpenAPI compares the description that is served with the committed one, from which the UI's types are made. Run
// `go generate ./internal/api` after changing the API.
func TestOpenAPI(t *testing.T) {
	described := describe(http.NewServeMux(), &api{}, "1")
	got, err := marshalIndent(described.OpenAPI())
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("openapi.json", got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Error("openapi.json does not match the code: run go generate ./internal/api, and look at the difference")
	}
}

func TestEveryRouteIsDescribed(t *testing.T) {
	for path, item := range describe(http.NewServeMux(), &api{}, "1").OpenAPI().Paths {
		o := cmp.Or(item.Get, item.Post, item.Delete)
		if o == nil || o.Summary == "" || o.Description == "" || o.OperationID == "" {
			t.Errorf("%s is not described", path)
			continue
		}
		if strings.Contains(path, "{id}") && !slices.ContainsFunc(o.Parameters, func(p *huma.Param) bool { return p.Name == "id" && p.In == "path" }) {
			t.Errorf("%s: its id is not described, so it does not arrive", path)
		}
		for _, p := range o.Parameters {
			if p.Description == "" {
				t.Errorf("%s: parameter %s is not described", path, p.Name)
			}
		}
	}
}
