package dom

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/playheadhq/playhead/internal/heavy"
)

// memory is how many times the bytes of an event a tree may allocate for it, including what it frees at once.
const memory = 14

// full is a full snapshot of a page whose body has some children.
func full(children []byte) []byte {
	const head = `{"type":2,"data":{"node":{"type":0,"childNodes":[{"type":2,"tagName":"html","attributes":{},"childNodes":[{"type":2,"tagName":"body","attributes":{},"childNodes":[`
	return append(append([]byte(head), children...), `],"id":3}],"id":2}],"id":1}},"timestamp":1795418943000}`...)
}

// many writes an item with the numbers from 10 on until there are size bytes, with commas.
func many(size int, item func(b []byte, i int) []byte) []byte {
	var b []byte
	for i := 10; len(b) < size; i++ {
		if i > 10 {
			b = append(b, ',')
		}
		b = item(b, i)
	}
	return b
}

func format(f string) func([]byte, int) []byte {
	return func(b []byte, i int) []byte { return fmt.Appendf(b, f, i) }
}

// incremental is an event whose data have a member with some value.
func incremental(source int, name string, value []byte) []byte {
	return append(append(fmt.Appendf(nil, `{"type":3,"data":{"source":%d,"id":3,"%s":`, source, name), value...), `},"timestamp":1795418943000}`...)
}

func array(items []byte) []byte { return append(append([]byte{'['}, items...), ']') }

// hostile are events that no recorder makes, of about size bytes each. Each is expensive for some natural way of keeping a tree.
var hostile = []struct {
	name string
	make func(size int) []byte
}{
	{"texts", func(size int) []byte { return full(many(size, format(`{"type":3,"textContent":"","id":%d}`))) }},
	{"comments of a document", func(size int) []byte {
		return append(append([]byte(`{"type":2,"data":{"node":{"type":0,"childNodes":[`), many(size, func(b []byte, i int) []byte {
			return fmt.Appendf(b, `{"type":5,"textContent":"","id":%d},{"type":2,"tagName":"html","attributes":{},"childNodes":[],"id":%d}`, 2*i, 2*i+1)
		})...), `],"id":1}}}`...)
	}},
	{"deep", func(size int) []byte {
		n := size / 60
		return full([]byte(strings.Repeat(`{"type":2,"tagName":"p","attributes":{},"childNodes":[`, n) + strings.Repeat(`],"id":4}`, n)))
	}},
	{"towers", func(size int) []byte {
		id := 10
		return full(many(size, func(b []byte, _ int) []byte {
			b = append(b, strings.Repeat(`{"type":2,"tagName":"p","attributes":{},"childNodes":[`, 400)...)
			for range 400 {
				id++
				b = fmt.Appendf(b, `],"id":%d}`, id)
			}
			return b
		}))
	}},
	{"one id", func(size int) []byte {
		return full(many(size, func(b []byte, _ int) []byte { return append(b, `{"type":3,"textContent":"","id":9}`...) }))
	}},
	{"children twice", func(size int) []byte {
		children := many(size/2, format(`{"type":3,"textContent":"","id":%d}`))
		return full([]byte(fmt.Sprintf(`{"type":2,"tagName":"p","attributes":{},"childNodes":[%s],"childNodes":[%s],"id":4}`, children, children)))
	}},
	{"no id", func(size int) []byte {
		return full([]byte(fmt.Sprintf(`{"type":2,"tagName":"p","attributes":{},"childNodes":[%s]}`, many(size, format(`{"type":3,"textContent":"","id":%d}`)))))
	}},
	{"adds", func(size int) []byte {
		return incremental(sourceMutation, "adds", array(many(size, format(`{"parentId":3,"nextId":null,"node":{"type":3,"textContent":"","id":%d}}`))))
	}},
	{"adds of what is there", func(size int) []byte {
		return incremental(sourceMutation, "adds", array(many(size, func(b []byte, i int) []byte {
			return fmt.Appendf(b, `{"parentId":3,"node":{"type":2,"tagName":"p","id":%d}}`, 4+i%2)
		})))
	}},
	{"adds before their parents", func(size int) []byte {
		n := size / 80
		return incremental(sourceMutation, "adds", array(many(size, func(b []byte, i int) []byte {
			parent := 10 + n - (i - 10) - 1
			if parent < 10 || parent%300 == 0 {
				parent = 3
			}
			return fmt.Appendf(b, `{"parentId":%d,"node":{"type":2,"tagName":"p","attributes":{},"childNodes":[],"id":%d}}`, parent, parent+1)
		})))
	}},
	{"adds without parents", func(size int) []byte {
		return incremental(sourceMutation, "adds", array(many(size, format(`{"parentId":9,"node":{"type":3,"textContent":"","id":%d}}`))))
	}},
	{"documents without frames", func(size int) []byte {
		return incremental(sourceMutation, "adds", array(many(size, func(b []byte, i int) []byte {
			return fmt.Appendf(b, `{"parentId":%d,"node":{"type":0,"childNodes":[],"id":%d}}`, 1_000_000+i, 2_000_000+i)
		})))
	}},
	{"html again and again", func(size int) []byte {
		return incremental(sourceMutation, "adds", array(many(size, format(`{"parentId":1,"node":{"type":2,"tagName":"html","attributes":{},"id":%d}}`))))
	}},
	{"removes", func(size int) []byte {
		return incremental(sourceMutation, "removes", array(many(size, format(`{"parentId":3,"id":%d}`))))
	}},
	{"texts again", func(size int) []byte {
		return incremental(sourceMutation, "texts", array(many(size, func(b []byte, i int) []byte { return fmt.Appendf(b, `{"id":5,"value":"%d"}`, i) })))
	}},
	{"attributes of one element", func(size int) []byte {
		return incremental(sourceMutation, "attributes", array(many(size, format(`{"id":4,"attributes":{"a%d":"x"}}`))))
	}},
	{"ids of one element", func(size int) []byte {
		return incremental(sourceMutation, "attributes", array(many(size, format(`{"id":4,"attributes":{"id":"x%d"}}`))))
	}},
	{"styles of one element", func(size int) []byte {
		return incremental(sourceMutation, "attributes", array(many(size, format(`{"id":4,"attributes":{"style":{"--x%d":"x"}}}`))))
	}},
	{"sheets", func(size int) []byte {
		return incremental(sourceAdopted, "styleIds", append([]byte(`[],"styles":[`), append(many(size, format(`{"styleId":%d,"rules":[]}`)), ']')...))
	}},
	{"positions", func(size int) []byte {
		return incremental(sourceMouse, "positions", array(many(size, format(`{"x":%d}`))))
	}},
	{"slots", func(size int) []byte {
		children := many(size/2, func(b []byte, i int) []byte {
			return fmt.Appendf(b, `{"type":2,"tagName":"slot","attributes":{"name":"s%d"},"childNodes":[],"isShadow":true,"id":%d}`, i, 2*i)
		})
		light := many(size/2, func(b []byte, i int) []byte { return fmt.Appendf(b, `{"type":3,"textContent":"x","id":%d}`, 2*i+1) })
		return full([]byte(fmt.Sprintf(`{"type":2,"tagName":"p","attributes":{},"childNodes":[%s,%s],"id":4}`, children, light)))
	}},
	{"one long attribute", func(size int) []byte {
		return full([]byte(fmt.Sprintf(`{"type":2,"tagName":"p","attributes":{"title":"%s"},"childNodes":[],"id":4}`, strings.Repeat("x", size))))
	}},
	{"names", func(size int) []byte {
		return full(many(size, func(b []byte, i int) []byte {
			return fmt.Appendf(b, `{"type":2,"tagName":"p%d","attributes":{"a%d":""},"childNodes":[],"id":%d}`, i, i, i)
		}))
	}},
}

