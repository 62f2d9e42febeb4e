package llm

import (
	"strings"

	"github.com/playheadhq/playhead/internal/rawjson"
)

// Source is a source that an answer cites, or a result of a search.
type Source struct {
	URL   string `json:"url,omitempty"`
	Title string `json:"title,omitempty"`
	// Text is the cited text.
	Text string `json:"text,omitempty"`
}

// Limits of the sources of one part. The rest remains in what was sent.
const (
	maxSources     = 50
	maxSourceBytes = 24 << 10
	maxCited       = 300
)

// sources reads a list of citations, annotations or search results: objects in any form, URLs, or lists of these.
func (o *object) sources(s span) []Source {
	if s.to == 0 || s.len() > maxMade {
		return nil
	}
	var all []Source
	room := maxSourceBytes
	addSources(&all, &room, s.in(o.text), 0)
	return all
}

func addSources(all *[]Source, room *int, v []byte, depth int) {
	add := func(s Source) {
		if *room -= len(s.URL) + len(s.Title) + len(s.Text) + 16; *room > 0 && len(*all) < maxSources && s != (Source{}) {
			for _, known := range *all {
				if known == s {
					return
				}
			}
			*all = append(*all, s)
		}
	}
	switch rawjson.KindOf(v) {
	case rawjson.String:
		add(Source{URL: label(v)})
	case rawjson.Array:
		if depth > 3 {
			return
		}
		for item := range rawjson.Items(v) {
			if *room <= 0 || len(*all) == maxSources {
				return
			}
			addSources(all, room, item, depth+1)
		}
	case rawjson.Object:
		o := objectAt(v, 0)
		if s := o.get(nURLCitation, nDocument); o.isObject(s) && depth <= 3 {
			addSources(all, room, s.in(v), depth+1)
			return
		}
		cited := ""
		if s := o.get(nCitedText, nText); o.isString(s) {
			cited, _, _ = take(v, s.from+1, s.to-1, true, maxCited)
		}
		if s := o.get(nSources); o.isArray(s) && depth <= 3 { // Cohere's citation of documents
			before := len(*all)
			addSources(all, room, s.in(v), depth+1)
			if len(*all) > before {
				return
			}
		}
		title := o.str(nTitle, nFilename)
		url := o.str(nURL)
		if source := o.str(nSource); url == "" && strings.Contains(source, "://") { // Anthropic's citation of a search result
			url = source
		}
		if url != "" || title != "" || cited != "" {
			add(Source{URL: url, Title: title, Text: cited})
		}
	}
}

// cited reads one source that is a block: Vercel's {type:"source",url,title}, Mistral's {type:"reference",reference_ids}.
func cited(o *object) piece {
	p := piece{Part: Part{Type: PartCitations, Sources: o.sources(o.span)}}
	if len(p.Sources) == 0 {
		for _, item := range o.items(o.get(nReferences)) {
			if len(p.Sources) < maxSources && len(item) < 100 {
				p.Sources = append(p.Sources, Source{Title: "reference " + strings.Trim(string(item), `"`)})
			}
		}
	}
	if len(p.Sources) == 0 {
		return piece{}
	}
	return p
}

// search reads a search that the provider made itself: {action:{query,sources}}, {queries,results}, {input:{query}}.
func search(o *object) piece {
	p := piece{Part: Part{Type: PartSearch, ID: o.str(nCallID, nID)}}
	asked := o
	if s := o.get(nAction, nInput); o.isObject(s) {
		in := objectOf(o.text, s)
		asked = &in
	}
	if s := asked.get(nQuery, nURL); asked.isString(s) {
		p.Text = label(s.in(asked.text))
	} else {
		var texts []string
		for _, q := range asked.items(asked.get(nQueries)) {
			if len(texts) < 10 && rawjson.KindOf(q) == rawjson.String {
				texts = append(texts, label(q))
			}
		}
		p.Text = strings.Join(texts, "; ")
	}
	if p.Sources = asked.sources(asked.get(nSources)); p.Sources == nil {
		p.Sources = o.sources(o.get(nResults, nSources))
	}
	return p
}

// found reads the results of an Anthropic search: {tool_use_id, content:[{url,title}] or {error_code}}.
func found(o *object) piece {
	s := o.get(nContent)
	p := piece{Part: Part{Type: PartSearch, ID: o.str(nToolUseID)}}
	if p.Sources = o.sources(s); p.Sources == nil {
		return toolResult(o)
	}
	return p
}
