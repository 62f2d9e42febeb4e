// Suggestions at the cursor of an expression: names of fields, or values of a field.
import type { Field, FacetValue } from "../domain";
import { quote, read, without } from "./terms";

export type Context =
  | { kind: "field"; from: number; to: number; typed: string }
  | {
      kind: "value";
      from: number;
      to: number;
      typed: string;
      field: string;
      operator: string;
      /** Other values of the same term, which are not suggested again. */
      others: string[];
      /** The expression without this term. Values are counted in the rows that match it. */
      rest: string;
    };

export interface Suggestion {
  /** The text that goes into the expression. */
  text: string;
  label: string;
  /** A short explanation of the field or operator. */
  hint: string;
  /** The type of a field's values. */
  type?: Field["type"];
  /** How many rows have the value. */
  count?: number;
  /** The term is not complete yet: a value follows a field, a number follows an operator. */
  goesOn?: boolean;
}

/** What the cursor is on. Null inside a phrase, where any text may be typed. */
export function contextAt(text: string, cursor: number): Context | null {
  const reading = read(text);
  const term = reading.terms.find((t) => t.nameFrom <= cursor && cursor <= t.to);
  if (!term) return { kind: "field", from: cursor, to: cursor, typed: "" };
  const [first] = term.values;
  if (term.field === "") {
    if (!first || first.quoted) return null;
    return { kind: "field", from: first.from, to: first.to, typed: text.slice(first.from, cursor) };
  }
  const value = term.values.find((v) => v.from <= cursor && cursor <= v.to);
  if (!value) {
    const nameTo = term.nameFrom + term.field.length;
    if (cursor > nameTo) return null; // between an operator's characters
    return { kind: "field", from: term.nameFrom, to: nameTo + 1, typed: text.slice(term.nameFrom, cursor) };
  }
  const typed = value.quoted ? value.text : text.slice(value.from, cursor);
  return {
    kind: "value",
    from: value.from,
    to: value.to,
    typed,
    field: term.field,
    operator: value.operator,
    others: term.values.filter((v) => v !== value).map((v) => v.text),
    rest: without(text, term),
  };
}

/** Fields whose name starts with the typed text, then those that contain it. */
export function fieldSuggestions(typed: string, fields: readonly Field[]): Suggestion[] {
  const wanted = typed.toLowerCase();
  const rank = (f: Field) => (f.name.startsWith(wanted) ? 0 : f.name.includes(wanted) ? 1 : 2);
  return fields
    .filter((f) => rank(f) < 2)
    .toSorted((a, b) => rank(a) - rank(b))
    .map((f) => {
      // prop.NAME means any custom property: its name still has to be typed.
      const any = f.name === "prop.NAME";
      return { text: any ? "prop." : `${f.name}:`, label: any ? "prop.…" : f.name, hint: f.doc, type: f.type, goesOn: true };
    });
}

const comparisons = [
  [">", "more than", "after"],
  [">=", "at least", "at or after"],
  ["<", "less than", "before"],
  ["<=", "at most", "at or before"],
] as const;

/** Example amounts. */
const examples: Partial<Record<Field["type"], readonly string[]>> = {
  duration: ["500ms", "1s", "2s", "10s", "1m"],
  number: ["0", "100", "1k", "10k", "1m"],
  decimal: ["0.01", "0.1", "1", "10"],
};

/**
 * Values of a field that match the typed text. counted are the values that occur, most frequent first. now (Unix ms) determines
 * the days that are suggested for times.
 */
export function valueSuggestions(context: Context & { kind: "value" }, field: Field, counted: readonly FacetValue[], now: number): Suggestion[] {
  const compared = field.operators.includes(">");
  const written = (text: string, hint = ""): Suggestion => ({ text, label: context.operator + text, hint });
  const fits = (s: Suggestion) => s.text.toLowerCase().startsWith(context.typed.toLowerCase()) && s.text !== context.typed;
  if (context.operator !== "") {
    const amounts = field.type === "time" ? [0, 1, 7, 30].map((days) => localDay(now - days * 86_400_000)) : (examples[field.type] ?? []);
    return amounts.map((a) => written(a)).filter(fits);
  }
  const found: Suggestion[] = [];
  if (compared && context.others.length === 0 && context.typed === "") {
    found.push(...comparisons.map(([sign, words, ofTimes]) => ({ text: sign, label: sign, hint: field.type === "time" ? ofTimes : words, goesOn: true })));
  }
  const wanted = context.typed.toLowerCase();
  const rank = (text: string) => (text.toLowerCase().startsWith(wanted) ? 0 : text.toLowerCase().includes(wanted) ? 1 : 2);
  const rows = new Map(counted.map((v) => [v.value, v.count]));
  for (const choice of [...field.choices, ...(field.type === "boolean" ? ["true", "false"] : [])]) if (!rows.has(choice)) rows.set(choice, 0);
  const values = [...rows].filter(([value]) => rank(value) < 2 && value !== context.typed && !context.others.includes(value));
  found.push(...values.toSorted(([a], [b]) => rank(a) - rank(b)).map(([value, count]) => ({ text: quote(value), label: value === "" ? '""' : value, hint: "", count })));
  if (context.others.length === 0 && context.typed === "") found.push(written("*", "any: it has one"));
  return found;
}

function localDay(ms: number): string {
  const d = new Date(ms);
  const two = (n: number) => String(n).padStart(2, "0");
  return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}`;
}

/** The expression with the suggestion filled in, and the new position of the cursor. */
export function take(text: string, context: Context, suggestion: Suggestion): { text: string; cursor: number } {
  const after = text.slice(context.to);
  const gap = suggestion.goesOn || /^[\s,)]/.test(after) ? "" : " ";
  const head = text.slice(0, context.from) + suggestion.text + gap;
  // After the space that is already there.
  return { text: head + after, cursor: head.length + (!suggestion.goesOn && gap === "" && /^\s/.test(after) ? 1 : 0) };
}

/** Converts the server's position, counted in characters, to an index of the JavaScript string. */
export const indexOf = (text: string, characters: number): number => [...text].slice(0, characters).join("").length;
