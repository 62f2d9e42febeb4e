// Sorting a list by a column: the address says by which, and the server sorts, over everything that matches.

/** The head of a column. */
export interface Head {
  name: string;
  title?: string;
  /** A column of numbers. */
  right?: boolean;
  /** Without it, nothing can be sorted by the column. */
  sort?: Sort;
}

export interface Sort {
  /** A sortable field of the query language. */
  field: string;
  /** A first click sorts the largest first. */
  largest?: boolean;
}

export interface Order {
  field: string;
  down: boolean;
}

/** What an address says: "latency", "-latency" for the largest first. Null for the order of time. */
export function order(value: string | undefined): Order | null {
  if (!value) return null;
  const down = value.startsWith("-");
  return { field: down ? value.slice(1) : value, down };
}

/** What an address says after a click on a column's head: one way, the other way, the order of time. */
export function next(by: Sort, now: Order | null): string | null {
  const first = by.largest ?? false;
  if (now?.field !== by.field) return (first ? "-" : "") + by.field;
  return now.down === first ? (first ? "" : "-") + by.field : null;
}
