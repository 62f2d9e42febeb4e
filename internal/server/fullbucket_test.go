package server

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/playheadhq/playhead/internal/blocks/blockstest"
	"github.com/playheadhq/playhead/internal/blocks/s3/s3test"
	"github.com/playheadhq/playhead/internal/config"
	"github.com/playheadhq/playhead/internal/disk/disktest"
)

// The disk of S3 fills up, and grows later. Events are accepted all the time, recordings as long as there is space. /readyz and the metrics name the
// full storage, and the server continues automatically when there is space again.
func TestAFullBucket(t *testing.T) {
	if !blockstest.Asked("s3") {
		t.Skipf("%s does not ask for s3", blockstest.Env)
	}
	disktest.FileSystem(t, 8<<20, func(t *testing.T, dir string, free func()) {
		s3, err := s3test.Start(t.Context(), dir)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := s3.Close(); err != nil {
				t.Error(err)
			}
		})
		for _, v := range s3test.Environ() {
			name, value, _ := strings.Cut(v, "=")
			t.Setenv(name, value)
		}
		cfg := testConfig(t.TempDir())
		cfg.Blocks = s3.URL("", "")
		cfg.S3.Window = config.Duration(10 * time.Millisecond)
		_, c := start(t, cfg)

		began, n := time.Now().Add(-time.Hour), 0
		acknowledged := map[string]int{}
		record := func() *reply {
			n++
			noise := make([]byte, 512<<10)
			rand.Read(noise)
			marker := fmt.Sprint("marker ", n, " ", hex.EncodeToString(noise))
			body := batch(snapshot(began.Add(time.Duration(n)*time.Second), "s", "w", n == 1, marker))
			res := c.Do(t, "POST", "/s/", body, "Content-Type: application/json")
			if res.Status == http.StatusOK {
				acknowledged[marker]++
			}
			return res
		}
		says := func(metric string) bool { return strings.Contains(string(c.Get(t, "/metrics").Body), metric) }
		eventually(t, "ready with room", func() bool {
			return c.Get(t, "/readyz").Status == http.StatusOK && says(`playhead_dependency_ready{dependency="blocks"} 1`)
		})
		var res *reply
		for res = record(); res.Status == http.StatusOK && n < 100; {
			res = record()
		}
		if res.Status != http.StatusServiceUnavailable || res.Header.Get("Retry-After") == "" || len(acknowledged) < 5 {
			t.Fatalf("after %d recordings: %d %v", len(acknowledged), res.Status, res.Header)
		}
		c.Capture(t, "/batch/", generation(time.Now(), "t", nil))
		res = c.Get(t, "/readyz")
		if want := `"dependency":"blocks","reason":"the storage of recordings has no room for more data"`; res.Status != http.StatusServiceUnavailable || !strings.Contains(string(res.Body), want) {
			t.Errorf("without room: readyz %d %s", res.Status, res.Body)
		}
		for _, metric := range []string{
			`playhead_dependency_ready{dependency="blocks"} 0`, `playhead_dependency_ready{dependency="store"} 1`,
			`playhead_ingest_commit_failures_total{of="blocks",reason="full"} 1`,
		} {
			if !says(metric) {
				t.Errorf("the metrics do not say %s", metric)
			}
		}
		free()
		eventually(t, "ready again without intervention", func() bool { return c.Get(t, "/readyz").Status == http.StatusOK })
		if res := record(); res.Status != http.StatusOK {
			t.Errorf("with space again: %d %s", res.Status, res.Body)
		}
		eventually(t, "the metrics show it", func() bool { return says(`playhead_dependency_ready{dependency="blocks"} 1`) })
		var status struct {
			Recordings int `json:"recordings"`
		}
		c.Read(t, "/api/status", &status)
		if status.Recordings != len(acknowledged) {
			t.Errorf("%d blocks are stored, %d were acknowledged", status.Recordings, len(acknowledged))
		}
	})
}
