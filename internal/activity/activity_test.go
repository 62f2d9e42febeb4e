package activity_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/activity"
	"github.com/playheadhq/playhead/internal/model"
)

// names is a Page whose elements are called after their numbers.
type names map[int64]string

func (n names) Label(node int64) string { return fmt.Sprintf("element %d", node) }
func (n names) Role(node int64) string  { return n[node] }

// read gives events to the rules as the blocks of a window, which begin where an event is "".
func read(page activity.Page, events ...string) []model.Activity {
	t := activity.New(page)
	all := map[string]model.Activity{}
	var order []string
	block := 0
	var b *model.Block
	end := func() {
		if b == nil {
			return
		}
		t.End(b, "")
		for _, a := range t.Take() {
			key := fmt.Sprint(a.UUID, a.Position)
			if _, known := all[key]; !known {
				order = append(order, key)
			}
			all[key] = a
		}
	}
	line := 0
	for i, event := range events {
		if i == 0 || event == "" {
			end()
			block++
			b = &model.Block{Project: "p", UUID: uuid.UUID{15: byte(block)}, SessionID: "s", WindowID: "w", LastMS: 1 << 40}
			t.Begin(b, int64(block))
			line = 0
		}
		if event == "" {
			continue
		}
		var at struct{ Timestamp int64 }
		_ = json.Unmarshal([]byte(event), &at)
		t.Event(line, at.Timestamp, []byte(event))
		line++
	}
	end()
	var rows []model.Activity
	for _, key := range order {
		if a := all[key]; a.Kind != "" {
			rows = append(rows, a)
		}
	}
	return rows
}

func event(ms int64, kind int, data string) string {
	return fmt.Sprintf(`{"type":%d,"data":%s,"timestamp":%d}`, kind, data, ms)
}
func click(ms int64, node, x, y int) string {
	return event(ms, 3, fmt.Sprintf(`{"source":2,"type":2,"id":%d,"x":%d,"y":%d,"pointerType":0}`, node, x, y))
}
func mutation(ms int64) string {
	return event(ms, 3, `{"source":0,"texts":[],"attributes":[],"removes":[],"adds":[]}`)
}
func move(ms int64) string { return event(ms, 3, `{"source":1,"positions":[]}`) }
func input(ms int64, node int, text string, checked bool) string {
	return event(ms, 3, fmt.Sprintf(`{"source":5,"text":%q,"isChecked":%v,"id":%d}`, text, checked, node))
}
func scroll(ms int64, node, y int) string {
	return event(ms, 3, fmt.Sprintf(`{"source":3,"id":%d,"x":0,"y":%d}`, node, y))
}
func meta(ms int64, href string) string {
	return event(ms, 4, fmt.Sprintf(`{"href":%q,"width":1280,"height":720}`, href))
}

// loaded is a full snapshot, whose document has a number: 1 in a page that has loaded.
func loaded(ms int64, document int) string {
	return event(ms, 2, fmt.Sprintf(`{"node":{"type":0,"childNodes":[{"type":2,"id":%d}],"id":%d},"initialOffset":{}}`, document+1, document))
}
func custom(ms int64, tag, payload string) string {
	return event(ms, 5, fmt.Sprintf(`{"tag":%q,"payload":%s}`, tag, payload))
}
func request(ms int64, fields string) string {
	return event(ms, 6, `{"plugin":"rrweb/network@1","payload":{"requests":[{`+fields+`}]}}`)
}

// said returns rows in short: kind, label, detail, and then other values that are set.
func said(rows []model.Activity) (all []string) {
	for _, a := range rows {
		s := a.Kind
		for _, part := range []string{a.Label, a.Detail} {
			s += "|" + part
		}
		if a.Status >= 0 {
			s += fmt.Sprintf("|%d", a.Status)
		}
		for word, is := range map[string]bool{"dead": a.Dead, "rage": a.Rage, "failed": a.Failed} {
			if is {
				s += "|" + word
			}
		}
		if a.EndMS != a.AtMS {
			s += fmt.Sprintf("|+%d", a.EndMS-a.AtMS)
		}
		all = append(all, s)
	}
	return all
}

// 2026-05-01, so that the times are plausible.
const t0 = 1_777_593_600_000

