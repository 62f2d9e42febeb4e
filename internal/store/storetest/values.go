package storetest

import (
	"encoding/binary"
	"fmt"
	"reflect"
	"testing"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// Project is the project of the suite's rows, except in tests of several projects.
const Project = project

const project = "p"

// day is a moment from which the suite's times count.
const day = 1_760_000_000_000

// id makes the nth uuid, a version 4 one.
func id(n int) (u uuid.UUID) {
	binary.BigEndian.PutUint64(u[:8], uint64(n)*0x9E3779B97F4A7C15)
	binary.BigEndian.PutUint64(u[8:], uint64(n))
	u[6], u[8] = u[6]&0x0f|0x40, u[8]&0x3f|0x80
	return u
}

// call makes a generation that began a second before at.
func call(n int, trace string, at int64) model.Event {
	return model.Event{
		Project: project, UUID: id(n), Name: "$ai_generation", Kind: model.KindGeneration, TimeMS: at, ReceivedMS: at + 5, DistinctID: "ada",
		TraceID: trace, StartMS: at - 1000, LatencyMS: 1000, FirstTokenMS: -1, Tokens: notReported,
	}
}

// page makes a browser's event.
func page(n int, session string, at int64) model.Event {
	return model.Event{
		Project: project, UUID: id(n), Name: "$pageview", TimeMS: at, ReceivedMS: at + 5, DistinctID: "ada", SessionID: session, WindowID: "w1",
		LatencyMS: -1, FirstTokenMS: -1, Tokens: notReported,
	}
}

var notReported = model.Tokens{Input: -1, Output: -1, Total: -1, CacheRead: -1, CacheWrite: -1, Reasoning: -1}

// block makes a block of ten seconds.
func block(n int, session, window string, at int64) model.Block {
	return model.Block{
		Project: project, UUID: id(n), SessionID: session, WindowID: window, DistinctID: "ada", ReceivedMS: at + 10_005, FirstMS: at, LastMS: at + 10_000,
		Location: model.Location{Key: "2025-10-09/1", Offset: int64(n), Length: 1000}, RawBytes: 9000, Events: 10,
	}
}

// fill sets every field that v points to, and everything inside, to values that differ from each other and from zero, so that a forgotten field is
// detected, including fields that are added later.
func fill(v any) {
	n := 0
	var set func(reflect.Value)
	set = func(v reflect.Value) {
		n++
		switch v.Kind() {
		case reflect.Struct:
			for i := range v.NumField() {
				set(v.Field(i))
			}
		case reflect.Array:
			for i := range v.Len() {
				set(v.Index(i))
			}
		case reflect.Slice:
			if v.Type().Elem().Kind() == reflect.Uint8 {
				v.SetBytes(fmt.Appendf(nil, `{"n":%d}`, n))
				return
			}
			v.Set(reflect.MakeSlice(v.Type(), 2, 2))
			set(v.Index(0))
			set(v.Index(1))
		case reflect.String:
			v.SetString(fmt.Sprintf("text %d", n))
		case reflect.Bool:
			v.SetBool(true)
		case reflect.Float64:
			v.SetFloat(float64(n) + 0.25)
		case reflect.Uint8:
			v.SetUint(uint64(n%5) + 1) // a Kind, or a byte of a uuid
		case reflect.Int64, reflect.Int32:
			v.SetInt(int64(n) * 1000)
		default:
			panic("fill cannot set a " + v.Kind().String())
		}
	}
	set(reflect.ValueOf(v).Elem())
}

// commit stores a batch and returns the result.
func commit(t *testing.T, s store.Store, b *store.Batch) store.Committed {
	t.Helper()
	done, err := s.Commit(t.Context(), b)
	if err != nil {
		t.Fatalf("Commit: %v", err)
	}
	return done
}

// opened opens the factory's data and closes it at the end of the test.
func opened(t *testing.T, f Factory) store.Store {
	t.Helper()
	s := f(t)(t)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return s
}

// must returns what a read returned, or ends the test.
func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// same compares by value; nil and empty slices are the same.
func same[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	g, w := reflect.ValueOf(got), reflect.ValueOf(want)
	if g.Kind() == reflect.Slice && g.Len() == 0 && w.Len() == 0 {
		return
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s:\n got %+v\nwant %+v", what, got, want)
	}
}
