// Skipping inactivity. Waiting for an answer is not inactivity: it is what one looks at a replay for.

export interface Interval {
  startMs: number;
  endMs: number;
}

/** Quiet times shorter than this are played. */
export const quietMs = 5000;
const leadMs = 1000;

/**
 * Where to go on from now when nothing happens for a while, or null to play on. activity is in order; busy are times
 * that count as activity throughout; known is up to where activity is known, and end of what there is.
 */
export function skipTarget(now: number, activity: readonly number[], busy: readonly Interval[], known: number): number | null {
  const previous = activity[before(activity, now)] ?? -Infinity;
  if (now - previous < leadMs) return null;
  let next = activity[before(activity, now) + 1] ?? known;
  for (const { startMs, endMs } of busy) {
    if (startMs - leadMs <= now && now <= endMs + leadMs) return null;
    if (startMs > now) next = Math.min(next, startMs);
  }
  return next - now >= quietMs ? next - leadMs : null;
}

/** The index of the last time at or before now, -1 when there is none. */
function before(times: readonly number[], now: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? Infinity) <= now) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
