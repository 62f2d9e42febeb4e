// What the last lists showed: where "back" finds them as they were, and which rows come before and after an opened one.

export interface Kept<T> {
  items: T[];
  next: string | null;
  scrollTop: number;
  /** The addresses of the rows. */
  hrefs: string[];
}

/** How many lists are remembered. */
const most = 8;
const kept = new Map<string, Kept<unknown>>();
let last = "";

/** Remembers what the list at an address shows. */
export function keep<T>(address: string, list: Kept<T>): void {
  kept.delete(address);
  kept.set(address, list);
  last = address;
  const [oldest] = kept.keys();
  if (kept.size > most && oldest !== undefined) kept.delete(oldest);
}

/** What the list at an address showed, if it is still known. */
export const recall = <T>(address: string): Kept<T> | undefined => kept.get(address) as Kept<T> | undefined;

export interface Neighbours {
  previous: string | null;
  next: string | null;
  /** Counted from 1. */
  position: number;
  /** How many rows the list has loaded. */
  of: number;
  /** The list's address. */
  list: string;
}

/** The address of the list that was shown last, if one of its rows opens the page of a path. So going back keeps its filters. */
export const openedFrom = (path: string): string | null => (kept.get(last)?.hrefs.some((href) => href.split("?")[0] === path) ? last : null);

/** The rows before and after the one that `opens` in the list that was shown last; null when it is not in there. */
export function neighbours(opens: (href: string) => boolean): Neighbours | null {
  const hrefs = kept.get(last)?.hrefs ?? [];
  const at = hrefs.findIndex(opens);
  if (at < 0) return null;
  return { previous: hrefs[at - 1] ?? null, next: hrefs[at + 1] ?? null, position: at + 1, of: hrefs.length, list: last };
}
