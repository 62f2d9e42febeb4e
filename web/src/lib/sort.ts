// Sorting a list by a column. The address names the field, and the server sorts all matching rows.

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

/** The order in an address: "latency", or "-latency" for the largest first. Null for the order of time. */
export function order(value: string | undefined): Order | null {
  if (!value) return null;
  const down = value.startsWith("-");
  return { field: down ? value.slice(1) : value, down };
}

/** The order after a click on a column's head: one direction, the other direction, the order of time. */
export function next(by: Sort, now: Order | null): string | null {
  const first = by.largest ?? false;
  if (now?.field !== by.field) return (first ? "-" : "") + by.field;
  return now.down === first ? (first ? "" : "-") + by.field : null;
}
