package replay

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/playheadhq/playhead/internal/heavy"
	"github.com/playheadhq/playhead/internal/model"
)

func gz(tb testing.TB, s string) []byte {
	tb.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(s)); err != nil {
		tb.Fatal(err)
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

// cv compresses text as the recorder does: gzip, with each byte as a code point of a JSON string.
func cv(tb testing.TB, text string) string {
	tb.Helper()
	var s strings.Builder
	for _, c := range gz(tb, text) {
		s.WriteRune(rune(c))
	}
	out, err := json.Marshal(s.String())
	if err != nil {
		tb.Fatal(err)
	}
	return string(out)
}

func encode(tb testing.TB, data string) (Encoded, []string) {
	tb.Helper()
	e, err := NewEncoder(nil, nil).Encode([]byte(data))
	if err != nil {
		tb.Fatalf("encode %s: %v", data, err)
	}
	l, err := Decode(e.Body)
	if err != nil {
		tb.Fatal(err)
	}
	var lines []string
	for _, line := range l.All() {
		lines = append(lines, string(line))
	}
	return e, lines
}

const at = int64(1_795_418_943_000)

func TestEncode(t *testing.T) {
	ev := func(kind int, ms int64, data string) string {
		return fmt.Sprintf(`{"type":%d,"data":%s,"timestamp":%d}`, kind, data, at+ms)
	}
	packed := func(kind int, ms int64, data string) string {
		return fmt.Sprintf(`{"type":%d,"data":%s,"timestamp":%d,"cv":"2024-10"}`, kind, data, at+ms)
	}
	dom := `{"node":{"id":1,"name":"é \" \\ 😀"},"initialOffset":{"top":0,"left":0}}`
	meta, full := ev(4, 0, `{"href":"https://shop.example/a","width":1,"height":1}`), ev(2, 0, dom)
	mutation := ev(3, 5, `{"source":0,"texts":[{"id":3,"value":"x"}],"attributes":[],"removes":[],"adds":[{"parentId":1}]}`)
	packedMutation := packed(3, 5, fmt.Sprintf(`{"source":0,"texts":%s,"attributes":%s,"removes":%s,"adds":%s}`,
		cv(t, `[{"id":3,"value":"x"}]`), cv(t, `[]`), cv(t, `[]`), cv(t, `[{"parentId":1}]`)))
	sheet := ev(3, 6, `{"source":8,"id":4,"adds":[{"rule":"a{}"}]}`)
	click, move, input := ev(3, 7, `{"source":2,"type":2,"id":1}`), ev(3, 2, `{"source":1,"positions":[]}`), ev(3, 9, `{"source":5,"text":"*"}`)
	consoleError := ev(6, 3, `{"plugin":"rrweb/console@1","payload":{"level":"error","trace":[],"payload":[]}}`)
	consoleLog := ev(6, 3, `{"plugin":"rrweb/console@1","payload":{"level":"log","trace":[],"payload":["error"]}}`)
	array := func(events ...string) string { return "[" + strings.Join(events, ",") + "]" }
	snapshot := func(line int32) []model.Snapshot { return []model.Snapshot{{AtMS: at, Line: line}} }

	tests := []struct {
		name  string
		data  string
		lines []string
		want  model.Block // without RawBytes
		fails int
		drops int
	}{
		{name: "plain", data: array(meta, full), lines: []string{meta, full},
			want: model.Block{FirstMS: at, LastMS: at, Events: 2, Snapshots: snapshot(0), URL: "https://shop.example/a"}},
		{name: "one object", data: click, lines: []string{click},
			want: model.Block{FirstMS: at + 7, LastMS: at + 7, Events: 1, Clicks: 1, FirstInputMS: at + 7, LastInputMS: at + 7}},
		{name: "compressed snapshot", data: array(meta, packed(2, 0, cv(t, dom))), lines: []string{meta, full},
			want: model.Block{FirstMS: at, LastMS: at, Events: 2, Snapshots: snapshot(0), URL: "https://shop.example/a"}},
		{name: "compressed mutation", data: array(packedMutation), lines: []string{mutation},
			want: model.Block{FirstMS: at + 5, LastMS: at + 5, Events: 1}},
		{name: "compressed style sheet, a field absent", data: array(packed(3, 6, `{"source":8,"id":4,"adds":`+cv(t, `[{"rule":"a{}"}]`)+`}`)),
			lines: []string{sheet}, want: model.Block{FirstMS: at + 6, LastMS: at + 6, Events: 1}},
		{name: "sorted by own time, stable", data: array(input, click, consoleError, meta, full, move, consoleLog),
			lines: []string{meta, full, move, consoleError, consoleLog, click, input},
			want: model.Block{FirstMS: at, LastMS: at + 9, Events: 7, Clicks: 1, Keys: 1, ConsoleErrors: 1, FirstInputMS: at + 2, LastInputMS: at + 9,
				Snapshots: snapshot(0), URL: "https://shop.example/a"}},
		{name: "snapshot without a meta", data: array(full), lines: []string{full},
			want: model.Block{FirstMS: at, LastMS: at, Events: 1, Snapshots: snapshot(0)}},
		{name: "a meta is used once", data: array(meta, full, move, ev(2, 20, dom)), lines: []string{meta, full, move, ev(2, 20, dom)},
			want: model.Block{FirstMS: at, LastMS: at + 20, Events: 4, FirstInputMS: at + 2, LastInputMS: at + 2, URL: "https://shop.example/a",
				Snapshots: []model.Snapshot{{AtMS: at, Line: 0}, {AtMS: at + 20, Line: 3}}}},
		{name: "a picture of nothing is none to begin with", data: array(meta, full, ev(2, 5, "null"), ev(2, 6, `{"node":null}`), ev(2, 7, `{}`)),
			lines: []string{meta, full, ev(2, 5, "null"), ev(2, 6, `{"node":null}`), ev(2, 7, `{}`)},
			want:  model.Block{FirstMS: at, LastMS: at + 7, Events: 5, Snapshots: snapshot(0), URL: "https://shop.example/a"}},
		{name: "what cannot be inflated stays as it came", data: array(packed(2, 0, `"nonsense"`), click), lines: []string{packed(2, 0, `"nonsense"`), click},
			want: model.Block{FirstMS: at, LastMS: at + 7, Events: 2, Clicks: 1, FirstInputMS: at + 7, LastInputMS: at + 7}, fails: 1},
		{name: "inflates to no JSON", data: array(packed(2, 0, cv(t, `{"a":`))), lines: []string{packed(2, 0, cv(t, `{"a":`))},
			want: model.Block{FirstMS: at, LastMS: at, Events: 1}, fails: 1},
		{name: "one bad field of four", data: array(packed(3, 0, `{"source":0,"texts":`+cv(t, "[]")+`,"adds":"\u0100"}`)),
			lines: []string{packed(3, 0, `{"source":0,"texts":`+cv(t, "[]")+`,"adds":"\u0100"}`)},
			want:  model.Block{FirstMS: at, LastMS: at, Events: 1}, fails: 1},
		{name: "an unknown compression stays", data: array(`{"type":2,"data":"x","cv":"2031-01","timestamp":1795418943000}`),
			lines: []string{`{"type":2,"data":"x","cv":"2031-01","timestamp":1795418943000}`},
			want:  model.Block{FirstMS: at, LastMS: at, Events: 1}},
		{name: "line breaks between tokens", data: "[\n{\"type\":5,\n \"data\":{\"tag\":\"a\\n b\"},\r\n\"timestamp\":1795418943000}\n]",
			lines: []string{`{"type":5,"data":{"tag":"a\n b"},"timestamp":1795418943000}`}, want: model.Block{FirstMS: at, LastMS: at, Events: 1}},
		{name: "line breaks inside of the compressed", data: array(packed(2, 0, cv(t, "{\n\"node\": {}\n}"))), lines: []string{ev(2, 0, `{"node":{}}`)},
			want: model.Block{FirstMS: at, LastMS: at, Events: 1, Snapshots: snapshot(0)}},
		{name: "times that are missing or absurd", data: array(`{"type":5,"data":{}}`, click, `{"type":5,"data":{},"timestamp":0}`, `{"type":5,"data":{},"timestamp":"x"}`),
			lines: []string{`{"type":5,"data":{}}`, click, `{"type":5,"data":{},"timestamp":0}`, `{"type":5,"data":{},"timestamp":"x"}`},
			want:  model.Block{FirstMS: at + 7, LastMS: at + 7, Events: 4, Clicks: 1, FirstInputMS: at + 7, LastInputMS: at + 7}},
		{name: "what is no event is dropped", data: array(`null`, `1`, `"x"`, `{}`, `{"type":"x"}`, click), lines: []string{click},
			want: model.Block{FirstMS: at + 7, LastMS: at + 7, Events: 1, Clicks: 1, FirstInputMS: at + 7, LastInputMS: at + 7}, drops: 5},
		{name: "nothing", data: `[]`},
		{name: "nothing usable", data: `[{}]`, drops: 1},
		{name: "a string of JSON", data: `"[{\"type\":5,\"timestamp\":1795418943000}]"`, lines: []string{`{"type":5,"timestamp":1795418943000}`},
			want: model.Block{FirstMS: at, LastMS: at, Events: 1}},
		{name: "a chunk of an old client", data: `{"compression":"gzip-base64","chunk_count":1,"data":"` + base64.StdEncoding.EncodeToString(gz(t, array(click))) + `"}`,
			lines: []string{click}, want: model.Block{FirstMS: at + 7, LastMS: at + 7, Events: 1, Clicks: 1, FirstInputMS: at + 7, LastInputMS: at + 7}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e, lines := encode(t, tt.data)
			if !slices.Equal(lines, tt.lines) {
				t.Errorf("lines\n%s\nwant\n%s", strings.Join(lines, "\n"), strings.Join(tt.lines, "\n"))
			}
			if len(lines) > 0 {
				tt.want.RawBytes = int64(len(strings.Join(lines, "\n")) + 1)
			}
			if !reflect.DeepEqual(e.Block, tt.want) {
				t.Errorf("block\n%+v\nwant\n%+v", e.Block, tt.want)
			}
			if e.Failed != tt.fails || e.Dropped != tt.drops {
				t.Errorf("failed %d, dropped %d; want %d, %d", e.Failed, e.Dropped, tt.fails, tt.drops)
			}
		})
	}
	for _, data := range []string{``, `null`, `1`, `"x"`, `"\"x\""`, `true`, `{"compression":"lz","data":""}`, `{"compression":"gzip-base64","data":"AAAA"}`} {
		if _, err := NewEncoder(nil, nil).Encode([]byte(data)); !errors.Is(err, ErrNotEvents) {
			t.Errorf("%s: %v", data, err)
		}
	}
}

