package server

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/query"
)

// What a recording that arrives refers to on an allowed host is to be fetched, but not from this machine, whatever the settings say. Status tells.
func TestAssetsOfAPrivateHostAreNotFetched(t *testing.T) {
	host := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a private host was asked") }))
	defer host.Close()
	cfg := testConfig(t.TempDir())
	cfg.Assets.Hosts = []string{strings.TrimPrefix(host.URL, "http://")}
	_, c := start(t, cfg)
	at := time.Now().Add(-time.Minute)
	link := map[string]any{"type": 2, "tagName": "link", "attributes": map[string]any{"rel": "stylesheet", "href": host.URL + "/a.css"}, "childNodes": []any{}, "id": 3}
	html := map[string]any{"type": 2, "tagName": "html", "attributes": map[string]any{}, "childNodes": []any{link}, "id": 2}
	c.Capture(t, "/s/", event{UUID: uuid.NewString(), Event: "$snapshot", DistinctID: "visitor", Timestamp: at.UTC().Format(time.RFC3339Nano), Properties: map[string]any{
		"$session_id": "s", "$window_id": "w", "$snapshot_data": []any{
			map[string]any{"type": 4, "timestamp": at.UnixMilli(), "data": map[string]any{"href": "https://app.example/", "width": 100, "height": 100}},
			map[string]any{"type": 2, "timestamp": at.UnixMilli(), "data": map[string]any{"node": map[string]any{"type": 0, "childNodes": []any{html}, "id": 1}}},
		},
	}})
	eventually(t, "Status says why nothing is fetched", func() bool {
		var status query.Status
		c.Read(t, "/api/status", &status)
		return len(status.Assets) == 1 && status.Assets[0] == query.AssetCount{Outcome: "private_address", Count: 1}
	})
	if res := c.Get(t, "/api/assets?url="+url.QueryEscape(host.URL+"/a.css")); res.Status != http.StatusNotFound {
		t.Errorf("what was not fetched: %d %s", res.Status, res.Body)
	}
}
