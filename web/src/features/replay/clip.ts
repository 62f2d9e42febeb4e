// Which part of a tab a clip has, and how its ends are written.
import { clock } from "../../lib/format";
import type { Span } from "./timeline";

/** How much before and after the playhead a clip has at first, ms. */
const beforeMs = 10_000;
const afterMs = 20_000;

/** The part that is offered at first: around the playhead, as far as the tab was recorded. */
export function around(now: number, recorded: Span): Span {
  return { startMs: Math.max(recorded.startMs, now - beforeMs), endMs: Math.min(recorded.endMs, now + afterMs) };
}

/** The ends of a part as the player writes times. They have whole seconds, so the part becomes longer rather than shorter. */
export const written = ({ startMs, endMs }: Span, origin: number) => ({ from: clock(startMs - origin), to: clock(Math.ceil((endMs - origin) / 1000) * 1000) });

/** Reads a time as the player writes it ("1:02:03", "12:34") or as a number of seconds, in ms; null if it is neither. */
export function readClock(text: string): number | null {
  const digits = text.trim();
  if (!/^\d+(:\d\d?){0,2}(\.\d+)?$/.test(digits)) return null;
  return Math.round(digits.split(":").reduce((sum, part) => sum * 60 + Number(part), 0) * 1000);
}

/** The part between two times that a reader wrote, or what is wrong with them as a sentence. */
export function chosen(from: string, to: string, origin: number): Span | string {
  const [start, end] = [readClock(from), readClock(to)];
  if (start === null || end === null) return `“${start === null ? from : to}” is no time. Write it as the player does: 0:05, 12:34 or 1:02:03.`;
  if (end <= start) return "The clip must end after it begins.";
  return { startMs: origin + start, endMs: origin + end };
}