// An event whose clock was wrong has the time of the event before, for every reader. If all times are impossible, they agree with each other, and are
// shifted: by the clock of the sender if it is known, and by steps that do not follow the network.
func TestEncodeImpossibleTimes(t *testing.T) {
	const day, step = 24 * 60 * 60 * 1000, shiftStepMS
	for name, tt := range map[string]struct {
		sent []any // times of events as they are sent
		want []int64
		// retimed counts those that are impossible.
		retimed int
		// clock is the client's when it sent them.
		clock int64
	}{
		"as they should be":          {[]any{at, at + 5000, at + 60_000}, []int64{at, at + 5000, at + 60_000}, 0, 0},
		"one of the year 2099":       {[]any{at, 4_070_908_800_000, at + 5000}, []int64{at, at, at + 5000}, 1, 0},
		"one of the year 2200":       {[]any{at, 7_258_118_400_000, at + 5000}, []int64{at, at, at + 5000}, 1, 0},
		"one of years ago":           {[]any{at, 1_420_070_400_000, at + 5000}, []int64{at, at, at + 5000}, 1, 0},
		"the first of years ago":     {[]any{1_420_070_400_000, 1_420_070_401_000, at}, []int64{at, at, at}, 2, 0},
		"a day late, and a day soon": {[]any{at, at - day, at + day}, []int64{at, at, at + day}, 1, 0},
		"all of the year 2099":       {[]any{4_070_908_800_000, 4_070_908_805_000}, []int64{at - 5000, at}, 2, 0},
		"all of the year 1970":       {[]any{7_000_000, "x", 7_005_000}, []int64{at - 5000, at - 5000, at}, 3, 0},
		"a browser in 2099":          {[]any{at + 1000*step, at + 1000*step + 5000}, []int64{at - step, at - step + 5000}, 2, at + 1000*step + 6000},
		"the network took longer":    {[]any{at + 1000*step, at + 1000*step + 5000}, []int64{at - step, at - step + 5000}, 2, at + 1000*step + 2},
		"a browser in 1970":          {[]any{at % step, at%step + 4000}, []int64{at - step, at - step + 4000}, 2, at%step + 5000},
		"a clock that is not theirs": {[]any{4_070_908_800_000, 4_070_908_805_000}, []int64{at - 5000, at}, 2, at},
		"all of the year 2200":       {[]any{7_258_118_400_000, "x", 1.5e300}, []int64{at, at, at}, 3, 0},
		"a clock that is behind":     {[]any{1_420_070_400_000, 1_420_070_405_000}, []int64{1_420_070_400_000, 1_420_070_405_000}, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			var events []map[string]any
			for _, ms := range tt.sent {
				events = append(events, map[string]any{"type": 5, "data": map[string]any{"tag": "a"}, "timestamp": ms})
			}
			data, err := json.Marshal(events)
			if err != nil {
				t.Fatal(err)
			}
			encoder := NewEncoder(nil, nil)
			encoder.ReceivedMS, encoder.SentMS = at, tt.clock
			e, err := encoder.Encode(data)
			if err != nil {
				t.Fatal(err)
			}
			lines, err := Decode(e.Body)
			if err != nil {
				t.Fatal(err)
			}
			var times, inLines []int64
			for ms, line := range lines.All() {
				var ev struct {
					Data      map[string]string
					Timestamp int64
				}
				if err := json.Unmarshal(line, &ev); err != nil || ev.Data["tag"] != "a" {
					t.Fatalf("%s: %v", line, err)
				}
				times, inLines = append(times, ms), append(inLines, ev.Timestamp)
			}
			if !slices.Equal(times, tt.want) || !slices.Equal(inLines, tt.want) || e.Retimed != tt.retimed {
				t.Errorf("times %d, in lines %d, %d changed; want %d, %d changed", times, inLines, e.Retimed, tt.want, tt.retimed)
			}
			if e.Block.FirstMS != tt.want[0] || e.Block.LastMS != tt.want[len(tt.want)-1] {
				t.Errorf("from %d to %d", e.Block.FirstMS, e.Block.LastMS)
			}
		})
	}
}

