package history

import (
	"strconv"
	"strings"
)

// look is the document of a page, with the elements that people and answers change, and their positions on the screen.
type look struct {
	root, main, input, send, thread *node
	inputX, inputY, sendX, sendY    int
	threadLeft, threadTop           int
	threadHeight                    int
	single                          bool // it shows one answer at a time
	buy                             *node
	buyX, buyY                      int
	title, code, output, hits       *node
	parents                         map[*node]*node
}

func (s *scene) lookOf(width, height int) look {
	switch s.product {
	case support:
		return s.shopLook(width, height)
	case coder:
		return s.editorLook(width, height)
	}
	return s.helpLook(width)
}

const commonStyle = `*{box-sizing:border-box}html,body{height:100%;margin:0}body{font:15px/21px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;color:#1c1b19;background:#f7f5f1}
button,input{font:inherit}h1,h2,p,ul,ol{margin:0}ul,ol{padding-left:20px}.theirs p+p,.theirs p+ul,.theirs ul+p,.theirs p+ol,.theirs ol+p{margin-top:8px}
.panel{position:fixed;right:24px;top:80px;bottom:24px;width:420px;display:flex;flex-direction:column;background:#fff;border:1px solid #e2ded6;border-radius:14px;box-shadow:0 14px 44px rgba(40,34,20,.14);overflow:hidden}
.panel>header{height:48px;display:flex;align-items:center;gap:8px;padding:0 16px;font-weight:600;border-bottom:1px solid #eeebe4}.panel>header i{width:9px;height:9px;border-radius:50%;background:#2f9e6e}
.thread{flex:1;overflow-y:auto;padding:16px;display:flex;flex-direction:column;gap:10px}.mine{align-self:flex-end;max-width:86%;padding:9px 13px;border-radius:14px 14px 4px 14px;background:#0f766e;color:#fff}
.theirs{max-width:94%;padding:10px 13px;border-radius:14px 14px 14px 4px;background:#f3f1ec}.theirs code{background:#e6e2d8;border-radius:4px;padding:0 4px;font-size:13px}.failed{background:#fdecea;color:#a3261c}
.dots{color:#8c877b;letter-spacing:2px;white-space:nowrap}.doing{font-size:13px;color:#7a756a}.doing:empty{display:none}.after{display:flex;flex-wrap:wrap;align-items:center;gap:6px;font-size:12px;color:#8c877b}
.thumb{width:34px;height:26px;border:1px solid #e2ded6;border-radius:8px;background:#fff;color:#736e62}.thumb svg{width:15px;height:15px}.thumb.on{background:#0f766e;border-color:#0f766e;color:#fff}.words{flex:1;height:26px;padding:0 8px;border:1px solid #d8d3c8;border-radius:8px}
.composer{height:64px;display:flex;gap:8px;padding:12px;border-top:1px solid #eeebe4}.composer input{flex:1;min-width:0;height:40px;padding:0 12px;border:1px solid #d8d3c8;border-radius:10px}.composer button{width:56px;border:0;border-radius:10px;background:#0f766e;color:#fff;font-weight:600}
`

const shopStyle = `.bar{height:56px;display:flex;align-items:center;gap:26px;padding:0 28px;background:#fff;border-bottom:1px solid #e8e4dc}.bar b{font-size:17px;letter-spacing:-.2px;color:#0f766e}.bar a{color:#4d493f;text-decoration:none}.bar .cart{margin-left:auto;margin-right:440px}
.main{height:calc(100% - 56px);overflow-y:auto;padding:28px 476px 120px 28px}.main h1{font-size:26px;line-height:32px;margin-bottom:4px}.main>p{color:#736e62;margin-bottom:20px}.grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(220px,1fr));gap:18px}
.card{background:#fff;border:1px solid #e8e4dc;border-radius:12px;overflow:hidden}.photo{height:132px;display:flex;align-items:flex-end;justify-content:center}.photo svg{width:120px;height:96px}.card div.text{padding:12px 14px 14px}.card b{display:block}.card span{color:#736e62;font-size:13px}.card button{margin-top:10px;width:100%;height:34px;border:1px solid #0f766e;border-radius:8px;background:#fff;color:#0f766e;font-weight:600}
`

