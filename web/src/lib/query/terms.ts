// Finds the terms of an expression of the query language (docs/query.md), for choosing and completing values. The server decides
// whether the expression is valid and what it means; this parser never fails. Positions are indexes of the JavaScript string.

export interface Term {
  /** With the signs before it: "-model:a" and "NOT model:a" are one term each. */
  from: number;
  to: number;
  negated: boolean;
  /** "" for a word or a phrase. */
  field: string;
  /** Start of the word or of the field's name. */
  nameFrom: number;
  /** The values after the colon, or the word itself. At least one, which may be empty. */
  values: Value[];
}

export interface Value {
  from: number;
  to: number;
  /** Without quotes and without the operator. */
  text: string;
  /** ">", ">=", "<", "<=" or "". */
  operator: string;
  quoted: boolean;
  /** Its quote is not closed. */
  open: boolean;
}

export interface Reading {
  /** Every term, in order, also those in parentheses. */
  terms: Term[];
  /** Terms that every row must match: outside of parentheses, not joined by OR. */
  required: Term[];
  /** Terms outside of parentheses are joined by OR. */
  either: boolean;
  /** The expression is incomplete: a value, a quote, a parenthesis or the term after OR is missing. */
  unfinished: boolean;
}

const space = /\s/;

export function read(text: string): Reading {
  const terms: Term[] = [];
  const outside: Term[] = [];
  let either = false;
  let depth = 0;
  let at = 0;
  let waiting = false;
  let sign: number | null = null;
  let negated = false;
  const skip = () => {
    while (at < text.length && space.test(text[at] as string)) at++;
  };
  const keyword = (word: string) => {
    if (!text.startsWith(word, at)) return false;
    const after = text[at + word.length];
    if (after !== undefined && !/[\s()]/.test(after)) return false;
    at += word.length;
    return true;
  };
  for (skip(); at < text.length; skip()) {
    const start = at;
    if (keyword("OR")) {
      either ||= depth === 0;
      waiting = true;
    } else if (keyword("AND")) {
      waiting = true;
    } else if (keyword("NOT")) {
      sign ??= start;
      negated = !negated;
      waiting = true;
    } else if (text[at] === "-" && at + 1 < text.length && !space.test(text[at + 1] as string)) {
      at++;
      sign ??= start;
      negated = !negated;
      waiting = true;
    } else if (text[at] === "(" || text[at] === ")") {
      waiting = text[at] === "(";
      depth += waiting ? 1 : -1;
      at++;
      sign = null;
      negated = false;
    } else {
      const term = readTerm(text, at);
      at = term.to;
      term.from = sign ?? start;
      term.negated = negated;
      terms.push(term);
      if (depth === 0) outside.push(term);
      sign = null;
      negated = false;
      waiting = false;
    }
  }
  const last = terms.at(-1)?.values.at(-1);
  const cut = terms.some((t) => t.values.some((v) => v.open)) || (last !== undefined && terms.at(-1)?.field !== "" && last.text === "" && !last.quoted);
  return { terms, required: either ? [] : outside, either, unfinished: waiting || depth > 0 || cut || /(^|\s)-$/.test(text) };
}

function readTerm(text: string, from: number): Term {
  const word = readValue(text, from, ":");
  const term: Term = { from, to: word.to, negated: false, field: "", nameFrom: from, values: [word] };
  if (word.quoted || text[word.to] !== ":") return term;
  term.field = word.text;
  term.values = [];
  for (let at = word.to + 1; ; at = term.to + 1) {
    const operator = /^[<>]=?/.exec(text.slice(at, at + 2))?.[0] ?? "";
    const value = readValue(text, at + operator.length, ",");
    term.values.push({ ...value, operator });
    term.to = value.to;
    if (text[term.to] !== ",") return term;
  }
}

function readValue(text: string, from: number, stop: string): Value {
  let at = from;
  if (text[at] === '"') {
    let value = "";
    for (at++; at < text.length; at++) {
      if (text[at] === '"') return { from, to: at + 1, text: value, operator: "", quoted: true, open: false };
      if (text[at] === "\\" && (text[at + 1] === '"' || text[at + 1] === "\\")) at++;
      value += text[at];
    }
    return { from, to: at, text: value, operator: "", quoted: true, open: true };
  }
  while (at < text.length && !/[\s()"]/.test(text[at] as string) && text[at] !== stop) at++;
  return { from, to: at, text: text.slice(from, at), operator: "", quoted: false, open: false };
}

/** A value as it is written: in quotes where it needs them. */
export function quote(value: string): string {
  return /^[\p{L}\p{M}\p{N}_./@:+%#-]+$/u.test(value) ? value : `"${value.replace(/["\\]/g, "\\$&")}"`;
}

/** The values that a field may have, by the terms that every row must match. */
export function chosen(text: string, field: string): string[] {
  return plain(read(text), field).flatMap((term) => term.values.map((v) => v.text));
}

/** Terms that list values: not negated, not a comparison, not "has one" (*). */
const plain = (reading: Reading, field: string) =>
  reading.required.filter((t) => t.field === field && !t.negated && t.values.every((v) => v.operator === "" && (v.quoted || v.text !== "*")));

/** Adds a value to a field's listed values, or removes it if it is one of them. The rest of the text does not change. */
export function toggle(text: string, field: string, value: string): string {
  const reading = read(text);
  const terms = plain(reading, field);
  for (const term of terms) {
    const i = term.values.findIndex((v) => v.text === value);
    if (i < 0) continue;
    if (term.values.length === 1) return without(text, term);
    const [gone, before, after] = [term.values[i] as Value, term.values[i - 1], term.values[i + 1]];
    return before ? text.slice(0, before.to) + text.slice(gone.to) : text.slice(0, gone.from) + text.slice(after?.from);
  }
  const [first] = terms;
  if (first) return `${text.slice(0, first.to)},${quote(value)}${text.slice(first.to)}`;
  const had = text.trim();
  return `${reading.either ? `(${had})` : had} ${field}:${quote(value)}`.trimStart();
}

/** The text without a term, and without the AND that would be left over. */
export function without(text: string, term: Term): string {
  let [before, after] = [text.slice(0, term.from).trimEnd(), text.slice(term.to).trimStart()];
  if (/(^|[\s)])AND$/.test(before)) before = before.slice(0, -3).trimEnd();
  else if (/^AND(\s|\(|$)/.test(after)) after = after.slice(3).trimStart();
  return before && after && !before.endsWith("(") && !after.startsWith(")") ? `${before} ${after}` : before + after;
}

/** An expression for the rows that match both. */
export function both(a: string, b: string): string {
  const group = (text: string) => (read(text).either ? `(${text.trim()})` : text.trim());
  return a.trim() && b.trim() ? `${group(a)} ${group(b)}` : a.trim() || b.trim();
}
