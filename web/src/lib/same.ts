// Compares two answers without writing them as JSON: for thousands of rows that takes 60 ms, this takes a few.

/** Compares JSON values. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [x, y] = [a as Record<string, unknown>, b as Record<string, unknown>];
  const keys = Object.keys(x);
  if (keys.length !== Object.keys(y).length) return false;
  for (const key of keys) if (!Object.hasOwn(y, key) || !same(x[key], y[key])) return false;
  return true;
}

/** The rows of fresh, with the old object where a row is unchanged, so that state attached to the object is kept. */
export function keepSame<T extends { id: string }>(before: readonly T[], fresh: readonly T[]): T[] {
  const old = new Map(before.map((row) => [row.id, row]));
  return fresh.map((row) => {
    const known = old.get(row.id);
    return known && same(known, row) ? known : row;
  });
}