// start is a page for the events that change one: body 3 with a paragraph 4, whose text is 5.
var start = full([]byte(`{"type":2,"tagName":"p","attributes":{},"childNodes":[{"type":3,"textContent":"a","id":5}],"id":4}`))

// The cost of applying an event and of reading the page is in proportion to the bytes, whatever a stranger sends.
func TestHostileIsLinear(t *testing.T) {
	for _, h := range hostile {
		t.Run(h.name, func(t *testing.T) {
			heavy.LinearIn(t, memory, h.make, func(event []byte) {
				tree := New(Limits{Bytes: 1 << 30})
				_ = tree.Apply(start)
				if err := tree.Apply(event); err != nil {
					t.Fatal(err)
				}
				if n := tree.Recount(); tree.Bytes() != n {
					t.Fatalf("%d bytes are counted, and %d are there", tree.Bytes(), n)
				}
				if tree.Bytes() > 8*len(event)+64<<10 {
					t.Errorf("%d bytes of an event take %d", len(event), tree.Bytes())
				}
				tree.Text()
				tree.Outline(0, 1000, 1<<20)
				for id := range 100 {
					tree.Label(id)
				}
			})
		})
	}
}

// The size of a snapshot of such a page is in proportion to the page.
func TestHostileSnapshots(t *testing.T) {
	for _, h := range hostile {
		tree := New(Limits{Bytes: 1 << 30})
		_ = tree.Apply(start)
		_ = tree.Apply(h.make(100_000))
		lines, err := tree.Snapshot(1)
		if err != nil || len(lines) > 2*tree.Bytes()+1000 {
			t.Errorf("%s: %d bytes of a page that takes %d, %v", h.name, len(lines), tree.Bytes(), err)
		}
		again(t, tree)
	}
}

// Values of an unexpected kind are left out, at a cost in proportion to their bytes.
func TestShapesAreLinear(t *testing.T) {
	wraps := [][2]string{{`{"type":3,"data":{"source":0,"adds":`, `}}`}, {`{"type":3,"data":{"source":0,"attributes":[{"id":4,"attributes":`, `}]}}`}}
	heavy.Linear(t, 2*memory, func(value []byte) {
		for _, wrap := range wraps {
			tree := New(Limits{Bytes: 1 << 30})
			_ = tree.Apply(start)
			_ = tree.Apply(bytes.Join([][]byte{[]byte(wrap[0]), value, []byte(wrap[1])}, nil)) // an error leaves an empty tree
			tree.Text()
			tree.Label(4)
		}
	})
}

// Ten million nodes are refused before they take more than the limit.
func TestLimit(t *testing.T) {
	event := full(many(40<<20, format(`{"type":3,"textContent":"","id":%d}`)))
	tree := New(Limits{Bytes: 4 << 20})
	if err := tree.Apply(event); err == nil || tree.Bytes() != 0 {
		t.Errorf("%v, %d bytes", err, tree.Bytes())
	}
}
