package replay

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/playheadhq/playhead/internal/model"
)

// A minute of a busy page takes less than half of what the browser sent, and every line is read as it was.
func TestRatio(t *testing.T) {
	data, wire := minuteSnapshots(t)
	stored := 0
	for _, d := range data {
		e, err := NewEncoder(nil, nil).Encode(d)
		if err != nil {
			t.Fatal(err)
		}
		stored += len(e.Body)
	}
	if ratio := float64(stored) / float64(wire); ratio > 0.46 {
		t.Errorf("%d bytes are stored of %d that were sent: %.3f", stored, wire, ratio)
	}
}

// someNumber returns a number as JSON or, in strings, anything that looks like one.
func someNumber(r *rand.Rand) string {
	switch r.IntN(8) {
	case 0:
		return fmt.Sprint(r.IntN(10))
	case 1:
		return fmt.Sprint(-r.IntN(200))
	case 2:
		return fmt.Sprint(r.Int64N(1<<62) - 1<<61)
	case 3:
		return fmt.Sprintf("%d.%d", r.IntN(1000), r.IntN(1000))
	case 4:
		return []string{"-0", "0", "10e2", "10E-3", "99", "-10", "999999999999999", "1000000000000000", "-999999999999999", "18446744073709551616"}[r.IntN(10)]
	case 5:
		return strings.Repeat("7", 1+r.IntN(40))
	default:
		return fmt.Sprint(at + r.Int64N(2000) - 1000)
	}
}

// someValue returns JSON whose names are of every length, and whose strings look like members.
func someValue(r *rand.Rand, depth int) string {
	kind := r.IntN(6)
	if depth == 0 {
		kind = r.IntN(4)
	}
	switch kind {
	case 0, 1:
		return someNumber(r)
	case 2:
		return `"` + strings.Repeat("é", r.IntN(20)) + `"`
	case 3:
		return `"{\"id\":` + someNumber(r) + `,\"\":007}"`
	case 4:
		var all []string
		for range r.IntN(5) {
			all = append(all, someValue(r, depth-1))
		}
		return "[" + strings.Join(all, ",\t") + "]"
	}
	var all []string
	for range r.IntN(6) {
		name := []string{"", "x", "id", "parentId", "timestamp", "a name that is longer than eight", `\"`, "ö"}[r.IntN(8)]
		space := []string{"", "", "", " "}[r.IntN(4)]
		all = append(all, `"`+name+`":`+space+someValue(r, depth-1))
	}
	return "{" + strings.Join(all, ",") + "}"
}

// Whatever the events contain, the lines of a block are those that were sent. Lines longer than what is processed at a time are among them.
func TestRandomNumbers(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for round := range 2000 {
		var want []string
		for i := range 1 + r.IntN(6) {
			ms, v := at+int64(i)*r.Int64N(1e6), someValue(r, 4)
			if round%500 == 0 {
				v = "[" + strings.Repeat(v+",", 1+600_000/len(v)) + "1]"
			}
			want = append(want, fmt.Sprintf(`{"type":%d,"data":%s,"timestamp":%d}`, r.IntN(200), v, ms))
		}
		e, lines := encode(t, "["+strings.Join(want, ",")+"]")
		slices.SortStableFunc(want, func(a, b string) int {
			return strings.Compare(a[strings.LastIndex(a, ":"):], b[strings.LastIndex(b, ":"):])
		})
		if !slices.Equal(lines, want) {
			t.Fatalf("%.300q\nwere sent as\n%.300q", lines, want)
		}
		if l, _ := Decode(e.Body); l.TimeMS(0) != e.Block.FirstMS || l.TimeMS(l.Len()-1) != e.Block.LastMS {
			t.Fatalf("times %d to %d of %+v", l.TimeMS(0), l.TimeMS(l.Len()-1), e.Block)
		}
	}
}

// FuzzShorten stores a line in pieces of any size, and restores it.
func FuzzShorten(f *testing.F) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 20 {
		f.Add([]byte(someValue(r, 3)), 1+r.IntN(30))
	}
	f.Add([]byte("["+strings.Repeat(`{"id":10},{"id":999999999999999},`, 9)+"1]"), 100) // differences that are longer than their numbers
	f.Fuzz(func(t *testing.T, line []byte, step int) {
		if !json.Valid(line) || bytes.ContainsAny(line, "\n") || step < 1 {
			return
		}
		var n numbers
		n.begin(at)
		stored := binary.AppendUvarint([]byte{begins, 1}, uint64(at))
		head := len(stored)
		for at := 0; at < len(line); {
			stored, at = n.shorten(stored, line, at, min(at+step, len(line)))
		}
		if len(stored)-head > len(line) {
			t.Fatalf("%q is stored as %q", line, stored[head:])
		}
		stored = append(stored, '\n')
		before := max(0, len(line)+1-len(stored))
		var l Lines
		if !l.restore(append(make([]byte, before), stored...), before) || l.Len() != 1 || !bytes.Equal(l.Line(0), line) || l.TimeMS(0) != at {
			t.Fatalf("%q became %q", line, l.JSON)
		}
	})
}

// oldBlocks are requests and the block that an earlier version made of the first $snapshot in each.
var oldBlocks = map[string]string{
	"web_s_incremental_gzip.req":         "testdata/web_s_incremental_gzip.table.block",
	"web_s_first_full_snapshot_gzip.req": "testdata/web_s_first_full_snapshot_gzip.table.block",
}

