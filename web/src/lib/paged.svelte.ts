// A list that loads page by page and counts new rows without moving the rows on the screen.
import type { Page, Searched } from "./domain";
import { mergeFresh } from "./merge";

type Fetch<T> = (query: { cursor: string | null; limit: number }, signal?: AbortSignal) => Promise<Page<T>>;

/** The rows of one page. */
export const pageRows = 50;

export class Paged<T extends { id: string }> {
  items: T[] = $state.raw([]);
  /** New rows, shown on request. */
  fresh: T[] = $state.raw([]);
  next: string | null = $state(null);
  error: unknown = $state.raw(null);
  /** False until the first page has arrived or failed. */
  ready = $state(false);
  loadingMore = $state(false);
  /** How far back text has been searched; null when no search is going on. */
  searched: Searched | null = $state.raw(null);
  /** The figures of the rows cover what happened since then; null when they cover everything. */
  summedToMs: number | null = $state(null);
  /** The reader stopped the search. */
  stopped = $state(false);
  /** A request is open: the rows belong to the one before. */
  asking = $state(false);
  /** The last refresh failed: the rows may be out of date. */
  stale = $state(false);
  #fetch: Fetch<T> = async () => ({ items: [], next: null });
  #abort = new AbortController();
  #gap = false;
  #sorted = false;

  /** Loads a new list. The old rows stay until the first page arrives. sorted: the order is not that of time, so new rows may belong anywhere. */
  async load(fetch: Fetch<T>, sorted = false): Promise<void> {
    this.#abort.abort();
    const abort = (this.#abort = new AbortController());
    this.#fetch = fetch;
    this.asking = true;
    try {
      const page = await fetch({ cursor: null, limit: pageRows }, abort.signal);
      if (abort.signal.aborted) return;
      this.items = page.items;
      this.next = page.next;
      this.searched = page.searched ?? null;
      this.summedToMs = page.summedToMs ?? null;
      this.stopped = false;
      this.#sorted = sorted;
      this.fresh = [];
      this.#gap = false;
      this.error = null;
    } catch (error) {
      if (abort.signal.aborted) return;
      this.error = error;
      this.items = []; // rows of another query must not look like the answer
    }
    this.loadingMore = false;
    this.asking = false;
    this.ready = true;
    if (this.searched) void this.more(); // until a page is full
  }

  /** Shows rows that were loaded before. They are brought up to date by refresh. */
  restore(fetch: Fetch<T>, items: T[], next: string | null, sorted: boolean): void {
    this.#fetch = fetch;
    this.#sorted = sorted;
    this.items = items;
    this.next = next;
    this.ready = true;
  }

  async more(): Promise<void> {
    if (this.loadingMore || this.next === null || this.error || this.stopped) return;
    const abort = this.#abort;
    this.loadingMore = true;
    try {
      const wanted = Math.max(pageRows, this.items.length + 1);
      do {
        const page = await this.#fetch({ cursor: this.next, limit: pageRows }, abort.signal);
        if (abort.signal.aborted) return;
        const have = new Set(this.items.map((i) => i.id));
        this.items = [...this.items, ...page.items.filter((i) => !have.has(i.id))];
        this.next = page.next;
        this.searched = page.searched ?? null;
      } while (this.searched && this.next !== null && !this.stopped && this.items.length < wanted);
    } catch (error) {
      if (abort.signal.aborted) return;
      this.error = error;
    }
    this.loadingMore = false;
  }

  /** Loads the first page again: shown rows are updated in place, new ones go to fresh. With replace it is shown as it is, in its new order. */
  async refresh(signal: AbortSignal, replace = false): Promise<void> {
    if (this.searched) return; // a second search would slow down the first
    const abort = this.#abort;
    let page: Page<T>;
    try {
      page = await this.#fetch({ cursor: null, limit: pageRows }, signal);
      this.stale = false;
    } catch (error) {
      this.stale = !signal.aborted;
      throw error;
    }
    if (abort.signal.aborted || signal.aborted) return;
    if (replace) {
      [this.items, this.fresh, this.next, this.error] = [page.items, [], page.next, null];
      return;
    }
    const merged = mergeFresh(this.items, page.items);
    this.items = merged.items;
    this.fresh = merged.fresh;
    this.#gap = merged.gap;
    this.error = null;
    // In an empty list nothing can move, so show the rows at once.
    if (this.items.length === 0 && this.fresh.length > 0) {
      this.next = page.next;
      this.items = this.fresh;
      this.fresh = [];
    }
  }

  /** Continues a stopped search. */
  further(): void {
    this.stopped = false;
    void this.more();
  }

  /** Retries after an error at the list's end. */
  goOn(): void {
    this.error = null;
    void this.more();
  }

  show(): void {
    if (this.#gap || this.#sorted) {
      void this.load(this.#fetch, this.#sorted);
      return;
    }
    this.items = [...this.fresh, ...this.items];
    this.fresh = [];
  }

  close(): void {
    this.#abort.abort();
  }
}
