package api

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// allowNull corrects what the generator leaves out: a pointer to an object, and an enumeration that may be missing, can be null. It also allows
// additional properties in answers, because a client must not fail when we add one. In requests a misspelt property is refused.
func allowNull(doc *huma.OpenAPI) {
	schemas := doc.Components.Schemas
	for name, schema := range schemas.Map() {
		if t := schemas.TypeFromRef("#/components/schemas/" + name); t != nil && t.Kind() == reflect.Struct {
			if _, sent := reflect.Zero(t).Interface().(interface{ sent() }); !sent {
				schema.AdditionalProperties = nil
			}
			allowNullFields(t, schema)
		}
	}
}

func allowNullFields(t reflect.Type, schema *huma.Schema) {
	for field := range t.Fields() {
		if field.Anonymous {
			allowNullFields(field.Type, schema)
			continue
		}
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		property := schema.Properties[name]
		if property == nil || field.Type.Kind() != reflect.Pointer || strings.Contains(options, "omitempty") {
			continue
		}
		switch {
		case property.Ref != "":
			schema.Properties[name] = &huma.Schema{
				AnyOf:       []*huma.Schema{{Ref: property.Ref}, {Type: "null"}},
				Description: field.Tag.Get("doc"),
			}
		case property.Enum != nil && property.Enum[len(property.Enum)-1] != nil:
			property.Enum = append(property.Enum, nil)
		}
	}
}

// marshalIndent writes the description with one value on each line, so that changes to it can be reviewed.
func marshalIndent(doc *huma.OpenAPI) ([]byte, error) {
	raw, err := json.Marshal(doc)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := json.Indent(&out, raw, "", "  "); err != nil {
		return nil, err
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}
