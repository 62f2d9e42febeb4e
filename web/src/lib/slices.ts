// Splits a long list into slices of about equal height, so that only those near the view are in the document.

/** Items from (inclusive) to to (exclusive). */
export interface Slice {
  from: number;
  to: number;
  /** The estimated height, px. The real one is known after it was shown. */
  height: number;
  /** The smaller slices in it; null when it contains items. */
  parts: Slice[] | null;
}

/** The height of a slice, px. The browser lays it out well within 50 ms. */
export const sliceHeight = 500;
const sliceItems = 30;
/** How many slices make one of the next level. With one level, a list of 40,000 items would be 5,000 empty boxes. */
const fan = 32;

/**
 * Splits count items into slices, and groups slices into larger ones. When the list grows at its end, full slices keep their bounds
 * and depth, so that nothing on the screen is rendered again.
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
