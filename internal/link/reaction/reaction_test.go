package reaction_test

import (
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/link/reaction"
	"github.com/playheadhq/playhead/internal/model"
)

// The answer of these tests: asked at 0 s, first words at 2 s, last words at 10 s, all in window w. Elements 50 to 59 are in it, 60 to 69 beside it.
const (
	asked = int64(1_777_593_600_000)
	first = asked + 2000
	last  = asked + 10_000
)

const answerText = "You can cancel an order within **24 hours**: open *Orders*, choose it and press Cancel. See [the guide](https://shop.example/guide) for refunds."

func ten(from int64) func(string, int64) bool {
	return func(window string, node int64) bool { return window == "w" && node >= from && node < from+10 }
}

func seen() model.Seen {
	return model.Seen{State: model.SeenAll, AskedMS: asked, FirstWordsMS: first, LastWordsMS: last, WaitMS: 2000, Node: 50}
}

// in returns what is known of a session that lasted an hour, in which only these rows happened.
func in(rows ...model.Activity) reaction.Input {
	return reaction.Input{
		Seen: seen(), Question: "How do I cancel my order?", Answer: answerText, StartMS: asked + 100, EndMS: last - 50, Activity: rows, WindowID: "w",
		Inside: ten(50), Beside: ten(60), WindowsEndMS: map[string]int64{"w": asked + 3_600_000}, SessionOverMS: asked + 3_600_000,
	}
}

// at is an activity of window w, ms milliseconds after asking.
func at(ms int64, kind string, change ...func(*model.Activity)) model.Activity {
	a := model.Activity{Kind: kind, AtMS: asked + ms, EndMS: asked + ms, WindowID: "w", Position: ms, Status: -1}
	for _, c := range change {
		c(&a)
	}
	return a
}

func node(n int64) func(*model.Activity)    { return func(a *model.Activity) { a.Node = n } }
func label(l string) func(*model.Activity)  { return func(a *model.Activity) { a.Label = l } }
func detail(d string) func(*model.Activity) { return func(a *model.Activity) { a.Detail = d } }
func window(w string) func(*model.Activity) { return func(a *model.Activity) { a.WindowID = w } }
func rage(a *model.Activity)                { a.Rage = true }
func dead(a *model.Activity)                { a.Dead = true }
func press(ms, n int64, l string) model.Activity {
	return at(ms, "click", node(n), label(l), detail("button"))
}

// kinds returns the kinds of a reaction's signals, in the order of their times.
func kinds(r model.Reaction) string {
	var all []string
	for _, s := range r.Signals {
		all = append(all, s.Kind)
	}
	return strings.Join(all, " ")
}

// with changes what is known.
func with(i reaction.Input, change func(*reaction.Input)) reaction.Input {
	change(&i)
	return i
}

func state(i reaction.Input, s model.Seen) reaction.Input {
	i.Seen = s
	return i
}

// next adds a question ms milliseconds after asking.
func next(i reaction.Input, ms int64, text string) reaction.Input {
	i.Next = append(slices.Clone(i.Next), reaction.Asked{AtMS: asked + ms, Text: text, TraceID: "next"})
	return i
}

// ended is a session that ended ms milliseconds after asking.
func ended(i reaction.Input, ms int64) reaction.Input {
	i.WindowsEndMS, i.SessionOverMS = map[string]int64{"w": asked + ms}, asked+ms+60_000
	return i
}

func feedback(i reaction.Input, events ...model.Event) reaction.Input {
	i.Feedback = events
	return i
}

func said(ms int64, trace, text string) model.Event {
	return model.Event{Kind: model.KindFeedback, TimeMS: asked + ms, TraceID: trace, WindowID: "w", MetricValue: text}
}

func rated(name string, score float64) model.Event {
	return model.Event{Kind: model.KindMetric, TimeMS: asked + 20_000, TraceID: "t", MetricName: name, MetricValue: "x", Score: score, Scored: true}
}

var (
	notShown = model.Seen{State: model.SeenNotShown, AskedMS: asked, WaitMS: -1, Smoothness: -1, Share: -1}
	partly   = model.Seen{State: model.SeenPartly, AskedMS: asked, FirstWordsMS: first, LastWordsMS: asked + 5000, Node: 50}
	unknown  = model.Seen{State: model.SeenUnknown, Reason: "masked", AskedMS: asked}
)

