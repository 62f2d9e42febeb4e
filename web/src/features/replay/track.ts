// What is loaded of one window: one unbroken run of its events, from a full snapshot up to covered.
import { custom, fullSnapshot, isActivity, meta, readEvents, type RrEvent } from "./events";
import { gapOf, holes, type Hole } from "./holes";

/** Asks for the events of one window: see GET /api/sessions/{id}/snapshots. */
export type Fetch = (query: { t: number; until: number }, signal: AbortSignal) => Promise<Response>;

/** A recording that is there but cannot be shown, and why. */
export class Unplayable extends Error {
  override name = "Unplayable";
}

export class Track {
  /** In order of time; ends with a marker at covered, so that the replayer's clock runs through times without events. */
  readonly events: RrEvent[];
  /** When the person did something, in order. */
  readonly activity: number[];
  /** Everything up to here is loaded, Unix ms. */
  covered: number;
  /** What is missing in it. */
  holes: Hole[] = [];
  #last: number;
  /** By the blocks they stand for: answers overlap. */
  readonly #gaps = new Map<string, NonNullable<ReturnType<typeof gapOf>>>();

  private constructor(
    private readonly fetch: Fetch,
    answer: RrEvent[],
    covered: number,
    private endMs: number,
  ) {
    const events = playable(answer);
    this.events = events;
    this.activity = events.filter(isActivity).map((e) => e.timestamp);
    this.#last = events.at(-1)?.timestamp ?? covered;
    this.covered = Math.max(Math.min(covered, endMs), this.#last);
    this.events.push(marker(this.covered));
    this.#note(answer);
  }

  /** Loads from the last full snapshot at or before t up to ahead ms after it. Rejects with Unplayable. */
  static async open(fetch: Fetch, t: number, ahead: number, endMs: number, signal: AbortSignal): Promise<Track> {
    const until = t + ahead;
    return new Track(fetch, await collect(await fetch({ t, until }, signal)), until, endMs);
  }

  /** The first time that can be shown. */
  get from(): number {
    return this.events[0]?.timestamp ?? 0;
  }

  get complete(): boolean {
    return this.covered >= this.endMs;
  }

  /** The window turned out to go on: its session is still being recorded. */
  grow(endMs: number): void {
    this.endMs = Math.max(this.endMs, endMs);
  }

  holds(t: number): boolean {
    return t >= this.from && t <= this.covered;
  }

  /** Loads the next ms and returns what came, the new marker included. */
  async extend(ms: number, signal: AbortSignal): Promise<RrEvent[]> {
    const until = this.covered + ms;
    const answer = await collect(await this.fetch({ t: this.covered, until }, signal));
    // The answer begins with the last full snapshot before covered: what is here already is left out.
    const fresh = answer.filter((e) => e.timestamp > this.#last);
    this.#last = fresh.at(-1)?.timestamp ?? this.#last;
    this.covered = Math.max(Math.min(until, this.endMs), this.#last);
    for (const event of fresh) if (isActivity(event)) this.activity.push(event.timestamp);
    fresh.push(marker(this.covered));
    this.events.push(...fresh);
    this.#note(answer);
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

async function collect(answer: Response): Promise<RrEvent[]> {
  const events: RrEvent[] = [];
  if (answer.body) for await (const event of readEvents(answer.body)) events.push(event);
  return events.sort((a, b) => a.timestamp - b.timestamp);
}

/** Drops what precedes the first full snapshot and sees to it that its viewport's size is known. */
export function playable(events: RrEvent[]): RrEvent[] {
  const first = events.findIndex((e) => e.type === fullSnapshot);
  const snapshot = events[first];
  if (!snapshot) {
    throw new Unplayable(
      events.length === 0
        ? "Nothing was recorded of this tab at this time."
        : "The recording of this tab has changes but no full picture to apply them to: the part that held it never arrived.",
    );
  }
  const size = events.slice(0, first).findLast((e) => e.type === meta) ?? events.find((e) => e.type === meta);
  const data = size?.data ?? { href: "", width: 1280, height: 800 };
  return [{ type: meta, data, timestamp: snapshot.timestamp }, ...events.slice(first)];
}

const marker = (timestamp: number): RrEvent => ({ type: custom, data: { tag: "playhead.loaded", payload: {} }, timestamp });
