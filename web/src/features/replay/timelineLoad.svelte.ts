// Loads a session's timeline and its activity, and keeps them up to date while the session grows.
import { untrack } from "svelte";
import { request, search } from "../../lib/api/client";
import { ApiError } from "../../lib/api/error";
import type { SessionDetail } from "../../lib/domain";
import { segment } from "../../lib/route";
import { same } from "../../lib/same";
import { cameLate } from "./density";
import { emptyTimeline, fromSession, fromWire, rowFromWire, type ActivityRow, type SessionTimeline, type WireRow, type WireTimeline } from "./sessionTimeline";

const rowsAtOnce = 500;
/** More rows than this are not loaded: the list then says so. */
export const mostRows = 20_000;

export class TimelineLoad {
  value: SessionTimeline = $state.raw(emptyTimeline);
  /** In order of time. */
  rows: readonly ActivityRow[] = $state.raw([]);
  /** There is more activity than is loaded. */
  cut = $state(false);
  /** This reader gets no timeline: a guest with a link to a trace sees only the windows and the calls. */
  #absent = false;
  #times = $state(0);
  /** Not all rows of the time that was read already are here. */
  #late = false;

  /** Call it while a component is initialised. */
  constructor(id: string, session: () => SessionDetail | null) {
    $effect(() => {
      const detail = session();
      void this.#times;
      if (!detail) return;
      const abort = new AbortController();
      untrack(() => {
        if (this.#absent || this.value === emptyTimeline) this.value = fromSession(detail);
        if (!this.#absent) this.#ask(id, detail, abort.signal).catch(() => undefined); // what is shown stays; the next change asks again
      });
      return () => abort.abort();
    });
  }

  /** Loads what has arrived. What is derived about the person arrives a moment after the recording itself. With all, rows of any time may have arrived. */
  refresh(all = false): void {
    this.#late ||= all;
    this.#times++;
  }

  get absent(): boolean {
    return this.#absent;
  }

  async #ask(id: string, detail: SessionDetail, signal: AbortSignal): Promise<void> {
    const path = `/api/sessions/${segment(id)}`;
    let wire: WireTimeline;
    try {
      wire = (await (await request(`${path}/timeline`, signal)).json()) as WireTimeline;
    } catch (error) {
      if (error instanceof ApiError && error.failure === "not_found") this.#absent = true;
      throw error;
    }
    if (signal.aborted) return;
    const value = fromWire(wire, detail);
    // The last rows are read again, because events may arrive before the recording of the same instant. If more came for an earlier time, all rows are.
    const last = this.rows.at(-rowsAtOnce)?.atMs;
    if (last !== undefined && cameLate(this.value.density, value.density, last)) this.#late = true;
    if (!same(value, this.value)) this.value = value;
    await this.#readRows(path, this.#late ? undefined : last, signal);
    if (!signal.aborted) this.#late = false;
  }

  async #readRows(path: string, from: number | undefined, signal: AbortSignal): Promise<void> {
    const known = new Map(this.rows.map((row) => [row.id, row]));
    let cursor = "";
    do {
      const answer = await request(`${path}/activity${search({ from, cursor, limit: rowsAtOnce })}`, signal);
      const page = (await answer.json()) as { activity: WireRow[]; next: string };
      if (signal.aborted) return;
      for (const row of page.activity) known.set(row.id, rowFromWire(row));
      const rows = [...known.values()].sort((a, b) => a.atMs - b.atMs);
      if (!same(rows, this.rows)) this.rows = rows;
      cursor = page.next;
    } while (cursor && known.size < mostRows);
    this.cut = cursor !== "";
  }
}
