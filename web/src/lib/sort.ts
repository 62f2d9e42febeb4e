// Sorting a list by a column. Lists are read by time, from the newest on, because that is how they are stored; by anything else
// can be sorted only what has been read. So a list that is sorted is read to its end, or up to reach, and says which of the two.

/** Up to how many rows are read to be sorted. */
export const reach = 1000;

/** The head of a column. */
export interface Head<T> {
  name: string;
  title?: string;
  /** A column of numbers. */
  right?: boolean;
  /** Without it, nothing can be sorted by the column. */
  sort?: Sort<T>;
}

export interface Sort<T> {
  /** In addresses: "latency", "-latency" for the largest first. */
  key: string;
  /** Null is not known, and comes last either way. */
  of: (item: T) => number | string | null;
  /** A first click sorts the largest first. */
  largest?: boolean;
  /** The other way is the order that lists have anyway. */
  oneWay?: boolean;
}

export interface Order<T> {
  by: Sort<T>;
  down: boolean;
}

/** What an address says, null for the order of time. */
export function order<T>(heads: readonly Head<T>[], value: string | undefined): Order<T> | null {
  const down = value?.startsWith("-") ?? false;
  const by = heads.find((h) => h.sort && h.sort.key === value?.slice(down ? 1 : 0))?.sort;
  return by ? { by, down } : null;
}

/** What an address says after a click on a column's head: one way, the other way, the order of time. */
export function next<T>(by: Sort<T>, now: Order<T> | null): string | null {
  const first = by.largest ?? false;
  if (now?.by.key !== by.key) return (first ? "-" : "") + by.key;
  return now.down === first && !by.oneWay ? (first ? "" : "-") + by.key : null;
}

/** A sorted copy. What is equal stays in the order it had. */
export function sorted<T>(items: readonly T[], { by, down }: Order<T>): T[] {
  const sign = down ? -1 : 1;
  return items.toSorted((a, b) => {
    const [x, y] = [by.of(a), by.of(b)];
    if (x === null || y === null) return (x === null ? 1 : 0) - (y === null ? 1 : 0);
    if (typeof x === "string" || typeof y === "string") return sign * String(x).localeCompare(String(y), "en", { numeric: true, sensitivity: "base" });
    return sign * (x - y);
  });
}
