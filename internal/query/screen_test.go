package query

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// A text that appears word by word is one change, reported when the page is still. A text that only moves is no change.
func TestScreen(t *testing.T) {
	w := newWorld(t)
	at := func(ms int64) int64 { return hourAgo + ms }
	paragraph := func(id int, text string) map[string]any {
		return map[string]any{"type": 2, "id": id, "tagName": "p", "attributes": map[string]any{}, "childNodes": []any{map[string]any{"type": 3, "id": id + 1, "textContent": text}}}
	}
	mutation := func(ms int64, data map[string]any) map[string]any {
		all := map[string]any{"source": 0, "texts": []any{}, "attributes": []any{}, "removes": []any{}, "adds": []any{}}
		for name, v := range data {
			all[name] = v
		}
		return map[string]any{"type": 3, "timestamp": at(ms), "data": all}
	}
	says := func(ms int64, id int, text string) map[string]any {
		return mutation(ms, map[string]any{"texts": []any{map[string]any{"id": id, "value": text}}})
	}
	body := map[string]any{"type": 2, "id": 3, "tagName": "body", "attributes": map[string]any{}, "childNodes": []any{paragraph(10, "question"), paragraph(20, ""), paragraph(30, "first"), paragraph(40, "second")}}
	events := []any{
		map[string]any{"type": 4, "timestamp": at(0), "data": map[string]any{"href": "https://app.test/chat", "width": 800, "height": 600}},
		map[string]any{"type": 2, "timestamp": at(0), "data": map[string]any{"node": map[string]any{"type": 0, "id": 1, "childNodes": []any{
			map[string]any{"type": 2, "id": 2, "tagName": "html", "attributes": map[string]any{}, "childNodes": []any{body}}}}}},
		says(2000, 21, "Thinking"),
	}
	words := strings.Fields("one two three four five six seven eight nine ten")
	for i := range words {
		events = append(events, says(5000+200*int64(i), 21, strings.Join(words[:i+1], " ")))
	}
	events = append(events,
		// "first" moves behind "second".
		mutation(9000, map[string]any{"removes": []any{map[string]any{"parentId": 3, "id": 30}}, "adds": []any{
			map[string]any{"parentId": 3, "nextId": nil, "node": map[string]any{"type": 2, "id": 30, "tagName": "p", "attributes": map[string]any{}, "childNodes": []any{}}},
			map[string]any{"parentId": 30, "nextId": nil, "node": map[string]any{"type": 3, "id": 31, "textContent": "first"}}}}),
		map[string]any{"type": 3, "timestamp": at(10_000), "data": map[string]any{"source": 1, "positions": []any{}}},
		map[string]any{"type": 4, "timestamp": at(11_000), "data": map[string]any{"href": "https://app.test/billing", "width": 800, "height": 600}},
		says(30_000, 21, "late"),
	)
	for i := range 30 { // a page that is never still
		events = append(events, says(40_000+500*int64(i), 41, fmt.Sprint("second ", i)))
	}
	w.block("s", "tab", events)
	w.commit()
	screen, err := w.Screen(t.Context(), scope, ScreenRequest{SessionID: "s", FromMS: at(1000), ToMS: at(20_000)})
	if err != nil {
		t.Fatal(err)
	}
	if screen.Text != "question\nfirst\nsecond" || screen.URL != "https://app.test/chat" || screen.FromMS != at(1000) || screen.ToMS != at(20_000) || screen.WindowID != "tab" || screen.Width != 800 {
		t.Errorf("%+v", screen)
	}
	var got []string
	for _, c := range screen.Changes {
		got = append(got, fmt.Sprintf("%d-%d %s +%s -%s", c.FromMS-hourAgo, c.AtMS-hourAgo, c.URL, strings.Join(c.Added, "|"), strings.Join(c.Removed, "|")))
	}
	want := "2000-2000  +Thinking -\n5000-7000  +one two three four five six seven eight nine ten -Thinking\n11000-11000 https://app.test/billing + -"
	if strings.Join(got, "\n") != want {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), want)
	}
	if screen, err = w.Screen(t.Context(), scope, ScreenRequest{SessionID: "s", FromMS: at(6000)}); err != nil || !strings.Contains(screen.Text, "one two three four five six") || strings.Contains(screen.Text, "seven") || len(screen.Changes) != 0 {
		t.Errorf("an instant: %+v, error %v", screen, err)
	}
	if screen, err = w.Screen(t.Context(), scope, ScreenRequest{SessionID: "s", FromMS: at(38_000), ToMS: at(60_000)}); err != nil || len(screen.Changes) != 2 || !screen.Changes[0].Goes || screen.Changes[1].Goes || screen.Changes[1].Added[0] != "second 29" {
		t.Errorf("a page that is never still: %+v, error %v", screen.Changes, err)
	}
	var e *Error
	for _, r := range []ScreenRequest{{SessionID: "s", FromMS: at(5000), ToMS: at(4000)}, {SessionID: "s", FromMS: at(0), ToMS: at(11 * 60_000)}} {
		if _, err := w.Screen(t.Context(), scope, r); !errors.As(err, &e) || e.Field != "until" {
			t.Errorf("%+v: %v", r, err)
		}
	}
}
