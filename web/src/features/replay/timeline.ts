// The arithmetic of the timeline: where on it a time lies, which marks fit beside each other, which call is current.

export interface Span {
  startMs: number;
  endMs: number;
}

/** What a session's timeline is made of. */
export interface Timed extends Span {
  windowList: readonly Span[];
  marks: readonly Span[];
  steps: readonly { atMs: number }[];
}

/** Where ms lies between start and end, 0 to 1. */
export function fraction(ms: number, span: Span): number {
  const length = span.endMs - span.startMs;
  return length <= 0 ? 0 : Math.min(1, Math.max(0, (ms - span.startMs) / length));
}

/** The time at fraction f. */
export function timeAt(f: number, span: Span): number {
  return span.startMs + Math.min(1, Math.max(0, f)) * (span.endMs - span.startMs);
}

const nice = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400].map((s) => s * 1000);

/** Round offsets from the start, in ms, at least gap px apart on a line of width px. */
export function ticks(span: Span, width: number, gap = 90): number[] {
  const length = span.endMs - span.startMs;
  if (length <= 0 || width <= 0) return [];
  const least = (length * gap) / width;
  const step = nice.find((n) => n >= least) ?? Math.ceil(least / 86_400_000) * 86_400_000;
  const out: number[] = [];
  for (let t = 0; t <= length; t += step) out.push(t);
  return out;
}

/**
 * The whole of what a session's timeline shows: its windows, and the calls and steps close enough to them. One far
 * outside (a clock set wrong, a job that ran on) is shown at the edge instead of squeezing everything else together.
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
  for (const m of session.marks) take(m.startMs, m.endMs);
  for (const s of session.steps) take(s.atMs, s.atMs);
  return { startMs: from, endMs: to };
}

/** Puts each span on the first lane where it overlaps none before it; past the last lane they share that one. */
export function packLanes(spans: readonly Span[], least: number, lanes = 3): number[] {
  const free: number[] = [];
  return spans.map((s) => {
    let lane = free.findIndex((end) => end <= s.startMs);
    if (lane < 0) lane = Math.min(free.length, lanes - 1);
    free[lane] = Math.max(free[lane] ?? 0, s.endMs, s.startMs + least);
    return lane;
  });
}

/** The call that is running at now, or the last that ended before it; null before the first. Marks are by start. */
export function currentMark<M extends Span>(marks: readonly M[], now: number): M | null {
  let ended: M | null = null;
  let running: M | null = null;
  for (const m of marks) {
    if (m.startMs > now) break;
    if (now <= m.endMs) running = m;
    else if (!ended || m.endMs >= ended.endMs) ended = m;
  }
  return running ?? ended;
}

/**
 * Of many things on a line, those that can be told apart: one for each so many ms and lane, the most telling of them (the
 * first, of equals). What keep says is always among them. In the order of items.
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
