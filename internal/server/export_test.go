package server

import (
	"encoding/csv"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// Notes are shown beside figures. A page of another site cannot store a note, whatever its browser sends.
func TestAnnotations(t *testing.T) {
	s, _ := startWith(t, Options{Config: testConfig(t.TempDir())})
	post := func(body, contentType, from string) (int, string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), "POST", s.LocalURL()+"/api/annotations", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", contentType)
		if from != "" {
			r.Header.Set("Sec-Fetch-Site", from)
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		text, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return answer.StatusCode, string(text)
	}
	at := time.Now().Add(-time.Hour).UTC().Format(time.RFC3339)
	if code, text := post(`{"text":"deployed v2","at":"`+at+`","url":"https://ci.example/2"}`, "application/json", ""); code != 200 || !strings.Contains(text, "deployed v2") {
		t.Fatalf("%d %s", code, text)
	}
	for _, c := range []struct {
		body, kind, from string
		want             int
	}{
		{`{"text":"x"}`, "application/json", "cross-site", 403}, {`{"text":"x"}`, "text/plain", "", 415}, {`{"text":""}`, "application/json", "", 422}, {`{"text":"x","at":"noon"}`, "application/json", "", 422},
		{`{"text":"x","url":"javascript:alert(1)"}`, "application/json", "", 422}, {`{"text":"x","at":"2999-01-01T00:00:00Z"}`, "application/json", "", 422}, {`{`, "application/json", "", 400}, {`{"text":"x","more":1}`, "application/json", "", 422},
		{`{"text":"` + strings.Repeat("x", 1001) + `"}`, "application/json", "", 422},
	} {
		if code, text := post(c.body, c.kind, c.from); code != c.want {
			t.Errorf("%.60s as %s from %q: %d %s, want %d", c.body, c.kind, c.from, code, text, c.want)
		}
	}
	c := newClient(t, s.LocalURL())
	day := "from=" + time.Now().Add(-12*time.Hour).UTC().Format("2006-01-02T15:04:05Z") + "&to=" + time.Now().Add(time.Hour).UTC().Format("2006-01-02T15:04:05Z")
	for _, path := range []string{"/api/annotations?" + day, "/api/overview?" + day} {
		if res := c.Get(t, path); strings.Count(string(res.Body), `"text":"`) != 1 || !strings.Contains(string(res.Body), `"url":"https://ci.example/2"`) {
			t.Errorf("%s: %s", path, res.Body)
		}
	}
	if res := c.Get(t, "/api/generations"); strings.Contains(string(res.Body), "deployed") {
		t.Errorf("a note is no generation: %s", res.Body)
	}
}

func TestExportOverHTTP(t *testing.T) {
	s, _ := startWith(t, Options{Config: withProjects(testConfig(t.TempDir()))})
	populate(t, s, "shop", 0)
	c := newClient(t, s.LocalURL())
	res := c.Get(t, "/api/export/generations?count=true")
	rows, err := csv.NewReader(strings.NewReader(string(res.Body))).ReadAll()
	if err != nil || len(rows) != 5 || rows[0][0] != "id" || res.Header.Get("Playhead-Rows") != "4" {
		t.Errorf("%d rows, %v, header %v", len(rows), err, res.Header)
	}
	if name := res.Header.Get("Content-Disposition"); !strings.HasPrefix(name, `attachment; filename="playhead-shop-generations-`) || !strings.HasSuffix(name, `.csv"`) {
		t.Errorf("named %s", name)
	}
	for format, kind := range map[string]string{"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson", "parquet": "application/vnd.apache.parquet"} {
		res := c.Get(t, "/api/export/traces?format="+format, "Accept-Encoding: gzip")
		if res.Status != 200 || res.Header.Get("Content-Type") != kind || res.Header.Get("Playhead-Columns") == "" || format == "parquet" && (!strings.HasPrefix(string(res.Body), "PAR1") || res.Header.Get("Content-Encoding") != "") {
			t.Errorf("%s: %d, %v", format, res.Status, res.Header)
		}
	}
}
