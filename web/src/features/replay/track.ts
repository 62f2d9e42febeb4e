// What is loaded of one window: one unbroken run of its events, from a full snapshot up to covered.
import { custom, fullSnapshot, isActivity, meta, readLines, type RrEvent } from "./events";
import { Gate, isEvent } from "./gate";
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
  #broken = 0;
  /** By the blocks they stand for: answers overlap. */
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

  /** Loads from the last full snapshot at or before t up to ahead ms after it. remote: what leads elsewhere stays in it. Rejects with Unplayable. */
  static async open(fetch: Fetch, t: number, ahead: number, endMs: number, remote: boolean, signal: AbortSignal): Promise<Track> {
    const until = t + ahead;
    return new Track(fetch, await collect(await fetch({ t, until }, signal), -1), until, endMs, new Gate(remote));
  }

  /** How many events of it could not be played, or not all of what is in them. */
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
    const answer = await collect(await this.fetch({ t: this.covered, until }, signal), this.#last);
    this.#broken += answer.broken;
    // The answer begins with the last full snapshot before covered: what is here already is left out.
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
  /** How many lines are no events, of those that came after the ones that are here already. */
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

/** Drops what precedes the first full snapshot and sees to it that its viewport's size is known. refused: some events were turned away. */
export function playable(events: RrEvent[], refused = false): RrEvent[] {
  const first = events.findIndex((e) => e.type === fullSnapshot);
  const snapshot = events[first];
  if (!snapshot) {
    throw new Unplayable(
      refused
        ? "The full picture of this tab is damaged: what was recorded cannot be shown without it."
        : events.length === 0
        ? "Nothing was recorded of this tab at this time."
        : "The recording of this tab has changes but no full picture to apply them to: the part that held it never arrived.",
    );
  }
  const size = events.slice(0, first).findLast((e) => e.type === meta) ?? events.find((e) => e.type === meta);
  const data = size?.data ?? { href: "", width: 1280, height: 800 };
  return [{ type: meta, data, timestamp: snapshot.timestamp }, ...events.slice(first)];
}

const marker = (timestamp: number): RrEvent => ({ type: custom, data: { tag: "playhead.loaded", payload: {} }, timestamp });
