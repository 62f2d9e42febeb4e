// Removes from style sheets of a recorded page what they load from other hosts. One pass over the text, as browsers read it
// (https://www.w3.org/TR/css-syntax-3/#tokenization): escapes, unquoted addresses and strings that never end are all ways to hide one.
import { noneKept, type Kept } from "./assets";

/** Replaces an address that was removed. It is a valid address, so the declaration around it stays valid, and it loads nothing. */
export const nothing = "data:,";

/** Functions that load the address in a string argument. Elsewhere a string is only text. */
const loaders = new Set(["image-set", "-webkit-image-set", "image", "src", "cross-fade", "-webkit-cross-fade"]);

/** Whether an address stays within the recording: a data URL, or a part of the same page. */
export function isLocal(address: string): boolean {
  // As browsers do before they parse an address: remove leading control characters and spaces, and all line breaks and tabs.
  const head = address.slice(0, 64).replace(/[\t\n\r]/g, "").replace(/^[\0-\x20]+/, "");
  return head.startsWith("#") || /^data:/i.test(head);
}

/**
 * The same style sheet, rule or value without @import and without comments (development tools load the source maps that they name). Its only
 * addresses are data URLs and those of copies.
 */
export function localCSS(css: string, kept: Kept = noneKept): string {
  return new Scanner(css, true, kept).run();
}

/**
 * The same style sheet for a replay. Rules for :hover apply to elements with the class ":hover", which the replayer sets under the recorded mouse, and
 * those for :focus to the element that had the focus then (focus.ts).
 * Media queries for the device's size ask for the viewport's instead. Where a page leaves its colour scheme to the reader, the light one is used:
 * who watches the replay must not change what was on the screen.
 */
export function replayCSS(css: string): string {
  return new Scanner(css, false, noneKept).run();
}

const quote = 0x22;
const apostrophe = 0x27;
const open = 0x28;
const close = 0x29;
const star = 0x2a;
const slash = 0x2f;
const backslash = 0x5c;

const isNewline = (c: number) => c === 10 || c === 13 || c === 12;
const isSpace = (c: number) => c === 32 || c === 9 || isNewline(c);
const isDigit = (c: number) => c >= 48 && c <= 57;
const isHex = (c: number) => isDigit(c) || (c >= 65 && c <= 70) || (c >= 97 && c <= 102);
/** CSS reads U+0000 as U+FFFD, which may be part of a name. */
const startsName = (c: number) => (c >= 97 && c <= 122) || (c >= 65 && c <= 90) || c === 95 || c >= 0x80 || c === 0;
const isName = (c: number) => startsName(c) || isDigit(c) || c === 45;

