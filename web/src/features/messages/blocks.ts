// Converts markdown to blocks, each small enough to be put into the page at once. It runs in a worker, which has no document, so the
// page sanitises the result, see markdown.ts.
import MarkdownIt, { type Token } from "markdown-it";
import { inlineImage } from "./images";

/**
 * A part of the text. It is HTML, which may continue in the next block, or plain text: code, a long paragraph without markup, or text that is too
 * large to format (unformatted).
 */
export type Block = { kind: "html"; html: string; height: number; goesOn: boolean } | { kind: "code" | "plain"; text: string } | { kind: "unformatted"; text: string };

/** The result of formatting a text. The page has a message for each reason. */
export type Formatted = { blocks: Block[] } | { refused: Refused };
export type Refused = "deep" | "slow" | "long" | "failed";

/** Deeper nesting is not formatted: markdown-it would drop the inner content, and browsers lay it out slowly. */
const deepest = 50;
/** About how many characters a block may have; each tag counts as some. */
const most = 2500;
const tagWeight = 12;

const escape = (s: string) => s.replace(/[&<>"']/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" })[c] ?? c);

// html: false shows HTML in the text as text. It is the first of the three defences.
const md = new MarkdownIt({ html: false, linkify: true, breaks: true, maxNesting: deepest });
// Only addresses with a scheme become links; otherwise file names would.
md.linkify.set({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false });
const valid = md.validateLink.bind(md);
md.validateLink = (url: string) => valid(url) || inlineImage.test(url);

// Models use <br> for line breaks in tables. Every other tag is shown as text.
md.inline.ruler.before("autolink", "br", (state, silent) => {
  const tag = /^<br\s{0,3}\/?>/i.exec(state.src.slice(state.pos, state.pos + 9));
  if (!tag) return false;
  if (!silent) state.push("hardbreak", "br", 0);
  state.pos += tag[0].length;
  return true;
});
md.core.ruler.before("inline", "tasks", ({ tokens }) => {
  for (const [i, token] of tokens.entries()) {
    if (token.type !== "inline" || tokens[i - 1]?.type !== "paragraph_open" || tokens[i - 2]?.type !== "list_item_open") continue;
    token.content = token.content.replace(/^\[([ xX])\] /, (_, mark: string) => (mark === " " ? "☐ " : "☑ "));
  }
});
// The page's own headings have the levels 1 and 2. A text's headings begin at level 3 and skip no level, whichever levels the model wrote.
md.core.ruler.push("outline", ({ tokens }) => {
  const above: number[] = [];
  for (const token of tokens) {
    if (token.type !== "heading_open" && token.type !== "heading_close") continue;
    if (token.nesting === 1) {
      const level = Number(token.tag[1]);
      while (above.length > 0 && (above.at(-1) ?? 0) >= level) above.pop();
      above.push(level);
    }
    token.tag = `h${Math.min(6, 2 + above.length)}`;
  }
});
md.renderer.rules.s_open = () => "<del>";
md.renderer.rules.s_close = () => "</del>";
for (const cell of ["th_open", "td_open"]) {
  md.renderer.rules[cell] = (tokens, i) => {
    const align = /text-align:(\w+)/.exec(String(tokens[i]?.attrGet("style") ?? ""))?.[1];
    return align ? `<${tokens[i]?.tag} align="${align}">` : `<${tokens[i]?.tag}>`;
  };
}
// A remote image would tell its host who reads this and when. So it becomes a link, and the reader decides.
md.renderer.rules.image = (tokens, i, options, env) => {
  const src = String(tokens[i]?.attrGet("src") ?? "");
  const alt = escape(md.renderer.renderInlineAsText(tokens[i]?.children ?? [], options, env));
  if (inlineImage.test(src)) return `<img src="${escape(src)}" alt="${alt}">`;
  return `<a href="${escape(src)}" title="A remote image, not loaded. Opens in a new tab.">Image ${alt ? `“${alt}”` : ""} at ${escape(src)}</a>`;
};

/** Splits a text into blocks. Its time is not bounded, so the caller must be able to terminate it. */
export function format(text: string): Formatted {
  const tokens = md.parse(text, {});
  if (tokens.some((t) => t.nesting === 1 && t.level + 1 >= deepest)) return { refused: "deep" };
  return { blocks: new Cutter(text).cut(tokens) };
}

/** The end of the block that begins at i, exclusive. */
function endOf(tokens: readonly Token[], i: number): number {
  let depth = 0;
  for (let at = i; at < tokens.length; at++) {
    depth += tokens[at]?.nesting ?? 0;
    if (depth === 0) return at + 1;
  }
  return tokens.length;
}

const containers = new Set(["blockquote_open", "bullet_list_open", "ordered_list_open", "list_item_open", "table_open"]);

class Cutter {
  #blocks: Block[] = [];
  #lines: string[] | null = null;
  constructor(readonly text: string) {}

  cut(tokens: Token[]): Block[] {
    this.#children(tokens, [], []);
    return this.#blocks;
  }

