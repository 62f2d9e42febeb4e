// The loaded part of one window: its events without interruption, from a full snapshot up to covered.
import { noneKept, type Kept } from "./assets";
import { custom, fullSnapshot, isActivity, meta, readLines, type RrEvent } from "./events";
import { Gate, isEvent } from "./gate";
import { gapOf, holes, type Hole } from "./holes";
import { breather } from "./breather";

/** Fetches the events of one window: see GET /api/sessions/{id}/snapshots. */
export type Fetch = (query: { t: number; until: number }, signal: AbortSignal) => Promise<Response>;

/** A recording that exists but cannot be shown, with the reason. */
export class Unplayable extends Error {
  override name = "Unplayable";
}

export class Track {
  /** In order of time. The last one is a marker at covered, so that the replayer's clock runs to there even without events. */
  readonly events: RrEvent[];
  /** The times at which the person did something, in order. */
  readonly activity: number[];
  /** Everything up to here is loaded, Unix ms. */
  covered: number;
  /** Its missing parts. */
  holes: Hole[] = [];
  #last: number;
  /** How many events of the time #last have arrived. */
  #atLast: number;
  #broken = 0;
  /** By block id, because answers overlap. */
  readonly #gaps = new Map<string, NonNullable<ReturnType<typeof gapOf>>>();

  private constructor(
    private readonly fetch: Fetch,
    answer: Answer,
    admitted: RrEvent[],
    covered: number,
    private endMs: number,
    private readonly gate: Gate,
  ) {
    const events = playable(admitted, answer.broken + gate.refused > 0);
    this.#broken = answer.broken;
    this.events = events;
    this.activity = events.filter(isActivity).map((e) => e.timestamp);
    this.#last = answer.events.at(-1)?.timestamp ?? covered;
    this.#atLast = countAt(answer.events, this.#last);
    this.covered = Math.max(Math.min(covered, endMs), this.#last);
    this.events.push(marker(this.covered));
    this.#note(answer.events);
  }

  /** Loads from the last full snapshot at or before t up to ahead ms after t. remote: references to other hosts stay, otherwise they lead to copies. Rejects with Unplayable. */
  static async open(fetch: Fetch, t: number, ahead: number, endMs: number, remote: boolean, signal: AbortSignal, kept: Kept | Promise<Kept> = noneKept): Promise<Track> {
    const until = t + ahead;
    const answer = await collect(await fetch({ t, until }, signal), -1, signal);
    const gate = new Gate(remote, await kept);
    return new Track(fetch, answer, await gate.admitInSlices(answer.events, signal), until, endMs, gate);
  }

  /** The number of its events that could not be played, in whole or in part. */
  get unplayable(): number {
    return this.#broken + this.gate.refused;
  }

  /** The first time that can be shown. */
  get from(): number {
    return this.events[0]?.timestamp ?? 0;
  }

  get complete(): boolean {
    return this.covered >= this.endMs;
  }

  /** The window has grown, because its session is still being recorded. */
  grow(endMs: number): void {
    this.endMs = Math.max(this.endMs, endMs);
  }

  /** Drops what lies before the last full snapshot at or before t. */
  forget(t: number): void {
    // A size event is always followed by its full snapshot: the gate makes sure of it.
    const from = this.events.findLastIndex((e) => e.type === meta && e.timestamp <= t);
    if (from > 0) this.events.splice(0, from);
  }

  /** The time of the first full snapshot at or after t, as far as is loaded. */
  snapshotAfter(t: number): number | null {
    return this.events.find((e) => e.type === fullSnapshot && e.timestamp >= t)?.timestamp ?? null;
  }

  holds(t: number): boolean {
    return t >= this.from && t <= this.covered;
  }

  /** Loads the next ms and returns what came, the new marker included. */
  async extend(ms: number, signal: AbortSignal): Promise<RrEvent[]> {
    const until = this.covered + ms;
    const answer = await collect(await this.fetch({ t: this.covered, until }, signal), this.#last, signal);
    this.#broken += answer.broken;
    // The answer begins with the last full snapshot before covered, so skip the events that are already loaded. A recorder may send what happened within
    // one millisecond in two parts. The second part of an instant that was already played is played right after it.
    const late = answer.events.filter((e) => e.timestamp === this.#last).slice(this.#atLast);
    const later = answer.events.filter((e) => e.timestamp > this.#last);
    const fresh = await this.gate.admitInSlices([...late.map((e) => ({ ...e, timestamp: this.covered + 0.5 })), ...later], signal);
    if (later.length > 0) {
      this.#last = later.at(-1)?.timestamp ?? this.#last;
      this.#atLast = countAt(later, this.#last);
    } else this.#atLast += late.length;
    this.covered = Math.max(Math.min(until, this.endMs), this.#last);
    for (const event of fresh) if (isActivity(event)) this.activity.push(event.timestamp);
    fresh.push(marker(this.covered));
    this.events.push(...fresh);
    this.#note(answer.events);
    return fresh;
  }

  #note(answer: readonly RrEvent[]): void {
    for (const event of answer) {
      const gap = gapOf(event);
      if (gap) this.#gaps.set(gap.block, gap);
    }
    this.holes = holes(this.events, [...this.#gaps.values()]);
  }
}

interface Answer {
  /** In order of time. */
  events: RrEvent[];
  /** The number of invalid lines among the new ones. */
  broken: number;
}

const countAt = (events: readonly RrEvent[], ms: number) => events.reduce((sum, e) => sum + (e.timestamp === ms ? 1 : 0), 0);

async function collect(response: Response, lastMs: number, signal: AbortSignal): Promise<Answer> {
  const events: RrEvent[] = [];
  let broken = 0;
  let at = 0;
  const rest = breather(signal);
  if (response.body)
    for await (const line of readLines(response.body)) {
      if (rest.due()) await rest.take();
      if (isEvent(line)) {
        events.push(line);
        at = Math.max(at, line.timestamp);
      } else if (at > lastMs) broken++;
    }
  signal.throwIfAborted();
  return { events: events.sort((a, b) => a.timestamp - b.timestamp), broken };
}

/** Drops the events before the first full snapshot and makes sure that the viewport's size is known. refused: some events were refused. */
export function playable(events: RrEvent[], refused = false): RrEvent[] {
  const first = events.findIndex((e) => e.type === fullSnapshot);
  const snapshot = events[first];
  if (!snapshot) {
    throw new Unplayable(
      refused
        ? "The full snapshot of this tab is damaged, and the recording cannot be shown without it."
        : events.length === 0
        ? "Nothing was recorded in this tab at this time."
        : "The recording of this tab has changes but no full snapshot to apply them to: the part that contained it never arrived.",
    );
  }
  const size = events.slice(0, first).findLast((e) => e.type === meta) ?? events.find((e) => e.type === meta);
  const data = size?.data ?? { href: "", width: 1280, height: 800 };
  return [{ type: meta, data, timestamp: snapshot.timestamp }, ...events.slice(first)];
}

const marker = (timestamp: number): RrEvent => ({ type: custom, data: { tag: "playhead.loaded", payload: {} }, timestamp });
