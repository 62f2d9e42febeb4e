// Model output as HTML. It is hostile input: whoever writes into a prompt writes into this page. Three fences stand one
// behind the other: markup in the text is shown as text, what marked makes of the rest passes a short list of elements
// and attributes, and the page's content security policy runs no inline script and loads nothing from elsewhere.
import DOMPurify, { type Config } from "dompurify";
import { Marked } from "marked";

const escape = (s: string) =>
  s.replace(/[&<>"']/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" })[c] ?? c);

/** Images whose data is in the text itself. SVG is not among them: it is a document of its own. */
export const inlineImage = /^data:image\/(?:png|jpe?g|gif|webp|avif);base64,[a-z0-9+/=\s]+$/i;
const safeLink = /^(?:https?:\/\/|mailto:)/i;

const marked = new Marked({
  gfm: true,
  breaks: true,
  renderer: {
    // <br> is how models break lines in tables; every other tag is shown as it was written.
    html: ({ text }) => (/^<br\s*\/?>\s*$/i.test(text) ? "<br>" : escape(text)),
    checkbox: ({ checked }) => (checked ? "☑ " : "☐ "),
    // A remote image would tell its host who reads this, and when. The reader decides, by a click.
    image: ({ href, text }) =>
      inlineImage.test(href)
        ? `<img src="${escape(href)}" alt="${escape(text)}">`
        : `<a href="${escape(href)}" title="A remote image, not loaded. Opens in a new tab.">Image ${text ? `“${escape(text)}”` : ""} at ${escape(href)}</a>`,
  },
});

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

/** Markdown as HTML that is safe to put into the page. */
export function render(text: string): string {
  return sanitise(marked.parse(text, { async: false }));
}

/** Leaves of html what is allowed. Exported for its tests: pages use render. */
export function sanitise(html: string): string {
  return purify.sanitize(html, allowed);
}
