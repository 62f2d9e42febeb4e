package clustertest_test

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/playheadhq/playhead/internal/clustertest"
	"github.com/playheadhq/playhead/internal/disk"
	"github.com/playheadhq/playhead/internal/disk/disktest"
)

// The disk of S3 fills up. Recordings are refused until there is space again, and everything else continues.
func TestS3Full(t *testing.T) {
	asked(t)
	disktest.FileSystem(t, 16<<20, func(t *testing.T, dir string, free func()) {
		c := start(t, clustertest.Options{S3Dir: filepath.Join(dir, "s3")})
		l := send(t, c)
		l.more(some)
		fill(t, filepath.Join(dir, "ballast"))
		// The first recordings after that may still fit into reserved space. After the first refusal, none is acknowledged.
		eventually(t, within, "recordings are refused", func() error { return l.refused(http.StatusServiceUnavailable) })
		before := l.acknowledged(tabs)
		l.more(some, backends)
		if n := l.acknowledged(tabs) - before; n != 0 {
			t.Errorf("%d recordings were acknowledged without room", n)
		}
		for _, n := range c.Nodes {
			said, err := os.ReadFile(n.LogPath)
			must(t, err)
			if !strings.Contains(string(said), "full") {
				t.Errorf("%s does not say that S3 is full", n.LogPath)
			}
		}
		free()
		l.more(some)
		l.check()
	})
}

// fill writes a file until its disk is full, to the last byte.
func fill(t *testing.T, name string) {
	t.Helper()
	f, err := os.Create(name)
	must(t, err)
	defer f.Close()
	for chunk := make([]byte, 64<<10); len(chunk) > 0; {
		_, err := f.Write(chunk)
		if disk.IsFull(err) {
			chunk = chunk[:len(chunk)/2]
		} else if err != nil && !errors.Is(err, syscall.EINTR) {
			t.Fatal(err)
		}
	}
}
