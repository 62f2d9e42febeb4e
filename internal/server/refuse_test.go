package server

import (
	"database/sql"
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/playheadhq/playhead/internal/config"
	"github.com/playheadhq/playhead/internal/store"
)

// refused starts a server that must not start, and returns why.
func refused(t *testing.T, c *config.Config, says ...string) error {
	t.Helper()
	s, err := Start(t.Context(), Options{Config: c, Version: "test"})
	if err == nil {
		stop(t, s)
		t.Fatal("started")
	}
	for _, want := range says {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q does not say %q", err, want)
		}
	}
	return err
}

func TestADirectoryInUseIsRefused(t *testing.T) {
	cfg := testConfig(t.TempDir())
	s, _ := start(t, cfg)
	if err := refused(t, cfg, cfg.Data, "used by another server"); !errors.Is(err, store.ErrInUse) {
		t.Errorf("got %v", err)
	}
	stop(t, s)
	start(t, cfg) // now it can be used
}

func TestDataOfANewerVersionAreRefused(t *testing.T) {
	cfg := testConfig(t.TempDir())
	s, _ := start(t, cfg)
	stop(t, s)
	db, err := sql.Open("duckdb", filepath.Join(cfg.Data, "events.duckdb"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.Exec("INSERT INTO schema_versions VALUES (1000000, 0)")
	if err = errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	if err := refused(t, cfg, cfg.Data, "newer version"); !errors.Is(err, store.ErrNewer) {
		t.Errorf("got %v", err)
	}
}

func TestATakenAddressIsRefused(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	cfg := testConfig(filepath.Join(t.TempDir(), "data"))
	cfg.Listen = l.Addr().String()
	refused(t, cfg, cfg.Listen, "another program", "--listen")
	if _, err := os.Stat(cfg.Data); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a data directory was made: %v", err)
	}
	cfg.Listen = "192.0.2.1:0" // reserved for documentation: no machine has it
	refused(t, cfg, "no such address", "127.0.0.1")
}

func TestADirectoryThatCannotBeWrittenIsRefused(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{file, filepath.Join(file, "below")} {
		refused(t, testConfig(path), path, "--data")
	}
	// No user, not even root, may make a directory there.
	refused(t, testConfig("/proc/playhead"), "/proc/playhead")
}

func TestABadKeyIsRefused(t *testing.T) {
	cfg := testConfig(t.TempDir())
	if err := os.WriteFile(filepath.Join(cfg.Data, keyFile), []byte("short\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	refused(t, cfg, keyFile, "delete it")
	// The refused start left no file open.
	if err := os.Remove(filepath.Join(cfg.Data, keyFile)); err != nil {
		t.Fatal(err)
	}
	start(t, cfg)
}

func TestSecretsAreOursAlone(t *testing.T) {
	cfg := testConfig(filepath.Join(t.TempDir(), "data"))
	cfg.Token = ""
	start(t, cfg)
	for _, name := range []string{tokenFile, keyFile} {
		info, err := os.Stat(filepath.Join(cfg.Data, name))
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s is %v", name, info.Mode())
		}
	}
	if info, err := os.Stat(cfg.Data); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the directory is %v, %v", info.Mode(), err)
	}
}

func TestCheckFindsEverything(t *testing.T) {
	cfg := testConfig(t.TempDir())
	for _, f := range Check(t.Context(), cfg, nil) {
		if f.Err != nil {
			t.Errorf("%s: %v", f.Name, f.Err)
		}
	}
	s, _ := start(t, cfg)
	cfg.Listen = s.Address()
	cfg.Limits.MinFree = 1 << 60
	bad := map[string]bool{}
	for _, f := range Check(t.Context(), cfg, nil) {
		bad[f.Name] = f.Err != nil
	}
	if !bad["address"] || !bad["free space"] || !bad["data"] || bad["data directory"] {
		t.Errorf("found %v", bad)
	}
}
