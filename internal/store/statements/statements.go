// Package statements reads the SQL that stores keep in files, queries/*.sql: one statement each, named after its file. A line
// "--: name" in it stands for the file queries/name.part.sql, so that what statements share is written once, or for a part that the
// caller gives: a list of columns.
package statements

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

// Load returns the statements by name, their parts put in and without a semicolon, and the names of the values that each
// binds, in the order in which they first occur: parameter finds one, its first group is the name. The files are part of the
// program, so what is wrong with them panics. Given are parts that are no files, by name.
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

// read reads a file and puts in the parts that it names.
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