// shopLook is the shop with its assistant.
func (s *scene) shopLook(width, height int) look {
	k := look{
		main: el("div.main"), thread: el("div.thread"), input: el("input", attribute{"placeholder", "Ask about gear or an order"}), send: el("button", "Send"),
		inputX: width - 290, inputY: height - 56, sendX: width - 64, sendY: height - 56, threadLeft: width - 428, threadTop: 144, threadHeight: height - 24 - 64 - 144 - 16,
		buyX: 150, buyY: 374,
	}
	colours := []string{"#d7e6df", "#e9dcc9", "#d9dfea", "#ead6d2", "#dfe5d0", "#e3dbe9"}
	var cards []*node
	first := s.IntN(len(articles))
	for i := range 6 {
		article := articles[(first+i)%len(articles)]
		buy := el("button", "Add to basket")
		if i == 0 {
			k.buy = buy
		}
		cards = append(cards, el("div.card", el("div.photo", attribute{"style", "background:" + colours[i]}, drawing(i)),
			el("div.text", el("b", article), el("span", strconv.Itoa(39+(first*7+i*43)%320)+".00 · free returns"), buy)))
	}
	k.main.children = append(k.main.children, el("h1", "Gear for the next weekend"), el("p", "Tried by us, returned for free within 60 days."), el("div.grid", cards))
	k.root = document("Cairn Supply", shopStyle,
		el("div.bar", el("b", "Cairn Supply"), el("a", "Tents"), el("a", "Packs"), el("a", "Sleeping"), el("a", "Clothing"), el("a", "Help"), el("a.cart", "Basket")), k.main,
		el("div.panel", el("header", el("i"), "Ask Cairn"), k.thread, el("div.composer", k.input, k.send)))
	return k
}

// drawing is a simple picture of an article.
func drawing(i int) *node {
	shape := func(path, fill string) *node { return el("path", attribute{"d", path}, attribute{"fill", fill}) }
	all := [][]*node{
		{shape("M10 90 60 14 110 90z", "#0f766e"), shape("M46 90 60 50 74 90z", "#0b4f4a")},
		{shape("M34 90V34a26 26 0 0 1 52 0v56z", "#b4762c"), shape("M42 58h36v22H42z", "#8b5a1f")},
		{shape("M14 66h92v16a8 8 0 0 1-8 8H22a8 8 0 0 1-8-8z", "#4a6fa5"), shape("M14 66c0-14 20-18 30-12l62 12z", "#6f92c4")},
		{shape("M38 22h44l20 18-12 16-8-6v40H38V50l-8 6-12-16z", "#a8483d")},
		{shape("M44 30h32v60H44z", "#6d8236"), shape("M52 16h16v14H52z", "#4d5d25")},
		{shape("M30 46h60v28a16 16 0 0 1-16 16H46a16 16 0 0 1-16-16z", "#7b5fa0"), shape("M90 52h8a10 10 0 0 1 0 20h-8z", "#5e4680")},
	}
	return el("svg", attribute{"viewBox", "0 0 120 96"}, all[i%len(all)])
}

// thumb is the button below an answer, up or turned.
func thumb(turned string) *node {
	return el("button.thumb", el("svg", attribute{"viewBox", "0 0 24 24"}, attribute{"style", "transform:" + turned}, el("path",
		attribute{"d", "M7 10v11H4a1 1 0 0 1-1-1v-9a1 1 0 0 1 1-1zm0 0 4-8a2.5 2.5 0 0 1 2.5 2.5L13 9h5.5a2 2 0 0 1 2 2.4l-1.6 8a2 2 0 0 1-2 1.6H7"},
		attribute{"fill", "none"}, attribute{"stroke", "currentColor"}, attribute{"stroke-width", "1.8"})))
}

const editorStyle = `body{background:#f3f4f6}.tree{position:fixed;left:0;top:0;bottom:0;width:210px;padding:16px;background:#e9ebef;border-right:1px solid #d9dce2;font-size:13px}.tree b{display:block;margin-bottom:10px}.tree div{padding:3px 6px;border-radius:5px;color:#444a55}
.main{position:fixed;left:210px;right:468px;top:0;bottom:0;display:flex;flex-direction:column}.tab{height:40px;padding:10px 18px;font:13px/20px ui-monospace,Menlo,Consolas,monospace;background:#fff;border-bottom:1px solid #e2e4e9}
.code{flex:1;overflow:auto;padding:14px 0;background:#fff;font:13px/20px ui-monospace,Menlo,Consolas,monospace}.line{white-space:pre;padding:0 18px}.line u{display:inline-block;width:34px;color:#a9aeb8;text-decoration:none}.minus{background:#fdecea;color:#8c2318}.plus{background:#e6f5ec;color:#17633c}
.console{height:150px;margin:0;padding:12px 18px;overflow:auto;background:#1f232b;color:#d4d9e3;font:12px/18px ui-monospace,Menlo,Consolas,monospace;white-space:pre-wrap}.panel{top:24px;border-color:#d9dce2}.mine,.composer button,.thumb.on{background:#3557b8}.theirs{background:#f1f3f7}.doing{font:12px/18px ui-monospace,Menlo,Consolas,monospace}
`

