package seen

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/playheadhq/playhead/internal/dom"
	"github.com/playheadhq/playhead/internal/model"
)

// reference finds an answer the slow way: in the whole text of the list after each event.
type reference struct {
	tree        *dom.Tree
	answer      []rune
	visible     bool
	shown       int
	first, last int64
	everOnPage  bool
	stalls      int
}

func (r *reference) event(e string) {
	if strings.Contains(e, `"window hidden"`) {
		r.visible = false
	}
	if strings.Contains(e, `"window visible"`) {
		r.visible = true
	}
	_ = r.tree.Apply([]byte(e))
	page := fold(nil, []byte(r.tree.TextOf(log, 1<<20)))
	n := 0
	for i := range page {
		n = max(n, common(page[i:], r.answer))
	}
	if n > 3 { // fewer may be part of something else
		r.everOnPage = true
	}
	if !r.visible || n <= 3 || n <= r.shown {
		return
	}
	at := r.tree.AtMS()
	if r.shown == 0 {
		r.first = at
	} else if at-r.last >= stallMS {
		r.stalls++
	}
	r.shown, r.last = n, at
}

// In whatever way a page shows an answer, its times are those of the slow reference.
func TestLikeTheReference(t *testing.T) {
	for seed := range uint64(400) {
		random := rand.New(rand.NewPCG(seed, 1))
		words := make([]string, 4+random.IntN(60))
		for i := range words {
			words[i] = fmt.Sprintf("w%c%cord%d", 'a'+random.IntN(26), 'a'+random.IntN(26), random.IntN(1000))
		}
		answer := strings.Join(words, " ")
		r := newChat()
		r.message(asked, "h4", question)
		style := random.IntN(6)
		at := asked + 500
		element, x := r.message(at, "p", "")
		live := []int{}
		show := func(done int) {
			switch style {
			case 0: // one text grows
				r.change(at, nil, nil, []string{says(x, strings.Join(words[:done], " "))})
			case 1: // all text in one element that is made anew each time
				old := element
				element, x = r.id(), r.id()
				r.change(at, []string{remove(log, old)}, []string{put(log, nil, el(element, "p", ``)), put(element, nil, text(x, strings.Join(words[:done], " ")))}, nil)
			case 2, 3: // an element for each word, at times for two words
				adds := []string{}
				for len(live) < done {
					n := 1
					if style == 3 && len(live)+1 < done {
						n = 2
					}
					b := r.id()
					adds = append(adds, put(element, nil, el(b, "span", ``)), put(b, nil, text(r.id(), strings.Join(words[len(live):len(live)+n], " ")+" ")))
					for range n {
						live = append(live, b)
					}
				}
				r.change(at, nil, adds, nil)
			case 4: // texts of a few letters, split in the middle of words
				full, have := strings.Join(words[:done], " "), 0
				if len(live) > 0 {
					have = live[len(live)-1]
				}
				adds := []string{}
				for have < len(full) {
					n := min(1+random.IntN(9), len(full)-have)
					adds = append(adds, put(element, nil, text(r.id(), full[have:have+n])))
					have += n
				}
				live = append(live, have)
				r.change(at, nil, adds, nil)
			case 5: // paragraphs, each a text that grows
				for len(live)*7 < done {
					p, y := r.id(), r.id()
					r.change(at, nil, []string{put(element, nil, el(p, "p", ``)), put(p, nil, text(y, words[len(live)*7]))}, nil)
					live = append(live, y)
				}
				last := len(live) - 1
				texts := []string{}
				for i := max(0, last-1); i <= last; i++ {
					texts = append(texts, says(live[i], strings.Join(words[i*7:min(done, i*7+7)], " ")))
				}
				r.change(at, nil, nil, texts)
			}
		}
		hidden := false
		for done := 0; done < len(words); {
			at += int64(20 + random.IntN(300))
			if random.IntN(20) == 0 {
				at += int64(random.IntN(5000))
			}
			if random.IntN(12) == 0 {
				hidden = !hidden
				r.custom(at-1, map[bool]string{true: "window hidden", false: "window visible"}[hidden], "{}")
			}
			if done == 0 {
				done = min(2, len(words)) // one word alone may be part of something else
			}
			done = min(len(words), done+random.IntN(4))
			show(done)
			if random.IntN(15) == 0 {
				r.change(at+1, nil, []string{put(body, nil, text(r.id(), fmt.Sprint("noise ", random.IntN(1000))))}, nil)
			}
			if random.IntN(40) == 0 {
				break
			}
		}
		ref := &reference{tree: dom.New(dom.Limits{}), answer: fold(nil, []byte(answer)), visible: true}
		for _, e := range r.events {
			ref.event(e)
		}
		a := theAnswer(answer)
		a.EndMS = at
		s := r.watch(a).Seen(0)
		want := model.SeenAll
		switch {
		case !ref.everOnPage:
			want = model.SeenNotShown
		case ref.shown == 0:
			want = model.SeenNotVisible
		case ref.shown < len(ref.answer):
			want = model.SeenPartly
		}
		if s.State != want || s.FirstWordsMS != ref.first || s.LastWordsMS != ref.last || len(s.Stalls) != ref.stalls {
			t.Fatalf("seed %d, style %d, %d words: %s %d %d, %d stalls, want %s %d %d, %d stalls", seed, style, len(words),
				s.State, s.FirstWordsMS-asked, s.LastWordsMS-asked, len(s.Stalls), want, ref.first-asked, ref.last-asked, ref.stalls)
		}
	}
}
