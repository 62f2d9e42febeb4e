package config

import (
	"reflect"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/playheadhq/playhead/internal/price"
)

// Prefix begins the names of all environment variables.
const Prefix = "PLAYHEAD_"

// Setting is one setting, with its names.
type Setting struct {
	Key     string // in the file: "limits.max_event"
	Env     string // "PLAYHEAD_LIMITS_MAX_EVENT"
	Flag    string // "limits-max-event"; "" when it is not to be a flag
	Default string
	Example string
	Doc     string
	// Only is the subcommand that knows it, "" for all.
	Only string
	List bool

	value any // pointer to the field
}

// entries returns, for a setting that is a list of entries and not a single text, how to write it and the function that reads it; nil for other
// settings.
func (l *loader) entries(s Setting) (form string, read func(where place, node ast.Node)) {
	switch s.value.(type) {
	case *[]Project:
		return projectsForm, l.readProjects
	case *[]ReadToken:
		return readTokensForm, l.readReadTokens
	case *[]price.Own:
		return pricesForm, l.readPrices
	}
	return "", nil
}

func (s Setting) set(text string) error { return parse(s.value, text) }

// Settings lists every setting in the order of the struct.
func Settings() []Setting { return settings(new(Config)) }

func settings(c *Config) []Setting { return fields(reflect.ValueOf(c).Elem(), "") }

func fields(v reflect.Value, prefix string) []Setting {
	var all []Setting
	for i := range v.NumField() {
		field := v.Type().Field(i)
		key := prefix + field.Tag.Get("yaml")
		if field.Type.Kind() == reflect.Struct {
			all = append(all, fields(v.Field(i), key+".")...)
			continue
		}
		dashed := strings.NewReplacer(".", "-", "_", "-").Replace(key)
		s := Setting{
			Key:     key,
			Env:     Prefix + strings.ToUpper(strings.ReplaceAll(dashed, "-", "_")),
			Flag:    dashed,
			Default: field.Tag.Get("default"),
			Example: field.Tag.Get("example"),
			Doc:     field.Tag.Get("doc"),
			Only:    field.Tag.Get("only"),
			List:    field.Type == reflect.TypeFor[[]string](),
			value:   v.Field(i).Addr().Interface(),
		}
		if field.Tag.Get("flag") == "-" {
			s.Flag = ""
		}
		all = append(all, s)
	}
	return all
}
