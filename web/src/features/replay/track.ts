// The loaded part of one window: its events without interruption, from a full snapshot up to covered.
import { custom, fullSnapshot, isActivity, meta, readLines, type RrEvent } from "./events";
import { Gate, isEvent } from "./gate";
import { gapOf, holes, type Hole } from "./holes";

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
  #broken = 0;
  /** By block id, because answers overlap. */
  readonly #gaps = new Map<string, NonNullable<ReturnType<typeof gapOf>>>();

  private constructor(
    private readonly fetch: Fetch,
    answer: Answer,
    covered: number,
    private endMs: number,
    private readonly gate: Gate,
  ) {
    const events = playable(gate.admit(answer.events), answer.broken + gate.refused > 0);
    this.#broken = answer.broken;
    this.events = events;
    this.activity = events.filter(isActivity).map((e) => e.timestamp);
    this.#last = answer.events.at(-1)?.timestamp ?? covered;
    this.covered = Math.max(Math.min(covered, endMs), this.#last);
    this.events.push(marker(this.covered));
    this.#note(answer.events);
  }

  /** Loads from the last full snapshot at or before t up to ahead ms after t. remote: references to other hosts stay. Rejects with Unplayable. */
  static async open(fetch: Fetch, t: number, ahead: number, endMs: number, remote: boolean, signal: AbortSignal): Promise<Track> {
    const until = t + ahead;
    return new Track(fetch, await collect(await fetch({ t, until }, signal), -1), until, endMs, new Gate(remote));
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

  holds(t: number): boolean {
    return t >= this.from && t <= this.covered;
  }

  /** Loads the next ms and returns what came, the new marker included. */
  async extend(ms: number, signal: AbortSignal): Promise<RrEvent[]> {
    const until = this.covered + ms;
    const answer = await collect(await this.fetch({ t: this.covered, until }, signal), this.#last);
    this.#broken += answer.broken;
    // The answer begins with the last full snapshot before covered, so skip the events that are already loaded.
    const fresh = this.gate.admit(answer.events.filter((e) => e.timestamp > this.#last));
    this.#last = Math.max(this.#last, answer.events.at(-1)?.timestamp ?? 0);
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

async function collect(response: Response, lastMs: number): Promise<Answer> {
  const events: RrEvent[] = [];
  let broken = 0;
  let at = 0;
  if (response.body)
    for await (const line of readLines(response.body)) {
      if (isEvent(line)) {
        events.push(line);
        at = Math.max(at, line.timestamp);
      } else if (at > lastMs) broken++;
    }
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
