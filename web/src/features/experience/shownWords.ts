// Which part of an answer is in the text of a recorded page. Both are compared by their letters and digits: whitespace and Markdown differ between
// what a model wrote and what a page shows.

/** A part of a text, in UTF-16 units. */
export interface Part {
  from: number;
  to: number;
}

export interface Letters {
  /** Letters, digits and emoji, in lower case. */
  text: string;
  /** Where each of them is in the original. */
  at: readonly number[];
}

const letter = /[\p{L}\p{N}\p{Extended_Pictographic}]/gu;

export function letters(of: string): Letters {
  let text = "";
  const at: number[] = [];
  for (const found of of.matchAll(letter)) {
    const lower = found[0].toLowerCase();
    text += lower;
    for (let i = 0; i < lower.length; i++) at.push(found.index + Math.min(i, found[0].length - 1));
  }
  return { text, at };
}

/** This many letters in a row are enough to recognise a place in a text. */
const anchor = 12;
/**
 * What a page adds within an answer, such as a button or line numbers, has at most this many letters. So has what it leaves out, such as the address
 * of a link.
 */
const mostSkipped = 400;

/**
 * The parts of an answer that the page shows, in order. All of a short answer must be there, or the page must end with its beginning, as it does while the
 * answer arrives.
 */
export function shownParts(answer: Letters, page: Letters): Part[] {
  const [a, p] = [answer.text, page.text];
  const parts: Part[] = [];
  let [i, j] = [0, beginning(a, p)];
  while (j >= 0 && i < a.length) {
    const from = i;
    for (; i < a.length && j < p.length && a[i] === p[j]; i++) j++;
    if (i > from) parts.push({ from: answer.at[from] ?? 0, to: (answer.at[i - 1] ?? 0) + 1 });
    [i, j] = goOn(a, p, i, j);
  }
  return parts;
}

function beginning(a: string, p: string): number {
  if (a === "") return -1;
  const at = p.indexOf(a.slice(0, anchor));
  if (at >= 0) return at;
  for (let n = Math.min(a.length, anchor) - 1; n > 0; n--) if (p.endsWith(a.slice(0, n))) return p.length - n;
  return -1;
}

/** The next positions at which both texts are the same; -1 where there are none. */
function goOn(a: string, p: string, i: number, j: number): [number, number] {
  for (let k = i; k < a.length && k - i <= mostSkipped; k++) {
    const next = a.slice(k, k + anchor);
    if (next.length < anchor && k > i) break;
    const at = p.slice(j, j + mostSkipped + anchor).indexOf(next);
    if (at >= 0) return [k, j + at];
  }
  return [i, -1];
}

/** How far into the answer the page's words reach, 0 to 1. */
export function reach(answer: Letters, parts: readonly Part[]): number {
  const last = parts.at(-1);
  if (!last) return 0;
  return (answer.at.findLastIndex((at) => at < last.to) + 1) / answer.at.length;
}

/** Markdown as it is read: without the addresses of links. */
export const readable = (markdown: string): string => markdown.replace(/\]\([^)\s]*\)/g, "]");
