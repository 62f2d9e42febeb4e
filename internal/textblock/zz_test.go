package textblock
import ("testing";"fmt";"strings";"github.com/playheadhq/playhead/internal/filter";"github.com/playheadhq/playhead/internal/zipf")
func TestZZ(t *testing.T) {
	b := build(false, llmEntries(MaxEvents)...)
	fmt.Println("B/event", len(b.Body)/b.Events, "words", b.Lines*64/b.Events, "pairs", float64(b.Pairs*64*b.frames())/float64(b.Events), "head", b.Head/b.Events)
	ones := 0
	for i := range b.Pairs*b.frames() { l, _ := b.line(b.Lines+i); for _, c := range l[:60] { for ; c != 0; c &= c-1 { ones++ } } }
	fmt.Println("density", float64(ones)/float64(b.Pairs*b.frames()*480))
	w := zipf.NewWriter(77)
	var n, pass, blocks [5]int
	for range 300 {
		text := filter.Words(w.Text(100))
		for k := 2; k <= 4; k++ {
			s := NewSearch(filter.Search{Words: text[2:2+k]})
			may, _ := s.May(&b.Extent, b.line)
			n[k] += b.frames()
			if may != nil { blocks[k]++ }
			for _, m := range may { if m { pass[k]++ } }
		}
	}
	for k := 2; k <= 4; k++ { fmt.Println(k, "words: frames", float64(pass[k])/float64(n[k]), "blocks", float64(blocks[k])/300) }
	_ = strings.Fields
}
