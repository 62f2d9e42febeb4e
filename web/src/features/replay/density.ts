// Activity by density: how much of each kind happened in each step of time. Where single marks would merge into a bar, a bar says how many there are.
import type { ActivityKind } from "./sessionTimeline";
import type { Span } from "./timeline";

export interface Density {
  fromMs: number;
  stepMs: number;
  /** How many activities of a kind there are in each step. Kinds that never occur are absent. */
  kinds: Partial<Record<ActivityKind, readonly number[]>>;
}

/** The most steps that a density has. */
export const mostSteps = 240;

/** The density of single activities over a span. What is outside of it is left out. */
export function densityOf(rows: readonly { atMs: number; kind: ActivityKind }[], span: Span, steps = mostSteps): Density {
  const stepMs = Math.max(1, Math.ceil((span.endMs - span.startMs) / steps));
  const count = Math.min(steps, Math.floor((span.endMs - span.startMs) / stepMs) + 1);
  const kinds: Partial<Record<ActivityKind, number[]>> = {};
  for (const { atMs, kind } of rows) {
    if (atMs < span.startMs || atMs > span.endMs) continue;
    const counts = (kinds[kind] ??= new Array<number>(count).fill(0));
    const step = Math.min(count - 1, Math.floor((atMs - span.startMs) / stepMs));
    counts[step] = (counts[step] ?? 0) + 1;
  }
  return { fromMs: span.startMs, stepMs, kinds };
}

/** Whether something came for a time before ms since `was`. Where the steps changed, because the session is longer now, this is not known: false. */
export function cameLate(was: Density, is: Density, ms: number): boolean {
  if (was.fromMs !== is.fromMs || was.stepMs !== is.stepMs) return false;
  const steps = Math.floor((ms - is.fromMs) / is.stepMs);
  const upTo = (density: Density) => Object.values(density.kinds).reduce((sum, counts) => sum + counts.slice(0, Math.max(0, steps)).reduce((a, b) => a + b, 0), 0);
  return upTo(was) !== upTo(is);
}

/** What happened of some kinds in each of n equal parts of shown. A step that is longer than a part counts in all parts that it covers, in proportion. */
export function columns(density: Density, kinds: readonly ActivityKind[], shown: Span, n: number): number[] {
  const out = new Array<number>(Math.max(0, n)).fill(0);
  const length = shown.endMs - shown.startMs;
  if (n <= 0 || length <= 0) return out;
  const partMs = length / n;
  for (const kind of kinds) {
    density.kinds[kind]?.forEach((count, i) => {
      if (count === 0) return;
      const from = density.fromMs + i * density.stepMs;
      const to = from + density.stepMs;
      if (to <= shown.startMs || from >= shown.endMs) return;
      if (density.stepMs <= partMs) {
        const at = Math.max(0, Math.min(n - 1, Math.floor(((from + to) / 2 - shown.startMs) / partMs)));
        out[at] = (out[at] ?? 0) + count;
        return;
      }
      const first = Math.max(0, Math.floor((from - shown.startMs) / partMs));
      const last = Math.min(n - 1, Math.ceil((to - shown.startMs) / partMs) - 1);
      for (let at = first; at <= last; at++) {
        const partFrom = shown.startMs + at * partMs;
        const share = (Math.min(to, partFrom + partMs) - Math.max(from, partFrom)) / density.stepMs;
        out[at] = (out[at] ?? 0) + count * share;
      }
    });
  }
  return out;
}

/** Heights of bars, 0 to 1. By the square root, so that one click beside a thousand is still seen. */
export function heights(counts: readonly number[]): number[] {
  const most = counts.reduce((a, b) => Math.max(a, b), 0);
  return counts.map((count) => (count <= 0 ? 0 : Math.max(0.2, Math.sqrt(count / most))));
}

/** Bars as one SVG path, one unit wide each, in a box of height 1. One element, however many bars there are. */
export function bars(of: readonly number[]): string {
  let path = "";
  of.forEach((height, i) => {
    if (height > 0) path += `M${i} 1V${(1 - height).toFixed(3)}h.8V1z`;
  });
  return path;
}
