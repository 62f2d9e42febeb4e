package history

import (
	"encoding/json"
	"strconv"
	"strings"
)

// node is an element or a text of a recorded page, as rrweb writes it.
type node struct {
	id         int
	tag        string // "" for a text
	attributes map[string]string
	children   []*node
	text       string
}

// attribute is one of an element's attributes.
type attribute struct{ name, value string }

// el makes an element. "div.card" is a div of the class card; the parts are its attributes, texts and elements.
func el(what string, parts ...any) *node {
	tag, class, _ := strings.Cut(what, ".")
	n := &node{tag: tag, attributes: map[string]string{}}
	if class != "" {
		n.attributes["class"] = strings.ReplaceAll(class, ".", " ")
	}
	for _, part := range parts {
		switch part := part.(type) {
		case string:
			n.children = append(n.children, &node{text: part})
		case attribute:
			n.attributes[part.name] = part.value
		case *node:
			n.children = append(n.children, part)
		case []*node:
			n.children = append(n.children, part...)
		default:
			panic("an element consists of texts, attributes and elements")
		}
	}
	return n
}

// rrweb's types of nodes.
const (
	elementNode = 2
	textNode    = 3
)

// write appends a node as JSON, with or without its children.
func (n *node) write(b []byte, deep bool) []byte {
	b = append(b, `{"type":`...)
	if n.tag == "" {
		b = append(strconv.AppendInt(b, textNode, 10), `,"textContent":`...)
		b = append(quoted(b, n.text), `,"id":`...)
		return append(strconv.AppendInt(b, int64(n.id), 10), '}')
	}
	b = append(strconv.AppendInt(b, elementNode, 10), `,"tagName":`...)
	b = append(quoted(b, n.tag), `,"attributes":`...)
	attributes, err := json.Marshal(n.attributes) // in the order of their names
	if err != nil {
		panic(err) // they are texts
	}
	b = append(append(b, attributes...), `,"childNodes":[`...)
	if deep {
		for i, child := range n.children {
			if i > 0 {
				b = append(b, ',')
			}
			b = child.write(b, true)
		}
	}
	if svg[n.tag] {
		b = append(b, `],"isSVG":true,"id":`...)
	} else {
		b = append(b, `],"id":`...)
	}
	return append(strconv.AppendInt(b, int64(n.id), 10), '}')
}

var svg = map[string]bool{"svg": true, "path": true, "circle": true, "rect": true}

func quoted(b []byte, text string) []byte {
	raw, err := json.Marshal(text)
	if err != nil {
		panic(err) // it is a text
	}
	return append(b, raw...)
}

// markdown makes the blocks of an answer: paragraphs, lists and bold text. The texts are empty at first and are filled as they are written, see runs.
func markdown(text string) (blocks []*node, runs []run) {
	var list *node
	for line := range strings.SplitSeq(text, "\n") {
		tag, rest := "p", line
		if after, ok := strings.CutPrefix(line, "- "); ok {
			tag, rest = "ul", after
		} else if len(line) > 3 && line[0] >= '1' && line[0] <= '9' && line[1:3] == ". " {
			tag, rest = "ol", line[3:]
		}
		if rest == "" {
			list = nil
			continue
		}
		block := el("p")
		if tag == "p" {
			list = nil
			blocks = append(blocks, block)
		} else {
			if list == nil || list.tag != tag {
				list = el(tag)
				blocks = append(blocks, list)
			}
			block = el("li")
			list.children = append(list.children, block)
		}
		for i, piece := range strings.Split(rest, "**") {
			if piece == "" {
				continue
			}
			into := block
			if i%2 == 1 {
				into = el("strong")
				block.children = append(block.children, into)
			}
			for j, code := range strings.Split(piece, "`") {
				at := into
				if j%2 == 1 {
					at = el("code")
					into.children = append(into.children, at)
				}
				if code != "" {
					n := &node{}
					at.children = append(at.children, n)
					runs = append(runs, run{n, code})
				}
			}
		}
	}
	return blocks, runs
}

// run is a text of an answer and the node that contains it.
type run struct {
	into *node
	text string
}