func TestRules(t *testing.T) {
	page := names{1: "button", 2: "textbox", 3: "checkbox"}
	full := event(t0+5, 2, `{"node":{},"initialOffset":{}}`)
	for name, c := range map[string]struct {
		events []string
		want   []string
	}{
		"click with an answer": {
			[]string{click(t0, 1, 0, 0), mutation(t0 + 900), move(t0 + 5000)}, []string{"click|element 1|button"},
		},
		"dead click": {
			[]string{click(t0, 1, 0, 0), move(t0 + 1001)}, []string{"click|element 1|button|dead"},
		},
		"an answer that comes too late": {
			[]string{click(t0, 1, 0, 0), mutation(t0 + 1001)}, []string{"click|element 1|button|dead"},
		},
		"nobody knows what followed the last click": {
			[]string{click(t0, 1, 0, 0), move(t0 + 1000)}, []string{"click|element 1|button"},
		},
		"a field answers without a word": {
			[]string{click(t0, 2, 0, 0), move(t0 + 5000)}, []string{"click|element 2|textbox"},
		},
		"a dead click in a block, seen in the next": {
			[]string{click(t0, 1, 0, 0), "", move(t0 + 3000)}, []string{"click|element 1|button|dead"},
		},
		"an answer in the next block": {
			[]string{click(t0, 1, 0, 0), "", mutation(t0 + 300), move(t0 + 3000)}, []string{"click|element 1|button"},
		},
		"a request that began within the second and ended later": {
			[]string{click(t0, 1, 0, 0), move(t0 + 3000), "", request(t0+9000, fmt.Sprintf(`"name":"https://h/p?q","method":"POST","status":200,"timestamp":%d,"duration":8900`, t0+100))},
			[]string{"click|element 1|button", "request|POST /p|h, 8900 ms|200|+8900"},
		},
		"a snapshot is an answer": {
			[]string{click(t0, 1, 0, 0), full, move(t0 + 5000)}, []string{"click|element 1|button"},
		},
		"a click that opens another tab": {
			[]string{click(t0, 1, 0, 0), custom(t0+200, "window hidden", "{}"), move(t0 + 5000)}, []string{"click|element 1|button", "tab_hidden||"},
		},
		"rage": {
			[]string{click(t0, 1, 0, 0), click(t0+300, 1, 5, 5), click(t0+900, 1, 0, 0), click(t0+950, 1, 0, 0), mutation(t0 + 960)},
			[]string{"click|element 1|button", "click|element 1|button", "click|element 1|button|rage", "click|element 1|button"},
		},
		"two clicks, and a third a second later, are no rage": {
			[]string{click(t0, 1, 0, 0), click(t0+300, 1, 5, 5), click(t0+1001, 1, 0, 0), mutation(t0 + 1001)},
			[]string{"click|element 1|button|dead", "click|element 1|button", "click|element 1|button"},
		},
		"three clicks on different spots are no rage": {
			[]string{click(t0, 1, 0, 0), click(t0+1, 1, 40, 0), click(t0+2, 1, 80, 0), mutation(t0 + 3)},
			[]string{"click|element 1|button", "click|element 1|button", "click|element 1|button"},
		},
		"keys are one row": {
			[]string{input(t0, 2, "a", false), input(t0+100, 2, "ab", false), input(t0+200, 2, "abc", false)}, []string{"key|element 2|3|+200"},
		},
		"keys of another field, and after a pause": {
			[]string{input(t0, 2, "*", false), input(t0+100, 4, "*", false), input(t0+6000, 4, "**", false)},
			[]string{"key|element 2|1", "key|element 4|1", "key|element 4|1"},
		},
		"a value that came at once": {[]string{input(t0, 2, "pasted", false)}, []string{"input|element 2|pasted"}},
		"a masked value":            {[]string{input(t0, 2, "********", false)}, []string{"input|element 2|"}},
		"a box":                     {[]string{input(t0, 3, "on", true), input(t0+9000, 3, "on", false)}, []string{"input|element 3|checked", "input|element 3|unchecked"}},
		"what a program fills in":   {[]string{event(t0, 3, `{"source":5,"text":"x","isChecked":false,"userTriggered":false,"id":2}`)}, nil},
		"scrolling is one row":      {[]string{scroll(t0, 9, 100), scroll(t0+500, 9, 200), scroll(t0+2000, 9, 50)}, []string{"scroll||200|+500", "scroll||50"}},
		"selecting": {
			[]string{
				event(t0, 3, `{"source":14,"ranges":[{"start":7,"startOffset":0,"end":7,"endOffset":0}]}`),
				event(t0+10, 3, `{"source":14,"ranges":[{"start":7,"startOffset":0,"end":7,"endOffset":2}]}`),
				event(t0+90, 3, `{"source":14,"ranges":[{"start":7,"startOffset":0,"end":8,"endOffset":2}]}`),
			}, []string{"selection|element 7||+80"},
		},
		"addresses": {
			[]string{meta(t0, "https://h/a"), custom(t0+1, "anything", `{"href":"https://h/a"}`), custom(t0+2, "anything", `{"href":"https://h/b"}`), meta(t0+3, "https://h/b")},
			[]string{"navigation|https://h/a|", "navigation|https://h/b|"},
		},
		"console": {
			[]string{
				event(t0, 6, `{"plugin":"rrweb/console@1","payload":{"level":"log","payload":["\"clicked\"","{\"a\":1}"]}}`),
				event(t0, 6, `{"plugin":"rrweb/console@1","payload":{"level":"error","payload":["\"it \\\"broke\\\"\""]}}`),
			}, []string{`console|clicked {"a":1}|log`, `console|it "broke"|error|failed`},
		},
		"requests": {
			[]string{
				request(t0, `"name":"https://cdn/x.css","responseStatus":0`),
				request(t0, `"name":"https://h/api","method":"GET","status":0,"duration":12.4`),
				request(t0, `"name":"https://h/api#x","initiatorType":"fetch","method":"GET","responseStatus":503`),
				request(t0, `"name":"data:image/png;base64,AAAA","responseStatus":200`),
				request(t0, `"name":"https://h","responseStatus":404,"timestamp":4102444800001`),
			}, []string{"request|GET /x.css|cdn, 0 ms", "request|GET /api|h, 12 ms|0|failed|+12", "request|GET /api|h, 0 ms|503|failed", "request|GET data:|0 ms|200", "request|GET /|h, 0 ms|404|failed"},
		},
		"tabs, and the recorder's own events": {
			[]string{custom(t0, "window hidden", "{}"), custom(t0, "window visible", "{}"), custom(t0, "$session_options", "{}"), custom(t0, "sessionIdle", "{}"), custom(t0, "checkout", "{}")},
			[]string{"tab_hidden||", "tab_visible||", "custom|checkout|"},
		},
		"a copy that the probe tells of": {
			[]string{custom(t0, "playhead.copy", `{"node":7,"chars":120}`), custom(t0+1, "playhead.copy", `{"node":-1,"chars":{}}`), custom(t0+2, "playhead.shown", `{"node":7,"chars":9,"seen":3}`)},
			[]string{"copy||120 characters", "copy||"},
		},
		"a reload": {
			[]string{meta(t0, "https://h/a"), loaded(t0+1, 1), meta(t0+2000, "https://h/a"), loaded(t0+2001, 1)}, []string{"navigation|https://h/a|", "navigation|https://h/a|reload"},
		},
		"a reload in another block than its address": {
			[]string{meta(t0, "https://h/a"), loaded(t0+1, 1), "", meta(t0+2000, "https://h/a"), "", loaded(t0+2001, 1)}, []string{"navigation|https://h/a|", "navigation|https://h/a|reload"},
		},
		"another page, and the same page once more": {
			[]string{meta(t0, "https://h/a"), loaded(t0+1, 1), meta(t0+2, "https://h/b"), loaded(t0+3, 1), meta(t0+4, "https://h/b"), loaded(t0+5, 900)}, []string{"navigation|https://h/a|", "navigation|https://h/b|"},
		},
		"hostile": {
			[]string{
				`{"type":3,"data":{"source":"2","type":[2],"id":{},"x":"","y":null},"timestamp":1}`, `{"type":3,"data":[1,2],"timestamp":1}`, `{"type":3}`, `{}`, `[]`, `7`, ``,
				`{"type":4,"data":{"href":5,"width":-1,"height":1e300},"timestamp":1}`, `{"type":5,"data":{"tag":{},"payload":{"href":[]}}}`,
				`{"type":6,"data":{"plugin":"rrweb/network@1","payload":{"requests":[1,{},[],{"name":7,"status":"x","duration":-1e300,"timestamp":1e300}]}}}`,
				`{"type":6,"data":{"plugin":"rrweb/console@1","payload":{"level":{},"payload":{"a":1}}}}`,
			}, nil,
		},
	} {
		rows := read(page, c.events...)
		if name == "hostile" {
			for _, a := range rows {
				if a.EndMS < a.AtMS || len(a.Label) > 4096 {
					t.Errorf("hostile: %+v", a)
				}
			}
			continue
		}
		if got := said(rows); !slices.Equal(got, c.want) {
			t.Errorf("%s:\n got %q\nwant %q", name, got, c.want)
		}
	}
}