// cases are what happened and the signals that follow from it. For each kind there are cases that are one and cases that are nearly one.
var cases = map[string][]struct {
	what string
	in   reaction.Input
	want string
}{
	"nothing": {
		{"a user who reads", in(), ""},
		{"nothing at all is known", reaction.Input{}, ""},
		{"a background call, for which nobody waited", state(in(at(1000, "click", rage), at(3000, "tab_hidden"), at(4000, "tab_visible")), model.Seen{State: model.SeenUnknown, Reason: "background"}), ""},
	},
	"copied": {
		{"the probe says so", in(at(20_000, "copy", node(50))), "copied"},
		{"long after the next question", next(in(at(900_000, "copy", node(55))), 60_000, "What about shoes?"), "went_on copied"},
		{"the probe says that it was another answer", in(at(20_000, "copy", node(70))), ""},
		{"text of the answer without its Markdown", in(at(20_000, "copy", label("cancel an order within 24 hours: open Orders"))), "copied"},
		{"text across a link, whose address the page does not show", in(at(20_000, "copy", label("choose it and press Cancel. See the guide for refunds."))), "copied"},
		{"text of another answer", in(at(20_000, "copy", label("Shoes are on the second floor of the shop"))), ""},
		{"too short a text to know", in(at(20_000, "copy", label("order"))), ""},
		{"text of the question, which the answer repeats", with(in(at(20_000, "copy", label("how do I cancel my order"))), func(i *reaction.Input) { i.Answer = "How do I cancel my order? Like this." }), ""},
		{"text of the question", in(at(20_000, "copy", label("how do I cancel my order"))), ""},
		{"what was selected in the answer", in(at(20_000, "selection", node(52)), at(21_000, "copy", label("order"))), "selected copied"},
		{"what was selected elsewhere", in(at(20_000, "selection", node(7)), at(21_000, "copy", label("order"))), ""},
		{"before the answer", in(at(1000, "copy", label("cancel an order within 24 hours"))), ""},
		{"a copy button beside it", in(press(20_000, 60, "Copy")), "copied"},
		{"a copy button in it, above its code", in(press(20_000, 53, "Copy code")), "copied"},
		{"a copy button in German", in(press(20_000, 60, "Antwort kopieren")), "copied"},
		{"a copy button in Chinese", in(press(20_000, 60, "复制回答")), "copied"},
		{"the copy button of another message", in(press(20_000, 80, "Copy")), ""},
		{"a button that copies a link to the chat", in(press(20_000, 60, "Copy link")), ""},
		{"a paragraph that begins with the word", in(at(20_000, "click", node(52), label("Copy"), detail("p"))), ""},
		{"in another window", in(at(20_000, "copy", node(50), window("v"))), ""},
		{"after a reload that gave the numbers of elements to others", in(at(30_000, "navigation", detail("reload")), at(40_000, "copy", node(50))), ""},
	},
	"selected": {
		{"in the answer", in(at(20_000, "selection", node(52))), "selected"},
		{"elsewhere", in(at(20_000, "selection", node(7))), ""},
		{"three clicks that select a paragraph are no rage", in(at(4000, "click", node(52)), at(4200, "click", node(52)), at(4400, "click", node(52), rage), at(4450, "selection", node(52))), "selected"},
	},
	"followed_link": {
		{"in the answer", in(at(20_000, "click", node(54), label("the guide"), detail("a"))), "followed_link"},
		{"elsewhere", in(at(20_000, "click", node(7), label("the guide"), detail("a"))), ""},
		{"a link beside it", in(at(20_000, "click", node(61), label("Sources"), detail("a"))), ""},
		{"a button in it", in(press(20_000, 54, "Show more")), ""},
	},
	"retried": {
		{"the same again", next(in(), 20_000, "How do I cancel my order?"), "retried"},
		{"edited", next(in(), 20_000, "How do I cancel my order from last week?"), "retried"},
		{"with a typing error mended", next(with(in(), func(i *reaction.Input) { i.Question = "How do I cacnel my ordr?" }), 20_000, "How do I cancel my order?"), "retried"},
		{"in Chinese", next(with(in(), func(i *reaction.Input) { i.Question = "怎么取消我的订单？" }), 20_000, "如何取消我的订单"), "retried"},
		{"in Arabic, with other vowel signs", next(with(in(), func(i *reaction.Input) { i.Question = "كيف ألغي طلبي؟" }), 20_000, "كيف أُلغي طلبي"), "retried"},
		{"in emoji", next(with(in(), func(i *reaction.Input) { i.Question = "🍕🍕?" }), 20_000, "🍕🍕"), "retried"},
		{"a button beside it", in(press(20_000, 62, "Regenerate")), "retried"},
		{"the button of another answer", in(press(20_000, 82, "Regenerate")), ""},
		{"the button while the answer still comes", in(press(5000, 62, "Regenerate")), ""},
		{"another question", next(in(), 20_000, "Where is the nearest shop?"), "went_on"},
		{"the same question about something else", next(with(in(), func(i *reaction.Input) { i.Question = "What is the capital of France?" }), 20_000, "What is the capital of Spain?"), "went_on"},
		{"a word by which everybody goes on", next(with(in(), func(i *reaction.Input) { i.Question = "continue" }), 20_000, "Continue"), "went_on"},
		{"only the second question after it", next(next(in(), 20_000, "Where is the shop?"), 60_000, "How do I cancel my order?"), "went_on"},
		{"after it was stopped", next(with(state(in(), model.Seen{State: model.SeenStopped, AskedMS: asked, FirstWordsMS: first, LastWordsMS: asked + 4000}), func(i *reaction.Input) { i.StopsMS = []int64{asked + 4100} }), 9000, "How do I cancel my order?"), "stopped retried"},
	},
	"asked_again": {
		{"while words are missing", next(in(), 5000, "How do I cancel my order?"), "asked_again"},
		{"edited", next(in(), 5000, "How do I cancel my order, please?"), "asked_again"},
		{"an answer that never came", next(state(in(), notShown), 90_000, "How do I cancel my order?"), "asked_again"},
		{"an answer that was replaced by asking", next(with(state(in(), partly), func(i *reaction.Input) { i.EndMS = asked + 5900 }), 6000, "how do i cancel my order"), "asked_again"},
		{"something else meanwhile", next(in(), 5000, "Where is the shop?"), ""},
	},
	"raged": {
		{"while waiting", in(press(3000, 9, "Send"), press(3200, 9, "Send"), at(3400, "click", node(9), label("Send"), detail("button"), rage, dead)), "raged"},
		{"the clicks that follow are part of it", in(at(3000, "click", node(9), rage), at(3900, "click", node(9), dead), at(5100, "click", node(9), dead)), "raged"},
		{"before asking", in(at(-3000, "click", node(9), rage)), ""},
		{"after the answer", in(at(12_000, "click", node(9), rage)), ""},
		{"in another window", in(at(3000, "click", node(9), rage, window("v"))), ""},
		{"three clicks into a field, which select what is in it", in(at(3000, "click", node(9), rage, detail("textbox"))), ""},
		{"more than three clicks, though they select text", in(at(4000, "click", node(52)), at(4200, "click", node(52)), at(4400, "click", node(52), rage), at(4500, "click", node(52)), at(4600, "click", node(52)), at(4650, "selection", node(7))), "raged"},
		{"as an event of a window that is not recorded", in(at(3000, "rage_click")), "raged"},
	},
	"dead_click": {
		{"while waiting", in(at(3000, "click", node(9), dead, label("Send"), detail("button"))), "dead_click"},
		{"the click that asked", in(at(0, "click", node(9), dead)), ""},
		{"after the answer", in(at(12_000, "click", node(9), dead)), ""},
		{"a click that selected something", in(at(3000, "click", node(9), dead), at(3100, "selection", node(9))), ""},
	},
	"scrolled_away": {
		{"while waiting", with(in(), func(i *reaction.Input) { i.ScrolledAwayMS = []int64{asked + 5000} }), "scrolled_away"},
		{"before and after", with(in(), func(i *reaction.Input) { i.ScrolledAwayMS = []int64{last + 1, asked - 1} }), ""},
		{"while waiting for what comes after an earlier call", with(in(press(11_000, 60, "Copy")), func(i *reaction.Input) { i.Earlier, i.ScrolledAwayMS = true, []int64{asked + 5000} }), "copied"},
	},
	"switched_away": {
		{"and back", in(at(3000, "tab_hidden"), at(8000, "tab_visible")), "switched_away"},
		{"for good, while the tab stays open", ended(in(at(3000, "tab_hidden")), 60_000), "left switched_away"},
		{"to another tab of the session, and this one closed", with(ended(in(at(3000, "tab_hidden"), at(4000, "click", window("v"))), 3000), func(i *reaction.Input) { i.WindowsEndMS["v"] = asked + 90_000 }), "switched_away"},
		{"before asking", in(at(-3000, "tab_hidden"), at(-1000, "tab_visible")), ""},
		{"after the answer", in(at(11_000, "tab_hidden"), at(20_000, "tab_visible")), ""},
		{"another tab", in(at(3000, "tab_hidden", window("v")), at(8000, "tab_visible", window("v"))), ""},
		{"a page that closes", ended(state(in(at(3000, "tab_hidden")), partly), 3000), "left"},
		{"a page that is replaced by another one", in(at(3000, "tab_hidden"), at(5000, "navigation", label("https://shop.example/")), at(9000, "tab_visible")), ""},
	},
	"reloaded": {
		{"while waiting", in(at(3000, "tab_hidden"), at(5000, "navigation", detail("reload"))), "reloaded"},
		{"an answer that never came", state(in(at(30_000, "tab_hidden"), at(33_000, "navigation", detail("reload"))), notShown), "reloaded"},
		{"just before the last words, and recorded after them", in(at(9900, "tab_hidden"), at(12_000, "navigation", detail("reload"))), "reloaded"},
		{"after the answer", in(at(11_000, "tab_hidden"), at(13_000, "navigation", detail("reload"))), ""},
		{"another tab", in(at(3000, "navigation", detail("reload"), window("v"))), ""},
		{"another address", in(at(3000, "navigation", label("https://shop.example/"))), ""},
	},
	"stopped": {
		{"a control was pressed", with(in(), func(i *reaction.Input) { i.StopsMS = []int64{asked + 4000} }), "stopped"},
		{"the backend says so", state(in(), model.Seen{State: model.SeenStopped, AskedMS: asked, FirstWordsMS: first, LastWordsMS: asked + 4000}), "stopped"},
		{"another answer", with(in(), func(i *reaction.Input) { i.StopsMS = []int64{asked - 5000, last + 30_000} }), ""},
	},
	"left": {
		{"as soon as the answer was there", ended(in(), 15_000), "left"},
		{"after 15 s", ended(in(), 25_000), "left"},
		{"later", ended(in(), 25_001), ""},
		{"the tab was hidden for good, and recorded more", ended(in(at(12_000, "tab_hidden")), 900_000), "left"},
		{"the tab was hidden later", ended(in(at(40_000, "tab_hidden")), 900_000), ""},
		{"the tab was hidden and seen again", ended(in(at(12_000, "tab_hidden"), at(30_000, "tab_visible")), 60_000), ""},
		{"before any words", ended(state(in(), notShown), 14_000), "left"},
		{"long after asking, without any words", ended(state(in(), notShown), 16_000), ""},
		{"after what was shown of it", ended(state(in(), partly), 8000), "left"},
		{"an answer that nobody could see in the recording", ended(state(in(), unknown), 20_000), "left"},
		{"with a question since", next(ended(in(), 16_000), 15_000, "Where is the shop?"), "went_on"},
		{"the session may go on", with(ended(in(), 15_000), func(i *reaction.Input) { i.SessionOverMS = 0 }), ""},
		{"another tab is still open", with(ended(in(), 15_000), func(i *reaction.Input) { i.WindowsEndMS["v"] = asked + 90_000 }), ""},
	},
	"thumbs_up": {
		{"a button beside it", in(press(20_000, 63, "Good response")), "thumbs_up"},
		{"an emoji", in(press(20_000, 63, "👍")), "thumbs_up"},
		{"of another answer", in(press(20_000, 83, "Good response")), ""},
		{"feedback of the trace", feedback(in(), said(20_000, "t", "thumbs_up")), "thumbs_up"},
		{"feedback without a trace, after a click beside it", feedback(next(in(press(60_000, 63, "")), 30_000, "And shoes?"), said(61_000, "", "up vote")), "went_on thumbs_up"},
		{"feedback without a trace, after a click beside another one", feedback(in(press(20_000, 83, "Like")), said(21_000, "", "like")), ""},
		{"feedback without a trace, of which no click is known", feedback(in(), said(21_000, "", "like")), "thumbs_up"},
		{"feedback without a trace, about a later answer", feedback(next(in(), 15_000, "And shoes?"), said(21_000, "", "like")), "went_on"},
		{"five stars", feedback(in(), rated("stars", 5)), "thumbs_up"},
		{"a yes", feedback(in(), rated("user_rating", 1)), "thumbs_up"},
		{"what a program measured", feedback(in(), rated("faithfulness", 1)), ""},
		{"what a judge found", feedback(in(), model.Event{Kind: model.KindEvaluation, TraceID: "t", MetricName: "helpful", Score: 1, Scored: true}), ""},
	},
	"thumbs_down": {
		{"a button beside it", in(press(20_000, 63, "Not helpful")), "thumbs_down"},
		{"the other thumb first", in(press(20_000, 63, "Thumbs up"), press(22_000, 64, "Thumbs down")), "thumbs_down"},
		{"one star", feedback(in(), rated("stars", 1)), "thumbs_down"},
		{"neither", feedback(in(), rated("stars", 3)), ""},
		{"a no", feedback(in(), rated("thumbs", 0)), "thumbs_down"},
	},
	"thanked": {
		{"and nothing else", next(in(), 20_000, "Thanks a lot!"), "thanked"},
		{"and the next question", next(in(), 20_000, "Perfect, thank you. Where is the shop?"), "thanked went_on"},
		{"in a text of feedback", feedback(in(), said(20_000, "t", "Thank you, that helped")), "thanked"},
		{"under a question", next(in(), 20_000, "Where is the shop? Thanks in advance"), "went_on"},
		{"no thanks", next(in(), 20_000, "No thanks"), "went_on"},
	},
	"complained": {
		{"about the answer", next(in(), 20_000, "That's not what I asked"), "complained"},
		{"with a negated praise", next(in(), 20_000, "This is not helpful"), "complained"},
		{"in a text of feedback", feedback(in(), said(20_000, "t", "This is wrong")), "complained"},
		{"a question about something that is wrong", next(in(), 20_000, "What is wrong with my invoice?"), "went_on"},
		{"not wrong", next(in(), 20_000, "That is not wrong, but where is the shop?"), "went_on"},
		{"before the answer was there", next(in(), 5000, "Too slow"), ""},
	},
	"went_on": {
		{"with another question", next(in(), 60_000, "Where is the shop?"), "went_on"},
		{"while waiting", next(in(), 5000, "Where is the shop?"), ""},
		{"without an answer", next(state(in(), notShown), 60_000, "Where is the shop?"), ""},
		{"a question that nobody can read", next(in(), 60_000, ""), ""},
		{"the first question is unknown", next(with(in(), func(i *reaction.Input) { i.Question = "" }), 60_000, "Where is the shop?"), ""},
	},
}

