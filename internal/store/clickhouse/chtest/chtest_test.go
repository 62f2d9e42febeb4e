package chtest

import (
	"testing"
)

// A server answers, keeps what it stored when killed, and servers see each other's rows.
func TestServers(t *testing.T) {
	s, err := Start(t.Context(), t.TempDir(), 2)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	ask := func(i int, statement, want string) {
		t.Helper()
		got, err := s.At(i).Query(t.Context(), statement)
		if err != nil || got != want {
			t.Errorf("%s: %q, %v; want %q", statement, got, err, want)
		}
	}
	for i, value := range []string{"1", "20"} {
		ask(i, "CREATE DATABASE d", "")
		ask(i, "CREATE TABLE d.t (n Int64) ENGINE = MergeTree ORDER BY n", "")
		ask(i, "INSERT INTO d.t VALUES ("+value+")", "")
	}
	if err := s.At(0).Kill(); err != nil {
		t.Fatal(err)
	}
	if err := s.At(0).Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	ask(1, "SELECT sum(n) FROM cluster('"+ClusterName+"', d.t)", "21")
}