// A streamed answer is one row with its first and its last byte. The fields are those of a request to a chat that Chromium recorded.
func TestFirstByteOfAnswers(t *testing.T) {
	const entry = `"name":"https://h/api/chat","entryType":"resource","initiatorType":%q,"contentType":"text/event-stream","startTime":%s,"responseStart":%s,"responseEnd":5320.9,"responseStatus":200,"timestamp":%d,"duration":4200.3`
	for _, c := range []struct {
		initiator, start, first string
		want                    int64
		detail                  string
	}{
		{"fetch", "1120.6", "1450.6", t0 + 330, "h, 4200 ms, first byte after 330 ms"},
		{"xmlhttprequest", "1121", "1120.6", t0, "h, 4200 ms, first byte after 0 ms"}, // posthog-js rounds startTime
		{"other", "1120.6", "5320.9", t0 + 4200, "h, 4200 ms"},
		{"fetch", "1120.6", "0", 0, "h, 4200 ms"},      // another origin's
		{"fetch", "1120.6", "999999", 0, "h, 4200 ms"}, // not a time of this request
		{"fetch", `"x"`, "-5", 0, "h, 4200 ms"},        // not a time
		{"img", "1120.6", "1450.6", -1, "h, 4200 ms"},  // no script asked for it
	} {
		rows := read(names{}, request(t0+9000, fmt.Sprintf(entry, c.initiator, c.start, c.first, t0)))
		if len(rows) != 1 {
			t.Fatalf("%+v: %d rows", c, len(rows))
		}
		if r := rows[0]; r.FirstByteMS != c.want || r.EndMS != t0+4200 || r.Detail != c.detail {
			t.Errorf("%+v: first byte at %d, the end at %d, %q", c, r.FirstByteMS, r.EndMS, r.Detail)
		}
	}
}

