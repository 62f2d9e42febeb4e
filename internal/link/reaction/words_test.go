package reaction

import (
	"testing"
	"unicode/utf8"
)

func TestSimilarity(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"How do I cancel my order?", "how do i cancel my order", true},
		{"How do I cancel my order?", "How can I cancel my order?", true},
		{"How do I cancel my order?", "How do I cancel my order that I placed yesterday?", true},
		{"What is the refund policy", "What is the refund policy for annual plans?", true},
		{"Explain photosynthesis", "Explain photosynthesis to a five year old", true},
		{"What is thee capitl of Frnace", "What is the capital of France?", true},
		{"What is the capital of France?", "What is the capital of Germany?", false},
		{"Summarise chapter 3", "Summarise chapter 4", false},
		{"What is 12*7?", "What is 13*8?", false},
		{"How do I reset my password?", "How do I change my email?", false},
		{"Translate good morning to French", "Translate good morning to Spanish", false},
		{"What is the refund policy?", "And how long does shipping take?", false},
		{"Wie storniere ich meine Bestellung?", "Wie kann ich meine Bestellung stornieren?", true},
		{"Wie storniere ich meine Bestellung?", "wie storniere ich meine bestelung", true},
		{"法国的首都是什么？", "法国的首都是哪里", true},
		{"法国的首都是什么？", "德国的首都是什么？", false},
		{"怎么取消我的订单", "如何取消我的订单？", true},
		{"フランスの首都はどこですか", "フランスの首都はどこ？", true},
		{"フランスの首都はどこですか", "ドイツの首都はどこですか", false},
		{"주문을 취소하려면 어떻게 하나요?", "주문을 취소하려면 어떻게 해요?", true},
		{"ما هي عاصمة فرنسا؟", "ما هي عاصِمة فرنسا", true},
		{"ما هي عاصمة فرنسا؟", "ما هي عاصمة ألمانيا؟", false},
		{"ฉันจะยกเลิกคำสั่งซื้อได้อย่างไร", "ฉันจะยกเลิกคำสั่งซื้อได้ยังไง", true},
		{"🍕🍕🍕?", "🍕🍕🍕", true},
		{"👍🏽", "👍", true},
		{"🍕", "🚗", false},
		{"", "", false},
		{"?", "!", false},
	} {
		got := Similarity(c.a, c.b)
		if (got >= Same) != c.same {
			t.Errorf("%q and %q: %.2f, the same: %v", c.a, c.b, got, c.same)
		}
		if other := Similarity(c.b, c.a); other != got {
			t.Errorf("%q and %q: %v, the other way round %v", c.a, c.b, got, other)
		}
	}
}