func TestKinds(t *testing.T) {
	for kind, all := range cases {
		for _, c := range all {
			got := reaction.Of(c.in)
			if kinds(got) != c.want {
				t.Errorf("%s: %s: %q, want %q", kind, c.what, kinds(got), c.want)
			}
			for _, s := range got.Signals {
				if s.AtMS < asked || s.AtMS > asked+3_600_000 || !strings.HasSuffix(s.Detail, ".") {
					t.Errorf("%s: %s: %+v", kind, c.what, s)
				}
			}
		}
	}
	for kind := range reaction.DefaultWeights() {
		if len(cases[kind]) == 0 {
			t.Errorf("no case is about %s", kind)
		}
	}
	for _, text := range []string{"Copied “cancel an order within 24 hours: open Orders” from the answer.", "Clicked again and again on “Send”, 3.4 s after asking."} {
		if !slices.ContainsFunc(slices.Concat(cases["copied"], cases["raged"]), func(c struct {
			what string
			in   reaction.Input
			want string
		}) bool {
			return slices.ContainsFunc(reaction.Of(c.in).Signals, func(s model.Signal) bool { return s.Detail == text })
		}) {
			t.Errorf("no signal says %q", text)
		}
	}
}

// What a thumb sends is the opinion of its press, and never a text that somebody wrote. What somebody wrote still counts.
func TestValuesOfThumbs(t *testing.T) {
	for want, values := range map[string][]string{
		"thumbs_down": {"bad", "Bad", "BAD", "down", "negative", "no", "false", "thumbs_down", "thumbs-down", "thumbDown", "thumbs_down_clicked", "not_helpful", "Not helpful", "Bad response", "dislike", "downvote", "incorrect", "wrong", "👎", "👎🏽", "😡", "schlecht", "没帮助"},
		"thumbs_up":   {"good", "Good", "up", "positive", "yes", "true", "thumbs_up", "thumbsUp", "like", "helpful", "Good response", "up vote", "great", "correct", "👍", "❤️"},
		"":            {"neutral", "ok", "3of5", "hallucination", "not_bad", "", "I pressed this by mistake"},
		"complained":  {"This is wrong", "Wrong, I asked about shoes", "wasn't helpful", "Bad answer to my question", "That's not what I asked", "不对，我问的是鞋子"},
		"thanked":     {"Thank you, that helped", "Thanks!", "Thanks", "谢谢"},
	} {
		for _, value := range values {
			r := reaction.Of(feedback(in(), said(20_000, "t", value)))
			if kinds(r) != want {
				t.Errorf("%q: %q, want %q", value, kinds(r), want)
			}
			if want != "thumbs_down" && want != "thumbs_up" {
				continue
			}
			thumb := map[string]string{"thumbs_down": "Thumbs down", "thumbs_up": "Thumbs up"}[want]
			r = reaction.Of(feedback(in(press(19_990, 63, thumb)), said(20_000, "t", value), rated("thumbs", map[string]float64{"thumbs_up": 1}[want])))
			if kinds(r) != want || model.ScoreOf(r.Bits(), reaction.Weights{}.Millionths()) != reaction.DefaultWeights()[want] {
				t.Errorf("%q beside its thumb: %+v", value, r.Signals)
			}
		}
	}
	r := reaction.Of(feedback(in(press(19_000, 63, "Thumbs down")), said(20_000, "t", "This is wrong")))
	if kinds(r) != "thumbs_down complained" || r.Signals[1].Detail != "Wrote “This is wrong” about the answer." {
		t.Errorf("a thumb, and what was written about it: %+v", r.Signals)
	}
}

