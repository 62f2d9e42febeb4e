// @vitest-environment jsdom
import { describe, expect, it } from "vitest";
import { format } from "./blocks";
import { sanitise } from "./markdown";

/** What Markdown.svelte puts into the page. */
function render(text: string): string {
  const formatted = format(text);
  if ("refused" in formatted) throw new Error(formatted.refused);
  return formatted.blocks.map((block) => (block.kind === "html" ? sanitise(block.html) : "")).join("");
}

const dom = (html: string) => new DOMParser().parseFromString(html, "text/html").body;

describe("render", () => {
  it("renders what models write", () => {
    const body = dom(render("# Title\n\n**bold** `code`\n\n- [x] done\n- two\n\n| a | b |\n|---|--:|\n| 1<br>2 | 3 |"));
    expect(body.querySelector("h3")?.textContent).toBe("Title");
    expect(body.querySelector("strong")?.textContent).toBe("bold");
    expect(body.querySelectorAll("li")).toHaveLength(2);
    expect(body.querySelector("li")?.textContent).toContain("☑");
    expect(body.querySelector("td br")).not.toBeNull();
    expect(body.querySelectorAll("td")[1]?.getAttribute("align")).toBe("right");
  });

  it("puts the headings of a text below those of the page, and leaves no level out", () => {
    const body = dom(render("## A\n\n#### B\n\n#### C\n\n## D\n\n# E\n\n###### F"));
    expect([...body.querySelectorAll("h1, h2, h3, h4, h5, h6")].map((h) => `${h.tagName} ${h.textContent}`)).toEqual(["H3 A", "H4 B", "H4 C", "H3 D", "H3 E", "H4 F"]);
  });

  it("lets keyboards scroll what is wide", () => {
    const body = dom(render("| a |\n|---|\n| 1 |\n\n    code"));
    expect([body.querySelector("table")?.getAttribute("tabindex"), body.querySelector("pre")?.getAttribute("tabindex")]).toEqual(["0", "0"]);
  });

  it("opens links of three schemes in a new tab and no others", () => {
    const body = dom(render("[a](https://example.com) [b](mailto:a@example.com) [c](javascript:alert(1)) [d](/api/traces) [e](data:text/html,x) [f](//example.com)"));
    const links = [...body.querySelectorAll("a")];
    expect(links.map((a) => a.getAttribute("href")).filter(Boolean)).toEqual(["https://example.com", "mailto:a@example.com"]);
    for (const a of links) {
      expect(a.getAttribute("rel")).toBe("noopener noreferrer");
      expect(a.getAttribute("target")).toBe("_blank");
    }
  });

  it("shows a remote image as a link with its address, and an inline one", () => {
    const body = dom(render("![chart](https://example.com/p.png?u=1) ![dot](data:image/png;base64,iVBORw0KGgo=) ![vector](data:image/svg+xml;base64,PHN2Zz4=)"));
    expect([...body.querySelectorAll("img")].map((i) => i.getAttribute("src"))).toEqual(["data:image/png;base64,iVBORw0KGgo="]);
    expect(body.querySelector("a")?.getAttribute("href")).toBe("https://example.com/p.png?u=1");
    expect(body.querySelector("a")?.textContent).toContain("https://example.com/p.png?u=1");
  });

  it.each([
    ["script", "<script>window.pwned = 1</script>"],
    ["event handler", '<img src=x onerror="window.pwned = 1">'],
    ["svg", "<svg onload=alert(1)><script>alert(1)</script></svg>"],
    ["style", "<style>body { display: none }</style>"],
    ["form", "<form action=https://example.com><input name=q><button>go</button></form>"],
    ["frame", "<iframe srcdoc='<script>alert(1)</script>'></iframe>"],
    ["nested in markdown", "[<img src=x onerror=alert(1)>](https://example.com)"],
    ["in a table", "| a |\n|---|\n| <b onclick=alert(1)>x</b> |"],
    ["attribute break-out", '![x" onerror="alert(1)](https://example.com/"onload="alert(1))'],
    ["mutation", '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">'],
  ])("makes nothing of hostile markup: %s", (_, text) => {
    const body = dom(render(text));
    expect(body.querySelector("script, style, svg, math, form, input, button, iframe, object, embed, link, meta, base, img")).toBeNull();
    for (const element of body.querySelectorAll("*")) {
      for (const name of element.getAttributeNames()) expect(["href", "tabindex", "title", "target", "rel", "align", "start", "alt"]).toContain(name);
    }
  });

  it("shows markup as the text it is", () => {
    expect(dom(render("use <div class='a'> here")).textContent).toContain("<div class='a'>");
    expect(dom(render("<script>x()</script>")).textContent).toContain("<script>x()</script>");
  });
});

describe("sanitise", () => {
  it("holds even if markdown let markup through", () => {
    const body = dom(sanitise('<p style="position:fixed" class=x id=y onclick=a()>t<img src="https://example.com/x.png"><a href="javascript:a()">l</a><form><input></form>'));
    expect(body.innerHTML).toBe('<p>t<a target="_blank" rel="noopener noreferrer">l</a></p>');
  });
});
