// The words in which two texts differ.
import { diffLines, diffWordsWithSpace } from "diff";
import { align, type Said } from "./align";

export interface Piece {
  op: "same" | "removed" | "added";
  text: string;
}

/** Two messages beside each other. */
export interface Row {
  a: number | null;
  b: number | null;
  /** How they differ, in order; null where they are equal, where there is only one, or where too much differs to mark words. */
  pieces: Piece[] | null;
  same: boolean;
}

/** A message with more changes than this is shown as two texts. */
const mostPieces = 3000;
/** If both texts together are longer than this, words are marked only if at least a tenth is the same. */
const shortTexts = 4000;
/** The time for one message, and for all of them, ms. */
const onePatience = 1500;
const allPatience = 6000;

/** Puts the messages of two calls beside each other and finds the words in which they differ. It takes six seconds at most. */
export function compare(a: readonly Said[], b: readonly Said[]): Row[] {
  const end = performance.now() + allPatience;
  return align(a, b).map((pair) => {
    const [x, y] = [pair.a === null ? undefined : a[pair.a], pair.b === null ? undefined : b[pair.b]];
    const same = x !== undefined && y !== undefined && x.text === y.text;
    const left = Math.min(onePatience, end - performance.now());
    return { ...pair, same, pieces: x && y && !same && left > 0 ? differences(x.text, y.text, left) : null };
  });
}

/** The differences by words, or by lines where words take too long; null where lines take too long, too, or where too much differs. */
export function differences(a: string, b: string, patienceMs = onePatience): Piece[] | null {
  const changes = diffWordsWithSpace(a, b, { timeout: patienceMs / 2 }) ?? diffLines(a, b, { timeout: patienceMs / 2 });
  if (!changes || changes.length > mostPieces) return null;
  const kept = changes.reduce((n, c) => (c.added || c.removed ? n : n + c.value.length), 0);
  if (a.length + b.length > shortTexts && kept * 10 < Math.max(a.length, b.length)) return null;
  return changes.map((c) => ({ op: c.added ? "added" : c.removed ? "removed" : "same", text: c.value }));
}
