// Which part of a session its timeline shows.
import type { Span } from "./timeline";

/** The shortest time that a timeline shows, ms. */
export const leastMs = 1000;

/** A span moved and cut so that it lies within whole and is at least leastMs long. */
export function within(span: Span, whole: Span): Span {
  const all = Math.max(leastMs, whole.endMs - whole.startMs);
  const length = Math.min(all, Math.max(leastMs, span.endMs - span.startMs));
  const startMs = Math.max(whole.startMs, Math.min(span.startMs, whole.startMs + all - length));
  return { startMs, endMs: startMs + length };
}

/** The span after zooming by a factor (2: half as long), with the time atMs where it was. */
export function zoomed(shown: Span, whole: Span, factor: number, atMs: number): Span {
  const length = shown.endMs - shown.startMs;
  const share = length > 0 ? (atMs - shown.startMs) / length : 0.5;
  const next = length / factor;
  return within({ startMs: atMs - share * next, endMs: atMs + (1 - share) * next }, whole);
}

/** The span moved by ms. */
export const moved = (shown: Span, whole: Span, ms: number): Span => within({ startMs: shown.startMs + ms, endMs: shown.endMs + ms }, whole);

/** The same length further on, so that now is near its start; the same object when now is visible. */
export function paged(shown: Span, whole: Span, now: number): Span {
  if (now >= shown.startMs && now <= shown.endMs) return shown;
  const length = shown.endMs - shown.startMs;
  const next = within({ startMs: now - length * 0.1, endMs: now + length * 0.9 }, whole);
  return next.startMs === shown.startMs && next.endMs === shown.endMs ? shown : next;
}
