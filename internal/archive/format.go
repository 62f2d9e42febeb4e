package archive

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store/table"
)

// format writes the rows of a table as JSON objects. Each column is a member under its name, in the order of the table's description. Members that
// are 0, "", false or empty are left out. Counts of tokens are in an object of their own ("tokens"). In this object, a count is left out only if its
// zero value, and not -1, means "not reported". Exported data never change: a column may be added to a description, and appears where it is
// described; no column may be renamed or moved.
type format[T any] struct {
	object reflect.Type
	// members are the columns, each with its field in object.
	members []member[T]
}

type member[T any] struct {
	column *table.Column[T]
	field  []int
}

const tokenSuffix = "_tokens"

// reported are the counts of tokens for which -1 means "not reported"; for the others it is 0.
var reported = map[string]bool{"input": true, "output": true, "total": true, "cache_read": true, "cache_write": true, "reasoning": true}

func newFormat[T any](columns []table.Column[T], without ...string) *format[T] {
	f := &format[T]{}
	var fields, tokens []reflect.StructField
	for i := range columns {
		c := &columns[i]
		if slices.Contains(without, c.Name) {
			continue
		}
		field := reflect.StructField{Name: fmt.Sprintf("F%d", i), Type: jsonTypes[c.Type], Tag: reflect.StructTag(fmt.Sprintf(`json:"%s,omitempty"`, c.Name))}
		if field.Type == nil {
			panic("no format for the column " + c.Name)
		}
		if short, is := strings.CutSuffix(c.Name, tokenSuffix); is {
			if reported[short] {
				field.Tag = reflect.StructTag(fmt.Sprintf(`json:"%s"`, short))
			} else {
				field.Tag = reflect.StructTag(fmt.Sprintf(`json:"%s,omitempty"`, short))
			}
			f.members = append(f.members, member[T]{c, []int{-1, len(tokens)}})
			tokens = append(tokens, field)
			continue
		}
		if c.Type == table.UUID {
			field.Tag = reflect.StructTag(fmt.Sprintf(`json:"%s"`, c.Name))
		}
		f.members = append(f.members, member[T]{c, []int{len(fields)}})
		fields = append(fields, field)
	}
	if tokens != nil {
		for i := range f.members {
			if f.members[i].field[0] == -1 {
				f.members[i].field[0] = len(fields)
			}
		}
		fields = append(fields, reflect.StructField{Name: "Tokens", Type: reflect.StructOf(tokens), Tag: `json:"tokens"`})
	}
	f.object = reflect.StructOf(fields)
	return f
}

var jsonTypes = map[table.Type]reflect.Type{
	table.UUID: reflect.TypeFor[uuid.UUID](), table.Text: reflect.TypeFor[string](), table.Int64: reflect.TypeFor[int64](),
	table.Int32: reflect.TypeFor[int32](), table.Uint8: reflect.TypeFor[uint8](), table.Float64: reflect.TypeFor[float64](),
	table.Bool: reflect.TypeFor[bool](), table.Map: reflect.TypeFor[map[string]string](),
}

// marshal writes a row, followed by the members of rest unless it is nil.
func (f *format[T]) marshal(row *T, rest any) ([]byte, error) {
	object := reflect.New(f.object).Elem()
	for _, m := range f.members {
		field := object.FieldByIndex(m.field)
		switch at := m.column.At(row).(type) {
		case *[]model.Property:
			if len(*at) > 0 {
				all := make(map[string]string, len(*at))
				for _, p := range *at {
					all[p.Name] = p.Value
				}
				field.Set(reflect.ValueOf(all))
			}
		case *string:
			field.SetString(*at)
			if m.column.Name == "project" {
				field.SetString(written(*at))
			}
		default:
			field.Set(reflect.ValueOf(at).Elem())
		}
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false) // a caller that needs escaping escapes the result
	if err := encoder.Encode(object.Addr().Interface()); err != nil || rest == nil {
		return out.Bytes(), err
	}
	out.Truncate(out.Len() - len("}\n"))
	begin := out.Len()
	if err := encoder.Encode(rest); err != nil {
		return nil, err
	}
	out.Bytes()[begin] = ','
	return out.Bytes(), nil
}

// unmarshal parses the result of marshal.
func (f *format[T]) unmarshal(text []byte, row *T, rest any) error {
	object := reflect.New(f.object)
	if err := json.Unmarshal(text, object.Interface()); err != nil {
		return err
	}
	if rest != nil {
		if err := json.Unmarshal(text, rest); err != nil {
			return err
		}
	}
	for _, m := range f.members {
		field := object.Elem().FieldByIndex(m.field)
		switch at := m.column.At(row).(type) {
		case *[]model.Property:
			*at = nil
			for name, value := range field.Interface().(map[string]string) {
				*at = append(*at, model.Property{Name: name, Value: value})
			}
			*at = table.CleanProperties(*at) // sorted by name
		case *string:
			*at = field.String()
			if m.column.Name == "project" {
				*at = read(*at)
			}
		default:
			reflect.ValueOf(at).Elem().Set(field)
		}
	}
	return nil
}