  /** Joins small neighbours within the same parent elements. */
  #children(tokens: Token[], open: Token[], close: Token[]): void {
    let group: Token[] = [];
    let weight = 0;
    let first = 0;
    let nth = 0;
    const within = open.at(-1)?.type.endsWith("list_open") ?? false;
    const end = (goesOn: boolean) => {
      if (group.length > 0) this.#html([...from(open, first), ...group, ...close], weight, goesOn && within);
      group = [];
      weight = 0;
    };
    for (let i = 0; i < tokens.length; ) {
      const to = endOf(tokens, i);
      const block = tokens.slice(i, to);
      const size = weigh(block);
      if (weight + size > most) end(true);
      if (group.length === 0) first = nth;
      if (size <= most) {
        group.push(...block);
        weight += size;
      } else {
        this.#large(block, from(open, nth), close);
      }
      nth++;
      i = to;
    }
    end(false);
  }

  /** Splits a block that is too large into its children. */
  #large(block: Token[], open: Token[], close: Token[]): void {
    const [first, last] = [block[0], block.at(-1)];
    if (!first || !last) return;
    if (first.type === "fence" || first.type === "code_block") this.#blocks.push({ kind: "code", text: first.content });
    else if (first.type === "table_open") this.#table(block, open, close);
    else if (containers.has(first.type)) this.#children(block.slice(1, -1), [...open, first], [last, ...close]);
    else if (block.length === 3 && block[1]?.children) this.#inline(block[1], [...open, first], [last, ...close]);
    else this.#plain(first);
  }

  /** Splits a table into groups of rows, each with the table's head. */
  #table(block: Token[], open: Token[], close: Token[]): void {
    const body = block.findIndex((t) => t.type === "tbody_open");
    const last = block.at(-1);
    const bodyOpen = block[body];
    const bodyClose = block.at(-2);
    const head = block.slice(0, body);
    if (body < 0 || !last || !bodyOpen || !bodyClose || weigh(head) > most / 2) return this.#plain(block[0]);
    this.#children(block.slice(body + 1, -2), [...open, ...head, bodyOpen], [bodyClose, last, ...close]);
  }

  /** Splits a long paragraph between words, but not inside inline markup such as bold text. */
  #inline(inline: Token, open: Token[], close: Token[]): void {
    const children = inline.children ?? [];
    if (children.every((t) => t.type === "text" || t.type === "softbreak")) {
      this.#blocks.push({ kind: "plain", text: inline.content });
      return;
    }
    const runs: { tokens: Token[]; size: number }[] = [];
    for (let i = 0; i < children.length; ) {
      const to = endOf(children, i);
      const tokens = children.slice(i, to);
      const size = tokens.reduce((n, t) => n + t.content.length + tagWeight, 0);
      if (size > most || depth(tokens) > deepest) return this.#plain(inline);
      runs.push({ tokens, size });
      i = to;
    }
    let group: Token[] = [];
    let weight = 0;
    const end = (goesOn: boolean) => {
      if (group.some((t) => t.type !== "text" || t.content !== "")) this.#html([...open, part(inline, group), ...close], weight, goesOn);
      group = [];
      weight = 0;
    };
    for (const { tokens, size } of runs) {
      if (weight + size > most) end(true);
      group.push(...tokens);
      weight += size;
    }
    end(false);
  }

  #html(tokens: Token[], weight: number, goesOn: boolean): void {
    const shallow = tokens.map((t) => (t.children && depth(t.children) > deepest ? part(t, [asText(t)]) : t));
    const lines = tokens.reduce((n, t) => n + (t.type === "inline" || t.type === "fence" ? t.content.split("\n").length + 0.5 : 0), 0);
    this.#blocks.push({ kind: "html", html: md.renderer.render(shallow, md.options, {}), height: 22 * Math.max(1, Math.ceil(lines), Math.ceil(weight / 90)), goesOn });
  }

  /** The source text of a token. */
  #plain(token: Token | undefined): void {
    if (!token) return;
    this.#lines ??= this.text.split("\n");
    const text = token.map ? this.#lines.slice(token.map[0], token.map[1]).join("\n") : token.content;
    // Neighbours on the same lines are one text.
    const before = this.#blocks.at(-1);
    if (before?.kind !== "unformatted" || before.text !== text) this.#blocks.push({ kind: "unformatted", text });
  }
}

/** The opening tags for a part that begins with the nth child: an ordered list continues its numbers. */
function from(open: Token[], nth: number): Token[] {
  const last = open.at(-1);
  if (nth === 0 || last?.type !== "ordered_list_open") return open;
  const again = Object.assign(Object.create(Object.getPrototypeOf(last) as object), last, { attrs: [["start", String(Number(last.attrGet("start") ?? 1) + nth)]] }) as Token;
  return [...open.slice(0, -1), again];
}

function part(inline: Token, children: Token[]): Token {
  return Object.assign(Object.create(Object.getPrototypeOf(inline) as object), inline, { children }) as Token;
}

/** The source text of an inline token. */
const asText = (inline: Token): Token => Object.assign(part(inline, []), { type: "text", children: null });

function weigh(tokens: readonly Token[]): number {
  let n = 0;
  for (const t of tokens) n += t.children ? t.children.reduce((sum, c) => sum + c.content.length + tagWeight, 0) : t.content.length + tagWeight;
  return n;
}

function depth(tokens: readonly Token[]): number {
  let [now, most] = [0, 0];
  for (const t of tokens) {
    now += t.nesting;
    most = Math.max(most, now);
  }
  return most;
}