func TestWeights(t *testing.T) {
	i := in(press(20_000, 63, "Good response"), press(21_000, 60, "Copy"), at(22_000, "selection", node(52)))
	r := reaction.Of(i)
	for _, c := range []struct {
		weights reaction.Weights
		want    float64
	}{
		{nil, 1}, {reaction.Weights{model.SignalThumbsUp: 0.25, model.SignalSelected: 0, model.SignalCopied: -0.5}, -0.25},
		{reaction.Weights{model.SignalThumbsUp: -0.8, model.SignalCopied: -0.5}, -1}, {reaction.Weights{model.SignalThumbsUp: 0.1, model.SignalSelected: 0.2, model.SignalCopied: 0}, 0.3},
	} {
		if got := model.ScoreOf(r.Bits(), c.weights.Millionths()); got != c.want {
			t.Errorf("%v: score %v, want %v of %+v", c.weights, got, c.want, r.Signals)
		}
		if err := c.weights.Check(); err != nil {
			t.Error(err)
		}
	}
	if err := reaction.DefaultWeights().Check(); err != nil {
		t.Error(err)
	}
	err := reaction.Weights{"copied": 2, "cried": 1}.Check()
	if err == nil || !strings.Contains(err.Error(), "copied must be from -1 to 1") || !strings.Contains(err.Error(), `no signal "cried"`) {
		t.Error(err)
	}
}

