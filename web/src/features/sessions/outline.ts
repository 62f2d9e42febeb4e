// The small timeline of a row: what happened in each of 40 equal parts of a session's time.
import type { Outline, Session } from "../../lib/domain";
import { clock, count } from "../../lib/format";

/** How many parts there are, like in the server. */
export const parts = 40;

type Lane = keyof Outline;

const named: [Lane, one: string, more: string][] = [
  ["calls", "AI call", "AI calls"],
  ["errors", "error", "errors"],
  ["pages", "page change", "page changes"],
  ["actions", "action", "actions"],
];

const stepMs = (s: Session) => Math.floor((s.endMs - s.startMs) / parts) + 1;

/** The time of a point of the timeline, 0 to 1. It is never after the end. */
export const timeAt = (s: Session, fraction: number): number => Math.min(s.endMs, s.startMs + Math.floor(Math.max(0, Math.min(1, fraction)) * parts * stepMs(s)));

/** Where a part begins. */
export const beginOf = (s: Session, part: number): number => timeAt(s, part / parts);

/** The part of a point of the timeline, 0 to 1. */
export const partAt = (fraction: number): number => Math.max(0, Math.min(parts - 1, Math.floor(fraction * parts)));

/** Where a time is on the timeline, 0 to 1; null outside. */
export function placeOf(s: Session, ms: number): number | null {
  const place = (ms - s.startMs) / (parts * stepMs(s));
  return place >= 0 && place <= 1 ? place : null;
}

const list = (of: [Lane, number][]) =>
  of
    .filter(([, n]) => n > 0)
    .map(([lane, n]) => {
      const [, one, more] = named.find(([name]) => name === lane)!;
      return `${count(n)} ${n === 1 ? one : more}`;
    })
    .join(", ");

/** What happened in one part, in words; "" if nothing did. */
export const told = (o: Outline, part: number): string => list(named.map(([lane]) => [lane, o[lane][part] ?? 0]));

/** What happened in all, in words. */
export const summary = (o: Outline): string => list(named.map(([lane]) => [lane, o[lane].reduce((a, b) => a + b, 0)])) || "nothing known";

/** What a point says: its time and what happened there. */
export function pointText(s: Session, o: Outline, part: number): string {
  return `${clock(beginOf(s, part) - s.startMs)}: ${told(o, part) || "nothing"}`;
}

/** The next part in a direction in which something happened; the present one if there is none. -1 is before the first. */
export function nextPart(o: Outline, from: number, by: 1 | -1): number {
  for (let at = from + by; at >= 0 && at < parts; at += by) if (told(o, at) !== "") return at;
  return Math.max(0, from);
}

/** Marks of equal height as one SVG path, in the parts in which a lane has something. */
export function marks(counts: readonly number[], y: number, height: number): string {
  return counts.map((n, i) => (n > 0 ? `M${i} ${y}h.8v${height}h-.8z` : "")).join("");
}
