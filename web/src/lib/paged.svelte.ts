// A list that grows by pages and notices what is new, without anything moving under the reader's eyes.
import type { Page, Searched } from "./domain";
import { mergeFresh } from "./merge";

type Fetch<T> = (query: { cursor: string | null; limit: number }, signal?: AbortSignal) => Promise<Page<T>>;

/** The rows of one page. */
const pageRows = 50;

export class Paged<T extends { id: string }> {
  items: T[] = $state.raw([]);
  /** Arrived since: shown when asked for. */
  fresh: T[] = $state.raw([]);
  next: string | null = $state(null);
  error: unknown = $state.raw(null);
  /** False until the first page of the present question is here or failed. */
  ready = $state(false);
  loadingMore = $state(false);
  /** How far back text was searched so far, null when there is nothing left to search before the next row. */
  searched: Searched | null = $state.raw(null);
  /** Somebody had the search stopped. */
  stopped = $state(false);
  /** A question is being answered: what is shown is the answer to the one before. */
  asking = $state(false);
  /** The last look for what is new failed: what is shown may be old. */
  stale = $state(false);
  #fetch: Fetch<T> = async () => ({ items: [], next: null });
  #abort = new AbortController();
  #gap = false;
  #sorted = false;

  /** Asks a new question. The old answer stays until the new one is there. Sorted: not by time, so that new rows may belong anywhere. */
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
      this.stopped = false;
      this.#sorted = sorted;
      this.fresh = [];
      this.#gap = false;
      this.error = null;
    } catch (error) {
      if (abort.signal.aborted) return;
      this.error = error;
      this.items = []; // rows that answer another question would be taken for the answer
    }
    this.loadingMore = false;
    this.asking = false;
    this.ready = true;
    if (this.searched) void this.more(); // until there is a page of rows
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

  /** Reads the first page again: rows already shown are brought up to date in place, new ones wait in fresh. */
  async refresh(signal: AbortSignal): Promise<void> {
    if (this.searched) return; // two searches would share what one may take
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
    const merged = mergeFresh(this.items, page.items);
    this.items = merged.items;
    this.fresh = merged.fresh;
    this.#gap = merged.gap;
    this.error = null;
    // An empty list has nothing that could jump.
    if (this.items.length === 0 && this.fresh.length > 0) {
      this.next = page.next;
      this.items = this.fresh;
      this.fresh = [];
    }
  }

  /** Searches further back, after stopping. */
  further(): void {
    this.stopped = false;
    void this.more();
  }

  /** Goes on after an error at the list's end. */
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
