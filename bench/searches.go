package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/playheadhq/playhead/internal/zipf"
)

// pageSize is how many rows a page of a list has.
const pageSize = 50

// search is a kind of text that people search for in prompts and answers. Each text is searched for once, so that no answer comes from a cache.
type search struct {
	name, goal string
	texts      []string
	// least and most are the permitted numbers of rows on its first page.
	least, most int
}

// questions is how often each question of the parts ingest and ask is asked, each time with another text.
func (o options) questions() int { return max(o.reads/10, 20) }

// searches are made for a load in which some events contain the phrases.
func searches(phrases []string) []search {
	w := zipf.NewWriter(0)
	var nowhere, common, shared []string
	random, plain := rand.New(rand.NewPCG(6, 7)), plainCorpus()
	for i := range phrases {
		nowhere = append(nowhere, "zy"+w.Words[i]) // no word of the vocabulary begins with z
		common = append(common, w.Words[20+i])
		shared = append(shared, strings.Join(strings.Fields(string(plain[random.IntN(len(plain)-1024):][:1024]))[1:5], " "))
	}
	return []search{
		{"a word that is nowhere", "10 at most", nowhere, 0, 0},
		{"a phrase of four words that one event has", "100 at most", phrases, 1, 1},
		{"a phrase of four words that one in 12,000 events has", "", shared, 0, pageSize},
		{"a common word", "50 at most", common, pageSize, pageSize},
	}
}

// check checks the number of rows of a first page.
func (s *search) check(i, rows int) error {
	if rows < s.least || rows > s.most {
		return fmt.Errorf("%s: %q finds %d rows, want %d to %d", s.name, s.texts[i], rows, s.least, s.most)
	}
	return nil
}

// plainCorpus is the corpus without punctuation: words separated by single spaces.
func plainCorpus() []byte { return bytes.ReplaceAll(corpus(), []byte("."), nil) }

// rarePhrases are n phrases of four words of usual frequencies that do not occur in the corpus.
func rarePhrases(n int) (all []string) {
	w, plain := zipf.NewWriter(4), plainCorpus()
	for len(all) < n {
		phrase := w.Words[w.Rank()] + " " + w.Words[w.Rank()] + " " + w.Words[w.Rank()] + " " + w.Words[w.Rank()]
		if !bytes.Contains(plain, []byte(" "+phrase+" ")) {
			all = append(all, phrase)
		}
	}
	return all
}

// plant makes the user's text of one event each begin with a phrase, evenly spread over each connection's events.
func plant(batches []*batch, each int, phrases []string) {
	for i, phrase := range phrases {
		b := batches[i%len(batches)]
		if b.phrases == nil {
			b.phrases = map[uint64]string{}
		}
		b.phrases[uint64((2*i+1)*each/(2*len(phrases)))] = phrase
	}
}

// page requests the first page of a list, and continues as long as an answer says that there may be more and the page is not full. It returns the
// total duration.
func (c *client) page(ctx context.Context, path string) (rows int, took time.Duration, err error) {
	begun := time.Now()
	for at := path; ; {
		status, raw, err := c.get(ctx, at)
		if err != nil {
			return 0, 0, err
		}
		if status != http.StatusOK {
			return 0, 0, fmt.Errorf("GET %s: %d: %.200s", at, status, raw)
		}
		took = time.Since(begun)
		var answer struct {
			Items []json.RawMessage `json:"items"`
			Next  *string           `json:"next"`
		}
		if err := json.Unmarshal(raw, &answer); err != nil {
			return 0, 0, fmt.Errorf("GET %s: %w", at, err)
		}
		rows = min(rows+len(answer.Items), pageSize) // a page that was not full is filled by the next one
		if answer.Next == nil || rows >= pageSize {
			return rows, took, nil
		}
		at = path + "&cursor=" + url.QueryEscape(*answer.Next)
	}
}

// find searches for a text in one of the lists.
func (c *client) find(ctx context.Context, list, text string) (rows int, took time.Duration, err error) {
	return c.page(ctx, fmt.Sprintf("/api/%s?limit=%d&q=%s", list, pageSize, url.QueryEscape(`"`+text+`"`)))
}
