// What may come at the cursor of an expression: the name of a field, or a value of one.
import type { Field, FacetValue } from "../domain";
import { quote, read, without } from "./terms";

export type Place =
  | { kind: "field"; from: number; to: number; typed: string }
  | {
      kind: "value";
      from: number;
      to: number;
      typed: string;
      field: string;
      operator: string;
      /** Values of the same term, which need not be offered again. */
      others: string[];
      /** The expression without this term: what the values are counted among. */
      rest: string;
    };

export interface Suggestion {
  /** What stands in the expression when it is taken. */
  text: string;
  label: string;
  /** A word about it: what a field is, how an operator is used. */
  hint: string;
  /** What kind of values a field has. */
  type?: Field["type"];
  /** How many rows have the value. */
  count?: number;
  /** Something follows at once: a value behind a field, a number behind an operator. */
  goesOn?: boolean;
}

/** Where the cursor is. Null inside a phrase: everything may be written there. */
export function placeAt(text: string, cursor: number): Place | null {
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

/** Fields whose name begins with what is typed, then those that have it inside. */
export function fieldSuggestions(typed: string, fields: readonly Field[]): Suggestion[] {
  const wanted = typed.toLowerCase();
  const rank = (f: Field) => (f.name.startsWith(wanted) ? 0 : f.name.includes(wanted) ? 1 : 2);
  return fields
    .filter((f) => rank(f) < 2)
    .toSorted((a, b) => rank(a) - rank(b))
    .map((f) => {
      // prop.NAME stands for all custom properties: the name is still to be written.
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

/** Amounts to begin with, as they may be written. */
const examples: Partial<Record<Field["type"], readonly string[]>> = {
  duration: ["500ms", "1s", "2s", "10s", "1m"],
  number: ["0", "100", "1k", "10k", "1m"],
};

/**
 * Values of a field that fit what is typed. counted are those that occur, most frequent first; now says which days are offered
 * for times, Unix ms.
 */
export function valueSuggestions(place: Place & { kind: "value" }, field: Field, counted: readonly FacetValue[], now: number): Suggestion[] {
  const compared = field.operators.includes(">");
  const written = (text: string, hint = ""): Suggestion => ({ text, label: place.operator + text, hint });
  const fits = (s: Suggestion) => s.text.toLowerCase().startsWith(place.typed.toLowerCase()) && s.text !== place.typed;
  if (place.operator !== "") {
    const amounts = field.type === "time" ? [0, 1, 7, 30].map((days) => localDay(now - days * 86_400_000)) : (examples[field.type] ?? []);
    return amounts.map((a) => written(a)).filter(fits);
  }
  const found: Suggestion[] = [];
  if (compared && place.others.length === 0 && place.typed === "") {
    found.push(...comparisons.map(([sign, words, ofTimes]) => ({ text: sign, label: sign, hint: field.type === "time" ? ofTimes : words, goesOn: true })));
  }
  const wanted = place.typed.toLowerCase();
  const rank = (text: string) => (text.toLowerCase().startsWith(wanted) ? 0 : text.toLowerCase().includes(wanted) ? 1 : 2);
  const rows = new Map(counted.map((v) => [v.value, v.count]));
  for (const choice of [...field.choices, ...(field.type === "boolean" ? ["true", "false"] : [])]) if (!rows.has(choice)) rows.set(choice, 0);
  const values = [...rows].filter(([value]) => rank(value) < 2 && value !== place.typed && !place.others.includes(value));
  found.push(...values.toSorted(([a], [b]) => rank(a) - rank(b)).map(([value, count]) => ({ text: quote(value), label: value === "" ? '""' : value, hint: "", count })));
  if (place.others.length === 0 && place.typed === "") found.push(written("*", "any: it has one"));
  return found;
}

function localDay(ms: number): string {
  const d = new Date(ms);
  const two = (n: number) => String(n).padStart(2, "0");
  return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}`;
}

/** The expression with a suggestion in its place, and where the cursor goes. */
export function take(text: string, place: Place, suggestion: Suggestion): { text: string; cursor: number } {
  const after = text.slice(place.to);
  const gap = suggestion.goesOn || /^[\s,)]/.test(after) ? "" : " ";
  const head = text.slice(0, place.from) + suggestion.text + gap;
  // Behind the space that is there anyway.
  return { text: head + after, cursor: head.length + (!suggestion.goesOn && gap === "" && /^\s/.test(after) ? 1 : 0) };
}

/** A position that the server counted in characters, as an index of the text. */
export const indexOf = (text: string, characters: number): number => [...text].slice(0, characters).join("").length;
