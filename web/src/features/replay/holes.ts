// Periods of a recording without events, and why: the player marks them, because its picture may be out of date there.
import { custom, fullSnapshot, type RrEvent } from "./events";
import type { Interval } from "./skip";

export type Hole = Lost | Quiet;

/** Nothing was recorded: the page did not change, and the person did nothing. */
export interface Quiet extends Interval {
  kind: "quiet";
}

/** A part that was stored and can no longer be read. */
export interface Lost extends Interval {
  kind: "lost";
  events: number;
  /** The time from which the picture is right again; null while no later full snapshot has been loaded. */
  mendedMs: number | null;
}

/** Shorter quiet periods are not marked. */
export const leastQuietMs = 30_000;

/** The tag of the event that the server sends in place of a part that cannot be read. */
const gapTag = "playhead.gap";
interface Gap {
  from_ms: number;
  to_ms: number;
  events: number;
  block: string;
}

/** The missing part that an event stands for, null for all other events. */
export function gapOf(event: RrEvent): Gap | null {
  if (event.type !== custom) return null;
  const { tag, payload } = event.data as { tag?: unknown; payload?: Partial<Gap> };
  if (tag !== gapTag || typeof payload?.from_ms !== "number" || typeof payload.to_ms !== "number" || typeof payload.block !== "string") return null;
  return { from_ms: payload.from_ms, to_ms: payload.to_ms, events: payload.events ?? 0, block: payload.block };
}

/** The holes in events, and those that gaps report, ordered by start. events are in order of time. */
export function holes(events: readonly RrEvent[], gaps: readonly Gap[]): Hole[] {
  const lost: Lost[] = [];
  for (const gap of gaps.toSorted((a, b) => a.from_ms - b.from_ms)) {
    const last = lost.at(-1);
    if (last && gap.from_ms <= last.endMs + 1000) {
      last.endMs = Math.max(last.endMs, gap.to_ms);
      last.events += gap.events;
    } else lost.push({ kind: "lost", startMs: gap.from_ms, endMs: gap.to_ms, events: gap.events, mendedMs: null });
  }
  const quiet: Quiet[] = [];
  let before: number | null = null;
  let next = 0;
  for (const event of events) {
    if (event.type === custom && isOurs(event)) continue;
    const at = event.timestamp;
    if (event.type === fullSnapshot) for (; next < lost.length && (lost[next] as Lost).endMs <= at; next++) (lost[next] as Lost).mendedMs = at;
    const from: number | null = before;
    if (from !== null && at - from >= leastQuietMs && !lost.some((l) => l.startMs < at && l.endMs > from)) quiet.push({ kind: "quiet", startMs: from, endMs: at });
    before = at;
  }
  return [...lost, ...quiet].sort((a, b) => a.startMs - b.startMs);
}

const isOurs = (event: RrEvent) => String((event.data as { tag?: unknown }).tag).startsWith("playhead.");

/** The lost part that affects the picture at now, null when the picture is right. */
export function doubtful(all: readonly Hole[], now: number): Lost | null {
  return all.find((h): h is Lost => h.kind === "lost" && h.startMs <= now && now < (h.mendedMs ?? Infinity)) ?? null;
}
