// The arithmetic of the timeline: the position of a time, lanes for overlapping generations, and the current generation.

export interface Span {
  startMs: number;
  endMs: number;
}

/** The contents of a session's timeline. */
export interface Timed extends Span {
  windowList: readonly Span[];
  generations: readonly Span[];
}

/** The position of ms between start and end, 0 to 1. */
export function fraction(ms: number, span: Span): number {
  const length = span.endMs - span.startMs;
  return length <= 0 ? 0 : Math.min(1, Math.max(0, (ms - span.startMs) / length));
}

/** The time at fraction f. */
export function timeAt(f: number, span: Span): number {
  return span.startMs + Math.min(1, Math.max(0, f)) * (span.endMs - span.startMs);
}

const nice = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400].map((s) => s * 1000);

/** Round times within shown, as ms from origin, at least gap px apart on a line of width px. */
export function ticks(shown: Span, width: number, origin = shown.startMs, gap = 90): number[] {
  const length = shown.endMs - shown.startMs;
  if (length <= 0 || width <= 0) return [];
  const least = (length * gap) / width;
  const step = nice.find((n) => n >= least) ?? Math.ceil(least / 86_400_000) * 86_400_000;
  const out: number[] = [];
  for (let t = Math.ceil((shown.startMs - origin) / step) * step; t <= shown.endMs - origin; t += step) out.push(t);
  return out;
}

/**
 * The time that a session's timeline covers: its windows, and the generations near them. One that is far outside
 * (a wrong clock, a job that continued) is shown at the edge, so that the rest keeps its width.
 */
export function extent(session: Timed): Span {
  const base = session.windowList.length > 0 ? session.windowList : [session];
  const start = Math.min(...base.map((w) => w.startMs));
  const end = Math.max(...base.map((w) => w.endMs), start + 1000);
  const near = Math.max(30_000, (end - start) * 0.1);
  let [from, to] = [start, end];
  const take = (startMs: number, endMs: number) => {
    if (startMs < start && startMs >= start - near) from = Math.min(from, startMs);
    if (endMs > end && endMs <= end + near) to = Math.max(to, endMs);
  };
  for (const g of session.generations) take(g.startMs, g.endMs);
  return { startMs: from, endMs: to };
}

/** Puts each span on the first lane where it does not overlap an earlier one. When all lanes are taken, the last one is shared. */
export function packLanes(spans: readonly Span[], least: number, lanes = 3): number[] {
  const free: number[] = [];
  return spans.map((s) => {
    let lane = free.findIndex((end) => end <= s.startMs);
    if (lane < 0) lane = Math.min(free.length, lanes - 1);
    free[lane] = Math.max(free[lane] ?? 0, s.endMs, s.startMs + least);
    return lane;
  });
}

/** The one that is running at now (of several, the one that began last), or the last one that ended before now; null before the first. They are ordered by start. */
export function currentGeneration<G extends Span>(generations: readonly G[], now: number): G | null {
  let ended: G | null = null;
  let running: G | null = null;
  for (const g of generations) {
    if (g.startMs > now) break;
    if (now <= g.endMs) running = g;
    else if (!ended || g.endMs >= ended.endMs) ended = g;
  }
  return running ?? ended;
}

/**
 * Thins out the items on a line: one for each everyMs and lane, the one with the highest `telling` (the first, of equals). Items for
 * which keep is true always stay. The order of items is kept; `more` counts those left out.
 */
export function apart<T>(
  items: readonly T[],
  everyMs: number,
  { at, lane = () => 0, telling = () => 0, keep = () => false }: { at: (item: T) => number; lane?: (item: T, index: number) => number; telling?: (item: T) => number; keep?: (item: T) => boolean },
): { item: T; index: number; more: number }[] {
  const kept = new Map<string, { item: T; index: number; more: number }>();
  items.forEach((item, index) => {
    const own = keep(item) ? `!${index}` : `${lane(item, index)} ${Math.floor(at(item) / Math.max(1, everyMs))}`;
    const there = kept.get(own);
    if (!there) kept.set(own, { item, index, more: 0 });
    else if (telling(item) > telling(there.item)) kept.set(own, { item, index, more: there.more + 1 });
    else there.more++;
  });
  return [...kept.values()].sort((a, b) => a.index - b.index);
}