func TestRowsSayWhereTheyAre(t *testing.T) {
	rows := read(names{}, meta(t0, "https://h/a"), click(t0+1, 5, 0, 0), "", click(t0+2, 6, 0, 0))
	want := model.Activity{
		Project: "p", UUID: uuid.UUID{15: 2}, Position: 0, Rules: model.ActivityRules, SessionID: "s", WindowID: "w", TimeMS: 1 << 40, AtMS: t0 + 2, EndMS: t0 + 2,
		Kind: model.ActivityClick, Label: "element 6", Page: "https://h/a", Node: 6, Status: -1, FirstByteMS: -1, DerivedMS: 2,
	}
	if got := rows[len(rows)-1]; got != want {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestABlockHasFewRows(t *testing.T) {
	events := make([]string, 100_000)
	for i := range events {
		events[i] = click(t0+int64(i), i, i, 0)
	}
	if n := len(read(names{}, events...)); n != 2000 {
		t.Errorf("%d rows, want 2000", n)
	}
	many := `{"type":6,"data":{"plugin":"rrweb/network@1","payload":{"requests":[` + strings.TrimSuffix(strings.Repeat(`{"name":"https://h/"},`, 100_000), ",") + `]}},"timestamp":1}`
	if n := len(read(names{}, many)); n != 1024 {
		t.Errorf("%d rows of one event, want 1024", n)
	}
}

// The rules may begin at any snapshot that follows an address. For later blocks they then give the same rows as if they had begun at the beginning.
func TestBeginningAtASnapshot(t *testing.T) {
	full := event(t0+2001, 2, `{"node":{}}`)
	before := []string{meta(t0, "https://h/a"), click(t0+1, 1, 0, 0), click(t0+2, 1, 0, 0), input(t0+3, 2, "a", false)}
	from := []string{meta(t0+2000, "https://h/b"), full, click(t0+2002, 1, 0, 0)}
	after := []string{"", click(t0+2500, 1, 0, 0), click(t0+2600, 1, 0, 0), meta(t0+2700, "https://h/b"), move(t0 + 9000), request(t0+9500, fmt.Sprintf(`"name":"x","timestamp":%d`, t0+2550))}
	if !activity.Begins([]byte(from[0])) || activity.Begins([]byte(full)) || activity.Begins([]byte(meta(t0, ""))) {
		t.Error("Begins is wrong")
	}
	lastBlock := func(rows []model.Activity) (last []model.Activity) {
		for _, a := range rows {
			if a.UUID == rows[len(rows)-1].UUID {
				a.UUID, a.DerivedMS = uuid.Nil, 0
				last = append(last, a)
			}
		}
		return last
	}
	whole := lastBlock(read(names{}, slices.Concat(before, from, after)...))
	begun := lastBlock(read(names{}, slices.Concat(from, after)...))
	if len(whole) != 3 || !reflect.DeepEqual(whole, begun) {
		t.Errorf("from the beginning %q\nfrom the snapshot  %q", said(whole), said(begun))
	}
}

// recorded are the rrweb events of a request that posthog-js sent, without those that are compressed.
func recorded(tb testing.TB, name string) (blocks [][]string) {
	tb.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "replay", "testdata", name))
	if err != nil {
		tb.Fatal(err)
	}
	_, body, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	if bytes.HasPrefix(body, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(bytes.NewReader(body))
		if err != nil {
			tb.Fatal(err)
		}
		if body, err = io.ReadAll(z); err != nil {
			tb.Fatal(err)
		}
	}
	var all []struct {
		Properties struct {
			Data []json.RawMessage `json:"$snapshot_data"`
		}
	}
	if err := json.Unmarshal(body, &all); err != nil {
		tb.Fatal(err)
	}
	for _, e := range all {
		var events []string
		for _, line := range e.Properties.Data {
			events = append(events, string(line))
		}
		slices.SortStableFunc(events, func(a, b string) int { return int(timeOf(a) - timeOf(b)) })
		blocks = append(blocks, events)
	}
	return blocks
}