func TestEncodeFixtures(t *testing.T) {
	for _, name := range fixtures(t) {
		for i, data := range wireSnapshots(t, name) {
			e, lines := encode(t, string(data))
			var sent []json.RawMessage
			if err := json.Unmarshal(data, &sent); err != nil {
				t.Fatal(err)
			}
			if e.Failed != 0 || e.Dropped != 0 || len(lines) != len(sent) || int(e.Block.Events) != len(sent) {
				t.Errorf("%s %d: %d of %d events, %d failed, %d dropped", name, i, len(lines), len(sent), e.Failed, e.Dropped)
			}
			for _, line := range lines {
				if !json.Valid([]byte(line)) || strings.Contains(line, `"cv"`) || !utf8.ValidString(line) {
					t.Errorf("%s %d: line %.200s", name, i, line)
				}
			}
		}
	}
	e, lines := encode(t, string(wireSnapshots(t, rich)[0]))
	if len(e.Block.Snapshots) != 1 || e.Block.Snapshots[0] != (model.Snapshot{AtMS: 1795419918397, Line: 0}) || len(lines[1]) < 300_000 {
		t.Errorf("the rich page's snapshot: %+v", e.Block)
	}
}

// The order of an event's members and the white space between them do not change the result.
func TestOrderOfMembers(t *testing.T) {
	adds := cv(t, `[{"id":7}]`)
	for _, raw := range []string{
		`{"type":3,"data":{"source":0,"adds":` + adds + `},"cv":"2024-10","timestamp":1795418943000}`,
		`{"cv":"2024-10","type":3,"timestamp":1795418943000,"data":{"source":0,"adds":` + adds + `}}`,
		`{"timestamp":1795418943000,"data":{"source":0,"adds":` + adds + `},"type":3,"cv":"2024-10"}`,
		`{"type":3,"data":{"adds":` + adds + `,"source":0},"cv":"2024-10" , "timestamp": 1795418943000}`,
		"{\"type\":3,\"data\":{\"source\":0,\"adds\":" + adds + "},\"cv\":\"2024-10\",\n\"timestamp\":1795418943000\n}",
	} {
		e, lines := encode(t, "["+raw+"]")
		var got map[string]any
		if err := json.Unmarshal([]byte(lines[0]), &got); err != nil || e.Failed != 0 || len(lines) != 1 {
			t.Fatalf("%s: %v, %v, %+v", raw, lines, err, e)
		}
		want := map[string]any{"type": 3.0, "timestamp": 1795418943000.0, "data": map[string]any{"source": 0.0, "adds": []any{map[string]any{"id": 7.0}}}}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s became %s", raw, lines[0])
		}
	}
}

