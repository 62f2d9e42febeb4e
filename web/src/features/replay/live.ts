/** A recording that ended longer ago than this is taken for over, ms: recorders send what happens every few seconds. */
export const liveMs = 3 * 60_000;

/** Whether more of a recording that ends at endMs may still arrive. */
export const isLive = (endMs: number, nowMs: number): boolean => nowMs - endMs < liveMs;