/** A text as it can stand in quotes. */
const quoted = (text: string) => text.replace(/["\\\n\r\f]/g, (c) => `\\${c.charCodeAt(0).toString(16)} `);

/** Attributes of the element that had the focus when the page was recorded, and of one whose focus was shown. */
export const focusAttribute = "data-playhead-focus";
export const focusVisibleAttribute = "data-playhead-focus-visible";

/** Pseudo-classes that would follow the reader, and what selects by the recording instead, with the same specificity. */
const ofReader = new Map([
  ["hover", ".\\:hover"],
  ["focus", `[${focusAttribute}]`],
  ["focus-visible", `[${focusVisibleAttribute}]`],
  ["focus-within", `:is([${focusAttribute}],:has([${focusAttribute}]))`],
]);
const longestPseudo = "focus-visible".length;

class Scanner {
  #at = 0;
  /** Everything before this position has been written. */
  #written = 0;
  readonly #out: string[] = [];
  /** For each open parenthesis, whether it belongs to a function that loads. */
  readonly #nested: boolean[] = [];
  /** In @namespace, whose address is only a name and never loaded. */
  #naming = false;

  /** In the prelude of an at-rule, before its block. */
  #asking = false;
  /** Pseudo-classes since the last rule or declaration, each with its position and what replaces it. They are in a selector if a block follows. */
  #pseudos: { at: number; name: string; instead: string }[] = [];

  /** local: removes references to other hosts; otherwise rewrites what selects by the reader's pointer and focus. */
  constructor(
    private readonly css: string,
    private readonly local: boolean,
    private readonly kept: Kept,
  ) {}

  run(): string {
    const { css } = this;
    while (this.#at < css.length) {
      const c = css.charCodeAt(this.#at);
      if (c === quote || c === apostrophe) this.#string();
      else if (c === slash && css.charCodeAt(this.#at + 1) === star) this.#comment();
      else if (this.#nameBegins()) this.#word();
      else if (isDigit(c)) this.#number();
      else if (c === 0x40) this.#atRule();
      else if (c === 0x23) this.#hash();
      else {
        if (c === open) this.#enter(false);
        else if (c === close) this.#nested.pop();
        else if (c === 0x3b || c === 0x7b || c === 0x7d) this.#next(c === 0x7b);
        else if (c === 0x3a && !this.local) this.#pseudo();
        this.#at++;
      }
    }
    if (this.#written === 0) return css;
    this.#write(this.#at, this.#at, "");
    return this.#out.join("");
  }

  /** A rule or declaration begins. */
  #next(block: boolean): void {
    if (block) for (const { at, name, instead } of this.#pseudos) this.#write(at, at + 1 + name.length, instead);
    if (this.#pseudos.length > 0) this.#pseudos = [];
    this.#naming = this.#asking = false;
  }

  #pseudo(): void {
    const { css } = this;
    const at = this.#at;
    const c = css.charCodeAt(at + 1) | 0x20;
    if (this.#asking || css.charCodeAt(at - 1) === 0x3a || (c !== 0x66 && c !== 0x68)) return;
    let end = at + 1;
    while (end - at <= longestPseudo && isName(css.charCodeAt(end))) end++;
    const name = css.slice(at + 1, end).toLowerCase();
    const instead = ofReader.get(name);
    if (instead !== undefined && !isName(css.charCodeAt(end)) && css.charCodeAt(end) !== backslash) this.#pseudos.push({ at, name, instead });
  }

  /** In local mode, writes text instead of the input since from. */
  #replace(from: number, text: string): void {
    if (this.local) this.#write(from, this.#at, text);
  }

  /** Writes the input up to from unchanged, and text instead of the input between from and to. */
  #write(from: number, to: number, text: string): void {
    if (from > this.#written) this.#out.push(this.css.slice(this.#written, from));
    this.#out.push(text);
    this.#written = to;
  }

  #enter(loader: boolean): void {
    this.#nested.push(loader || this.#loading);
  }

  get #loading(): boolean {
    return this.#nested.at(-1) ?? false;
  }

  #comment(): void {
    const from = this.#at;
    const end = this.css.indexOf("*/", from + 2);
    this.#at = end < 0 ? this.css.length : end + 2;
    this.#replace(from, "/**/");
  }

  #isEscape(at: number): boolean {
    return this.css.charCodeAt(at) === backslash && at + 1 < this.css.length && !isNewline(this.css.charCodeAt(at + 1));
  }

  #nameBegins(): boolean {
    const { css } = this;
    const at = this.#at;
    const c = css.charCodeAt(at);
    if (c !== 45) return startsName(c) || this.#isEscape(at);
    const next = css.charCodeAt(at + 1);
    return next === 45 || startsName(next) || this.#isEscape(at + 1);
  }

  /** Reads an escape and returns the character. */
  #escape(): string {
    const { css } = this;
    let at = this.#at + 1;
    let hex = "";
    for (; hex.length < 6 && isHex(css.charCodeAt(at)); at++) hex += css[at];
    if (hex === "") {
      const literal = String.fromCodePoint(css.codePointAt(at) ?? 0xfffd);
      this.#at = at + literal.length;
      return literal;
    }
    if (css.charCodeAt(at) === 13 && css.charCodeAt(at + 1) === 10) at++;
    if (isSpace(css.charCodeAt(at))) at++;
    this.#at = at;
    const code = parseInt(hex, 16);
    return code === 0 || code > 0x10ffff || (code >= 0xd800 && code < 0xe000) ? "\ufffd" : String.fromCodePoint(code);
  }

  /** Reads a name and returns it in lower case. */
  #name(): string {
    const { css } = this;
    let name = "";
    let from = this.#at;
    while (this.#at < css.length) {
      if (isName(css.charCodeAt(this.#at))) this.#at++;
      else if (this.#isEscape(this.#at)) {
        name += css.slice(from, this.#at) + this.#escape();
        from = this.#at;
      } else break;
    }
    return (name + css.slice(from, this.#at)).toLowerCase();
  }

  #number(): void {
    const { css } = this;
    while (isDigit(css.charCodeAt(this.#at)) || css.charCodeAt(this.#at) === 0x2e) this.#at++;
    if (this.#nameBegins()) this.#name(); // the unit, which cannot begin a function
  }

  #hash(): void {
    this.#at++;
    this.#name();
  }

  #atRule(): void {
    const from = this.#at++;
    if (!this.#nameBegins()) return;
    const name = this.#name();
    this.#naming = name === "namespace";
    this.#asking = true;
    if (name === "import") this.#import(from);
  }

  /** Reads @import, which begins at from, up to its address when there is a copy of it. Only addresses without escapes can have a copy. */
  #import(from: number): void {
    const end = this.#at;
    const plain = this.local ? this.#ahead(/\s*(?:url\(\s*(?:(["'])([^"'()\\\s]+)\1|([^"'()\\\s]+))\s*\)|(["'])([^"'\\\n\r\f]+)\4)/y) : null;
    const copy = plain && this.kept(plain[2] ?? plain[3] ?? plain[5] ?? "");
    if (copy) return this.#replace(from, `@import url("${quoted(copy)}")`);
    this.#at = end;
    this.#replace(from, "@left-out");
  }

  /** A name, or a function up to its first argument. */
  #word(): void {
    const from = this.#at;
    const name = this.#name();
    if (this.css.charCodeAt(this.#at) !== open) {
      if (!this.local) this.#adapt(from, name);
      return;
    }
    this.#at++;
    if (name === "url") return this.#url(from);
    // The value of var() is defined elsewhere and may be any string. The renamed function is unknown to the browser, which ignores the declaration.
    if (this.#loading && (name === "var" || name === "attr" || name === "env" || name === "if" || name.startsWith("--"))) this.#replace(from, "left-out(");
    this.#enter(loaders.has(name));
  }

  /** The name of a media feature or a property, which begins at from. */
  #adapt(from: number, name: string): void {
    if (this.#asking && /^(min|max)-device-(width|height)$/.test(name)) this.#write(from, this.#at, name.replace("device-", ""));
    else if (this.#asking && name === "prefers-color-scheme") {
      const asked = this.#ahead(/\s*:\s*(light|dark)\b/iy);
      this.#write(from, this.#at, asked?.[1]?.toLowerCase() === "dark" ? "max-width: 0px" : "min-width: 0px"); // never, and always
    } else if (!this.#asking && name === "color-scheme") {
      if (!this.#ahead(/\s*:\s*(?:[a-z]+\s+){0,3}light\b(?:\s+[a-z]+){0,3}/iy)) return;
      this.#pseudos = [];
      this.#write(from, this.#at, "color-scheme: only light");
    }
  }

  /** Matches pattern at this position, and moves behind the match; null when it does not match. */
  #ahead(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.css);
    if (found) this.#at = pattern.lastIndex;
    return found;
  }

  #string(): void {
    const from = this.#at;
    const value = this.#text();
    if (this.#loading && !isLocal(value)) this.#replace(from, `"${quoted(this.kept(value) ?? nothing)}"`);
  }

  /** Reads a string and returns its value. It closes an unclosed string, so that text written after it cannot become part of it. */
  #text(): string {
    const { css } = this;
    const end = css.charCodeAt(this.#at++);
    let value = "";
    let from = this.#at;
    for (;;) {
      const c = css.charCodeAt(this.#at);
      if (c === end) {
        value += css.slice(from, this.#at++);
        return value;
      }
      if (isNewline(c)) return value + css.slice(from, this.#at); // an unclosed string ends at the line break
      if (this.#at >= css.length) break;
      if (c !== backslash) this.#at++;
      else {
        value += css.slice(from, this.#at);
        if (this.#isEscape(this.#at)) value += this.#escape();
        else if (this.#at + 1 >= css.length) {
          this.#at++;
          this.#replace(this.#at - 1, "");
        } else this.#at += css.startsWith("\r\n", this.#at + 1) ? 3 : 2; // an escaped line break
        from = this.#at;
      }
    }
    value += css.slice(from);
    this.#replace(this.#at, String.fromCharCode(end));
    return value;
  }

  /** Reads the address after "url(", which begins at from. */
  #url(from: number): void {
    const { css } = this;
    while (isSpace(css.charCodeAt(this.#at))) this.#at++;
    const c = css.charCodeAt(this.#at);
    if (c === quote || c === apostrophe) {
      const start = this.#at;
      const value = this.#text();
      if (!this.#naming && !isLocal(value)) this.#replace(start, `"${quoted(this.kept(value) ?? nothing)}"`);
      this.#enter(false); // only names may follow
      return;
    }
    let value = "";
    let part = this.#at;
    let broken = false;
    let ended = false;
    while (this.#at < css.length) {
      const next = css.charCodeAt(this.#at);
      if (next === close) break;
      if (this.#isEscape(this.#at)) {
        value += css.slice(part, this.#at) + this.#escape();
        part = this.#at;
        broken ||= ended;
        continue;
      }
      if (isSpace(next)) {
        if (!ended) value += css.slice(part, this.#at);
        ended = true;
      } else if (ended || next === quote || next === apostrophe || next === open || next === backslash || next < 32) broken = true;
      this.#at++;
    }
    if (!ended) value += css.slice(part, this.#at);
    this.#at++; // after the parenthesis, or after the end
    if (this.#at > css.length) this.#at = css.length;
    const shown = broken ? nothing : this.#naming || isLocal(value) ? value : (this.kept(value) ?? nothing);
    this.#replace(from, `url("${quoted(shown)}")`);
  }
}
