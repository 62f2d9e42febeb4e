import { describe, expect, it } from "vitest";
import { localAttributes } from "./attributes";
import { inlinedIn, servedFrom } from "./assets";
import { localCSS } from "./css";

const page = { origin: "https://playhead.example", pathname: "/sessions/s", search: "?project=shop" };
const kept = servedFrom(["cdn.example.com", "*.fonts.example", "app.example:8443"], page);
const served = (address: string) => `https://playhead.example/api/assets?url=${encodeURIComponent(address)}&project=shop`;

describe("copies of what a page refers to", () => {
  it.each(["https://cdn.example.com/a.css", "http://cdn.example.com:80/a", "https://a.fonts.example/f?x=1&y", "https://app.example:8443/i"])("are asked of the server for %s", (address) => {
    expect(kept(address)).toBe(served(address));
    expect(kept(` ${address}#part`)).toBe(`${served(address)}#part`);
  });

  it.each([
    "https://other.example/a.css",
    "https://cdn.example.com:8443/a",
    "https://fonts.example/a",
    "https://xfonts.example/a",
    "https://cdn.example.com@evil.example/a",
    "https://me:secret@cdn.example.com/a",
    "//cdn.example.com/a",
    "a.css",
    "javascript:alert('https://cdn.example.com/')",
    "data:text/css,a",
    "",
  ])("are not for %s", (address) => {
    expect(kept(address)).toBeNull();
    expect(servedFrom([], page)(address)).toBeNull();
  });

  it("are in a file as data", () => {
    const inlined = inlinedIn({ "https://cdn.example.com/a.svg": "data:image/svg+xml;base64,AA==", "https://x.example/": "https://evil.example/" });
    expect(inlined("https://cdn.example.com/a.svg#part")).toBe("data:image/svg+xml;base64,AA==#part");
    for (const address of ["https://x.example/", "toString", "__proto__", "https://cdn.example.com/b.svg"]) expect(inlined(address)).toBeNull();
  });
});

const at = "https://cdn.example.com/";

describe("a recorded page with copies", () => {
  it.each([
    ["link", { rel: "stylesheet", href: `${at}a.css`, media: "print" }, { rel: "stylesheet", href: served(`${at}a.css`), media: "print" }],
    ["link", { rel: "stylesheet", href: "https://other.example/a.css" }, { rel: "stylesheet", "data-left-out-href": "https://other.example/a.css" }],
    ["link", { rel: "preconnect", href: `${at}a.css` }, { "data-left-out-rel": "preconnect", "data-left-out-href": `${at}a.css` }],
    ["link", { href: `${at}a.css` }, { "data-left-out-href": `${at}a.css` }],
    ["img", { src: `${at}a.png` }, { src: served(`${at}a.png`) }],
    ["img", { srcset: `${at}a,b.png 1x, https://other.example/b.png 2x,${at}c.png` }, { srcset: `${served(`${at}a,b.png`)} 1x, ${served(`${at}c.png`)}` }],
    ["image", { "xlink:href": `${at}a.svg#i` }, { "xlink:href": `${served(`${at}a.svg`)}#i` }],
    ["a", { href: `${at}page` }, { "data-left-out-href": `${at}page`, href: "about:blank" }],
    ["iframe", { src: `${at}page` }, { "data-left-out-src": `${at}page` }],
    ["video", { src: `${at}a.mp4` }, { "data-left-out-src": `${at}a.mp4` }],
    ["script", { src: `${at}a.js` }, { "data-left-out-src": `${at}a.js` }],
    ["div", { style: `background:url(${at}a.png)` }, { style: `background:url("${served(`${at}a.png`)}")` }],
  ])("%s %j", (tag, attributes, local) => expect(localAttributes(tag, attributes, kept)).toEqual(local));

  it.each([
    [`@font-face{src:url('${at}f.woff2')}`, `@font-face{src:url("${served(`${at}f.woff2`)}")}`],
    [`a{b:image-set("${at}a.png" 1x, "https://other.example/b" 2x)}`, `a{b:image-set("${served(`${at}a.png`)}" 1x, "data:," 2x)}`],
    [`@import url(${at}b.css) screen;a{}`, `@import url("${served(`${at}b.css`)}") screen;a{}`],
    [`@import '${at}b.css';`, `@import url("${served(`${at}b.css`)}");`],
    [`@import "https://other.example/b.css";`, `@left-out "https://other.example/b.css";`],
    [`@import "${at}b.css`, `@left-out "${at}b.css"`],
  ])("%s", (css, local) => expect(localCSS(css, kept)).toBe(local));
});
