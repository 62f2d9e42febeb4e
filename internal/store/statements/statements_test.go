package statements

import (
	"reflect"
	"regexp"
	"testing"
	"testing/fstest"
)

func TestLoad(t *testing.T) {
	files := fstest.MapFS{
		"queries/one.sql":       {Data: []byte("-- Why.\nSELECT\n--: columns\nFROM t\nWHERE a = $b AND c = $a\n  --: more\n;\n")},
		"queries/two.sql":       {Data: []byte("SELECT ';'")},
		"queries/more.part.sql": {Data: []byte("    AND d = $b\n--: most\n")},
		"queries/most.part.sql": {Data: []byte("    AND e = $e\n")},
		"queries/readme.md":     {Data: []byte("no statement")},
	}
	texts, parameters := Load(files, map[string]string{"columns": "x, y"}, regexp.MustCompile(`\$([a-z]+)`))
	if want := map[string]string{
		"one": "-- Why.\nSELECT\n    x, y\nFROM t\nWHERE a = $b AND c = $a\n    AND d = $b\n    AND e = $e\n", "two": "SELECT ';'",
	}; !reflect.DeepEqual(texts, want) {
		t.Errorf("got %q", texts)
	}
	if want := map[string][]string{"one": {"b", "a", "e"}}; !reflect.DeepEqual(parameters, want) {
		t.Errorf("got %q", parameters)
	}
	for name, files := range map[string]fstest.MapFS{
		"a part that is missing": {"queries/one.sql": {Data: []byte("--: gone\n")}},
		"nothing":                {},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			Load(files, nil, regexp.MustCompile(`x`))
		}()
	}
}
