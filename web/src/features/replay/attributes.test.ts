import { describe, expect, it } from "vitest";
import { localAttributes } from "./attributes";

const far = "http://far.test/a.png";
const image = "data:image/png;base64,AAAA";

describe("localAttributes", () => {
  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ["img", { src: far, alt: "A: b", class: "md:w-1/2" }, { "data-left-out-src": far, src: "data:,", alt: "A: b", class: "md:w-1/2" }],
    ["img", { src: "/local.png" }, { "data-left-out-src": "/local.png", src: "data:," }],
    ["img", { src: image, srcset: `${image} 2x` }, { src: image, srcset: `${image} 2x` }],
    ["img", { srcset: `${image} 1x, ${far} 2x` }, { "data-left-out-srcset": `${image} 1x, ${far} 2x` }],
    ["img", { src: "data:text/html,x" }, { "data-left-out-src": "data:text/html,x", src: "data:," }],
    ["img", { rr_dataURL: image, rr_width: "10px" }, { rr_dataURL: image, rr_width: "10px" }],
    ["canvas", { rr_dataURL: far }, { "data-left-out-rr-dataurl": far }],
    ["iframe", { src: image, srcdoc: "<p>" }, { "data-left-out-src": image, "data-left-out-srcdoc": "<p>" }],
    ["iframe", { SRC: far }, { "data-left-out-src": far }],
    ["video", { src: "data:video/mp4,x", poster: image }, { "data-left-out-src": "data:video/mp4,x", poster: image }],
    ["a", { href: far, target: "_blank", ping: far }, { "data-left-out-href": far, href: "about:blank", target: "_blank", "data-left-out-ping": far }],
    ["a", { href: "#part" }, { href: "#part" }],
    ["a", { href: null }, { href: null }],
    ["use", { "xlink:href": "#icon" }, { "xlink:href": "#icon" }],
    ["use", { "xlink:href": `${far}#icon` }, { "data-left-out-xlink-href": `${far}#icon` }],
    ["image", { "xlink:href": image }, { "xlink:href": image }],
    ["link", { rel: "preconnect", href: far, media: "print", _cssText: `a { b: url(${far}) }` }, { "data-left-out-rel": "preconnect", "data-left-out-href": far, media: "print", _cssText: 'a { b: url("data:,") }' }],
    ["meta", { "http-equiv": "refresh", content: `0;url=${far}` }, { "data-left-out-http-equiv": "refresh", content: `0;url=${far}` }],
    ["param", { name: "movie", value: far }, { name: "movie", "data-left-out-value": far }],
    ["input", { value: far, placeholder: "https://", type: "image", src: image }, { value: far, placeholder: "https://", type: "image", src: image }],
    ["div", { onclick: "x()", onfuture: "x()", style: `a: url(${far})`, "data-x": far, "aria-label": far }, { style: 'a: url("data:,")', "data-x": far, "aria-label": far }],
    ["div", { future: far, other: "//far.test", hidden: true, tabindex: 0, "_ngcontent-abc": "" }, { "data-left-out-future": far, future: "", "data-left-out-other": "//far.test", other: "", hidden: true, tabindex: 0, "_ngcontent-abc": "" }],
    ["rect", { fill: "url(#g)", filter: `url(${far})`, mask: "u\\72l(x)" }, { fill: "url(#g)", "data-left-out-filter": `url(${far})`, filter: "", "data-left-out-mask": "u\\72l(x)", mask: "" }],
    ["svg", { viewBox: "0 0 1 1", xmlns: "http://www.w3.org/2000/svg", "xmlns:xlink": "http://www.w3.org/1999/xlink", "xml:base": far }, { viewBox: "0 0 1 1", xmlns: "http://www.w3.org/2000/svg", "xmlns:xlink": "http://www.w3.org/1999/xlink", "data-left-out-xml-base": far, "xml:base": "" }],
    ["p", { style: { color: "red", background: [`url(${far})`, "important"], width: false, "a: b; c": "d" } }, { style: { color: "red", background: ['url("data:,")', "important"], width: false } }],
  ])("%s %j", (tag, attributes, local) => expect(localAttributes(tag, attributes)).toEqual(local));
});
