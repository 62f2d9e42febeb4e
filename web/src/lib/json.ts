// Indented JSON, written in pieces: writing megabytes at once freezes the page, and JSON.stringify cannot recurse into values that are
// nested thousands deep.
import { pieces, type Piece } from "./pieces";

/** Deeper levels are not indented further: 3,000 levels would be 9 MB of spaces. */
const deepest = 40;
const most = 1500;
const mostLines = 25;

interface Level {
  keys: string[] | null;
  values: unknown[] | Record<string, unknown>;
  length: number;
  at: number;
}

/** The text of value, indented by two spaces as JSON.stringify does, in pieces of whole lines. Only a long string is cut. */
export function* jsonPieces(value: unknown): Generator<Piece> {
  let text = "";
  let lines = 0;
  for (const line of jsonLines(value)) {
    const joined = text === "" && lines === 0 ? line : `${text}\n${line}`;
    if (lines > 0 && (lines >= mostLines || joined.length > most)) {
      yield* cut(`${text}\n`, lines);
      text = line;
      lines = 1;
    } else {
      text = joined;
      lines++;
    }
  }
  yield* cut(text, lines);
}

function cut(text: string, lines: number): Iterable<Piece> {
  return text.length <= most * 2 ? [{ text, lines }] : pieces(text, Infinity);
}

function* jsonLines(root: unknown): Generator<string> {
  const levels: Level[] = [];
  let begun = "";
  let value = root;
  for (;;) {
    const comma = levels.length > 0 && (levels.at(-1) as Level).at < (levels.at(-1) as Level).length ? "," : "";
    const level = open(value);
    if (!level) {
      yield begun + (JSON.stringify(value) ?? "null") + comma;
    } else if (level.length === 0) {
      yield begun + (level.keys ? "{}" : "[]") + comma;
    } else {
      yield begun + (level.keys ? "{" : "[");
      levels.push(level);
    }
    // Close the values that have ended.
    let top = levels.at(-1);
    while (top && top.at === top.length) {
      levels.pop();
      const outer = levels.at(-1);
      yield indent(levels.length) + (top.keys ? "}" : "]") + (outer && outer.at < outer.length ? "," : "");
      top = outer;
    }
    if (!top) return;
    const i = top.at++;
    const key = top.keys?.[i];
    value = key === undefined ? (top.values as unknown[])[i] : (top.values as Record<string, unknown>)[key];
    begun = indent(levels.length) + (key === undefined ? "" : `${JSON.stringify(key)}: `);
  }
}

const indent = (depth: number): string => "  ".repeat(Math.min(depth, deepest));

function open(value: unknown): Level | null {
  if (Array.isArray(value)) return { keys: null, values: value, length: value.length, at: 0 };
  if (typeof value !== "object" || value === null) return null;
  const keys = Object.keys(value);
  return { keys, values: value as Record<string, unknown>, length: keys.length, at: 0 };
}

/** The whole text, made in slices of time that keep the page responsive. */
export async function jsonText(value: unknown): Promise<string> {
  let text = "";
  let end = performance.now() + 8;
  for (const piece of jsonPieces(value)) {
    text += piece.text;
    if (performance.now() < end) continue;
    await new Promise((done) => setTimeout(done));
    end = performance.now() + 8;
  }
  return text;
}