func timeOf(event string) int64 {
	var at struct{ Timestamp int64 }
	_ = json.Unmarshal([]byte(event), &at)
	return at.Timestamp
}

// The rows of what posthog-js records, in two versions, are in order. The labels stand for whatever the page calls its elements.
func TestRealRecordings(t *testing.T) {
	for name, want := range map[string][]string{
		"old_v1.240_s_gzip.req": {
			"navigation|http://127.0.0.1:8901/page/index.html?host=http://127.0.0.1:8900|", "click|element 24|", "console|clicked {\"a\":1}|log", "click|element 26|",
			"click|element 28|", "console|fetched 20|warn", "console|xhr ok|info",
		},
		"web_s_unload_beacon_gzip.req": {"click|element 30|", "scroll||0|+69", "click|element 24|", "console|clicked {\"a\":1}|log"},
	} {
		var events []string
		for _, b := range recorded(t, name) {
			events = append(append(events, ""), b...)
		}
		var got []string
		for _, s := range said(read(names{}, events[1:]...)) {
			got = append(got, strings.TrimSuffix(s, "|dead"))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s:\n got %q\nwant %q", name, got, want)
		}
	}
	kinds := map[string]int{}
	failed := 0
	for _, b := range recorded(t, "web_s_rich_full_snapshot_network_console_gzip.req") {
		for _, a := range read(names{}, b...) {
			kinds[a.Kind]++
			if a.Failed {
				failed++
			}
			if a.Kind == model.ActivityKey && a.Detail != "10" || a.Kind == model.ActivityInput && a.Detail != "" {
				t.Errorf("%+v: ten keys, and one value that is masked", a)
			}
		}
	}
	for kind, n := range map[string]int{"click": 4, "key": 1, "input": 1, "console": 3, "navigation": 1, "scroll": 3} {
		if kinds[kind] != n {
			t.Errorf("%d rows of kind %s, want %d; all: %v", kinds[kind], kind, n, kinds)
		}
	}
	if kinds["request"] < 4 || failed != 0 {
		t.Errorf("%d requests, %d failures", kinds["request"], failed)
	}
}

// No line of a block makes the rules fail, and what they say has bounds.
func FuzzRules(f *testing.F) {
	for _, b := range recorded(f, "web_s_rich_full_snapshot_network_console_gzip.req") {
		for _, event := range b {
			if len(event) < 4096 {
				f.Add(event, event)
			}
		}
	}
	f.Add(`{"type":6,"data":{"plugin":"rrweb/network@1","payload":{"requests":[{"name":":","timestamp":1,"duration":1e9}]}}}`, ``)
	f.Fuzz(func(t *testing.T, a, b string) {
		tr := activity.New(names{})
		block := &model.Block{Project: "p", SessionID: "s", WindowID: "w"}
		for n := range 2 {
			tr.Begin(block, int64(n))
			for i, event := range []string{a, b, a, b} {
				tr.Event(i, int64(t0+i*600), []byte(event))
			}
			tr.End(block, "")
			seen := map[int64]bool{}
			for _, row := range tr.Take() {
				if seen[row.Position] && n == 0 {
					t.Errorf("position %d is there twice", row.Position)
				}
				seen[row.Position] = true
				if len(row.Label) > 2<<11 || len(row.Detail) > 2<<11 || row.EndMS < row.AtMS {
					t.Errorf("%+v", row)
				}
			}
		}
	})
}
