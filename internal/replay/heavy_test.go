package replay

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/playheadhq/playhead/internal/heavy"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/rawjson"
)

// repeat returns a function that makes an array of about size bytes by repeating an item.
func repeat(item string) func(int) []byte {
	return func(size int) []byte {
		return append(append([]byte{'['}, bytes.TrimSuffix(bytes.Repeat([]byte(item+","), max(1, size/(len(item)+1))), []byte(","))...), ']')
	}
}

// encodeAndPlay encodes a recording, if it is accepted, and plays it from its middle.
func encodeAndPlay(t *testing.T) func([]byte) {
	return func(v []byte) {
		e, err := NewEncoder(nil, nil).Encode(v)
		if errors.Is(err, ErrTooLarge) || errors.Is(err, ErrNotEvents) || e.Body == nil {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if len(e.Block.Snapshots) > maxSnapshots || len(e.Block.URL) > maxURL {
			t.Fatalf("a block with %d snapshots and a URL of %d bytes", len(e.Block.Snapshots), len(e.Block.URL))
		}
		src := one(e.Body)
		n := 0
		for _, err := range From(t.Context(), src, []model.Block{e.Block}, (e.Block.FirstMS+e.Block.LastMS)/2, 0) {
			if n++; err != nil {
				t.Fatal(err)
			}
		}
	}
}

// one is a source with one block.
type one []byte

func (o one) Read(context.Context, model.Location) ([]byte, error) { return o, nil }

// Whatever a recording contains, writing and reading it takes work in proportion to its bytes. Memory is 32 bytes for each event of at least eleven
// bytes, doubled while it grows, and the lines when they are read.
func TestRecordingsAreLinear(t *testing.T) {
	const memory = 18
	run := encodeAndPlay(t)
	t.Run("data", func(t *testing.T) { heavy.Linear(t, memory, run) })
	t.Run("inside", func(t *testing.T) {
		heavy.Linear(t, memory, func(v []byte) {
			run(bytes.Join([][]byte{[]byte(`[{"type":3,"timestamp":1795418943000,"data":`), v, []byte(`}]`)}, nil))
		})
	})
	huge := func(name string) func(int) []byte {
		return func(size int) []byte {
			return fmt.Appendf(nil, `[{"type":4,"data":{"href":"x"},"timestamp":1795418943000},{"type":3,"data":{"source":5},"timestamp":1795418943001,%q:%s},{"type":4,"data":{%q:"%s"}}]`,
				name, strings.Repeat("1", size/2), name, strings.Repeat("x", size/2))
		}
	}
	for name, input := range map[string]func(int) []byte{
		"least events":   repeat(`{"type":3}`),
		"null data":      repeat(`{"type":3,"data":null,"timestamp":1795418943000}`),
		"full snapshots": repeat(`{"type":2,"data":{},"timestamp":1795418943000}`),
		"metas":          repeat(`{"type":4,"data":{"href":"https://app.test/"},"timestamp":1795418943000}`),
		"console":        repeat(`{"type":6,"data":{"plugin":"rrweb/console@1","payload":{"level":"error"}}}`),
		"clicks":         repeat(`{"type":3,"data":{"source":2,"type":2}}`),
		"duplicates of a time": func(size int) []byte {
			return append(append([]byte(`{"type":3`), bytes.Repeat([]byte(`,"timestamp":1795418943000`), size/26)...), '}')
		},
		"duplicates of data": func(size int) []byte {
			return append(append([]byte(`{"type":3`), bytes.Repeat([]byte(`,"data":{}`), size/10)...), '}')
		},
		"no times":         repeat(`{"type":3,"timestamp":"tomorrow"}`),
		"a huge timestamp": huge("timestamp"),
		"a huge type":      huge("type"),
		"a huge href":      huge("href"),
		"any order":        scattered,
		"line breaks":      repeat("{\n\"type\":\r3,\n\"data\":\n[\n1\n]\n}"),
		"adds": func(size int) []byte {
			return append(append([]byte(`[{"type":3,"timestamp":1795418943000,"data":{"source":0,"adds":`), repeat(`{"parentId":1,"node":{}}`)(size)...), "}}]"...)
		},
		"in a string":  func(size int) []byte { return strconv.AppendQuote(nil, string(repeat(`{"type":3}`)(size))) },
		"empty lists":  repeat(`{"type":3,"cv":"2024-10","data":{"source":0,"adds":` + cv(t, "[]") + `}}`),
		"not inflated": repeat(`{"type":3,"cv":"2024-10","data":"\u001f\u008b\b"}`),
		"broken gzip": func(size int) []byte {
			broken := gz(t, `"`+strings.Repeat("a", size)+`"`)
			broken[len(broken)-8] ^= 1
			return repeat(`{"type":3,"cv":"2024-10","data":` + codePoints(broken) + `}`)(size)
		},
	} {
		t.Run(name, func(t *testing.T) { heavy.LinearIn(t, memory, input, run) })
	}
}

func jsonOf(text string) string {
	b, err := json.Marshal(text)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// scattered returns events of a hundred years in random order.
func scattered(size int) []byte {
	r := rand.New(rand.NewPCG(1, 1))
	b := []byte{'['}
	for len(b) < size {
		b = fmt.Appendf(b, `{"type":3,"timestamp":%d},`, earliestMS+r.Int64N(latestMS-earliestMS))
	}
	return append(b[:len(b)-1], ']')
}

// codePoints writes bytes as the recorder does: as code points of a JSON string.
func codePoints(b []byte) string {
	runes := make([]rune, len(b))
	for i, c := range b {
		runes[i] = rune(c)
	}
	return jsonOf(string(runes))
}

// However many recordings a request has, and however well they are compressed, they inflate to at most maxInflated, and a block to at most maxLines.
func TestARequestInflatesOnlySoMuch(t *testing.T) {
	bomb := `{"type":2,"timestamp":1795418943000,"cv":"2024-10","data":` + cv(t, `"`+strings.Repeat("a", 24<<20)+`"`) + `}`
	e := NewEncoder(nil, nil)
	inflated, failed := int64(0), 0
	for range 3 {
		out, err := e.Encode([]byte("[" + bomb + "," + bomb + "]"))
		if err != nil {
			t.Fatal(err)
		}
		inflated, failed = inflated+out.Block.RawBytes, failed+out.Failed
	}
	if inflated > maxInflated+1<<20 || failed != 1 {
		t.Errorf("%d bytes, %d kept as they came", inflated, failed)
	}
}

// Memory is reserved before it is allocated, in about the same amount. A refusal ends the work.
func TestMemoryIsReserved(t *testing.T) {
	plain := repeat(`{"type":3,"timestamp":1795418943000}`)(2 << 20)
	noise := make([]byte, 1<<20)
	for i := range noise {
		noise[i] = byte(rand.Uint32())
	}
	full := errors.New("full")
	for name, c := range map[string]struct {
		data  string
		least int64
	}{
		"events":     {string(plain), 50_000 * eventSize},
		"inflated":   {`{"type":2,"cv":"2024-10","data":` + cv(t, `"`+strings.Repeat("a", 16<<20)+`"`) + `}`, 16 << 20},
		"a string":   {jsonOf(string(plain)), 2 << 20},
		"a chunk":    {`{"compression":"gzip-base64","data":"` + base64.StdEncoding.EncodeToString(gz(t, string(plain))) + `"}`, 2 << 20},
		"compressed": {`{"type":2,"data":` + jsonOf(base64.StdEncoding.EncodeToString(noise)) + `}`, 1 << 20},
	} {
		reserved := int64(0)
		if _, err := NewEncoder(func(n int64) error { reserved += n; return nil }, nil).Encode([]byte(c.data)); err != nil || reserved < c.least || reserved > 8*c.least+1<<20 {
			t.Errorf("%s: %v, %d bytes reserved of %d", name, err, reserved, c.least)
		}
		left := c.least / 2
		_, err := NewEncoder(func(n int64) error {
			if left -= n; left < 0 {
				return full
			}
			return nil
		}, nil).Encode([]byte(c.data))
		if !errors.Is(err, full) {
			t.Errorf("%s: without room: %v", name, err)
		}
	}
}

// Other requests get their turn while a recording is encoded. The work ends when a pause returns an error.
func TestEncodingPauses(t *testing.T) {
	data := repeat(`{"type":3,"timestamp":1795418943000}`)(5 << 20)
	gone, pauses := errors.New("gone"), 0
	if _, err := NewEncoder(nil, rawjson.NewPace(func() error { pauses++; return nil })).Encode(data); err != nil || pauses < 9 {
		t.Errorf("%d pauses, %v", pauses, err)
	}
	for _, after := range []int{1, 8} {
		_, err := NewEncoder(nil, rawjson.NewPace(func() error {
			if after--; after == 0 {
				return gone
			}
			return nil
		})).Encode(data)
		if !errors.Is(err, gone) {
			t.Errorf("%v", err)
		}
	}
}

func TestTooMuchIsRefused(t *testing.T) {
	for name, data := range map[string][]byte{
		"items": repeat(`1`)(2*maxItems + 2),
		"bytes": append(append([]byte(`[{"type":3,"data":"`), bytes.Repeat([]byte("a"), maxLines)...), `"}]`...),
	} {
		if _, err := NewEncoder(nil, nil).Encode(data); !errors.Is(err, ErrTooLarge) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Many blocks that all overlap are read one after the other, each once, and only few of them are in memory at a time.
func TestManyBlocksThatOverlap(t *testing.T) {
	e, err := NewEncoder(nil, nil).Encode([]byte(`[{"type":2,"data":{},"timestamp":946684800000},{"type":3,"data":"` + strings.Repeat("a", 1<<20) + `","timestamp":4102444800000}]`))
	if err != nil {
		t.Fatal(err)
	}
	const blocks = 300
	index := make([]model.Block, blocks)
	for i := range index {
		index[i] = e.Block
		index[i].UUID[0], index[i].UUID[1] = byte(i>>8), byte(i)
	}
	p := newPlayback(t.Context(), one(e.Body), index)
	if err := p.start(0); err != nil {
		t.Fatal(err)
	}
	lines, most := 0, 0
	p.play(0, func(position, []byte, error) bool {
		lines, most = lines+1, max(most, p.size)
		return true
	})
	if lines != 2*blocks || most > maxOpen+2<<20 {
		t.Errorf("%d lines, %d bytes at a time", lines, most)
	}
}

// An event without data is an event like any other.
func TestNullData(t *testing.T) {
	e, lines := encode(t, `[{"type":3,"data":null,"timestamp":1},{"type":2,"data":null,"timestamp":1795418943000},{"type":4,"timestamp":1795418943001},{"type":6,"data":null,"cv":"2024-10"}]`)
	if e.Failed != 0 || e.Dropped != 0 || len(lines) != 4 || len(e.Block.Snapshots) != 0 {
		t.Errorf("%+v: %q", e.Block, lines)
	}
	played := 0
	for _, err := range From(t.Context(), one(e.Body), []model.Block{e.Block}, 0, 0) {
		if played++; err != nil {
			t.Error(err)
		}
	}
	if played != 4 {
		t.Errorf("%d events are played", played)
	}
}

// From stops when its reader leaves.
func TestReadingEndsWithItsReader(t *testing.T) {
	e, err := NewEncoder(nil, nil).Encode([]byte(`[{"type":2,"data":{},"timestamp":1795418943000}]`))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	index := []model.Block{e.Block, e.Block, e.Block}
	for i := range index {
		index[i].FirstMS += int64(i) // so that each block is opened only at its time
	}
	lines, failed := 0, error(nil)
	for _, err := range From(ctx, one(e.Body), index, 0, 0) {
		if failed = err; err == nil {
			lines++
		}
		cancel()
	}
	if lines == 3 || !errors.Is(failed, context.Canceled) {
		t.Errorf("%d lines, %v", lines, failed)
	}
}
