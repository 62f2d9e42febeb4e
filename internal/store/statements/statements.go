// Package statements reads the SQL that stores have in files, queries/*.sql: one statement in each file, named after the file. A line "--: name" is
// replaced by the file queries/name.part.sql, so that common parts are written once, or by a part that the caller gives, such as a list of columns.
package statements

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

// Load returns the statements by name, complete and without a semicolon, and the names of the values that each binds, in the order of their first
// occurrence. parameter finds a name; its first group is the name. It panics on errors in the files, because they are part of the program. given are
// parts that are not files, by name.
func Load(files fs.FS, given map[string]string, parameter *regexp.Regexp) (texts map[string]string, parameters map[string][]string) {
	names, err := fs.Glob(files, "queries/*.sql")
	if err != nil || len(names) == 0 {
		panic(fmt.Sprintf("no statements in queries/: %v", err))
	}
	texts, parameters = map[string]string{}, map[string][]string{}
	for _, file := range names {
		if strings.HasSuffix(file, partSuffix) {
			continue
		}
		name := strings.TrimSuffix(path.Base(file), ".sql")
		texts[name] = strings.TrimSuffix(strings.TrimSpace(read(files, given, file)), ";")
		for _, match := range parameter.FindAllStringSubmatch(texts[name], -1) {
			if !slices.Contains(parameters[name], match[1]) {
				parameters[name] = append(parameters[name], match[1])
			}
		}
	}
	return texts, parameters
}

const partSuffix = ".part.sql"

// read reads a file and inserts the parts that it names.
func read(files fs.FS, given map[string]string, name string) string {
	text, err := fs.ReadFile(files, name)
	if err != nil {
		panic(err)
	}
	var out strings.Builder
	for line := range strings.Lines(string(text)) {
		if part, ok := strings.CutPrefix(strings.TrimSpace(line), "--: "); ok {
			if text, ok := given[part]; ok {
				out.WriteString("    " + text + "\n")
				continue
			}
			out.WriteString(read(files, given, "queries/"+part+partSuffix))
			continue
		}
		out.WriteString(line)
	}
	return out.String()
}
