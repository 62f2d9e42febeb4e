/**
 * Updates the shown rows from a newly loaded first page. Shown rows are replaced in place; other rows are returned as fresh, in the
 * page's order. A row counts as new only if it precedes a known row, or if no row is known: otherwise it may belong to an older page.
 * With gap, there may be more new rows between the page and the shown rows, so showing the fresh ones needs a reload.
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
