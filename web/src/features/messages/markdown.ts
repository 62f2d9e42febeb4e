// Model output as HTML. It is hostile input: whoever writes into a prompt writes into this page. Three fences stand one
// behind the other: markup in the text is shown as text (blocks.ts), what markdown-it makes of the rest passes a short list of
// elements and attributes, and the page's content security policy runs no inline script and loads nothing from elsewhere.
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
  ADD_URI_SAFE_ATTR: ["align", "start"], // values that are no addresses
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
  if (node.nodeName === "IMG" && !inlineImage.test(node.getAttribute("src") ?? "")) node.remove();
});

/** Leaves of html what is allowed: HTML that is safe to put into the page. */
export function sanitise(html: string): string {
  return purify.sanitize(html, allowed);
}