// An event that inflates to more than allowed, or to JSON that is nested too deep, is kept as it was sent.
func TestBombs(t *testing.T) {
	e := NewEncoder(nil, nil)
	e.left = 1500
	for i, want := range []int{0, 1} { // the second exceeds what the request may inflate
		event := fmt.Sprintf(`{"type":2,"timestamp":1795418943000,"cv":"2024-10","data":%s}`, cv(t, `"`+strings.Repeat("a", 900)+`"`))
		out, err := e.Encode([]byte(event))
		if err != nil || out.Failed != want {
			t.Fatalf("event %d: %d failed, %v", i, out.Failed, err)
		}
		l, err := Decode(out.Body)
		if err != nil || want == 1 && string(l.Line(0)) != event {
			t.Fatalf("%v: what is not inflated is kept as %s", err, l.Line(0))
		}
	}
	// Failed attempts count towards the limit like successful ones.
	e.left = 1500
	broken := gz(t, `"`+strings.Repeat("a", 900)+`"`)
	broken[len(broken)-8] ^= 1
	f := takeInflater(e, e.left)
	for _, want := range []error{errGzip, errSize} {
		if _, err := f.gunzip(nil, broken); !errors.Is(err, want) {
			t.Errorf("%v instead of %v", err, want)
		}
	}
	deep := cv(t, strings.Repeat("[", maxDepth+1)+strings.Repeat("]", maxDepth+1))
	if e, _ := encode(t, `{"type":2,"timestamp":1795418943000,"cv":"2024-10","data":`+deep+`}`); e.Failed != 1 {
		t.Error("nesting without bound was inflated")
	}
	liar := gz(t, `{}`)
	liar[len(liar)-1] = 0x70 // claims to inflate to 1.8 GB
	if _, err := takeInflater(NewEncoder(nil, nil), maxInflated).gunzip(nil, liar); !errors.Is(err, errSize) {
		t.Errorf("a false length: %v", err)
	}
}