// editorLook is an editor with the coding agent next to it.
func (s *scene) editorLook(width, height int) look {
	k := look{
		thread: el("div.thread"), input: el("input", attribute{"placeholder", "Give the agent a task"}), send: el("button", "Send"),
		inputX: width - 290, inputY: height - 56, sendX: width - 64, sendY: height - 56, threadLeft: width - 428, threadTop: 88, threadHeight: height - 24 - 64 - 88 - 16,
		title: el("div.tab", "README.md"), code: el("div.code", numbered("# billing\n\nInvoices, reminders and exports.\n\nRun the tests with `pytest`.")), output: el("pre.console", "$"),
	}
	k.main = el("div.main", k.title, k.code, k.output)
	var files []*node
	for _, t := range coderTasks[:7] {
		files = append(files, el("div", t.files[0]))
	}
	k.root = document("billing · Cairn Code", editorStyle, el("div.tree", el("b", "billing"), files), k.main,
		el("div.panel", el("header", el("i"), "Agent"), k.thread, el("div.composer", k.input, k.send)))
	return k
}

// numbered returns the lines of a file with their numbers.
func numbered(text string) (all []*node) {
	n := 0
	for line := range strings.SplitSeq(text, "\n") {
		n++
		all = append(all, el("div.line", el("u", strconv.Itoa(n)), line+" "))
	}
	return all
}

const helpStyle = `.main{height:100%;overflow-y:auto;padding:56px 24px}.inner{max-width:720px;margin:0 auto}.main h1{font-size:26px;line-height:32px;margin-bottom:16px}.box{display:flex;gap:8px;margin-bottom:24px}.box input{flex:1;height:46px;padding:0 16px;border:1px solid #d0cabd;border-radius:12px;background:#fff;font-size:16px}.box button{width:90px;border:0;border-radius:12px;background:#0f766e;color:#fff;font-weight:600}
.thread{padding:0;overflow:visible;min-height:60px}.theirs{background:#fff;border:1px solid #e2ded6;border-radius:12px;max-width:none;padding:16px 18px}.hits{display:grid;gap:10px}.hit{display:block;padding:12px 16px;border:1px solid #e8e4dc;border-radius:10px;background:#fff;color:#1c1b19;text-decoration:none}.hit b{display:block;color:#0f766e}.hit span{font-size:13px;color:#736e62}
`

// helpLook is the help with its search box.
func (s *scene) helpLook(width int) look {
	k := look{
		main: el("div.main"), thread: el("div.thread"), input: el("input", attribute{"placeholder", "Search the help"}), send: el("button", "Search"), single: true,
		inputX: width/2 - 120, inputY: 127, sendX: width/2 + 315, sendY: 127, threadLeft: width/2 - 360, threadTop: 174, threadHeight: 400,
	}
	k.hits = k.thread
	k.main.children = []*node{el("div.inner", el("h1", "How can we help?"), el("div.box", k.input, k.send), k.thread)}
	k.root = document("Help · Cairn Supply", helpStyle, k.main)
	return k
}

const ordersStyle = `.main{max-width:900px;margin:0 auto;padding:40px 24px}.main h1{font-size:26px;line-height:32px;margin-bottom:20px}.order{display:flex;gap:16px;padding:18px 20px;margin-bottom:14px;background:#fff;border:1px solid #e8e4dc;border-radius:12px}.order b{flex:1}.order span{color:#736e62}
`

// ordersPage is the page in a second tab, and the order that people click on it.
func ordersPage(s *scene) (root, first *node) {
	var orders []*node
	for range 4 {
		orders = append(orders, el("div.order", el("b", "Order "+s.number(5)), el("span", pick(s.draw, articles)), el("span", pick(s.draw, []string{"delivered", "on its way", "being packed"}))))
	}
	return document("Your orders · Cairn Supply", ordersStyle, el("div.main", el("h1", "Your orders"), orders)), orders[0]
}

// document is a whole page.
func document(title, style string, body ...*node) *node {
	return el("html", attribute{"lang", "en"},
		el("head", el("meta", attribute{"charset", "utf-8"}), el("title", title), el("style", attribute{"_cssText", commonStyle + style})),
		el("body", body))
}
