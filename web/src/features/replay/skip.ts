// Skipping inactivity. Waiting for an answer does not count as inactivity: it is the part that readers want to see.

export interface Interval {
  startMs: number;
  endMs: number;
}

/** Shorter quiet periods are played. */
export const quietMs = 5000;
const leadMs = 1000;
/** How long before an AI call nothing is skipped. A replay opens five seconds before the question. */
const callLeadMs = 5500;

/**
 * The time to skip to from now when nothing happens for a while, or null to keep playing. activity is in order of time. busy are
 * periods that count as activity: an answer is being waited for, or is streaming. So do the periods of acting, in which the person does something
 * in another tab. Activity is known up to known; the recording ends at end.
 */
export function skipTarget(now: number, activity: readonly number[], busy: readonly Interval[], known: number, acting: readonly Interval[] = []): number | null {
  const last = before(activity, now);
  if (now - (activity[last] ?? -Infinity) < leadMs) return null;
  let next = (activity[last + 1] ?? known) - leadMs;
  for (const { startMs, endMs } of busy) {
    if (startMs - callLeadMs <= now && now <= endMs + leadMs) return null;
    if (startMs > now) next = Math.min(next, startMs - callLeadMs);
  }
  for (const { startMs, endMs } of acting) {
    if (startMs - leadMs <= now && now <= endMs + leadMs) return null;
    if (startMs > now) next = Math.min(next, startMs - leadMs);
  }
  return next + leadMs - now >= quietMs ? next : null;
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
