/**
 * Brings shown rows up to date with a newly read first page: rows that are shown are replaced in place, rows that are
 * not come back as fresh, in the page's order. A row that an older page may still hold is not taken for new: only what
 * precedes a known row, or everything when none is known, is. With gap there may be more new rows between the page and
 * what is shown, so showing the fresh ones means reading the list anew.
 */
export function mergeFresh<T extends { id: string }>(shown: readonly T[], page: readonly T[]): { items: T[]; fresh: T[]; gap: boolean } {
  const latest = new Map(page.map((item) => [item.id, item]));
  const known = new Set(shown.map((item) => item.id));
  const lastKnown = page.findLastIndex((item) => known.has(item.id));
  const reach = lastKnown < 0 ? page.length : lastKnown + 1;
  return {
    items: shown.map((item) => latest.get(item.id) ?? item),
    fresh: page.slice(0, reach).filter((item) => !known.has(item.id)),
    gap: lastKnown < 0 && shown.length > 0,
  };
}