func TestTruncatedInput(t *testing.T) {
	body := gz(t, `{"node":{"id":1},"text":"`+strings.Repeat("abc", 100)+`"}`)
	for n := range len(body) {
		if out, err := takeInflater(NewEncoder(nil, nil), maxInflated).gunzip([]byte("kept"), body[:n]); err == nil || string(out) != "kept" {
			t.Fatalf("gzip cut at %d of %d: %v, %q", n, len(body), err, out)
		}
	}
	e, _ := encode(t, string(wireSnapshots(t, "web_s_incremental_gzip.req")[0]))
	for n := 1; n < len(e.Body); n++ {
		if l, err := Decode(e.Body[:n]); err == nil && l.Len() > 0 || err != nil && !errors.Is(err, ErrCorrupt) {
			t.Fatalf("block cut at %d of %d: %v", n, len(e.Body), err)
		}
	}
	for n := range e.Body {
		bad := bytes.Clone(e.Body)
		bad[n] ^= 0x10
		if l, err := Decode(bad); err == nil && l.Len() > 0 {
			// Damage to the table alone may go unnoticed: it only costs the time to read the times from the lines.
			want, _ := Decode(e.Body)
			if !bytes.Equal(l.JSON, want.JSON) || l.Len() != want.Len() || l.TimeMS(l.Len()-1) != want.TimeMS(want.Len()-1) {
				t.Fatalf("a flipped bit at %d changed the lines", n)
			}
		}
	}
}

func FuzzEncode(f *testing.F) {
	f.Add([]byte(`[{"type":2,"data":` + cv(f, `{"node":{}}`) + `,"timestamp":1795418943000,"cv":"2024-10"},{"type":4,"data":{"href":"x"},"timestamp":1}]`))
	f.Add([]byte(`{"compression":"gzip-base64","data":"` + base64.StdEncoding.EncodeToString(gz(f, `[]`)) + `"}`))
	f.Add([]byte(wireSnapshots(f, "web_s_incremental_gzip.req")[0]))
	for _, s := range heavy.Shapes {
		f.Add(fmt.Appendf(nil, `[{"type":3,"timestamp":1795418943000,"data":%s},{"type":3,"data":null,"timestamp":1}]`, s.Value(2<<10)))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		e, err := NewEncoder(nil, nil).Encode(data)
		if err != nil || !json.Valid(data) {
			return
		}
		l, err := Decode(e.Body)
		if err != nil {
			t.Fatal(err)
		}
		if l.Len() != int(e.Block.Events) {
			t.Fatalf("%d lines, %d events", l.Len(), e.Block.Events)
		}
		for _, line := range l.All() {
			if !json.Valid(line) {
				t.Fatalf("line %q", line)
			}
		}
		for _, s := range e.Block.Snapshots {
			if s.AtMS < e.Block.FirstMS || s.AtMS > e.Block.LastMS || int(s.Line) >= l.Len() {
				t.Fatalf("snapshot %+v of %+v", s, e.Block)
			}
		}
	})
}
