// Model output as HTML. It is hostile input: anybody who can write into a prompt can write into this page. There are three defences:
// HTML in the text is shown as text (blocks.ts); the output of markdown-it is sanitised to a short list of elements and attributes; and
// the page's content security policy runs no inline script and loads nothing from other hosts.
import DOMPurify, { type Config } from "dompurify";
import { inlineImage } from "./images";

const safeLink = /^(?:https?:\/\/|mailto:)/i;

const allowed = {
  ALLOWED_TAGS: [
    ...["p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "code", "ul", "ol", "li"],
    ...["strong", "em", "del", "a", "img", "table", "thead", "tbody", "tr", "th", "td"],
  ],
  ALLOWED_ATTR: ["href", "title", "src", "alt", "align", "start"],
  ALLOWED_URI_REGEXP: safeLink,
  ADD_URI_SAFE_ATTR: ["align", "start"], // their values are not addresses
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
} satisfies Config;

const purify = DOMPurify(window);
purify.addHook("afterSanitizeAttributes", (node) => {
  if (node.nodeName === "A") {
    if (!safeLink.test(node.getAttribute("href") ?? "")) node.removeAttribute("href");
    node.setAttribute("target", "_blank");
    node.setAttribute("rel", "noopener noreferrer");
  }
  if (node.nodeName === "TABLE" || node.nodeName === "PRE") node.setAttribute("tabindex", "0"); // it scrolls when it is wide, so the keyboard must reach it
  if (node.nodeName === "IMG" && !inlineImage.test(node.getAttribute("src") ?? "")) node.remove();
});

/** Sanitises html, so that it is safe to put into the page. */
export function sanitise(html: string): string {
  return purify.sanitize(html, allowed);
}