// Blocks of earlier versions are read as those of this one.
func TestOldBlocks(t *testing.T) {
	for request, file := range oldBlocks {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		e, want := encode(t, string(wireSnapshots(t, request)[0]))
		l, err := DecodeBlock(&e.Block, body)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if now, _ := Decode(e.Body); !slices.Equal(l.rows, now.rows) || !l.timed || !bytes.Equal(l.JSON, now.JSON) || l.Len() != len(want) {
			t.Errorf("%s: %q, now %q", file, l.JSON, now.JSON)
		}
	}
}

// Every flipped bit of a block of either form makes it corrupt, or changes nothing that is read.
func TestFlippedBits(t *testing.T) {
	old, err := os.ReadFile(oldBlocks["web_s_incremental_gzip.req"])
	if err != nil {
		t.Fatal(err)
	}
	e, _ := encode(t, string(wireSnapshots(t, "web_s_incremental_gzip.req")[0]))
	want, _ := Decode(e.Body)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	defer func() {
		if runtime.ReadMemStats(&after); after.TotalAlloc-before.TotalAlloc > 64<<20 {
			t.Errorf("%d bytes were allocated", after.TotalAlloc-before.TotalAlloc)
		}
	}()
	for form, body := range map[string][]byte{"now": e.Body, "before": old} {
		for bit := range 8 * len(body) {
			bad := bytes.Clone(body)
			bad[bit/8] ^= 1 << (bit % 8)
			l, err := Decode(bad)
			if err != nil && !errors.Is(err, ErrCorrupt) || err == nil && (!bytes.Equal(l.JSON, want.JSON) || !slices.Equal(l.rows, want.rows)) {
				t.Fatalf("%s: with bit %d of byte %d flipped: %v", form, bit%8, bit/8, err)
			}
		}
	}
}

// What is no stored form is corrupt, even if its checksums are right, and needs no more memory than a block.
func TestStrangeForms(t *testing.T) {
	block := func(stored string, size, storedSize int) []byte {
		body := binary.LittleEndian.AppendUint32(nil, headMagic)
		body = binary.LittleEndian.AppendUint32(body, headSize-8)
		body = binary.LittleEndian.AppendUint32(body, uint32(size))
		body = binary.LittleEndian.AppendUint32(body, uint32(storedSize))
		body = binary.LittleEndian.AppendUint32(body, crc32.ChecksumIEEE(body[8:]))
		return zips.New().(interface{ EncodeAll(src, dst []byte) []byte }).EncodeAll([]byte(stored), body)
	}
	const time = "\xe8\x07" // 1000
	good := "\x01\x01" + time + `{"timestamp":` + "\x02\x00}\n"
	if l, err := Decode(block(good, 19, len(good))); err != nil || string(l.Line(0)) != `{"timestamp":1000}` {
		t.Fatalf("%v, %v", l, err)
	}
	for name, body := range map[string][]byte{
		"nothing":                 block("", 0, 0),
		"another size":            block(good, 20, len(good)),
		"another stored size":     block(good, 19, len(good)+1),
		"more lines than times":   block(good+"{}\n", 22, len(good)+3),
		"fewer lines than times":  block("\x01\x02"+time+time+"{}\n", 3, 9),
		"lines without end":       block("\x01\x01"+time+"{}", 2, 6),
		"no times":                block("\x01\x05", 2, 2),
		"times without end":       block("\x01\x80", 2, 2),
		"a difference cut off":    block("\x01\x01"+time+`{"timestamp":`+"\x02\xff", 20, 19),
		"a byte without meaning":  block("\x01\x01"+time+"{\x05}\n", 4, 8),
		"lines as they are":       block("{}\n", 3, 3),
		"longer than the memory":  block("\x01\x01"+time+strings.Repeat(`"":`+"\x02\x02", 100)+"\n", 501, 505),
		"larger than a block":     block(good, maxBlock+1, len(good)),
		"stored larger than that": block(good, 19, maxBlock+1),
	} {
		if l, err := Decode(body); !errors.Is(err, ErrCorrupt) {
			t.Errorf("%s: %v, %v", name, l, err)
		}
	}
}

// A window whose blocks are of both forms, one of them damaged, is played with a gap.
func TestFromBothForms(t *testing.T) {
	s := newShelf()
	full, later := string(wireSnapshots(t, "web_s_first_full_snapshot_gzip.req")[0]), string(wireSnapshots(t, "web_s_incremental_gzip.req")[0])
	a, b, c := s.add(t, "a", strings.Trim(full, "[]")), s.add(t, "b", strings.Trim(later, "[]")), s.add(t, "c", step(1e10, "last"))
	index := []model.Block{a, b, c}
	want := s.play(t, index, a.FirstMS, 0)
	for name, request := range map[string]string{"a": "web_s_first_full_snapshot_gzip.req", "b": "web_s_incremental_gzip.req"} {
		now := s.bodies[name]
		old, err := os.ReadFile(oldBlocks[request])
		if err != nil {
			t.Fatal(err)
		}
		s.bodies[name] = old
		if got := s.play(t, index, a.FirstMS, 0); !slices.Equal(got, want) {
			t.Errorf("with %s of an earlier version: %q, want %q", name, got, want)
		}
		s.bodies[name] = now
	}
	s.bodies["b"] = bytes.Clone(s.bodies["b"])
	s.bodies["b"][len(s.bodies["b"])-6] ^= 4
	got := s.play(t, index, a.FirstMS, 0)
	if len(got) != int(a.Events)+2 || !strings.Contains(got[a.Events], `"reason":"corrupt"`) || got[len(got)-1] != want[len(want)-1] {
		t.Errorf("with a damaged block: %q", got)
	}
}