func TestTheFirstOfAKindCounts(t *testing.T) {
	r := reaction.Of(in(at(20_000, "copy", node(50)), at(30_000, "selection", node(52)), at(40_000, "copy", node(51)), at(50_000, "selection", node(52))))
	if kinds(r) != "copied selected" || r.Signals[0].AtMS != asked+20_000 || r.Signals[1].AtMS != asked+30_000 {
		t.Errorf("%+v", r.Signals)
	}
}

// The score has bounds and is the sum of the weights of the signals. The order of the input does not matter, and the caller's lists are not changed.
func TestProperties(t *testing.T) {
	rows := []model.Activity{
		at(3000, "click", node(9), rage), at(4000, "click", node(9), dead), at(5000, "tab_hidden"), at(6000, "tab_visible"), at(12_000, "copy", node(50)), at(13_000, "selection", node(51)),
		press(14_000, 63, "Like"), press(15_000, 64, "Dislike"), at(16_000, "click", node(54), detail("a"), label("x")), at(7000, "navigation", detail("reload"), window("v")),
		press(20_000, 62, "Retry"), at(8000, "tab_hidden", window("v")), at(1000, "rage_click"),
	}
	r := rand.New(rand.NewPCG(1, 2))
	questions := []string{"How do I cancel my order?", "Thanks!", "That is wrong", "Where is the shop?", ""}
	states := []model.Seen{seen(), notShown, partly, unknown, {State: model.SeenStopped, AskedMS: asked, FirstWordsMS: first, LastWordsMS: last}}
	for range 3000 {
		i := in()
		i.Seen = states[r.IntN(len(states))]
		for n, row := range rows {
			if r.IntN(2) == 0 {
				row.UUID = uuid.UUID{15: byte(n)}
				i.Activity = append(i.Activity, row)
			}
		}
		for range r.IntN(3) {
			i.Next = append(i.Next, reaction.Asked{AtMS: asked + r.Int64N(40_000), Text: questions[r.IntN(len(questions))]})
		}
		if r.IntN(2) == 0 {
			i.StopsMS = []int64{asked + r.Int64N(20_000), asked + r.Int64N(20_000)}
		}
		if r.IntN(3) == 0 {
			i = feedback(i, said(30_000, "t", "bad answer"), rated("stars", float64(r.IntN(6))))
		}
		whole := reaction.Of(i)
		sum := 0.0
		for _, s := range whole.Signals {
			sum += reaction.DefaultWeights()[s.Kind]
		}
		if score := model.ScoreOf(whole.Bits(), reaction.Weights{}.Millionths()); math.Abs(max(-1, min(1, sum))-score) > 1e-6 {
			t.Fatalf("score %v is not the sum of %+v", score, whole.Signals)
		}
		mixed := i
		mixed.Activity, mixed.Next, mixed.StopsMS, mixed.Feedback = slices.Clone(i.Activity), slices.Clone(i.Next), slices.Clone(i.StopsMS), slices.Clone(i.Feedback)
		r.Shuffle(len(mixed.Activity), func(a, b int) { mixed.Activity[a], mixed.Activity[b] = mixed.Activity[b], mixed.Activity[a] })
		r.Shuffle(len(mixed.Next), func(a, b int) { mixed.Next[a], mixed.Next[b] = mixed.Next[b], mixed.Next[a] })
		slices.Reverse(mixed.StopsMS)
		slices.Reverse(mixed.Feedback)
		before := slices.Clone(mixed.Activity)
		if got := reaction.Of(mixed); !reflect.DeepEqual(got, whole) {
			t.Fatalf("in another order\n got %+v\nwant %+v", got, whole)
		}
		if !reflect.DeepEqual(before, mixed.Activity) {
			t.Fatal("the caller's list was changed")
		}
	}
}

func BenchmarkOf(b *testing.B) {
	var rows []model.Activity
	for i := range int64(5000) {
		rows = append(rows, at(i*700, []string{"click", "scroll", "key", "tab_hidden", "request", "selection"}[i%6], node(i%90)))
	}
	i := next(in(rows...), 20_000, "How do I cancel my order from last week?")
	i.Answer = strings.Repeat(answerText+" ", 20)
	b.ReportAllocs()
	for b.Loop() {
		reaction.Of(i)
	}
}
