package table

import (
	"encoding/binary"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/model"
)

// Every field of a model's row has a column: if all columns of one row are copied to another, the rows are equal. A field without a column would be
// lost in every storage.
func TestEveryFieldIsAColumn(t *testing.T) {
	whole(t, Events)
	whole(t, Contents)
	whole(t, Identities)
	whole(t, Blocks)
	whole(t, Refusals)
	whole(t, Links)
	whole(t, Experiences)
	whole(t, Saved)
}

func whole[T any](t *testing.T, table *Table[T]) {
	t.Helper()
	var from, to T
	n := 0
	fill(reflect.ValueOf(&from).Elem(), &n)
	for i := range table.Columns {
		c := &table.Columns[i]
		switch at := c.At(&to).(type) {
		case Int64List:
			at.SetInt64s(c.At(&from).(Int64List).Int64s())
		case Int32List:
			at.SetInt32s(c.At(&from).(Int32List).Int32s())
		case Int64Value: // it is computed from other columns
		case TextValue:
			text := c.At(&from).(TextValue).Text()
			if text == "" {
				t.Errorf("%s.%s shows nothing of a row that has everything", table.Name, c.Name)
			}
			at.SetText(text)
		default:
			value := reflect.ValueOf(c.At(&from)).Elem()
			if value.IsZero() {
				t.Errorf("%s.%s shows nothing of a row that has everything", table.Name, c.Name)
			}
			reflect.ValueOf(at).Elem().Set(value)
		}
	}
	if !reflect.DeepEqual(from, to) {
		t.Errorf("%s: not every field is in a column:\n%+v\n%+v", table.Name, from, to)
	}
}

// fill sets every field to a different value.
func fill(v reflect.Value, n *int) {
	*n++
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), n)
		}
	case reflect.Array:
		var id uuid.UUID
		binary.BigEndian.PutUint32(id[:], uint32(*n))
		v.Set(reflect.ValueOf(id))
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range 2 {
			fill(v.Index(i), n)
		}
	case reflect.String:
		v.SetString(fmt.Sprint("text ", *n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Float64:
		v.SetFloat(float64(*n))
	case reflect.Uint8:
		v.SetUint(uint64(*n))
	case reflect.Int64, reflect.Int32:
		v.SetInt(int64(*n))
	default:
		panic("fill cannot set a " + v.Kind().String())
	}
}

// Project is the first column of every key and every sort order, so that nothing is found without it.
func TestProjectStandsFirst(t *testing.T) {
	for name, columns := range map[string][][]string{
		"events": {Events.Key, Events.Sort}, "contents": {Contents.Key, Contents.Sort}, "identities": {Identities.Key, Identities.Sort},
		"blocks": {Blocks.Key, Blocks.Sort}, "refusals": {Refusals.Sort}, "links": {Links.Key, Links.Sort},
		"experiences": {Experiences.Key, Experiences.Sort},
		"saved":       {Saved.Key, Saved.Sort},
	} {
		for _, list := range columns {
			if len(list) == 0 || list[0] != "project" {
				t.Errorf("%s: %v", name, list)
			}
		}
	}
}

func TestDescriptionsThatCannotBeRight(t *testing.T) {
	at := func(e *model.Event) any { return &e.Name }
	for name, bad := range map[string]Table[model.Event]{
		"a column twice":             {Columns: []Column[model.Event]{{Name: "a", At: at}, {Name: "a", At: at}}},
		"a key that is no column":    {Columns: []Column[model.Event]{{Name: "a", At: at}}, Key: []string{"b"}},
		"a month that is no column":  {Columns: []Column[model.Event]{{Name: "a", At: at}}, Month: "b"},
		"what no column can hold":    {Columns: []Column[model.Event]{{Name: "a", At: func(e *model.Event) any { return &e.Tokens }}}},
		"a value and not a pointer":  {Columns: []Column[model.Event]{{Name: "a", At: func(e *model.Event) any { return e.Name }}}},
		"an order that is no column": {Columns: []Column[model.Event]{{Name: "a", At: at}}, Sort: []string{"b"}},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			newTable(bad)
		}()
	}
}

func TestCleanProperties(t *testing.T) {
	p := func(pairs ...string) (all []model.Property) {
		for i := 0; i < len(pairs); i += 2 {
			all = append(all, model.Property{Name: pairs[i], Value: pairs[i+1]})
		}
		return all
	}
	for name, c := range map[string]struct{ given, want []model.Property }{
		"none":       {nil, nil},
		"in order":   {p("a", "1", "b", ""), p("a", "1", "b", "")},
		"out of it":  {p("b", "1", "a", "2"), p("a", "2", "b", "1")},
		"one twice":  {p("b", "1", "a", "2", "b", "3"), p("a", "2", "b", "1")},
		"not UTF-8":  {p("a\xff", "b\xff\xff"), p("a\uFFFD", "b\uFFFD")},
		"an empty  ": {p("", "x"), p("", "x")},
	} {
		given := slices.Clone(c.given)
		if got := CleanProperties(c.given); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
		if !slices.Equal(given, c.given) {
			t.Errorf("%s: the caller's were changed", name)
		}
	}
}

func TestSumRefusals(t *testing.T) {
	r := func(project string, at, count int64, detail string) model.Refusal {
		return model.Refusal{Project: project, AtMS: at, Reason: model.ReasonTooLarge, Event: "e", Library: "l", Detail: detail, Bytes: 10, Count: count}
	}
	sums := map[string]RefusalSum{}
	for _, s := range SumRefusals([]model.Refusal{r("a", 5, 2, "latest"), r("b", 1, 0, "theirs"), r("a", 3, 0, "earlier")}) {
		sums[s.Project] = s
	}
	want := map[string]RefusalSum{
		"a": {Refusal: r("a", 5, 3, "latest"), FirstMS: 3}, "b": {Refusal: r("b", 1, 1, "theirs"), FirstMS: 1},
	}
	a := want["a"]
	a.Bytes = 20
	want["a"] = a
	if !maps.Equal(sums, want) {
		t.Errorf("got %+v\nwant %+v", sums, want)
	}
}

// BenchmarkAt reads every column of a row, as for each stored event: without an allocation.
func BenchmarkAt(b *testing.B) {
	var e model.Event
	n := 0
	b.ReportAllocs()
	for b.Loop() {
		for i := range Events.Columns {
			switch at := Events.Columns[i].At(&e).(type) {
			case *string:
				n += len(*at)
			case *int64:
				n += int(*at)
			}
		}
	}
	_ = n
}
