/** A recording without new events for this long, ms, counts as ended. Recorders send every few seconds. */
export const liveMs = 3 * 60_000;

/** Whether more of a recording that ends at endMs may still arrive. */
export const isLive = (endMs: number, nowMs: number): boolean => nowMs - endMs < liveMs;
