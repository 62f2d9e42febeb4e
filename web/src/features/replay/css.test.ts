import { describe, expect, it } from "vitest";
import { growth } from "./cost";
import { replayCSS, isLocal, localCSS } from "./css";

const far = "http://far.test/a";
const gone = 'url("data:,")';

describe("localCSS", () => {
  it.each([
    [`a { background: url(${far}) }`, `a { background: ${gone} }`],
    [`a { background: url( "${far}" ) }`, `a { background: url( "data:," ) }`],
    [`a { background: URL('${far}') }`, `a { background: URL("data:,") }`],
    ["a { background: url(//far.test/a) }", `a { background: ${gone} }`],
    ["a { background: url(/a.png) }", `a { background: ${gone} }`],
    ["a { background: url() }", `a { background: ${gone} }`],
    ["a { background: url(a.png", `a { background: ${gone}`],
    [`a { background: u\\72 l(${far}) }`, `a { background: ${gone} }`],
    [`a { background: \\000075\\000072\\00006C(${far}) }`, `a { background: ${gone} }`],
    [`a { background: url(\\68ttp\\3a//far.test) }`, `a { background: ${gone} }`],
    [`a { background: url(data:,x http://far.test) }`, `a { background: ${gone} }`],
    [`a { background: url(data:,"x) }`, `a { background: ${gone} }`],
    [`a { background: url(x\\)y) url(${far}) }`, `a { background: ${gone} ${gone} }`],
    [`@import "${far}"; b {}`, `@left-out "${far}"; b {}`],
    [`@import url(${far}) layer(x);`, `@left-out ${gone} layer(x);`],
    [`@\\49mport '${far}';`, `@left-out '${far}';`],
    [`a { background: image-set("${far}" 1x, url(${far}) 2x) }`, `a { background: image-set("data:," 1x, ${gone} 2x) }`],
    [`a { background: -webkit-image-set(var(--a) 1x) }`, `a { background: -webkit-image-set(left-out(--a) 1x) }`],
    [`a { background: image-set(type("image/png")"${far}") "${far}" }`, `a { background: image-set(type("data:,")"data:,") "${far}" }`],
    [`@font-face { src: url(${far}) format("woff2"), local("Arial") }`, `@font-face { src: ${gone} format("woff2"), local("Arial") }`],
    [`a {} /*# sourceMappingURL=${far} */ b {}`, "a {} /**/ b {}"],
    [`a {} /* url(`, "a {} /**/"],
    [`a::before { content: "${far}`, `a::before { content: "${far}"`],
    [`a::before { content: "x\\`, `a::before { content: "x"`],
    [`a::before { content: "x\n url(${far}) }`, `a::before { content: "x\n ${gone} }`],
    [`a { background: url(${far}`.repeat(2), `a { background: ${gone}`],
    [`a { width: 1url(/*) */ url(${far}) }`, `a { width: 1url(/**/ ${gone} }`],
  ])("leaves out what %s loads", (css, local) => expect(localCSS(css)).toBe(local));

  it.each([
    "a[href^='http://far.test'], .x\\:y:hover > b::after { content: 'http://far.test'; color: rgb(1 2 3 / 50%) }",
    '@namespace url("http://www.w3.org/1999/xhtml"); @charset "utf-8"; @media (min-width: 10px) { a { margin: -1.5em calc(1px + 2%) } }',
    'a { background: url("data:image/png;base64,AAAA==") no-repeat; filter: url("#f"); --x: { y }; quotes: "«" "»" }',
    '@font-face { font-family: "x y"; src: url("data:font/woff2;base64,d09G") format("woff2"); unicode-range: U+0-7F }',
    'a { background: image-set(url("data:image/png,x") 1x, "data:image/png,y" 2x) }',
    "a { background: var(--http); content: attr(data-x) counter(y) } /**/ b { x: \"it's\\\n on\" }",
  ])("keeps %s", (css) => expect(localCSS(css)).toBe(css));

  it("writes what it keeps as one string", () => {
    expect(localCSS("a { background: url(data:image/svg+xml;utf8,<svg\\ x=\\'1\\'/>) }")).toBe(`a { background: url("data:image/svg+xml;utf8,<svg x='1'/>") }`);
    expect(localCSS("url(data:a\\\"b)")).toBe('url("data:a\\22 b")');
    expect(localCSS("url(  #f  )")).toBe('url("#f")');
  });

  it("does not put together what stands beside it", () => {
    const values = ['"', "url(", "/*", "\\", "'x", "image-set(", 'url("', "x\\"];
    for (const a of values) for (const b of values) expect(localCSS(`a: ${localCSS(a)}; b: ${localCSS(b)}${far})`)).not.toMatch(/url\(\s*["']?http/i);
  });

  it.each<[string, (n: number) => string]>([
    ["addresses", (n) => `a{background:url(${far})}`.repeat(n / 37)],
    ["comments", (n) => "/*".repeat(n / 2)],
    ["closed comments", (n) => "/**/x".repeat(n / 5)],
    ["quotes", (n) => '"'.repeat(n)],
    ["strings over lines", (n) => '"\n'.repeat(n / 2)],
    ["open addresses", (n) => "url(".repeat(n / 4)],
    ["spaces in an address", (n) => `url(${" ".repeat(n)}x`],
    ["parentheses", (n) => "(".repeat(n)],
    ["loaders", (n) => "image-set(".repeat(n / 10)],
    ["escapes", (n) => "\\75 ".repeat(n / 4)],
    ["escapes in an address", (n) => `url(${"\\75 ".repeat(n / 4)})`],
    ["backslashes", (n) => "\\".repeat(n)],
    ["a name", (n) => "x".repeat(n)],
    ["hyphens", (n) => "-".repeat(n)],
    ["digits", (n) => "1".repeat(n)],
    ["at signs", (n) => "@import ".repeat(n / 8)],
  ])("takes time in proportion to its length for %s", (_, make) => expect(growth(make, localCSS, 40_000)).toBeLessThan(64), 60_000);
});

describe("replayCSS", () => {
  it.each([
    ["a:hover, b:HOVER > c { color: red }", "a.\\:hover, b.\\:hover > c { color: red }"],
    [":hover{} a:not(:hover) {}", ".\\:hover{} a:not(.\\:hover) {}"],
    ["@media (hover:hover) { a:hover { x: y } }", "@media (hover:hover) { a.\\:hover { x: y } }"],
    [".a { &:hover { x:y } animation-name:hover; b:hover }", ".a { &.\\:hover { x:y } animation-name:hover; b:hover }"],
    [".md\\:hover:hover {}", ".md\\:hover.\\:hover {}"],
    ["a:hovered, a::hover, a[title=':hover'] { content: ':hover' } /* b:hover { */", "a:hovered, a::hover, a[title=':hover'] { content: ':hover' } /* b:hover { */"],
    ["@media screen and (max-device-width: 9px) { a { max-device-width: 1px } }", "@media screen and (max-width: 9px) { a { max-device-width: 1px } }"],
    [`a { background: url(${far}) } @import "${far}"; b:hover {}`, `a { background: url(${far}) } @import "${far}"; b.\\:hover {}`],
    ["a { content: 'x", "a { content: 'x"],
    ["@media (prefers-color-scheme: dark) { a {} } @media (prefers-color-scheme:LIGHT) and (min-width: 1px) {}", "@media (max-width: 0px) { a {} } @media (min-width: 0px) and (min-width: 1px) {}"],
    ["@media (prefers-color-scheme) {} a { prefers-color-scheme: dark }", "@media (min-width: 0px) {} a { prefers-color-scheme: dark }"],
    [":root { color-scheme: light dark } a { color-scheme:dark; b: color-scheme } c { color-scheme: dark light!important }", ":root { color-scheme: only light } a { color-scheme:dark; b: color-scheme } c { color-scheme: only light!important }"],
  ])("%s", (css, adapted) => expect(replayCSS(css)).toBe(adapted));

  it.each<[string, (n: number) => string]>([
    ["rules", (n) => "a:hover{}".repeat(n / 9)],
    ["selectors", (n) => `${"a:hover,".repeat(n / 8)}b {}`],
    ["declarations", (n) => `a { ${"b:hover;".repeat(n / 8)} }`],
    ["colour schemes", (n) => `a { ${"color-scheme:".repeat(n / 13)} }`],
  ])("takes time in proportion to its length for %s", (_, make) => expect(growth(make, replayCSS, 40_000)).toBeLessThan(64), 60_000);
});

describe("isLocal", () => {
  it.each(["data:image/png,x", " \n data:,", "DATA:,", "d\na\tta:,", "#f"])("%j stays", (address) => expect(isLocal(address)).toBe(true));
  it.each(["", "a", "/a", "//a", "http:a", "blob:x", "about:blank", "javascript:data:", "x data:", " ".repeat(100) + "data:,"])("%j leads elsewhere", (address) => expect(isLocal(address)).toBe(false));
});