func TestSentiment(t *testing.T) {
	for text, want := range map[string]struct {
		said int
		only bool
	}{
		"Thanks": {1, true}, "thank you so much!!": {1, true}, "Ok thanks": {1, true}, "Thanks 🙏": {1, true}, "🙏👍": {1, true}, "Great job!": {1, true}, "That was very helpful, thank you.": {1, true},
		"Thanks! Now translate it": {1, false}, "Great, now add tests": {1, false}, "It works": {1, true}, "Vielen Dank!": {1, true}, "danke, und morgen?": {1, false}, "Merci beaucoup": {1, true},
		"muchas gracias por tu ayuda": {1, true}, "спасибо большое": {1, true}, "谢谢": {1, true}, "谢谢！": {1, true}, "谢谢你的帮助": {1, true}, "太好了，谢谢": {1, true}, "ありがとうございます": {1, true}, "감사합니다": {1, true}, "شكراً جزيلاً": {1, true},
		"धन्यवाद": {1, true}, "ขอบคุณครับ": {1, true}, "teşekkür ederim": {1, true},

		"wrong": {-1, false}, "That's wrong": {-1, false}, "No, that is wrong": {-1, false}, "This is not what I asked for.": {-1, false}, "it doesn’t work": {-1, false}, "it still doesn't work": {-1, false},
		"That's not helpful": {-1, false}, "you didn't answer my question": {-1, false}, "Thanks, but that is wrong": {-1, false}, "Thanks but it does not work": {-1, false}, "useless": {-1, false}, "👎": {-1, false},
		"Das ist falsch": {-1, false}, "das stimmt nicht": {-1, false}, "funktioniert nicht": {-1, false}, "c'est faux": {-1, false}, "ça ne marche pas": {-1, false}, "no funciona": {-1, false}, "eso está mal": {-1, false},
		"это неправильно": {-1, false}, "не работает": {-1, false}, "不对": {-1, false}, "你错了": {-1, false}, "这个回答不对，应该是5": {-1, false}, "违います": {0, false}, "違います": {-1, false}, "それは間違っています": {-1, false}, "هذا خطأ": {-1, false},
		"यह गलत है": {-1, false}, "bu yanlış": {-1, false}, "谢谢，但是不对": {-1, false},

		"No thanks": {0, false}, "no, thanks": {0, false}, "Nein danke": {0, false}, "thanks for nothing": {0, false}, "Thanks in advance, how do I sort a list?": {0, false}, "Write a thank you note": {0, false},
		"Thank you letter to my teacher": {0, false}, "Thanksgiving recipes": {0, false}, "Translate this. Thanks": {0, false}, "How do I say thank you in Japanese?": {0, false}, "谢谢用日语怎么说": {0, false}, "ありがとうの意味は": {0, false},
		"great wall of china length": {0, false}, "Good morning": {0, false}, "What is wrong with my code?": {0, false}, "Is that wrong?": {0, false}, "Why is this wrong": {0, false}, "My printer doesn't work": {0, false},
		"that's not wrong": {0, false}, "not bad": {0, false}, "bad request error in nginx": {0, false}, "broken pipe in go": {0, false}, "false positive rate": {0, false}, "This is a bad idea or a good one": {0, false},
		"错误代码404是什么意思": {0, false}, "違いを教えて": {0, false}, "Mal mir ein Bild": {0, false}, "Tak, poproszę": {0, false}, "Was ist falsch an meinem Code?": {0, false}, "How do I cancel?": {0, false}, "": {0, false}, "...": {0, false},
	} {
		if said, only := sentiment(text); said != want.said || only != want.only {
			t.Errorf("%q: %d %v, want %d %v", text, said, only, want.said, want.only)
		}
	}
}

func TestControls(t *testing.T) {
	for label, want := range map[string]control{
		"Copy": controlCopy, "Copied!": controlCopy, "copy-button": controlCopy, "Copy to clipboard": controlCopy, "コピーする": controlCopy, "Скопировать": controlCopy, "Copy link": controlOther, "复制链接": controlOther,
		"Copy and paste the following lines": controlOther, "thumbs-up": controlUp, "Good response": controlUp, "Gefällt mir": controlUp, "👎": controlDown, "Gefällt mir nicht": controlDown, "Not helpful": controlDown, "不喜欢": controlDown,
		"Try again": controlRetry, "Regenerate": controlRetry, "重新生成": controlRetry, "Share": controlOther, "": controlOther, "Dislike": controlDown,
	} {
		if got := controlOf(label); got != want {
			t.Errorf("%q: %d, want %d", label, got, want)
		}
	}
}

// Whatever people type, the functions return, and their results are within their bounds.
func FuzzTexts(f *testing.F) {
	f.Add("How do I cancel my order?", "How do I cancel my ordr, please?")
	f.Add("谢谢，但是不对", "ありがとうございます")
	f.Add("thanks, but that's wrong 👍🏽", "it’s not \xff\xfe bad''")
	f.Add("ما هي عاصِمة", "🍕 ' ''’ word’s")
	f.Fuzz(func(t *testing.T, a, b string) {
		got := Similarity(a, b)
		if !(got >= 0 && got <= 1) || got != Similarity(b, a) {
			t.Errorf("similarity %v, the other way round %v", got, Similarity(b, a))
		}
		if w := words(a); w != "" && Similarity(a, a) != 1 {
			t.Errorf("%q is not like itself", a)
		} else if utf8.ValidString(a) && words(w) != w {
			t.Errorf("%q of %q is %q", words(w), w, words(w))
		}
		if said, only := sentiment(a); said < -1 || said > 1 || only && said != 1 {
			t.Errorf("%q: %d %v", a, said, only)
		}
		controlOf(a)
		holds(words(a), words(b))
	})
}

func BenchmarkSimilarity(b *testing.B) {
	x, y := "", ""
	for range 60 {
		x += "Summarise the report on refunds of annual plans in Germany. "
		y += "Summarize the reports about refunds of monthly plans in France. "
	}
	b.SetBytes(int64(len(x) + len(y)))
	b.ReportAllocs()
	for b.Loop() {
		Similarity(x, y)
	}
}
