// A long list, cut into slices of about one height each, so that only those near the view need to be in the document.

/** Items from (inclusive) to to (exclusive). */
export interface Slice {
  from: number;
  to: number;
  /** What it may take, px: the truth is known once it was shown. */
  height: number;
  /** What it is made of; null: items. */
  parts: Slice[] | null;
}

/** A slice is shown as a whole: this height is laid out well within 50 ms. */
export const sliceHeight = 500;
const sliceItems = 30;
/** How many slices are one again. Without it a list of 40,000 items were 5,000 empty boxes. */
const fan = 32;

/**
 * Cuts count items into slices, slices into larger ones, and those again. Slices that are full stay what they are when
 * the list grows at its end, and so does how deep they are: what is shown need not be made anew.
 */
export function slices(count: number, heightOf: (index: number) => number): Slice[] {
  const leaves: Slice[] = [];
  let leaf: Slice | null = null;
  for (let i = 0; i < count; i++) {
    const height = Math.max(1, heightOf(i));
    if (!leaf || leaf.height + height > sliceHeight || i - leaf.from >= sliceItems) {
      leaf = { from: i, to: i, height: 0, parts: null };
      leaves.push(leaf);
    }
    leaf.to = i + 1;
    leaf.height += height;
  }
  return joined(joined(leaves));
}

function joined(parts: Slice[]): Slice[] {
  const out: Slice[] = [];
  for (let i = 0; i < parts.length; i += fan) {
    const group = parts.slice(i, i + fan);
    const [first, last] = [group[0], group.at(-1)];
    if (first && last) out.push({ from: first.from, to: last.to, height: group.reduce((sum, s) => sum + s.height, 0), parts: group });
  }
  return out;
}
